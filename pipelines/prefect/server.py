"""Which Prefect server is configured, and one of our own where none is.

Prefect takes seconds to import, so only the functions that need it import it.
"""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipelines import child
from pipelines.failures import ServerError
from pipelines.settings import Settings, SettingsError

START_SECONDS = 120.0
HEALTH_SECONDS = 5.0
DRAIN_SECONDS = 5.0
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
    host, error = _configured_host(), _health_error()
    if error is not None:
        raise ServerError(
            f"the Prefect server on {host} cannot be reached ({type(error).__name__}). "
            f"Start it, or do without one: {_without()}"
        )
    return host


def _without() -> str:
    """Say how to do without the configured server."""
    if os.environ.get("PREFECT_API_URL"):
        return "unset PREFECT_API_URL"
    named = ", ".join(str(p) for p in _settings_files() if "api_url" in _text(p))
    return f"take PREFECT_API_URL out of {named}"


def _configured_host() -> str:
    from prefect.settings import PREFECT_API_URL

    return str(urlsplit(PREFECT_API_URL.value()).hostname)


def _health_error() -> Exception | None:
    """Ask the server once whether it is well."""
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    settings = {"timeout": HEALTH_SECONDS}
    with (
        temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}),
        get_client(httpx_settings=settings, sync_client=True) as client,
    ):
        return client.api_healthcheck()


@dataclass(frozen=True)
class Server:
    """A server to run flows on. `address` is its URL if it is ours, else its host."""

    address: str
    is_gone: Callable[[], bool]
    is_ours: bool = False


@contextmanager
def available(settings: Settings) -> Iterator[Server]:
    """Yield a server to run flows on: the configured one, else a child that ends with the block.

    What was logged is sent at the end of the block, unless the server has gone.
    """
    if is_configured():
        server = Server(reachable_host(), lambda: _health_error() is not None)
        with _drained(server):
            yield server
    else:
        with _child(settings.warehouse_path.with_name("prefect")) as server:
            yield server


@contextmanager
def _child(home: Path) -> Iterator[Server]:
    """A Prefect server of our own on a free port; its database is in `home`."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "PREFECT_HOME": str(home),
        # Else it writes into the folder of its own package, which may be somebody else's.
        "PREFECT_UI_STATIC_DIRECTORY": str(home / "ui"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    log = home / "server.log"
    arguments = ["server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (
        log.open("wb") as output,
        child.running("prefect", *arguments, env=environment, output=output) as process,
    ):
        from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

        _wait_until_healthy(process, url, log)
        server = Server(url, lambda: process.poll() is not None, is_ours=True)
        with (
            temporary_settings({PREFECT_API_URL: f"{url}/api", PREFECT_HOME: home}),
            _drained(server),
        ):
            yield server


@contextmanager
def _drained(server: Server) -> Iterator[None]:
    """Send logs and events while the server is there; later they would look for it for minutes."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    try:
        yield
    finally:
        if not server.is_gone():
            APILogWorker.drain_all(timeout=DRAIN_SECONDS)
            EventsWorker.drain_all(timeout=DRAIN_SECONDS)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            opener.open(f"{url}/api/health", timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(POLL_SECONDS)
    raise ServerError(f"the Prefect server on {url} did not start. Its messages are in {log}")
