"""The tables of aggregates, whole: what metrics say of every quarter, nothing suppressed yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from warehouse import query, versions
from warehouse.query import Selection
from warehouse.snapshots import ID_FORMAT
from warehouse.sqlfile import read_folder, tables_read

TABLES = Path(__file__).with_name("tables")
PUBLICATION = {
    "snapshot": "The id of the snapshot with which it was published",
    "published_at": "When it was published, UTC",
    "program": "Which version of Community Vitals counted",
}
DEFINITIONS = {
    "metric": "The metric, or the table",
    "version": "The version of its definition",
    "title": "What it is called",
    "definition": "How it is counted",
    "caveats": "What to keep in mind",
}
METRIC = "metric_"  # Before a metric's name: its rows, as a table that a SELECT may read.


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table that sponsors may see.

    `sql` reads metrics as `metric_NAME`, and the shared relations. It may give columns that
    suppression needs and nobody sees: those are not in `columns`. A table with a `metric` has that
    one's columns and definition, where it has none of its own.
    """

    name: str
    grain: str
    sql: str
    metric: str = ""
    title: str = ""
    definition: str = ""
    caveats: str = ""
    version: int = 0
    columns: dict[str, str] = {}


@cache
def tables() -> dict[str, Table]:
    """Every table but the one of definitions, by its name, sorted."""
    return read_folder(TABLES, Table)


@cache
def shown() -> dict[str, dict[str, str]]:
    """The columns that are published of every table, with what they mean."""
    found = {
        name: table.columns or query.catalogue()[table.metric].columns
        for name, table in tables().items()
    }
    return found | {"definitions": DEFINITIONS, "community": found["community"] | PUBLICATION}


def collect(con: duckdb.DuckDBPyConnection, snapshot_id: str) -> dict[str, pa.Table]:
    """Return the rows of every table by its name, as of the moment of a snapshot."""
    selection = Selection("quarter", asked_at=datetime.strptime(snapshot_id, ID_FORMAT))
    with _metrics(con, selection):
        selects = {name: table.sql for name, table in tables().items()}
        found = query.select_tables(con, selects, selection)
    community = found["community"]
    values = (snapshot_id, selection.asked_at, versions.program())
    for column, value in zip(PUBLICATION, values, strict=True):
        community = community.append_column(column, pa.array([value]))
    return found | {"community": community, "definitions": _definitions()}


@contextmanager
def _metrics(con: duckdb.DuckDBPyConnection, selection: Selection) -> Iterator[None]:
    """Lay the rows of every metric that a table reads on the connection, for a while."""
    names = _metrics_read(con)
    for name, rows in query.metric_tables(con, names, selection).items():
        con.register(f"{METRIC}{name}", rows)
    try:
        yield
    finally:
        for name in names:
            con.unregister(f"{METRIC}{name}")


def _metrics_read(con: duckdb.DuckDBPyConnection) -> list[str]:
    read = {name for table in tables().values() for name in tables_read(con, table.sql)}
    return sorted(name.removeprefix(METRIC) for name in read if name.startswith(METRIC))


def _definitions() -> pa.Table:
    """Return what every published number means: that of metrics, and that of tables of our own."""
    own = {table.name: table for table in tables().values() if table.definition}
    with versions.connect() as con:
        metrics = {name: query.catalogue()[name] for name in _metrics_read(con)}
    meant = [
        {
            "metric": name,
            "version": meaning.version,
            "title": meaning.title,
            "definition": " ".join(meaning.definition.split()),
            "caveats": " ".join(meaning.caveats.split()),
        }
        for name, meaning in sorted((metrics | own).items())
    ]
    return pa.Table.from_pylist(meant)
