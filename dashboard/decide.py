"""Decisions about who is who, made by the command `vitals people`."""

import json
import re
import shlex
import subprocess
from typing import Any, NamedTuple

from dashboard.command import run
from dashboard.data import Row

NUMBER = re.compile(r"^decision (\d+): ", re.M)


class Decided(NamedTuple):
    """A decision that was written, and what it says in words."""

    number: int
    words: str


def preview(*arguments: str) -> list[Row]:
    """Which numbers a decision moves: metric, row, number, before, after. Raises CommandFailed."""
    rows: list[dict[str, Any]] = json.loads(_run(arguments, "--preview", "--format", "json").stdout)
    return rows


def decide(words: str, *arguments: str) -> Decided:
    """Decides, builds and publishes, without asking. Raises CommandFailed."""
    [number] = NUMBER.findall(_run(arguments, "--yes", "--format", "json").stderr)
    return Decided(int(number), words)


def command(*arguments: str) -> str:
    """What to type in a terminal instead."""
    return f"vitals people {shlex.join(arguments)}"


def _run(arguments: tuple[str, ...], *options: str) -> subprocess.CompletedProcess[str]:
    what, *accounts = arguments
    return run(["people", what, *options], accounts)
