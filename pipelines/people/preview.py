"""Which numbers a decision moves, and by how much, before it is made."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.settings import Settings
from pipelines.steps import community_settings, configure, open_warehouse
from warehouse.build import build_marts
from warehouse.configuration import Decision
from warehouse.people import persons
from warehouse.query import Selection, catalogue, metric_tables

YEARS, MOST_ROWS = 1, 4
COLUMNS = pa.schema(
    [("metric", pa.string()), ("row", pa.string()), ("number", pa.string())]
    + [(name, pa.float64()) for name in ("before", "after")]
)
UNIT = "people"  # of the metrics that are shown

Numbers = dict[tuple[str, str, str], float]


class _NothingIsKept(Exception):
    """Rolls the transaction back."""


def moved(settings: Settings, decided: Sequence[Decision]) -> pa.Table:
    """Return the numbers that would be others with these decisions: metric, row, number, before,
    after. Of metrics by period the quarters of the last year, of each number the newest few rows.
    Nothing is changed.
    """
    before: Numbers = {}
    after: Numbers = {}
    community = community_settings(settings)
    with suppress(_NothingIsKept), open_warehouse(settings).marts() as con:
        build_marts(con, set())
        before = _numbers(con)
        configure(con, settings, community, decided)
        build_marts(con, set())
        after = _numbers(con)
        raise _NothingIsKept
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for metric, row, number in sorted(before.keys() | after.keys()):
        key = metric, row, number
        if before.get(key) != after.get(key):
            values = (*key, before.get(key), after.get(key))
            rows.setdefault((metric, number), []).append(
                dict(zip(COLUMNS.names, values, strict=True))
            )
    newest = [row for of_number in rows.values() for row in of_number[-MOST_ROWS:]]
    return pa.Table.from_pylist(newest, COLUMNS)


def _numbers(con: duckdb.DuckDBPyConnection) -> Numbers:
    found: Numbers = {("persons", "", "persons"): float(persons(con).num_rows)}
    today = date.today()
    selection = Selection("quarter", date(today.year - YEARS, today.month, 1))
    names = [name for name, metric in catalogue().items() if metric.unit == UNIT]
    for name, table in metric_tables(con, names, selection).items():
        found |= dict(_numbers_of(name, table.to_pylist()))
    return found


def _numbers_of(
    name: str, rows: list[dict[str, Any]]
) -> Iterator[tuple[tuple[str, str, str], float]]:
    """Yield the whole numbers of rows, each known by what is no number in its row."""
    for row in rows:
        keys = [str(value) for value in row.values() if isinstance(value, str | date)]
        for column, value in row.items():
            if isinstance(value, int) and not isinstance(value, bool):
                yield (name, " ".join(keys), column), float(value)
