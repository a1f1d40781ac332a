"""How the RSVPs of events are read: all of an event, if its list of RSVPs has news.

The list state, counts and the newest RSVP, comes with the list of events.
"""

from collections.abc import Iterable, Iterator
from functools import partial

import msgspec

from connectors.graphql import all_pages
from connectors.meetup.lists import RsvpsCursor, Run
from connectors.meetup.queries import IdChanged
from connectors.meetup.records import encode_rsvp, rsvp_partition
from connectors.meetup.shapes import EventNode
from connectors.model import Page
from connectors.timestamps import DAY_MICROSECONDS, iso_microseconds

# Check-ins come late: for so long, an event's RSVPs are read every day, changed or not.
LATE_CHECK_INS = 30 * DAY_MICROSECONDS


class RsvpReader:
    """Reads the RSVPs of events."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._known: dict[str, str | None] = {}

    def look_up(self, partitions: Iterable[str]) -> None:
        """Load the cursors of many events at once, as each look-up takes a while."""
        unknown = [partition for partition in partitions if partition not in self._known]
        if unknown:
            self._known |= dict.fromkeys(unknown) | self._run.cursors("rsvps", unknown)

    def pages(self, group_id: str, urlname: str, events: list[EventNode]) -> Iterator[Page]:
        """Yield the RSVPs of those events that have news."""
        partitions = {rsvp_partition(group_id, event.token): event for event in events}
        self.look_up(partitions)
        for partition, event in partitions.items():
            text = self._known.pop(partition)
            cursor = msgspec.json.decode(text, type=RsvpsCursor) if text else None
            if self._has_news(event, cursor):
                yield from self._all(urlname, event, partition)
            elif cursor:
                self._run.hidden.compare("RSVPs", cursor)

    def forget(self, group_id: str, token: str) -> Page:
        """Return the page after which the RSVPs of a deleted event are read again if it returns."""
        return self._run.page("rsvps", rsvp_partition(group_id, token), [], RsvpsCursor("", 0))

    def _has_news(self, event: EventNode, cursor: RsvpsCursor | None) -> bool:
        if cursor is None:
            return event.rsvps.total != 0
        if self._run.full or cursor.list_state != _list_state(event):
            return True
        if event.starts is None:
            return False
        is_recent = iso_microseconds(event.starts) + LATE_CHECK_INS >= self._run.now
        return is_recent and cursor.read_at + DAY_MICROSECONDS <= self._run.now

    def _all(self, urlname: str, event: EventNode, partition: str) -> Iterator[Page]:
        """Yield every RSVP in its present status; records of former statuses are gone then."""
        present: set[str] = set()
        stated: int | None = None
        try:
            for page in all_pages(partial(self._run.queries.rsvps, urlname, event)):
                records = [encode_rsvp(edge.node) for edge in page.edges]
                present.update(record.key for record in records)
                stated = page.total_count
                yield self._run.page("rsvps", partition, records)
        except IdChanged as error:
            self._run.context.warn(f"{error}: its RSVPs are read by the next sync")
            return
        cursor = RsvpsCursor(_list_state(event), self._run.now, stated, len(present))
        self._run.hidden.compare("RSVPs", cursor)
        yield self._run.list_end("rsvps", partition, present, cursor)


def _list_state(event: EventNode) -> str:
    """The totals of an event's RSVPs, and the newest of them as Meetup writes it."""
    of = event.rsvps
    counts = (of.total, of.yes, of.no, of.waitlist, of.attended, of.no_show, of.absent)
    return f"{counts} {bytes(of.edges).decode()}"
