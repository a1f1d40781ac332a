"""Staging: raw records that are new become typed facts, one table per class of the event model."""

import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from connectors.model import FACTS, Activity, ActivityKind, Fact, Record

BATCH_RECORDS = 50_000
ARROW_TYPES = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
SQL_TYPES = {str: "varchar", bool: "boolean", int: "bigint", float: "double"}

TOUCHED_RECORDS = """
create or replace temp table touched_records as
select record_id from landed.raw.records where source = ? and load_id > ?
"""

NEW_RECORDS = """
select
    record_id, stream, partition, key, payload, epoch_us(first_seen_at), epoch_us(gone_at)
    , epoch_us(if(origin = 'file', least(landed_at, now() at time zone 'UTC'), landed_at))
from landed.raw.records
left join landed.raw.loads using (source, load_id)
where source = ? and load_id > ?
order by record_id
"""

# Numbers that stand for ids of text: what is joined and counted by them costs a tenth. DuckDB's own
# hash() gives one number to many ids of a pattern (285,000 of 2 million padded numbers).
ACTIVITY_KEYS = """
md5_number_lower(activity_id) as activity_key,
md5_number_lower(account_id) as account_key,
if(channel_id is null, null, md5_number_lower(channel_id)) as channel_key,
if(parent_id is null, null, md5_number_lower(parent_id)) as parent_key
"""

INSERTED_ACTIVITIES = f"""
insert into facts.activities by name
with dated as (
    select *, (occurred_at at time zone 'UTC') at time zone $timezone as local_at
    from incoming
)
select
    $source as source,
    * exclude (local_at),
    local_at::date as date,
    hour(local_at)::utinyint as hour,
    {ACTIVITY_KEYS}
from dated
"""

ACTIVITY_COLUMNS = {
    "date": "date",
    "hour": "utinyint",
    "activity_key": "ubigint",
    "account_key": "ubigint",
    "channel_key": "ubigint",
    "parent_key": "ubigint",
}

EXISTING_COLUMNS = """
select table_name, column_name, lower(data_type) from duckdb_columns()
where schema_name = 'facts' and database_name = current_catalog()
    and table_name in (select unnest(?))
"""

# Which records became an activity. A reaction does not count: it comes with the record that it is
# given to, which may be left out itself.
TAKEN = "taken"
TABLES = (*FACTS, TAKEN)

UNKNOWN_EVENTS = """
select source, list_sort(array_agg(distinct event_id))
from facts.attendances
where
    is_from_file
    and event_id not in (select event_id from facts.events)
    and event_id not in (select also_id from facts.events where also_id is not null)
    and event_id not in (select also_id from facts.event_ids)
group by source
order by source
"""

# An activity changes its own date, and that of the activity that it answers.
CHANGED_DATES = """
with touched as (
    select date, parent_id from facts.activities
    where source = $source and record_id in (select record_id from touched_records)
)
select date from touched
union
select parents.date from facts.activities as parents
where parents.activity_id in (select parent_id from touched where parent_id is not null)
"""


@dataclass(frozen=True)
class Normalizer:
    """How the records of one source become facts. Another `fingerprint` rebuilds them all."""

    fingerprint: str
    normalize: Callable[[str, Record], Iterable[Fact]]


@dataclass(frozen=True)
class State:
    """The last load and record of a source that became facts, and by which fingerprint."""

    fingerprint: str = ""
    load_id: int = 0
    record_id: int = 0


def stage(
    con: duckdb.DuckDBPyConnection,
    normalizers: Mapping[str, Normalizer],
    timezone: str,
    progress: Callable[[str, int, int | None], None] = lambda what, done, total: None,
) -> set[date] | None:
    """Bring the facts of every source up to what was landed, inside the open transaction.

    Returns the local dates whose facts changed, or None where everything was rebuilt.
    """
    _create_tables(con)
    known = {
        source: State(*rest)
        for source, *rest in con.execute(
            "select source, fingerprint, load_id, record_id from facts.state"
        ).fetchall()
    }
    changed: set[date] = set()
    is_whole = _drop_sources(con, known.keys() - normalizers.keys())
    for source, normalizer in normalizers.items():
        state = known.get(source, State())
        fingerprint = f"{normalizer.fingerprint}/{timezone}/{duckdb.__version__}"
        if state.fingerprint != fingerprint:
            _drop_sources(con, {source})
            state, is_whole = State(fingerprint), True
        changed |= _stage_source(con, source, normalizer, state, timezone, progress)
    return None if is_whole else changed


def _create_tables(con: duckdb.DuckDBPyConnection) -> None:
    expected = {table: table_columns(table) for table in TABLES}
    if _columns(con) not in ({}, expected):
        # An older version wrote these. Facts can always be rebuilt from what was landed.
        con.execute("drop schema facts cascade")
    con.execute("create schema if not exists facts")
    con.execute(
        "create table if not exists facts.state"
        " (source varchar, fingerprint varchar, load_id bigint, record_id bigint)"
    )
    for table, columns in expected.items():
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        con.execute(f"create table if not exists facts.{table} ({listed})")


def table_columns(table: str) -> dict[str, str]:
    """The columns of a table of facts, with their SQL types."""
    columns = {"source": "varchar", "record_id": "bigint"}
    if table in FACTS:
        columns |= {name: _sql_type(name, kind) for name, kind in _fields(FACTS[table])}
    return columns | (ACTIVITY_COLUMNS if table == "activities" else {})


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The columns of the tables that exist, with their types."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(EXISTING_COLUMNS, [TABLES]).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _fields(fact: type[Fact]) -> list[tuple[str, type]]:
    hints = typing.get_type_hints(fact)
    return [(f.name, _bare_type(hints[f.name])) for f in msgspec.structs.fields(fact)]


def _bare_type(hint: Any) -> type:
    if isinstance(hint, types.UnionType):
        [hint] = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    return typing.cast(type, hint)


def _sql_type(name: str, kind: type) -> str:
    return "timestamp" if name.endswith("_at") else SQL_TYPES[kind]


def _arrow_type(name: str, kind: type) -> pa.DataType:
    return pa.timestamp("us") if name.endswith("_at") else ARROW_TYPES[kind]


def _drop_sources(con: duckdb.DuckDBPyConnection, sources: Iterable[str]) -> bool:
    dropped = list(sources)
    for table in [*TABLES, "state"] if dropped else []:
        con.execute(f"delete from facts.{table} where source in (select unnest(?))", [dropped])
    return bool(dropped)


def _stage_source(
    con: duckdb.DuckDBPyConnection,
    source: str,
    normalizer: Normalizer,
    state: State,
    timezone: str,
    progress: Callable[[str, int, int | None], None],
) -> set[date]:
    [(load_id, record_id)] = con.execute(
        "select coalesce(max(load_id), 0), coalesce(max(last_record_id), 0)"
        " from landed.raw.loads where source = ?",
        [source],
    ).fetchall()
    if load_id == state.load_id:
        return set()
    con.execute(TOUCHED_RECORDS, [source, state.load_id])
    changed = _forget_touched(con, source, state) if state.load_id else set()
    done = 0
    for batch in _new_records(con, source, state.load_id):
        _stage_batch(con, source, normalizer, timezone, batch)
        done += len(batch)
        progress(f"{source}: records to facts", done, None)
    if state.load_id:
        changed |= _changed_dates(con, source)
    con.execute("delete from facts.state where source = ?", [source])
    con.execute(
        "insert into facts.state values (?, ?, ?, ?)",
        [source, state.fingerprint, load_id, record_id],
    )
    return changed


def _forget_touched(con: duckdb.DuckDBPyConnection, source: str, state: State) -> set[date]:
    """Delete the facts of records that changed; return the dates that they changed."""
    [(first,)] = con.execute("select min(record_id) from touched_records").fetchall()
    if first is None or first > state.record_id:
        return set()
    changed = _changed_dates(con, source)
    for table in TABLES:
        con.execute(
            f"delete from facts.{table} where source = ?"
            " and record_id in (select record_id from touched_records)",
            [source],
        )
    return changed


def _new_records(
    con: duckdb.DuckDBPyConnection, source: str, load_id: int
) -> Iterator[list[tuple[int, Record]]]:
    reader = con.cursor()
    reader.execute(NEW_RECORDS, [source, load_id])
    while rows := reader.fetchmany(BATCH_RECORDS):
        yield [(record_id, Record(*rest)) for record_id, *rest in rows]
    reader.close()


def _stage_batch(
    con: duckdb.DuckDBPyConnection,
    source: str,
    normalizer: Normalizer,
    timezone: str,
    batch: list[tuple[int, Record]],
) -> None:
    facts: dict[type, tuple[list[int], list[Fact]]] = {kind: ([], []) for kind in FACTS.values()}
    taken = []
    for record_id, record in batch:
        is_taken = False
        for fact in normalizer.normalize(source, record):
            ids, rows = facts[type(fact)]
            ids.append(record_id)
            rows.append(fact)
            is_taken |= type(fact) is Activity and fact.kind != ActivityKind.REACTION
        if is_taken:
            taken.append(record_id)
    for table, kind in FACTS.items():
        ids, rows = facts[kind]
        if rows:
            _insert(con, table, kind, source, timezone, ids, rows)
    con.register("incoming", pa.table({"record_id": pa.array(taken, pa.int64())}))
    con.execute(f"insert into facts.{TAKEN} select ?, record_id from incoming", [source])


def _insert(
    con: duckdb.DuckDBPyConnection,
    table: str,
    kind: type[Fact],
    source: str,
    timezone: str,
    ids: Sequence[int],
    rows: Sequence[Fact],
) -> None:
    columns = {"record_id": pa.array(ids, pa.int64())}
    for name, field_type in _fields(kind):
        values = [getattr(row, name) for row in rows]
        columns[name] = pa.array(values, _arrow_type(name, field_type))
    con.register("incoming", pa.table(columns))
    if kind is Activity:
        con.execute(INSERTED_ACTIVITIES, {"source": source, "timezone": timezone})
    else:
        con.execute(
            f"insert into facts.{table} by name select ? as source, * from incoming", [source]
        )


def unknown_events(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return the events, by source, of which files tell who came and nothing tells when."""
    return dict(con.execute(UNKNOWN_EVENTS).fetchall())


def _changed_dates(con: duckdb.DuckDBPyConnection, source: str) -> set[date]:
    return {day for (day,) in con.execute(CHANGED_DATES, {"source": source}).fetchall()}
