"""The dashboard's address and port, and who is let in."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from dashboard.access import CONFIG
from pipelines import serving
from pipelines.failures import ServerError
from tests.support.installations import Installation, process_environment
from tests.support.paths import ROOT

START_SECONDS = 60
LOCAL = ["localhost", "127.0.0.1", "::1"]
SIGN_IN = 'provider = "google"\nmanagers = ["ama@community.example"]'
SECRETS = """
[auth]
redirect_uri = "https://vitals.example/oauth2callback"
cookie_secret = "sixteen letters."
[auth.google]
client_id = "made-up"
client_secret = "made-up"
server_metadata_url = "https://id.example/.well-known/openid-configuration"
"""
OUR_NAMES = ("connectors", "dashboard", "pipelines", "warehouse", "prefect", "streamlit")
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "bWFkZS11cC1rZXktLS0tLQ==",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A folder with packages of our names, which end every program that imports them."""
    place = Installation(tmp_path_factory.mktemp("of their own"))
    for name in OUR_NAMES:
        (place.folder / name).mkdir()
        (place.folder / name / "__init__.py").write_text("raise SystemExit('a stranger')\n")
    return place


@pytest.fixture(scope="module")
def port(place: Installation) -> Iterator[int]:
    """The port of a dashboard that was started in that folder, as the installed command does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "pipelines.cli", "dashboard", "--port", str(port)],
        cwd=place.folder,
        env=process_environment(place.config),
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + START_SECONDS
        while _status(port, "/_stcore/health") != 200:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield port
        process.terminate()


def _status(port: int, path: str, **headers: str) -> int | None:
    """The status of a response; None where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1", "http://127.0.0.1", 101),
        ("localhost", "http://localhost", 101),
        ("stranger.invalid", "http://stranger.invalid", 403),
        ("127.0.0.1", "http://stranger.invalid", 403),
        ("127.0.0.1.stranger.invalid", "http://127.0.0.1", 403),
    ],
)
def test_only_this_machine_gets_answers(port: int, host: str, origin: str, status: int) -> None:
    headers = UPGRADE | {"Host": f"{host}:{port}", "Origin": f"{origin}:{port}"}
    assert _status(port, "/_stcore/stream", **headers) == status


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "community.example"])
def test_other_machines_are_served_on_purpose_alone(place: Installation, host: str) -> None:
    done = place.vitals("dashboard", "--host", host)
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"error: --host {host}: whoever reaches port 8501 of this machine would")
    assert 'public = "aggregates"' in line


@pytest.mark.parametrize("line", ['public = "nothing"', 'managers = ["ama@community.example"]'])
def test_a_list_of_people_alone_serves_no_other_machine(tmp_path: Path, line: str) -> None:
    place = Installation(tmp_path, more=f"[access]\n{line}")
    assert place.vitals("dashboard", "--host", "0.0.0.0").returncode == 2


@pytest.mark.parametrize(
    ("host", "access", "names"),
    [
        ("127.0.0.1", "", LOCAL),
        ("0.0.0.0", 'public = "everything"', []),
        # Behind a proxy on this machine, visitors name the proxy's host.
        ("127.0.0.1", 'public = "aggregates"', []),
        ("127.0.0.1", SIGN_IN, [*LOCAL, "vitals.example"]),
        ("127.0.0.1", f'{SIGN_IN}\npublic = "aggregates"', [*LOCAL, "vitals.example"]),
        ("0.0.0.0", SIGN_IN, []),
    ],
)
def test_a_dashboard_is_told_its_configuration_and_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, access: str, names: list[str]
) -> None:
    def running(*arguments: str, env: Mapping[str, str]) -> NoReturn:
        told.append((env, arguments))
        raise ServerError("enough")

    place = Installation(tmp_path, more=f"[access]\n{access}")
    place.settings.secrets_path.parent.mkdir()
    place.settings.secrets_path.write_text(SECRETS)
    told: list[tuple[Mapping[str, str], tuple[str, ...]]] = []
    monkeypatch.setenv(CONFIG, "somebody else's")
    monkeypatch.setattr(serving.child, "running", running)
    with pytest.raises(ServerError, match="enough"):
        serving.serve_dashboard(place.settings, host, serving.free_port(serving.PORT))
    [(environment, arguments)] = told
    assert environment[CONFIG] == str(place.config)
    options = dict(zip(arguments[3::2], arguments[4::2], strict=True))
    assert options["--secrets.files"] == str(tmp_path / ".streamlit" / "secrets.toml")
    at = [n for n, one in enumerate(arguments) if one == "--server.allowedHosts"]
    assert [arguments[n + 1] for n in at] == names


def test_a_taken_port_is_an_error_before_anything_is_announced(
    place: Installation, port: int
) -> None:
    done = place.vitals("dashboard", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"error: port {port} is taken: another program listens on it. Stop that, or name another "
        f"port: --port {port + 1}\n"
    )


def test_an_address_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    place = Installation(tmp_path, more='[access]\npublic = "everything"')
    done = place.vitals("dashboard", "--host", "192.0.2.1")
    assert done.returncode == 1
    assert "192.0.2.1 is no address of this machine" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["dashboard", "sandbox"])
def test_a_port_that_cannot_be_is_one_line(place: Installation, command: str) -> None:
    done = place.vitals(command, "--port", "99999")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "'--port': Input should be less than or equal to 65535" in line


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
@pytest.mark.parametrize(
    ("missing", "words"),
    [("ensurepip", "sudo apt install python3-venv"), ("version_info", "Python 3.11 or newer")],
)
def test_make_says_what_to_install(tmp_path: Path, missing: str, words: str) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ncase "$*" in *{missing}*) exit 1;; esac\n')
    python.chmod(0o700)
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["make", "demo", f"PYTHON={python}"],
        cwd=tmp_path, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert words in done.stderr.splitlines()[0]
    assert not (tmp_path / ".venv").exists()
