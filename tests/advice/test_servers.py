"""What is advised about ports, addresses and Prefect servers is done to the letter, and helps."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from pipelines import serving
from tests.support.in_process import Vitals
from tests.support.installations import Installation, process_environment

START_SECONDS = 120


@contextmanager
def listening(port: int = 0, host: str = "127.0.0.1") -> Iterator[int]:
    """Another program that has a port."""
    with socket.create_server((host, port)) as listener:
        yield listener.getsockname()[1]


def is_shown(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=10).ok
    except requests.ConnectionError:
        return False


def test_a_dashboard_is_opened_for_everybody_on_the_port_that_is_free(
    tmp_path: Path, vitals: Vitals
) -> None:
    """First the line is added that the error names, then the port; the next one is taken, too."""
    place = Installation(tmp_path)
    with listening(host="0.0.0.0") as taken, listening(min(taken + 1, 65535), host="0.0.0.0"):
        arguments = ["dashboard", "--host", "0.0.0.0", "--port", str(taken)]
        said = vitals(place, *arguments, status=2)
        line = re.findall(r'public = "\w+"', said)[-1]
        with place.config.open("a", encoding="utf-8") as config:
            config.write(f"[access]\n{line}\n")
        said = vitals(place, *arguments, status=1)
        [other] = re.findall(r"name another port: --port (\d+)", said)
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "pipelines.cli", *arguments, "--port", other],
            env=process_environment(place.config),
            stderr=subprocess.DEVNULL,
        ) as process:
            until = time.monotonic() + START_SECONDS
            while not is_shown(int(other)):
                assert process.poll() is None, "it ended"
                assert time.monotonic() < until
                time.sleep(0.1)
            process.terminate()


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_is_written_like_the_one_that_the_error_names(
    tmp_path: Path, vitals: Vitals, host: str
) -> None:
    place = Installation(tmp_path, more='[access]\npublic = "everything"')
    said = vitals(place, "dashboard", "--host", host, status=1)
    [other] = re.findall(r"Write one like (\S+)", said)
    serving.expect_free(other, serving.free_port(serving.PORT, other))


def test_the_last_port_has_none_after_it(tmp_path: Path, vitals: Vitals) -> None:
    with listening(65535):
        said = vitals(Installation(tmp_path), "dashboard", "--port", "65535", status=1)
    [other] = re.findall(r"--port (\d+)", said)
    serving.expect_free(serving.HOST, int(other))


def test_a_port_that_needs_rights_is_another_one(
    tmp_path: Path, vitals: Vitals, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen = serving._listen

    def as_an_ordinary_user(host: str, port: int) -> socket.socket:
        if 0 < port < 1024:
            raise PermissionError(13, "Permission denied")
        return listen(host, port)

    monkeypatch.setattr(serving, "_listen", as_an_ordinary_user)
    with listening(serving.free_port(serving.PORT)):
        said = vitals(Installation(tmp_path), "dashboard", "--port", "80", status=1)
        [other] = re.findall(r"Name one above 1023: --port (\d+)", said)
        serving.expect_free(serving.HOST, int(other))


BLOCK = 'token = "prefect:slack-token"'


@pytest.fixture
def with_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """A source whose token is in a block, on a machine where no Prefect server is configured."""
    for name in ("API_URL", "PROFILE", "PROFILES_PATH"):
        monkeypatch.delenv(f"PREFECT_{name}", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with serve(make_world(members=8, days=10), Options(limits=False)) as sandbox:
        yield Installation(tmp_path, sandbox, token=BLOCK)


def in_a_variable(place: Installation, said: str) -> None:
    """Take the secret from a variable, as is said."""
    assert "or write env:NAME to take the secret from a variable" in said
    text = place.config.read_text()
    place.config.write_text(text.replace("prefect:slack-token", "env:VITALS_TEST_TOKEN"))


def test_a_secret_block_without_a_server_becomes_a_variable(
    with_block: Installation, vitals: Vitals
) -> None:
    in_a_variable(with_block, vitals(with_block, "check", status=2))
    assert "the token is good" in vitals(with_block, "check")


@pytest.mark.parametrize("is_in_a_file", [False, True])
def test_a_server_that_does_not_answer_is_done_without(
    with_block: Installation, vitals: Vitals, monkeypatch: pytest.MonkeyPatch, is_in_a_file: bool
) -> None:
    """In the way that the error says: the variable is unset, or its line taken out of the file."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    url = f"http://127.0.0.1:{serving.free_port(0)}/api"
    profiles = with_block.folder / "home" / "profiles.toml"
    profiles.parent.mkdir(exist_ok=True)
    profiles.write_text('active = "there"\n[profiles.there]\n')
    if is_in_a_file:
        profiles.write_text(f'{profiles.read_text()}PREFECT_API_URL = "{url}"\n')
    else:
        monkeypatch.setenv("PREFECT_API_URL", url)
    with temporary_settings({PREFECT_API_URL: url}):
        said = vitals(with_block, "check", status=1)
    assert "the Prefect server on 127.0.0.1 cannot be reached" in said
    [advice] = re.findall("Start it, or do without one: (.*)", said)
    if is_in_a_file:
        assert advice == f"take PREFECT_API_URL out of {profiles}"
        profiles.write_text('active = "there"\n[profiles.there]\n')
    else:
        monkeypatch.delenv(advice.removeprefix("unset "))
    in_a_variable(with_block, vitals(with_block, "check", status=2))
    assert "the token is good" in vitals(with_block, "check")
