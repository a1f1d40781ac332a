"""Reading published snapshots."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.support.worlds import World, rows
from warehouse.query import Selection
from warehouse.snapshots import NoSnapshot, current_path, list_snapshots, open_current


@pytest.fixture
def world() -> World:
    world = World()
    world.acts({"Ada": ["2024-05-01"], "Bo": ["2024-05-02", "2024-06-01"]})
    return world


@pytest.mark.parametrize(
    ("files", "advice"),
    [
        ({}, "run `vitals sync` or `vitals import` first"),
        ({"CURRENT": "1.duckdb"}, "run `vitals build`"),
        ({"CURRENT": "1.duckdb", "1.duckdb": "no database"}, "run `vitals build`"),
    ],
    ids=["nothing published", "pointer to nothing", "broken file"],
)
def test_it_says_what_to_do(tmp_path: Path, files: dict[str, str], advice: str) -> None:
    (tmp_path / "snapshots").mkdir()
    for name, text in files.items():
        (tmp_path / "snapshots" / name).write_text(text)
    with pytest.raises(NoSnapshot, match=advice):
        open_current(tmp_path / "vitals.duckdb")


def test_an_open_snapshot_is_not_disturbed_by_a_new_one(world: World, tmp_path: Path) -> None:
    warehouse = tmp_path / "vitals.duckdb"
    world.snapshot(tmp_path, "20240601T060000000000").close()
    before = open_current(warehouse)
    world.act("Cem", "2024-06-01 12:00")
    world.snapshot(tmp_path, "20240602T060000000000").close()
    after = open_current(warehouse)
    assert [row[1] for row in rows(before.metric("active_members"))] == [2, 1]
    assert [row[1] for row in rows(after.metric("active_members"))] == [2, 2]
    assert after.as_of == datetime(2024, 6, 2, 6, tzinfo=UTC)
    assert [path.stem for path in list_snapshots(warehouse)] == [after.id, before.id]
    assert current_path(warehouse) == after.path


def test_a_snapshot_cannot_be_written_and_reaches_nothing_else(
    world: World, tmp_path: Path
) -> None:
    snapshot = world.snapshot(tmp_path)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with snapshot._con.cursor() as con:
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("create table facts.more (a int)")
        with pytest.raises(duckdb.PermissionException):
            con.execute(f"from '{tmp_path / 'secret.csv'}'")
        with pytest.raises(duckdb.Error, match="external access"):
            con.execute("set enable_external_access = true")


def test_many_threads_ask_at_once(world: World, tmp_path: Path) -> None:
    snapshot = world.snapshot(tmp_path)
    wrong: list[object] = []

    def ask(grain: str, expected: int) -> None:
        for _ in range(10):
            found = snapshot.metric("active_members", Selection(grain)).num_rows
            if found != expected:
                wrong.append((grain, found))

    threads = [
        threading.Thread(target=ask, args=pair) for pair in (("month", 2), ("quarter", 1)) * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_population_counts_persons_and_the_accounts_that_are_left_out(tmp_path: Path) -> None:
    world = World(bots=["slack:robo"], staff=["slack:host"])
    world.account("Quiet")
    world.account("Flagged", is_bot=True)
    world.acts({name: ["2024-05-01"] for name in ("Ada", "Robo", "Host")})
    world.acts({"Coder": ["2024-05-01"]}, source="github")
    snapshot = world.snapshot(tmp_path)
    assert snapshot.population() == {"persons": 3, "bots": 2, "staff": 1}
    assert snapshot.population(["github"]) == {"persons": 1, "bots": 0, "staff": 0}
