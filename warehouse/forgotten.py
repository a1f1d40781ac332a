"""Forgotten accounts: their tombstones, and how all files are rid of them.

What is landed is rewritten together with the tombstones, or not at all. From then on everything
else that still names the person is out of date: the next build makes facts and marts in a new file,
and the next publication removes the older snapshots. Whoever is killed in between loses nothing.
"""

import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa

from connectors.model import Raw
from warehouse.aggregates import aggregates_folder
from warehouse.db import Warehouse, draft_of, replace_with_copy
from warehouse.snapshots import forgotten_in, list_snapshots, snapshots_folder
from warehouse.versions import LANDED

# source, keyed hash, pseudonym of the account, pseudonym of the person
Stone = tuple[str, str, str | None, str]

SOMEBODY = "somebody who is forgotten"

NAMED = """
select rowid, stream, partition, key, payload from old.raw.records
where source = $source and exists (
    select 1 from (select unnest($words) as word)
    where contains(lower(payload), word) or contains(lower(key), word)
)
order by record_id
"""

RECORDS = """
insert into copy.raw.records by name
with all_records as (
    select records.* replace (
        if(records.partition = records.key, coalesce(rewritten.key, records.key), records.partition)
            as partition
        , coalesce(rewritten.key, records.key) as key
        , coalesce(rewritten.payload, records.payload) as payload
    )
    from old.raw.records as records
    left join rewritten on rewritten.place = records.rowid
)

select * from all_records
qualify row_number() over (
    partition by source, stream, partition, key order by first_seen_at, record_id
) = 1
order by record_id
"""

CURSORS = """
insert into copy.raw.cursors
from old.raw.cursors
where not exists (
    select 1 from (select unnest(?) as word)
    where lower(partition) = word or contains(lower(cursor), '"' || word || '"')
)
"""

NEW_STONE = """
insert into copy.raw.forgotten
select new.*
from (values (?, ?, ?, ?)) as new (source, hashed, account_id, person_id)
anti join copy.raw.forgotten as known using (source, hashed)
"""

TABLES = """
select schema_name, table_name from duckdb_tables()
where database_name = 'old' and table_name not in ('records', 'cursors')
"""

TOLD_RUNS = """
select rowid, error, blind_spots from copy.raw.runs
where error is not null or len(blind_spots) > 0
"""

NEW_RUN = """
update copy.raw.runs set error = $error, blind_spots = $spots where rowid = $place
"""

SOURCES = "select distinct source from raw.records order by source"

SAMPLES = """
select any_value(stream), any_value(partition), any_value(key), any_value(payload)
from raw.records where source = ? group by stream order by stream
"""


class Rewriter(Protocol):
    """What takes forgotten accounts out of records."""

    @property
    def new(self) -> Sequence[Stone]:
        """Tombstones of accounts that turned out to be of forgotten people."""

    @property
    def new_ids(self) -> Sequence[str]:
        """The ids of these accounts."""

    def raw(self, stream: str, raw: Raw, /) -> Raw:
        """Return a record in which no forgotten account is named."""


def all_tombstones(con: duckdb.DuckDBPyConnection) -> list[Stone]:
    """Return the tombstones of every source."""
    return con.execute("from raw.forgotten order by all").fetchall()


def landed_sources(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the sources of which something is landed, configured or not."""
    return [source for (source,) in con.execute(SOURCES).fetchall()]


def samples(con: duckdb.DuckDBPyConnection, source: str) -> list[tuple[str, str, str, str]]:
    """Return stream, partition, key and payload of a landed record of each stream of a source."""
    return con.execute(SAMPLES, [source]).fetchall()


def records_naming(
    con: duckdb.DuckDBPyConnection, source: str, words: Collection[str]
) -> list[tuple[str, str, str, str]]:
    """Return stream, partition, key and payload of a source's records with one of these words."""
    asked = {"source": source, "words": [word.lower() for word in words]}
    query = NAMED.replace("old.", "")
    found = con.execute(query, asked).fetchall()
    return [(stream, partition, key, payload) for _, stream, partition, key, payload in found]


def landed_pseudonyms(con: duckdb.DuckDBPyConnection, source: str, pattern: str) -> list[str]:
    """Return what a source's landed records have of a pattern: the hashes that stand in ids."""
    query = """
        select distinct unnest(regexp_extract_all(key || ' ' || payload, $pattern)) from raw.records
        where source = $source
    """
    found = con.execute(query, {"source": source, "pattern": pattern}).fetchall()
    return sorted(word for (word,) in found)


def write_forgotten(con: duckdb.DuckDBPyConnection) -> None:
    """Write facts.forgotten, whose pseudonyms are of one person, inside the open transaction."""
    con.execute("delete from facts.forgotten")
    con.execute(
        "insert into facts.forgotten select distinct account_id, person_id "
        "from landed.raw.forgotten where account_id is not null"
    )


def rewrite_landed(
    warehouse: Warehouse,
    forgetters: Mapping[str, Rewriter],
    words: Mapping[str, Collection[str]],
    stones: Sequence[Stone],
    called: Collection[str] = (),
) -> dict[str, int]:
    """Write the file of what is landed anew, without accounts that are forgotten.

    `words`: by source, the words of which one is in every record that may name one of them;
    `called`: what else errors of past syncs may call them. Returns how many records of each source
    were rewritten. `stones`, and those of accounts that turn out
    on the way to be of the same people, are written with them: all of it, or nothing.
    """
    counts: dict[str, int] = {}

    def fill(con: duckdb.DuckDBPyConnection) -> None:
        rewritten: dict[int, Raw] = {}
        found = [word.lower() for some in words.values() for word in some]
        for source, forgetter in forgetters.items():
            of_source = dict(_rewritten(con, source, forgetter, words.get(source, ())))
            counts[source] = len(of_source)
            rewritten |= of_source
            found += [id.lower() for id in forgetter.new_ids]
        columns = {
            "place": pa.array(list(rewritten), pa.int64()),
            "key": pa.array([raw.key for raw in rewritten.values()], pa.string()),
            "payload": pa.array([raw.payload.decode() for raw in rewritten.values()], pa.string()),
        }
        con.register("rewritten", pa.table(columns))
        con.execute(RECORDS)
        for schema, table in con.execute(TABLES).fetchall():
            con.execute(f"insert into copy.{schema}.{table} from old.{schema}.{table}")
        _clean_runs(con, [*found, *called])
        # A cursor of a list of accounts may name its newest one: that list is read anew.
        con.execute(CURSORS, [found])
        new = [stone for forgetter in forgetters.values() for stone in forgetter.new]
        if all_stones := [*stones, *new]:
            con.executemany(NEW_STONE, all_stones)

    with warehouse.landing():
        pass
    with warehouse.lock("warehouse"):
        replace_with_copy(warehouse.path, LANDED, fill)
    return counts


def _rewritten(
    con: duckdb.DuckDBPyConnection, source: str, forgetter: Rewriter, words: Collection[str]
) -> Iterator[tuple[int, Raw]]:
    """Yield the records to rewrite, by their places; one again where it names one more account."""
    asked, known = {word.lower() for word in words}, set[str]()
    while asked - known:
        values = {"source": source, "words": sorted(asked)}
        for place, stream, _, key, payload in con.execute(NAMED, values).fetchall():
            old = Raw(key, payload.encode())
            new = forgetter.raw(stream, old)
            if new != old:
                yield place, new
        known |= asked
        asked |= {id.lower() for id in forgetter.new_ids}


def _clean_runs(con: duckdb.DuckDBPyConnection, words: Collection[str]) -> None:
    """Take accounts out of what past syncs said of lists that failed."""
    named = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])", re.IGNORECASE)
    for place, error, spots in con.execute(TOLD_RUNS).fetchall() if words else []:
        told = [error, *(text for spot in spots or () for text in spot.values())]
        if any(text and named.search(text) for text in told):
            cleaned = [
                {name: text and named.sub(SOMEBODY, text) for name, text in spot.items()}
                for spot in spots or ()
            ]
            values = {"error": error and named.sub(SOMEBODY, error), "place": place}
            con.execute(NEW_RUN, values | {"spots": cleaned})


def precedes_forgetting(warehouse: Warehouse, path: Path) -> bool:
    """Tell whether a file of facts and marts is from before somebody was forgotten.

    What was deleted lies in its pages until they are used again.
    """
    forgotten = _forgotten(warehouse)
    with warehouse.lock("warehouse"):
        return bool(forgotten) and not forgotten <= forgotten_in(path)


def _forgotten(warehouse: Warehouse) -> set[str]:
    """Return the pseudonyms of all forgotten accounts."""
    with warehouse.landing() as con:
        return {account_id for _, _, account_id, _ in all_tombstones(con) if account_id}


def remove_leftovers(warehouse: Warehouse) -> int:
    """Remove what killed processes have left; return how many files and folders it was.

    The locks of all sources have to be held: what lies there is nobody's then.
    """
    folder = warehouse.path.parent
    with warehouse.lock("warehouse"):
        left = [
            *folder.glob("import-*.tmp"),
            *(draft_of(path) for path in (warehouse.path, warehouse.marts_path)),
            *(folder / f"{path.name}.tmp" for path in (warehouse.path, warehouse.marts_path)),
            *snapshots_folder(warehouse.path).glob("*.tmp"),
            *aggregates_folder(warehouse.path).glob("*.tmp"),
        ]
        left += [path.with_name(f"{path.name}.wal") for path in left]
        found = [path for path in left if path.exists()]
        for path in found:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    return len(found)


def outdated_snapshots(warehouse: Warehouse) -> list[Path]:
    """Return the snapshots from before somebody was forgotten."""
    forgotten = _forgotten(warehouse)
    return [path for path in list_snapshots(warehouse.path) if not forgotten <= forgotten_in(path)]
