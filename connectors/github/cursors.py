"""How far a list is read, and how it is read from there: oldest first, or newest first.

A list that GitHub filters by `since` is read oldest first, each page from the newest time of the
one before, so that a row that moves between two pages is not missed. The others are read newest
first, down to what is landed; an unfinished backfill is remembered with each of its pages.
"""

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from connectors.base import Changed, Retryable
from connectors.github.api import EndsEarly, InvalidCursor
from connectors.github.lists import ListReader
from connectors.github.reading import Reading
from connectors.github.rows import ParsedRow
from connectors.http import RateLimited

# Deletions show only in a list that is read as a whole: one with news is, when it was so long ago.
WHOLE_AGAIN = timedelta(days=7)


class Backfill(msgspec.Struct, frozen=True, omit_defaults=True):
    """A newest-first read that is not over: landed from `top` down to where `next` begins."""

    top: str
    next: str


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a list is read.

    newest: the newest time landed by a read that is over. etag: of the page that the next sync
    asks for first. list_state: the state before the list was last read to its end. whole_at: when
    it was last read as a whole, microseconds since 1970 of the platform's clock. head: the first
    row of a newest-first list. count: how many rows GitHub counted then. shortfall: how many fewer
    it showed when it was read as a whole. owes_whole: it has to be read as a whole again.
    ends_early: GitHub does not show it to its end. hole_reads: so many reads in a row missed items.
    """

    newest: str = ""
    etag: str = ""
    list_state: str = msgspec.field(default="", name="mark")
    backfill: Backfill | None = msgspec.field(default=None, name="walk")
    whole_at: int = 0
    head: str = ""
    count: int | None = None
    shortfall: int = 0
    owes_whole: bool = False
    ends_early: bool = False
    hole_reads: int = 0

    @property
    def text(self) -> str:
        return msgspec.json.encode(self).decode()

    def after(self, before: "Cursor") -> "Cursor":
        """Return this place of a read that goes on, with what is known of the list from before."""
        return msgspec.structs.replace(
            before,
            newest=self.newest,
            etag=self.etag,
            list_state="",
            backfill=self.backfill,
        )

    def is_due(self, now: int) -> bool:
        """Whether the list was read as a whole so long ago that deletions have to be found.

        A time far in the future is that of a wrong clock.
        """
        is_at_rest = self.whole_at > 0 and self.backfill is None
        return is_at_rest and abs(now - self.whole_at) >= WHOLE_AGAIN // timedelta(microseconds=1)


Steps = Iterator[tuple[list[ParsedRow], Cursor]]


def oldest_first(reader: ListReader, cursor: Cursor, seen: Reading) -> Steps:
    """Yield pages of rows after the cursor, each with the cursor to land with it."""
    next = ""
    while page := reader.page(cursor.newest, next, cursor.etag):
        seen.take(page, cursor.newest)
        has_moved = page.newest > cursor.newest
        newest = max(page.newest, cursor.newest)
        if not page.next:
            yield page.rows, Cursor(newest, "" if has_moved else page.etag)
            return
        # A page of one single time brings no newer time to go on from: its next page is read.
        next = "" if has_moved else page.next
        cursor = Cursor(newest)
        yield page.rows, cursor
        seen.turn(page, f"{newest} {next}")
    yield [], Cursor(cursor.newest, cursor.etag)


def newest_first(reader: ListReader, cursor: Cursor, seen: Reading) -> Steps:
    """Yield pages of rows down to the cursor, each with the cursor to land with it.

    An interrupted backfill is ended first; what is newer than it comes next. Where it cannot go on,
    the list is read from its beginning. `newest` moves when a read is over.
    """
    if cursor.backfill is not None:
        older = Reading(reader.where)
        try:
            for parsed, moved in _down(reader, cursor, cursor.backfill, older):
                cursor = moved
                yield parsed, cursor
            seen.take_faults(older)
        except RateLimited:
            raise
        except (InvalidCursor, Retryable, Changed):
            cursor = Cursor(cursor.newest)
    yield from _down(reader, Cursor(cursor.newest, cursor.etag), Backfill("", ""), seen)


def _down(reader: ListReader, before: Cursor, backfill: Backfill, seen: Reading) -> Steps:
    etag = "" if backfill.next else before.etag
    first_etag = ""
    while True:
        try:
            page = reader.page(before.newest, backfill.next, etag)
        except EndsEarly:
            if not backfill.next:
                raise
            seen.ends_early = True
            yield [], Cursor(max(backfill.top, before.newest), first_etag)
            return
        if page is None:
            break
        seen.take(page, "")
        etag, first_etag = "", first_etag if backfill.next else page.etag
        top = backfill.top or page.newest
        if (not page.next and not page.is_cut) or "" < page.oldest < before.newest:
            yield page.rows, Cursor(max(top, before.newest), first_etag)
            return
        backfill = Backfill(top, page.next)
        yield page.rows, Cursor(before.newest, backfill=backfill if page.next else None)
        seen.turn(page, page.next)
    yield [], Cursor(before.newest, before.etag)
