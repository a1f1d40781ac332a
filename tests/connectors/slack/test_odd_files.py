"""What other programs make of an export: what does not fit costs one row at most."""

from pathlib import Path
from typing import Any

import pytest

from connectors.base import BadFile
from pipelines.imports import Imported
from tests.support.hand_made.slack import ADA, BO, GENERAL, SMALL, as_text, write_zip
from tests.support.installations import Installation

MAY_1 = 1_714_550_400


def ts(second: int) -> str:
    return f"{MAY_1 + second}.000100"


def row(second: int, **more: Any) -> dict[str, Any]:
    return {"type": "message", "ts": ts(second), "text": "…"} | more


def huddle(room: dict[str, Any]) -> dict[str, Any]:
    return row(1, subtype="huddle_thread", user="USLACKBOT", room=room)


def activities(place: Installation) -> str:
    """Kind and account of each activity, in the order of time."""
    found = sorted(place.facts()["activities"], key=lambda fact: fact[6])
    return ", ".join(f"{fact[2]} {fact[3].removeprefix('slack:')}" for fact in found)


def imported(place: Installation, files: dict[str, Any]) -> Imported:
    return place.import_export(write_zip(place.folder / "export.zip", files))


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """A source for files alone."""
    return Installation(tmp_path / "place")


def test_a_field_of_an_unknown_shape_costs_one_row_at_most(place: Installation) -> None:
    odd = {
        "user": ["U1"],
        "subtype": {"a": 1},
        "bot_id": 7,
        "thread_ts": [],
        "reply_count": 1e400,
        "reactions": [None, {"name": None}, {"name": "wave", "users": [None, "U2"], "count": "x"}],
        "room": "…",
        "user_profile": 5,
        "text": 5,
    }
    rows = [row(n, **{"user": "U1", name: value}) for n, (name, value) in enumerate(odd.items(), 1)]
    outcome = imported(place, SMALL | {"general/2024-05-02.json": rows}).outcome
    assert outcome.left_out == {"bot": 1, "no author": 1, "unknown": 1}
    assert outcome.read == len(rows) + 1
    assert activities(place).count("message U1") == len(rows) - 2
    assert activities(place).count("reaction U2") == 1


def test_nothing_is_written_as_null_or_with_a_byte_order_mark(place: Installation) -> None:
    """Go writes an empty list as null; editors and PowerShell put a mark in front."""
    lists = dict.fromkeys(("groups.json", "dms.json", "mpims.json", "org_users.json"), "null")
    day = [None, row(1, user="U1"), row(2, user=5), None]
    files = SMALL | lists | {"general/2024-05-02.json": day, "general/2024-05-03.json": "null"}
    files["users.json"] = [None, ADA, {"name": "no id"}, {"id": 7, "profile": []}]
    files["channels.json"] = [None, GENERAL | {"created": "soon", "is_general": None}]
    marked = {name: "\ufeff" + as_text(content) for name, content in files.items()}
    outcome = imported(place, marked).outcome
    assert (outcome.taken, outcome.left_out) == (3, {"unknown shape": 3, "no timestamp": 2})
    assert activities(place) == "message U1, message U1, message 5"
    assert {account[1] for account in place.facts()["accounts"]} == {"slack:U1", "slack:7"}


@pytest.mark.parametrize("odd", ["\\ud83d", "\\ud83d\\u0041", "a\tb"])
def test_halves_of_characters_do_no_harm(place: Installation, odd: str) -> None:
    day = as_text([row(1, user="U1", text="TEXT"), row(2, user="U2", username="TEXT")])
    users = as_text([ADA | {"name": "TEXT"}, BO])
    files = {"general/2024-05-02.json": day.replace("TEXT", odd)}
    files["users.json"] = users.replace("TEXT", odd)
    assert imported(place, SMALL | files).outcome.taken == 3
    assert place.facts()["accounts"]


@pytest.mark.parametrize("number", ["1e300", "123456789012345678901234567890", "9" * 5000, "-5"])
def test_absurd_numbers_do_no_harm(place: Installation, number: str) -> None:
    numbers = {"reply_count": "NUMBER", "room": {"date_start": "NUMBER"}, "x": "NUMBER"}
    day = [row(2, user="U1", **numbers), huddle({"date_start": "NUMBER", "participants": ["U1"]})]
    files = SMALL | {
        "users.json": [ADA | {"updated": "NUMBER", "deleted": True}, BO],
        "channels.json": [GENERAL | {"created": "NUMBER"}],
        "general/2024-05-02.json": day[:1],
        "general/2024-05-03.json": day[1:],
    }
    texts = {name: as_text(content).replace('"NUMBER"', number) for name, content in files.items()}
    imported(place, texts)
    assert sorted(activities(place).split(", ")) == ["huddle U1", "message U1", "message U1"]
    place.publish()


def test_times_as_numbers_are_the_same_times(place: Installation) -> None:
    rows = [row(1, user="U1"), row(2, user="U2", thread_ts=ts(1))]
    numbers = [{k: float(v) if "ts" in k else v for k, v in one.items()} for one in rows]
    imported(place, SMALL | {"general/2024-05-02.json": rows})
    raw = place.raw()
    imported(place, SMALL | {"general/2024-05-02.json": numbers})
    assert place.raw() == raw


def test_broken_lists_and_days_are_named(place: Installation) -> None:
    for name, content in (
        ("users.json", '[{"id": "U1"'),
        ("groups.json", "{}"),
        ("general/2024-05-02.json", "[" * 100_000),
    ):
        with pytest.raises(BadFile, match=f"{name} is broken"):
            imported(place, SMALL | {name: content})
    assert place.raw() == []


def test_who_was_only_invited_is_no_member(place: Installation) -> None:
    imported(place, SMALL | {"users.json": [ADA, BO | {"is_invited_user": True}]})
    assert {account[1] for account in place.facts()["accounts"]} == {"slack:U1"}
