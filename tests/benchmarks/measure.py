"""How the benchmarks measure: whole processes from outside, or a block of code, and the verdict."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT


@dataclass(frozen=True)
class Row:
    """One line of the report. `ratio` must keep to `at_least` or `at_most`, if there is one."""

    what: str
    ours: str
    other: str
    ratio: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def bound(self) -> str:
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return "" if self.at_most is None else f"at most {self.at_most:.3g}"

    @property
    def is_ok(self) -> bool:
        is_enough = self.at_least is None or self.ratio >= self.at_least
        return is_enough and (self.at_most is None or self.ratio <= self.at_most)


@dataclass(frozen=True)
class Usage:
    """What a process used; `cpu_seconds` without what it spent before its work began."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


def run(module: str, *arguments: str) -> Usage:
    """Run a module of this package in a process of its own.

    It ends with `print_usage`. The kernel's own figure of peak memory begins at the parent's.
    """
    command = [sys.executable, "-m", f"{__package__}.{module}", *arguments]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
        spent = cpu_seconds(process)
    begun, peak_kib = map(float, lines[-1].split())
    return Usage(time.monotonic() - started, spent - begun, peak_kib / 1024)


def cpu_seconds(process: subprocess.Popen[Any]) -> float:
    """Wait for a process to end, and return what it used. Raises RuntimeError if it failed."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{process.args} failed: see its messages above")
    return used.ru_utime + used.ru_stime


def print_usage(begun: float) -> None:
    """Print the CPU seconds before the work began, and the peak memory of this process in KiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [peak_kib] = re.findall(r"VmHWM:\s+(\d+)", status)
    print(begun, peak_kib)


def spent_on(work: Callable[[], object]) -> float:
    """CPU seconds of a call in this process, all of its threads included."""
    spent = time.process_time()
    work()
    return time.process_time() - spent


def compared(what: str, form: str, ours: float, other: float, **bound: float) -> Row:
    """Two numbers, written like `form`."""
    return Row(what, form.format(ours), form.format(other), ours / other, **bound)


def flat(what: str, mib: float, mib_at_ten_times: float) -> Row:
    """That the peak memory of something does not grow with the data."""
    what = f"peak memory of {what} at 10 times the data"
    return compared(what, "{:.0f} MiB", mib_at_ten_times, mib, at_most=1.5)
