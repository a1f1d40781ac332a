"""Run every benchmark and print one table; exit with 1 where a bound is broken."""

import sys
import time

from rich.console import Console
from rich.table import Table

from tests.benchmarks import (
    aggregates,
    building,
    forecast,
    forgetting,
    growth,
    identity,
    importing,
    kills,
    mutated,
    network,
    pages,
    reports,
    starting,
    suggesting,
    sync,
)
from tests.benchmarks.measure import Row


def main() -> int:
    console = Console()
    rows: list[Row] = []
    started = time.monotonic()
    for benchmark in (
        starting,
        sync,
        growth,
        importing,
        mutated,
        building,
        pages,
        reports,
        network,
        aggregates,
        forecast,
        identity,
        forgetting,
        suggesting,
        kills,
    ):
        with console.status(f"{benchmark.__name__}, {time.monotonic() - started:.0f} s so far"):
            rows += benchmark.rows()
    console.print(report(rows))
    broken = [row for row in rows if not row.is_ok]
    minutes = (time.monotonic() - started) / 60
    console.print(f"{len(broken)} bounds broken; {minutes:.1f} minutes")
    return 1 if broken else 0


def report(rows: list[Row]) -> Table:
    """The rows as a table: what, ours, the other, ours / other, and whether the bound is kept."""
    table = Table("what", "ours", "other", "ratio", "bound", "ok")
    for row in rows:
        verdict = ("yes" if row.is_ok else "NO") if row.bound else ""
        table.add_row(row.what, row.ours, row.other, f"{row.ratio:.3g}", row.bound, verdict)
    return table


if __name__ == "__main__":
    sys.exit(main())
