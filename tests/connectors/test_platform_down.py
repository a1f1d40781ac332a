"""One platform is down or asks to wait: the others are synced and published all the same."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from connectors.discovery import sandbox_routes
from connectors.sandbox.community import World
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from pipelines import run
from pipelines.run import Step
from pipelines.settings import load
from pipelines.steps import SILENT, Clock, Reporter
from tests.support.installations import TOKEN
from tests.support.paths import APP
from warehouse.snapshots import open_current

PLATFORMS = ("discord", "github", "meetup", "slack")
Activities = dict[str, int]


@pytest.fixture
def platforms(world: World) -> Iterator[dict[str, Running]]:
    """Two servers: Discord has one of its own, so that its faults are no other's."""
    with serve(world, Options(limits=False)) as one, serve(world, Options(limits=False)) as other:
        yield {"discord": other, "github": one, "meetup": one, "slack": one}


@pytest.fixture
def folder(tmp_path: Path, platforms: dict[str, Running]) -> Path:
    """A user's folder with the four sources, in a city that is an hour before UTC."""
    lines = ['[community]\nname = "Made Up"\ntimezone = "Africa/Lagos"']
    for kind in PLATFORMS:
        address = f"{platforms[kind].url}/{kind}/api"
        lines.append(f'[[sources]]\nname = "{kind}"\nkind = "{kind}"\nbase_url = "{address}"')
        lines.append(TOKEN)
        lines += getattr(sandbox_routes(kind), "SOURCE_KEYS", [])
    (tmp_path / "vitals.toml").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def sync(folder: Path) -> list[str]:
    """Sync, build and publish on a clock whose waits take no time; return what failed."""
    waited: list[float] = []
    clock = Clock(waited.append, lambda: time.monotonic() + sum(waited))
    runner = run.in_this_process(SILENT)
    results = run.sync(load(folder / "vitals.toml"), [], runner, SILENT, clock=clock)
    return [result.message for result in results if result.has_failed]


def published(folder: Path) -> Activities:
    """Activities by source in what is published now."""
    found: Activities = Counter()
    with closing(open_current(folder / "data" / "vitals.duckdb")) as snapshot:
        for row in snapshot.metric("activity_volume").to_pylist():
            found[row["source"]] += row["activities"]
    return found


def freshness_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the overview says at its top about the age of its data."""
    monkeypatch.setenv("VITALS_WAREHOUSE", str(folder / "data" / "vitals.duckdb"))
    page = AppTest.from_file(str(APP), default_timeout=30).run()
    assert not page.exception
    [line] = [caption.value for caption in page.caption if caption.value.startswith("Data as of")]
    return line


def test_the_others_are_published_and_the_page_says_since_when(
    folder: Path, platforms: dict[str, Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sync(folder) == []
    before = published(folder)
    assert set(before) == set(PLATFORMS)
    with closing(open_current(folder / "data" / "vitals.duckdb")) as snapshot:
        succeeded_at = {row["source"]: row["last_success_at"] for row in snapshot.sources()}

    for running in (platforms["discord"], platforms["slack"]):
        running.advance(days=8)
    platforms["discord"].fault("server_error")
    [message] = sync(folder)
    assert message.startswith("discord: the platform has a fault [discord, users/@me, HTTP 500]")
    assert "Run the sync again later" in message

    after = published(folder)
    assert after["discord"] == before["discord"]
    assert after["github"] > before["github"]
    assert after["slack"] > before["slack"]
    since: datetime = succeeded_at["discord"].replace(tzinfo=UTC)
    hour = f"{(since.hour + 1) % 24:02}:{since.minute:02}"  # Lagos has no summer time
    line = freshness_line(folder, monkeypatch)
    assert "discord failed, stale since " in line
    assert f", {hour}]" in line
    assert "github ok" in line
    assert "slack ok" in line

    platforms["discord"].clear_faults()
    assert sync(folder) == []
    assert published(folder)["discord"] > before["discord"]
    assert "discord ok" in freshness_line(folder, monkeypatch)


def test_no_source_waits_for_the_limits_of_another(
    folder: Path, platforms: dict[str, Running]
) -> None:
    """Discord's wait lasts until the others are done, so it fails if they wait for it."""
    others = threading.Semaphore(0)
    slept: list[float] = []
    finished: list[str] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        for _ in range(len(PLATFORMS) - 1):
            assert others.acquire(timeout=120), "the others wait, too"

    def noted(step: Step) -> Step:
        def work(report: Reporter) -> str:
            message = step.work(report)
            finished.append(step.name)
            others.release()
            return message

        return Step(step.name, work)

    def runner(chosen: Sequence[Step]) -> list[run.Result]:
        return run.in_this_process(SILENT)([noted(step) for step in chosen])

    platforms["discord"].fault("too_many", seconds=3600, count=1)
    clock = Clock(sleep, lambda: time.monotonic() + sum(slept))
    settings = load(folder / "vitals.toml")
    results = run.sync(settings, [], runner, SILENT, is_built=False, clock=clock)
    assert [result.message for result in results if result.has_failed] == []
    assert finished[-1] == "pull discord"
    assert len(slept) == 1
    assert slept[0] >= 3600
