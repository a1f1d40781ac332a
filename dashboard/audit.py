"""The audit log: who opened or was refused which page or file, when; never what stood in it.

It is `audit.log` beside the warehouse, one JSON object a line, for its owner alone. It rotates by
itself, also where several dashboards write it: MOST_BYTES a file, KEPT older files.
"""

import fcntl
import json
import logging
import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from dashboard.roles import Viewer

NAME = "audit.log"
MOST_BYTES = 2_000_000
KEPT = 5
AGAIN_SECONDS = 60.0
MOST_REMEMBERED = 10_000
OPENED, REFUSED, SIGNED_OUT = "opened", "refused", "signed out"

_lock = threading.Lock()
_refused: dict[tuple[str, str, str], float] = {}
_log = logging.getLogger(__name__)


def write(folder: Path, viewer: Viewer, what: str, kind: str, name: str) -> None:
    """Adds a line: `what` became of a wish for a page, a file or another thing of this `name`.

    The same refusal again within AGAIN_SECONDS is not written: a stranger could push others out.
    Where the file cannot be written, the server's own log says so, and the page is shown.
    """
    if what == REFUSED and _is_known(viewer.who, kind, name):
        return
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": viewer.who,
        "role": viewer.role.value,
        "what": what,
        kind: name,
    }
    try:
        with _lock:
            _append(folder / NAME, json.dumps(line).encode() + b"\n")
    except OSError as error:
        _log.error("the audit log %s cannot be written: %s", folder / NAME, error.strerror)


def _is_known(*refusal: str) -> bool:
    """Whether this was refused a moment ago."""
    now = time.monotonic()
    key = (refusal[0], refusal[1], refusal[2])
    with _lock:
        if len(_refused) > MOST_REMEMBERED:
            _refused.clear()
        before = _refused.get(key)
        if before is not None and now - before < AGAIN_SECONDS:
            return True
        _refused[key] = now
        return False


def _append(path: Path, line: bytes) -> None:
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            held = os.fstat(handle)
            if not _is_still(path, held):
                continue  # Another process has rotated it meanwhile.
            if held.st_size and held.st_size + len(line) > MOST_BYTES:
                _rotate(path)
                continue
            os.write(handle, line)
            return
        finally:
            os.close(handle)


def _is_still(path: Path, held: os.stat_result) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return (found.st_dev, found.st_ino) == (held.st_dev, held.st_ino)


def _rotate(path: Path) -> None:
    """Numbers the older files anew, the newest 1; the oldest goes."""
    for number in range(KEPT - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            os.replace(older, path.with_name(f"{path.name}.{number + 1}"))
    os.replace(path, path.with_name(f"{path.name}.1"))
