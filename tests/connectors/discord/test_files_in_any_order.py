"""Files of DiscordChatExporter in any order, cut in any way, give the same; and what they cover."""

import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Context
from connectors.discord import DiscordSettings
from connectors.discord.export import DiscordExport
from connectors.timestamps import iso_microseconds
from tests.support.hand_made.discord import export, message
from tests.support.installations import Installation
from tests.support.samples import some

BO = {"id": "91234567890123456", "name": "bo", "isBot": False}
THREAD = {"id": "55", "type": "GuildPublicThread", "categoryId": "1234567", "category": "general"}
FORUM = {"id": "66", "type": "GuildPublicThread", "categoryId": "99", "category": "help"}
NAMELESS = {"id": "1234567", "type": "GuildTextChat", "name": "general", "category": "Text"}


def channels() -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """A channel, a thread that began by itself and a forum post."""
    post = message(1, id="66", author=BO | {"nickname": "Bo before"})
    talk = [message(n, **({"author": BO} if n % 3 else {})) for n in range(12)]
    talk[4] |= {"type": "Reply", "reference": {"messageId": talk[0]["id"]}}
    talk[5] |= {"reactions": [{"emoji": {"name": "x"}, "count": 3, "users": [BO]}]}
    return [
        (NAMELESS, talk),
        (THREAD, [message(20 - 12 + n, id=str(5000 + n)) for n in range(5)]),
        (FORUM, [post, *(message(2 + n, id=str(6000 + n), author=BO) for n in range(4))]),
    ]


def written(folder: Path, chance: random.Random) -> list[Path]:
    """The channels as an export may be laid out: reversed or not, in parts, in folders, twice."""
    paths = []
    for channel, messages in channels():
        rows = messages[:: chance.choice([1, -1])]
        size = chance.choice([1, 2, 5, 100])
        for number, begin in enumerate(range(0, len(rows), size), start=1):
            place = folder / chance.choice(["", "one", "one/two"])
            part = f" [part {number}]" if number > 1 else ""
            name = f"{channel['id']}{part}.json"
            paths.append(export(place, *rows[begin : begin + size], channel=channel, name=name))
            if chance.random() < 0.3:
                place = folder / "again"
                paths.append(export(place, *rows[begin : begin + size], channel=channel, name=name))
    chance.shuffle(paths)
    return paths


@pytest.mark.parametrize("seed", some(range(8), 2))
def test_files_of_any_layout_give_the_same(tmp_path: Path, seed: int) -> None:
    plain = Installation(tmp_path / "plain", kind="discord")
    for channel, messages in channels():
        export(tmp_path / "tidy", *messages, channel=channel, name=f"{channel['id']}.json")
    plain.import_export(tmp_path / "tidy")
    parents = dict(plain.facts_of("select activity_id, parent_id from facts.activities"))
    assert parents["discord:5001"] == "discord:5000"
    assert parents["discord:6001"] == "discord:66"

    place = Installation(tmp_path / "place", kind="discord")
    paths = written(tmp_path / "odd", random.Random(seed))
    place.import_export(*(paths if seed % 2 else [tmp_path / "odd"]))
    assert place.raw() == plain.raw()
    place.import_export(*paths)
    assert place.raw() == plain.raw()


def test_a_thread_file_that_holds_the_message_of_its_channel(tmp_path: Path) -> None:
    """github.com/Tyrrrz/DiscordChatExporter, pull 1557: the message is in both files."""
    place = Installation(tmp_path / "place", kind="discord")
    root = message(1)
    thread = THREAD | {"id": root["id"]}
    export(place.folder / "e", root, message(4), channel=NAMELESS, name="b.json")
    export(place.folder / "e", root, message(2, author=BO), channel=thread, name="a.json")
    outcome = place.import_export(place.folder / "e").outcome
    assert (outcome.taken, outcome.left_out) == (3, {"duplicate": 1})
    parents = dict(place.facts_of("select activity_id, parent_id from facts.activities"))
    answer = f"discord:{message(2)['id']}"
    assert parents[answer] == f"discord:{root['id']}"
    assert len(parents) == len(place.facts()["activities"]) == 3


def test_a_newer_export_counts_whatever_its_name(tmp_path: Path) -> None:
    """The channel was renamed and got another message, one reaction was taken back."""
    for order in itertools.permutations(["a.json", "b.json"]):
        place = Installation(tmp_path / order[0], kind="discord")
        reaction = {"emoji": {"name": "x"}, "count": 2}
        old, new = order
        exported = {"exportedAt": "2024-06-01T00:00:00+00:00"}
        export(place.folder / "e", message(1, reactions=[reaction]), name=old, **exported)
        exported = {"exportedAt": "2024-07-01T00:00:00+00:00"}
        renamed = {"name": "lounge"}
        export(place.folder / "e", message(1), channel=renamed, name=new, **exported)
        place.import_export(place.folder / "e")
        assert place.facts_of("select name from facts.channels") == [("lounge",)]
        assert place.facts_of("select amount from facts.unnamed_activities") == []


def covered(*paths: Path) -> list[tuple[str, str]]:
    settings = DiscordSettings(name="discord", kind="discord", server="7")
    reader = DiscordExport(list(paths), Context("discord", str), settings)
    list(reader.pages())
    return sorted(reader.covered)  # type: ignore[arg-type]


def at(text: str) -> int:
    return iso_microseconds(f"{text}+00:00")


def dated(day: str, number: int) -> dict[str, Any]:
    return message(number, timestamp=f"{day}T12:00:00+00:00")


def test_a_file_covers_from_its_first_to_its_last_message(tmp_path: Path) -> None:
    january = [dated("2024-01-31", 2), dated("2024-01-02", 1)]
    path = export(tmp_path, *january, dated("2999-01-01", 3), dated("0001-01-01", 4))
    end = at("2024-01-31T12:00:00") + 1
    assert covered(path) == [(at("2024-01-02T12:00:00"), end)]
    assert covered(export(tmp_path, name="empty.json")) == []


def test_a_file_covers_the_dates_that_were_asked_of_the_exporter(tmp_path: Path) -> None:
    asked = {"after": "2024-01-01T00:00:00+00:00", "before": "2024-02-01T00:00:00+00:00"}
    exported = {"exportedAt": "2024-01-20T00:00:00+00:00"}
    path = export(tmp_path, dated("2024-01-05", 1), dateRange=asked, **exported)
    assert covered(path) == [(at("2024-01-01T00:00:00"), at("2024-01-20T00:00:00"))]


def test_a_part_that_is_missing_is_a_hole_in_the_dates_that_were_asked(tmp_path: Path) -> None:
    asked = {"after": "2024-01-01T00:00:00+00:00", "before": "2024-06-01T00:00:00+00:00"}
    more = {"dateRange": asked, "exportedAt": "2024-07-01T00:00:00+00:00"}
    first = export(tmp_path, dated("2024-01-05", 1), name="a.json", **more)
    third = export(tmp_path, dated("2024-05-05", 3), name="a [part 3].json", **more)
    assert covered(first, third) == [
        (at("2024-01-01T00:00:00"), at("2024-01-05T12:00:00") + 1),
        (at("2024-05-05T12:00:00"), at("2024-06-01T00:00:00")),
    ]
    second = export(tmp_path, name="a [part 2].json", **more)
    assert covered(first, second, third) == [(at("2024-01-01T00:00:00"), at("2024-06-01T00:00:00"))]


def test_parts_that_follow_cover_what_lies_between_and_holes_stay(tmp_path: Path) -> None:
    days = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-05-01"]
    names = ["a.json", "a [part 2].json", "a [part 3].json", "a [part 5].json"]
    paths = [
        export(tmp_path, dated(day, n), name=name)
        for n, (day, name) in enumerate(zip(days, names, strict=True))
    ]
    assert covered(*paths) == [
        (at("2024-01-01T12:00:00"), at("2024-03-01T12:00:00") + 1),
        (at("2024-05-01T12:00:00"), at("2024-05-01T12:00:00") + 1),
    ]
