"""Metrics: what a number means, one .sql file each, and how it is asked of a connection.

A metric reads only the shared relations of `warehouse/relations`, which know the chosen time, grain
and sources, and leave out bots and staff.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb
import msgspec
import pyarrow as pa

from warehouse.sqlfile import in_order, read_folder, tables_read

METRICS = Path(__file__).parent
RELATIONS = METRICS.parent / "relations"
GRAINS = ("day", "week", "month", "quarter")
BEGINNING = date(1, 1, 1)
END = date(9999, 12, 31)

# Wilson's 95 % interval of a share, k of n.
SHARE_MACROS = """
create or replace temp macro share_bound(k, n, z) as case when n > 0 then
    (k + z ** 2 / 2 + z * sqrt(k * (n - k) / n + z ** 2 / 4)) / (n + z ** 2)
end;
create or replace temp macro share_low(k, n) as share_bound(k, n, -1.959964);
create or replace temp macro share_high(k, n) as share_bound(k, n, 1.959964);
"""


class BadQuestion(ValueError):
    """An unknown metric, grain or source, or a row without a needed column; says what there is."""


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One number's meaning; `sql`, `people_sql` and `records_sql` read the shared relations.

    `people_sql` and `records_sql` take the columns of one row as `$column`. `grain` is set where
    the metric has its own, whatever the chosen one. `totals` are aggregates of the rows: see
    `warehouse.totals`.
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
    people_sql: str = msgspec.field(name="people")
    records_sql: str = msgspec.field(name="records")

    @property
    def row_keys(self) -> tuple[str, ...]:
        """The columns of a row by which its people are found, in the order of the SQL."""
        return tuple(dict.fromkeys(re.findall(r"\$(\w+)", self.people_sql)))


class Relation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A shared relation: what metrics may read."""

    name: str
    grain: str
    columns: dict[str, str]
    sql: str


class Selection(msgspec.Struct, frozen=True):
    """What a reader chose: periods that begin in [start, end), of these sources (empty: all).

    `unbounded` is for retention: active in a period or any later one.
    """

    grain: str = "month"
    start: date | None = None
    end: date | None = None
    sources: tuple[str, ...] = ()
    unbounded: bool = False


EVERYTHING = Selection()


@cache
def catalogue() -> dict[str, Metric]:
    """Every metric by name, sorted."""
    return read_folder(METRICS, Metric)


@cache
def relations() -> dict[str, Relation]:
    """Every shared relation by name, each after those that it reads."""
    found = read_folder(RELATIONS, Relation)
    order = in_order({name: tables_read(relation.sql) for name, relation in found.items()})
    return {name: found[name] for name in order}


def metric_table(
    con: duckdb.DuckDBPyConnection, name: str, selection: Selection, limit: int | None = None
) -> pa.Table:
    """One metric's rows, in the metric's columns and order; the first `limit` of them."""
    metric = _metric(name)
    _choose(con, metric.grain or selection.grain, selection, metric.sql)
    return con.execute(_limited(metric.sql, limit)).to_arrow_table()


def periods_table(con: duckdb.DuckDBPyConnection, selection: Selection) -> pa.Table:
    """The chosen periods of the calendar: period, is_complete (it is over and covered)."""
    query = "select period, is_complete from calendar where is_chosen order by period"
    _choose(con, selection.grain, selection, query)
    return con.execute(query).to_arrow_table()


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
        order by behind.activities desc, people.person_id
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
            , places.name as channel
            , places.url || '/' || behind.ref as link
        from ({metric.records_sql}) as behind
        {in_state if state else ""}
        join people using (person_key)
        left join places using (channel_key)
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


def _metric(name: str) -> Metric:
    metrics = catalogue()
    if name not in metrics:
        raise BadQuestion(f"there is no metric {name!r}; there are: {', '.join(metrics)}")
    return metrics[name]


def _choose(con: duckdb.DuckDBPyConnection, grain: str, selection: Selection, sql: str) -> None:
    """Sets the selection on this connection and makes the relations that a SELECT reads."""
    if selection.grain not in GRAINS:
        raise BadQuestion(f"there is no grain {selection.grain!r}; there are: {', '.join(GRAINS)}")
    known = [source for (source,) in con.execute("select source from facts.sources").fetchall()]
    if unknown := sorted(set(selection.sources) - set(known)):
        raise BadQuestion(f"there is no source {unknown[0]!r}; there are: {', '.join(known)}")
    chosen = {
        "grain::varchar": grain,
        "start::date": selection.start or BEGINNING,
        "end::date": selection.end or END,
        "sources::varchar[]": list(selection.sources) or None,
        "unbounded::boolean": selection.unbounded,
    }
    for typed, value in chosen.items():
        variable, kind = typed.split("::")
        con.execute(f'set variable "{variable}" = ?::{kind}', [value])
    con.execute(SHARE_MACROS)
    for relation in _needed_relations(sql):
        con.execute(f"create or replace temp view {relation.name} as {relation.sql}")


def _needed_relations(sql: str) -> Iterator[Relation]:
    needed = set(tables_read(sql))
    for name in reversed(relations()):
        if name in needed:
            needed |= tables_read(relations()[name].sql)
    return (relation for name, relation in relations().items() if name in needed)
