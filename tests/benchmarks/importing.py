"""Imports of an export: against decoding the same JSON, and at ten times the data.

    python -m tests.benchmarks.importing slack|discord|orjson EXPORT FOLDER

imports an export of a platform, or decodes one of Slack, in a process of its own.
"""

import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

import duckdb
import orjson

from connectors.discord.sandbox.export import write_export as write_discord_export
from connectors.sandbox.community import make_world
from connectors.slack.sandbox.export import write_export as write_slack_export
from pipelines.imports import import_files
from tests.benchmarks.configuration import configure
from tests.benchmarks.measure import Row, Usage, flat, print_usage, run

KEYS = {"slack": (), "discord": ('server = "1100000000000000001"',)}


def rows(members: int = 2000, repetitions: int = 3) -> Iterator[Row]:
    """Seconds and peak memory of an import."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size, people in (("small", members // 10), ("large", members)):
            world = make_world(members=people, days=365)
            write_slack_export(world, folder / f"{size}.zip")
            write_discord_export(world, folder / size)
        ours = [_run("slack", folder / "large.zip") for _ in range(repetitions)]
        decoded = [_run("orjson", folder / "large.zip") for _ in range(repetitions)]
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
        yield _flat("slack", folder / "small.zip", folder / "large.zip", repetitions)
        yield _flat("discord", folder / "small", folder / "large", repetitions)


def _flat(platform: str, small: Path, large: Path, repetitions: int) -> Row:
    before, after = (
        median(_run(platform, export)[0].peak_mib for _ in range(repetitions))
        for export in (small, large)
    )
    return flat(f"an import of {platform}", before, after)


def _run(name: str, export: Path) -> tuple[Usage, int]:
    with tempfile.TemporaryDirectory() as folder:
        usage = run("importing", name, str(export), folder)
        return usage, int((Path(folder) / "messages").read_text())


def import_with_vitals(platform: str, export: Path, folder: Path) -> int:
    """How many messages the product's own import read."""
    settings = configure(folder, platform, *KEYS[platform])
    return import_files(settings, f"{platform}-export", [export], platform).outcome.read


def decode_with_orjson(export: Path, folder: Path) -> int:
    """How many messages there are in the day files of an export, once decoded."""
    with zipfile.ZipFile(export) as archive:
        return sum(
            len(orjson.loads(archive.read(name))) for name in archive.namelist() if "/" in name
        )


IMPORTERS: dict[str, Callable[[Path, Path], int]] = {
    "slack": partial(import_with_vitals, "slack"),
    "discord": partial(import_with_vitals, "discord"),
    "orjson": decode_with_orjson,
}

if __name__ == "__main__":
    _, name, export_name, folder_name = sys.argv
    duckdb.execute("select ?", [1])  # imports pandas, where that is installed
    spent = time.process_time()
    messages = IMPORTERS[name](Path(export_name), Path(folder_name))
    (Path(folder_name) / "messages").write_text(str(messages))
    print_usage(spent)
