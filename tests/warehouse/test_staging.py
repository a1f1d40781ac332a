"""Staging: what was landed since the last time becomes facts, and everything anew where it must."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from msgspec import structs

from connectors.base import Changed
from connectors.model import Account, Activity, Fact, LeftOut, Page, Raw, Record, WorkItem
from warehouse.db import Warehouse
from warehouse.landing import land
from warehouse.staging import ACTIVITY_KEYS, Normalizer, stage

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


@dataclass
class Slack:
    """A source: what it lands, and what becomes of it."""

    warehouse: Warehouse

    def bring(self, covers: tuple[str, str] | None = None, **rows: str) -> None:
        records = [Raw(key, payload.encode()) for key, payload in rows.items()]
        with self.warehouse.landing() as con:
            land(con, "slack", [Page("messages", "C1", records, MAY_1, covers=covers)], "api")

    def stage(self, normalizer: Normalizer = ONE, timezone: str = "UTC") -> set[date] | None:
        with self.warehouse.marts() as con:
            return stage(con, {"slack": normalizer}, timezone)

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse.marts_path)) as con:
            return con.execute(statement).fetchall()

    def activities(self) -> list[tuple[str, date]]:
        return self.run("select activity_id, date from facts.activities order by activity_id")


@pytest.fixture
def slack(tmp_path: Path) -> Slack:
    return Slack(Warehouse(tmp_path / "vitals.duckdb"))


def may(day: int) -> date:
    return date(2024, 5, day)


def test_only_news_is_staged_and_its_dates_are_told(slack: Slack) -> None:
    seen: list[str] = []

    def spy(source: str, record: Record) -> Iterable[Fact]:
        seen.append(record.key)
        return message(source, record)

    normalizer = Normalizer("spy", spy)
    slack.bring(a="0 ada", b="1 bo")
    assert slack.stage(normalizer) is None, "the first time is all anew"
    slack.bring(c="4 ada")
    assert slack.stage(normalizer) == {may(5)}
    assert slack.stage(normalizer) == set()
    assert seen == ["a", "b", "c"]


def test_a_change_touches_the_day_it_was_and_the_day_it_is(slack: Slack) -> None:
    slack.bring(a="0 ada", b="1 bo")
    slack.stage()
    slack.bring(a="6 ada")
    assert slack.stage() == {may(1), may(7)}
    assert slack.activities() == [("slack:a", may(7)), ("slack:b", may(2))]


def test_an_answer_touches_the_day_of_what_it_answers(slack: Slack) -> None:
    slack.bring(a="0 ada", b="3 bo")
    slack.stage()
    slack.bring(c="9 cem a")
    assert slack.stage() == {may(1), may(10)}


def test_what_is_gone_leaves_the_facts(slack: Slack) -> None:
    slack.bring(a="0 ada", b="1 bo")
    slack.stage()
    slack.bring(covers=("b", "c"))
    assert slack.stage() == {may(2)}
    assert slack.activities() == [("slack:a", may(1))]
    assert slack.run("select reason from facts.left_out") == [("deleted",)]
    assert slack.run("select record_id from facts.taken") == [(1,)]


@pytest.mark.parametrize(
    ("timezone", "normalizer"), [("Pacific/Auckland", ONE), ("UTC", replace(ONE, fingerprint="2"))]
)
def test_another_time_zone_or_version_makes_everything_anew(
    slack: Slack, timezone: str, normalizer: Normalizer
) -> None:
    slack.bring(a="0 ada", b="1 -")
    slack.stage()
    assert slack.stage(normalizer, timezone) is None
    assert len(slack.activities()) == 1
    assert slack.stage(normalizer, timezone) == set()


@pytest.mark.parametrize(
    "change", ["alter table facts.events drop column venue", "drop table facts.taken"]
)
def test_facts_of_an_older_version_are_made_anew(slack: Slack, change: str) -> None:
    slack.bring(a="1 ada")
    slack.stage()
    slack.run(change)
    slack.run("insert into facts.activities (source, activity_id) values ('gone', 'x')")
    assert slack.stage() is None
    assert slack.activities() == [("slack:a", may(2))]


def test_days_and_hours_are_local(slack: Slack) -> None:
    slack.bring(a="0 ada")
    slack.stage(timezone="America/Chicago")
    found = slack.run("select date, hour, occurred_at::varchar from facts.activities")
    assert found == [(date(2024, 4, 30), 19, "2024-05-01 00:00:00")]


def test_an_item_that_is_closed_changes_no_date(slack: Slack) -> None:
    def item(source: str, record: Record) -> Iterable[Fact]:
        opened, *closed = (MAY_1 + int(day) * DAY for day in record.payload.split())
        end = closed[0] if closed else None
        return [WorkItem(f"{source}:a", "issue", f"{source}:r", None, opened, end, None)]

    items = Normalizer("items", item)
    slack.bring(a="0")
    slack.stage(items)
    slack.bring(a="0 3")
    assert slack.stage(items) == set()
    found = slack.run("select item_id, closed_at::date from facts.work_items")
    assert found == [("slack:a", may(4))]


def test_a_source_that_is_no_longer_configured_goes(slack: Slack) -> None:
    slack.bring(a="0 ada")
    slack.stage()
    with slack.warehouse.marts() as con:
        assert stage(con, {}, "UTC") is None
    assert slack.activities() == []


def test_what_is_not_understood_leaves_the_facts_as_they_were(slack: Slack) -> None:
    slack.bring(a="0 ada")
    slack.stage()
    before = slack.activities()

    def refuse(source: str, record: Record) -> Iterable[Fact]:
        raise Changed("a landed record is not understood", where=record.key)

    slack.bring(b="1 bo")
    with pytest.raises(Changed):
        slack.stage(replace(ONE, normalize=refuse))
    assert slack.activities() == before
    slack.stage()
    assert len(slack.activities()) == 2


def test_every_field_of_a_fact_is_kept(slack: Slack) -> None:
    fact = Account("slack:u1", "ada", "Ada", True, MAY_1 + 1)
    slack.bring(a="0 ada")
    slack.stage(Normalizer("accounts", lambda source, record: [fact]))
    with duckdb.connect(str(slack.warehouse.marts_path)) as con:
        [row] = con.execute("from facts.accounts").to_arrow_table().to_pylist()
    at = datetime(2024, 5, 1, 0, 0, 0, 1)
    kept = {"source": "slack", "record_id": 1, **structs.asdict(fact), "first_seen_at": at}
    assert row == kept


def test_ids_of_one_pattern_have_keys_of_their_own() -> None:
    # duckdb's hash() gives 285,520 of these ids a number that another one has.
    ids = "select 'meetup:' || lpad((i // 1000)::varchar, 9, '0') || ':meetup:'"
    ids += " || lpad((i % 1000)::varchar, 9, '0') as id from range(2000000) as numbers (i)"
    keys = "select id as activity_id, id as account_id, id as channel_id, id as parent_id"
    with duckdb.connect() as con:
        found = con.execute(
            f"select count(distinct activity_key) from"
            f" (select {ACTIVITY_KEYS} from ({keys} from ({ids})))"
        ).fetchall()
    assert found == [(2_000_000,)]
