"""One channel's messages, newest first, and the threads that they show; its cursor."""

import math
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import msgspec

from connectors.base import BlindSpot, Changed, Context, Cursors, Retryable, SourceError
from connectors.model import END_OF_KEYS, Page, Raw
from connectors.slack.api import Incomplete, Refused, Skipped, SlackApi
from connectors.slack.records import (
    REREAD,
    Channel,
    Message,
    encode_message,
    is_reply,
    is_ts,
    microseconds_of_ts,
)
from connectors.timestamps import DAY_MICROSECONDS, SECOND_MICROSECONDS

RESCAN_EVERY_DAYS = 7
THREAD_REREAD_DAYS = 3
FREE_PLAN_DAYS = (85, 92)  # a free plan hides messages that are older than 90 days, more or less
# What one list may raise while the others can be read.
OF_ONE_LIST = (Retryable, Changed, Refused)


class Backfill(msgspec.Struct, frozen=True, omit_defaults=True):
    """A newest-first read of a channel that is not over.

    top: its newest message. down_to: the oldest one landed so far. floor: where the read ends;
    empty: at the channel's beginning.
    """

    top: str
    down_to: str
    floor: str = ""


class ChannelCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a channel is read.

    newest: the newest message landed by a read that is over. full_at: the platform's clock,
    microseconds, at the last read of the whole history. hidden_before: the oldest message that a
    free plan shows, where it hides older ones.
    """

    newest: str = ""
    backfill: Backfill | None = msgspec.field(default=None, name="walk")
    full_at: int = 0
    hidden_before: str = ""


@dataclass
class ChannelSync:
    """Reads one channel. `rescan_requests`: how many it took to read its landed history again.

    `failed` notes a thread that could not be read, or raises where nothing can be.
    """

    api: SlackApi
    context: Context
    channel: Channel
    cursors: Cursors
    full: bool
    failed: Callable[[str, SourceError], None]
    rescan_requests: int | None = None
    has_failed_threads: bool = False

    def pages(self, known: str | None) -> Iterator[Page]:
        """Yield what is new since the cursor `known`; first finish the backfill in it."""
        if known is None:
            yield Page("messages", self.channel.id, [], self.api.platform_time, cursor="{}")
            # A channel without a cursor has no thread with one.
            self.cursors = lambda stream, partitions: {}
        cursor = msgspec.json.decode(known or "{}", type=ChannelCursor)
        if cursor.backfill is not None:
            cursor = yield from self._read(cursor, cursor.backfill)
        is_whole = self.full or self._is_whole_read_due(cursor)
        floor = "" if is_whole else self._reread_from(cursor.newest)
        is_rescan = bool(cursor.newest) and not floor and not self.full
        requests_before = self.context.requests
        cursor = yield from self._read(cursor, Backfill(top="", down_to=END_OF_KEYS, floor=floor))
        if is_rescan:
            self.rescan_requests = self.context.requests - requests_before
        if cursor.hidden_before:
            self._note_hidden(cursor.hidden_before)

    def _is_whole_read_due(self, cursor: ChannelCursor) -> bool:
        """Only a read of all roots shows replies to threads that are older than the window."""
        if not cursor.newest:
            return True
        return self._age_days(cursor.full_at) >= RESCAN_EVERY_DAYS and not self.api.is_throttled

    def _age_days(self, time: int) -> float:
        return (self.api.platform_time - time) / DAY_MICROSECONDS

    def _reread_from(self, newest: str) -> str:
        seconds, _, fraction = newest.partition(".")
        return f"{max(0, int(seconds) - REREAD.days * 86_400)}.{fraction}"

    def _read(
        self, before: ChannelCursor, backfill: Backfill
    ) -> Generator[Page, None, ChannelCursor]:
        """Land what is between the backfill's `down_to` and `floor`, page by page.

        `newest` of the cursor moves with the last page only: an interrupted read goes on where it
        stopped.
        """
        as_of, cursor, floor = self.api.platform_time, before, backfill.floor
        is_rescan = bool(before.newest) and not floor
        shown: set[str] = set()
        for page in self.api.history(self.channel.id, floor, backfill.down_to):
            messages = page.rows
            yield from self._threads(messages, self._thread_reread_days(is_rescan))
            high = backfill.down_to
            low = min([m.ts for m in messages], default=high)
            top = backfill.top or max([m.ts for m in messages], default="")
            if page.is_last:
                cursor = self._finished(before, floor, top, low)
                covers = (self._complete_from(floor, low), high)
            else:
                backfill = Backfill(top, low, floor)
                cursor = msgspec.structs.replace(before, backfill=backfill if top else None)
                covers = (low, high)
            roots = [self._encode(m) for m in messages if not is_reply(m)]
            # A root of which a broadcast reply shows may be hidden itself.
            shown |= {m.thread_ts or "" for m in messages if is_reply(m)}
            yield Page(
                "messages",
                self.channel.id,
                roots,
                as_of,
                cursor=msgspec.json.encode(cursor).decode(),
                covers=covers if page.is_understood else None,
                present=frozenset(shown.union(raw.key for raw in roots)),
                answers="replies",
            )
        return cursor

    def _complete_from(self, floor: str, low: str) -> str:
        """From where on a missing message is a deleted one: a free plan hides old ones, too."""
        is_hidden = not floor or self._age_days(microseconds_of_ts(floor)) > FREE_PLAN_DAYS[0]
        return low if is_hidden else floor

    def _thread_reread_days(self, is_rescan: bool) -> float:
        if self.full:
            return math.inf
        if self.api.is_throttled:
            return 0
        return REREAD.days if is_rescan else THREAD_REREAD_DAYS

    def _encode(self, message: Message) -> Raw:
        return encode_message(message, keep_text=self.context.store_text)

    def _finished(self, before: ChannelCursor, floor: str, top: str, low: str) -> ChannelCursor:
        newest = max(before.newest, top)
        # Only a read of all roots shows again which threads are to be read.
        full_at = 0 if self.has_failed_threads else self.api.platform_time
        if floor:
            full_at = min(full_at, before.full_at)
            return msgspec.structs.replace(before, newest=newest, backfill=None, full_at=full_at)
        hidden_before = low if self._is_cut_off(low) else ""
        return ChannelCursor(newest, None, full_at, hidden_before)

    def _is_cut_off(self, oldest: str) -> bool:
        """Tell whether a free plan hides what is older, even the channel's own first message."""
        if oldest == END_OF_KEYS:
            return False
        oldest_at = microseconds_of_ts(oldest)
        created_at = (self.channel.created or 0) * SECOND_MICROSECONDS
        first, last = FREE_PLAN_DAYS
        was_older = created_at < oldest_at - 7 * DAY_MICROSECONDS
        return was_older and first <= self._age_days(oldest_at) <= last

    def _note_hidden(self, hidden_before: str) -> None:
        hidden_at = microseconds_of_ts(hidden_before)
        self.context.covered_from = max(self.context.covered_from or 0, hidden_at)
        self.context.blind_spots.append(
            BlindSpot(
                f"#{self.channel.name} before its oldest reachable message",
                "Slack's free plan hides messages older than 90 days",
                "Import a workspace export for the history",
            )
        )

    def _threads(self, messages: list[Message], reread_days: float) -> Iterator[Page]:
        """Land the threads of which a root or a broadcast reply shows replies not landed yet.

        Reactions to replies and their edits show in no root: threads with a reply in the last
        `reread_days` are read again.
        """
        states = {m.ts: _thread_state(m) for m in messages if not is_reply(m)}
        roots, broadcasts = set(states), defaultdict[str, list[Message]](list)
        for message in messages:
            if message.thread_ts and is_reply(message):
                states.setdefault(message.thread_ts, f"{message.ts}/")
                broadcasts[message.thread_ts].append(message)
        known = self.cursors("replies", [self._partition(thread_ts) for thread_ts in states])
        for thread_ts, state in states.items():
            landed = known.get(self._partition(thread_ts), "")
            if not (state or landed):
                continue  # a message without replies
            is_landed = landed == state or (state.endswith("/") and landed >= state)
            latest_at = microseconds_of_ts(state.partition("/")[0]) if state else 0
            if not is_landed or self._age_days(latest_at) < reread_days:
                thread = Thread(thread_ts, state, thread_ts in roots, broadcasts[thread_ts])
                yield from self._thread(thread)

    def _partition(self, thread_ts: str) -> str:
        return f"{self.channel.id}:{thread_ts}"

    def _thread(self, thread: "Thread") -> Iterator[Page]:
        """Land a thread's replies; those are gone that a thread read whole no longer shows."""
        as_of, partition = self.api.platform_time, self._partition(thread.ts)
        present: set[str] = set()
        root, is_found, is_understood = None, True, True
        try:
            for page in self.api.replies(self.channel.id, thread.ts):
                root = next((m for m in page.rows if m.ts == thread.ts), root)
                replies = [m for m in page.rows if m.ts != thread.ts]
                present.update(m.ts for m in replies)
                is_understood = is_understood and page.is_understood
                yield Page("replies", partition, [self._encode(m) for m in replies], as_of)
        except Skipped as skipped:
            if skipped.code != "thread_not_found":
                raise
            is_found = False
        except OF_ONE_LIST as error:
            yield from self._broadcasts(thread, present, as_of)
            self._thread_failed(thread, error)
            return
        yield from self._broadcasts(thread, present, as_of)
        is_old = self._age_days(microseconds_of_ts(thread.ts)) > FREE_PLAN_DAYS[0]
        shown, counted = len(present), (root.reply_count or 0) if root else 0
        if is_found and is_understood and not is_old and shown < counted:
            what = f"Slack shows {shown} replies of {counted}"
            self._thread_failed(thread, Incomplete(what, advice="The next sync tries again"))
            return
        if is_found:
            is_whole = root is not None and is_understood and shown >= counted
        else:
            # Its root was deleted after the history showed it; an old one may be hidden.
            is_whole = thread.is_root_shown or not is_old
        cursor = _thread_state(root) if root else thread.state if not is_whole else ""
        if is_whole:
            present.update(m.ts for m in thread.broadcasts)
            yield Page.end_of_list("replies", partition, present, as_of, cursor=cursor)
        else:
            yield Page("replies", partition, [], as_of, cursor=cursor)

    def _broadcasts(self, thread: "Thread", present: set[str], as_of: int) -> Iterator[Page]:
        """Land the replies that the channel shows and their thread does not."""
        hidden = [self._encode(m) for m in thread.broadcasts if m.ts not in present]
        if hidden:
            yield Page("replies", self._partition(thread.ts), hidden, as_of)

    def _thread_failed(self, thread: "Thread", error: SourceError) -> None:
        self.failed(f"the thread {thread.ts} in #{self.channel.name}", error)
        self.has_failed_threads = True


@dataclass(frozen=True)
class Thread:
    """A thread to be read. `broadcasts` are those of its replies that the channel shows as well.

    `state` is what the channel shows of it, with `is_root_shown` in its root.
    """

    ts: str
    state: str
    is_root_shown: bool
    broadcasts: list[Message]


def _thread_state(root: Message) -> str:
    """Return the newest reply and the count that a root shows, empty without replies.

    Where the root does not tell its newest reply, its own `ts` stands for it.
    """
    latest = root.latest_reply or ""
    return f"{latest if is_ts(latest) else root.ts}/{root.reply_count}" if root.reply_count else ""
