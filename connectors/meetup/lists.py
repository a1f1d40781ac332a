"""What the reading of all lists has in common: the run, cursors, and hidden items."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from connectors.base import BlindSpot, Changed, Context, Cursors, Retryable, SourceError
from connectors.graphql import Connection, all_pages
from connectors.http import LATER
from connectors.meetup.queries import MeetupQueries
from connectors.model import END_OF_KEYS, Page, Raw
from connectors.timestamps import SECOND_MICROSECONDS

MOST_READS = 2
UNSTEADY = "the list changed while it was read: some came twice, and others may be missing"
ConnectionT = TypeVar("ConnectionT", bound=Connection)


class MembersCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """The newest time of joining that was landed, and when all members were last read."""

    newest: int = 0
    all_read_at: int = msgspec.field(default=0, name="walked_at")
    stated: int | None = None
    shown: int = 0


class EventsCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the events of a group are read.

    read_to: the start of the newest event landed by the first read of all, until it `is_complete`.
    recent: starts, by token, of the events that the next sync lists again.
    """

    read_to: str = ""
    is_complete: bool = msgspec.field(default=False, name="is_whole")
    recent: dict[str, int] = msgspec.field(default_factory=dict, name="listed")
    stated: int | None = None
    shown: int = 0


class RsvpsCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """When the RSVPs of an event were read, and the state of their list then."""

    list_state: str = msgspec.field(name="mark")
    read_at: int
    stated: int | None = None
    shown: int = 0


# `stated` is how many items Meetup counted, `shown` how many it showed.
ListCursor = MembersCursor | EventsCursor | RsvpsCursor


class HiddenItems:
    """The lists of which Meetup counts more items than it shows."""

    def __init__(self) -> None:
        self._differences: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)

    def compare(self, what: str, cursor: ListCursor) -> None:
        """Note a list of which some are not shown. `what`: members, events or RSVPs."""
        if cursor.stated is not None and cursor.stated > cursor.shown:
            self._differences[what].append((cursor.stated, cursor.shown))

    def blind_spots(self) -> Iterator[BlindSpot]:
        """Yield one blind spot for each kind of list with a difference."""
        for what, numbers in self._differences.items():
            stated, shown = (sum(column) for column in zip(*numbers, strict=True))
            lists = f"{len(numbers)} {'event' if what == 'RSVPs' else 'group'}"
            yield BlindSpot(
                f"some {what}: Meetup counts {stated} and shows {shown} in {lists}"
                + ("s" if len(numbers) > 1 else ""),
                "Meetup does not say why: closed and hidden accounts are counted, too",
                "See that the token's member is an organiser; what is missing then cannot be had",
            )


class Listing(Generic[ConnectionT]):
    """Reads one list of Meetup, again where it does not show all that Meetup counts.

    While a list changes, a row may come on two pages, and another on none. `what` is its name;
    `ids_of` gives the ids on a page.
    """

    def __init__(
        self,
        run: "Run",
        what: str,
        fetch: Callable[[str], ConnectionT],
        ids_of: Callable[[ConnectionT], list[str]],
        first: ConnectionT | None = None,
    ) -> None:
        self._run, self._what, self._fetch, self._ids_of = run, what, fetch, ids_of
        self._first = first
        self.ids: set[str] = set()
        self.stated: int | None = None
        self._is_steady, self.has_failed = True, False

    def pages(
        self, known: ListCursor | None, remembered: Collection[str] | None = None
    ) -> Iterator[ConnectionT]:
        """Yield the pages of a read or two. What cannot be read is noted in the context.

        It is not read again for items that are hidden where `known`, a cursor, tells as many, or
        where nothing of what is `remembered` is missing.
        """
        try:
            for _ in range(MOST_READS):
                yield from self._read()
                is_enough = remembered is not None and self.ids.issuperset(remembered)
                is_known = self._hides_as_many_as(known) or is_enough
                if self.is_whole or (self._is_steady and is_known):
                    return
        except (Retryable, Changed) as error:
            self.has_failed = True
            self._run.could_not_read(self._what, error)
            return
        if not self._is_steady:
            self.has_failed = True
            self._run.context.could_not_read(self._what, Retryable(UNSTEADY, advice=LATER))

    def _read(self) -> Iterator[ConnectionT]:
        rows, found, totals = 0, set[str](), set[int | None]()
        first, self._first = self._first, None
        for page in all_pages(self._fetch, first, self._what):
            ids = self._ids_of(page)
            rows += len(ids)
            found.update(ids)
            self.ids.update(ids)
            totals.add(page.total_count)
            self.stated = page.total_count
            yield page
        self._is_steady = rows == len(found) and len(totals) == 1

    @property
    def is_whole(self) -> bool:
        """Whether all that Meetup counts was shown, so that what is missing does not exist."""
        if self.has_failed:
            return False
        return self._is_steady if self.stated is None else len(self.ids) >= self.stated

    def is_settled(self, known: ListCursor | None) -> bool:
        """Whether it need not be read again: it is whole, or hides as many as the last time."""
        return not self.has_failed and (self.is_whole or self._hides_as_many_as(known))

    def _hides_as_many_as(self, known: ListCursor | None) -> bool:
        hidden = (self.stated or 0) - len(self.ids)
        return (
            known is not None
            and known.stated is not None
            and (known.stated - known.shown == hidden)
        )


@dataclass
class Run:
    """One sync. `now` is Meetup's clock; events that begin after `since` are listed every time.

    `readable` is the urlname of a group that could be read: whether Meetup still answers is tried
    with it.
    """

    queries: MeetupQueries
    context: Context
    cursors: Cursors
    full: bool
    since: int
    now: int = 0
    readable: str = ""
    hidden: HiddenItems = field(default_factory=HiddenItems)

    def page(
        self,
        stream: str,
        partition: str,
        records: list[Raw],
        cursor: ListCursor | None = None,
        **more: Any,
    ) -> Page:
        """Return a page as of now, with `more` of its fields."""
        text = msgspec.json.encode(cursor).decode() if cursor else None
        return Page(stream, partition, records, self.now, cursor=text, **more)

    def could_not_read(self, what: str, error: SourceError) -> None:
        """Note a list that failed alone. Raises the error where nothing can be read, either."""
        self.queries.raise_if_down(self.readable, iso_time(self.since), error)
        self.context.could_not_read(what, error)

    def list_end(
        self,
        stream: str,
        partition: str,
        present: Collection[str],
        cursor: ListCursor,
        *,
        is_whole: bool,
        answers: str | None = None,
    ) -> Page:
        """Return the page that ends a read of a list: if it was whole, all others are gone."""
        covers = ("", END_OF_KEYS) if is_whole else None
        here = frozenset(present)
        return self.page(
            stream, partition, [], cursor, covers=covers, present=here, answers=answers
        )


def iso_time(moment: int) -> str:
    """Return microseconds since 1970 as Meetup takes a time."""
    return datetime.fromtimestamp(moment // SECOND_MICROSECONDS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
