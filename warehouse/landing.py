"""Landing: pages of raw records and their cursors, written together, in sets, once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from itertools import repeat
from typing import Literal

import duckdb
import pyarrow as pa

from connectors.model import Page

# Files are imported in any order, and an older one may come last.
# What a wrong clock dated in the future counts as older than anything that is told later.
LANDED_AS_OF = """
epoch_us(if(
    coalesce(landed.as_of, landed.first_seen_at) > (now() at time zone 'UTC') + interval 1 day
    , timestamp 'epoch'
    , coalesce(landed.as_of, landed.first_seen_at)
))
"""

# What the platform itself said is never replaced by what a file says. Of files the newest statement
# counts, and the oldest still tells since when a record is known.
# An older file tells nothing new of a record that a newer list no longer has.
SETTLED_RECORDS = f"""
select
    landed.rowid as place
    , place is null as is_new
    , is_new or (
        (landed.payload <> incoming.payload or landed.gone_at is not null) and (
            incoming.origin = 'api'
            or (landed.origin = 'file' and incoming.as_of >= {LANDED_AS_OF})
        )
    ) as is_changed
    , is_changed or (
        landed.origin = 'file' and (incoming.origin = 'api' or incoming.as_of > {LANDED_AS_OF})
    ) as is_told_again
    , is_new or (
        landed.origin = 'file' and incoming.origin = 'file'
        and make_timestamp(incoming.first_as_of) < landed.first_seen_at
    ) as is_earlier
    , is_changed or is_earlier as is_touched
    , incoming.source, incoming.stream, incoming.partition, incoming.key
    , coalesce(landed.record_id, incoming.record_id) as record_id
    , if(is_touched, incoming.load_id, landed.load_id) as load_id
    , if(is_told_again, incoming.origin, landed.origin) as origin
    , if(is_earlier, make_timestamp(incoming.first_as_of), landed.first_seen_at) as first_seen_at
    , if(is_changed, null, landed.gone_at) as gone_at
    , if(is_told_again, make_timestamp(incoming.as_of), landed.as_of) as as_of
    , if(is_changed, incoming.payload, landed.payload) as payload
from raw.records as landed
right join incoming on landed.source = incoming.source
    and landed.stream = incoming.stream and landed.partition = incoming.partition
    and landed.key = incoming.key
where (is_told_again or is_earlier) and (
    is_new or incoming.origin = 'api' or landed.origin = 'api' or landed.gone_at is null
    or incoming.as_of > epoch_us(landed.as_of)
    or make_timestamp(incoming.first_as_of) < landed.first_seen_at
)
"""

REPLACED_RECORDS = "delete from raw.records where rowid in (select unnest(?::bigint[]))"

# What the API does not show may be hidden from it: it takes nothing away that only a file told.
MAY_BE_GONE = f"""
landed.source = $source and landed.origin = $origin and landed.gone_at is null
    and ($origin = 'api' or {LANDED_AS_OF} <= covers.as_of)
"""

GONE_RECORDS = f"""
update raw.records as landed
set gone_at = make_timestamp(covers.as_of), as_of = make_timestamp(covers.as_of),
    load_id = $load_id
from covers
where {MAY_BE_GONE} and landed.stream = covers.stream
    and landed.partition = covers.partition
    and landed.key >= covers.low and landed.key < covers.high
    and not exists (
        select 1 from present
        where present.cover = covers.cover and present.key = landed.key
    )
"""

GONE_REPLIES = f"""
update raw.records as landed
set gone_at = make_timestamp(covers.as_of), as_of = make_timestamp(covers.as_of),
    load_id = $load_id
from covers
where {MAY_BE_GONE} and landed.stream = covers.answers
    and split_part(landed.partition, ':', 1) = covers.partition
    and split_part(landed.partition, ':', 2) >= covers.low
    and split_part(landed.partition, ':', 2) < covers.high
    and not exists (
        select 1 from present
        where present.cover = covers.cover and present.key = split_part(landed.partition, ':', 2)
    )
"""

MOVED_CURSORS = """
merge into raw.cursors as landed using moved
on landed.source = $source and landed.stream = moved.stream
    and landed.partition = moved.partition
when matched then update set cursor = moved.cursor
when not matched then insert values ($source, moved.stream, moved.partition, moved.cursor)
"""

# Which keys of a partition a page vouches for, and which of them exist.
COVERS = pa.schema(
    {
        "cover": pa.int64(),
        "stream": pa.string(),
        "partition": pa.string(),
        "low": pa.string(),
        "high": pa.string(),
        "as_of": pa.int64(),
        "answers": pa.string(),
    }
)
PRESENT = pa.schema({"cover": pa.int64(), "key": pa.string()})


# Where the platform's clock is behind ours by more than this, ours is wrong.
MOST_BEHIND = "interval 1 day"


@dataclass
class Landed:
    """How many records were new, changed, or found to be gone."""

    new: int = 0
    changed: int = 0
    gone: int = 0

    def add(self, other: "Landed") -> None:
        """Count another landing in."""
        self.new += other.new
        self.changed += other.changed
        self.gone += other.gone


@dataclass
class Run:
    """What is remembered of one sync or import of a source.

    A sync covers all from `covered_from` (None: the beginning) to `covered_to`; an import the times
    in `covered`, which may have holes.
    """

    source: str
    kind: Literal["sync", "import"]
    started_at: datetime
    finished_at: datetime | None = None
    covered_to: datetime | None = None
    covered_from: datetime | None = None
    requests: int = 0
    waited_seconds: float = 0.0
    error: str | None = None
    blind_spots: list[dict[str, str]] = field(default_factory=list)
    covered: list[dict[str, datetime]] = field(default_factory=list)
    profile_requests: int = 0


def land(
    con: duckdb.DuckDBPyConnection,
    source: str,
    pages: Sequence[Page],
    origin: Literal["api", "file"],
) -> Landed:
    """Write pages and their cursors inside the open transaction; landing again changes nothing.

    What came from the platform itself is never replaced by what a file says, and of files the
    newest statement counts, in whatever order they are landed.
    """
    load_id, last_record_id = next_load(con, source)
    incoming = _records_table(pages, source, load_id, last_record_id, origin)
    result = Landed()
    if incoming.num_rows:
        con.register("incoming", incoming)
        result = land_incoming(con)
    result.gone = mark_gone(con, source, load_id, pages, origin)
    _move_cursors(con, source, pages)
    platform_time = max((page.as_of for page in pages), default=0) if origin == "api" else 0
    end_load(con, source, load_id, last_record_id + incoming.num_rows, platform_time)
    return result


def land_incoming(con: duckdb.DuckDBPyConnection) -> Landed:
    """Write what `incoming` has of a load, each record once, where it tells something new.

    What changed is deleted and inserted again, and no temporary table is made: of both, DuckDB
    keeps in memory what was before until the transaction ends.
    """
    # It takes the rows of the open transaction for none, and would make its hash table of them.
    con.execute("set disabled_optimizers = 'build_side_probe_side'")
    settled = con.execute(SETTLED_RECORDS).to_arrow_table()
    replaced = settled.column("place").drop_null().to_pylist()
    if replaced:
        con.execute(REPLACED_RECORDS, [replaced])
    columns = con.table("raw.records").columns
    con.from_arrow(settled.select(columns)).insert_into("raw.records")
    new = settled.num_rows - len(replaced)
    touched = settled.column("is_touched").to_pylist().count(True)
    return Landed(new, touched - new)


def next_load(con: duckdb.DuckDBPyConnection, source: str) -> tuple[int, int]:
    """Return the number of a source's next load, and the number of its last record so far."""
    query = (
        "select coalesce(max(load_id), 0) + 1, coalesce(max(last_record_id), 0)"
        " from raw.loads where source = ?"
    )
    [(load_id, last_record_id)] = con.execute(query, [source]).fetchall()
    return load_id, last_record_id


def end_load(
    con: duckdb.DuckDBPyConnection,
    source: str,
    load_id: int,
    last_record_id: int,
    platform_time: int = 0,
) -> None:
    """Remember which numbers a load took, and when: by our clock or the platform's, the later."""
    con.execute(
        f"""
        insert into raw.loads
        select $source, $load_id, $last_record_id, least(
            greatest(now() at time zone 'UTC', platform_time)
            , if($platform_time = 0, null, platform_time + {MOST_BEHIND})
        )
        from (select make_timestamp($platform_time) as platform_time)
        """,
        {
            "source": source,
            "load_id": load_id,
            "last_record_id": last_record_id,
            "platform_time": platform_time,
        },
    )


def _records_table(
    pages: Sequence[Page], source: str, load_id: int, last_record_id: int, origin: str
) -> pa.Table:
    """The last copy of each record. A tuple for each of them would cost more than the rest."""
    copies: dict[tuple[str, str], tuple[dict[str, bytes], dict[str, int]]] = {}
    for page in pages:
        payload_of, time_of = copies.setdefault((page.stream, page.partition), ({}, {}))
        payload_of |= {raw.key: raw.payload for raw in page.records}
        time_of |= dict.fromkeys([raw.key for raw in page.records], page.as_of)
    streams, partitions, keys = list[str](), list[str](), list[str]()
    payloads, times = list[bytes](), list[int]()
    for (stream, partition), (payload_of, time_of) in copies.items():
        streams += repeat(stream, len(payload_of))
        partitions += repeat(partition, len(payload_of))
        keys += payload_of.keys()
        payloads += payload_of.values()
        times += time_of.values()
    count = len(keys)
    return pa.table(
        {
            "source": pa.repeat(source, count),
            "stream": pa.array(streams, pa.string()),
            "partition": pa.array(partitions, pa.string()),
            "key": pa.array(keys, pa.string()),
            "record_id": pa.array(range(last_record_id + 1, last_record_id + 1 + count)),
            "load_id": pa.repeat(load_id, count),
            "origin": pa.repeat(origin, count),
            "first_as_of": pa.array(times, pa.int64()),
            "as_of": pa.array(times, pa.int64()),
            "payload": pa.array(payloads, pa.binary()).cast(pa.string()),
        }
    )


def mark_gone(
    con: duckdb.DuckDBPyConnection,
    source: str,
    load_id: int,
    pages: Iterable[Page],
    origin: Literal["api", "file"],
) -> int:
    """Mark what pages vouch to be gone among records of their own origin; return how many."""
    covers: list[tuple[object, ...]] = []
    numbers: list[int] = []
    keys: list[str] = []
    for number, page in enumerate(pages):
        if page.covers is not None:
            shown = page.present if page.present is not None else {r.key for r in page.records}
            keys += shown
            numbers += repeat(number, len(shown))
            place = (number, page.stream, page.partition)
            covers.append((*place, *page.covers, page.as_of, page.answers))
    if not covers:
        return 0
    con.register("covers", pa.table(list(zip(*covers, strict=True)), schema=COVERS))
    con.register("present", pa.table([numbers, keys], schema=PRESENT))
    gone = 0
    asked = {"source": source, "load_id": load_id, "origin": origin}
    for query in (GONE_RECORDS, GONE_REPLIES):
        [(count,)] = con.execute(query, asked).fetchall()
        gone += count
    return gone


def _move_cursors(con: duckdb.DuckDBPyConnection, source: str, pages: Sequence[Page]) -> None:
    moved = {(p.stream, p.partition): p.cursor for p in pages if p.cursor is not None}
    if not moved:
        return
    streams, partitions = zip(*moved, strict=True)
    table = pa.table({"stream": streams, "partition": partitions, "cursor": list(moved.values())})
    con.register("moved", table)
    con.execute(MOVED_CURSORS, {"source": source})


def read_cursors(
    con: duckdb.DuckDBPyConnection, source: str, stream: str, partitions: Collection[str]
) -> dict[str, str]:
    """Return the cursor of each of these partitions that has one."""
    if not partitions:
        return {}
    con.register("asked", pa.table({"partition": pa.array(list(partitions), pa.string())}))
    query = """
        select partition, cursor from raw.cursors semi join asked using (partition)
        where source = $source and stream = $stream
    """
    return dict(con.execute(query, {"source": source, "stream": stream}).fetchall())


def write_run(con: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Remember how a sync or an import ended."""
    con.execute("insert into raw.runs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(run))
