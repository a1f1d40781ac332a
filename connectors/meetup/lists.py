"""What the reading of all lists has in common: the run, ends of lists, and hidden items."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from connectors.base import BlindSpot, Context, Cursors
from connectors.meetup.queries import MeetupQueries
from connectors.model import END_OF_KEYS, Page, Raw
from connectors.timestamps import SECOND_MICROSECONDS


class ListCursor(Protocol):
    """A cursor that keeps how many items Meetup counted, and how many it showed."""

    @property
    def stated(self) -> int | None: ...

    @property
    def shown(self) -> int: ...


@dataclass
class _Difference:
    stated: int = 0
    shown: int = 0
    lists: int = 0


class HiddenItems:
    """The lists of which Meetup counts another number of items than it shows."""

    def __init__(self) -> None:
        self._differences: defaultdict[str, _Difference] = defaultdict(_Difference)

    def compare(self, what: str, cursor: ListCursor) -> None:
        """Note a list whose two numbers differ. `what`: members, events or RSVPs."""
        if cursor.stated is not None and cursor.stated != cursor.shown:
            difference = self._differences[what]
            difference.stated += cursor.stated
            difference.shown += cursor.shown
            difference.lists += 1

    def blind_spots(self) -> Iterator[BlindSpot]:
        """Yield one blind spot for each kind of list with a difference."""
        for what, found in self._differences.items():
            lists = f"{found.lists} {'event' if what == 'RSVPs' else 'group'}"
            yield BlindSpot(
                f"some {what}: Meetup counts {found.stated} and shows {found.shown} in {lists}"
                + ("s" if found.lists > 1 else ""),
                "Meetup does not say why: closed and hidden accounts are counted, too",
                "See that the token's member is an organiser; what is missing then cannot be had",
            )


@dataclass
class Run:
    """One sync. `now` is Meetup's clock; events that begin after `since` are listed every time."""

    queries: MeetupQueries
    context: Context
    cursors: Cursors
    full: bool
    since: int
    now: int = 0
    hidden: HiddenItems = field(default_factory=HiddenItems)

    def page(
        self, stream: str, partition: str, records: list[Raw], cursor: ListCursor | None = None
    ) -> Page:
        """Return a page as of now."""
        text = cursor_text(cursor) if cursor else None
        return Page(stream, partition, records, self.now, cursor=text)

    def list_end(
        self,
        stream: str,
        partition: str,
        present: set[str],
        cursor: ListCursor,
        answers: str | None = None,
    ) -> Page:
        """Return the page that ends a complete read of a list: what is not `present` is gone.

        A list that shows none of the items that it counts is hidden from us, not empty.
        """
        is_hidden = not present and bool(cursor.stated)
        return Page(
            stream,
            partition,
            [],
            self.now,
            cursor=cursor_text(cursor),
            covers=None if is_hidden else ("", END_OF_KEYS),
            present=frozenset(present),
            answers=answers,
        )


def cursor_text(cursor: ListCursor) -> str:
    """Return a cursor as JSON."""
    return msgspec.json.encode(cursor).decode()


def iso_time(moment: int) -> str:
    """Return microseconds since 1970 as Meetup takes a time."""
    return datetime.fromtimestamp(moment // SECOND_MICROSECONDS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
