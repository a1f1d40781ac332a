"""Marts: the facts in the shapes that metrics read, one .sql file each, built and checked."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import msgspec

from warehouse.sqlfile import in_order, read_folder, tables_read

MARTS = Path(__file__).parent / "marts"


class BuildError(Exception):
    """A mart that cannot be built or fails a check; names the file, the check and a sample."""


class Mart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table or view of the schema `marts`.

    `refresh_by` names what may be replaced piecemeal: `date`, or `period` (with its `grain`).
    `whole_when` is a condition on the facts and the last build that forces the whole table.
    """

    name: str
    sql: str
    grain: str
    columns: dict[str, str]
    unique: list[str] = []
    not_null: list[str] = []
    refresh_by: str = ""
    whole_when: str = ""
    view: bool = False

    @property
    def table(self) -> str:
        return f"marts.{self.name}"


def build_marts(
    con: duckdb.DuckDBPyConnection, changed_dates: set[date] | None, folder: Path = MARTS
) -> None:
    """Brings every mart up to date with the facts, inside the caller's transaction.

    `changed_dates`: the local dates whose activities changed, or that hold an activity that was
    answered anew; None rebuilds everything. The result is the same rows either way.
    Raises BuildError; the caller then rolls back.
    """
    marts = {f"marts.{mart.name}": mart for mart in read_folder(folder, Mart).values()}
    reads = {table: tables_read(mart.sql) for table, mart in marts.items()}
    con.execute("create schema if not exists marts")
    fingerprint = _fingerprint(con, marts.values())
    if _last_fingerprint(con) != fingerprint:
        changed_dates = None
    _drop_strays(con, marts)
    reshaped: set[str] = set()
    for table in in_order(reads):
        mart = marts[table]
        if _is_piecemeal(con, mart, changed_dates, bool(reads[table] & reshaped)):
            assert changed_dates is not None
            _refresh(con, mart, _PIECES[mart.refresh_by](changed_dates))
        elif _rebuild(con, mart, compare=changed_dates is not None):
            reshaped.add(table)
    con.execute("create or replace table marts._built as select ? as fingerprint", [fingerprint])


def _is_piecemeal(
    con: duckdb.DuckDBPyConnection, mart: Mart, changed_dates: set[date] | None, reshaped: bool
) -> bool:
    if changed_dates is None or reshaped or not mart.refresh_by:
        return False
    return not (mart.whole_when and _scalar(con, f"select {mart.whole_when}"))


def _refresh(con: duckdb.DuckDBPyConnection, mart: Mart, pieces: str) -> None:
    """Replaces the rows of the changed dates or periods alone."""
    con.execute(f"delete from {mart.table} where {pieces}")
    _run(con, mart, f"insert into {mart.table} select * from ({mart.sql}) where {pieces}")
    _check_rows(con, mart, f"(from {mart.table} where {pieces})")


def _rebuild(con: duckdb.DuckDBPyConnection, mart: Mart, compare: bool) -> bool:
    """Builds the whole mart; true where a row of the last build is gone or no longer the same."""
    if mart.view:
        _run(con, mart, f"create or replace view {mart.table} as {mart.sql}")
        _check_columns(con, mart)
        return False
    if compare:
        con.execute(f"create or replace temp table last_build as from {mart.table}")
    _run(con, mart, f"create or replace table {mart.table} as {mart.sql}")
    _check_columns(con, mart)
    _check_rows(con, mart, mart.table)
    _comment(con, mart)
    if not compare:
        return False
    lost = f"select exists (from temp.last_build except from {mart.table})"
    is_reshaped = bool(mart.refresh_by) or bool(_scalar(con, lost))
    con.execute("drop table temp.last_build")
    return is_reshaped


def _run(con: duckdb.DuckDBPyConnection, mart: Mart, statement: str) -> None:
    try:
        con.execute(statement)
    except duckdb.Error as error:
        raise BuildError(f"marts/{mart.name}.sql: {error}") from error


def _check_columns(con: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    real = [name for name, *_ in con.execute(f"describe {mart.table}").fetchall()]
    if real != list(mart.columns):
        raise BuildError(
            f"marts/{mart.name}.sql: the header describes the columns {', '.join(mart.columns)}; "
            f"the SELECT gives {', '.join(real)}"
        )


def _check_rows(con: duckdb.DuckDBPyConnection, mart: Mart, rows: str) -> None:
    for column in mart.not_null:
        _expect_none(con, mart, f"{column} is never null", f"from {rows} where {column} is null")
    if mart.unique:
        key = ", ".join(mart.unique)
        doubles = f"select {key} from {rows} group by all having count(*) > 1"
        _expect_none(con, mart, f"{key} is unique", doubles)


def _expect_none(con: duckdb.DuckDBPyConnection, mart: Mart, check: str, breaches: str) -> None:
    sample = con.execute(f"{breaches} limit 3").fetchall()
    if sample:
        found = "; ".join(", ".join(map(str, row)) for row in sample)
        raise BuildError(f"marts/{mart.name}.sql: {check}, yet there is: {found}")


def _comment(con: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    con.execute(f"comment on table {mart.table} is {_text(mart.grain)}")
    for column, meaning in mart.columns.items():
        con.execute(f"comment on column {mart.table}.{column} is {_text(meaning)}")


def _drop_strays(con: duckdb.DuckDBPyConnection, marts: Iterable[str]) -> None:
    kept = {*marts, "marts._built"}
    found = con.execute(
        "select 'marts.' || table_name, table_type from information_schema.tables"
        " where table_schema = 'marts' and table_catalog = current_catalog()"
    ).fetchall()
    for table, kind in found:
        if table not in kept:
            con.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {table}")


def _fingerprint(con: duckdb.DuckDBPyConnection, marts: Iterable[Mart]) -> str:
    """Changes whenever the rows of untouched dates could: other SQL, settings or engine."""
    settings = con.execute("from facts.settings").fetchall()
    text = repr((duckdb.__version__, settings, [msgspec.structs.astuple(m) for m in marts]))
    return hashlib.sha256(text.encode()).hexdigest()


def _last_fingerprint(con: duckdb.DuckDBPyConnection) -> str | None:
    built = con.execute(
        "select 1 from information_schema.tables where table_schema = 'marts'"
        " and table_name = '_built' and table_catalog = current_catalog()"
    ).fetchall()
    return str(_scalar(con, "select fingerprint from marts._built")) if built else None


def _scalar(con: duckdb.DuckDBPyConnection, query: str) -> object:
    return con.execute(query).fetchall()[0][0]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _dates(dates: Iterable[date]) -> str:
    return ", ".join(f"date '{day}'" for day in sorted(dates)) or "null"


def _changed_days(days: set[date]) -> str:
    return f"date in ({_dates(days)})"


def _changed_periods(days: set[date]) -> str:
    first_days = {
        "week": {day - timedelta(days=day.weekday()) for day in days},
        "month": {day.replace(day=1) for day in days},
        "quarter": {date(day.year, (day.month - 1) // 3 * 3 + 1, 1) for day in days},
    }
    return (
        "("
        + " or ".join(
            f"(grain = '{grain}' and period in ({_dates(periods)}))"
            for grain, periods in first_days.items()
        )
        + ")"
    )


_PIECES: dict[str, Callable[[set[date]], str]] = {
    "date": _changed_days,
    "period": _changed_periods,
}
