"""Which lists of a source are read, in which order, and their cursors.

Meetup filters no list by the time of a change. Every sync reads the groups, a few at a time, with
their newest members and the events of the last months and to come. Then of each group: members
who have joined since, and once a week all of them; events that a page had no room for, and at the
first sync all of them; and the RSVPs of events that have news.
"""

from collections.abc import Iterator
from functools import partial

import msgspec

from connectors.base import BlindSpot, Changed, Context, Cursors, Retryable
from connectors.graphql import Edges, all_pages
from connectors.meetup.events import is_announced, moment
from connectors.meetup.groups import GroupFinder, first_names
from connectors.meetup.lists import EventsCursor, Listing, MembersCursor, Run, iso_time
from connectors.meetup.queries import MeetupQueries
from connectors.meetup.records import (
    encode_event,
    encode_event_id,
    encode_group,
    encode_member,
    rsvp_partition,
)
from connectors.meetup.rsvps import RsvpReader
from connectors.meetup.shapes import Edge, EventNode, GroupNode, MemberEdge
from connectors.model import END_OF_KEYS, Page, Raw
from connectors.timestamps import DAY_MICROSECONDS, SECOND_MICROSECONDS, iso_microseconds

ALL_MEMBERS_EVERY = 7 * DAY_MICROSECONDS
RECENT = 90 * DAY_MICROSECONDS
REFUSED = "Meetup does not show them to the token's member"
REFUSED_ADVICE = "Use the token of an organiser of the group, or have its member made one"


class MeetupSync:
    """Reads the configured groups, or those of a Pro network."""

    def __init__(
        self, queries: MeetupQueries, context: Context, urlnames: list[str], network: str | None
    ) -> None:
        self._queries, self._context = queries, context
        self._finder = GroupFinder(queries, context, urlnames, network)

    def check(self) -> list[str]:
        """Read each group, say which are seen, and return what of them is not."""
        since = iso_time(self._queries.api.platform_time - RECENT)
        names = [group.name for groups in self._finder.groups(since) for group in groups]
        self._context.warn(f"{self._context.source}: sees {first_names(names)}")
        return [f"{s.what}: {s.reason}. {s.advice}" for s in self._context.blind_spots]

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """Yield a few groups, then of each its members, events and RSVPs; then the next few.

        The cursor of the groups is Meetup's clock when the last complete sync began. Events are
        listed again that begin in the 90 days before it or later.
        """
        last = cursors("groups", [""]).get("")
        since = int(last or self._queries.api.platform_time) - RECENT
        run = Run(self._queries, self._context, cursors, full, since)
        reader = GroupReader(run)
        present: set[str] = set()
        started_at = 0
        for groups in self._finder.groups(iso_time(since)):
            run.now = self._queries.api.platform_time
            run.readable = run.readable or groups[0].urlname
            started_at = started_at or run.now
            yield run.page("groups", "", [encode_group(group) for group in groups])
            new = [group for group in groups if group.id not in present]
            yield from reader.pages(new, len(present), self._finder.stated)
            present.update(group.id for group in groups)
        self._context.blind_spots += run.hidden.blind_spots()
        yield Page(
            "groups",
            "",
            [],
            started_at or self._queries.api.platform_time,
            cursor=str(started_at) if started_at and not self._context.unread_lists else None,
            covers=("", END_OF_KEYS) if self._finder.network and self._finder.is_whole else None,
            present=frozenset(present),
        )
        self._context.progress("groups", len(present), len(present))


class GroupReader:
    """Reads the members and events of groups."""

    def __init__(self, run: Run) -> None:
        self._run, self._rsvps = run, RsvpReader(run)

    def pages(self, groups: list[GroupNode], done: int, total: int | None) -> Iterator[Page]:
        """Yield the members, the events and their RSVPs of groups, of which `done` are read."""
        ids = [group.id for group in groups]
        members = self._run.cursors("members", ids)
        texts = {} if self._run.full else self._run.cursors("events", ids)
        events = {
            id: msgspec.json.decode(texts[id], type=EventsCursor) if id in texts else EventsCursor()
            for id in ids
        }
        self._rsvps.look_up(rsvp_partition(id, token) for id in ids for token in events[id].recent)
        for number, group in enumerate(groups, start=done):
            self._run.context.progress(group.name, number, total)
            text = members.get(group.id)
            joined = msgspec.json.decode(text, type=MembersCursor) if text else MembersCursor()
            yield from self._members(group, joined)
            cursor = events[group.id]
            read = self._recent_events if cursor.is_complete else self._all_events
            yield from read(group, cursor)

    def _members(self, group: GroupNode, cursor: MembersCursor) -> Iterator[Page]:
        """Yield those who have joined since; once a week all of them, which shows who has left."""
        run, what = self._run, f"the members of {group.name}"
        if group.memberships is None:
            run.context.blind_spots.append(BlindSpot(what, REFUSED, REFUSED_ADVICE))
            return
        if run.full or cursor.all_read_at + ALL_MEMBERS_EVERY <= run.now:
            yield from self._all_members(group, cursor)
            return
        newest = cursor.newest
        try:
            first = run.queries.understood(group.memberships, MemberEdge, group.urlname)
            for page in all_pages(partial(run.queries.members, group.urlname), first, what):
                yield run.page("members", group.id, self._member_records(page.edges))
                joined = _joined(page.edges)
                newest = max([newest, *joined])
                if joined and min(joined) <= cursor.newest:
                    break
        except (Retryable, Changed) as error:
            run.could_not_read(what, error)
            return
        run.hidden.compare("members", cursor)
        moved = msgspec.structs.replace(cursor, newest=newest)
        yield run.page("members", group.id, [], moved)

    def _all_members(self, group: GroupNode, cursor: MembersCursor) -> Iterator[Page]:
        run, present, newest = self._run, set[str](), 0
        ask = partial(run.queries.members, group.urlname)
        listing = Listing(run, f"the members of {group.name}", ask, _member_ids)
        for page in listing.pages(cursor):
            records = self._member_records(page.edges)
            present.update(record.key for record in records)
            newest = max([newest, *_joined(page.edges)])
            yield run.page("members", group.id, records)
        if listing.has_failed:
            return
        shown = MembersCursor(newest, run.now, listing.stated, len(listing.ids))
        run.hidden.compare("members", shown)
        if not listing.is_settled(cursor):
            shown = msgspec.structs.replace(cursor, stated=shown.stated, shown=shown.shown)
        yield run.list_end("members", group.id, present, shown, is_whole=listing.is_whole)

    def _member_records(self, edges: list[MemberEdge]) -> list[Raw]:
        records = (encode_member(edge, self._run.context.hash_private) for edge in edges)
        return [record for record in records if record is not None]

    def _all_events(self, group: GroupNode, cursor: EventsCursor) -> Iterator[Page]:
        """Yield every event, the oldest first.

        An interrupted read goes on at the newest event that it landed. It does not know the ones
        before, and so it does not show which are gone.
        """
        run, recent, present = self._run, dict(cursor.recent), set[str]()
        is_new = not cursor.read_to
        begin = "" if is_new else iso_time(iso_microseconds(cursor.read_to) - SECOND_MICROSECONDS)
        listing = Listing(
            run,
            f"the events of {group.name}",
            lambda after: run.queries.events(group.urlname, after, begin),
            _tokens,
        )
        known, failed_before = cursor, self._rsvps.failed
        for page in listing.pages(known):
            nodes = [edge.node for edge in page.edges if edge.node.token not in present]
            yield from self._events(group, nodes)
            present.update(node.token for node in nodes)
            starts = _starts(nodes)
            recent |= {token: at for token, at in starts.items() if at >= run.now - RECENT}
            read_to = iso_time(max(starts.values())) if starts else cursor.read_to
            cursor = EventsCursor(read_to, False, recent, page.total_count, len(present))
            yield run.page("events", group.id, [], cursor)
        if listing.has_failed:
            return
        are_rsvps_read = self._rsvps.failed == failed_before
        if is_new:
            run.hidden.compare("events", cursor)
            is_settled = listing.is_settled(known) and are_rsvps_read
            done = msgspec.structs.replace(cursor, read_to="", is_complete=is_settled)
            yield run.list_end(
                "events", group.id, present, done, is_whole=listing.is_whole, answers="rsvps"
            )
        else:
            yield run.page("events", group.id, [], EventsCursor("", are_rsvps_read, recent))

    def _recent_events(self, group: GroupNode, cursor: EventsCursor) -> Iterator[Page]:
        """Yield recent events and those to come; one that is not listed any more is deleted.

        Where Meetup counts more than it lists, none is, and the next sync looks again.
        """
        run, what = self._run, f"the events of {group.name}"
        if group.events is None:
            run.context.blind_spots.append(BlindSpot(what, REFUSED, REFUSED_ADVICE))
            return
        listed = dict[str, int]()
        in_list = {t: at for t, at in cursor.recent.items() if at > run.since + SECOND_MICROSECONDS}
        ask = partial(run.queries.events, group.urlname, since=iso_time(run.since))
        try:
            first = run.queries.understood(group.events, Edge[EventNode], group.urlname)
        except Changed as error:
            run.could_not_read(what, error)
            return
        listing = Listing(run, what, ask, _tokens, first)
        for page in listing.pages(None, in_list):
            nodes = [edge.node for edge in page.edges if edge.node.token not in listed]
            yield from self._events(group, nodes)
            listed |= _starts(nodes)
        now = EventsCursor(stated=listing.stated, shown=len(listing.ids))
        run.hidden.compare("events", cursor if listing.is_whole else now)
        missing = {token: at for token, at in in_list.items() if token not in listed}
        if listing.is_whole:
            for token in missing:
                yield from self._deleted(group, token)
        else:
            listed |= missing
        if not listing.has_failed:
            done = msgspec.structs.replace(cursor, read_to="", is_complete=True, recent=listed)
            yield run.page("events", group.id, [], done)

    def _deleted(self, group: GroupNode, token: str) -> Iterator[Page]:
        """Yield that an event is gone with its RSVPs."""
        only = (token, f"{token} ")
        yield self._run.page(
            "events", group.id, [], covers=only, present=frozenset(), answers="rsvps"
        )
        yield self._rsvps.forget(group.id, token)

    def _events(self, group: GroupNode, nodes: list[EventNode]) -> Iterator[Page]:
        """Yield events, and the RSVPs of those that have news."""
        yield self._run.page("events", group.id, [encode_event(node) for node in nodes])
        ids = [record for node in nodes if (record := encode_event_id(node))]
        yield self._run.page("event_ids", group.id, ids)
        announced = [node for node in nodes if is_announced(node.status)]
        yield from self._rsvps.pages(group.id, group.urlname, announced)


def _member_ids(page: Edges[MemberEdge]) -> list[str]:
    return [edge.node.id for edge in page.edges if edge.node is not None]


def _tokens(page: Edges[Edge[EventNode]]) -> list[str]:
    return [edge.node.token for edge in page.edges]


def _joined(edges: list[MemberEdge]) -> list[int]:
    times = (moment(edge.metadata.joined) for edge in edges if edge.metadata)
    return [time for time in times if time is not None]


def _starts(nodes: list[EventNode]) -> dict[str, int]:
    times = {node.token: moment(node.starts) for node in nodes}
    return {token: time for token, time in times.items() if time is not None}
