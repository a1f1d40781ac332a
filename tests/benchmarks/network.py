"""A network of 100 chapters, 10,000 events and 500,000 RSVPs, against a tenth of it.

Synced from the sandbox, synced again without news and after a day of news, built, and opened.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from pipelines.settings import Settings
from pipelines.steps import build, publish_snapshot, sync_source
from tests.benchmarks.building import INCREMENTAL
from tests.benchmarks.growth import MOST_PER_RECORD, configured
from tests.benchmarks.measure import Row, Usage, compared, flat, run, spent_on

DAYS = 2_300
TIMES = 10
PLATFORM = "meetup"
SIZE = """
select
    (select count(*) from facts.groups)
    , (select count(*) from facts.events)
    , (select count(*) from facts.attendances)
"""
SYNCS = """
select requests, epoch(finished_at - started_at) from raw.runs order by started_at
"""


@dataclass(frozen=True)
class Network:
    """What one network cost.

    `syncs`: requests and seconds of the first, of one without news, of one after a day of news.
    """

    settings: Settings
    groups: int
    events: int
    rsvps: int
    records: int
    usage: Usage
    syncs: list[tuple[int, float]]
    build: float
    build_of_a_day: float

    def __str__(self) -> str:
        return f"{self.groups:,} chapters, {self.events:,} events and {self.rsvps:,} RSVPs"


def rows(
    members: int = 50_000, repetitions: int = 2, pages: Sequence[str] = ("events",)
) -> Iterator[Row]:
    """CPU and memory of a sync, what the next ones cost, the build of a day, and the page."""
    with tempfile.TemporaryDirectory() as name:
        small = _network(Path(name) / "small", members // TIMES)
        large = _network(Path(name) / "large", members)
        spent, more = (1e6 * n.usage.cpu_seconds / n.records for n in (small, large))
        what = f"a sync of {large}: CPU microseconds per record, of a tenth's"
        yield compared(what, "{:.0f}", more, spent, at_most=MOST_PER_RECORD)
        yield flat("a sync of the network", small.usage.peak_mib, large.usage.peak_mib)
        yield from _later_syncs(large)
        what = "a build after a day of news of the network, against the first: CPU seconds"
        day, first = large.build_of_a_day, large.build
        yield compared(what, "{:.2f} s", day, first, at_most=INCREMENTAL)
        if pages:
            yield from _painted(small, large, repetitions, pages)


def _network(folder: Path, members: int) -> Network:
    folder.mkdir()
    world = make_world(members=members, days=DAYS)
    options = Options(limits=False, platforms=(PLATFORM,))
    with serve(world, options, in_process=False) as sandbox:
        usage = run("growth", PLATFORM, sandbox.url, str(folder))
        settings = configured(PLATFORM, sandbox.url, folder)
        path = settings.warehouse_path
        [(records,)] = _asked(path, "select count(*) from raw.records")
        first = spent_on(lambda: build(settings))
        [size] = _asked(path.with_name(f"{path.stem}.marts.duckdb"), SIZE)
        sync_source(settings, PLATFORM)
        sandbox.advance(days=1)
        sync_source(settings, PLATFORM)
        day = spent_on(lambda: build(settings))
    publish_snapshot(settings)
    return Network(settings, *size, records, usage, _asked(path, SYNCS), first, day)


def _asked(path: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(query).fetchall()


def _later_syncs(network: Network) -> Iterator[Row]:
    first, *later = network.syncs
    for when, sync in zip(("without news", "after a day of news"), later, strict=True):
        what = f"a second sync of the network {when}, of the first"
        yield compared(f"{what}: requests", "{:,}", sync[0], first[0])
        yield compared(f"{what}: seconds", "{:.1f} s", sync[1], first[1])


def _painted(
    small: Network, large: Network, repetitions: int, names: Sequence[str]
) -> Iterator[Row]:
    """Seconds from asking for a page to its last chart."""
    from tests.benchmarks import pages  # here: without a browser all the rest can be measured

    before, after = (
        pages.painted(network.settings.warehouse_path, repetitions, names)
        for network in (small, large)
    )
    for name in names:
        what = f"{name} painted at {large.rsvps:,} RSVPs, against {small.rsvps:,}"
        yield compared(what, "{:.2f} s", after[name], before[name], at_most=pages.SAME)
