"""What runs leave in logs and in Prefect's own database names nobody."""

import subprocess
import sys
from pathlib import Path

from pipelines import steps
from pipelines.steps import Reporter
from tests.support.hand_made.slack import write_folder
from tests.support.installations import Installation, process_environment

FILES = {
    "channels.json": [{"id": "C1", "name": "general", "is_general": True}],
    "users.json": [{"id": "UZQXW1", "name": "zqhandle", "real_name": "Zqname Zqfamily"}],
    "general/2026-01-01.json": [{"ts": "1767261600.000100", "user": "UZQXW1", "text": "a"}],
}
DECISIONS = '[[decisions]]\nwhat = "merge"\naccounts = ["slack:zqhandle", "slack:zqgone"]\n'
TRACES = (b"uzqxw", b"zqhandle", b"zqgone", b"zqfamily")
BUILD = """
import sys
from pathlib import Path
from pipelines.prefect import flows
flows.run_flow(flows.build, Path(sys.argv[1]))
"""


def test_a_run_of_prefect_keeps_no_name(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place", more='[people]\nstaff = ["slack:zqgone too"]')
    place.import_export(write_folder(tmp_path / "export", FILES))
    place.settings.people_path.write_text(DECISIONS)
    kept = {
        name: value
        for name, value in process_environment(place.config).items()
        if not name.startswith("PREFECT_")
    }
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(place.config)],
        env=kept | {"HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    logs = {
        path: path.read_bytes()
        for path in (place.folder / "data" / "prefect").rglob("*")
        if path.is_file()
    }
    assert any(b"of its accounts are not known" in log for log in logs.values())
    assert not [path for path, log in logs.items() if any(t in log.lower() for t in TRACES)]


def test_a_terminal_is_told_which_account_is_not_known(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place")
    place.import_export(write_folder(tmp_path / "export", FILES))
    place.settings.people_path.write_text(DECISIONS)
    told: list[str] = []
    steps.build(place.settings, Reporter(warn=told.append))
    assert "no account is called slack:zqgone. It is kept" in told[0]
    steps.build(place.settings, Reporter(warn=told.append, is_kept=True))
    assert "1 of its accounts are not known; `vitals build` says which" in told[1]
