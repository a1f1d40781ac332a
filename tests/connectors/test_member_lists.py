"""A member is on the platform's own list; an author on no list has a name, and nothing else."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.sandbox.text import TEXT_MARK
from tests.support.hand_made.discord import imported, message
from tests.support.hand_made.slack import ADA, SMALL, write_zip
from tests.support.installations import Installation
from tests.support.installations.github import GitHubInstallation
from tests.support.tiny.github import NAME, pull, serving, tiny_of
from tests.support.worlds import World, rows
from warehouse.query import Selection
from warehouse.snapshots import Snapshot

MAY = {"period": date(2024, 5, 1)}
ACCOUNTS = "select account_id, handle, name, is_bot, is_listed from facts.accounts order by all"
BO, ROBO = "91234567890123456", "71234567890123456"


@pytest.fixture
def two_platforms(tmp_path: Path) -> Snapshot:
    """Ada and Bo are on Slack's list, Coder and Robo were met on GitHub."""
    world = World()
    world.account("Ada", stated_joined_at="2024-04-02 00:00")
    world.account("Bo", stated_joined_at="2024-05-02 00:00")
    world.account("Coder", source="github", is_listed=False, first_seen_at="2024-06-01 00:00")
    world.account("Robo", source="github", is_listed=False, is_bot=True)
    world.acts({"Ada": ["2024-05-05"], "Stranger": ["2024-05-06"]})
    world.acts({"Coder": ["2024-05-07"], "Robo": ["2024-05-08"]}, source="github")
    return world.snapshot(tmp_path)


def test_only_a_list_makes_members(two_platforms: Snapshot) -> None:
    assert rows(two_platforms.metric("members")) == [
        ("2024-04-01", 1, 0, 1, True),
        ("2024-05-01", 1, 0, 2, True),
        ("2024-06-01", 0, 0, 2, True),
    ]
    assert rows(two_platforms.metric("activation")) == [
        ("2024-04-01", 1, 0, 0, 0.0, 0.0, True),
        ("2024-05-01", 1, 0, 0, 0.0, 0.0, True),
        ("2024-06-01", 0, None, None, None, None, True),
    ]
    assert rows(two_platforms.metric("active_members")) == [
        ("2024-05-01", 3, True, 0, 3, 3),
        ("2024-06-01", 0, True, 0, 0, 0),
    ]


def test_where_there_is_no_list_the_number_of_members_is_not_known(two_platforms: Snapshot) -> None:
    github = Selection(sources=("github",))
    months = ("2024-05-01", "2024-06-01")
    members = rows(two_platforms.metric("members", github))
    assert members == [(month, None, None, None, True) for month in months]
    activation = rows(two_platforms.metric("activation", github))
    assert activation == [(month, *[None] * 5, True) for month in months]


def test_an_author_on_no_list_has_a_name_and_a_bot_is_nobody(two_platforms: Snapshot) -> None:
    assert rows(two_platforms.people("active_members", Selection(), MAY)) == [
        ("github:coder", "Coder", 1),
        ("slack:ada", "Ada", 1),
        ("slack:stranger", "stranger", 1),
    ]
    assert two_platforms.population() == {"persons": 4, "bots": 1, "staff": 0}


def test_the_list_goes_before_what_was_met_elsewhere() -> None:
    """Ada left the list in June; that she was met before and after changes nothing of it."""
    world = World()
    listed = {"stated_joined_at": "2024-05-03 00:00", "left_at": "2024-06-01 00:00"}
    world.account("Ada", record_id=2, first_seen_at="2024-05-09 00:00", **listed)
    known = world.rows["accounts"]
    for number in (1, 3):
        met = known["slack:ada"] | dict.fromkeys(listed)
        met |= {"record_id": number, "name": "Lovelace", "is_listed": False}
        known[number] = met | {"first_seen_at": "2024-05-01 00:00"}
    with duckdb.connect() as con:
        world.build(con)
        found = con.execute(
            "select name, is_listed, first_seen_at::date::varchar, left_at::date::varchar"
            " from marts.accounts"
        )
        assert found.fetchall() == [("Ada", True, "2024-05-09", "2024-06-01")]
        [(members,)] = con.execute("select count(*) from marts.memberships").fetchall()
    assert members == 1


# What each platform says.


def test_github_has_no_list_of_members(tmp_path: Path) -> None:
    with serving(tiny_of(0)) as repository:
        repository.lists["issues"] = [
            pull(1, 0, user={"login": "ada", "id": 1}),
            pull(2, 0, user={"login": "helper", "type": "Bot"}),
        ]
        place = GitHubInstallation(tmp_path, [NAME], repository.url)
        place.sync()
    assert place.facts_of(ACCOUNTS) == [
        ("github:ada", "ada", "ada", False, False),
        ("github:helper", "helper", "helper", True, False),
    ]
    for row in place.publish().metric("members").to_pylist():
        assert (row["joined"], row["left"], row["members_total"]) == (None, None, None)


def test_authors_of_a_discord_export_have_their_names(tmp_path: Path) -> None:
    author: dict[str, Any] = {"id": BO, "name": "bo", "nickname": "Bo at bo@home.invalid"}
    robot = {"id": ROBO, "name": "robo", "isBot": True}
    place = Installation(tmp_path, kind="discord")
    rows_of_bo = message(7, author=author), message(8, author=author)
    others = message(6), message(9, author=robot), message(5, type="GuildMemberJoin")
    outcome = imported(place, *rows_of_bo, *others).outcome
    assert (outcome.taken, outcome.left_out) == (3, {"bot": 1, "user_join": 1})
    assert place.facts_of(ACCOUNTS) == [
        (f"discord:{ROBO}", "robo", "robo", True, False),
        ("discord:81234567890123456", "ada", "ada", False, False),
        (f"discord:{BO}", "bo", "Bo at bo", False, False),
    ]
    snapshot = place.publish()
    assert [row[1:] for row in rows(snapshot.people("active_members", Selection(), MAY))] == [
        ("Bo at bo", 2),
        ("ada", 1),
    ]
    assert [row[1:4] for row in rows(snapshot.metric("members"))] == [(None, None, None)]
    assert TEXT_MARK not in str(place.raw())


def test_slack_authors_on_no_list_have_the_names_of_their_messages(tmp_path: Path) -> None:
    def said(second: int, user: str, **profile: Any) -> dict[str, Any]:
        time = f"{1_714_550_400 + second}.000100"
        return {"ts": time, "user": user, "text": TEXT_MARK, "user_profile": profile}

    stranger = {"name": "cem", "real_name": "Cem C. at cem@home.invalid", "display_name": ""}
    files = SMALL | {
        "users.json": [ADA],
        "general/2024-05-01.json": [
            said(1, "U1", display_name="Ada as she was met"),
            said(2, "U3", **stranger),
            said(3, "U3", **stranger),
            said(4, "U4", display_name="A robot") | {"bot_id": "B4"},
            said(5, "no user id", display_name=TEXT_MARK),
            {"ts": "1714550410.000100", "user": "U5"},
        ],
    }
    place = Installation(tmp_path / "place")
    assert place.import_export(write_zip(tmp_path / "export.zip", files)).outcome.read == 6
    assert place.facts_of(ACCOUNTS) == [
        ("slack:U1", "ada", "Ada", False, True),
        ("slack:U3", "cem", "Cem C. at cem", False, False),
    ]
    members = rows(place.publish().metric("members"))
    assert [row[1:4] for row in members] == [(1, 0, 1)]
    assert all("user_profile" not in payload for *_, payload, _ in place.raw())
    assert TEXT_MARK not in str(place.raw())
