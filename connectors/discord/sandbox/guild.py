"""The made-up community as a Discord server: its ids, channels, threads and messages.

Help and projects are forums, meetups are the text of a voice channel, the rest are text channels,
where people answer with a reply or in a thread.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from connectors.sandbox.community import DAY, SECOND, Person, World
from connectors.sandbox.conversation import BOTS, STRANGERS, Post
from connectors.sandbox.conversation import Channel as WorldChannel
from connectors.sandbox.identities import identities
from connectors.sandbox.talk import talk

GUILD_ID = 1_100_000_000_000_000_001
EPOCH_MILLISECONDS = 1_420_070_400_000
TEXT, VOICE, NEWS, STAGE, FORUM, MEDIA = 0, 2, 5, 13, 15, 16
PUBLIC_THREAD, NEWS_THREAD = 11, 10
DEFAULT, PINNED, USER_JOIN, THREAD_CREATED, REPLY, THREAD_STARTER = 0, 6, 7, 18, 19, 21
ARCHIVED_AFTER = 3 * DAY
_KINDS = {
    "help": FORUM,
    "projects": FORUM,
    "hackathon-winter": MEDIA,
    "meetups": VOICE,
    "東京もくもく会": STAGE,
    "announcements": NEWS,
}


def snowflake(at: int, low: int) -> int:
    """Return the id of something created at a time in microseconds; `low` has 22 bits."""
    return ((at // 1000 - EPOCH_MILLISECONDS) << 22) | low


def user_id(person: Person) -> int:
    """Return the id of an account; those of 2015 have a digit less than today's."""
    made_at = person.joined_at - (person.number % 700) * DAY
    if person.number % 9 == 4:
        made_at = (EPOCH_MILLISECONDS + 86_400_000 * (20 + person.number % 200)) * 1000
    return snowflake(made_at, person.number)


class Message(msgspec.Struct, gc=False):
    """One message in a channel or thread.

    thread: the one that was started from it. refers_to and refers_in: the ids of the message that
    it references, and of that message's channel or thread.
    """

    id: int
    at: int
    type: int
    author: int
    post: Post | None = None
    thread: "Thread | None" = None
    refers_to: int = 0
    refers_in: int = 0

    def is_visible(self, now: int) -> bool:
        """Whether it was written and not deleted."""
        if self.post and self.type in (DEFAULT, REPLY):
            return self.post.is_visible(now)
        return self.at <= now


class Channel:
    """A channel with its messages by id."""

    def __init__(self, channel_id: int, origin: WorldChannel, kind: int, created_at: int) -> None:
        self.id, self.origin, self.kind, self.created_at = channel_id, origin, kind, created_at
        self.messages: list[Message] = []
        self._ids: list[int] = []

    def sort(self) -> None:
        """Sort the messages, once all are added."""
        self.messages.sort(key=lambda message: message.id)
        self._ids = [message.id for message in self.messages]

    def after(self, snowflake: int, now: int) -> Iterator[Message]:
        """Yield the visible messages after an id, oldest first."""
        begin = bisect_right(self._ids, snowflake)
        return (m for m in self.messages[begin:] if m.is_visible(now))

    def before(self, snowflake: int, now: int) -> Iterator[Message]:
        """Yield the visible messages before an id, newest first."""
        end = bisect_left(self._ids, snowflake)
        return (m for m in reversed(self.messages[:end]) if m.is_visible(now))

    def find(self, message_id: int, now: int) -> Message | None:
        """Return the visible message of this id."""
        message = next(self.after(message_id - 1, now), None)
        return message if message and message.id == message_id else None

    def last_message_id(self, now: int) -> int | None:
        """Return the id of the last message, which may have been deleted."""
        return next((m.id for m in reversed(self.messages) if m.at <= now), None)


class Thread(Channel):
    """A thread; `deleted_at` 0 means that it stays."""

    def __init__(self, thread_id: int, parent: Channel, created_at: int, owner: int) -> None:
        kind = NEWS_THREAD if parent.kind == NEWS else PUBLIC_THREAD
        super().__init__(thread_id, parent.origin, kind, created_at)
        self.parent, self.owner, self.deleted_at = parent, owner, 0

    def exists(self, now: int) -> bool:
        """Whether it was started and not deleted."""
        return self.created_at <= now and not 0 < self.deleted_at <= now

    def archived_at(self, now: int) -> int:
        """Return when it was archived, as Discord does after quiet days; 0 if it is active."""
        times = (m.at for m in reversed(self.messages) if m.at <= now)
        at = next(times, self.created_at) + ARCHIVED_AFTER
        return at if at <= now else 0


class Guild:
    """One world's Discord server: the ids of its users, its channels and its threads."""

    def __init__(self, world: World) -> None:
        self.world = world
        origins = talk(world, "discord")
        self.identities = identities(world, "discord")
        self.user_ids = {n: user_id(world.people[n]) for n in self.identities}
        for index in range(len(BOTS)):
            self.user_ids[-10 - index] = snowflake(world.start - 90 * DAY, 2_000_000 + index)
        for index in range(len(STRANGERS)):
            self.user_ids[-100 - index] = snowflake(world.start - 400 * DAY, 3_000_000 + index)
        self.channels: dict[int, Channel] = {}
        self.threads: dict[int, Thread] = {}
        for origin in origins:
            self._add_channel(origin)
        self._add_join_notes()
        for channel in (*self.channels.values(), *self.threads.values()):
            channel.sort()
        self.threads_of: dict[int, list[Thread]] = {channel: [] for channel in self.channels}
        for thread in self.threads.values():
            self.threads_of[thread.parent.id].append(thread)

    def find(self, channel_id: int, now: int) -> Channel | None:
        """Return the channel or thread of this id if it exists."""
        thread = self.threads.get(channel_id)
        if thread is not None:
            return thread if thread.exists(now) else None
        channel = self.channels.get(channel_id)
        return channel if channel and channel.created_at <= now else None

    @lru_cache(maxsize=64)  # noqa: B019  a Guild lives as long as its process
    def archived(self, channel_id: int, now: int) -> list[tuple[int, Thread]]:
        """Return a channel's archived threads by time of archiving, in whole milliseconds."""
        times = (
            (thread.archived_at(now), thread)
            for thread in self.threads_of.get(channel_id, ())
            if thread.exists(now)
        )
        found = ((at // 1000 * 1000, thread) for at, thread in times if at > 0)
        return sorted(found, key=lambda pair: (pair[0], pair[1].id))

    @lru_cache(maxsize=2)  # noqa: B019
    def members(self, now: int) -> list[int]:
        """Return the numbers of everybody on the member list, sorted by id."""
        numbers = [
            person.number
            for person in map(self.world.people.__getitem__, self.identities)
            if person.joined_at <= now and not (person.left_at and person.left_at <= now)
        ]
        numbers += [-10 - index for index, bot in enumerate(BOTS) if bot.has_account]
        return sorted(numbers, key=lambda number: self.user_ids[number])

    def _add_channel(self, origin: WorldChannel) -> None:
        kind = _KINDS.get(origin.plan.name, TEXT)
        channel = Channel(_id(origin, origin.created_at, 31), origin, kind, origin.created_at)
        self.channels[channel.id] = channel
        for post in origin.posts:
            if post.kind == "topic" and kind not in (FORUM, MEDIA):
                note = Message(_id(origin, post.at, 0), post.at, PINNED, post.author)
                channel.messages.append(note)
            elif post.kind in ("message", "me", "file", "bot") and post.root is None:
                self._add_root(channel, post)

    def _add_root(self, channel: Channel, post: Post) -> None:
        """Add a root message with its replies: in a thread, or in the channel itself."""
        origin, choice = channel.origin, post.at // 7 % 40
        root = Message(_id(origin, post.at, 0), post.at, DEFAULT, post.author, post)
        replies = post.replies or []
        home = channel
        if channel.kind in (FORUM, MEDIA):
            home = thread = self._add_thread(channel, root.id, post.at, post.author)
            thread.deleted_at = post.deleted_at if choice % 2 else 0
        elif channel.kind in (TEXT, NEWS) and replies and choice < 24:
            begun, owner = replies[0].at - SECOND, replies[0].author
            thread = root.thread = self._add_thread(channel, root.id, begun, owner)
            starter = Message(_id(origin, begun, 1), begun, THREAD_STARTER, post.author, post)
            starter.refers_to, starter.refers_in = root.id, channel.id
            thread.messages.append(starter)
            channel.messages.append(root)
            self._add_replies(thread, replies, None)
            return
        elif channel.kind == TEXT and replies and choice == 24:
            begun = post.at - 2 * SECOND
            home = self._add_thread(channel, _id(origin, begun, 2), begun, post.author)
            note = Message(_id(origin, begun, 3), begun, THREAD_CREATED, post.author)
            note.refers_in = home.id
            channel.messages.append(note)
        home.messages.append(root)
        self._add_replies(home, replies, root.id if home is channel else None)

    def _add_thread(self, channel: Channel, thread_id: int, at: int, owner: int) -> Thread:
        thread = self.threads[thread_id] = Thread(thread_id, channel, at, owner)
        return thread

    def _add_replies(self, channel: Channel, replies: list[Post], root: int | None) -> None:
        """In a channel all reference the root; in a thread a fifth reference the one before."""
        previous = 0
        for post in replies:
            parent = root or (previous if post.at // 7 % 5 == 0 else 0)
            kind, message_id = REPLY if parent else DEFAULT, _id(channel.origin, post.at, 0)
            reply = Message(message_id, post.at, kind, post.author, post)
            reply.refers_to, reply.refers_in = parent, channel.id
            channel.messages.append(reply)
            previous = message_id

    def _add_join_notes(self) -> None:
        """Add Discord's own message about each person who joined, in the first channel."""
        channel = next(iter(self.channels.values()))
        for person in map(self.world.people.__getitem__, self.identities):
            at, low = person.joined_at, (person.number & 0x3FFFF) << 4 | 15
            channel.messages.append(Message(snowflake(at, low), at, USER_JOIN, person.number))


def _id(origin: WorldChannel, at: int, tag: int) -> int:
    """Return the id of a message in a channel; `tag` tells those of one microsecond apart."""
    return snowflake(at, (at % 1000) << 12 | origin.number << 5 | tag)
