"""The lists of a Discord server: in which order they are read, and with which cursors.

Channels come first. Members, events, messages and threads follow side by side, because each path
has a rate limit of its own: while one waits, another one is read. Messages are read oldest first:
the cursor moves with each page, and an interrupted sync goes on where it stopped.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from connectors.base import BlindSpot, Context, Cursors
from connectors.discord.api import LIMIT, DiscordApi, Unreadable, archived_path, messages_path
from connectors.discord.permissions import MEMBERS_BLIND_SPOT, NAMES, VIEW_CHANNEL, read_access
from connectors.discord.records import (
    PUBLIC_THREADS,
    REREAD,
    WITH_MESSAGES,
    WITH_POSTS,
    WITH_THREADS,
    Channel,
    Member,
    Message,
    Thread,
    encode_channel,
    encode_event,
    encode_interested,
    encode_member,
    encode_message,
    encode_thread,
    first_snowflake,
    record_key,
    thread_partition,
    thread_root,
)
from connectors.model import END_OF_KEYS, Page
from connectors.timestamps import DAY_MICROSECONDS, iso_microseconds

START = "0"
REREAD_MICROSECONDS = REREAD.days * DAY_MICROSECONDS


class MessageCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Cursor of a channel's or thread's messages.

    newest: the id of the newest landed message. root: the id of a thread's root message.
    """

    newest: str = START
    root: str | None = None


@dataclass
class PendingPages:
    """Pages of a list that are still to be read, and the path of the next request for them."""

    path: str
    pages: Iterator[Page] = field(default_factory=lambda: iter(()))


@dataclass
class ServerSync:
    """One sync of one server.

    full: read from the beginning, whatever the cursors say. with_reactors: also read who gave each
    reaction.
    """

    api: DiscordApi
    context: Context
    cursors: Cursors
    full: bool
    with_reactors: bool
    _landed_authors: set[str] = field(default_factory=set)

    def pages(self) -> Iterator[Page]:
        """Yield the channels, then the pages of all other lists side by side."""
        access, started_at = read_access(self.api), self.api.platform_time
        channels = self.api.channels()
        missing = {channel.id: access.missing(channel) for channel in channels}
        visible = [c for c in channels if missing[c.id] != NAMES[VIEW_CHANNEL]]
        records = [encode_channel(channel, self.api.server) for channel in visible]
        yield Page("channels", "", records, started_at)
        for channel in channels:
            if permission := missing[channel.id]:
                self._add_blind_spot(channel, f"the bot lacks the permission {permission}")
        readable = [channel for channel in channels if not missing[channel.id]]
        yield from self._side_by_side(
            [
                PendingPages(self.api.members_path, self._members(started_at)),
                PendingPages(self.api.events_path, self._events(started_at)),
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

    def _add_blind_spot(self, channel: Channel, reason: str) -> None:
        advice = (
            f"Give the bot View Channel and Read Message History in #{channel.name}, and Connect "
            "if it is a voice channel, then sync again"
        )
        self.context.blind_spots.append(BlindSpot(f"#{channel.name}", reason, advice))

    def _members(self, as_of: int) -> Iterator[Page]:
        present: set[str] = set()
        try:
            for members in self.api.members():
                records = [encode_member(member) for member in members]
                present.update(record.key for record in records)
                yield Page("members", "", records, as_of)
        except Unreadable:
            self.context.blind_spots.append(MEMBERS_BLIND_SPOT)
            return
        yield Page.end_of_list("members", "", present, as_of, cursor="{}")

    def _events(self, as_of: int) -> Iterator[Page]:
        """Yield who is interested in each listed event, then the events.

        An event that Discord no longer lists keeps its interested people and is marked as gone.
        """
        try:
            events = self.api.events()
        except Unreadable as error:
            spot = BlindSpot("scheduled events", str(error), "Give the bot View Channels")
            self.context.blind_spots.append(spot)
            return
        for event in events:
            present: set[str] = set()
            for interested in self.api.interested(event.id) if event.user_count else ():
                records = [encode_interested(one) for one in interested]
                present.update(record.key for record in records)
                yield Page("interested", event.id, records, as_of)
            yield Page.end_of_list("interested", event.id, present, as_of)
        records = [encode_event(event) for event in events]
        yield Page("events", "", records, as_of, covers=("", END_OF_KEYS))

    def _pending_messages(self, channels: list[Channel]) -> Iterator[PendingPages]:
        cursors = self.cursors("messages", [channel.id for channel in channels])
        for channel in channels:
            cursor = _decode(cursors.get(channel.id))
            pages = self._messages("messages", channel.id, channel, cursor)
            yield PendingPages(messages_path(channel.id), self._if_readable(channel, pages))

    def _pending_threads(self, channels: list[Channel]) -> Iterator[PendingPages]:
        active = self._active()
        cursors = self.cursors("threads", [channel.id for channel in channels])
        for channel in channels:
            pending = PendingPages(archived_path(channel.id))
            since = 0 if self.full else int(cursors.get(channel.id, START))
            pages = self._threads(pending, channel, active[channel.id], since)
            pending.pages = self._if_readable(channel, pages)
            yield pending

    def _if_readable(self, channel: Channel, pages: Iterator[Page]) -> Iterator[Page]:
        """Yield the pages; add one blind spot where they are forbidden, not where deleted."""
        try:
            yield from pages
        except Unreadable as error:
            is_known = any(spot.what == f"#{channel.name}" for spot in self.context.blind_spots)
            if error.status == 403 and not is_known:
                self._add_blind_spot(channel, str(error))

    def _messages(
        self, stream: str, partition: str, channel: Channel | Thread, cursor: MessageCursor
    ) -> Iterator[Page]:
        """Yield the messages of a channel or thread after its cursor, and those to reread."""
        keep_text = self.context.store_text
        window = first_snowflake((self.api.platform_time - REREAD_MICROSECONDS) // 1000)
        newest = int(cursor.newest)
        if not self.full and max(newest, int(channel.last_message_id or 0)) == newest < window:
            return
        after = 0 if self.full else min(newest, window)
        is_last = False
        while not is_last:
            as_of = self.api.platform_time
            messages = self.api.messages(channel.id, str(after))
            is_last = len(messages) < LIMIT
            low, after = after + 1, int(messages[-1].id) if messages else after
            root = cursor.root
            if isinstance(channel, Thread) and root is None:
                root = thread_root(channel.id, messages)
            newest = max(int(cursor.newest), after if messages else 0)
            cursor = MessageCursor(str(newest), root)
            yield from self._authors(messages, as_of)
            if self.with_reactors:
                messages = [self._with_reactors(channel.id, message) for message in messages]
            yield Page(
                stream,
                partition,
                [encode_message(m, root_id=root, keep_text=keep_text) for m in messages],
                as_of,
                cursor=msgspec.json.encode(cursor).decode(),
                covers=(record_key(low), END_OF_KEYS if is_last else record_key(after + 1)),
            )

    def _authors(self, messages: list[Message], as_of: int) -> Iterator[Page]:
        """Yield each author once per sync: the member list lacks those who have left."""
        authors = {m.author.id: m.author for m in messages if m.author and not m.webhook_id}
        new = [user for user in authors.values() if user.id not in self._landed_authors]
        self._landed_authors.update(authors)
        if new:
            yield Page("authors", "", [encode_member(Member(user)) for user in new], as_of)

    def _with_reactors(self, channel: str, message: Message) -> Message:
        reactions = [
            msgspec.structs.replace(
                reaction, users=self.api.reactors(channel, message.id, reaction)
            )
            for reaction in message.reactions or ()
        ]
        return msgspec.structs.replace(message, reactions=reactions)

    def _active(self) -> defaultdict[str, list[Thread]]:
        """Return the public threads that are not archived, by their channel."""
        active: defaultdict[str, list[Thread]] = defaultdict(list)
        for thread in self.api.active_threads():
            if thread.type in PUBLIC_THREADS and thread.parent_id:
                active[thread.parent_id].append(thread)
        return active

    def _threads(
        self, pending: PendingPages, channel: Channel, active: list[Thread], since: int
    ) -> Iterator[Page]:
        """Yield a channel's active threads, those archived after `since`, and their messages.

        The cursor is the newest time of archiving in microseconds, and moves once all of them are
        landed. Only where `since` is 0 are all threads listed, and the missing ones gone. A thread
        that was reopened meanwhile is in neither list, so the active ones are listed once more.
        """
        as_of, newest, present = self.api.platform_time, since, set[str]()
        active_ids = {thread.id for thread in active}
        for threads in self._listed(channel, active, since):
            records = [encode_thread(thread) for thread in threads]
            present.update(record.key for record in records)
            newest = max([newest, *(_archived_at(t) for t in threads if t.id not in active_ids)])
            yield Page("threads", channel.id, records, as_of)
            partitions = [thread_partition(channel.id, thread.id) for thread in threads]
            cursors = self.cursors("thread_messages", partitions)
            for thread, partition in zip(threads, partitions, strict=True):
                pending.path = messages_path(thread.id)
                yield from self._thread(channel, thread, partition, cursors.get(partition))
            pending.path = archived_path(channel.id)
        if since:
            yield Page("threads", channel.id, [], as_of, cursor=str(newest))
            return
        if present:
            present.update(record_key(thread.id) for thread in self._active()[channel.id])
        yield Page.end_of_list(
            "threads", channel.id, present, as_of, cursor=str(newest), answers="thread_messages"
        )

    def _thread(
        self, channel: Channel, thread: Thread, partition: str, stored: str | None
    ) -> Iterator[Page]:
        cursor = _decode(stored)
        if channel.type in WITH_POSTS:
            cursor = MessageCursor(cursor.newest, thread.id)
        elif self.full:
            cursor = MessageCursor(cursor.newest)
        try:
            yield from self._messages("thread_messages", partition, thread, cursor)
        except Unreadable as error:
            # 404: deleted after it was listed. The next full list of threads lacks it.
            if error.status != 404:
                raise

    def _listed(self, channel: Channel, active: list[Thread], since: int) -> Iterator[list[Thread]]:
        """Yield the active threads, then pages of the archived ones, newest first, to `since`."""
        yield active
        active_ids = {thread.id for thread in active}
        before: str | None = None
        while True:
            page = self.api.archived_threads(channel.id, before)
            yield [
                thread
                for thread in page.threads
                if thread.type in PUBLIC_THREADS
                and thread.id not in active_ids
                and _archived_at(thread) >= since
            ]
            last = page.threads[-1] if page.threads else None
            if not page.has_more or last is None or _archived_at(last) < since:
                return
            before = last.thread_metadata.archive_timestamp if last.thread_metadata else None


def _decode(cursor: str | None) -> MessageCursor:
    return msgspec.json.decode(cursor, type=MessageCursor) if cursor else MessageCursor()


def _archived_at(thread: Thread) -> int:
    at = thread.thread_metadata and thread.thread_metadata.archive_timestamp
    return iso_microseconds(at) if at else 0
