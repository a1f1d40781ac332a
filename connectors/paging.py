"""The guard of a paged list: one that goes round in circles ends with an error, not never."""

from collections.abc import Collection

from connectors import bounds
from connectors.base import Retryable

ADVICE = "What it showed is kept. The next sync tries again"


class Endless(Retryable):
    """A list gives the same cursor or the same page again and again, or has no end."""


class PageGuard:
    """Watches the pages of one list, of which `where` is the name in an error."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._cursors: set[int] = set()
        self._last_keys: frozenset[str] = frozenset()
        self._idle_pages = 0

    def turn(self, cursor: str, keys: Collection[str]) -> None:
        """Note a page: what was found on it, and the cursor of the page to be asked for next.

        Raises Endless for a cursor that was there before, after `MOST_IDLE_PAGES` pages in a row
        that brought nothing or the same as the page before, and after `MOST_PAGES` pages.
        """
        found = frozenset(keys)
        is_idle = not found or found == self._last_keys
        self._idle_pages = self._idle_pages + 1 if is_idle else 0
        self._last_keys = found
        if hash(cursor) in self._cursors or self._idle_pages >= bounds.MOST_IDLE_PAGES:
            what = "the platform gives the same page again and again"
            raise Endless(what, where=self._where, advice=ADVICE)
        self._cursors.add(hash(cursor))
        if len(self._cursors) >= bounds.MOST_PAGES:
            what = bounds.beyond("the list has", "MOST_PAGES")
            raise Endless(what, where=self._where, advice=ADVICE)
