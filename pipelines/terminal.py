"""What the terminal shows: results on standard output, progress and errors on standard error."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from connectors.redaction import message as shown_message
from connectors.redaction import plain
from pipelines import stopping

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.steps import Reporter

PIPE_WIDTH = 1000
LEAST_WITHOUT_FRACTION = 1000


class _Terminal(Console):
    """Ends the process quietly where nobody reads what it prints; rich would call sys.exit."""

    def on_broken_pipe(self) -> None:
        stopping.ask(signal.SIGPIPE)


errors = _Terminal(stderr=True, highlight=False, soft_wrap=True)


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def say(message: str) -> None:
    """Print a message to standard error."""
    errors.print(Text(shown_message(message)))


def show(table: "pa.Table", format: Format) -> None:
    """Print rows to standard output."""
    from warehouse.tables import to_csv, to_json

    rows = [{name: _plain(value) for name, value in row.items()} for row in table.to_pylist()]
    if format is Format.CSV:
        _write(to_csv(rows, table.column_names))
    elif format is Format.JSON:
        _write(to_json(rows) + "\n")
    else:
        from rich.table import Table

        drawn = Table(*table.column_names, box=None, pad_edge=False)
        for row in rows:
            drawn.add_row(*[Text(_shown(value)) for value in row.values()])
        width = None if sys.stdout.isatty() else PIPE_WIDTH
        _Terminal(highlight=False, width=width).print(drawn)


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        stopping.ask(signal.SIGPIPE)


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= LEAST_WITHOUT_FRACTION else f"{value:.4g}"
    return str(value)


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return plain(value) if isinstance(value, str) else value


@contextmanager
def reporter() -> Iterator["Reporter"]:
    """Progress bars where standard error is a terminal; results and warnings always."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    from pipelines.steps import Reporter

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, done: int, total: int | None) -> None:
            name = what.partition(":")[0]
            if name not in tasks:
                tasks[name] = bars.add_task(what)
            bars.update(tasks[name], description=plain(what), completed=done, total=total)

        yield Reporter(progress=progress, warn=say, say=say)
