"""What is said in the channels and threads of a Discord server, walked forward from what is known.

Forward, because `after` makes every page a step from the oldest on: the cursor moves with each
page, and an interrupted walk goes on where it stopped.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from connectors.base import Cursors
from connectors.discord.api import LIMIT, DiscordApi, Skipped, archived_path, messages_path
from connectors.discord.records import (
    Channel,
    Member,
    Message,
    Thread,
    encode_member,
    encode_message,
    encode_thread,
    first_snowflake,
    key,
    microseconds,
    thread_partition,
    thread_root,
)
from connectors.model import END_OF_KEYS, Page

START = "0"
REREAD = timedelta(days=7)
TEXT, VOICE, NEWS, STAGE, FORUM, MEDIA = 0, 2, 5, 13, 15, 16
WITH_MESSAGES = (TEXT, VOICE, NEWS, STAGE)
WITH_THREADS = (TEXT, NEWS, FORUM, MEDIA)
WITH_POSTS = (FORUM, MEDIA)
PUBLIC_THREADS = (10, 11)


class Reached(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a channel or thread is read: its newest landed message; what a thread hangs on."""

    newest: str = START
    root: str | None = None


class Walk:
    """One place's pages, and the path of its next request: its limit may be one of its own."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.pages: Iterator[Page] = iter(())


@dataclass
class History:
    """The walks over one server's channels. `refused` is told of a channel that cannot be read."""

    api: DiscordApi
    server: str
    cursors: Cursors
    full: bool
    keep_text: bool
    reactors: bool
    refused: Callable[[Channel, Skipped], None]
    _named: set[str] = field(default_factory=set)

    def walks(self, channels: list[Channel]) -> Iterator[Walk]:
        """A walk over the messages of each channel, and one over its threads."""
        talked_in = [c for c in channels if c.type in WITH_MESSAGES]
        known = self.cursors("messages", [c.id for c in talked_in])
        for channel in talked_in:
            walk = Walk(messages_path(channel.id))
            reached = _reached(known.get(channel.id))
            pages = self._messages("messages", channel.id, channel, reached)
            walk.pages = self._unless_refused(channel, pages)
            yield walk
        threaded = [c for c in channels if c.type in WITH_THREADS]
        active, archived = self._active(), self.cursors("threads", [c.id for c in threaded])
        for channel in threaded:
            walk = Walk(archived_path(channel.id))
            since = 0 if self.full else int(archived.get(channel.id, START))
            pages = self._threads(walk, channel, active[channel.id], since)
            walk.pages = self._unless_refused(channel, pages)
            yield walk

    def _unless_refused(self, channel: Channel, pages: Iterator[Page]) -> Iterator[Page]:
        try:
            yield from pages
        except Skipped as skipped:
            self.refused(channel, skipped)

    def _messages(
        self, stream: str, partition: str, place: Channel | Thread, reached: Reached
    ) -> Iterator[Page]:
        """Land a channel's or thread's messages after what is known, and the last days again."""
        window = first_snowflake((self.api.client.platform_time - _REREAD) // 1000)
        newest = int(reached.newest)
        if not self.full and max(newest, int(place.last_message_id or 0)) == newest < window:
            return
        after = 0 if self.full else min(newest, window)
        while True:
            as_of = self.api.client.platform_time
            messages = self.api.messages(place.id, str(after))
            is_last = len(messages) < LIMIT
            low, after = after + 1, int(messages[-1].id) if messages else after
            if isinstance(place, Thread) and reached.root is None:
                reached = Reached(reached.newest, thread_root(place.id, messages))
            reached = Reached(str(max(int(reached.newest), after if messages else 0)), reached.root)
            yield from self._authors(messages, as_of)
            yield Page(
                stream,
                partition,
                [
                    encode_message(
                        self._with_reactors(place.id, message),
                        root_id=reached.root,
                        keep_text=self.keep_text,
                    )
                    for message in messages
                ],
                as_of,
                cursor=msgspec.json.encode(reached).decode(),
                covers=(key(low), END_OF_KEYS if is_last else key(after + 1)),
            )
            if is_last:
                return

    def _authors(self, messages: list[Message], as_of: int) -> Iterator[Page]:
        """Land once what the authors are called: the member list lacks those who have left."""
        authors = {m.author.id: m.author for m in messages if m.author and not m.webhook_id}
        unnamed = [user for user in authors.values() if user.id not in self._named]
        self._named.update(authors)
        if unnamed:
            yield Page("authors", "", [encode_member(Member(user)) for user in unnamed], as_of)

    def _with_reactors(self, place: str, message: Message) -> Message:
        if not (self.reactors and message.reactions):
            return message
        reactions = [
            msgspec.structs.replace(reaction, users=self.api.reactors(place, message.id, reaction))
            for reaction in message.reactions
        ]
        return msgspec.structs.replace(message, reactions=reactions)

    def _active(self) -> defaultdict[str, list[Thread]]:
        """The public threads that are not archived, by their channel."""
        active: defaultdict[str, list[Thread]] = defaultdict(list)
        for thread in self.api.active_threads(self.server):
            if thread.type in PUBLIC_THREADS and thread.parent_id:
                active[thread.parent_id].append(thread)
        return active

    def _threads(
        self, walk: Walk, channel: Channel, active: list[Thread], since: int
    ) -> Iterator[Page]:
        """The threads that are active or were archived after `since`, and what is said in them.

        The cursor is the newest time of archiving, and moves when all these are landed. Only a
        walk over all threads tells which are gone; those that were opened again in the meantime
        are looked up once more.
        """
        as_of, newest, present = self.api.client.platform_time, since, set[str]()
        of_active = {thread.id for thread in active}
        for threads in self._listed(channel, active, since):
            records = [encode_thread(thread) for thread in threads]
            present.update(record.key for record in records)
            newest = max([newest, *(_archived_at(t) for t in threads if t.id not in of_active)])
            yield Page("threads", channel.id, records, as_of)
            partitions = [thread_partition(channel.id, thread.id) for thread in threads]
            known = self.cursors("thread_messages", partitions)
            for thread, partition in zip(threads, partitions, strict=True):
                walk.path = messages_path(thread.id)
                yield from self._thread(channel, thread, partition, known.get(partition))
            walk.path = archived_path(channel.id)
        if since:
            yield Page("threads", channel.id, [], as_of, cursor=str(newest))
            return
        if present:
            present.update(key(thread.id) for thread in self._active()[channel.id])
        yield Page(
            "threads",
            channel.id,
            [],
            as_of,
            cursor=str(newest),
            covers=("", END_OF_KEYS),
            present=frozenset(present),
            answers="thread_messages",
        )

    def _thread(
        self, channel: Channel, thread: Thread, partition: str, known: str | None
    ) -> Iterator[Page]:
        reached = _reached(known)
        if channel.type in WITH_POSTS:
            reached = Reached(reached.newest, thread.id)
        elif self.full:
            reached = Reached(reached.newest)
        try:
            yield from self._messages("thread_messages", partition, thread, reached)
        except Skipped as skipped:
            # Deleted after it was listed: the next walk over all threads finds it gone.
            if skipped.status != 404:
                raise

    def _listed(self, channel: Channel, active: list[Thread], since: int) -> Iterator[list[Thread]]:
        """The active threads, then pages of the archived ones until those before `since`."""
        yield active
        seen = {thread.id for thread in active}
        before: str | None = None
        while True:
            page = self.api.archived_threads(channel.id, before)
            yield [
                thread
                for thread in page.threads
                if thread.type in PUBLIC_THREADS
                and thread.id not in seen
                and _archived_at(thread) >= since
            ]
            last = page.threads[-1] if page.threads else None
            if not page.has_more or last is None or _archived_at(last) < since:
                return
            before = last.thread_metadata.archive_timestamp if last.thread_metadata else None


_REREAD = REREAD // timedelta(microseconds=1)


def _reached(cursor: str | None) -> Reached:
    return msgspec.json.decode(cursor, type=Reached) if cursor else Reached()


def _archived_at(thread: Thread) -> int:
    at = thread.thread_metadata and thread.thread_metadata.archive_timestamp
    return microseconds(at) if at else 0
