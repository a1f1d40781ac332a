"""What the terminal shows: results on standard output, progress and errors on standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from pipelines.steps import Reporter
from warehouse.tables import to_csv, to_json

PIPE_WIDTH = 1000
LEAST_WITHOUT_FRACTION = 1000

errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Format(StrEnum):
    """How rows come out."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def say(message: str) -> None:
    """Tell something that is no result."""
    errors.print(Text(message))


def show(table: pa.Table, form: Format) -> None:
    """Print rows to standard output."""
    if form is Format.CSV:
        sys.stdout.write(to_csv(table))
    elif form is Format.JSON:
        sys.stdout.write(to_json(table) + "\n")
    else:
        drawn = Table(*table.column_names, box=None, pad_edge=False)
        for row in table.to_pylist():
            drawn.add_row(*[Text(_shown(value)) for value in row.values()])
        width = None if sys.stdout.isatty() else PIPE_WIDTH
        Console(highlight=False, width=width).print(drawn)


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= LEAST_WITHOUT_FRACTION else f"{value:.4g}"
    return str(value)


@contextmanager
def reporter() -> Iterator[Reporter]:
    """Progress bars where standard error is a terminal; notes and warnings always."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, done: int, total: int | None) -> None:
            name = what.partition(":")[0]
            if name not in tasks:
                tasks[name] = bars.add_task(what)
            bars.update(tasks[name], description=what, completed=done, total=total)

        yield Reporter(progress=progress, warn=say)
