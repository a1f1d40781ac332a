"""Which Prefect server is configured, and one of our own where none is.

Prefect takes seconds to import, so only the functions that need it import it.
"""

import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.failures import ServerError
from pipelines.settings import Settings, SettingsError

START_SECONDS = 120.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.1


def is_configured() -> bool:
    """Say whether PREFECT_API_URL is set in the environment or in Prefect's own settings."""
    if os.environ.get("PREFECT_API_URL"):
        return True
    if not any("api_url" in _text(path) for path in _settings_files()):
        return False
    from prefect.settings import PREFECT_API_URL

    return bool(PREFECT_API_URL.value())


def _settings_files() -> list[Path]:
    home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    profiles = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml")
    return [profiles, Path("prefect.toml"), Path("pyproject.toml"), Path(".env")]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").lower() if path.is_file() else ""


def read_secret(block: str) -> str:
    """Return the value of a Prefect Secret block. Raises SettingsError if there is none."""
    if not is_configured():
        raise SettingsError(
            f"the block {block} is on a Prefect server, and none is configured. "
            "Set PREFECT_API_URL, or write env:NAME to take the secret from a variable"
        )
    reachable_host()
    from prefect.blocks.system import Secret

    try:
        return str(Secret.load(block).get())  # type: ignore[union-attr]
    except ValueError:
        raise SettingsError(
            f"there is no Secret block called {block} on the Prefect server. Make one there: "
            "Blocks, then Secret"
        ) from None


def reachable_host() -> str:
    """Return the host of the configured server. Raises ServerError unless it answers."""
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL

    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    host = str(urlsplit(PREFECT_API_URL.value()).hostname)
    if error is not None:
        raise ServerError(
            f"the Prefect server on {host} cannot be reached ({type(error).__name__}). "
            "Start it, or unset PREFECT_API_URL to do without one"
        )
    return host


@contextmanager
def available(settings: Settings) -> Iterator[str]:
    """Yield the address of a server to run flows on: the configured one, else a child's."""
    if is_configured():
        yield reachable_host()
    else:
        with _child(settings.warehouse_path.with_name("prefect")) as url:
            yield url


@contextmanager
def _child(home: Path) -> Iterator[str]:
    """A Prefect server of our own on a free port; its database is in `home`."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    log = home / "server.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", __name__, str(port)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker
        from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

        _wait_until_healthy(child, url, log)
        with temporary_settings({PREFECT_API_URL: f"{url}/api", PREFECT_HOME: home}):
            try:
                yield url
            finally:
                # Otherwise they would look for the stopped server for a minute.
                APILogWorker.drain_all()
                EventsWorker.drain_all()
    finally:
        _stop(child)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_until_healthy(child: subprocess.Popen[bytes], url: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        try:
            opener.open(f"{url}/api/health", timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(POLL_SECONDS)
    raise ServerError(f"the Prefect server on {url} did not start. Its messages are in {log}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()


def _end_with_parent() -> None:
    """End when our standard input is closed, which happens however the parent ends."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv[1:] = ["server", "start", "--host", "127.0.0.1", "--port", *sys.argv[1:]]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
