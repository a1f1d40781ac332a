"""A channel's threads: the active ones, then the archived ones, and the messages of each.

The cursor is the newest time of archiving in microseconds, and moves once all threads that were
archived since are landed. Only a list from the beginning shows which threads are gone.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.base import BlindSpot, SourceError
from connectors.discord.api import (
    AGAIN,
    LIMIT,
    NotWhole,
    Threads,
    Unreadable,
    archived_path,
    messages_path,
)
from connectors.discord.lists import Lists, PendingPages
from connectors.discord.messages import MessageCursor, Messages, read_cursor
from connectors.discord.records import (
    PUBLIC_THREADS,
    WITH_POSTS,
    Channel,
    Thread,
    encode_thread,
    record_key,
    thread_partition,
    time_of,
)
from connectors.model import Page
from connectors.paging import PageGuard


@dataclass
class ChannelThreads:
    """Reads the threads of one channel.

    since: those archived before are not read again. is_active_whole: no active thread is missing.
    """

    lists: Lists
    messages: Messages
    pending: PendingPages
    channel: Channel
    active: list[Thread]
    since: int
    is_active_whole: bool
    is_whole: bool = True
    failed: int = 0

    def pages(self) -> Iterator[Page]:
        """Yield the threads and their messages.

        A thread that was reopened meanwhile is in neither list, so the active ones are listed once
        more before others count as gone. Raises NotWhole at the end, where the list is not whole.
        """
        api, channel = self.lists.api, self.channel
        as_of, newest, present = api.platform_time, self.since, set[str]()
        active_ids = {thread.id for thread in self.active}
        for threads in self._listed():
            records = [encode_thread(thread) for thread in threads]
            present.update(record.key for record in records)
            archived = (_archived_at(t) for t in threads if t.id not in active_ids)
            newest = max([newest, *archived])
            yield Page("threads", channel.id, records, as_of)
            partitions = [thread_partition(channel.id, thread.id) for thread in threads]
            cursors = self.lists.cursors("thread_messages", partitions)
            for thread, partition in zip(threads, partitions, strict=True):
                self.pending.path = messages_path(thread.id)
                yield from self._thread(thread, partition, cursors.get(partition))
            self.pending.path = archived_path(channel.id)
        if not self.is_whole:
            raise NotWhole("its list of threads is not whole", advice=AGAIN)
        if not self.is_active_whole:
            return
        # A thread that says it was archived in the future must not hide those to come.
        cursor = None if self.failed else str(min(newest, as_of))
        if self.since:
            yield Page("threads", channel.id, [], as_of, cursor=cursor)
            return
        if present:
            again = api.active_threads()
            if not again.is_whole:
                raise NotWhole("the list of active threads is not whole", advice=AGAIN)
            present.update(record_key(thread.id) for thread in by_channel(again)[channel.id])
        yield Page.end_of_list(
            "threads", channel.id, present, as_of, cursor=cursor, answers="thread_messages"
        )

    def _thread(self, thread: Thread, partition: str, stored: str | None) -> Iterator[Page]:
        """Yield the messages of one thread, or note that it alone cannot be read."""
        cursor = read_cursor(stored)
        if self.channel.type in WITH_POSTS:
            cursor = MessageCursor(cursor.newest, thread.id)
        elif self.lists.full:
            cursor = MessageCursor(cursor.newest)
        what = f"the thread {thread.id} in {self.lists.label(self.channel)}"
        try:
            yield from self.messages.pages("thread_messages", partition, thread, cursor)
        except Unreadable as error:
            advice = "Look whether the bot may see it"
            self.lists.context.blind_spots.append(BlindSpot(what, str(error), advice))
        except SourceError as error:
            self.failed += 1
            self.lists.could_not_read(what, error)

    def _listed(self) -> Iterator[list[Thread]]:
        """Yield the active threads, then pages of the archived ones, newest first, to `since`.

        A full page that calls itself the last one is not believed.
        """
        yield self.active
        active_ids = {thread.id for thread in self.active}
        guard = PageGuard(f"{self.lists.context.source}, {archived_path(self.channel.id)}")
        before: str | None = None
        oldest, is_checked, seen = 0, False, set[str]()
        while True:
            page = self.lists.api.archived_threads(self.channel.id, before)
            ids = {thread.id for thread in page.threads}
            self.is_whole &= page.is_whole and not ids & seen
            seen |= ids
            yield [
                thread
                for thread in page.threads
                if thread.type in PUBLIC_THREADS
                and thread.id not in active_ids
                and _archived_at(thread) >= self.since
            ]
            times = {_archived_at(thread): _archive_text(thread) for thread in page.threads}
            last = min((at for at in times if at), default=0)
            self.is_whole &= not (page.has_more and not last) and not (oldest and last > oldest)
            if not last or last < self.since or (oldest and last > oldest):
                return
            if not page.has_more:
                if len(page.threads) < LIMIT or is_checked:
                    return
                is_checked = True
            oldest, before = last, times[last]
            guard.turn(before, ids)


def by_channel(listed: Threads) -> defaultdict[str, list[Thread]]:
    """Return the public threads of a list by their channel."""
    found: defaultdict[str, list[Thread]] = defaultdict(list)
    for thread in listed.threads:
        if thread.type in PUBLIC_THREADS and thread.parent_id:
            found[thread.parent_id].append(thread)
    return found


def _archive_text(thread: Thread) -> str:
    return (thread.thread_metadata and thread.thread_metadata.archive_timestamp) or ""


def _archived_at(thread: Thread) -> int:
    return time_of(_archive_text(thread)) or 0
