"""A small community behind two sources, one maybe broken, and Prefect watched over HTTP."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from connectors.sandbox.server import Running
from connectors.sandbox.state import SANDBOX_TOKEN

PATIENCE_SECONDS = 120.0
Found = TypeVar("Found")


def write_config(folder: Path, sandbox: Running) -> Path:
    """A configuration of the sources `sound` and `broken`, each with its own token variable."""
    sources = "".join(
        f'[[sources]]\nname = "{name}"\nkind = "slack"\ntoken = "env:{name.upper()}_TOKEN"\n'
        f'base_url = "{sandbox.slack_url}"\n'
        for name in ("sound", "broken")
    )
    path = folder / "vitals.toml"
    path.write_text(f'[community]\nname = "Sandbox"\n{sources}')
    return path


def environment(folder: Path, broken_token: str = SANDBOX_TOKEN) -> dict[str, str]:
    """Without any Prefect settings but a home of its own, and with both tokens."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    return kept | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PREFECT_HOME": str(folder / "prefect-home"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "SOUND_TOKEN": SANDBOX_TOKEN,
        "BROKEN_TOKEN": broken_token,
    }


@contextmanager
def running(
    module: str, *arguments: str, log: Path, folder: Path, env: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A Python module as a process in a session of its own, all of which is ended."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            env=env,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,  # as careful users have it: what Prefect makes is ours to read
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            os.killpg(process.pid, signal.SIGKILL)


def eventually(look: Callable[[], Found | None], log: Path) -> Found:
    """What `look` finds once it finds something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"it did not happen. The log says: {log.read_text()[-3000:]}")


class Api:
    """The few calls of Prefect's REST API that the tests watch with."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/api"
        self.session = requests.Session()
        self.session.trust_env = False
        # The server says 503 while its SQLite is busy, as it is on a machine with much to do.
        busy = Retry(8, connect=0, backoff_factor=0.2, status_forcelist=[503], allowed_methods=None)
        self.session.mount("http://", HTTPAdapter(max_retries=busy))

    def get(self, path: str) -> Any:
        answer = self.session.get(f"{self.url}/{path}", timeout=10)
        return None if answer.status_code == 404 else answer.json()

    def post(self, path: str, body: Any) -> Any:
        answer = self.session.post(f"{self.url}/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def is_up(self) -> bool | None:
        try:
            return self.session.get(f"{self.url}/health", timeout=5).ok or None
        except requests.ConnectionError:
            return None

    def hold_schedules(self, name: str) -> None:
        """Keeps the deployment's own schedules from firing in the middle of a test."""
        deployment = self.get(f"deployments/name/{name}")
        for schedule in deployment["schedules"]:
            path = f"{self.url}/deployments/{deployment['id']}/schedules/{schedule['id']}"
            self.session.patch(path, json={"active": False}, timeout=10).raise_for_status()

    def state(self, run: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"flow_runs/{run}")["state"]
        return found

    def ended(self, run: str) -> dict[str, Any] | None:
        """The run's state once it is final."""
        state = self.state(run)
        return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None
