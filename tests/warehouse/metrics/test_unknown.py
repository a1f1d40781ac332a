"""What no source can know is null: whose reactions they are, and what was answered in files."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.hand_made.discord import export, imported, message
from tests.support.installations import Installation
from tests.support.worlds import World, columns, rows
from warehouse.query import Selection

MAY = date(2024, 5, 1)
BO = {"id": "91234567890123456", "name": "bo", "isBot": False}


def react(world: World, when: str, amount: int, source: str = "discord") -> None:
    unnamed_id = f"{source}:{len(world.rows['unnamed_activities'])}"
    row = {"source": source, "unnamed_id": unnamed_id, "kind": "reaction", "channel_id": None}
    world.rows["unnamed_activities"][unnamed_id] = row | {"occurred_at": when, "amount": amount}


def test_reactions_of_nobody_known_are_counted_without_members(tmp_path: Path) -> None:
    world = World(timezone="Africa/Lagos")
    world.act("Ada", "2024-05-01 10:00", source="discord")
    world.act("Bo", "2024-05-02 10:00", kind="reaction", source="discord")
    world.act("Bo", "2024-06-02 10:00", kind="reaction", source="discord")
    world.act("Ada", "2024-07-02 10:00", source="discord")
    react(world, "2024-05-31 22:30", 3)
    react(world, "2024-05-31 23:30", 4)
    react(world, "2024-07-01 10:00", 2, source="slack")
    world.source("slack")
    snapshot = world.snapshot(tmp_path)
    assert rows(snapshot.metric("activity_volume")) == [
        ("2024-05-01", "discord", "message", 1, 1, True),
        ("2024-05-01", "discord", "reaction", 4, None, True),
        ("2024-05-01", "slack", "reaction", 0, 0, True),
        ("2024-06-01", "discord", "message", 0, 0, True),
        ("2024-06-01", "discord", "reaction", 5, None, True),
        ("2024-06-01", "slack", "reaction", 0, 0, True),
        ("2024-07-01", "discord", "message", 1, 1, True),
        ("2024-07-01", "discord", "reaction", 0, 0, True),
        ("2024-07-01", "slack", "reaction", 2, None, True),
    ]
    slack = snapshot.metric("activity_volume", Selection(sources=("slack",)))
    assert slack.num_rows == 0, "periods are those with a participation"


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "place", kind="discord")


@pytest.mark.parametrize("has_reply", [False, True])
def test_files_without_any_answer_do_not_say_what_was_answered(
    place: Installation, has_reply: bool
) -> None:
    reply = {"type": "Reply", "reference": {"messageId": message(7)["id"]}, "author": BO}
    imported(place, message(5), message(6), message(7), message(8, **(reply if has_reply else {})))
    snapshot = place.publish()
    found = columns(snapshot.metric("first_response"))
    openers, answered = (3, 1) if has_reply else (4, None)
    assert (found["openers"], found["answered"]) == ([openers], [answered])
    assert found["share_answered"] == [round(1 / 3, 4) if has_reply else None]
    channels = columns(snapshot.metric("channels"))
    assert channels["share_answered"] == found["share_answered"]
    assert snapshot.metric("unanswered").num_rows == (2 if has_reply else 0)
    [total] = snapshot.totals("first_response", snapshot.metric("first_response")).to_pylist()
    assert (total["answered"], total["waiting"]) == (answered, 2 if has_reply else None)


def test_a_synced_source_without_an_answer_has_none(tmp_path: Path) -> None:
    world = World()
    world.act("Ada", "2024-05-01 10:00")
    world.act("Ada", "2024-06-01 10:00", kind="huddle")
    world.source("discord", last_success_at=None)
    world.act("Bo", "2024-05-01 10:00", source="discord")
    world.act("Ada", "2024-05-02 10:00")
    snapshot = world.snapshot(tmp_path)
    table = snapshot.metric("first_response")
    found = columns(table)
    assert found["source"] == ["discord", "slack"] * 2
    assert found["answered"] == [None, 0, None, 0]
    assert found["share_answered"] == [None, 0.0, None, None]
    [total] = snapshot.totals("first_response", table).to_pylist()
    assert (total["openers"], total["share_answered"]) == (2, 0.0), "a share is of what is known"


def test_an_answer_never_comes_before_what_it_answers(tmp_path: Path) -> None:
    world = World()
    asked = world.act("Ada", "2024-05-01 10:00")
    world.act("Bo", "2024-05-01 09:00", answers=asked)
    world.act("Cem", "2024-05-01 11:00", answers=asked)
    unanswered = world.act("Ada", "2024-05-02 10:00")
    world.act("Bo", "2024-05-02 09:59", answers=unanswered)
    found = columns(world.snapshot(tmp_path).metric("first_response"))
    assert (found["answered"], found["median_seconds"]) == ([1], [3600.0])


def test_channels_of_one_name_are_told_apart(place: Installation) -> None:
    names = {
        "31": ("general", "Voice"),
        "32": ("general", "Text"),
        "33": ("random", "Text"),
        "34": ("help", "Text"),
        "35": ("help", "Text"),
        "36": ("rust", None),
        "37": ("rust", "Archive"),
        "38": ("news (Old)", None),
        "39": ("news", "Old"),
        "40": ("news", None),
    }
    for number, (channel_id, (name, category)) in enumerate(names.items()):
        channel = {"id": channel_id, "name": name, "category": category}
        author = {"id": str(500 + number), "name": "x", "isBot": False}
        path = f"{channel_id}.json"
        export(place.folder / "e", message(number + 5, author=author), channel=channel, name=path)
    place.import_export(place.folder / "e")
    snapshot = place.publish()
    found = snapshot.metric("channels").to_pylist()
    assert [row["channel"] for row in found] == [
        "general (Text)",
        "general (Voice)",
        "help (34)",
        "help (35)",
        "news (39)",
        "news (40)",
        "news (Old) (38)",
        "random",
        "rust (36)",
        "rust (Archive)",
    ]
    for row in found:
        assert snapshot.people("channels", Selection(), row).num_rows == 1
        assert snapshot.records("channels", Selection(), row).num_rows == 1
    coverage = columns(snapshot.metric("coverage"))
    assert coverage["channel"] == [row["channel"] for row in found]
    assert set(coverage["month"]) == {MAY.isoformat()}
