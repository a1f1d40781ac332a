"""The files of a warehouse: for their owner alone, and on the disk before they count."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FOR_OTHERS = 0o077
# What belongs to a warehouse, beside it: a pattern for each kind of file or folder.
OWN = (
    "{stem}.duckdb*",
    "{stem}.marts.duckdb*",
    "email.key",
    "locks",
    "snapshots",
    "prefect",
    "import-*.tmp",
)


def own_files_only() -> None:
    """Let this process and its children make files that nobody but their owner can read."""
    os.umask(FOR_OTHERS)


def tighten(warehouse_path: Path) -> None:
    """Take from others what rights an earlier version left them on the files of a warehouse.

    The folder that holds them may be the user's own: it stays as it is.
    """
    for path in _own(warehouse_path):
        with suppress(OSError):  # It is somebody else's, or it has just been removed.
            found = path.lstat()
            if found.st_mode & FOR_OTHERS and found.st_uid == os.geteuid():
                path.chmod(found.st_mode & 0o700, follow_symlinks=False)


def _own(warehouse_path: Path) -> Iterator[Path]:
    for pattern in OWN:
        for path in warehouse_path.parent.glob(pattern.format(stem=warehouse_path.stem)):
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from path.rglob("*")


def replace(path: Path, draft: Path) -> None:
    """Put a draft in the place of a file, once all of it is on the disk."""
    flush(draft)
    os.replace(draft, path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
