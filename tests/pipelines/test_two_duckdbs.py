"""The oldest and the newest DuckDB that pyproject.toml allows go on with each other's files."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.support.hand_made.slack import write_folder
from tests.support.installations import Installation
from tests.support.paths import ROOT
from warehouse.snapshots import list_snapshots

# `make test` unpacks it there; requirements-duckdb.txt says which one.
NEWEST = ROOT / ".venv" / "newest-duckdb"
WITH_NEWEST = {"PYTHONPATH": f"{NEWEST}{os.pathsep}{ROOT}"}

pytestmark = pytest.mark.skipif(
    not NEWEST.exists(), reason="the second DuckDB is missing: `make test` installs it"
)

IS_KILLED_AFTER_A_COMMIT = """
import os, sys
from pathlib import Path
from warehouse.db import Warehouse
with Warehouse(Path(sys.argv[1])).landing() as con:
    con.execute("insert into raw.cursors values ('slack', 'x', '', 'kept')")
    con.execute("commit")
    os._exit(9)
"""
MAKES_A_FILE = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('create table t (i int)')"


def export(folder: Path, day: int) -> str:
    """Writes an export with one message more than one of the day before."""
    files: dict[str, object] = {
        "channels.json": [{"id": "C1", "name": "general", "members": ["U1"]}],
        "users.json": [{"id": "U1", "name": "ada"}],
    }
    for n in range(1, day + 1):
        said = {"ts": f"{1711958400 + n * 86400}.0", "user": "U1", "type": "message"}
        files[f"general/2024-04-{n + 1:02}.json"] = [said]
    return str(write_folder(folder / f"export {day}", files))


def run(newest: bool, script: str, path: Path) -> None:
    environment = os.environ | (WITH_NEWEST if newest else {"PYTHONPATH": str(ROOT)})
    subprocess.run([sys.executable, "-c", script, str(path)], env=environment, check=False)


@pytest.mark.parametrize("newest_first", [True, False], ids=["newest first", "locked first"])
def test_each_goes_on_with_the_others_files(tmp_path: Path, newest_first: bool) -> None:
    place = Installation(tmp_path)
    for day, newest in enumerate((newest_first, not newest_first), start=1):
        environment = WITH_NEWEST if newest else {}
        imported = place.vitals(
            "import", "slack-export", export(tmp_path, day), "--source", "slack", **environment
        )
        assert imported.returncode == 0, imported.stderr
        read = place.vitals(
            *("metric", "activity_volume", "--format", "csv"),
            **({} if newest else WITH_NEWEST),
        )
        assert read.returncode == 0, read.stderr
        assert f",message,{day},1" in read.stdout
        run(newest, IS_KILLED_AFTER_A_COMMIT, place.warehouse.path)
        assert place.warehouse.path.with_name("vitals.duckdb.wal").exists()
    assert place.rows("select cursor from raw.cursors where stream = 'x'") == [("kept",)] * 2
    assert len(list_snapshots(place.warehouse.path)) == 2


def test_a_file_in_a_newer_format_is_one_clear_error(tmp_path: Path) -> None:
    place = Installation(tmp_path)
    run(True, MAKES_A_FILE, place.warehouse.path)
    before = place.warehouse.path.read_bytes()
    result = place.vitals("build")
    assert result.returncode == 1
    assert f"written by a newer DuckDB than {duckdb.__version__}" in result.stderr
    assert "pip install --upgrade duckdb" in result.stderr
    assert place.warehouse.path.read_bytes() == before
