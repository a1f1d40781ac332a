"""Files of older and newer programs, and files that are not ours at all."""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.support.hand_made.slack import write_folder
from tests.support.installations import Installation
from tests.support.samples import pairs
from warehouse.db import RAW_TABLES, Warehouse
from warehouse.snapshots import NoSnapshot, list_snapshots, open_current
from warehouse.versions import LANDED, MARTS, WarehouseError, ours

EXPORT = {
    "channels.json": [{"id": "C1", "name": "general", "members": ["U1"]}],
    "users.json": [{"id": "U1", "name": "ada"}],
    "general/2024-04-01.json": [{"ts": "1711958400.0", "user": "U1", "type": "message"}],
}

LEAVES_A_LOG = """
import duckdb, os, sys
con = duckdb.connect(sys.argv[1])
con.execute("create table sales (amount int)")
con.execute("checkpoint")
con.execute("insert into sales values (7)")
os._exit(9)
"""


def sql(*statements: str) -> Callable[[Path], object]:
    """Makes a DuckDB file by these statements."""

    def make(path: Path) -> None:
        with duckdb.connect(str(path)) as con:
            for statement in statements:
                con.execute(statement)

    return make


def sqlite(path: Path) -> None:
    with sqlite3.connect(path) as con:
        con.execute("create table sales (amount int)")


def killed(path: Path) -> None:
    subprocess.run([sys.executable, "-c", LEAVES_A_LOG, str(path)], check=False)
    assert path.with_name(f"{path.name}.wal").exists()


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a table": sql("create table sales (amount int)"),
    "records of another kind": sql("create schema raw", "create table raw.records (id int)"),
    "a view alone": sql("create view one as select 1"),
    "a macro alone": sql("create macro one() as 1"),
    "a sequence alone": sql("create sequence numbers"),
    "a type alone": sql("create type mood as enum ('ok')"),
    "a schema alone": sql("create schema sales"),
    "a log of a killed process": killed,
    "SQLite": sqlite,
    "text": lambda path: path.write_bytes(b"no database"),
    "nothing": lambda path: path.touch(),
    "a folder": lambda path: path.mkdir(),
}


def files(folder: Path) -> dict[str, str]:
    """Every file beside the warehouse by its name, with a hash of its bytes."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file()
    }


def write(path: Path, *statements: str) -> None:
    sql(*statements)(path)


@pytest.mark.parametrize(("what", "name"), pairs(FOREIGN, ["vitals.duckdb", "vitals.marts.duckdb"]))
def test_a_file_that_is_not_ours_stays_as_it_is(tmp_path: Path, what: str, name: str) -> None:
    warehouse = Warehouse(tmp_path / "vitals.duckdb")
    if name != warehouse.path.name:
        with warehouse.landing():
            pass
    FOREIGN[what](tmp_path / name)
    before = files(tmp_path)
    with (
        pytest.raises(WarehouseError, match=rf"{name} is no \w+.* left as it is"),
        warehouse.marts(),
    ):
        pass
    assert files(tmp_path) == before


def test_a_warehouse_without_a_version_is_brought_up(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "vitals.duckdb")
    first = [line for line in RAW_TABLES.split(";") if "alter table" not in line]
    record = "('slack', 'users', '', 'U1', 1, 1, 'api', null, null, '{}')"
    write(warehouse.path, *first[:-1], f"insert into raw.records values {record}")
    with warehouse.landing() as con:
        assert con.execute("select key, as_of from raw.records").fetchall() == [("U1", None)]
        assert con.execute("from written_by").fetchall() == [ours(LANDED)]
    with warehouse.landing() as con:
        assert con.execute("select count(*) from raw.records").fetchall() == [(1,)]


def test_marts_without_a_version_are_made_anew(tmp_path: Path) -> None:
    place = Installation(tmp_path)
    place.import_export(write_folder(tmp_path / "export", EXPORT))
    place.publish().close()
    write(
        place.warehouse.marts_path,
        "drop table written_by",
        "alter table marts.people rename column name to nick",
    )
    snapshot = place.publish()
    assert snapshot.metric("active_members").num_rows == 1
    assert place.facts_of("select handle from facts.accounts") == [("ada",)]
    with duckdb.connect(str(place.warehouse.marts_path)) as con:
        assert con.execute("from written_by").fetchall() == [ours(MARTS)]


NEWER = "update written_by set program = '9.0', layout = layout + 1"


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    place = Installation(tmp_path)
    place.import_export(write_folder(tmp_path / "export", EXPORT))
    place.publish().close()
    return place


def test_an_older_program_leaves_a_newer_ones_files_as_they_are(place: Installation) -> None:
    warehouse = place.warehouse
    for path in (warehouse.marts_path, warehouse.path):
        write(path, NEWER)
        before = files(path.parent)
        with pytest.raises(WarehouseError, match=rf"{path.name} was written by .* 9\.0") as error:
            place.publish()
        assert "Update Community Vitals" in str(error.value)
        assert files(path.parent) == before


def test_a_newer_snapshot_is_refused(place: Installation) -> None:
    [path] = list_snapshots(place.warehouse.path)
    write(path, NEWER)
    with pytest.raises(NoSnapshot, match=r"9\.0 in layout .* Update Community Vitals"):
        open_current(place.warehouse.path)


OLDER = {
    "no version": "drop table written_by",
    "no table": "drop table marts.channels",
    "no column": "alter table marts.channels drop column url",
}


@pytest.mark.parametrize("older", OLDER.values(), ids=OLDER)
def test_an_older_snapshot_says_in_one_sentence_what_to_run(
    place: Installation, older: str
) -> None:
    [path] = list_snapshots(place.warehouse.path)
    write(path, older)
    with pytest.raises(NoSnapshot) as error:
        open_current(place.warehouse.path)
    assert str(error.value) == (
        f"{path} was published by an older version of Community Vitals: run `vitals build` to "
        "publish a new snapshot"
    )
    assert place.publish().metric("active_members").num_rows == 1


def test_a_file_of_somebody_else_among_the_snapshots_is_none(place: Installation) -> None:
    folder = place.warehouse.path.parent / "snapshots"
    write(folder / "sales.duckdb", "create table sales (amount int)")
    for _ in range(5):
        place.publish().close()
    assert (folder / "sales.duckdb").exists()
    assert folder / "sales.duckdb" not in list_snapshots(place.warehouse.path)


def test_nothing_is_fetched_because_of_a_file(place: Installation) -> None:
    wanted = "select current_setting('autoinstall_known_extensions')"
    loaded = "select current_setting('autoload_known_extensions')"
    snapshot = open_current(place.warehouse.path)
    with place.warehouse.marts() as con:
        for asked in (wanted, loaded):
            assert con.execute(asked).fetchall() == [(False,)]
            assert snapshot._con.execute(asked).fetchall() == [(False,)]


def test_a_killed_creation_leaves_no_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / ".vitals.duckdb.draft").write_bytes(b"half a fi")
    with Warehouse(tmp_path / "vitals.duckdb").landing() as con:
        con.execute("from raw.records")
    assert not (tmp_path / ".vitals.duckdb.draft").exists()
