"""What sponsors may see: a file of aggregates per publication, and a pointer to the current one.

They lie in the folder `aggregates` beside the warehouse, apart from the snapshots: who may read
that folder alone sees nobody's name, whatever a page asks.
"""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from warehouse import versions
from warehouse.aggregates.collecting import shown
from warehouse.files import how_to_get_at
from warehouse.snapshots import ID_FORMAT
from warehouse.versions import WarehouseError

AGAIN = "run `vitals build` to publish a new one"


class NoAggregates(Exception):
    """Nothing was published yet, or the published file cannot be opened; says what to do."""


class Aggregates:
    """One published state of the tables that sponsors may see; safe to ask from many threads."""

    def __init__(self, path: Path) -> None:
        try:
            self._con = versions.connect(path, read_only=True, enable_external_access="false")
        except duckdb.Error as error:
            raise NoAggregates(f"{path} cannot be opened: {AGAIN}") from error
        self.path = path
        self._refuse_other_layouts()

    @property
    def id(self) -> str:
        """The id of the snapshot with which it was published."""
        return self.path.stem

    @property
    def as_of(self) -> datetime:
        """When it was published, UTC."""
        return datetime.strptime(self.id, ID_FORMAT).replace(tzinfo=UTC)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, in order.

        `hidden` names the columns that are suppressed in the row: they are null. What is null and
        not hidden is not known. Raises NoAggregates for a table that there is not.
        """
        if table not in shown():
            names = ", ".join(sorted(shown()))
            raise NoAggregates(f"there is no table {table!r} of aggregates; there are: {names}")
        with self._con.cursor() as con:
            rows: list[dict[str, Any]] = con.execute(f"from {table}").to_arrow_table().to_pylist()
        return rows

    def close(self) -> None:
        self._con.close()

    def _refuse_other_layouts(self) -> None:
        try:
            stated = versions.read_stated(self._con, self.path, versions.AGGREGATES)
        except WarehouseError as error:
            raise NoAggregates(str(error)) from error
        found = versions.columns(self._con, "main")
        is_whole = all(names <= found.get(table, set()) for table, names in _needed().items())
        if stated.layout < versions.AGGREGATES.layout or not is_whole:
            raise NoAggregates(
                f"{self.path} was published by an older version of Community Vitals: {AGAIN}"
            )


@cache
def _needed() -> dict[str, set[str]]:
    """The columns of every table."""
    return {table: {*columns, "hidden"} for table, columns in shown().items()}


def aggregates_folder(warehouse_path: Path) -> Path:
    """Where the files of aggregates of a warehouse lie."""
    return warehouse_path.with_name("aggregates")


def pointer(warehouse_path: Path) -> Path:
    """The file that names the current file of aggregates."""
    return aggregates_folder(warehouse_path) / "CURRENT"


def current(warehouse_path: Path) -> Path:
    """The current file of aggregates. Raises NoAggregates where nothing was published."""
    file = pointer(warehouse_path)
    try:
        return file.with_name(file.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        raise NoAggregates(
            f"nothing is published in {file.parent} yet: run `vitals build` first"
        ) from None
    except PermissionError as error:
        raise NoAggregates(
            f"{file} cannot be read ({error.strerror}). {how_to_get_at(file)}"
        ) from error


def open_current(warehouse_path: Path) -> Aggregates:
    """The current aggregates; newer ones do not disturb them. Raises NoAggregates."""
    path = current(warehouse_path)
    while True:
        try:
            return Aggregates(path)
        except NoAggregates:
            # Only the last few are kept: newer ones may have been published since we looked.
            newer = current(warehouse_path)
            if newer == path:
                raise
            path = newer
