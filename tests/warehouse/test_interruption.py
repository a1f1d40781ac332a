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

from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from connectors.slack.sandbox.export import write_export
from tests.support.installations import Installation, every_metric, process_environment
from tests.support.samples import some
from warehouse.snapshots import NoSnapshot, open_current

KILLS_PER_COMMAND = int(os.environ.get("VITALS_TEST_KILLS", "4"))


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


@pytest.fixture(scope="module")
def news(world: World, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A warehouse that was built and published, with nine days of news landed since."""
    with serve(world, Options(limits=False)) as sandbox:
        place = Installation(tmp_path_factory.mktemp("news"), sandbox)
        place.sync()
        place.publish().close()
        sandbox.advance(days=9)
        place.sync()
    return place


@dataclass
class State:
    """Everything that a run leaves, without the numbers and times of the run itself."""

    raw: list[tuple[Any, ...]]
    facts: dict[str, list[tuple[Any, ...]]]
    metrics: dict[str, Any]

    @classmethod
    def of(cls, place: Installation) -> "State":
        with_snapshot = open_current(place.settings.warehouse_path)
        return cls(place.raw(), place.facts_as_built(), every_metric(with_snapshot))


def start(place: Installation, arguments: list[str]) -> subprocess.Popen[bytes]:
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


def run(place: Installation, arguments: list[str]) -> float:
    """Run a command to its end; return the seconds that it worked."""
    process = start(place, arguments)
    began = time.monotonic()
    assert process.wait(60) == 0
    return time.monotonic() - began


def kill_at_random(
    place: Installation, arguments: list[str], seconds: float, rng: random.Random
) -> bool:
    """Start a command and kill it at some moment; return whether it was still running."""
    process = start(place, arguments)
    try:
        process.wait(rng.uniform(0, seconds))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("command", ["import", "sync", "build"])
@pytest.mark.parametrize("kills", some([2, KILLS_PER_COMMAND], 1))
def test_killed_at_any_moment_and_run_again(
    tmp_path: Path, sandbox: Running, export: Path, news: Installation, command: str, kills: int
) -> None:
    arguments = {
        "import": ["import", "slack-export", str(export), "--source", "slack"],
        "sync": ["sync"],
        "build": ["build"],
    }[command]

    def again(place: Installation) -> None:
        """What the command does, in this process."""
        if command == "import":
            place.import_export(export)
        if command == "sync":
            place.sync()
        place.publish().close()

    def fresh(name: str) -> Installation:
        place = Installation(tmp_path / name, sandbox)
        if command == "build":
            place.goes_on_from(news)
        return place

    undisturbed = fresh("undisturbed")
    seconds = run(undisturbed, arguments)
    expected = State.of(undisturbed)
    rng, killed = random.Random(f"{command} {kills}"), 0
    for number in range(2 * kills):
        place = fresh(f"place{number}")
        if not kill_at_random(place, arguments, seconds, rng):
            seconds *= 0.8  # It had ended before: this machine is faster by now.
            continue
        killed += 1
        if command != "build":
            with suppress(NoSnapshot):  # What is published, if anything, is whole.
                assert every_metric(open_current(place.settings.warehouse_path)) == expected.metrics
        again(place)
        assert State.of(place) == expected, f"kill number {number}"
        if killed == kills:
            break
    assert killed >= kills // 2


@pytest.mark.long
def test_killed_again_and_again_while_news_comes_in(tmp_path: Path, world: World) -> None:
    """The second sync is killed: the first one's snapshot stays, the last run completes it."""
    with serve(world, Options(limits=False)) as sandbox:
        place, undisturbed = (
            Installation(tmp_path / "place", sandbox),
            Installation(tmp_path / "other", sandbox),
        )
        for each in (place, undisturbed):
            each.sync()
            each.publish().close()
        before = every_metric(open_current(place.settings.warehouse_path))
        sandbox.advance(days=9)
        seconds = run(undisturbed, ["sync"])
        expected = State.of(undisturbed)
        rng = random.Random(KILLS_PER_COMMAND)
        for _ in range(KILLS_PER_COMMAND // 2):
            kill_at_random(place, ["sync"], seconds, rng)
            now = every_metric(open_current(place.settings.warehouse_path))
            assert now in (before, expected.metrics), "neither the old state nor the new one"
        run(place, ["sync"])
    assert State.of(place) == expected


def test_a_sync_of_meetup_is_killed_and_run_again(tmp_path: Path, sandbox: Running) -> None:
    undisturbed = Installation(tmp_path / "undisturbed", sandbox, kind="meetup")
    seconds = run(undisturbed, ["sync"])
    expected = State.of(undisturbed)
    rng = random.Random(KILLS_PER_COMMAND)
    place = Installation(tmp_path / "place", sandbox, kind="meetup")
    killed = [kill_at_random(place, ["sync"], seconds, rng) for _ in range(KILLS_PER_COMMAND // 2)]
    assert any(killed)
    run(place, ["sync"])
    assert State.of(place) == expected
