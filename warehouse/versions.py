"""What a file of ours holds, which program wrote it last, and how it is opened.

Every file says in its table `written_by` which version of the program wrote it and in which layout.
Whoever changes a table so that an older program could not go on with it, or a newer one not without
a build, adds one to the layout. Files without the table are of layout 0.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import duckdb

# Every DuckDB that pyproject.toml allows reads and writes this format; left alone, 2.0 writes one
# that 1.5 cannot read. Nothing is ever loaded from the network because of what a file is.
OPTIONS: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v1.0.0",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
# DuckDB 2 says so at every call of to_arrow_table(); the other way costs 1.5 a second binding.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")

MAGIC, MAGIC_AT = b"DUCK", 8
TOO_NEW_FORMAT = "database file with version number"

WRITTEN_BY = "create table if not exists written_by (program varchar, layout integer)"

# Everything that somebody made in a file, but for the schemas of ours.
OBJECTS = """
select count(*) from (
    select database_name, internal from duckdb_tables()
    union all select database_name, internal from duckdb_views()
    union all select database_name, internal from duckdb_functions()
    union all select database_name, internal from duckdb_types()
    union all select database_name, false from duckdb_sequences()
    union all
    select database_name, internal or schema_name in ('raw', 'facts', 'marts') from duckdb_schemas()
)
where database_name = current_catalog() and not internal
"""

COLUMNS = """
select table_name, column_name from duckdb_columns()
where database_name = current_catalog() and schema_name = ?
"""


class WarehouseError(Exception):
    """The warehouse cannot be opened or written; says which file and what to do."""


@dataclass(frozen=True)
class Contents:
    """What a file of ours holds in which layout, and the table by which it was known before.

    `other_file`: what to do about somebody else's file in its place. `remedy`: about a damaged one.
    """

    what: str
    layout: int
    schema: str
    table: str
    columns: frozenset[str]
    other_file: str
    remedy: str


LANDED = Contents(
    "warehouse",
    3,
    "raw",
    "records",
    frozenset({"source", "stream", "record_id", "payload"}),
    other_file="Name another file in vitals.toml: [warehouse] path",
    remedy="put back your last copy of it, together with the email.key beside it",
)
MARTS = Contents(
    "file of facts and marts",
    1,
    "facts",
    "state",
    frozenset({"source", "fingerprint"}),
    other_file="Move it away, and `vitals build` makes a new one",
    remedy="delete it, and `vitals build` makes a new one",
)
AGGREGATES = Contents(
    "file of aggregates",
    1,
    "main",
    "community",
    frozenset({"name", "min_group_size"}),
    other_file="Move it away, and `vitals build` makes a new one",
    remedy="run `vitals build` to publish a new one",
)


class Stated(NamedTuple):
    """Which version of the program wrote a file last, and in which layout."""

    program: str = ""
    layout: int = 0


@cache
def program() -> str:
    """Return the version of this program."""
    try:
        return metadata.version("community-vitals")
    except metadata.PackageNotFoundError:
        return "without a version"


def connect(
    path: Path | None = None, *, read_only: bool = False, **options: str
) -> duckdb.DuckDBPyConnection:
    """Open a file, or a database in memory, in the format of all our files."""
    return duckdb.connect(str(path or ":memory:"), read_only=read_only, config=OPTIONS | options)


@contextmanager
def opened(
    path: Path, contents: Contents, **options: str
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Stated]]:
    """Open a file of ours for writing, made where it is missing, and tell who wrote it.

    Somebody else's file, and one that a newer program wrote, is left as it is to the last byte.
    Raises WarehouseError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _create(path)
    _refuse_other_files(path, contents)
    try:
        if path.with_name(f"{path.name}.wal").exists():
            # Opened for writing, the file would take in what a killed process has left there.
            with connect(path, read_only=True) as con:
                read_stated(con, path, contents)
        con = connect(path, read_only=False, **options)
    except duckdb.Error as error:
        raise WarehouseError(_why_closed(path, contents, error)) from error
    try:
        yield con, read_stated(con, path, contents)
    finally:
        con.close()


def read_stated(con: duckdb.DuckDBPyConnection, path: Path, contents: Contents) -> Stated:
    """Return who wrote a file. Raises WarehouseError where it is not ours, or too new for us."""
    stated = _stated(con)
    if stated.layout > contents.layout:
        raise WarehouseError(
            f"{path} was written by Community Vitals {stated.program} in layout {stated.layout}. "
            f"This one, {program()}, knows layout {contents.layout} at most and left it as it is. "
            "Update Community Vitals here"
        )
    if not stated.layout and not _is_older(con, contents):
        raise _foreign(path, contents)
    return stated


def ours(contents: Contents) -> Stated:
    """Return what this program states of the files that it writes."""
    return Stated(program(), contents.layout)


def state(con: duckdb.DuckDBPyConnection, contents: Contents) -> None:
    """Write down that this program wrote a file, inside the open transaction."""
    con.execute(WRITTEN_BY)
    con.execute("delete from written_by")
    con.execute("insert into written_by values (?, ?)", ours(contents))


def columns(con: duckdb.DuckDBPyConnection, schema: str) -> dict[str, set[str]]:
    """Return the columns of every table and view of a schema."""
    found: dict[str, set[str]] = {}
    for table, column in con.execute(COLUMNS, [schema]).fetchall():
        found.setdefault(table, set()).add(column)
    return found


def _refuse_other_files(path: Path, contents: Contents) -> None:
    """DuckDB would look for an extension that can read a file of another kind."""
    if not path.is_file():
        raise _foreign(path, contents)
    with path.open("rb") as file:
        if not file.read(MAGIC_AT + len(MAGIC)).endswith(MAGIC):
            raise _foreign(path, contents)


def _stated(con: duckdb.DuckDBPyConnection) -> Stated:
    try:
        found = con.execute("select program, layout from main.written_by").fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return Stated()
    return Stated(*found[0]) if found else Stated()


def _is_older(con: duckdb.DuckDBPyConnection, contents: Contents) -> bool:
    """Whether a file is of the time before layouts; one without anything in it counts as well."""
    known = columns(con, contents.schema).get(contents.table)
    if known is None:
        return con.execute(OBJECTS).fetchall() == [(0,)]
    return contents.columns <= known


def _create(path: Path) -> None:
    """Make a file without tables. It appears whole: a killed process leaves none or all of it."""
    target = path.resolve()
    draft = target.with_name(f".{target.name}.draft")
    draft.unlink(missing_ok=True)
    connect(draft).close()
    target.with_name(f"{target.name}.wal").unlink(missing_ok=True)  # of a file that was removed
    os.replace(draft, target)


def _foreign(path: Path, contents: Contents) -> WarehouseError:
    return WarehouseError(
        f"{path} is no {contents.what} of Community Vitals, and was left as it is. "
        f"{contents.other_file}"
    )


def _why_closed(path: Path, contents: Contents, error: duckdb.Error) -> str:
    reason = next(iter(str(error).splitlines()), "")
    if TOO_NEW_FORMAT in reason:
        return (
            f"{path} was written by a newer DuckDB than {duckdb.__version__}, which is installed "
            "here, and was left as it is. Update it: pip install --upgrade duckdb"
        )
    return (
        f"{path} cannot be opened: {reason}. If another program has it open, close that; if it is "
        f"damaged, {contents.remedy}"
    )
