"""Unusual DiscordChatExporter files: old layouts, parts, threads, deleted accounts."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.text import TEXT_MARK
from tests.support.hand_made.discord import export, imported, message
from tests.support.installations import Installation

ADA, BO = "81234567890123456", "91234567890123456"
THREAD = {"id": "55", "type": "GuildPublicThread", "categoryId": "99", "category": "help"}


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "place", kind="discord")


def test_links_lead_to_the_message(place: Installation) -> None:
    export(place.folder / "e", message(1))
    imported(place, message(2), channel=THREAD, name="b.json")
    links = place.facts_of(
        "select url || '/' || ref from facts.activities join facts.channels using (channel_id)"
        " order by all"
    )
    assert [link for (link,) in links] == [
        "https://discord.com/channels/7/1234567/1235000000000000001",
        "https://discord.com/channels/7/55/1235000000000000002",
    ]


def test_the_layout_of_2019(tmp_path: Path, place: Installation) -> None:
    """Version 2.15: discriminators, no categoryId, emoji without a code."""
    row = {
        "id": "552000000000000000",
        "type": "Default",
        "timestamp": "2019-03-04T05:06:07.123+05:30",
        "timestampEdited": None,
        "isPinned": False,
        "content": TEXT_MARK,
        "author": {"id": ADA, "name": "ada", "discriminator": "0042", "isBot": False,
                   "avatarUrl": "…"},
        "attachments": [],
        "embeds": [],
        "reactions": [
            {"emoji": {"id": None, "name": "👍", "isAnimated": False, "imageUrl": "…"}, "count": 2}
        ],
    }  # fmt: skip
    old = {
        "guild": {"id": "7", "name": "Made Up", "iconUrl": "…"},
        "channel": {"id": "1234567", "type": "GuildTextChat", "category": "TEXT", "name": "general",
                    "topic": 'say "messages": [] here'},
        "dateRange": {"after": None, "before": None},
        "messages": [row],
        "messageCount": 1,
    }  # fmt: skip
    (tmp_path / "general.json").write_text(json.dumps(old, ensure_ascii=False), encoding="utf-8")
    assert place.import_export(tmp_path / "general.json").outcome.taken == 1
    found = place.facts_of("select kind, account_id, occurred_at::text from facts.activities")
    assert found == [("message", f"discord:{ADA}", "2019-03-03 23:36:07.123")]
    assert TEXT_MARK not in str(place.raw())


def test_the_name_of_a_thread_without_a_channel_is_not_kept(place: Installation) -> None:
    thread = {"id": "55", "type": "GuildPublicThread", "category": "help", "name": TEXT_MARK}
    imported(place, message(1), message(2), channel=thread)
    assert TEXT_MARK not in str(place.raw())
    assert [row[2] for row in place.facts()["channels"]] == ["help"]


def test_parts_are_read_in_order_however_they_are_given(place: Installation) -> None:
    """A shell gives `a [part 10]` before `a [part 2]`, and both before `a`."""
    parts = [("a.json", 1), ("a [part 2].json", 2), ("a [part 10].json", 10)]
    paths = [export(place.folder / "e", message(n), channel=THREAD, name=name) for name, n in parts]
    place.import_export(*sorted(paths))
    parents = place.facts_of("select distinct parent_id from facts.activities order by all")
    assert parents == [("discord:1235000000000000001",), (None,)]


def test_a_later_part_alone_does_not_guess_the_root(place: Installation) -> None:
    imported(place, message(2), message(3), channel=THREAD, name="a [part 2].json")
    kinds = place.facts_of("select kind, parent_id from facts.activities")
    assert kinds == [("reply", "discord:55")] * 2


def test_files_that_overlap_count_a_message_once(place: Installation) -> None:
    export(place.folder / "e", message(1), message(2), name="general (before 2024).json")
    outcome = imported(place, message(2), message(3), name="general (after 2024).json").outcome
    assert (outcome.taken, outcome.left_out) == (3, {"duplicate": 1})


def test_deleted_accounts_keep_their_ids(place: Installation) -> None:
    deleted = {"id": BO, "name": "Deleted User", "discriminator": "0000"}
    reaction = {"emoji": {"id": "", "name": "🌻"}, "count": 1, "users": [deleted]}
    rows = message(1, author=deleted), message(2, reactions=[reaction])
    assert imported(place, *rows).outcome.taken == 2
    activities = place.facts_of(
        "select kind, account_id, parent_id from facts.activities order by activity_id, kind"
    )
    assert activities == [
        ("message", f"discord:{BO}", None),
        ("message", f"discord:{ADA}", None),
        ("reaction", f"discord:{BO}", "discord:1235000000000000002"),
    ]


def test_a_file_of_another_server_than_the_source_gets_a_warning(place: Installation) -> None:
    imported(place, message(1))
    assert ["is of the server 7" in warning for warning in place.warnings] == [True]


@pytest.mark.parametrize("rows", [[], [{"id": "5", "timestamp": None}]])
def test_a_channel_without_messages(place: Installation, rows: list[Any]) -> None:
    assert imported(place, *rows).outcome.taken == 0
    assert len(place.facts()["channels"]) == 1
