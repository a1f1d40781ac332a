"""Marts: the facts in the shapes that metrics read, one .sql file each, built and checked."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import duckdb
import msgspec

from warehouse.persons import joined
from warehouse.sqlfile import in_order, read_folder, tables_read

MARTS = Path(__file__).parent / "marts"

# The mart whose rows tell which events changed; marts refreshed by event come after it.
FINGERPRINTS = "marts.event_fingerprints"

KNOWN_FINGERPRINTS = f"create or replace temp table known_fingerprints as from {FINGERPRINTS}"

# A fingerprint that is found once is new, or it is that of an event that changed or is gone.
CHANGED_EVENTS = f"""
create or replace temp table changed_events as
select distinct event_id, md5_number_lower(event_id) as event_key
from (from known_fingerprints union all from {FINGERPRINTS})
group by event_id, fingerprint
having count(*) = 1
"""

ALL_EVENTS = f"""
create or replace temp table changed_events as
select event_id, md5_number_lower(event_id) as event_key from {FINGERPRINTS}
"""

IS_OF_CHANGED_EVENT = "event_key in (select event_key from changed_events)"


class BuildError(Exception):
    """A mart that cannot be built or fails a check; names the file, the check and a sample."""


class Mart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table of the schema `marts`, or a view.

    `refresh_by` is the column, `date` or `month`, by which the table may be refreshed piecemeal;
    `whole_on` asks for a value: when it is another one than after the last build, it must not be.
    With `event` the table has the column `event_key`, and its SELECT gives the rows of the events
    in `changed_events` (event_id, event_key) alone; in a whole build those are all. Where it has
    the column `date` as well, what is refreshed by date follows it.
    With `joins_accounts` the SELECT gives links between accounts, and the table has the persons
    whose accounts they join: see `warehouse.persons`.
    """

    name: str
    sql: str
    grain: str
    columns: dict[str, str]
    unique: list[str] = []
    not_null: list[str] = []
    refresh_by: str = ""
    whole_on: str = ""
    is_view: bool = False
    joins_accounts: bool = False

    @property
    def table(self) -> str:
        return f"marts.{self.name}"


def build_marts(
    con: duckdb.DuckDBPyConnection, changed_dates: set[date] | None, folder: Path = MARTS
) -> None:
    """Brings every mart up to date with the facts, inside the caller's transaction.

    `changed_dates`: the local dates whose facts of activities changed, or that hold an activity
    that got another answer; None rebuilds everything. Which events changed is found here. The
    rows are the same either way.
    Raises BuildError; the caller then rolls back.
    """
    marts = {f"marts.{mart.name}": mart for mart in read_folder(folder, Mart).values()}
    reads = {
        table: tables_read(con, mart.sql)
        | ({FINGERPRINTS} if mart.refresh_by == "event" else set())
        for table, mart in marts.items()
    }
    con.execute("create schema if not exists marts")
    fingerprint = _fingerprint(con, marts.values())
    remembered = _remembered(con)
    if remembered.get("") != fingerprint:
        changed_dates = None
    _drop_strays(con, marts)
    if changed_dates is not None:
        # For the few rows of a piecemeal build more threads cost a third more than they work.
        con.execute("set threads = 1")
    if changed_dates is not None and FINGERPRINTS in marts:
        con.execute(KNOWN_FINGERPRINTS)
    for table in in_order(reads):
        mart = marts[table]
        if changed_dates is None:
            _create(con, mart)
        elif mart.is_view:
            continue
        elif mart.refresh_by == "event":
            changed_dates = changed_dates | _refresh_events(con, mart)
        elif not mart.refresh_by or (
            mart.whole_on and _scalar(con, mart.whole_on) != remembered.get(mart.name)
        ):
            _refill(con, mart)
        else:
            _refresh(con, mart, changed_dates)
        if table == FINGERPRINTS:
            con.execute(ALL_EVENTS if changed_dates is None else CHANGED_EVENTS)
    _remember(
        con,
        {"": fingerprint}
        | {m.name: _scalar(con, m.whole_on) for m in marts.values() if m.whole_on},
    )


def _refresh(con: duckdb.DuckDBPyConnection, mart: Mart, changed_dates: set[date]) -> None:
    """Replaces the rows of the changed dates, or of the months that hold them, alone."""
    first_days = {
        day.replace(day=1) if mart.refresh_by == "month" else day for day in changed_dates
    }
    if not first_days:
        return
    listed = ", ".join(f"date '{day}'" for day in sorted(first_days))
    # The bounds say nothing new, but unlike the list they reach the scan of what is aggregated.
    pieces = (
        f"{mart.refresh_by} between date '{min(first_days)}' and date '{max(first_days)}'"
        f" and {mart.refresh_by} in ({listed})"
    )
    con.execute(f"delete from {mart.table} where {pieces}")
    _run(con, mart, f"insert into {mart.table} select * from ({mart.sql}) where {pieces}")
    _check_rows(con, mart, f"(from {mart.table} where {pieces})")


def _refresh_events(con: duckdb.DuckDBPyConnection, mart: Mart) -> set[date]:
    """Replaces the rows of the changed events; returns the dates of the old and the new rows."""
    dates = _dates_of_events(con, mart)
    con.execute(f"delete from {mart.table} where {IS_OF_CHANGED_EVENT}")
    _run(con, mart, f"insert into {mart.table} {mart.sql}")
    _check_rows(con, mart, f"(from {mart.table} where {IS_OF_CHANGED_EVENT})")
    return dates | _dates_of_events(con, mart)


def _dates_of_events(con: duckdb.DuckDBPyConnection, mart: Mart) -> set[date]:
    if "date" not in mart.columns:
        return set()
    dates = f"select distinct date from {mart.table} where {IS_OF_CHANGED_EVENT}"
    return {day for (day,) in con.execute(dates).fetchall()}


def _create(con: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    kind = "view" if mart.is_view else "table"
    _run(con, mart, f"create or replace {kind} {mart.table} as {_select(con, mart)}")
    _check_columns(con, mart)
    _comment(con, mart, kind)
    _check_newest(con, mart)


def _refill(con: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    """Replaces all rows of a table that is there."""
    con.execute(f"delete from {mart.table}")
    _run(con, mart, f"insert into {mart.table} {_select(con, mart)}")
    _check_newest(con, mart)


def _select(con: duckdb.DuckDBPyConnection, mart: Mart) -> str:
    """The SELECT of all rows of a table."""
    if not mart.joins_accounts:
        return mart.sql
    _run(con, mart, mart.sql)
    con.register("joined_accounts", joined(con.fetchall()))
    return "from joined_accounts"


def _check_newest(con: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    if mart.refresh_by in ("date", "month"):
        newest = f"(select max({mart.refresh_by}) - interval 92 days from {mart.table})"
        _check_rows(con, mart, f"(from {mart.table} where {mart.refresh_by} > {newest})")
    else:
        _check_rows(con, mart, mart.table)


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
    if mart.not_null:
        columns = ", ".join(mart.not_null)
        missing = " or ".join(f"{name} is null" for name in mart.not_null)
        breaches = f"select {columns} from {rows} where {missing}"
        _expect_none(con, mart, f"{columns}: never null", breaches)
    if mart.unique:
        key = ", ".join(mart.unique)
        doubles = f"select {key} from {rows} group by all having count(*) > 1"
        _expect_none(con, mart, f"{key} is unique", doubles)


def _expect_none(con: duckdb.DuckDBPyConnection, mart: Mart, check: str, breaches: str) -> None:
    sample = con.execute(f"{breaches} limit 3").fetchall()
    if sample:
        found = "; ".join(", ".join(map(str, row)) for row in sample)
        raise BuildError(f"marts/{mart.name}.sql: {check}, but found: {found}")


def _comment(con: duckdb.DuckDBPyConnection, mart: Mart, kind: str) -> None:
    comments = [f"comment on {kind} {mart.table} is {_text(mart.grain)}"]
    comments += [
        f"comment on column {mart.table}.{column} is {_text(meaning)}"
        for column, meaning in mart.columns.items()
    ]
    con.execute(";\n".join(comments))


def _drop_strays(con: duckdb.DuckDBPyConnection, marts: Mapping[str, Mart]) -> None:
    """Drops what is no mart any more, and a table or view that is to become the other."""
    kinds = {table: "view" if mart.is_view else "table" for table, mart in marts.items()}
    found = con.execute(
        "select 'marts.' || name, kind from ("
        "select database_name, schema_name, table_name as name, 'table' as kind"
        " from duckdb_tables()"
        " union all select database_name, schema_name, view_name, 'view' from duckdb_views()"
        ") where schema_name = 'marts' and database_name = current_catalog()"
    ).fetchall()
    for table, kind in found:
        if kinds.get(table) != kind and table != "marts._memory":
            con.execute(f"drop {kind} {table}")


def _fingerprint(con: duckdb.DuckDBPyConnection, marts: Iterable[Mart]) -> str:
    """Changes whenever the rows of untouched dates could: other SQL, settings or engine."""
    settings = con.execute("from facts.settings").fetchall()
    text = repr((duckdb.__version__, settings, [msgspec.structs.astuple(m) for m in marts]))
    return hashlib.sha256(text.encode()).hexdigest()


def _remember(con: duckdb.DuckDBPyConnection, values: Mapping[str, str]) -> None:
    con.execute("create or replace table marts._memory (name varchar, value varchar)")
    con.executemany("insert into marts._memory values (?, ?)", list(values.items()))


def _remembered(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What the last build remembered by a mart's name, and its fingerprint under none."""
    built = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'marts'"
        " and table_name = '_memory' and database_name = current_catalog()"
    ).fetchall()
    return dict(con.execute("from marts._memory").fetchall()) if built else {}


def _scalar(con: duckdb.DuckDBPyConnection, query: str) -> str:
    return str(con.execute(query).fetchall()[0][0])


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
