"""One sync of one list: what is read of it, and what that says about what has gone."""

import msgspec

from connectors.base import BlindSpot, Context, Retryable
from connectors.github.api import EARLY_END, EARLY_END_ADVICE
from connectors.github.cursors import Cursor, Steps, newest_first, oldest_first
from connectors.github.lists import ListReader
from connectors.github.queries import ListState
from connectors.github.reading import Reading
from connectors.http import LATER

# So many reads in a row ask for an item again that GitHub could not tell.
MOST_HOLE_READS = 3
# GitHub counts stars of suspended accounts and forks that are private, and shows neither: a longer
# list of them is read as a whole weekly at most.
COUNTS_HIDDEN, MOST_ROWS_AT_ONCE = ("stars", "forks"), 1000


class ListSync:
    """One list, how far it was read before, and what GitHub tells of it now.

    `as_of` is the platform's clock. `has_lost_rows`: it had rows that are gone.
    """

    def __init__(
        self,
        reader: ListReader,
        name: str,
        before: Cursor,
        state: ListState,
        as_of: int,
        context: Context,
        has_lost_rows: bool,
    ) -> None:
        self._reader, self._name, self._before, self._state = reader, name, before, state
        self._as_of, self._context = as_of, context
        self.has_lost_rows = has_lost_rows or self._lacks(new=0)
        is_short = reader.stream not in COUNTS_HIDDEN or (state.total or 0) <= MOST_ROWS_AT_ONCE
        self._can_be_whole_now = is_short or before.is_due(as_of)
        self.is_whole = False
        self._last, self._seen = before, Reading(reader.where)

    @property
    def _has_to_be_whole(self) -> bool:
        return (self.has_lost_rows or self._before.owes_whole) and self._can_be_whole_now

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is new since the list was last read, and nothing has gone."""
        is_same = bool(self._state.text) and self._before.list_state == self._state.text
        return is_same and not self._has_to_be_whole

    def note_what_is_never_shown(self) -> None:
        """Name what GitHub did not show of the list when it was last read as a whole."""
        if self._before.ends_early:
            self._blind(EARLY_END, EARLY_END_ADVICE)
        elif self._before.shortfall:
            self._blind(*_short_by(self._before.shortfall))

    def read(self, full: bool) -> Steps:
        """Yield pages of rows, each with the cursor to land with it.

        A read for news that finds rows gone is followed by a read of the whole list.
        """
        self.is_whole = full or self._has_to_be_whole or self._before.is_due(self._as_of)
        yield from self._read()
        if not self.is_whole and self._finds_loss():
            self.has_lost_rows = True
            if self._can_be_whole_now:
                self.is_whole = True
                yield from self._read()

    def _read(self) -> Steps:
        read = oldest_first if self._reader.is_oldest_first else newest_first
        self._seen = Reading(self._reader.where)
        for parsed, cursor in read(
            self._reader, Cursor() if self.is_whole else self._before, self._seen
        ):
            self._last = cursor.after(self._before)
            yield parsed, self._last

    def _finds_loss(self) -> bool:
        """Whether what was landed is no longer in the list, as far as its news can tell."""
        before, seen = self._before, self._seen
        if before.backfill is not None or not seen.keys:
            return False
        if self._reader.is_history and before.head:
            return before.head not in seen.keys
        return self._lacks(new=seen.count_newer(before.newest))

    def _lacks(self, new: int) -> bool:
        """Whether GitHub counts fewer rows than it did before, together with the new ones."""
        now, then = self._state.total, self._before.count
        return now is not None and then is not None and now < then + new

    def end(self) -> tuple[Cursor, bool]:
        """Return the cursor after the read, and whether nothing else of the list exists.

        What it could not show becomes a blind spot.
        """
        before, seen, count = self._before, self._seen, self._state.total
        is_first = not before.newest and not before.whole_at and before.backfill is None
        is_all = self.is_whole or is_first
        cursor = msgspec.structs.replace(
            self._last,
            list_state=self._state.text,
            count=count,
            head=seen.head or before.head,
            whole_at=self._as_of if is_all or not before.whole_at else before.whole_at,
            owes_whole=(self.has_lost_rows or before.owes_whole) and not self.is_whole,
            ends_early=seen.ends_early or (before.ends_early and not is_all),
            hole_reads=0,
        )
        if seen.holes:
            return self._with_holes(cursor), False
        if self._has_gaps(is_all):
            error = Retryable("rows are missing in what GitHub showed", advice=LATER)
            self._context.could_not_read(self._name, error)
            return msgspec.structs.replace(cursor, owes_whole=True), False
        if cursor.ends_early:
            self._blind(EARLY_END, EARLY_END_ADVICE)
            return cursor, False
        if is_all and count is not None and len(seen.keys) < count:
            return self._fall_short(cursor, count - len(seen.keys)), False
        if not is_all:
            self.note_what_is_never_shown()
            return cursor, False
        return msgspec.structs.replace(cursor, shortfall=0), self.is_whole

    def _has_gaps(self, is_all: bool) -> bool:
        """Whether rows must be missing in what was read, apart from what GitHub counts."""
        before, seen = self._before, self._seen
        if seen.has_shifted and (self._state.total is None or not is_all):
            return True
        if self._reader.is_oldest_first and self._last.newest < before.newest:
            # The newest row has gone, or the list ended early: what is there from then on?
            page = self._reader.page(before.newest, "", "")
            return page is not None and page.newest >= before.newest
        return is_all and not seen.ends_early and seen.lacks_needed

    def _fall_short(self, cursor: Cursor, shortfall: int) -> Cursor:
        """Have a list that showed less than GitHub counts read once more, then believe it."""
        is_known = shortfall == self._before.shortfall
        self._blind(*_short_by(shortfall))
        return msgspec.structs.replace(cursor, shortfall=shortfall, owes_whole=not is_known)

    def _with_holes(self, cursor: Cursor) -> Cursor:
        """Name the items that could not be read; those that may be later are asked for again."""
        seen, before = self._seen, self._before
        later = [hole for hole in seen.holes if isinstance(hole, Retryable)]
        never = [hole for hole in seen.holes if not isinstance(hole, Retryable)]
        if never:
            self._blind(never[0].what, never[0].advice, len(never))
        if not later or seen.hole_time is None:
            return cursor
        if before.hole_reads >= MOST_HOLE_READS:
            self._blind(later[0].what, later[0].advice, len(later))
            return msgspec.structs.replace(cursor, hole_reads=before.hole_reads)
        self._context.could_not_read(_some_of(self._name, len(later)), later[0])
        return msgspec.structs.replace(
            cursor,
            newest=min(cursor.newest, seen.hole_time),
            etag="",
            list_state="",
            hole_reads=before.hole_reads + 1,
        )

    def _blind(self, reason: str, advice: str, items: int = 0) -> None:
        what = _some_of(self._name, items) if items else self._name
        self._context.blind_spots.append(BlindSpot(what, reason, advice))


def _some_of(name: str, items: int) -> str:
    return f"{items} item{'s' if items > 1 else ''} of {name}"


def _short_by(rows: int) -> tuple[str, str]:
    return (
        f"GitHub counts {rows} more than it shows",
        "Nothing of it counts as gone. It may hide those of suspended accounts",
    )
