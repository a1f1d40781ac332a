"""`vitals people show --format json`: everything that is stored of Kofi, and nothing of others."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.discord.records import NAMING as DISCORD
from connectors.github.records import NAMING as GITHUB
from connectors.slack.records import NAMING as SLACK
from pipelines.people.own_part import own_part
from tests.support.hand_made.slack import write_folder
from tests.support.installations import Installation
from warehouse.done_items import DoneItems, item_key

OTHERS = ("U2", "U3", "bo", "cem", "Bo Bell", "Cem", "words of bo", "the same as bo")
FILES = {
    "channels.json": [{"id": "C1", "name": "general", "is_general": True}],
    "users.json": [
        {"id": "U1", "name": "kofi", "real_name": "Kofi A."},
        {"id": "U2", "name": "bo", "real_name": "Bo Bell"},
        {"id": "U3", "name": "cem", "real_name": "Cem"},
    ],
    "general/2026-01-01.json": [
        {
            "ts": "1767261600.000100",
            "user": "U1",
            "text": "kofi asks <@U2>",
            "reactions": [{"name": "eyes", "users": ["U2", "U3"], "count": 2}],
        },
        {
            "ts": "1767261601.000100",
            "user": "U2",
            "text": "words of bo",
            "reactions": [
                {"name": "wave", "users": ["U1", "U3"], "count": 2},
                {"name": "tada", "users": ["U3"], "count": 1},
            ],
        },
        {"ts": "1767261602.000100", "user": "U3", "text": "words of bo to <@U1>"},
        {"ts": "1767261603.000100", "user": "U3", "text": "words of bo to nobody"},
    ],
}
DECISIONS = """
[[decisions]]
what = "reject"
accounts = ["slack:U1", "slack:U2"]
by = "ama"
why = "not the same as bo"
[[decisions]]
what = "split"
accounts = ["slack:kofi"]
why = "alone"
"""


@pytest.fixture
def shown(tmp_path: Path) -> list[dict[str, Any]]:
    """What is shown of Kofi, who reacted to Bo and was mentioned by Cem."""
    place = Installation(tmp_path / "place", more="[privacy]\nstore_text = true")
    place.import_export(write_folder(tmp_path / "export", FILES))
    place.settings.people_path.write_text(DECISIONS)
    place.publish().close()
    items = DoneItems(place.settings.warehouse_path)
    items.mark(item_key("newcomer", "slack:C1:1767261600.000100"))
    items.mark(item_key("newcomer", "slack:C1:1767261603.000100"))
    told = place.vitals("people", "show", "slack:kofi", "--format", "json")
    assert told.returncode == 0, told.stderr
    rows: list[dict[str, Any]] = json.loads(told.stdout)
    assert not [word for word in OTHERS if f'"{word}' in told.stdout or f" {word}" in told.stdout]
    return rows


def test_all_is_there_and_nothing_of_others(shown: list[dict[str, Any]]) -> None:
    landed = {row["key"]: row["content"] for row in shown if row["kind"] == "landed record"}
    assert landed["U1"]["real_name"] == "Kofi A."
    del landed["U1"]
    reaction = {"name": "wave", "users": ["U1"], "count": 2}
    assert landed == {
        "1767261600.000100": {
            "ts": "1767261600.000100",
            "user": "U1",
            "text": "kofi asks <@somebody else>",
            "reactions": ["somebody else"],
        },
        "1767261601.000100": {"user": "somebody else", "reactions": [reaction]},
        "1767261602.000100": {"is_mentioned": True},
    }
    decided = [row for row in shown if row["kind"] == "decision"]
    assert [(row["accounts"], row["why"]) for row in decided] == [
        (["slack:U1", "somebody else"], None),
        (["slack:kofi"], "alone"),
    ]
    [mark] = [row for row in shown if row["kind"] == "mark on the page Today"]
    assert mark["until"] is None
    derived = {row["table"]: row["rows"] for row in shown if row["kind"] == "rows made of these"}
    assert derived["marts.activities"] == derived["facts.activities"] == 2
    activities = [row for row in shown if row["kind"] == "activity"]
    assert [row["what"] for row in activities] == ["message", "reaction"]


@pytest.mark.parametrize(
    ("naming", "stream", "content", "expected"),
    [
        (
            GITHUB,
            "commits",
            {"sha": "a", "user": {"login": "ME"}, "co_authors": [{"user": {"login": "bo"}}]},
            {"sha": "a", "user": {"login": "ME"}, "co_authors": ["somebody else"]},
        ),
        (
            GITHUB,
            "commits",
            {
                "sha": "a",
                "user": {"login": "bo", "id": 7},
                "email_hash": "b0",
                "co_authors": [{"user": {"login": "me", "id": 8}}, {"user": {"login": "cem"}}],
            },
            {"co_authors": [{"user": {"login": "me", "id": 8}}]},
        ),
        (
            GITHUB,
            "people",
            {"login": "me", "email_hash": "b0", "name": "Me"},
            {"login": "me", "email_hash": "a keyed hash of an e-mail address", "name": "Me"},
        ),
        (
            SLACK,
            "messages",
            {"ts": "1", "user": "bo", "room": {"date_start": 1, "participants": ["bo", "me"]}},
            {"user": "somebody else", "room": {"date_start": 1, "participants": ["me"]}},
        ),
        (SLACK, "messages", {"ts": "1", "user": "bo", "comment": {"user": "cem"}}, None),
        (DISCORD, "messages", {"id": "1", "author": {"id": "2", "username": "bo"}}, None),
        (
            DISCORD,
            "events",
            {"id": "1", "name": "Talk", "creator_id": "me"},
            {"id": "1", "name": "Talk", "creator_id": "me"},
        ),
    ],
)
def test_the_part_of_a_record(
    naming: Any, stream: str, content: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    assert own_part(naming, stream, content, lambda one: str(one).lower() == "me") == expected
