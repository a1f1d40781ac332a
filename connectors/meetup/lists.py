"""What the reading of all lists has in common: the run, cursors, and hidden items."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from connectors.base import BlindSpot, Context, Cursors
from connectors.meetup.queries import MeetupQueries
from connectors.model import END_OF_KEYS, Page, Raw
from connectors.timestamps import SECOND_MICROSECONDS


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
    """The lists of which Meetup counts another number of items than it shows."""

    def __init__(self) -> None:
        self._differences: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)

    def compare(self, what: str, cursor: ListCursor) -> None:
        """Note a list whose two numbers differ. `what`: members, events or RSVPs."""
        if cursor.stated is not None and cursor.stated != cursor.shown:
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
        covers = None if is_hidden else ("", END_OF_KEYS)
        here = frozenset(present)
        return self.page(
            stream, partition, [], cursor, covers=covers, present=here, answers=answers
        )


def iso_time(moment: int) -> str:
    """Return microseconds since 1970 as Meetup takes a time."""
    return datetime.fromtimestamp(moment // SECOND_MICROSECONDS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
