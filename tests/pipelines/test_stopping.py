"""Ctrl-C, SIGTERM, a closed terminal and a killed parent, while real commands are at work."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from connectors.base import Denied
from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from pipelines.failures import PartlyFailed
from tests.support.hand_made.slack import SMALL, write_folder
from tests.support.installations import Installation, process_environment
from tests.support.samples import pairs, some

SECONDS = 15.0
STATUSES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
TOKEN = {"VITALS_TEST_TOKEN": "xoxb-made-up"}


@contextmanager
def running(place: Installation, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command, in a session of its own as from a terminal of its own."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        cwd=place.folder,
        env=process_environment(place.config) | TOKEN,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def ended(process: subprocess.Popen[str]) -> str:
    """What it had printed once it and its children, who share its standard error, have ended."""
    out, err = process.communicate(timeout=SECONDS)
    assert "Traceback" not in err, err
    assert "unforeseen" not in err, err
    return out + err


def until(look: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        yield listener


def place_at(folder: Path, server: socket.socket) -> Installation:
    """Two sources, both at that server."""
    url = f"http://127.0.0.1:{server.getsockname()[1]}/slack/api"
    source = f'[[sources]]\nname = "second"\nkind = "slack"\nbase_url = "{url}"\n'
    return Installation(folder, base_url=url, more=f'{source}token = "env:VITALS_TEST_TOKEN"')


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_sync_that_waits_for_a_platform_ends_and_writes_that_down(
    tmp_path: Path, silent: socket.socket, number: signal.Signals
) -> None:
    place = place_at(tmp_path, silent)
    with running(place, "sync") as process:
        connections = [silent.accept(), silent.accept()]
        process.send_signal(number)
        assert "stopped. What was landed is kept" in ended(process)
        assert len(connections) == 2, "which are open until now"
        assert process.returncode == STATUSES[number]
    rows = place.rows("select source, error from raw.runs order by all")
    assert rows == [(name, "the sync was stopped. Run it again") for name in ("second", "slack")]


def test_a_command_ends_while_it_is_still_being_imported(tmp_path: Path) -> None:
    code = "import os, signal, sys; from pipelines.__main__ import main\n"
    code += "class Finder:\n def find_spec(self, name, *_):\n"
    code += "  if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
    code += "sys.meta_path.insert(0, Finder()); main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=process_environment(tmp_path),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, b"")


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path, silent: socket.socket) -> None:
    with running(place_at(tmp_path, silent), "sync") as process:
        connections = [silent.accept(), silent.accept()]
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        ended(process)
        assert process.returncode == 130
        assert len(connections) == 2
        assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("number", some([signal.SIGINT, signal.SIGTERM], 1))
def test_a_check_ends(tmp_path: Path, silent: socket.socket, number: signal.Signals) -> None:
    with running(place_at(tmp_path, silent), "check") as process:
        connection = silent.accept()
        process.send_signal(number)
        ended(process)
        assert connection, "which is open until now"
        assert process.returncode == STATUSES[number]


@pytest.mark.parametrize(
    ("command", "number"), pairs(["import", "build"], [signal.SIGINT, signal.SIGTERM])
)
def test_an_import_and_a_build_end(tmp_path: Path, command: str, number: signal.Signals) -> None:
    place = Installation(tmp_path)
    export = write_folder(tmp_path / "export", SMALL)
    more = ["slack-export", str(export), "--source", "slack"] if command == "import" else []
    lock = place.warehouse.path.with_name("locks") / "warehouse.lock"
    with place.warehouse.lock("warehouse"):
        os.utime(lock, (0, 0))
        with running(place, command, *more) as process:
            until(lambda: lock.stat().st_mtime)  # It has opened the lock, and waits for it.
            process.send_signal(number)
            ended(process)
            assert process.returncode == STATUSES[number]


@pytest.mark.parametrize("number", some([signal.SIGTERM, signal.SIGINT], 1))
def test_init_ends_at_a_question(tmp_path: Path, number: signal.Signals) -> None:
    place = Installation(tmp_path)
    place.config.unlink()
    with running(place, "init") as process:
        assert process.stderr is not None
        process.stderr.read(len("What is your"))
        process.send_signal(number)
        ended(process)
        assert process.returncode == STATUSES[number]


@pytest.mark.parametrize("number", STATUSES)
def test_the_sandbox_ends(tmp_path: Path, number: signal.Signals) -> None:
    with running(
        Installation(tmp_path), "sandbox", "--port", "0", "--members", "5", "--days", "5"
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(number)
        ended(process)
        assert process.returncode == STATUSES[number]


def children_of(parent: int) -> list[int]:
    command = ["ps", "-A", "-o", "ppid=,pid=,args="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 2) for line in listed.splitlines()]
    return [int(pid) for of, pid, args in lines if int(of) == parent and args != " ".join(command)]


def streamlit_of(process: subprocess.Popen[str]) -> int:
    """The process id of the dashboard's server, once it listens."""
    assert process.stdout is not None
    while "URL" not in process.stdout.readline():
        assert process.poll() is None
    [child] = children_of(process.pid)
    return child


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


@pytest.mark.parametrize("number", some([signal.SIGKILL, signal.SIGINT, signal.SIGTERM], 2))
def test_the_dashboard_ends_with_its_server(tmp_path: Path, number: signal.Signals) -> None:
    with running(Installation(tmp_path), "dashboard", "--port", free_port()) as process:
        streamlit_of(process)
        process.send_signal(number)
        ended(process)
        assert process.returncode == STATUSES.get(number, -number)


def test_a_dashboard_whose_server_dies_says_so(tmp_path: Path) -> None:
    with running(Installation(tmp_path), "dashboard", "--port", free_port()) as process:
        os.kill(streamlit_of(process), signal.SIGKILL)
        assert "server ended by itself (killed by SIGKILL)" in ended(process)
        assert process.returncode == 1


def test_the_demo_s_sandbox_ends_with_it(tmp_path: Path) -> None:
    with running(Installation(tmp_path), "demo", "--no-dashboard") as process:
        until(lambda: (tmp_path / "demo" / "vitals.toml").exists())
        process.kill()
        ended(process)


def test_a_sandbox_that_dies_is_the_reason_why_the_demo_ends() -> None:
    def demo() -> None:
        with serve(make_world(members=5, days=5), in_process=False):
            [sandbox] = children_of(os.getpid())
            os.kill(sandbox, signal.SIGKILL)
            os.waitid(os.P_PID, sandbox, os.WEXITED | os.WNOWAIT)
            raise PartlyFailed("the connection failed")

    with pytest.raises(Denied, match=r"the sandbox ended by itself\. Start again"):
        demo()


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, form: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", "metrics", "--format", form],
            env=process_environment(tmp_path),
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
            check=False,
        )
    finally:
        os.close(writing)
    assert done.stderr == b""
    assert done.returncode == 128 + signal.SIGPIPE
