"""Where a warehouse lies, and the one way to open it: a writer at a time, queued by a lock.

`vitals.duckdb` holds what was landed (schema `raw`). `vitals.marts.duckdb` beside it holds facts
and marts, in a file of their own so that publishing is a copy.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse import versions
from warehouse.files import replace
from warehouse.versions import LANDED, MARTS, Contents, WarehouseError

LOCK_WAIT_SECONDS = 900.0
LOCK_POLL_SECONDS = 0.02

RAW_TABLES = """
create schema if not exists raw;
create table if not exists raw.records (
    source varchar, stream varchar, partition varchar, key varchar, record_id bigint,
    load_id bigint, origin varchar, first_seen_at timestamp, gone_at timestamp, payload varchar
);
alter table raw.records add column if not exists as_of timestamp;
create table if not exists raw.file_lists (
    source varchar, stream varchar, partition varchar, as_of timestamp, is_whole boolean
);
create table if not exists raw.cursors (
    source varchar, stream varchar, partition varchar, cursor varchar
);
create table if not exists raw.loads (source varchar, load_id bigint, last_record_id bigint);
create table if not exists raw.runs (
    source varchar, kind varchar, started_at timestamp, finished_at timestamp,
    covered_to timestamp, covered_from timestamp, requests bigint, waited_seconds double,
    error varchar, blind_spots struct(what varchar, reason varchar, advice varchar)[]
);
alter table raw.runs add column if not exists
    covered struct(covered_from timestamp, covered_to timestamp)[];
alter table raw.runs add column if not exists profile_requests bigint;
alter table raw.loads add column if not exists landed_at timestamp;
create table if not exists raw.email_key (fingerprint varchar, id_key varchar);
create table if not exists raw.forgotten (
    source varchar, hashed varchar, account_id varchar, person_id varchar
);
"""


class Busy(WarehouseError):
    """Somebody else holds the lock."""


@dataclass(frozen=True)
class Warehouse:
    """The files of one warehouse, all beside `path`."""

    path: Path

    @property
    def marts_path(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.marts.duckdb")

    @contextmanager
    def landing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open what was landed, for writing, in one transaction: all of it is kept, or nothing.

        More threads would take more of the processor than they save time, and each would keep a
        part of a growing transaction in memory.
        """
        opened = versions.opened(self.path, LANDED, threads="1")
        with self.lock("warehouse"), opened as (con, stated):
            if stated != versions.ours(LANDED):
                _bring_up(con)
            with transaction(con):
                yield con

    @contextmanager
    def marts(self, *, anew: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open facts and marts in one transaction, with what was landed as `landed`, read-only.

        Both are brought up to the layout of this program: the marts are made anew from the facts,
        and the facts from what was landed. With `anew` so they are in any case.
        """
        with self.landing():
            pass
        with self.lock("warehouse"), self._marts_in(self.marts_path, anew=anew) as con:
            yield con

    @contextmanager
    def new_marts(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open facts and marts as `marts` does, in a new file that takes the old one's place.

        What was deleted lies in the pages of the old one: the new one never had it.
        """
        with self.landing():
            pass
        draft = draft_of(self.marts_path)
        with self.lock("warehouse"):
            _remove_draft(draft)
            try:
                with versions.opened(self.marts_path, MARTS):
                    pass  # It refuses a file that is not ours to replace.
                with self._marts_in(draft, anew=True) as con:
                    yield con
                checkpoint(draft)
                _take_place(self.marts_path, draft)
            finally:
                _remove_draft(draft)

    @contextmanager
    def _marts_in(self, file: Path, *, anew: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        with versions.opened(file, MARTS) as (con, stated):
            path = str(self.path).replace("'", "''")
            # It makes a file 3 % smaller, and half of all that writing it costs.
            con.execute("set disabled_compression_methods = 'fsst'")
            con.execute(f"attach '{path}' as landed (read_only)")
            with transaction(con):
                if anew or stated.layout < MARTS.layout:
                    con.execute("drop schema if exists facts cascade")
                    con.execute("drop schema if exists marts cascade")
                versions.state(con, MARTS)
                yield con

    @contextmanager
    def lock(self, name: str, *, wait: bool = True) -> Iterator[None]:
        """Hold an operating-system lock, which a killed process cannot leave behind."""
        folder = self.path.with_name("locks")
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{name}.lock").open("w") as handle:
            deadline = time.monotonic() + (LOCK_WAIT_SECONDS if wait else 0)
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise Busy(
                            f"another process holds {handle.name}. Wait for it to end, or stop it"
                        ) from None
                    time.sleep(LOCK_POLL_SECONDS)
            yield


def _bring_up(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of what is landed, or add to an older program's what they lack."""
    with transaction(con):
        con.execute(RAW_TABLES)
        versions.state(con, LANDED)


def replace_with_copy(
    path: Path, contents: Contents, fill: Callable[[duckdb.DuckDBPyConnection], None]
) -> None:
    """Put a copy in the place of a file; the warehouse's lock has to be held.

    What was deleted or overwritten lies in the pages of a file until they are used again: a copy
    never had it. `fill` copies from the tables of `old` into those of `copy`, which are made
    and empty. Killed at any moment, there is the old file or the new one.
    """
    draft = draft_of(path)
    _remove_draft(draft)
    try:
        with versions.opened(path, contents) as (con, _):
            con.execute("checkpoint")
        with versions.connect() as con:
            con.execute("set threads = 1")
            old, copy = (str(file).replace("'", "''") for file in (path, draft))
            con.execute(f"attach '{old}' as old (read_only)")
            con.execute(f"attach '{copy}' as copy")
            con.execute("copy from database old to copy (schema)")
            con.execute("begin")
            fill(con)
            con.execute("commit")
            con.execute("checkpoint copy")
            con.execute("detach copy")
        _take_place(path, draft)
    finally:
        _remove_draft(draft)


def draft_of(path: Path) -> Path:
    """Return where the copy is made that takes the place of a file."""
    return path.with_name(f".{path.name}.draft")


def _take_place(path: Path, draft: Path) -> None:
    """Put a draft in the place of a file; what a log had for the old file is not for the new."""
    for file in (draft, path):
        file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
    replace(path, draft)


def _remove_draft(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    draft.with_name(f"{draft.name}.wal").unlink(missing_ok=True)


def checkpoint(path: Path) -> None:
    """Move into the file what a killed process may have left in its write-ahead log."""
    with versions.opened(path, MARTS) as (con, _):
        con.execute("checkpoint")


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block did, or roll all of it back when it raises."""
    con.execute("begin")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")
