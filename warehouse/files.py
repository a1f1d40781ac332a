"""The files of a warehouse: for their owner alone, and on the disk before they count."""

import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FOR_OTHERS = 0o077


def own_files_only() -> None:
    """Let this process and its children make files that nobody but their owner can read."""
    os.umask(FOR_OTHERS)


def tighten(warehouse_path: Path) -> None:
    """Take from others the rights that an earlier version left them on a warehouse's files.

    The folder that holds them may be the user's own: it stays as it is.
    """
    for path in _own_files(warehouse_path):
        with suppress(OSError):  # It may be somebody else's, or have just been removed.
            found = path.lstat()
            is_ours = found.st_uid == os.geteuid() and not path.is_symlink()
            if is_ours and found.st_mode & FOR_OTHERS:
                path.chmod(stat.S_IMODE(found.st_mode) & ~FOR_OTHERS)


def how_to_get_at(path: Path) -> str:
    """Return what to do where this user may not read or write a file, or what is in a folder."""
    for barred in (*reversed(path.absolute().parents), path.absolute()):
        try:
            found = barred.stat()
        except OSError:
            break
        needed = os.R_OK | os.W_OK | os.X_OK if barred.is_dir() else os.R_OK | os.W_OK
        is_on_the_way = barred != path.absolute() and barred != path.absolute().parent
        if os.access(barred, os.X_OK if is_on_the_way else needed):
            continue
        if found.st_uid == os.geteuid():
            return f"It is yours: chmod u+rwX {shlex.quote(str(barred))}"
        owner, user = _user_name(found.st_uid), _user_name(os.geteuid())
        return (
            f"{barred} belongs to {owner}, and you are {user}: run the command as {owner}, or "
            "choose a place that is yours"
        )
    return "Choose a place where you may read and write"


def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _own_files(warehouse_path: Path) -> Iterator[Path]:
    folder, stem = warehouse_path.parent, warehouse_path.stem
    for file in (warehouse_path.name, f"{stem}.marts.duckdb"):
        yield from (folder / file, folder / f"{file}.wal")
    yield from (folder / "email.key", folder / "today.json")
    own = [folder / name for name in ("locks", "snapshots", "aggregates", "reports", "prefect")]
    for top in (*own, *folder.glob("import-*.tmp")):
        for found, _, files in os.walk(top):  # It passes over what cannot be read.
            yield from (Path(found), *(Path(found, name) for name in files))


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
