"""Landing: records and cursors together, once, and what is vouched to be gone is gone."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.model import Page, Raw
from warehouse.db import Warehouse
from warehouse.landing import land, read_cursors

NOW, LATER = 1_714_550_400_000_000, 1_714_636_800_000_000


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "data" / "vitals.duckdb")


@pytest.fixture
def con(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.landing() as connection:
        yield connection


def page(*keys: str, payload: str = "{}", as_of: int = NOW, **more: Any) -> Page:
    records = [Raw(key, payload.encode()) for key in keys]
    return Page(more.pop("stream", "messages"), more.pop("partition", "C1"), records, as_of, **more)


def alive(con: duckdb.DuckDBPyConnection) -> list[str]:
    query = "select key from raw.records where gone_at is null order by partition, key"
    return [key for (key,) in con.execute(query).fetchall()]


def test_landing_again_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    pages = [page("1", "2", cursor="2"), page("1", partition="C2")]
    first = land(con, "slack", pages, "api")
    before = con.execute("from raw.records order by all").fetchall()
    again = land(con, "slack", pages, "api")
    assert (first.new, again.new, again.changed, again.gone) == (3, 0, 0, 0)
    assert con.execute("from raw.records order by all").fetchall() == before


def test_a_key_counts_once_per_source_stream_and_partition(con: duckdb.DuckDBPyConnection) -> None:
    for source in ("slack", "other"):
        land(con, source, [page("1"), page("1", stream="replies")], "api")
    assert alive(con) == ["1"] * 4


def test_the_last_of_a_batch_wins(con: duckdb.DuckDBPyConnection) -> None:
    land(con, "slack", [page("1", payload='"old"'), page("1", payload='"new"')], "api")
    assert con.execute("select payload from raw.records").fetchall() == [('"new"',)]


def test_a_change_keeps_the_number_and_the_first_time(con: duckdb.DuckDBPyConnection) -> None:
    land(con, "slack", [page("1")], "api")
    before = con.execute("select record_id, first_seen_at from raw.records").fetchall()
    changed = land(con, "slack", [page("1", payload='"new"', as_of=LATER)], "api")
    assert (changed.new, changed.changed) == (0, 1)
    assert con.execute("select record_id, first_seen_at from raw.records").fetchall() == before


def test_what_is_not_present_in_a_covered_range_is_gone(con: duckdb.DuckDBPyConnection) -> None:
    land(con, "slack", [page("1", "2", "3", "4"), page("2", partition="C2")], "api")
    landed = land(con, "slack", [page("3", as_of=LATER, covers=("2", "4"))], "api")
    assert landed.gone == 1
    assert alive(con) == ["1", "3", "4", "2"], "2 of C1: its range begins with 2 and ends before 4"
    back = land(con, "slack", [page("2")], "api")
    assert (back.changed, alive(con)) == (1, ["1", "2", "3", "4", "2"])


def test_answers_go_with_what_they_answer(con: duckdb.DuckDBPyConnection) -> None:
    replies = [page(f"{root}.1", stream="replies", partition=f"C1:{root}") for root in "123"]
    land(con, "slack", [page("1", "2", "3"), *replies], "api")
    land(con, "slack", [page("3", covers=("2", "~"), answers="replies")], "api")
    assert alive(con) == ["1", "3", "1.1", "3.1"]


def test_the_platform_outranks_a_file(con: duckdb.DuckDBPyConnection) -> None:
    land(con, "slack", [page("1", "2", payload='"file"')], "file")
    land(con, "slack", [page("1", payload='"api"')], "api")
    land(con, "slack", [page("2", payload='"file"')], "api")
    again = land(con, "slack", [page("1", "2", payload='"other"', as_of=LATER)], "file")
    assert (again.new, again.changed) == (0, 0)
    assert payloads(con) == [("1", '"api"'), ("2", '"file"')]


def payloads(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute("select key, payload from raw.records order by key").fetchall()


@pytest.mark.parametrize(("vouching", "other"), [("api", "file"), ("file", "api")])
def test_a_page_vouches_for_records_of_its_own_origin(
    con: duckdb.DuckDBPyConnection, vouching: Any, other: Any
) -> None:
    for origin, key in ((vouching, "1"), (other, "2")):
        land(con, "slack", [page(key)], origin)
        land(con, "slack", [page(f"{key}.1", stream="replies", partition="C1:1")], origin)
    covers = page(as_of=LATER, covers=("", "~"), answers="replies")
    assert land(con, "slack", [covers], vouching).gone == 2
    assert alive(con) == ["2", "2.1"]


STATEMENTS = [page("1", payload=f'"{day}"', as_of=NOW + day) for day in (1, 2, 3)]


@pytest.mark.parametrize("order", list(permutations(STATEMENTS)))
def test_the_newest_file_counts_in_any_order(
    con: duckdb.DuckDBPyConnection, order: Sequence[Page]
) -> None:
    for statement in order:
        land(con, "slack", [statement], "file")
    land(con, "slack", [page("1", payload='"3"', as_of=NOW + 5)], "file")
    land(con, "slack", [page("1", payload='"1"', as_of=NOW + 4)], "file")
    assert payloads(con) == [("1", '"3"')]
    [(first,)] = con.execute("select epoch_us(first_seen_at) from raw.records").fetchall()
    assert first == NOW + 1
    for statement in order:
        again = land(con, "slack", [statement], "file")
        assert (again.new, again.changed, again.gone) == (0, 0, 0)


def test_an_older_file_takes_nothing_away_and_brings_nothing_back(
    con: duckdb.DuckDBPyConnection,
) -> None:
    land(con, "slack", [page("1", "2", as_of=NOW)], "file")
    land(con, "slack", [page("1", as_of=LATER, covers=("", "~"))], "file")
    land(con, "slack", [page("2", as_of=NOW + 1)], "file")
    land(con, "slack", [page("3", as_of=NOW + 1, covers=("", "~"))], "file")
    assert alive(con) == ["1", "3"]


def test_records_of_before_the_column_as_of_are_as_old_as_their_first_time(
    con: duckdb.DuckDBPyConnection,
) -> None:
    land(con, "slack", [page("1", payload='"old"', as_of=LATER)], "file")
    con.execute("update raw.records set as_of = null")
    land(con, "slack", [page("1", payload='"older"', as_of=NOW)], "file")
    assert payloads(con) == [("1", '"old"')]
    land(con, "slack", [page("1", payload='"new"', as_of=LATER + 1)], "file")
    assert payloads(con) == [("1", '"new"')]


def test_cursors_move_with_their_records_or_not_at_all(warehouse: Warehouse) -> None:
    def land_and_stop() -> None:
        with warehouse.landing() as con:
            land(con, "slack", [page("2", cursor="two")], "api")
            raise KeyboardInterrupt

    with warehouse.landing() as con:
        land(con, "slack", [page("1", cursor="one")], "api")
    with pytest.raises(KeyboardInterrupt):
        land_and_stop()
    with warehouse.landing() as con:
        assert read_cursors(con, "slack", "messages", ["C1", "C2"]) == {"C1": "one"}
        assert alive(con) == ["1"]
        assert read_cursors(con, "slack", "messages", []) == {}
        assert read_cursors(con, "other", "messages", ["C1"]) == {}


def test_a_page_without_a_cursor_leaves_it(con: duckdb.DuckDBPyConnection) -> None:
    land(con, "slack", [page("1", cursor="one")], "api")
    land(con, "slack", [page("2")], "api")
    assert read_cursors(con, "slack", "messages", ["C1"]) == {"C1": "one"}
