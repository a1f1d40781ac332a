"""Run metrics on a connection: the rows of a selection, and the people and records behind a row.

A metric is one file of `warehouse/metrics`. It reads only the relations of `warehouse/relations`,
which know the chosen time, grain and sources, and leave out bots and staff.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb
import msgspec
import pyarrow as pa

from warehouse.sqlfile import in_order, read_described, read_folder, tables_read

METRICS = Path(__file__).with_name("metrics")
RELATIONS = Path(__file__).with_name("relations")
MACROS = Path(__file__).with_name("macros.sql").read_text(encoding="utf-8")
GRAINS = ("day", "week", "month", "quarter")
BEGINNING = date(1, 1, 1)
END = date(9999, 12, 31)


class BadQuestion(ValueError):
    """An unknown metric, grain or source, or a row that lacks a column; the message lists them."""


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One number's meaning; `sql`, `people_sql` and `records_sql` read the shared relations.

    `people_sql` and `records_sql` take the columns of one row as `$column`; a header without
    `people` means the persons of the records. `grain` is set where the metric has its own, whatever
    the chosen one. `totals` are aggregates of the rows: see `warehouse.totals`. `shares` are the
    columns that are a share, each with the column that it is a share of.
    """

    name: str
    title: str
    question: str
    definition: str
    example: str
    caveats: str
    unit: str
    page: str
    version: int
    good: Literal["up", "down", "neutral"]
    columns: dict[str, str]
    sql: str
    grain: str = ""
    totals: dict[str, str] = {}
    shares: dict[str, str] = {}
    people_sql: str = msgspec.field(name="people", default="")
    records_sql: str = msgspec.field(name="records")

    def __post_init__(self) -> None:
        if not self.people_sql:
            counted = "select person_key, count(*) as activities"
            people_sql = f"{counted} from ({self.records_sql}) as behind group by person_key"
            msgspec.structs.force_setattr(self, "people_sql", people_sql)

    @property
    def row_keys(self) -> tuple[str, ...]:
        """The columns of a row by which its people are found, in the order of the SQL."""
        return tuple(dict.fromkeys(re.findall(r"\$(\w+)", self.people_sql)))


class Relation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A shared relation: what metrics may read.

    With `is_kept` its few rows are found once per question; else it is a view, planned anew
    wherever it is read.
    """

    name: str
    grain: str
    columns: dict[str, str]
    sql: str
    is_kept: bool = False

    @property
    def statement(self) -> str:
        kind = "table" if self.is_kept else "view"
        return f"create or replace temp {kind} {self.name} as {self.sql}"


class Selection(msgspec.Struct, frozen=True):
    """What a reader chose: the dates in [start, end), and these sources (empty: all).

    Periods are shown whole that these dates touch; a number without periods counts these dates.

    `unbounded` is for retention: active in a period or any later one. `asked_at` is the moment of
    the question in UTC, None for now: what is later is never shown.
    """

    grain: str = "month"
    start: date | None = None
    end: date | None = None
    sources: tuple[str, ...] = ()
    unbounded: bool = False
    asked_at: datetime | None = None


EVERYTHING = Selection()
LEVEL = """
select level
from member_levels
join marts.authors using (person_key)
where
    authors.account_id = $account_id
    and member_levels.period = (select max(period) from chosen_periods)
"""


@cache
def catalogue() -> dict[str, Metric]:
    """Every metric by name, sorted."""
    return read_folder(METRICS, Metric)


@cache
def metric_files() -> dict[str, Path]:
    """The file of every metric by its name, sorted."""
    return {path.stem: path for path in sorted(METRICS.glob("*.sql"))}


@cache
def relation_files() -> dict[str, Path]:
    """The file of every shared relation by its name, sorted by folder."""
    return {path.stem: path for path in sorted(RELATIONS.rglob("*.sql"))}


def relations(con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> list[Relation]:
    """The shared relations among these names and all that they read, each after what it reads."""
    reads: dict[str, frozenset[str]] = {}
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        if name in relation_files() and name not in reads:
            reads[name] = tables_read(con, _relation(name).sql)
            waiting |= reads[name]
    return [_relation(name) for name in in_order(reads)]


def metric_table(
    con: duckdb.DuckDBPyConnection, name: str, selection: Selection, limit: int | None = None
) -> pa.Table:
    """One metric's rows, in the metric's columns and order; the first `limit` of them."""
    metric = _metric(name)
    _choose(con, metric.grain or selection.grain, selection, metric.sql)
    return con.execute(_limited(metric.sql, limit)).to_arrow_table()


def metric_tables(
    con: duckdb.DuckDBPyConnection, names: Iterable[str], selection: Selection
) -> dict[str, pa.Table]:
    """The rows of several metrics by their names; what they read is made once for all of them."""
    by_grain: dict[str, list[Metric]] = {}
    for metric in map(_metric, names):
        by_grain.setdefault(metric.grain or selection.grain, []).append(metric)
    found = {}
    for grain, metrics in by_grain.items():
        _choose(con, grain, selection, *(metric.sql for metric in metrics))
        for metric in metrics:
            found[metric.name] = con.execute(metric.sql).to_arrow_table()
    return found


def select_tables(
    con: duckdb.DuckDBPyConnection, selects: Mapping[str, str], selection: Selection
) -> dict[str, pa.Table]:
    """The rows of SELECTs over the shared relations, by their names."""
    _choose(con, selection.grain, selection, *selects.values())
    return {name: con.execute(sql).to_arrow_table() for name, sql in selects.items()}


def periods_table(con: duckdb.DuckDBPyConnection, selection: Selection) -> pa.Table:
    """The chosen periods of the calendar: period, is_complete (it is over and covered)."""
    query = "select period, is_complete from calendar where is_chosen order by period"
    _choose(con, selection.grain, selection, query)
    return con.execute(query).to_arrow_table()


def level_of(con: duckdb.DuckDBPyConnection, account_id: str, selection: Selection) -> str | None:
    """The level of an account's person in the newest chosen period; None: it has none."""
    _choose(con, selection.grain, selection, LEVEL.replace("$account_id", "null"))
    found = con.execute(LEVEL, {"account_id": account_id}).fetchone()
    return found[0] if found else None


def people_table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    selection: Selection,
    row: Mapping[str, object],
    limit: int | None = None,
) -> pa.Table:
    """The persons behind one row of a metric: person_id, name, activities; most active first."""
    metric = _metric(name)
    query = f"""
        select people.person_id, people.name, behind.* exclude (person_key)
        from ({metric.people_sql}) as behind
        join people using (person_key)
        order by behind.activities desc, people.person_id, behind
    """
    return _behind(con, metric, query, selection, row, limit)


def records_table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    selection: Selection,
    row: Mapping[str, object],
    limit: int | None = None,
    state: str | None = None,
) -> pa.Table:
    """The activities behind one row of a metric, oldest first, with links and without text.

    With a `state` those of the people behind the row who are in it: new, left, ….
    """
    metric = _metric(name)
    in_state = f"semi join (from ({metric.people_sql}) where state = $state) using (person_key)"
    query = f"""
        select
            behind.activity_id
            , behind.kind
            , behind.occurred_at
            , people.person_id
            , people.name
            , channels.name as channel
            , channels.url || '/' || behind.ref as link
        from ({metric.records_sql}) as behind
        {in_state if state else ""}
        join people using (person_key)
        left join channels using (channel_key)
        order by behind.occurred_at, behind.activity_id
    """
    return _behind(con, metric, query, selection, {**row, "state": state}, limit)


def _behind(
    con: duckdb.DuckDBPyConnection,
    metric: Metric,
    query: str,
    selection: Selection,
    row: Mapping[str, object],
    limit: int | None,
) -> pa.Table:
    needed = set(re.findall(r"\$(\w+)", query))
    if missing := sorted(needed - set(row)):
        raise BadQuestion(f"a row needs {', '.join(missing)}; this one has {', '.join(row)}")
    grain = metric.grain or selection.grain
    _choose(con, grain, selection, re.sub(r"\$\w+", "null", query))
    values = {name: row[name] for name in needed}
    return con.execute(_limited(query, limit), values).to_arrow_table()


def _limited(query: str, limit: int | None) -> str:
    return query if limit is None else f"{query}\nlimit {int(limit)}"


@cache
def _metric(name: str) -> Metric:
    files = metric_files()
    if name not in files:
        raise BadQuestion(f"there is no metric {name!r}; there are: {', '.join(files)}")
    return read_described(files[name], Metric)


def _choose(con: duckdb.DuckDBPyConnection, grain: str, selection: Selection, *sql: str) -> None:
    """Sets the selection on this connection and makes the relations that these SELECTs read."""
    if selection.grain not in GRAINS:
        raise BadQuestion(f"there is no grain {selection.grain!r}; there are: {', '.join(GRAINS)}")
    known = [source for (source,) in con.execute("select source from marts.sources").fetchall()]
    if unknown := sorted(set(selection.sources) - set(known)):
        raise BadQuestion(f"there is no source {unknown[0]!r}; there are: {', '.join(known)}")
    chosen = {
        "grain::varchar": grain,
        "start::date": selection.start or BEGINNING,
        "end::date": selection.end or END,
        "sources::varchar[]": list(selection.sources) or None,
        "unbounded::boolean": selection.unbounded,
        "asked_at::timestamp": selection.asked_at or datetime.now(UTC).replace(tzinfo=None),
    }
    for typed, value in chosen.items():
        variable, kind = typed.split("::")
        con.execute(f'set variable "{variable}" = ?::{kind}', [value])
    con.execute(MACROS)
    for relation in relations(con, {table for one in sql for table in tables_read(con, one)}):
        con.execute(relation.statement)


@cache
def _relation(name: str) -> Relation:
    return read_described(relation_files()[name], Relation)
