"""Zip files and folders as named files. A zip that is unsafe to unpack is refused."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from connectors.base import BadFile

MOST_BYTES_PER_ENTRY = 1 << 30
MOST_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 10 << 20
UTF_8_NAME = 0x800
DRIVE = re.compile(r"[A-Za-z]:[/\\]")
# What zipfile raises for damaged, truncated, encrypted or unusually packed entries.
UNREADABLE = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
)


class Archive:
    """The files below a root. Names are relative, with forward slashes."""

    def __init__(self, path: Path, names: dict[str, zipfile.ZipInfo | Path]) -> None:
        self.path, self._names = path, names
        self._zip: zipfile.ZipFile | None = None

    def names(self) -> list[str]:
        return sorted(self._names)

    def read(self, name: str) -> bytes:
        """Return the bytes of one file. Raises BadFile where they are damaged."""
        try:
            with self.open(name) as file:
                return file.read()
        except UNREADABLE as error:
            raise self.unreadable(name, error) from error

    def open(self, name: str) -> IO[bytes]:
        """Open one file to read it in pieces. Raises BadFile where it cannot be opened."""
        file = self._names[name]
        try:
            if isinstance(file, Path):
                return file.open("rb")
            assert self._zip is not None
            return self._zip.open(file)
        except UNREADABLE as error:
            raise self.unreadable(name, error) from error

    def unreadable(self, name: str, error: BaseException) -> BadFile:
        return BadFile(
            f"{name} cannot be read: {error}",
            where=str(self.path),
            advice="Download the export again",
        )

    def __contains__(self, name: str) -> bool:
        return name in self._names


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a zip file, a folder, or a single .json file as an archive of one.

    Raises BadFile for what is none of them, or unsafe to read.
    """
    if path.is_dir():
        files = (f for f in path.rglob("*") if f.is_file() and not f.is_symlink())
        yield Archive(path, {f.relative_to(path).as_posix(): f for f in files})
        return
    if not path.exists():
        raise BadFile("there is no such file or folder", where=str(path))
    if path.suffix.lower() == ".json":
        yield Archive(path, {path.name: path})
        return
    try:
        with zipfile.ZipFile(path) as opened:
            archive = Archive(path, {_name(i): i for i in _safe_entries(path, opened)})
            archive._zip = opened
            yield archive
    except zipfile.BadZipFile as error:
        raise BadFile(
            f"it is not a zip file, or it is damaged ({error})",
            where=str(path),
            advice="Give the .zip as it was downloaded, or the folder that it unpacks to",
        ) from error


def _safe_entries(path: Path, opened: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    for entry in opened.infolist():
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or DRIVE.match(entry.filename):
            raise BadFile(
                f"the entry {entry.filename!r} points outside of the archive",
                where=str(path),
                advice="No platform makes such an archive: do not trust this file",
            )
        ratio = entry.file_size / max(1, entry.compress_size)
        is_large = entry.file_size > RATIO_COUNTS_FROM_BYTES
        if entry.file_size > MOST_BYTES_PER_ENTRY or (is_large and ratio > MOST_RATIO):
            raise BadFile(
                f"the entry {entry.filename!r} unpacks to {entry.file_size:,} bytes, "
                f"{ratio:,.0f} times its size in the archive",
                where=str(path),
                advice="This is a zip bomb or no export. If you trust it, unpack it and give the "
                "folder",
            )
        if not entry.is_dir():
            yield entry


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name: macOS writes UTF-8 without the flag, and zipfile reads cp437."""
    name = entry.filename.replace("\\", "/")
    if entry.flag_bits & UTF_8_NAME:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
