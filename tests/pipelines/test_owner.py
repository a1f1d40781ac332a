"""Files are for their owner, whatever the umask, and those of an earlier version become so."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.hand_made.slack import SMALL, write_folder
from tests.support.installations import Installation, process_environment


def vitals(place: Installation, *arguments: str, umask: int) -> None:
    command = [sys.executable, "-m", "pipelines.cli", *arguments]
    environment = process_environment(place.config)
    done = subprocess.run(command, env=environment, umask=umask, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def rights(folder: Path) -> dict[str, str]:
    """The rights on every file and folder in a folder, by its name."""
    found = sorted(path for path in folder.rglob("*"))
    return {str(path.relative_to(folder)): f"{path.stat().st_mode & 0o777:o}" for path in found}


@pytest.mark.parametrize("umask", [0o000, 0o077], ids=["000", "077"])
def test_what_is_made_is_for_its_owner(tmp_path: Path, umask: int) -> None:
    place = Installation(tmp_path / "place", more='[warehouse]\npath = "new/here/vitals.duckdb"')
    export = write_folder(tmp_path / "export", SMALL)
    vitals(place, "import", "slack-export", str(export), "--source", "slack", umask=umask)
    found = rights(place.folder / "new")
    assert {"here", "here/locks", "here/snapshots"} <= found.keys()
    for name, mode in found.items():
        assert mode == ("700" if (place.folder / "new" / name).is_dir() else "600"), name
    assert (place.folder / "new").stat().st_mode & 0o777 == 0o700, "we made it"


def test_what_an_earlier_version_made_becomes_so_and_the_users_own_stays(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place")
    place.import_export(write_folder(tmp_path / "export", SMALL))
    place.publish().close()
    data = place.warehouse.path.parent
    (data / "prefect").mkdir()
    (data / "prefect" / "server.log").write_text("started")
    own = data / "notes.txt"
    own.write_text("mine")
    for path in (data, *data.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (data / "snapshots" / "link").symlink_to(own)
    vitals(place, "status", umask=0o022)
    assert {
        mode for name, mode in rights(data).items() if name not in ("notes.txt", "snapshots/link")
    } == {"600", "700"}
    assert own.stat().st_mode & 0o777 == 0o666
    assert data.stat().st_mode & 0o777 == 0o777, "we did not make it"
