"""Writing the file that sponsors may see, out of a file of marts."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse import versions
from warehouse.aggregates.collecting import collect, shown
from warehouse.db import transaction


def write_aggregates(marts: Path, file: Path, snapshot_id: str) -> None:
    """Write the aggregates of a file of marts to a new file, as of the moment of its snapshot."""
    with versions.connect(marts, read_only=True) as con:
        tables = collect(con, snapshot_id)
    with versions.connect(file) as con, transaction(con):
        versions.state(con, versions.AGGREGATES)
        for name, rows in tables.items():
            _write(con, name, rows, shown()[name])


def _write(
    con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table, columns: Mapping[str, str]
) -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    con.register("rows", rows)
    con.execute(f"create table {name} as select {listed}, []::varchar[] as hidden from rows")
    con.unregister("rows")
    for column, meaning in columns.items():
        text = meaning.replace("'", "''")
        con.execute(f"comment on column {name}.\"{column}\" is '{text}'")
