"""Syncs from the sandbox: against dlt and a script by hand, at ten times the data, and again."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import duckdb

from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from pipelines.steps import sync_source
from tests.benchmarks.configuration import configure
from tests.benchmarks.few_threads import serve_few_threads
from tests.benchmarks.measure import Row, Usage, compared, flat, run

TIMES_DLT = 3.0
NEWS_DAYS = 2
# Where each collector leaves messages and replies.
ITEMS = {
    "vitals": "raw.records where stream in ('messages', 'replies')",
    "dlt": "slack.messages",
    "requests": "messages",
}


def rows(members: int = 300, days: int = 365, repetitions: int = 3) -> Iterator[Row]:
    """Items per CPU second, peak memory, and what a second sync costs, in that order."""
    world = make_world(members=members, days=days)
    with serve(world, Options(limits=False), in_process=False) as sandbox:
        yield from _speed("a sync, a call for every 5 items", sandbox, repetitions)
        yield from _second_sync(sandbox)
    with serve_few_threads(members, days) as sandbox:
        peak = _collect("vitals", sandbox)[0].peak_mib
    with serve_few_threads(members * 10, days) as sandbox:
        yield from _speed("a sync, a call for every 150 items", sandbox, repetitions)
        ten_times = _collect("vitals", sandbox)[0].peak_mib
    yield flat("a sync", peak, ten_times)


def _speed(what: str, sandbox: Running, repetitions: int) -> Iterator[Row]:
    """Items per CPU second of the client, against dlt and against requests, Arrow and a merge."""
    speeds: dict[str, list[float]] = {"vitals": [], "dlt": [], "requests": []}
    for _ in range(repetitions):
        for name, found in speeds.items():
            usage, items = _collect(name, sandbox)
            found.append(items / usage.cpu_seconds)
    ours, dlt, by_hand = (median(found) for found in speeds.values())
    for other, speed, bound in (("dlt", dlt, TIMES_DLT), ("by hand", by_hand, None)):
        yield Row(
            f"{what}: items per CPU second",
            f"{ours:,.0f}",
            f"{other} {speed:,.0f}",
            ours / speed,
            at_least=bound,
        )


def _collect(name: str, sandbox: Running) -> tuple[Usage, int]:
    """What one collector used, and how many messages and replies are in its database now."""
    with tempfile.TemporaryDirectory() as folder:
        usage = run("collectors", name, sandbox.slack_url, folder)
        [path] = Path(folder).glob("*.duckdb")
        with duckdb.connect(str(path), read_only=True) as con:
            [(items,)] = con.execute(f"select count(*) from {ITEMS[name]}").fetchall()
    return usage, items


def _second_sync(sandbox: Running) -> Iterator[Row]:
    """The requests and seconds of a sync that finds about one per cent more, of the first's."""
    with tempfile.TemporaryDirectory() as folder:
        settings = configure(Path(folder), "slack", base_url=sandbox.slack_url)
        first = sync_source(settings, "slack")
        sandbox.advance(days=NEWS_DAYS)
        second = sync_source(settings, "slack")
    what = f"a second sync after {second.landed.new / first.landed.new:.1%} news, of the first"
    yield compared(f"{what}: requests", "{:,}", second.requests, first.requests)
    yield compared(f"{what}: seconds", "{:.1f} s", second.seconds, first.seconds)
