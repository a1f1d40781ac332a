"""The draft of an import: its rows lie in files of their own until all of them are landed at once.

Neither reading nor landing keeps in memory what grows with the files.
"""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.model import Page, Raw
from warehouse import versions
from warehouse.db import Warehouse
from warehouse.file_lists import Doubt, FileList, mark_missing
from warehouse.landing import Landed, end_load, land_incoming, next_load

# Pieces of the draft that are merged together: more of them make fewer passes over what is landed.
MERGED_PIECES = 2
MEMORY_LIMIT = "96MB"

# Of several copies of a record the newest statement counts, and of equally new ones the last.
LAST_COPIES = """
    select
        min(as_of) as first_as_of
        , max(greatest(as_of, 0)::hugeint * 1_000_000_000_000 + number) as newest
        , (newest % 1_000_000_000_000)::bigint as number
    from copies
    group by stream, partition, key
"""

INCOMING = f"""
create or replace temp view incoming as
with copies as (from read_parquet({{pieces}}))

, last_copies as ({LAST_COPIES})

select
    {{source}} as source, stream, partition, key, {{last_record_id}} + number as record_id
    , {{load_id}}::bigint as load_id, 'file' as origin, first_as_of, as_of, payload
from copies join last_copies using (number)
"""

OUTCOMES = f"""
with copies as (
    from read_parquet($pieces) where is_taken or reason is not null
)

, last_copies as ({LAST_COPIES})

, judged as (
    select coalesce(reason, if(account_id in (select unnest($bots)), 'bot', null)) as outcome
    from copies semi join last_copies using (number)
)

select outcome, count(*) as rows from judged group by outcome
union all
select 'duplicate', (select count(*) from copies) - (select count(*) from judged) as rows
where rows > 0
"""


class Row(NamedTuple):
    """One record of the files: taken as an activity, left out for a `reason`, or neither."""

    stream: str
    partition: str
    key: str
    as_of: int
    payload: str
    is_taken: bool
    account_id: str | None
    reason: str | None


TYPES = {"as_of": pa.int64(), "is_taken": pa.bool_()}
SCHEMA = pa.schema(
    [(name, TYPES.get(name, pa.string())) for name in Row._fields] + [("number", pa.int64())]
)


@dataclass(frozen=True)
class Outcome:
    """read = taken + the sum of left_out."""

    read: int
    taken: int
    left_out: dict[str, int]


class Draft:
    """The rows of one import of one source, in pieces in a folder."""

    def __init__(self, folder: Path, source: str) -> None:
        self._folder, self._source = folder, source
        self._pieces: list[str] = []
        self._rows = 0
        self._lists: list[FileList] = []
        self.doubts: list[Doubt] = []

    def add(self, rows: Sequence[Row]) -> None:
        """Write rows down."""
        if not rows and self._pieces:
            return
        columns = list(zip(*rows, strict=True)) or [()] * len(Row._fields)
        columns.append(tuple(range(self._rows + 1, self._rows + 1 + len(rows))))
        path = self._folder / f"{len(self._pieces)}.parquet"
        try:
            pq.write_table(pa.table(columns, schema=SCHEMA), path, compression="zstd")
        except OSError as error:  # Arrow does not say which file it was.
            raise OSError(error.errno, str(error), str(path)) from error
        self._pieces.append(str(path))
        self._rows += len(rows)

    def rewrite(self, rewrite: Callable[[Page], Page]) -> None:
        """Rewrite every row, as the page of one record that it was."""
        for path in self._pieces:
            rows = pq.read_table(path, schema=SCHEMA).to_pylist()
            for row in rows:
                raw = Raw(row["key"], row["payload"].encode())
                page = rewrite(Page(row["stream"], row["partition"], [raw], row["as_of"]))
                [raw] = page.records
                row |= {"partition": page.partition, "key": raw.key}
                row["payload"] = raw.payload.decode()
            pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path, compression="zstd")

    def add_list(self, page: Page, is_whole: bool | None) -> None:
        """Note that a page tells all of its partition; `is_whole`: what the user says of that."""
        self._lists.append(FileList(page.stream, page.partition, page.as_of, is_whole))

    def outcome(self, bots: Collection[str], skipped: Mapping[str, int]) -> Outcome:
        """Return the account of the rows; `skipped` are those that never became a record."""
        with versions.connect(threads="1") as con:
            self._bound(con)
            asked = {"pieces": self._pieces, "bots": list(bots)}
            outcomes = dict(con.execute(OUTCOMES, asked).fetchall())
        taken = outcomes.pop(None, 0)
        for reason, rows in skipped.items():
            outcomes[reason] = outcomes.get(reason, 0) + rows
        left_out = dict(sorted(outcomes.items(), key=lambda item: (-item[1], item[0])))
        return Outcome(taken + sum(left_out.values()), taken, left_out)

    def land(self, con: duckdb.DuckDBPyConnection) -> Landed:
        """Land the rows inside the open transaction, set by set; what the platform said stays.

        What is missing on whole lists has gone; `doubts` are the lists of this import that are not
        believed to be whole.
        """
        self._bound(con)
        load_id, last_record_id = next_load(con, self._source)
        place = {"load_id": load_id, "last_record_id": last_record_id}
        landed = Landed()
        for begin in range(0, len(self._pieces), MERGED_PIECES):
            pieces = self._pieces[begin : begin + MERGED_PIECES]
            listed = f"[{', '.join(map(_text, pieces))}]"
            con.execute(INCOMING.format(source=_text(self._source), pieces=listed, **place))
            landed.add(land_incoming(con))
        landed.gone, doubts = mark_missing(con, self._source, load_id, self._lists)
        own = {one[:3] for one in self._lists}
        self.doubts = [doubt for doubt in doubts if doubt[:3] in own]
        end_load(con, self._source, load_id, last_record_id + self._rows)
        return landed

    def _bound(self, con: duckdb.DuckDBPyConnection) -> None:
        """Let DuckDB spill into our folder, which a killed import leaves to the next one."""
        con.execute(f"set temp_directory = {_text(str(self._folder))}")
        con.execute(f"set memory_limit = '{MEMORY_LIMIT}'")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def draft(warehouse: Warehouse, source: str) -> Iterator[Draft]:
    """Begin the draft of an import, and remove it at the end; the source's lock has to be held.

    Raises WarehouseError at once where the import could not be landed afterwards.
    """
    with warehouse.landing():
        pass
    folder = warehouse.path.with_name(f"import-{source}.tmp")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield Draft(folder, source)
    finally:
        shutil.rmtree(folder)
