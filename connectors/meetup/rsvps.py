"""How the RSVPs of events are read: all of an event, if its list of RSVPs has news.

The list state, counts and the newest RSVP, comes with the list of events.
"""

from collections.abc import Iterable, Iterator
from functools import partial

import msgspec

from connectors.graphql import Edges
from connectors.meetup.events import moment
from connectors.meetup.lists import Listing, RsvpsCursor, Run
from connectors.meetup.queries import IdChanged
from connectors.meetup.records import encode_rsvp, rsvp_partition
from connectors.meetup.shapes import Edge, EventNode, RsvpNode
from connectors.model import Page
from connectors.timestamps import DAY_MICROSECONDS

# Check-ins come late: for so long, an event's RSVPs are read every day, changed or not.
LATE_CHECK_INS = 30 * DAY_MICROSECONDS


class RsvpReader:
    """Reads the RSVPs of events. `failed`: of how many they could not be read."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._known: dict[str, str | None] = {}
        self.failed = 0

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
                yield from self._all(urlname, event, partition, cursor)
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
        starts_at = moment(event.starts)
        if starts_at is None:
            return False
        is_recent = starts_at + LATE_CHECK_INS >= self._run.now
        return is_recent and cursor.read_at + DAY_MICROSECONDS <= self._run.now

    def _all(
        self, urlname: str, event: EventNode, partition: str, known: RsvpsCursor | None
    ) -> Iterator[Page]:
        """Yield every RSVP in its present status; records of former statuses are gone then."""
        run, statuses = self._run, dict[str, str]()
        ask = partial(run.queries.rsvps, urlname, event)
        listing = Listing(run, f"the RSVPs of {event.title} ({event.token})", ask, _ids)
        try:
            for page in listing.pages(known):
                records = [encode_rsvp(edge.node) for edge in page.edges]
                nodes = [edge.node for edge in page.edges]
                statuses |= {
                    node.id: record.key for node, record in zip(nodes, records, strict=True)
                }
                yield run.page("rsvps", partition, records)
        except IdChanged as error:
            run.context.warn(f"{error}: its RSVPs are read by the next sync")
            return
        if listing.has_failed:
            self.failed += 1
            return
        state = _list_state(event) if listing.is_settled(known) else ""
        cursor = RsvpsCursor(state, run.now, listing.stated, len(listing.ids))
        run.hidden.compare("RSVPs", cursor)
        if not listing.is_whole:
            for id, key in statuses.items():
                covers = (f"{id}:", f"{id};")
                yield run.page("rsvps", partition, [], covers=covers, present=frozenset({key}))
        yield run.list_end("rsvps", partition, statuses.values(), cursor, is_whole=listing.is_whole)


def _ids(page: Edges[Edge[RsvpNode]]) -> list[str]:
    return [edge.node.id for edge in page.edges]


def _list_state(event: EventNode) -> str:
    """The totals of an event's RSVPs, and the newest of them as Meetup writes it."""
    of = event.rsvps
    counts = (of.total, of.yes, of.no, of.waitlist, of.attended, of.no_show, of.absent)
    return f"{counts} {bytes(of.edges).decode()}"
