"""A published file, opened once for all readers."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Opened = TypeVar("Opened")


class OpenedOnce(Generic[Opened]):
    """Files that somebody holds; the last one that was opened is held for those who come next."""

    def __init__(self, open_file: Callable[[Path], Opened]) -> None:
        self._open = open_file
        self._opened: WeakValueDictionary[Path, Opened] = WeakValueDictionary()
        self._last: deque[Opened] = deque(maxlen=1)
        self._opening = Lock()

    def at(self, path: Path) -> Opened:
        """What is at a path. While somebody holds it, it answers, whatever is no longer kept."""
        with self._opening:
            found = self._opened.get(path)
            if found is None:
                self._opened[path] = found = self._open(path)
                self._last.append(found)
            return found
