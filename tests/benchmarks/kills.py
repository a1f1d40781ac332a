"""Ends of real commands at random moments: what was lost, what doubled, and what did not end.

    python -m tests.benchmarks.kills [KILLS]

Three of four are kills, the others Ctrl-C or SIGTERM. A place is run to the end after some of
them, and compared with one that was left in peace. Needs /proc to find children.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from connectors.slack.sandbox.export import write_export
from pipelines.settings import load
from pipelines.steps import publish_snapshot
from tests.benchmarks.measure import Row
from tests.support.installations import Installation, every_metric, process_environment
from warehouse.snapshots import open_current

SHARES = {
    "sync": 0.34,
    "import": 0.26,
    "build": 0.2,
    "publish": 0.15,
    "schedule": 0.025,
    "demo": 0.025,
}
SIGNALS = [signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]
SIGNALS += [signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGINT]
IN_A_ROW = 10
ENVIRONMENT = {
    "VITALS_TEST_TOKEN": SANDBOX_TOKEN,
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}
START_SECONDS = 0.5  # Before, Python itself answers to a signal.
END_SECONDS, RUN_SECONDS = 15.0, 180.0
MARK = "VITALS_BENCHMARK"


@dataclass
class Tally:
    """What became of a command that was ended again and again."""

    kills: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: list[str] = field(default_factory=list)

    def compare(self, found: "Counter[object]", expected: "Counter[object]") -> None:
        self.lost += (expected - found).total()
        self.doubled += (found - expected).total()


def rows(kills: int = 1000, commands: Collection[str] = tuple(SHARES)) -> Iterator[Row]:
    """One row per command: how often it was ended, and that nothing came of it."""
    os.environ |= ENVIRONMENT
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder))
        for command in commands:
            tally = bench.tally(command, max(1, round(kills * SHARES[command])))
            bad = tally.lost + tally.doubled + len(tally.stuck)
            found = f"lost {tally.lost}, doubled {tally.doubled}, stuck {len(tally.stuck)}"
            what = f"{tally.kills} ends of vitals {command}: {found} {'; '.join(tally.stuck)}"
            yield Row(what.strip(), str(bad), "0", float(bad), at_most=0)


class _Bench:
    def __init__(self, folder: Path) -> None:
        self.folder, self.rng = folder, random.Random(1)
        self.world = make_world(members=60, days=90)

    def tally(self, command: str, kills: int) -> Tally:
        with serve(self.world, Options(limits=False), in_process=False) as sandbox:
            if command == "schedule":
                return self._schedule(sandbox, kills)
            if command == "demo":
                return self._demo(kills)
            return self._warehouse(command, sandbox, kills)

    def _warehouse(self, command: str, sandbox: Running, kills: int) -> Tally:
        """End a command that changes a warehouse; compare that with one left in peace."""
        tally, start = Tally(), self.folder / f"{command} start"
        place = Installation(start, sandbox)
        if command in ("build", "publish"):
            place.sync()
        if command == "publish":
            place.publish().close()
        arguments = _arguments(command, self.folder, self.world)
        undisturbed = self._copy(start, f"{command} in peace", sandbox)
        seconds = _run(undisturbed, arguments)
        expected = _state(undisturbed)
        while tally.kills < kills:
            place = self._copy(start, f"{command} {tally.kills}", sandbox)
            for _ in range(min(IN_A_ROW, kills - tally.kills)):
                with _Process(place.folder, place.config, arguments) as process:
                    process.wait(self.rng.uniform(0, seconds))
                    process.end(SIGNALS[tally.kills % len(SIGNALS)], command, tally)
            try:
                _run(place, arguments)
            except (subprocess.TimeoutExpired, RuntimeError) as error:
                tally.stuck.append(f"{command} afterwards: {error}")
                continue
            tally.compare(_state(place), expected)
        return tally

    def _copy(self, start: Path, name: str, sandbox: Running) -> Installation:
        copytree(start / "data", self.folder / name / "data")
        return Installation(self.folder / name, sandbox)

    def _schedule(self, sandbox: Running, kills: int) -> Tally:
        """End it while it starts, or while a run is under way that it was asked for."""
        tally, place = Tally(), Installation(self.folder / "schedule", sandbox)
        while tally.kills < kills:
            with _Process(place.folder, place.config, ["schedule"]) as process:
                if tally.kills % 2:
                    process.wait(self.rng.uniform(0, 10))
                else:
                    _start_run(process.until_it_serves())
                    process.wait(self.rng.uniform(0, 6))
                process.end(SIGNALS[tally.kills % len(SIGNALS)], "schedule", tally)
        with _Process(place.folder, place.config, ["schedule"]) as process:
            url = process.until_it_serves()
            states = {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}
            under_way = _post(f"{url}/flow_runs/filter", {"flow_runs": states})
            tally.stuck += [f"a run is {run['state_name']} for ever" for run in under_way]
        return tally

    def _demo(self, kills: int) -> Tally:
        tally, folder = Tally(), self.folder / "demo"
        folder.mkdir()
        arguments = ["demo", "--no-dashboard"]
        while tally.kills < kills:
            with _Process(folder, folder, arguments) as process:
                process.wait(self.rng.uniform(0, 20))
                process.end(SIGNALS[tally.kills % len(SIGNALS)], "demo", tally)
        with _Process(folder, folder, arguments) as process:
            if process.wait(RUN_SECONDS) != 0:
                tally.stuck.append("the demo afterwards")
        return tally


class _Process:
    """A command whose children are known by a mark in their environment."""

    def __init__(self, folder: Path, config: Path, arguments: list[str]) -> None:
        self.mark, self.log = uuid.uuid4().hex, folder / "log"
        module = arguments if arguments[0].startswith("tests.") else ["pipelines", *arguments]
        self.started = time.monotonic()
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=folder,
                env=process_environment(config) | {MARK: self.mark},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def __enter__(self) -> "_Process":
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self._alive():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def wait(self, seconds: float) -> int | None:
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self, number: signal.Signals, what: str, tally: Tally) -> None:
        """Send a signal, and note whatever of it has not ended soon after, or left a trace."""
        tally.kills += 1
        if number != signal.SIGKILL:
            self.wait(START_SECONDS - (time.monotonic() - self.started))
        self.process.send_signal(number)
        deadline = time.monotonic() + END_SECONDS
        while self.process.poll() is None or self._alive():
            if time.monotonic() > deadline:
                tally.stuck.append(f"{what}, {number.name}: {len(self._alive())} processes stay")
                return
            time.sleep(0.02)
        if number != signal.SIGKILL and "Traceback" in self.log.read_text():
            tally.stuck.append(f"{what}, {number.name}: a trace")
        if number != signal.SIGKILL and self.process.returncode not in (0, 128 + number, -number):
            tally.stuck.append(f"{what}, {number.name}: status {self.process.returncode}")

    def until_it_serves(self) -> str:
        """The address of the API of its Prefect server."""
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            if found := re.search(r"shown on (\S+) ", self.log.read_text()):
                return f"{found[1]}/api"
            time.sleep(0.1)
        raise RuntimeError(f"it does not serve: {self.log.read_text()[-500:]}")

    def _alive(self) -> list[int]:
        found, mark = [], f"{MARK}={self.mark}".encode()
        for entry in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in entry.read_bytes():
                    found.append(int(entry.parent.name))
            except OSError:  # It has ended.
                continue
        return found


def _arguments(command: str, folder: Path, world: object) -> list[str]:
    if command == "publish":
        return [__name__ if __name__ != "__main__" else "tests.benchmarks.kills", "publish"]
    if command == "import":
        export = folder / "export.zip"
        write_export(world, export)  # type: ignore[arg-type]
        return ["import", "slack-export", str(export), "--source", "slack"]
    return [command]


def _run(place: Installation, arguments: list[str]) -> float:
    """Run a command to its end; return the seconds that it took."""
    began = time.monotonic()
    with _Process(place.folder, place.config, arguments) as process:
        if status := process.process.wait(RUN_SECONDS):
            raise RuntimeError(f"status {status}: {process.log.read_text()[-500:]}")
    return time.monotonic() - began


def _state(place: Installation) -> "Counter[object]":
    """Every landed record and every row of every metric, with how often it is there."""
    found: Counter[object] = Counter(place.raw())
    metrics = every_metric(open_current(place.settings.warehouse_path))
    for name, table in metrics.items():
        found.update((name, json.dumps(row, default=str)) for row in table.to_pylist())
    return found


def _post(url: str, body: object) -> list[dict[str, str]]:
    request = urllib.request.Request(url, json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: list[dict[str, str]] = json.load(answer)
    return found


def _start_run(url: str) -> None:
    with urllib.request.urlopen(f"{url}/deployments/name/sync/sync", timeout=30) as answer:
        deployment = json.load(answer)["id"]
    _post(f"{url}/deployments/{deployment}/create_flow_run", {})


def main(arguments: list[str]) -> int:
    """Publish, as a command of its own; or print the rows."""
    if arguments == ["publish"]:
        publish_snapshot(load())
        return 0
    found = list(rows(*map(int, arguments)))
    show: Callable[[str], None] = print
    for row in found:
        show(row.what)
    return 0 if all(row.is_ok for row in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
