"""Zip files and folders as named files. A zip that is unsafe to unpack is refused."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO

from connectors import bounds
from connectors.base import BadFile

PIECE_BYTES = 1 << 20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UTF_8_NAME = 0x800
# The record at the end of a zip, after which a comment may follow (PKWARE's APPNOTE.TXT, 4.3.16).
END_MARK, END, MOST_COMMENT_BYTES = b"PK\5\6", struct.Struct("<4s4H2LH"), 1 << 16
UNPACK = "If you trust it, unpack it and give the folder"
DRIVE = re.compile(r"[A-Za-z]:[/\\]")
# What zipfile raises for damaged, truncated, encrypted or unusually packed entries.
UNREADABLE = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    struct.error,
    UnicodeError,
)


class Archive:
    """The files below a root. Names are relative, with forward slashes."""

    def __init__(self, path: Path, root: Path, names: Mapping[str, zipfile.ZipInfo | None]) -> None:
        self.path, self._root, self._names = path, root, names
        self._zip: zipfile.ZipFile | None = None

    def names(self) -> list[str]:
        return sorted(self._names)

    def read(self, name: str) -> bytes:
        """Return the bytes of one file. Raises BadFile where they are damaged, or too many."""
        content = bytearray()
        try:
            with self.open(name) as file:
                # In pieces: a zip's own statement of an entry's size may be wrong.
                while piece := file.read(PIECE_BYTES):
                    content += piece
                    if len(content) > bounds.MOST_FILE_BYTES:
                        what = bounds.beyond(f"{name} has", "MOST_FILE_BYTES")
                        raise BadFile(what, where=str(self.path), advice="Leave it out")
        except UNREADABLE as error:
            raise self.unreadable(name, error) from error
        return bytes(content)

    def open(self, name: str) -> IO[bytes]:
        """Open one file to read it in pieces. Raises BadFile where it cannot be opened."""
        entry = self._names[name]
        try:
            if self._zip is None or entry is None:
                return (self._root / name).open("rb")
            return self._zip.open(entry)
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
        found = (f for f in path.rglob("*") if f.is_file() and not f.is_symlink())
        names = [f.relative_to(path).as_posix() for f in islice(found, bounds.MOST_FILES + 1)]
        _check_number(path, len(names))
        yield Archive(path, path, dict.fromkeys(names))
        return
    if not path.exists():
        raise BadFile("there is no such file or folder", where=str(path))
    if path.suffix.lower() == ".json":
        yield Archive(path, path.parent, {path.name: None})
        return
    try:
        _check_directory(path)
        with zipfile.ZipFile(path) as opened:
            archive = Archive(path, path, {_name(i): i for i in _safe_entries(path, opened)})
            archive._zip = opened
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, struct.error, UnicodeError) as error:
        raise BadFile(
            f"it is not a zip file, or it is damaged ({error})",
            where=str(path),
            advice="Give the .zip as it was downloaded, or the folder that it unpacks to",
        ) from error


def _safe_entries(path: Path, opened: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    _check_number(path, len(opened.infolist()))
    size = max(path.stat().st_size, bounds.RATIO_COUNTS_FROM_BYTES)
    unpacked = sum(entry.file_size for entry in opened.infolist())
    if unpacked > size * bounds.MOST_RATIO_TIMES:
        raise BadFile(
            f"it unpacks to {unpacked:,} bytes: "
            + bounds.beyond("of its own size", "MOST_RATIO_TIMES"),
            where=str(path),
            advice=f"This is a zip bomb or no export. {UNPACK}",
        )
    for entry in opened.infolist():
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or DRIVE.match(entry.filename):
            raise BadFile(
                f"the entry {entry.filename!r} points outside of the archive",
                where=str(path),
                advice="No platform makes such an archive: do not trust this file",
            )
        ratio = entry.file_size / max(1, entry.compress_size)
        is_large = entry.file_size > bounds.RATIO_COUNTS_FROM_BYTES
        is_bomb = is_large and ratio > bounds.MOST_RATIO_TIMES
        if is_bomb or entry.file_size > bounds.MOST_FILE_BYTES:
            raise BadFile(
                f"the entry {entry.filename!r} unpacks to {entry.file_size:,} bytes, "
                f"{ratio:,.0f} times its size in the archive (the bound "
                f"{'MOST_RATIO_TIMES' if is_bomb else 'MOST_FILE_BYTES'})",
                where=str(path),
                advice=f"This is a zip bomb or no export. {UNPACK}",
            )
        if entry.compress_type not in METHODS and not entry.is_dir():
            raise BadFile(
                f"the entry {entry.filename!r} is packed in an unusual way, of which the size "
                "cannot be bounded",
                where=str(path),
                advice=UNPACK,
            )
        if not entry.is_dir():
            yield entry


def _check_directory(path: Path) -> None:
    """Raise BadFile where the list of entries, which is read at once, is too large.

    A list of more than 4 GB is stated as the largest number.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END.size - MOST_COMMENT_BYTES))
        tail = file.read()
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) < at + END.size:
        return
    directory_bytes = min(END.unpack_from(tail, at)[5], size)
    if directory_bytes > bounds.MOST_DIRECTORY_BYTES:
        what = bounds.beyond("its list of entries has", "MOST_DIRECTORY_BYTES")
        raise BadFile(what, where=str(path), advice=f"This is no export. {UNPACK}")


def _check_number(path: Path, files: int) -> None:
    if files > bounds.MOST_FILES:
        what = bounds.beyond("it holds", "MOST_FILES")
        raise BadFile(what, where=str(path), advice="Give the folder of the export alone")


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name: macOS writes UTF-8 without the flag, and zipfile reads cp437."""
    name = entry.filename.replace("\\", "/")
    if entry.flag_bits & UTF_8_NAME:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
