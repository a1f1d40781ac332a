"""How a group's members, events and RSVPs are read: all once, then what is new.

Meetup filters nothing by the time of its change. What an event's RSVPs look like from afar (their
counts and the newest of them) comes with the list of events, and tells whether they are worth
asking for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import msgspec

from connectors.base import BlindSpot, Context, Cursors
from connectors.graphql import all_pages
from connectors.meetup.events import is_announced
from connectors.meetup.queries import Asker, Moved
from connectors.meetup.records import (
    encode_event,
    encode_member,
    encode_rsvp,
    rsvp_partition,
)
from connectors.meetup.shapes import EventNode, GroupNode, MemberEdge
from connectors.model import END_OF_KEYS, Page, Raw
from connectors.timestamps import DAY_MICROSECONDS, SECOND_MICROSECONDS, iso_microseconds

LEAVERS_AFTER = 7 * DAY_MICROSECONDS
WINDOW = 90 * DAY_MICROSECONDS
# Attendance is entered late: so long an event's RSVPs are read every day, changed or not.
LATE_MARKS = 30 * DAY_MICROSECONDS


class MembersRead(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far members are read: the newest that joined, and the last walk over all of them."""

    newest: int = 0
    walked_at: int = 0
    stated: int | None = None
    shown: int = 0


class EventsRead(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far events are read.

    read_to: where the walk over all of them stands, until it `is_whole`. listed: the tokens of
    those that a sync lists anew, and when they begin.
    """

    read_to: str = ""
    is_whole: bool = False
    listed: dict[str, int] = {}
    stated: int | None = None
    shown: int = 0


class RsvpsRead(msgspec.Struct, frozen=True, omit_defaults=True):
    """When an event's RSVPs were read, and what they looked like from afar before."""

    mark: str
    read_at: int
    stated: int | None = None
    shown: int = 0


Read = MembersRead | EventsRead | RsvpsRead


@dataclass
class Tally:
    """Where what Meetup counts is not what it shows."""

    stated: int = 0
    shown: int = 0
    places: int = 0


@dataclass
class Walks:
    """The walks over groups. `since` begins the time in which every sync lists events anew.

    `now` is Meetup's clock; `done` of the `total` groups are read. `rsvps_read` are the cursors of
    events that are yet to come by.
    """

    asker: Asker
    context: Context
    cursors: Cursors
    full: bool
    since: int
    now: int = 0
    total: int | None = None
    done: int = 0
    rsvps_read: dict[str, str | None] = field(default_factory=dict)
    tallies: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def pages(self, groups: list[GroupNode]) -> Iterator[Page]:
        """The members, the events and their RSVPs of groups that were seen `now`."""
        ids = [group.id for group in groups]
        members = self.cursors("members", ids)
        events = {} if self.full else self.cursors("events", ids)
        reads = {
            id: msgspec.json.decode(events[id], type=EventsRead) if id in events else EventsRead()
            for id in ids
        }
        self._look_up(rsvp_partition(id, token) for id in ids for token in reads[id].listed)
        for group in groups:
            self.context.progress(group.name, self.done, self.total)
            self.done += 1
            text = members.get(group.id)
            joined = msgspec.json.decode(text, type=MembersRead) if text else MembersRead()
            yield from self._members(group, joined)
            read = reads[group.id]
            walk = self._recent_events if read.is_whole else self._all_events
            yield from walk(group, read)

    def _look_up(self, partitions: Iterable[str]) -> None:
        """Know when RSVPs were read: of many events at once, as each question takes a while."""
        unknown = [partition for partition in partitions if partition not in self.rsvps_read]
        if unknown:
            self.rsvps_read |= dict.fromkeys(unknown) | self.cursors("rsvps", unknown)

    def blind_spots(self) -> Iterator[BlindSpot]:
        """What Meetup counts and does not show, or the other way round."""
        for what, tally in self.tallies.items():
            places = f"{tally.places} {'event' if what == 'RSVPs' else 'group'}"
            yield BlindSpot(
                f"some {what}: Meetup counts {tally.stated} and shows {tally.shown} in {places}"
                + ("s" if tally.places > 1 else ""),
                "Meetup does not say why: closed and hidden accounts are counted, too",
                "See that the token's member is an organiser; what is missing then cannot be had",
            )

    def _compare(self, what: str, stated: int | None, shown: int) -> None:
        if stated is not None and stated != shown:
            tally = self.tallies[what]
            tally.stated, tally.shown = tally.stated + stated, tally.shown + shown
            tally.places += 1

    def _closing(
        self,
        stream: str,
        partition: str,
        present: set[str],
        cursor: Read,
        answers: str | None = None,
    ) -> Page:
        """The page that ends a walk over all: it vouches for what is not there any more.

        A list that shows nothing of what it counts is closed to us, not empty.
        """
        is_closed = not present and bool(cursor.stated)
        return Page(
            stream,
            partition,
            [],
            self.now,
            cursor=_text(cursor),
            covers=None if is_closed else ("", END_OF_KEYS),
            present=frozenset(present),
            answers=answers,
        )

    def _members(self, group: GroupNode, read: MembersRead) -> Iterator[Page]:
        """Those who joined since; once a week all of them, which tells who has left."""
        if self.full or read.walked_at + LEAVERS_AFTER <= self.now:
            yield from self._all_members(group)
            return
        newest = read.newest
        for page in all_pages(partial(self.asker.members, group.urlname), group.memberships):
            yield Page("members", group.id, self._records(page.edges), self.now)
            joined = _joined(page.edges)
            newest = max([newest, *joined])
            if joined and min(joined) <= read.newest:
                break
        self._compare("members", read.stated, read.shown)
        moved = msgspec.structs.replace(read, newest=newest)
        yield Page("members", group.id, [], self.now, cursor=_text(moved))

    def _all_members(self, group: GroupNode) -> Iterator[Page]:
        present: set[str] = set()
        newest, shown, stated = 0, 0, group.memberships.total_count
        for page in all_pages(partial(self.asker.members, group.urlname)):
            records = self._records(page.edges)
            present.update(record.key for record in records)
            shown += sum(edge.node is not None for edge in page.edges)
            stated = page.total_count
            newest = max([newest, *_joined(page.edges)])
            yield Page("members", group.id, records, self.now)
        self._compare("members", stated, shown)
        read = MembersRead(newest, self.now, stated, shown)
        yield self._closing("members", group.id, present, read)

    def _records(self, edges: list[MemberEdge]) -> list[Raw]:
        records = (encode_member(edge, self.context.hash_private) for edge in edges)
        return [record for record in records if record is not None]

    def _all_events(self, group: GroupNode, read: EventsRead) -> Iterator[Page]:
        """Every event, the oldest first; an interrupted walk goes on at the time of the last one.

        Who goes on does not know what was there before, and vouches for nothing.
        """
        is_new = not read.read_to
        begin = "" if is_new else stamp(iso_microseconds(read.read_to) - SECOND_MICROSECONDS)
        present: set[str] = set()
        listed = dict(read.listed)
        for page in all_pages(lambda after: self.asker.events(group.urlname, after, begin)):
            nodes = [edge.node for edge in page.edges]
            yield from self._events(group, nodes)
            present.update(node.token for node in nodes)
            times = _starts(nodes)
            listed |= {token: at for token, at in times.items() if at >= self.now - WINDOW}
            last = stamp(max(times.values())) if times else read.read_to
            read = EventsRead(last, False, listed, page.total_count, len(present))
            yield Page("events", group.id, [], self.now, cursor=_text(read))
        if is_new:
            self._compare("events", read.stated, read.shown)
            done = EventsRead("", True, listed, read.stated, read.shown)
            yield self._closing("events", group.id, present, done, answers="rsvps")
        else:
            done = EventsRead("", True, listed)
            yield Page("events", group.id, [], self.now, cursor=_text(done))

    def _recent_events(self, group: GroupNode, read: EventsRead) -> Iterator[Page]:
        """The events of the last months and those to come; one that is not listed is deleted."""
        begin, listed = stamp(self.since), dict[str, int]()
        ask = partial(self.asker.events, group.urlname, since=begin)
        for page in all_pages(ask, group.events):
            nodes = [edge.node for edge in page.edges]
            yield from self._events(group, nodes)
            listed |= _starts(nodes)
        self._compare("events", read.stated, read.shown)
        is_closed = not listed and bool(group.events.total_count)
        for token, at in read.listed.items():
            if token not in listed and at > self.since + SECOND_MICROSECONDS and not is_closed:
                yield from self._deleted(group, token)
        done = EventsRead("", True, listed, read.stated, read.shown)
        yield Page("events", group.id, [], self.now, cursor=_text(done))

    def _deleted(self, group: GroupNode, token: str) -> Iterator[Page]:
        """An event is gone with its RSVPs. Should it come back, they are read again."""
        only, nothing = (token, f"{token} "), frozenset[str]()
        yield Page("events", group.id, [], self.now, covers=only, present=nothing, answers="rsvps")
        partition = rsvp_partition(group.id, token)
        yield Page("rsvps", partition, [], self.now, cursor=_text(RsvpsRead("", 0)))

    def _events(self, group: GroupNode, nodes: list[EventNode]) -> Iterator[Page]:
        """Land events, and the RSVPs of those that have news."""
        yield Page("events", group.id, [encode_event(node) for node in nodes], self.now)
        announced = {rsvp_partition(group.id, n.token): n for n in nodes if is_announced(n.status)}
        self._look_up(announced)
        for partition, node in announced.items():
            text = self.rsvps_read.pop(partition)
            read = msgspec.json.decode(text, type=RsvpsRead) if text else None
            if self._is_due(node, read):
                yield from self._rsvps(group, node, partition)
            elif read:
                self._compare("RSVPs", read.stated, read.shown)

    def _is_due(self, node: EventNode, read: RsvpsRead | None) -> bool:
        if read is None:
            return node.rsvps.total_count != 0
        if self.full or read.mark != _mark(node):
            return True
        is_late = node.date_time is None or iso_microseconds(node.date_time) + LATE_MARKS < self.now
        return not is_late and read.read_at + DAY_MICROSECONDS <= self.now

    def _rsvps(self, group: GroupNode, node: EventNode, partition: str) -> Iterator[Page]:
        """Every RSVP in the state that it is in; the states before are gone."""
        present: set[str] = set()
        stated: int | None = None
        try:
            for page in all_pages(partial(self.asker.answers, group.urlname, node)):
                records = [encode_rsvp(edge.node) for edge in page.edges]
                present.update(record.key for record in records)
                stated = page.total_count
                yield Page("rsvps", partition, records, self.now)
        except Moved as error:
            self.context.warn(f"{error}: its RSVPs are read by the next sync")
            return
        self._compare("RSVPs", stated, len(present))
        read = RsvpsRead(_mark(node), self.now, stated, len(present))
        yield self._closing("rsvps", partition, present, read)


def stamp(moment: int) -> str:
    """Return microseconds since 1970 as Meetup takes a time."""
    return datetime.fromtimestamp(moment // SECOND_MICROSECONDS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(cursor: msgspec.Struct) -> str:
    return msgspec.json.encode(cursor).decode()


def _joined(edges: list[MemberEdge]) -> list[int]:
    times = (edge.metadata.join_time for edge in edges if edge.metadata)
    return [iso_microseconds(time) for time in times if time]


def _starts(nodes: list[EventNode]) -> dict[str, int]:
    return {node.token: iso_microseconds(node.date_time) for node in nodes if node.date_time}


def _mark(node: EventNode) -> str:
    """What the RSVPs look like from afar: another text, other news."""
    seen = node.rsvps
    counts = (
        seen.total_count,
        seen.yes_count,
        seen.no_count,
        seen.waitlist_count,
        seen.attended_count,
        seen.no_show_count,
        seen.absent_count,
    )
    return f"{counts} {bytes(seen.edges).decode()}"
