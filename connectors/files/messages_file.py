"""A file of one JSON object whose last great part is a list of messages, read in pieces.

Python's own JSON scanner reads one message after the other out of the piece in memory: that is
several times as fast as an event parser, in memory that does not grow with the file.
"""

import json
import re
from collections.abc import Iterator
from io import TextIOWrapper
from types import TracebackType
from typing import Any, TypeVar

import msgspec

from connectors.base import BadFile
from connectors.files.archive import UNREADABLE, Archive

T = TypeVar("T")

PIECE_CHARACTERS = 1 << 20
MOST_CHARACTERS = 1 << 26  # of a head or one message: beyond it the file is something else
LIST_BEGINS = re.compile(r'"messages"\s*:\s*\[')
BETWEEN = re.compile(r"[\s,]*")


class MessagesFile:
    """One file of an archive: its head, then its rows. To be used in a with statement."""

    def __init__(self, archive: Archive, name: str) -> None:
        self._archive, self._name = archive, name
        self.where = name if name == archive.path.name else f"{archive.path}, {name}"
        self._rest = ""
        self._scan = json.JSONDecoder().raw_decode

    def __enter__(self) -> "MessagesFile":
        opened = self._archive.open(self._name)
        self._text = TextIOWrapper(opened, encoding="utf-8-sig", errors="replace")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._text.close()

    def head(self, shape: type[T]) -> T | None:
        """What stands before the list; None where the file is of another shape."""
        while (found := LIST_BEGINS.search(self._rest)) is None:
            if len(self._rest) > MOST_CHARACTERS or not self._more():
                return None
        head, self._rest = self._rest[: found.start()], self._rest[found.end() :]
        try:
            return msgspec.json.decode(head.rstrip().rstrip(",") + "}", type=shape)
        except msgspec.DecodeError:
            return None

    def rows(self) -> Iterator[Any]:
        """Every element of the list. Raises BadFile where the file is broken or breaks off."""
        position = 0
        while True:
            between = BETWEEN.match(self._rest, position)
            position = between.end() if between else position
            if self._rest.startswith("]", position):
                return
            try:
                row, position = self._scan(self._rest, position)
            except json.JSONDecodeError as error:
                self._rest, position = self._rest[position:], 0
                if len(self._rest) > MOST_CHARACTERS or not self._more():
                    raise BadFile(
                        f"it is broken or breaks off after a message: {error.msg}",
                        where=self.where,
                        advice="Export that channel again",
                    ) from error
            else:
                yield row

    def _more(self) -> bool:
        """Read on; as much again as is waiting, so that a huge message takes few steps."""
        try:
            piece = self._text.read(max(PIECE_CHARACTERS, len(self._rest)))
        except UNREADABLE as error:
            raise self._archive.unreadable(self._name, error) from error
        self._rest += piece
        return bool(piece)
