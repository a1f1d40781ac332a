"""Decisions about who is who, made by the command `vitals people` in a process of its own.

A dashboard only reads. The command looks the accounts up, takes the locks, writes the file, builds
and publishes, as it does in a terminal; so a page and a terminal cannot differ.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from dashboard import access
from dashboard.access import CONFIG
from dashboard.data import Row

NUMBER = re.compile(r"^decision (\d+): ", re.M)
ERROR = re.compile(r"^error: (.*)", re.M | re.S)
MOST_SECONDS = 900


class DecisionError(Exception):
    """Nothing was decided; says why."""


class Decided(NamedTuple):
    """A decision that was written, and what it says in words."""

    number: int
    words: str


def is_possible() -> bool:
    """Whether the session may decide: a manager's, of a dashboard that may write the decisions."""
    config = os.environ.get(CONFIG)
    may_write = bool(config) and os.access(Path(config or "").parent, os.W_OK)
    return may_write and access.viewer().decides


def preview(*arguments: str) -> list[Row]:
    """Which numbers a decision moves: metric, row, number, before, after. Raises DecisionError."""
    rows: list[dict[str, Any]] = json.loads(_run(arguments, "--preview", "--format", "json").stdout)
    return rows


def decide(words: str, *arguments: str) -> Decided:
    """Decides, builds and publishes, without asking. Raises DecisionError."""
    [number] = NUMBER.findall(_run(arguments, "--yes", "--format", "json").stderr)
    return Decided(int(number), words)


def command(*arguments: str) -> str:
    """What to type in a terminal instead."""
    return f"vitals people {shlex.join(arguments)}"


def _run(arguments: tuple[str, ...], *options: str) -> subprocess.CompletedProcess[str]:
    if not access.viewer().decides:
        raise DecisionError("only managers decide. Ask one of them")
    what, *accounts = arguments
    asked = [what, *options, "--config", os.environ[CONFIG], "--", *accounts]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines", "people", *asked],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DecisionError(f"no answer within {MOST_SECONDS} seconds. Try again") from None
    if done.returncode:
        told = ERROR.search(done.stderr)
        raise DecisionError(told[1].strip() if told else "the command failed without a word")
    return done
