"""The files of GH Archive: their lines, what tells whether a row is wanted, what they cover."""

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from connectors import bounds
from connectors.base import BadFile
from connectors.timestamps import SECOND_MICROSECONDS, iso_microseconds

FIRST_YEAR = "2015"
HOUR = re.compile(r"(\d{4}-\d\d-\d\d)-(\d{1,2})\.")
HOUR_MICROSECONDS = 3600 * SECOND_MICROSECONDS
GZIP_MAGIC, BYTE_ORDER_MARK = b"\x1f\x8b", b"\xef\xbb\xbf"
ADVICE = "Download this hour again, or leave the file out"
UNREADABLE = (OSError, EOFError, zlib.error)


class HeadRepository(msgspec.Struct, frozen=True):
    id: int | None = None
    name: str | None = None


class Head(msgspec.Struct, frozen=True):
    """What tells whether a row is wanted: it is an event if it has a type and a time.

    Before 2015 rows had other layouts: in 2011 a `repo` without id, then a `repository`.
    """

    type: str
    created_at: str
    repo: HeadRepository | None = None


_heads = msgspec.json.Decoder(Head)
_old_heads = msgspec.json.Decoder(dict[str, object])


def read_head(line: bytes) -> Head | None:
    """Return the head of a row; None where it is no event, or broken."""
    try:
        return _heads.decode(line)
    except msgspec.ValidationError:
        return _old_head(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _old_head(line: bytes) -> Head | None:
    """Return the head of an old row; None where another one has an unknown shape."""
    try:
        row = _old_heads.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    kind, created_at = row.get("type"), row.get("created_at")
    if not isinstance(kind, str) or not isinstance(created_at, str) or created_at >= FIRST_YEAR:
        return None
    return Head(kind, created_at)


def hour_of(path: Path) -> tuple[str, int, str]:
    """The date and hour in a file's name; GH Archive writes hours without a leading zero."""
    found = HOUR.match(path.name)
    return (found[1], int(found[2]), path.name) if found else ("", 0, path.name)


class Coverage:
    """The times of which a file tells all: its hour, by its name or by its rows.

    A file of another name that has rows of the source's repositories alone was searched out of all
    hours: it tells all from its first to its last row. One with others, too, tells the hours that
    it has rows of.
    """

    def __init__(self, path: Path) -> None:
        date, hour, _ = hour_of(path)
        self._named = f"{date}T{hour:02}" if date and hour < 24 else ""
        self._first, self._last = "9", ""
        self._hours: set[str] = set()
        self._has_others = False

    def note(self, created_at: str, is_wanted: bool) -> None:
        """Note a row."""
        self._has_others |= not is_wanted
        self._hours.add(created_at[:13])
        self._first, self._last = min(self._first, created_at), max(self._last, created_at)

    def intervals(self) -> list[tuple[int, int]]:
        """Return from when to before when all is told, microseconds since 1970."""
        if not self._hours:
            return []
        if not self._named and not self._has_others:
            begin, last = _time(self._first), _time(self._last)
            return [] if begin is None or last is None else [(begin, last + SECOND_MICROSECONDS)]
        found: list[tuple[int, int]] = []
        for hour in [self._named] if self._named else sorted(self._hours):
            begin = _time(f"{hour}:00:00+00:00")
            if begin is None:
                continue
            follows = bool(found) and found[-1][1] == begin
            first = found.pop()[0] if follows else begin
            found.append((first, begin + HOUR_MICROSECONDS))
        return found


def _time(text: str) -> int | None:
    try:
        return iso_microseconds(text)
    except ValueError:
        return None


def lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file that are not blank.

    Browsers unpack files and keep the name, so the first bytes tell whether it is packed.
    """
    try:
        with path.open("rb") as file:
            is_packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        with gzip.open(path) if is_packed else path.open("rb") as file:
            number, unpacked = 0, 0
            most = max(path.stat().st_size, bounds.RATIO_COUNTS_FROM_BYTES)
            while line := file.readline(bounds.MOST_LINE_BYTES + 1):
                number, unpacked = number + 1, unpacked + len(line)
                if len(line) > bounds.MOST_LINE_BYTES:
                    what = bounds.beyond(f"line {number} has", "MOST_LINE_BYTES")
                    raise BadFile(what, where=str(path), advice=ADVICE)
                if unpacked > most * bounds.MOST_RATIO_TIMES:
                    what = bounds.beyond("it unpacks to", "MOST_RATIO_TIMES") + " its size"
                    raise BadFile(what, where=str(path), advice=ADVICE)
                if line.strip():
                    yield line.removeprefix(BYTE_ORDER_MARK)
    except UNREADABLE as error:
        raise BadFile(f"it cannot be read: {error}", where=str(path), advice=ADVICE) from error
