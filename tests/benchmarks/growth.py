"""Syncs of every platform that the sandbox speaks, at ten times its community: time and memory.

    python -m tests.benchmarks.growth KIND URL FOLDER

runs one sync, in a process of its own.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import duckdb

from connectors.discovery import sandbox_routes
from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from pipelines.settings import Settings
from pipelines.steps import sync_source
from tests.benchmarks.configuration import configure
from tests.benchmarks.measure import Row, Usage, compared, flat, print_usage, run

TIMES = 10
# How many people make so many records that the start of a sync is a small part of it.
MEMBERS = {"discord": 300, "github": 2500}
MOST_PER_RECORD = 1.3


def rows(members: dict[str, int] = MEMBERS, days: int = 180, repetitions: int = 2) -> Iterator[Row]:
    """CPU seconds per record and peak memory of each platform, at 10 times and at once."""
    for kind, people in members.items():
        once, ten_times = (_measured(kind, people * n, days, repetitions) for n in (1, TIMES))
        (usage, records), (large, many) = once, ten_times
        spent, more = 1e6 * usage.cpu_seconds / records, 1e6 * large.cpu_seconds / many
        what = f"a sync of {kind}, {many:,} records: CPU microseconds per record, of {records:,}'s"
        yield compared(what, "{:.0f}", more, spent, at_most=MOST_PER_RECORD)
        yield flat(f"a sync of {kind}", usage.peak_mib, large.peak_mib)


def _measured(kind: str, members: int, days: int, repetitions: int) -> tuple[Usage, int]:
    """What a first sync used, the median of several, and how many records it landed."""
    world = make_world(members=members, days=days)
    with serve(world, Options(limits=False), in_process=False) as sandbox:
        found = [_sync(kind, sandbox) for _ in range(repetitions)]
    usages = [usage for usage, _ in found]
    usage = Usage(
        median(usage.seconds for usage in usages),
        median(usage.cpu_seconds for usage in usages),
        median(usage.peak_mib for usage in usages),
    )
    return usage, found[0][1]


def _sync(kind: str, sandbox: Running) -> tuple[Usage, int]:
    with tempfile.TemporaryDirectory() as folder:
        usage = run("growth", kind, sandbox.url, folder)
        with duckdb.connect(str(Path(folder) / "vitals.duckdb"), read_only=True) as con:
            [(records,)] = con.execute("select count(*) from raw.records").fetchall()
    return usage, records


def configured(kind: str, url: str, folder: Path) -> Settings:
    """The settings for one platform of the sandbox behind `url`."""
    keys = sandbox_routes(kind).SOURCE_KEYS
    return configure(folder, kind, *keys, base_url=f"{url}/{kind}/api")


if __name__ == "__main__":
    _, platform, address, folder_name = sys.argv
    duckdb.execute("select ?", [1])  # imports pandas, where that is installed
    spent = time.process_time()
    sync_source(configured(platform, address, Path(folder_name)), platform)
    print_usage(spent)
