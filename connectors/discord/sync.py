"""The lists of a Discord server: in which order they are read, and with which cursors.

Channels come first. Members, events, messages and threads follow side by side, because each path
has a rate limit of its own: while one waits, another one is read.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec

from connectors.base import BlindSpot, Context, Cursors, SourceError
from connectors.discord.api import (
    AGAIN,
    DiscordApi,
    NotWhole,
    Threads,
    Unreadable,
    archived_path,
    messages_path,
)
from connectors.discord.lists import Lists, PendingPages
from connectors.discord.messages import START, Messages, read_cursor
from connectors.discord.permissions import MEMBERS_BLIND_SPOT, NAMES, VIEW_CHANNEL, read_access
from connectors.discord.records import (
    WITH_MESSAGES,
    WITH_THREADS,
    Channel,
    Event,
    encode_channel,
    encode_event,
    encode_interested,
    encode_member,
    record_key,
)
from connectors.discord.threads import ChannelThreads, by_channel
from connectors.model import END_OF_KEYS, Page

SERVER_ADVICE = "Give the bot's role View Channels in the settings of the server, then sync again"
EVENT_ADVICE = "Give the bot View Channel and Connect in the channel of the event, then sync again"


class ServerSync:
    """One sync of one server.

    full: read from the beginning, whatever the cursors say. with_reactors: also read who gave each
    reaction.
    """

    def __init__(
        self, api: DiscordApi, context: Context, cursors: Cursors, full: bool, with_reactors: bool
    ) -> None:
        self.api, self.context, self.cursors = api, context, cursors
        self.lists = Lists(api, context, cursors, full)
        self.messages = Messages(self.lists, with_reactors)

    def pages(self) -> Iterator[Page]:
        """Yield the channels, then the pages of all other lists side by side."""
        access, started_at = read_access(self.api), self.api.platform_time
        channels = self.api.channels()
        self.lists.names = Counter(channel.name for channel in channels)
        missing = {channel.id: access.missing(channel) for channel in channels}
        visible = [c for c in channels if missing[c.id] != NAMES[VIEW_CHANNEL]]
        records = [encode_channel(channel, self.api.server) for channel in visible]
        yield Page("channels", "", records, started_at)
        for channel in channels:
            if permission := missing[channel.id]:
                self.lists.add_blind_spot(channel, f"the bot lacks the permission {permission}")
        readable = [channel for channel in channels if not missing[channel.id]]
        members = self._members(access.stated_members, started_at)
        events = self._events(started_at)
        yield from self._side_by_side(
            [
                PendingPages(self.api.members_path, self.lists.alone("members", members)),
                PendingPages(self.api.events_path, self.lists.alone("scheduled events", events)),
                *self._pending_messages([c for c in readable if c.type in WITH_MESSAGES]),
                *self._pending_threads([c for c in readable if c.type in WITH_THREADS]),
            ]
        )

    def _side_by_side(self, pending: list[PendingPages]) -> Iterator[Page]:
        """Yield pages of the first list whose path need not wait, else of the one free soonest."""
        total = len(pending)
        while pending:
            self.context.progress("lists and channels", total - len(pending), total)
            free = (one for one in pending if not self.api.delay(one.path))
            chosen = next(free, None) or min(pending, key=lambda one: self.api.delay(one.path))
            page = next(chosen.pages, None)
            if page is None:
                pending.remove(chosen)
            else:
                yield page
        self.context.progress("lists and channels", total, total)

    def _members(self, stated: int | None, as_of: int) -> Iterator[Page]:
        present, is_whole = set[str](), True
        try:
            for members in self.api.members(stated):
                records = [encode_member(member) for member in members.rows]
                present.update(record.key for record in records)
                is_whole &= len(members.rows) == members.sent
                yield Page("members", "", records, as_of)
        except Unreadable:
            self.context.blind_spots.append(MEMBERS_BLIND_SPOT)
            return
        if is_whole:
            yield Page.end_of_list("members", "", present, as_of, cursor="{}")

    def _events(self, as_of: int) -> Iterator[Page]:
        """Yield who is interested in each listed event, then the events.

        The cursor has the ids of the events. One that Discord no longer lists is asked for: it is
        gone if there is none, and only hidden if the bot may not see it. It keeps its interested
        people either way.
        """
        stored = self.cursors("events", [""]).get("")
        known: list[str] = msgspec.json.decode(stored, type=list[str]) if stored else []
        try:
            events = self.api.events()
        except Unreadable as error:
            spot = BlindSpot("scheduled events", str(error), SERVER_ADVICE)
            self.context.blind_spots.append(spot)
            return
        for event in events:
            what = f"who is interested in the event {event.id}"
            yield from self.lists.alone(what, self._interested(event, as_of))
        ids = [event.id for event in events]
        for event_id in known:
            if event_id in ids:
                continue
            try:
                event_of_id = self.api.event(event_id)
            except Unreadable:
                ids.append(event_id)
            else:
                if event_of_id:
                    events.append(event_of_id)
                    ids.append(event_id)
        yield Page(
            "events",
            "",
            [encode_event(event) for event in events],
            as_of,
            cursor=msgspec.json.encode(ids).decode(),
            covers=("", END_OF_KEYS),
            present=frozenset(map(record_key, ids)),
        )

    def _interested(self, event: Event, as_of: int) -> Iterator[Page]:
        """Yield who is interested in an event; nobody is gone where Discord counts more people."""
        present, people, is_whole = set[str](), set[str](), True
        try:
            for interested in self.api.interested(event):
                records = [encode_interested(one) for one in interested.rows]
                present.update(record.key for record in records)
                people.update(one.user_id for one in interested.rows)
                is_whole &= len(interested.rows) == interested.sent
                yield Page("interested", event.id, records, as_of)
        except Unreadable as error:
            spot = BlindSpot(f"who is interested in the event {event.id}", str(error), EVENT_ADVICE)
            self.context.blind_spots.append(spot)
            return
        if len(people) < (event.user_count or 0):
            what = f"who is interested in the event {event.id}"
            reason = f"Discord counts {event.user_count} people, and its list has {len(people)}"
            self.context.blind_spots.append(BlindSpot(what, reason, AGAIN))
        elif is_whole:
            yield Page.end_of_list("interested", event.id, present, as_of)

    def _pending_messages(self, channels: list[Channel]) -> Iterator[PendingPages]:
        cursors = self.cursors("messages", [channel.id for channel in channels])
        for channel in channels:
            cursor = read_cursor(cursors.get(channel.id))
            pages = self.messages.pages("messages", channel.id, channel, cursor)
            yield PendingPages(messages_path(channel.id), self.lists.of_channel(channel, pages))

    def _pending_threads(self, channels: list[Channel]) -> Iterator[PendingPages]:
        listed = self._active_threads()
        if listed is None:
            return
        active = by_channel(listed)
        cursors = self.cursors("threads", [channel.id for channel in channels])
        for channel in channels:
            pending = PendingPages(archived_path(channel.id))
            threads = ChannelThreads(
                self.lists,
                self.messages,
                pending,
                channel,
                active[channel.id],
                since=0 if self.lists.full else int(cursors.get(channel.id, START)),
                is_active_whole=listed.is_whole,
            )
            pending.pages = self.lists.of_channel(channel, threads.pages())
            yield pending

    def _active_threads(self) -> Threads | None:
        """Return the active threads; None where they alone cannot be read."""
        try:
            listed = self.api.active_threads()
            if not listed.is_whole:
                not_whole = NotWhole("threads came twice, or without an id", advice=AGAIN)
                self.context.could_not_read("active threads", not_whole)
            return listed
        except Unreadable as error:
            spot = BlindSpot("threads", str(error), SERVER_ADVICE)
            self.context.blind_spots.append(spot)
        except SourceError as error:
            self.lists.could_not_read("active threads", error)
        return None
