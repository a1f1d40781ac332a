"""The `vitals` command, run by a page in a process of its own.

A dashboard only reads. What writes is done by the command, as in a terminal: so a page and a
terminal cannot differ.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dashboard import access
from dashboard.access import CONFIG

ERROR = re.compile(r"^error: (.*)", re.M | re.S)
MOST_SECONDS = 900


class CommandFailed(Exception):
    """The command did nothing; says why."""


def is_possible() -> bool:
    """Whether the session may have something written: a manager's, of a dashboard that can."""
    config = os.environ.get(CONFIG)
    can_write = bool(config) and os.access(Path(config or "").parent, os.W_OK)
    return can_write and access.viewer().decides


def run(words: Sequence[str], after: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Runs `vitals` with these words, and others that are no options. Raises CommandFailed."""
    if not access.viewer().decides:
        raise CommandFailed("only managers decide and issue. Ask one of them")
    asked = [*words, "--config", os.environ[CONFIG], *(["--", *after] if after else [])]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines", *asked],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CommandFailed(f"no answer within {MOST_SECONDS} seconds. Try again") from None
    if done.returncode:
        told = ERROR.search(done.stderr)
        raise CommandFailed(told[1].strip() if told else "the command failed without a word")
    return done
