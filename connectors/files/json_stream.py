"""JSON files of any size, read in pieces: a list's elements, or values that follow each other.

Python's own JSON scanner reads one value after the other from the text in memory: that is faster
than an event parser, in memory that does not grow with the file.
"""

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from connectors import bounds
from connectors.base import BadFile
from connectors.files.archives import UNREADABLE, Archive
from connectors.json_depth import NestedText, is_too_deep

PIECE_BYTES = 1 << 20
LONGEST_TOKEN = 16  # of those that are no text
MESSAGES = re.compile(r'"messages"\s*:\s*(\[|null)')
MOST_DIGITS = 1000  # a longer number is read as infinity
BETWEEN = re.compile(r"[\s,]*")
# Some programs write line ends and tabs within texts, which JSON forbids.
CONTROL_TO_SPACE = bytes.maketrans(bytes(range(32)), b" " * 32)


@contextmanager
def open_json(archive: Archive, name: str) -> Iterator["JsonStream"]:
    """Open one file of an archive. Raises BadFile where it cannot be opened."""
    with archive.open(name) as file:
        yield JsonStream(archive, name, file)


class JsonStream:
    """One file that is read once from its beginning. `where` names it in errors."""

    def __init__(self, archive: Archive, name: str, file: IO[bytes]) -> None:
        self._archive, self._name, self._file = archive, name, file
        self.where = name if name == archive.path.name else f"{archive.path}, {name}"
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._scan = json.JSONDecoder().raw_decode
        self._scan_long_numbers = json.JSONDecoder(parse_int=_long_number).raw_decode
        self._text, self._position = "", 0  # what was read, and up to where it was parsed

    def head(self) -> Any:
        """Return the fields before the list `messages`; None where the file has no such list."""
        while (found := MESSAGES.search(self._text)) is None:
            if len(self._text) > bounds.MOST_HEAD_CHARACTERS or not self._read_more():
                return None
        head = self._text[: found.start()].rstrip().rstrip(",") + "}"
        self._position = found.end()
        if found[1] == "null":
            self._text, self._position = "]", 0
        try:
            return json.loads(head)
        except (ValueError, RecursionError):
            return None

    def elements(self) -> Iterator[Any]:
        """Yield each element of the list that has begun. Raises BadFile where the file is broken.

        A list begins at a `[`, or after the `head`.
        """
        while self._next_character() != "]":
            yield self._value()
        self._position += 1

    def values(self) -> Iterator[Any]:
        """Yield each value of the file, a list's elements one by one. Raises BadFile."""
        while character := self._next_character():
            if character == "[":
                self._position += 1
                yield from self.elements()
            else:
                yield self._value()

    def _next_character(self) -> str:
        """Return the first character of the next value, or of the list's end; "" at the end."""
        while True:
            between = BETWEEN.match(self._text, self._position)
            self._position = between.end() if between else self._position
            if self._position < len(self._text):
                return self._text[self._position]
            if not self._read_more():
                return ""

    def _value(self) -> Any:
        while True:
            try:
                value, end = self._scan(self._text, self._position)
            except json.JSONDecodeError as error:
                is_cut = error.pos + LONGEST_TOKEN >= len(self._text) or "Untermin" in error.msg
                if not is_cut or not self._read_more():
                    raise self._broken(error.msg) from error
            except ValueError:  # Python reads no number of more than 4300 digits
                self._scan = self._scan_long_numbers
            except RecursionError:
                return self._shallow_value()
            else:
                if is_too_deep(value, self._text, self._position, end):
                    return self._shallow_value()
                # A number near the end of the text may go on: "2." before "5", "2e-" before "5".
                if end + 2 < len(self._text) or not self._read_more():
                    self._position = end
                    return value

    def _shallow_value(self) -> Any:
        """Return the next value, with null in place of what is nested too deeply in it."""
        nested = NestedText()
        while (end := nested.scan(self._text, self._position)) is None:
            if not self._read_more():
                levels = bounds.beyond("it has", "MOST_JSON_LEVELS")
                raise self._broken(f"it is nested too deeply, {levels}")
        try:
            value, _ = self._scan_long_numbers("".join(nested.kept))
        except ValueError as error:
            raise self._broken(str(error)) from error
        self._position = end
        return value

    def _read_more(self) -> bool:
        """Add to the text; as much again as is waiting, so that a long value takes few steps."""
        waiting = len(self._text) - self._position
        if waiting > bounds.MOST_VALUE_CHARACTERS:
            raise self._broken(bounds.beyond("a value has", "MOST_VALUE_CHARACTERS"))
        try:
            piece = self._file.read(max(PIECE_BYTES, waiting))
        except UNREADABLE as error:
            raise self._archive.unreadable(self._name, error) from error
        if piece:
            more = self._decoder.decode(piece.translate(CONTROL_TO_SPACE))
            self._text, self._position = self._text[self._position :] + more, 0
        return bool(piece)

    def _broken(self, what: str) -> BadFile:
        return BadFile(
            f"the file is broken or breaks off: {what}",
            where=self.where,
            advice="Export or download it again",
        )


def _long_number(digits: str) -> int | float:
    return int(digits) if len(digits) <= MOST_DIGITS else float("inf")
