"""Lists in files that are whole: who is on an older one and not on a newer one has gone.

It is worked out anew from all lists that were ever imported, so the order of imports changes
nothing: a record has gone at the first list after the newest file that tells of it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import duckdb
import pyarrow as pa

# A list on which fewer than half of those before are left is taken for a part of one, unless only
# so few are missing that it may be true.
FEW = 10

# What a wrong clock dated in the future counts as older than anything that is told later.
TOLD_AT = """
if(
    coalesce(records.as_of, records.first_seen_at) > (now() at time zone 'UTC') + interval 1 day
    , timestamp 'epoch'
    , coalesce(records.as_of, records.first_seen_at)
)
"""

# What somebody said about a list once is kept when it is imported again without a word.
MERGED_LISTS = """
merge into raw.file_lists as landed using incoming_lists as incoming
on landed.source = $source and landed.stream = incoming.stream
    and landed.partition = incoming.partition and landed.as_of = make_timestamp(incoming.as_of)
when matched then update set is_whole = coalesce(incoming.is_whole, landed.is_whole)
when not matched then insert values (
    $source, incoming.stream, incoming.partition, make_timestamp(incoming.as_of), incoming.is_whole
)
"""

LISTS = """
select stream, partition, epoch_us(as_of), is_whole
from raw.file_lists
where source = $source and as_of <= (now() at time zone 'UTC') + interval 1 day
order by all
"""

COUNTS = f"""
select
    count(*) filter (told_at < $as_of and told_at >= $last) as missing
    , count(*) filter (told_at >= $as_of and first_seen_at < $as_of) as staying
from (
    select epoch_us({TOLD_AT}) as told_at, epoch_us(first_seen_at) as first_seen_at
    from raw.records as records
    where source = $source and stream = $stream and partition = $partition and origin = 'file'
)
"""

GONE_RECORDS = f"""
with judged as (
    select
        records.record_id
        , make_timestamp(min(lists.as_of) filter (
            lists.is_believed and lists.as_of > epoch_us({TOLD_AT})
        )) as gone_at
    from raw.records as records
    join judged_lists as lists using (stream, partition)
    where records.source = $source and records.origin = 'file'
    group by records.record_id
)

update raw.records as records
set gone_at = judged.gone_at, load_id = $load_id
from judged
where records.source = $source and records.record_id = judged.record_id
    and records.gone_at is distinct from judged.gone_at
returning records.gone_at is not null
"""

LIST_SCHEMA = pa.schema(
    {
        "stream": pa.string(),
        "partition": pa.string(),
        "as_of": pa.int64(),
        "is_whole": pa.bool_(),
    }
)
JUDGED_SCHEMA = pa.schema(
    {
        "stream": pa.string(),
        "partition": pa.string(),
        "as_of": pa.int64(),
        "is_believed": pa.bool_(),
    }
)


# Times are microseconds since 1970.
class FileList(NamedTuple):
    """A file told all of a partition at a time; `is_whole`: what the user says about that."""

    stream: str
    partition: str
    as_of: int
    is_whole: bool | None


class Doubt(NamedTuple):
    """A list that is not believed to be whole: so many of those before are missing on it."""

    stream: str
    partition: str
    as_of: int
    missing: int
    before: int


def mark_missing(
    con: duckdb.DuckDBPyConnection, source: str, load_id: int, lists: Iterable[FileList]
) -> tuple[int, list[Doubt]]:
    """Note whole lists and mark what has gone by all of them; return how much, and all doubts."""
    rows = list(zip(*dict.fromkeys(lists), strict=True)) or [()] * len(LIST_SCHEMA)
    con.register("incoming_lists", pa.table(rows, schema=LIST_SCHEMA))
    con.execute(MERGED_LISTS, {"source": source})
    judged, doubts = _judge(con, source)
    if not judged:
        return 0, []
    columns = list(zip(*judged, strict=True))
    con.register("judged_lists", pa.table(columns, schema=JUDGED_SCHEMA))
    changed = con.execute(GONE_RECORDS, {"source": source, "load_id": load_id}).fetchall()
    return sum(is_gone for (is_gone,) in changed), doubts


def _judge(
    con: duckdb.DuckDBPyConnection, source: str
) -> tuple[list[tuple[str, str, int, bool]], list[Doubt]]:
    """Return all lists of a source, the oldest first, and whether each is believed; and doubts."""
    last: dict[tuple[str, str], int] = {}
    judged, doubts = [], []
    for stream, partition, as_of, is_whole in con.execute(LISTS, {"source": source}).fetchall():
        asked = {"source": source, "stream": stream, "partition": partition, "as_of": as_of}
        asked["last"] = last.get((stream, partition), 0)
        [(missing, staying)] = con.execute(COUNTS, asked).fetchall()
        is_likely = missing < FEW or missing <= staying
        is_believed = is_likely if is_whole is None else is_whole
        judged.append((stream, partition, as_of, is_believed))
        if is_believed:
            last[stream, partition] = as_of
        elif is_whole is None:
            doubts.append(Doubt(stream, partition, as_of, missing, missing + staying))
    return judged, doubts
