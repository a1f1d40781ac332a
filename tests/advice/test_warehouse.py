"""What the warehouse's and the snapshots' errors advise is done to the letter, and helps."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.support.hand_made.slack import SMALL, write_folder
from tests.support.in_process import Vitals
from tests.support.installations import Installation, process_environment
from warehouse.snapshots import list_snapshots, open_current, pointer

# Root may do everything, unless it is without these rights.
BOUND_BY_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
KEEPS_IT_OPEN = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print(); input()"
METRIC = ("metric", "active_members", "--format", "csv")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Installation(tmp_path_factory.mktemp("published"))
    place.import_export(write_folder(place.folder / "export", SMALL))
    place.publish().close()
    return place.folder


@pytest.fixture
def place(tmp_path: Path, published: Path) -> Installation:
    """A place of one's own where a small export was imported and published."""
    shutil.copytree(published, tmp_path / "place", dirs_exist_ok=True)
    return Installation(tmp_path / "place")


def sales(path: Path) -> None:
    """Put somebody else's database there."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("create table sales (amount int)")


def damage(path: Path) -> None:
    """Keep the beginning, by which a file is known as one of DuckDB."""
    path.write_bytes(path.read_bytes()[:20] + b"\0" * 50_000)


@pytest.mark.parametrize("spoil", [sales, damage])
def test_marts_can_be_moved_away_or_deleted_and_are_made_anew(
    place: Installation, vitals: Vitals, spoil: object
) -> None:
    before = vitals(place, *METRIC)
    assert callable(spoil)
    spoil(place.warehouse.marts_path)
    said = vitals(place, "build", status=1)
    assert re.search("(Move it away|delete it), and `vitals build` makes a new one", said)
    place.warehouse.marts_path.rename(place.folder / "away")
    vitals(place, "build")
    assert vitals(place, *METRIC) == before


def test_a_warehouse_of_somebody_else_is_left_for_another_file(
    place: Installation, vitals: Vitals
) -> None:
    sales(place.warehouse.path)
    export = str(place.folder / "export")
    command = ("import", "slack-export", export, "--source", "slack")
    said = vitals(place, *command, status=1)
    assert "Name another file in vitals.toml: [warehouse] path" in said
    text = place.config.read_text()
    place.config.write_text(f'{text}[warehouse]\npath = "other/vitals.duckdb"\n')
    vitals(place, *command)
    assert "2024-05-01" in vitals(place, *METRIC)


def test_a_damaged_warehouse_is_put_back_with_its_key(place: Installation, vitals: Vitals) -> None:
    folder = place.warehouse.path.parent
    kept = [shutil.copy(folder / n, place.folder) for n in ("vitals.duckdb", "email.key")]
    damage(place.warehouse.path)
    said = vitals(place, "build", status=1)
    assert "put back your last copy of it, together with the email.key beside it" in said
    for path in kept:
        shutil.copy(path, folder)
    vitals(place, "build")
    vitals(place, "import", "slack-export", str(place.folder / "export"), "--source", "slack")


def test_another_program_that_has_it_open_is_closed(place: Installation, vitals: Vitals) -> None:
    program = [sys.executable, "-c", KEEPS_IT_OPEN, str(place.warehouse.path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        said = vitals(place, "build", status=1)
        other.communicate("\n")
    assert "If another program has it open, close that" in said
    vitals(place, "build")


def test_who_holds_a_lock_is_waited_for(place: Installation, vitals: Vitals) -> None:
    command = ("import", "slack-export", str(place.folder / "export"), "--source", "slack")
    with place.warehouse.lock("source-slack"):
        said = vitals(place, *command, status=1)
    assert "Wait for it to end, or stop it" in said
    vitals(place, *command)


@pytest.mark.parametrize("spoil", ["newer", "sales", "text", "nothing", "no pointer"])
def test_a_snapshot_that_cannot_be_shown_is_published_anew(
    place: Installation, vitals: Vitals, spoil: str
) -> None:
    before = vitals(place, *METRIC)
    [path] = list_snapshots(place.warehouse.path)
    if spoil == "sales":
        sales(path)
    elif spoil == "text":
        path.write_text("no database")
    elif spoil == "nothing":
        path.unlink()
    elif spoil == "no pointer":
        pointer(place.warehouse.path).unlink()
    else:
        with duckdb.connect(str(path)) as con:
            con.execute("drop table written_by")
    said = vitals(place, *METRIC, status=1)
    [command, *_] = re.findall(r"`vitals (\w+)`", said)
    vitals(place, command)
    assert vitals(place, *METRIC) == before


@pytest.mark.parametrize("name", ["data", "data/vitals.duckdb", "data/snapshots/CURRENT"])
def test_a_missing_right_is_given_in_the_way_that_the_error_says(
    place: Installation, name: str
) -> None:
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root without setpriv has every right")
    barred = place.folder / name
    barred.chmod(0o100 if barred.is_dir() else 0)
    command = "status" if "CURRENT" in name else "build"
    bound = BOUND_BY_RIGHTS if os.geteuid() == 0 else []
    done = subprocess.run(
        [*bound, sys.executable, "-m", "pipelines.cli", command],
        env=process_environment(place.config), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    found = re.search(r"It is yours: (chmod .*)", done.stderr)
    assert found, done.stderr
    subprocess.run(shlex.split(found[1]), check=True)
    open_current(place.warehouse.path).close()
    place.publish().close()
