"""Forgotten accounts: their tombstones, and how what is landed is rewritten without them."""

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence

import duckdb
import pyarrow as pa

from connectors.model import Raw
from warehouse.db import Warehouse, replace_with_copy
from warehouse.snapshots import list_snapshots
from warehouse.versions import LANDED

# source, keyed hash, pseudonym of the account, pseudonym of the person
Stone = tuple[str, str, str | None, str]
Rewrite = Callable[[str, Raw], Raw]

NAMED = """
select rowid, stream, key, payload from old.raw.records
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


def tombstones(con: duckdb.DuckDBPyConnection, source: str) -> list[Stone]:
    """Return the tombstones that count on a source: its own, and those of addresses."""
    query = "from raw.forgotten where source in (?, '') order by all"
    return con.execute(query, [source]).fetchall()


def all_tombstones(con: duckdb.DuckDBPyConnection) -> list[Stone]:
    """Return the tombstones of every source."""
    return con.execute("from raw.forgotten order by all").fetchall()


def records_naming(
    con: duckdb.DuckDBPyConnection, source: str, words: Collection[str]
) -> list[tuple[str, str, str]]:
    """Return stream, key and payload of the landed records of a source with one of these words."""
    asked = {"source": source, "words": [word.lower() for word in words]}
    query = NAMED.replace("old.", "")
    found = con.execute(query, asked).fetchall()
    return [(stream, key, payload) for _, stream, key, payload in found]


def landed_pseudonyms(con: duckdb.DuckDBPyConnection, source: str, pattern: str) -> list[str]:
    """Return what a source's landed records have of a pattern: the hashes that stand in ids."""
    query = """
        select distinct unnest(regexp_extract_all(payload, $pattern)) from raw.records
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
    rewrites: Mapping[str, tuple[Collection[str], Rewrite]],
    stones: Sequence[Stone],
) -> dict[str, int]:
    """Write the file of what is landed anew, without accounts that are forgotten.

    `rewrites`: by source, the words of which one is in every record that may name one of them, and
    what rewrites a record. Returns how many records of each source were rewritten.
    """
    counts: dict[str, int] = {}

    def fill(con: duckdb.DuckDBPyConnection) -> None:
        places: list[int] = []
        keys: list[str] = []
        payloads: list[str] = []
        for source, (words, rewrite) in rewrites.items():
            asked = {"source": source, "words": [word.lower() for word in words]}
            counts[source] = 0
            for place, stream, key, payload in con.execute(NAMED, asked).fetchall():
                old = Raw(key, payload.encode())
                new = rewrite(stream, old)
                if new != old:
                    places.append(place)
                    keys.append(new.key)
                    payloads.append(new.payload.decode())
                    counts[source] += 1
        columns = {
            "place": pa.array(places, pa.int64()),
            "key": pa.array(keys, pa.string()),
            "payload": pa.array(payloads, pa.string()),
        }
        con.register("rewritten", pa.table(columns))
        con.execute(RECORDS)
        for schema, table in con.execute(TABLES).fetchall():
            con.execute(f"insert into copy.{schema}.{table} from old.{schema}.{table}")
        # A cursor of a list of accounts may name its newest one: that list is read anew.
        words = [word.lower() for words, _ in rewrites.values() for word in words]
        con.execute(CURSORS, [words])
        if stones:
            con.executemany(NEW_STONE, stones)

    with warehouse.landing():
        pass
    with warehouse.lock("warehouse"):
        replace_with_copy(warehouse.path, LANDED, fill)
    return counts


def drop_marts(warehouse: Warehouse) -> None:
    """Remove facts and marts: the next build makes them anew from what is landed."""
    with warehouse.lock("warehouse"):
        for name in (warehouse.marts_path.name, f"{warehouse.marts_path.name}.wal"):
            warehouse.path.with_name(name).unlink(missing_ok=True)
        for folder in warehouse.path.parent.glob("import-*.tmp"):
            shutil.rmtree(folder, ignore_errors=True)


def drop_older_snapshots(warehouse: Warehouse) -> int:
    """Remove every snapshot but the newest; who has one open goes on. Returns how many."""
    with warehouse.lock("warehouse"):
        older = list_snapshots(warehouse.path)[1:]
        for path in older:
            path.unlink()
    return len(older)
