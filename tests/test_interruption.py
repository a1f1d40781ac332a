"""SIGKILL at random moments of real processes: run again, and nothing is lost or doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from places import Place, every_metric, process_environment

from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.slack_export import write_export
from connectors.sandbox.state import Options
from warehouse.snapshots import NoSnapshot, open_current

KILLS_PER_COMMAND = int(os.environ.get("VITALS_TEST_KILLS", "6"))


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=60, days=90)


@pytest.fixture(scope="module")
def sandbox(world: World) -> Iterator[Running]:
    with serve(world, Options(limits=False)) as running:
        yield running


@pytest.fixture(scope="module")
def export(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "export.zip"
    write_export(world, path)
    return path


@dataclass
class State:
    """Everything that a run leaves, but for the numbers and times of the run itself."""

    raw: list[tuple[Any, ...]]
    facts: dict[str, list[tuple[Any, ...]]]
    metrics: dict[str, Any]

    @classmethod
    def of(cls, place: Place) -> "State":
        with_snapshot = open_current(place.settings.warehouse_path)
        return cls(place.raw(), place.facts(), every_metric(with_snapshot))


def start(place: Place, arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start a command, and wait until it takes its first lock: before, it writes nothing."""
    locks = place.warehouse.path.with_name("locks")
    before = last_locked(locks)
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        env=process_environment(place.config),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and last_locked(locks) == before:
        time.sleep(0.002)
    return process


def last_locked(locks: Path) -> int:
    return max((lock.stat().st_mtime_ns for lock in locks.glob("*.lock")), default=0)


def run(place: Place, arguments: list[str]) -> float:
    """Run a command to its end; returns the seconds that it worked."""
    process = start(place, arguments)
    began = time.monotonic()
    assert process.wait(60) == 0
    return time.monotonic() - began


def kill_at_random(place: Place, arguments: list[str], seconds: float, rng: random.Random) -> bool:
    """Start a command and kill it at some moment; tells whether it was still running."""
    process = start(place, arguments)
    try:
        process.wait(rng.uniform(0, seconds))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("command", ["import", "sync", "build"])
def test_killed_at_any_moment_and_run_again(
    tmp_path: Path, sandbox: Running, export: Path, command: str
) -> None:
    arguments = {
        "import": ["import", "slack-export", str(export), "--source", "slack"],
        "sync": ["sync"],
        "build": ["build"],
    }[command]
    undisturbed, place = (
        Place(tmp_path / "undisturbed", sandbox),
        Place(tmp_path / "place", sandbox),
    )
    if command == "build":
        undisturbed.import_export(export)
        place.import_export(export)
    seconds = run(undisturbed, arguments)
    expected = State.of(undisturbed)

    rng = random.Random(f"{command} {KILLS_PER_COMMAND}")
    killed = 0
    for _ in range(KILLS_PER_COMMAND):
        killed += kill_at_random(place, arguments, seconds, rng)
        # What was published before, if anything, is whole whenever the writer died.
        with suppress(NoSnapshot):
            assert every_metric(open_current(place.settings.warehouse_path)) == expected.metrics
    assert killed >= KILLS_PER_COMMAND // 2, "most were killed before their end"

    run(place, arguments)
    assert State.of(place) == expected


def test_killed_while_news_comes_in(tmp_path: Path, world: World) -> None:
    """The second sync is killed: the first one's snapshot stays, the third run completes it."""
    with serve(world, Options(limits=False)) as sandbox:
        place, undisturbed = Place(tmp_path / "place", sandbox), Place(tmp_path / "other", sandbox)
        for each in (place, undisturbed):
            run(each, ["sync"])
        before = every_metric(open_current(place.settings.warehouse_path))
        sandbox.advance(days=9)
        seconds = run(undisturbed, ["sync"])
        expected = State.of(undisturbed)
        rng = random.Random(KILLS_PER_COMMAND)
        for _ in range(KILLS_PER_COMMAND):
            kill_at_random(place, ["sync"], seconds, rng)
            now = every_metric(open_current(place.settings.warehouse_path))
            assert now in (before, expected.metrics), "neither the old state nor the new one"
        run(place, ["sync"])
    assert State.of(place) == expected
