"""Staging: what was landed since the last time becomes facts, and everything anew where it must."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.base import Changed
from connectors.model import Account, Activity, Fact, LeftOut, Page, Raw, Record, WorkItem
from warehouse.db import Warehouse
from warehouse.landing import land
from warehouse.staging import Normalizer, stage

DAY = 86_400_000_000
MAY_1 = 1_714_521_600_000_000


def message(source: str, record: Record) -> Iterable[Fact]:
    """The payload is `day author [parent]`; `-` is left out."""
    if record.gone_at is not None:
        return [LeftOut("deleted")]
    day, author, *parent = record.payload.split()
    if author == "-":
        return [LeftOut("no author")]
    at = MAY_1 + int(day) * DAY
    parent_id = f"{source}:{parent[0]}" if parent else None
    return [Activity(f"{source}:{record.key}", "message", author, None, parent_id, at, None)]


ONE = Normalizer("one", message)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "vitals.duckdb")


@pytest.fixture
def bring(warehouse: Warehouse) -> Callable[..., None]:
    def bring(source: str = "slack", covers: tuple[str, str] | None = None, **rows: str) -> None:
        records = [Raw(key, payload.encode()) for key, payload in rows.items()]
        with warehouse.landing() as con:
            land(con, source, [Page("messages", "C1", records, MAY_1, covers=covers)], "api")

    return bring


def staged(
    warehouse: Warehouse, timezone: str = "UTC", normalizer: Normalizer = ONE
) -> set[date] | None:
    with warehouse.marts() as con:
        return stage(con, {"slack": normalizer}, timezone)


def activities(warehouse: Warehouse) -> list[tuple[str, date]]:
    query = "select activity_id, date from facts.activities order by activity_id"
    with duckdb.connect(str(warehouse.marts_path)) as con:
        return con.execute(query).fetchall()


def may(day: int) -> date:
    return date(2024, 5, day)


def test_only_news_is_staged_and_its_dates_are_told(
    warehouse: Warehouse, bring: Callable[..., None]
) -> None:
    seen: list[str] = []

    def spy(source: str, record: Record) -> Iterable[Fact]:
        seen.append(record.key)
        return message(source, record)

    normalizer = Normalizer("spy", spy)
    bring(a="0 ada", b="1 bo")
    assert staged(warehouse, normalizer=normalizer) is None, "the first time is all anew"
    bring(c="4 ada")
    assert staged(warehouse, normalizer=normalizer) == {may(5)}
    assert staged(warehouse, normalizer=normalizer) == set()
    assert seen == ["a", "b", "c"]


def test_a_change_touches_the_day_it_was_and_the_day_it_is(
    warehouse: Warehouse, bring: Callable[..., None]
) -> None:
    bring(a="0 ada", b="1 bo")
    staged(warehouse)
    bring(a="6 ada")
    assert staged(warehouse) == {may(1), may(7)}
    assert activities(warehouse) == [("slack:a", may(7)), ("slack:b", may(2))]


def test_an_answer_touches_the_day_of_what_it_answers(
    warehouse: Warehouse, bring: Callable[..., None]
) -> None:
    bring(a="0 ada", b="3 bo")
    staged(warehouse)
    bring(c="9 cem a")
    assert staged(warehouse) == {may(1), may(10)}


def test_what_is_gone_leaves_the_facts(warehouse: Warehouse, bring: Callable[..., None]) -> None:
    bring(a="0 ada", b="1 bo")
    staged(warehouse)
    bring(covers=("b", "c"))
    assert staged(warehouse) == {may(2)}
    assert activities(warehouse) == [("slack:a", may(1))]
    with duckdb.connect(str(warehouse.marts_path)) as con:
        assert con.execute("select reason from facts.left_out").fetchall() == [("deleted",)]
        assert con.execute("select record_id from facts.taken").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("timezone", "normalizer"), [("Pacific/Auckland", ONE), ("UTC", replace(ONE, fingerprint="2"))]
)
def test_another_time_zone_or_version_makes_everything_anew(
    warehouse: Warehouse, bring: Callable[..., None], timezone: str, normalizer: Normalizer
) -> None:
    bring(a="0 ada", b="1 -")
    staged(warehouse)
    assert staged(warehouse, timezone, normalizer) is None
    assert len(activities(warehouse)) == 1
    assert staged(warehouse, timezone, normalizer) == set()


@pytest.mark.parametrize(
    "change", ["alter table facts.events drop column venue", "drop table facts.taken"]
)
def test_facts_of_an_older_version_are_made_anew(
    warehouse: Warehouse, bring: Callable[..., None], change: str
) -> None:
    bring(a="1 ada")
    staged(warehouse)
    with duckdb.connect(str(warehouse.marts_path)) as con:
        con.execute(change)
        con.execute("insert into facts.activities (source, activity_id) values ('gone', 'x')")
    assert staged(warehouse) is None
    assert activities(warehouse) == [("slack:a", may(2))]


def test_days_and_hours_are_local(warehouse: Warehouse, bring: Callable[..., None]) -> None:
    bring(a="0 ada")
    staged(warehouse, "America/Chicago")
    with duckdb.connect(str(warehouse.marts_path)) as con:
        found = con.execute("select date, hour, occurred_at from facts.activities").fetchall()
    [(day, hour, occurred_at)] = found
    assert (day, hour, occurred_at.isoformat()) == (date(2024, 4, 30), 19, "2024-05-01T00:00:00")


def test_an_item_that_is_closed_changes_no_date(
    warehouse: Warehouse, bring: Callable[..., None]
) -> None:
    def item(source: str, record: Record) -> Iterable[Fact]:
        opened, *closed = (MAY_1 + int(day) * DAY for day in record.payload.split())
        end = closed[0] if closed else None
        return [WorkItem(f"{source}:a", "issue", f"{source}:r", None, opened, end, None)]

    items = Normalizer("items", item)
    bring(a="0")
    staged(warehouse, normalizer=items)
    bring(a="0 3")
    assert staged(warehouse, normalizer=items) == set()
    with duckdb.connect(str(warehouse.marts_path)) as con:
        found = con.execute("select item_id, closed_at::date from facts.work_items").fetchall()
    assert found == [("slack:a", may(4))]


def test_a_source_that_is_no_longer_configured_goes(
    warehouse: Warehouse, bring: Callable[..., None]
) -> None:
    bring(a="0 ada")
    staged(warehouse)
    with warehouse.marts() as con:
        assert stage(con, {}, "UTC") is None
    assert activities(warehouse) == []


def test_what_is_not_understood_leaves_the_facts_as_they_were(
    warehouse: Warehouse, bring: Callable[..., None]
) -> None:
    bring(a="0 ada")
    staged(warehouse)
    before = activities(warehouse)

    def refuse(source: str, record: Record) -> Iterable[Fact]:
        raise Changed("a landed record is not understood", where=record.key)

    bring(b="1 bo")
    with pytest.raises(Changed):
        staged(warehouse, normalizer=replace(ONE, normalize=refuse))
    assert activities(warehouse) == before
    staged(warehouse)
    assert len(activities(warehouse)) == 2


def test_every_field_of_a_fact_is_kept(warehouse: Warehouse, bring: Callable[..., None]) -> None:
    fact = Account("slack:u1", "ada", "Ada", True, MAY_1 + 1)
    bring(a="0 ada")
    staged(warehouse, normalizer=Normalizer("accounts", lambda source, record: [fact]))
    with duckdb.connect(str(warehouse.marts_path)) as con:
        [row] = con.execute("from facts.accounts").to_arrow_table().to_pylist()
    assert row.pop("source") == "slack"
    assert row.pop("record_id") == 1
    assert row["first_seen_at"].isoformat() == "2024-05-01T00:00:00.000001"
    assert [row["account_id"], row["handle"], row["name"]] == ["slack:u1", "ada", "Ada"]
    assert [row["is_bot"], row["is_listed"], row["left_at"]] == [True, True, None]
