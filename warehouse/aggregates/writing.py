"""Writing the file that sponsors may see, out of a file of marts."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse import versions
from warehouse.aggregates.collecting import collect, shown
from warehouse.aggregates.suppression import hidden_cells
from warehouse.aggregates.suppression.cells import Place
from warehouse.db import transaction


def write_aggregates(marts: Path, file: Path, snapshot_id: str) -> None:
    """Write the aggregates of a file of marts to a new file, as of the moment of its snapshot."""
    with versions.connect(marts, read_only=True) as con:
        tables = suppressed(collect(con, snapshot_id))
    with versions.connect(file) as con, transaction(con):
        versions.state(con, versions.AGGREGATES)
        for name, rows in tables.items():
            _write(con, name, rows, shown()[name])


def suppressed(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Return the tables without the cells that have to be hidden, and with their names by row."""
    hidden = hidden_cells(tables)
    return {name: _without(name, rows, hidden) for name, rows in tables.items()}


def _without(name: str, rows: pa.Table, hidden: set[Place]) -> pa.Table:
    names: list[list[str]] = [[] for _ in range(rows.num_rows)]
    for place, column in enumerate(rows.column_names):
        values = rows.column(column).to_pylist()
        for number, value in enumerate(values):
            if value is not None and (name, number, column) in hidden:
                names[number].append(column)
                values[number] = None
        rows = rows.set_column(place, column, pa.array(values, rows.schema.field(place).type))
    return rows.append_column("hidden", pa.array(names, pa.list_(pa.string())))


def _write(
    con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table, columns: Mapping[str, str]
) -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    con.register("rows", rows)
    con.execute(f"create table {name} as select {listed}, hidden from rows")
    con.unregister("rows")
    for column, meaning in columns.items():
        text = meaning.replace("'", "''")
        con.execute(f"comment on column {name}.\"{column}\" is '{text}'")
