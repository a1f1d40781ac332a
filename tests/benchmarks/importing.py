"""Imports of an export: against decoding the same JSON, and at ten times the data.

    python -m tests.benchmarks.importing vitals|orjson EXPORT FOLDER

runs one of the two, in a process of its own.
"""

import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median

import duckdb
import orjson

from connectors.sandbox.community import make_world
from connectors.sandbox.slack_export import write_export
from pipelines.settings import load
from pipelines.steps import import_files
from tests.benchmarks.community import CONFIGURATION
from tests.benchmarks.measure import Row, Usage, flat, run

END = date(2026, 6, 1)


def rows(members: int = 2000, repetitions: int = 3) -> Iterator[Row]:
    """Seconds and peak memory of an import."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = folder / "small.zip", folder / "large.zip"
        write_export(make_world(members=members // 10, days=365, end=END), small)
        write_export(make_world(members=members, days=365, end=END), large)
        ours = [_run("vitals", large) for _ in range(repetitions)]
        decoded = [_run("orjson", large) for _ in range(repetitions)]
        seconds = median(usage.cpu_seconds for usage, _ in ours)
        alone = median(usage.cpu_seconds for usage, _ in decoded)
        _, messages = ours[0]
        yield Row(
            f"an import of {messages:,} messages: CPU seconds"
            f" ({median(usage.seconds for usage, _ in ours):.1f} s from start to end)",
            f"{seconds:.1f} s",
            f"orjson alone {alone:.1f} s",
            seconds / alone,
        )
        before = median(_run("vitals", small)[0].peak_mib for _ in range(repetitions))
        yield flat("an import", before, median(usage.peak_mib for usage, _ in ours))


def _run(name: str, export: Path) -> tuple[Usage, int]:
    with tempfile.TemporaryDirectory() as folder:
        usage = run("importing", name, str(export), folder)
        return usage, int((Path(folder) / "messages").read_text())


def import_with_vitals(export: Path, folder: Path) -> int:
    """How many messages the product's own import read."""
    config = folder / "vitals.toml"
    config.write_text(CONFIGURATION, encoding="utf-8")
    return import_files(load(config), "slack-export", [export], "slack").outcome.read


def decode_with_orjson(export: Path, folder: Path) -> int:
    """How many messages there are in the day files of an export, once decoded."""
    with zipfile.ZipFile(export) as archive:
        return sum(
            len(orjson.loads(archive.read(name))) for name in archive.namelist() if "/" in name
        )


IMPORTERS: dict[str, Callable[[Path, Path], int]] = {
    "vitals": import_with_vitals,
    "orjson": decode_with_orjson,
}

if __name__ == "__main__":
    _, name, export_name, folder_name = sys.argv
    duckdb.execute("select ?", [1])  # imports pandas, where that is installed
    spent = time.process_time()
    messages = IMPORTERS[name](Path(export_name), Path(folder_name))
    (Path(folder_name) / "messages").write_text(str(messages))
    print(spent)
