"""The audit log: what it says, what it never says, and how it stays small."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import audit
from dashboard.roles import Role, Viewer

ZOE = Viewer(Role.SPONSOR, "zoe@acme.example", ("Acme",))
WRITER = """
import sys
from pathlib import Path
from dashboard import audit
from dashboard.roles import Role, Viewer
audit.MOST_BYTES = 20_000
for number in range(int(sys.argv[3])):
    viewer = Viewer(Role.MANAGER, f"{sys.argv[2]}-{number}")
    audit.write(Path(sys.argv[1]), viewer, audit.OPENED, "page", "today")
"""


@pytest.fixture(autouse=True)
def forgotten() -> None:
    audit._refused.clear()


def lines(folder: Path) -> list[dict[str, str]]:
    """Every line of the log and of the older files of it, the oldest first."""
    older = [folder / f"{audit.NAME}.{number}" for number in range(audit.KEPT, 0, -1)]
    files = [file for file in (*older, folder / audit.NAME) if file.exists()]
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_a_line_says_who_when_and_which(tmp_path: Path) -> None:
    audit.write(tmp_path, ZOE, audit.OPENED, "page", "reach")
    audit.write(tmp_path, ZOE, audit.REFUSED, "page", "people")
    opened, refused = lines(tmp_path)
    assert opened.pop("at") <= refused.pop("at")
    known = {"who": "zoe@acme.example", "role": "sponsor"}
    assert opened == known | {"what": "opened", "page": "reach"}
    assert refused == known | {"what": "refused", "page": "people"}
    assert stat.S_IMODE((tmp_path / audit.NAME).stat().st_mode) == 0o600


def test_a_name_from_outside_stays_in_its_line(tmp_path: Path) -> None:
    odd = Viewer(Role.STRANGER, 'eve"\n{"who": "ama"}\u2028')
    audit.write(tmp_path, odd, audit.OPENED, "page", "today")
    [line] = lines(tmp_path)
    assert line["who"] == odd.who


def test_the_same_refusal_again_is_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        audit.write(tmp_path, ZOE, audit.REFUSED, "page", "people")
    audit.write(tmp_path, ZOE, audit.REFUSED, "page", "today")
    assert [line["page"] for line in lines(tmp_path)] == ["people", "today"]
    monkeypatch.setattr(audit, "AGAIN_SECONDS", 0.0)
    audit.write(tmp_path, ZOE, audit.REFUSED, "page", "people")
    assert [line["page"] for line in lines(tmp_path)] == ["people", "today", "people"]


def test_it_rotates_with_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "MOST_BYTES", 1_000)
    for number in range(200):
        audit.write(tmp_path, ZOE, audit.OPENED, "page", f"page-{number}")
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [
        "audit.log", *(f"audit.log.{number}" for number in range(1, audit.KEPT + 1))
    ]  # fmt: skip
    assert all(file.stat().st_size <= 1_000 for file in files)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    kept = [line["page"] for line in lines(tmp_path)]
    assert kept == [f"page-{number}" for number in range(200 - len(kept), 200)]


def test_several_processes_lose_no_line(tmp_path: Path) -> None:
    names, each = ("a", "b", "c"), 250
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name, str(each)])
        for name in names
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    found = {line["who"] for line in lines(tmp_path)}
    assert len(list(tmp_path.iterdir())) > 2
    assert found == {f"{name}-{number}" for name in names for number in range(each)}


def test_a_log_that_cannot_be_written_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / audit.NAME).mkdir()
    audit.write(tmp_path, ZOE, audit.OPENED, "page", "reach")
    assert "cannot be written" in caplog.text
    assert "zoe" not in caplog.text
