"""Publishing: the checked marts become one immutable file, and a pointer moves to it last."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from warehouse.db import Warehouse, checkpoint

KEPT_SNAPSHOTS = 3


def publish(warehouse: Warehouse) -> Path:
    """Copy the marts to a new snapshot and return its path. Killed at any instant, the pointer
    names a whole snapshot: the old one or the new one.
    """
    folder = warehouse.snapshots
    folder.mkdir(parents=True, exist_ok=True)
    with warehouse.lock("warehouse"):
        for leftover in folder.glob("*.tmp"):
            leftover.unlink()
        path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.duckdb"
        draft = path.with_suffix(".tmp")
        checkpoint(warehouse.marts_path)
        shutil.copyfile(warehouse.marts_path, draft)
        _flush(draft)
        os.replace(draft, path)
        pointer = folder / "CURRENT"
        draft_pointer = folder / "CURRENT.tmp"
        draft_pointer.write_text(path.name)
        _flush(draft_pointer)
        os.replace(draft_pointer, pointer)
        _flush(folder)
        for old in sorted(folder.glob("*.duckdb"))[:-KEPT_SNAPSHOTS]:
            if old != path:
                old.unlink()
    return path


def _flush(path: Path) -> None:
    """Force a file's or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
