"""How much CPU a command costs before it does anything, against importing libraries alone."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from connectors.sandbox.community import make_world
from connectors.slack.sandbox.export import write_export
from pipelines.imports import import_files
from pipelines.steps import build, publish_snapshot
from tests.benchmarks.configuration import configure
from tests.benchmarks.measure import Row, compared, cpu_seconds
from tests.support.paths import ROOT

# With every connector imported, the help costs 8 times its libraries, a metric 2.3 times its own.
HELP_TIMES = 4.0
METRIC_TIMES = 2.0
HELP_LIBRARIES = "import typer, rich"
METRIC_LIBRARIES = """
import sys
sys.modules |= {"numpy": None, "pandas": None}  # not needed; pyarrow would import them
import duckdb, pyarrow, pydantic, rich.table, typer
pydantic.BaseModel
"""


def rows(repetitions: int = 5) -> Iterator[Row]:
    """CPU seconds of whole processes, from their start to their end."""
    with tempfile.TemporaryDirectory() as name:
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "VITALS_CONFIG": str(_published(Path(name))),
        }
        for arguments, libraries, times in (
            (["--help"], HELP_LIBRARIES, HELP_TIMES),
            (["metric", "active_members"], METRIC_LIBRARIES, METRIC_TIMES),
        ):
            command = ["-m", "pipelines.cli", *arguments]
            ours = median(_cpu(command, environment) for _ in range(repetitions))
            other = median(_cpu(["-c", libraries], environment) for _ in range(repetitions))
            what = f"vitals {' '.join(arguments)}: CPU seconds, against importing libraries"
            yield compared(what, "{:.2f} s", ours, other, at_most=times)


def _published(folder: Path) -> Path:
    """Import, build and publish a small community; return its configuration."""
    settings, export = configure(folder, "slack"), folder / "export.zip"
    write_export(make_world(members=30, days=60), export)
    import_files(settings, "slack-export", [export], "slack")
    build(settings)
    publish_snapshot(settings)
    return settings.file


def _cpu(arguments: list[str], environment: dict[str, str]) -> float:
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        return cpu_seconds(process)
