"""The made-up community as a Discord server: ids, places, and what stands in each of them.

Helping and projects happen in forums, meetups in a voice channel's text, the rest in text channels,
where an answer is a reply or stands in a thread.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from connectors.sandbox.community import DAY, SECOND, World
from connectors.sandbox.conversation import BOTS, STRANGERS, Post, Room
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
    """An id that was made at a time in microseconds; `low` has 22 bits."""
    return ((at // 1000 - EPOCH_MILLISECONDS) << 22) | low


class Entry(msgspec.Struct, gc=False):
    """One message in a channel or thread. `thread` is the one that was started from it."""

    id: int
    at: int
    type: int
    author: int
    post: Post | None = None
    thread: "Thread | None" = None
    answers: int = 0
    answers_in: int = 0

    def is_visible(self, now: int) -> bool:
        """Whether it has happened and has not been deleted."""
        return self.post.is_visible(now) if self.post and self.type in (DEFAULT, REPLY) else (
            self.at <= now
        )  # fmt: skip


class Place:
    """A channel or a thread with its messages by id."""

    def __init__(self, place_id: int, room: Room, kind: int, created_at: int) -> None:
        self.id, self.room, self.kind, self.created_at = place_id, room, kind, created_at
        self.entries: list[Entry] = []
        self._ids: list[int] = []

    def close(self) -> None:
        """Sort what was said; to be called once, at the end."""
        self.entries.sort(key=lambda entry: entry.id)
        self._ids = [entry.id for entry in self.entries]

    def after(self, snowflake: int, now: int) -> Iterator[Entry]:
        """The visible messages after an id, the oldest first."""
        begin = bisect_right(self._ids, snowflake)
        return (e for e in self.entries[begin:] if e.is_visible(now))

    def before(self, snowflake: int, now: int) -> Iterator[Entry]:
        """The visible messages before an id, the newest first."""
        end = bisect_left(self._ids, snowflake)
        return (e for e in reversed(self.entries[:end]) if e.is_visible(now))

    def last_message_id(self, now: int) -> int | None:
        """The id of the last message, which may be deleted by now."""
        return next((e.id for e in reversed(self.entries) if e.at <= now), None)


class Thread(Place):
    """A thread; `deleted_at` 0 means that it stays."""

    def __init__(self, place_id: int, parent: Place, kind: int, created_at: int) -> None:
        super().__init__(place_id, parent.room, kind, created_at)
        self.parent, self.owner, self.deleted_at = parent, 0, 0

    def exists(self, now: int) -> bool:
        """Whether it has been started and is not deleted."""
        return self.created_at <= now and not 0 < self.deleted_at <= now

    def archived_at(self, now: int) -> int:
        """When it was archived, as Discord does after days of silence; 0 if it is active."""
        said = (e.at for e in reversed(self.entries) if e.at <= now)
        at = next(said, self.created_at) + ARCHIVED_AFTER
        return at if at <= now else 0


class Guild:
    """One world's Discord server: who is who there and what was said where."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rooms = talk(world, "discord")
        self.user_ids = {p.number: self._user_id(p.number, p.joined_at) for p in world.people}
        for index in range(len(BOTS)):
            self.user_ids[-10 - index] = snowflake(world.start - 90 * DAY, 2_000_000 + index)
        for index in range(len(STRANGERS)):
            self.user_ids[-100 - index] = snowflake(world.start - 400 * DAY, 3_000_000 + index)
        self.channels: dict[int, Place] = {}
        self.threads: dict[int, Thread] = {}
        for room in self.rooms:
            self._furnish(room)
        self._welcome()
        for place in (*self.channels.values(), *self.threads.values()):
            place.close()
        self.threads_of: dict[int, list[Thread]] = {channel: [] for channel in self.channels}
        for thread in self.threads.values():
            self.threads_of[thread.parent.id].append(thread)

    def _user_id(self, number: int, joined_at: int) -> int:
        """Ids made in 2015 have a digit less than those of today."""
        made_at = joined_at - (number % 700) * DAY
        if number % 9 == 4:
            made_at = (EPOCH_MILLISECONDS + 86_400_000 * (20 + number % 200)) * 1000
        return snowflake(made_at, number)

    def place(self, place_id: int, now: int) -> Place | None:
        """The channel or thread of this id, if it is there."""
        thread = self.threads.get(place_id)
        if thread is not None:
            return thread if thread.exists(now) else None
        channel = self.channels.get(place_id)
        return channel if channel and channel.created_at <= now else None

    @lru_cache(maxsize=64)  # noqa: B019  a server lives as long as its process
    def archived(self, channel_id: int, now: int) -> list[tuple[int, Thread]]:
        """A channel's archived threads in that order, with the time to the millisecond."""
        times = (
            (thread.archived_at(now), thread)
            for thread in self.threads_of.get(channel_id, ())
            if thread.exists(now)
        )
        found = ((at // 1000 * 1000, thread) for at, thread in times if at > 0)
        return sorted(found, key=lambda pair: (pair[0], pair[1].id))

    @lru_cache(maxsize=2)  # noqa: B019
    def members(self, now: int) -> list[int]:
        """The numbers of everybody on the member list, by their ids."""
        numbers = [
            person.number
            for person in self.world.people
            if person.joined_at <= now and not (person.left_at and person.left_at <= now)
        ]
        numbers += [-10 - index for index, bot in enumerate(BOTS) if bot.has_account]
        return sorted(numbers, key=lambda number: self.user_ids[number])

    def _furnish(self, room: Room) -> None:
        kind = _KINDS.get(room.plan.name, TEXT)
        channel = Place(_id(room, room.created_at, 31), room, kind, room.created_at)
        self.channels[channel.id] = channel
        for post in room.posts:
            if post.kind == "topic" and kind not in (FORUM, MEDIA):
                entry = Entry(_id(room, post.at, 0), post.at, PINNED, post.author)
                channel.entries.append(entry)
            elif post.kind in ("message", "me", "file", "bot") and post.root is None:
                self._open(channel, post)

    def _open(self, channel: Place, post: Post) -> None:
        """What somebody says first, and its answers: in a thread, or as replies in the channel."""
        room, lot = channel.room, post.at // 7 % 40
        entry = Entry(_id(room, post.at, 0), post.at, DEFAULT, post.author, post)
        replies = post.replies or []
        home: Place = channel
        if channel.kind in (FORUM, MEDIA):
            home = self._thread(channel, entry.id, post.at, post.author)
            home.deleted_at = post.deleted_at if lot % 2 else 0
        elif channel.kind in (TEXT, NEWS) and replies and lot < 24:
            thread = entry.thread = self._thread(
                channel, entry.id, replies[0].at - SECOND, replies[0].author
            )
            starter = Entry(_id(room, thread.created_at, 1), thread.created_at, THREAD_STARTER,
                            post.author, post, answers=entry.id, answers_in=channel.id)  # fmt: skip
            thread.entries.append(starter)
            channel.entries.append(entry)
            self._answers(thread, replies, None)
            return
        elif channel.kind == TEXT and replies and lot == 24:
            begun = post.at - 2 * SECOND
            home = self._thread(channel, _id(room, begun, 2), begun, post.author)
            note = Entry(_id(room, begun, 3), begun, THREAD_CREATED, post.author)
            note.answers_in = home.id
            channel.entries.append(note)
        home.entries.append(entry)
        self._answers(home, replies, entry.id if home is channel else None)

    def _thread(self, channel: Place, thread_id: int, at: int, owner: int) -> Thread:
        kind = NEWS_THREAD if channel.kind == NEWS else PUBLIC_THREAD
        thread = self.threads[thread_id] = Thread(thread_id, channel, kind, at)
        thread.owner = owner
        return thread

    def _answers(self, place: Place, replies: list[Post], root: int | None) -> None:
        """In a channel an answer references; in a thread now and then, to the answer before."""
        before = 0
        for post in replies:
            answered = root or (before if post.at // 7 % 5 == 0 else 0)
            kind = REPLY if answered else DEFAULT
            message_id = _id(place.room, post.at, 0)
            entry = Entry(message_id, post.at, kind, post.author, post, answers=answered)
            entry.answers_in = place.id
            place.entries.append(entry)
            before = message_id

    def _welcome(self) -> None:
        """Discord's own note of who has joined, in the first channel."""
        channel = next(iter(self.channels.values()))
        for person in self.world.people:
            low = (person.number & 0x3FFFF) << 4 | 15
            entry = Entry(snowflake(person.joined_at, low), person.joined_at, USER_JOIN,
                          person.number)  # fmt: skip
            channel.entries.append(entry)


def _id(room: Room, at: int, tag: int) -> int:
    """The id of what happened in a room at a time: `tag` keeps apart what shares both."""
    return snowflake(at, (at % 1000) << 12 | room.number << 5 | tag)
