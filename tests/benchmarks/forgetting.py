"""Forgetting a person in a large warehouse with kept snapshots, against building it anew.

    python -m tests.benchmarks.forgetting forget|build FOLDER

does one of them in a process of its own.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile, copytree

from pipelines import run as runs
from pipelines.people import commands
from pipelines.settings import Settings, load
from pipelines.steps import SILENT, build, publish_snapshot
from tests.benchmarks.community import Community
from tests.benchmarks.measure import Row, compared, print_usage, run
from warehouse.snapshots import current_path, list_snapshots

TIMES_A_BUILD = 2
ACCOUNT = "slack:U7"


def rows(members: int = 20_000, records: int = 500_000, snapshots: int = 10) -> Iterator[Row]:
    """CPU seconds and peak memory of forgetting, against those of a full build."""
    with tempfile.TemporaryDirectory() as name:
        start, copy = Path(name) / "start", Path(name) / "copy"
        start.mkdir()
        _write(start, members, records, snapshots)
        copytree(start, copy)
        forgot, built = (
            run("forgetting", "forget", str(start)),
            run("forgetting", "build", str(copy)),
        )
    what = f"forgetting one of {members:,} members, {records:,} records and {snapshots} snapshots"
    yield compared(
        f"{what}, against a full build ({forgot.seconds:.1f} s from start to end)",
        "{:.1f} s",
        forgot.cpu_seconds,
        built.cpu_seconds,
        at_most=TIMES_A_BUILD,
    )
    yield compared(
        "peak memory of that", "{:.0f} MiB", forgot.peak_mib, built.peak_mib, at_most=TIMES_A_BUILD
    )


def _write(folder: Path, members: int, records: int, snapshots: int) -> None:
    settings = Community(records, has_reactions=False, people=members).write_records(folder)
    build(settings)
    publish_snapshot(settings)
    newest = current_path(settings.warehouse_path)
    for number in range(1, snapshots):
        copyfile(newest, newest.with_name(f"20260101T{number:012}.duckdb"))


def _forget(settings: Settings) -> None:
    commands.forget(ACCOUNT, yes=True, config=settings.file)
    assert len(list_snapshots(settings.warehouse_path)) == 1


def _build(settings: Settings) -> None:
    runs.summary(runs.build(settings, runs.in_this_process(SILENT), full=True))


if __name__ == "__main__":
    what, folder = sys.argv[1:]
    work = {"forget": _forget, "build": _build}[what]
    begun = time.process_time()
    work(load(Path(folder) / "vitals.toml", tokens_of=[]))
    print_usage(begun)
