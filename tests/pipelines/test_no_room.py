"""A full disk and missing rights are one line that names the file, and leave nothing behind."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.failures import explain
from tests.support.hand_made.slack import SMALL, write_folder
from tests.support.installations import Installation, process_environment
from warehouse.snapshots import open_current, pointer

NEW_DAY = {"general/2024-05-09.json": [{"ts": "1715241600.000100", "user": "U2"}]}
PUBLISH = (
    "import sys; from pathlib import Path; from warehouse.db import Warehouse;"
    "from warehouse.publishing import publish; from pipelines.failures import explain\n"
    "try: publish(Warehouse(Path(sys.argv[1])))\n"
    "except Exception as error: sys.exit(explain(error))"
)
# Root may do everything, unless it is without these rights.
BOUND_BY_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("published")
    place = Installation(folder)
    place.import_export(write_folder(folder / "export", SMALL))
    place.publish().close()
    return place


@pytest.fixture
def place(tmp_path: Path, published: Installation) -> Installation:
    """A copy of a place where a small export was imported and published."""
    place = Installation(tmp_path / "place")
    data = place.warehouse.path.parent
    shutil.copytree(published.warehouse.path.parent, data, dirs_exist_ok=True)
    return place


def left(place: Installation) -> tuple[object, ...]:
    """What is landed and published, and what lies in the folders."""
    folder = place.warehouse.path.parent
    names = {path.name for path in folder.rglob("*")} - {"vitals.marts.duckdb.wal"}
    return place.raw(), pointer(place.warehouse.path).read_text(), names


def with_room(size: int) -> Callable[[], None]:
    """No file of the process can grow beyond a size: the system answers as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def failing(place: Installation, command: list[str], size: int | None = None) -> str:
    """What a command says that has to fail in one line."""
    done = subprocess.run(
        command,
        env=process_environment(place.config),
        preexec_fn=with_room(size) if size is not None else None,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    [line] = done.stderr.strip().splitlines()[-1:]
    assert "unforeseen" not in done.stderr
    assert "Traceback" not in done.stderr
    return line


VITALS = [sys.executable, "-m", "pipelines.cli"]


def test_an_import_without_room_changes_nothing(place: Installation, tmp_path: Path) -> None:
    export = write_folder(tmp_path / "new", SMALL | NEW_DAY)
    before = left(place)
    arguments = ["import", "slack-export", str(export), "--source", "slack"]
    said = failing(place, [*VITALS, *arguments], 0)
    assert "the disk is full" in said
    assert str(place.warehouse.path.parent) in said
    assert left(place) == before
    assert place.import_export(export).landed.new == 1, "with room all is as before"


def test_a_build_without_room_leaves_what_is_published(place: Installation, tmp_path: Path) -> None:
    place.import_export(write_folder(tmp_path / "new", SMALL | NEW_DAY))
    before = left(place)
    said = failing(place, [*VITALS, "build"], 4_000)
    assert "the disk is full" in said
    assert "vitals.marts.duckdb" in said
    assert left(place) == before
    place.publish().close()


def test_a_publication_without_room_leaves_no_half_snapshot(place: Installation) -> None:
    before = left(place)
    size = place.warehouse.marts_path.stat().st_size // 2
    said = failing(place, [sys.executable, "-c", PUBLISH, str(place.warehouse.path)], size)
    assert "the disk is full" in said
    assert "snapshots" in said
    assert left(place) == before
    open_current(place.warehouse.path).close()


def test_a_new_warehouse_without_room_can_be_made_later(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place")
    export = write_folder(tmp_path / "export", SMALL)
    arguments = ["import", "slack-export", str(export), "--source", "slack"]
    assert "the disk is full" in failing(place, [*VITALS, *arguments], 0)
    assert place.import_export(export).landed.new == 4


def test_an_output_without_room_is_said(place: Installation) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*VITALS, "status", "--format", "csv"],
            env=process_environment(place.config),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert "the disk is full: the output cannot be written" in line


@pytest.mark.parametrize("name", ["data", "data/locks/warehouse.lock", "data/vitals.duckdb"])
def test_a_missing_right_is_one_line_that_names_the_place(place: Installation, name: str) -> None:
    is_root = os.geteuid() == 0
    if is_root and not shutil.which("setpriv"):
        pytest.skip("root without setpriv has every right")
    barred = place.folder / name
    before, mode = left(place), barred.stat().st_mode
    barred.chmod(0o100 if barred.is_dir() else 0)
    command = [*(BOUND_BY_RIGHTS if is_root else []), *VITALS, "build"]
    said = failing(place, command)
    barred.chmod(mode)
    assert str(barred) in said
    assert "Permission denied" in said
    assert left(place) == before


def test_a_folder_in_the_way_is_named(place: Installation) -> None:
    key = place.warehouse.path.with_name("email.key")
    key.unlink()
    key.mkdir()
    export = write_folder(place.folder / "export", SMALL)
    arguments = ["import", "slack-export", str(export), "--source", "slack"]
    assert str(key) in failing(place, [*VITALS, *arguments])


def test_sqlite_says_it_in_words_of_its_own() -> None:
    assert "the disk is full" in explain(RuntimeError("(…) database or disk is full"))
