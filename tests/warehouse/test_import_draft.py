"""Imports: the draft beside the warehouse, and the account of what became of every record."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from connectors.base import BadFile
from connectors.model import Page
from connectors.slack.export import SlackExport
from pipelines import imports
from tests.support.hand_made.slack import ADA, BO, SMALL, write_folder
from tests.support.installations import Installation
from warehouse.db import Warehouse
from warehouse.import_draft import Outcome, Row, draft

NOW = 1_714_550_400_000_000


def row(key: str, payload: str = "{}", author: str | None = "slack:U1", as_of: int = NOW) -> Row:
    reason = None if author else "no author"
    is_taken = author is not None
    return Row("messages", "C1", key, as_of, payload, is_taken, author, reason)


def files_beside(warehouse: Warehouse) -> list[str]:
    return sorted(path.name for path in warehouse.path.parent.iterdir() if path.name != "locks")


def test_of_several_copies_the_last_one_lands_and_counts(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "vitals.duckdb")
    channel = Row("channels", "", "C1", NOW, "{}", False, None, None)
    with draft(warehouse, "slack") as drafted, patch("warehouse.import_draft.MERGED_PIECES", 2):
        drafted.add([row("1", "1"), row("2", "2"), row("1", "1 again"), channel])
        drafted.add([row("3", "3", author=None), row("2", "2 again", author="slack:B1")])
        drafted.add([row("3", "3 again")])
        outcome = drafted.outcome({"slack:B1"}, {"private channel": 4})
        with warehouse.landing() as con:
            landed = drafted.land(con)
            found = con.execute("select key, payload, record_id from raw.records order by all")
            records = found.fetchall()
    assert outcome == Outcome(10, 2, {"private channel": 4, "duplicate": 3, "bot": 1})
    assert [record[:2] for record in records] == [
        ("1", "1 again"),
        ("2", "2 again"),
        ("3", "3 again"),
        ("C1", "{}"),
    ]
    assert len({record_id for *_, record_id in records}) == 4
    assert landed.new == 4


@pytest.mark.parametrize("pieces", [1, 5])
def test_the_newest_copy_lands_wherever_it_stands(tmp_path: Path, pieces: int) -> None:
    warehouse = Warehouse(tmp_path / "vitals.duckdb")
    newest = row("1", "newest", author="slack:U2", as_of=NOW + 2)
    copies = [row("1", "older", as_of=NOW + 1), newest, row("1", "oldest", author=None, as_of=NOW)]
    with (
        draft(warehouse, "slack") as drafted,
        patch("warehouse.import_draft.MERGED_PIECES", pieces),
    ):
        for copy in copies:
            drafted.add([copy])
        assert drafted.outcome({"slack:U2"}, {}).left_out == {"duplicate": 2, "bot": 1}
        with warehouse.landing() as con:
            drafted.land(con)
            found = con.execute("select payload, epoch_us(first_seen_at) from raw.records")
            assert found.fetchall() == [("newest", NOW)]


def test_an_import_without_a_row_lands_nothing(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "vitals.duckdb")
    with draft(warehouse, "slack") as drafted:
        drafted.add([])
        assert drafted.outcome(set(), {}) == Outcome(0, 0, {})
        with warehouse.landing() as con:
            assert drafted.land(con).new == 0


def test_what_a_killed_import_left_is_removed_by_the_next(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "vitals.duckdb")
    killed = tmp_path / "import-slack.tmp"
    killed.mkdir()
    (killed / "7.parquet").write_bytes(b"half of it")
    with draft(warehouse, "slack") as drafted:
        drafted.add([row("1")])
        assert [path.name for path in killed.iterdir()] == ["0.parquet"]
        assert drafted.outcome(set(), {}).read == 1
    assert files_beside(warehouse) == ["vitals.duckdb"]


def test_an_import_that_fails_late_leaves_nothing(tmp_path: Path) -> None:
    def breaks_off(reader: SlackExport) -> Iterator[Page]:
        yield from whole(reader)
        raise BadFile("it breaks off")

    whole = SlackExport.pages
    place = Installation(tmp_path / "place")
    path = write_folder(tmp_path / "export", SMALL)
    with (
        patch.object(SlackExport, "pages", breaks_off),
        patch.object(imports, "DRAFT_RECORDS", 1),
        pytest.raises(BadFile),
    ):
        place.import_export(path)
    assert place.raw() == []
    assert files_beside(place.warehouse) == ["email.key", "vitals.duckdb"]


def test_the_snapshot_accounts_for_every_landed_record(tmp_path: Path) -> None:
    """Ada says one thing, Bo reacts to it and to what a bot says, Bo joins, one is of nobody."""
    wave = [{"name": "wave", "count": 1, "users": ["U2"]}]
    day = [
        {"ts": "1714550400.000100", "user": "U1", "reactions": wave},
        {"ts": "1714550401.000100", "user": "U1", "bot_id": "B1", "reactions": wave},
        {"ts": "1714550402.000100", "user": "U2", "subtype": "channel_join"},
        {"ts": "1714550403.000100"},
        {
            "ts": "1714550404.000100",
            "user": "USLACKBOT",
            "subtype": "huddle_thread",
            "room": {"date_start": 1714550404, "participant_history": ["U1", "U2"]},
        },
    ]
    files = SMALL | {"general/2024-05-01.json": day, "users.json": [ADA, BO]}
    place = Installation(tmp_path / "place")
    place.import_export(write_folder(tmp_path / "export", files))
    intake = place.publish().metric("intake").to_pylist()
    account = {row["outcome"]: row["records"] for row in intake}
    assert account == {
        "taken as activity": 2,
        "bot": 1,
        "channel_join": 1,
        "no author": 1,
        "of people, places and events": 3,
    }
    assert sum(account.values()) == len(place.raw())


def test_an_import_that_changes_much_keeps_to_its_memory(tmp_path: Path) -> None:
    """A newer export of 60,000 messages: an update would keep in memory what it replaces."""
    warehouse = Warehouse(tmp_path / "vitals.duckdb")
    counts = []
    for text, as_of in (("old", NOW), ("new", NOW + 1)):
        with draft(warehouse, "slack") as drafted, warehouse.landing() as con:
            for first in range(0, 60_000, 5_000):
                numbers = range(first, first + 5_000)
                drafted.add([row(f"{n}", text + str(n) * 40, as_of=as_of) for n in numbers])
            with patch("warehouse.import_draft.MEMORY_LIMIT", "32MB"):
                landed = drafted.land(con)
            counts.append((landed.new, landed.changed))
    assert counts == [(60_000, 0), (0, 60_000)]
