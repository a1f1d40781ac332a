"""Which lists of a workspace are read, in which order, and the cursors of its channels.

Members and channels are read whole at each sync. Then each channel's messages are read, newest
first, and before each page of them the threads that it shows to have changed.
"""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import msgspec

from connectors.base import BlindSpot, Context, Cursors
from connectors.model import END_OF_KEYS, Page, Raw
from connectors.slack.api import Skipped, SlackApi
from connectors.slack.records import (
    REREAD,
    Channel,
    Message,
    encode_channel,
    encode_member,
    encode_message,
    is_reply,
    microseconds_of_ts,
)
from connectors.timestamps import DAY_MICROSECONDS, SECOND_MICROSECONDS

RESCAN_EVERY_DAYS = 7
THREAD_REREAD_DAYS = 3
FREE_PLAN_DAYS = (85, 92)  # a free plan hides messages that are older than 90 days, more or less


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


class WorkspaceSync:
    """Reads a workspace."""

    def __init__(self, api: SlackApi, context: Context) -> None:
        self.api, self.context = api, context

    def check(self) -> list[str]:
        """Call each method once, for its scope; return what will not be seen, as sentences."""
        self.api.workspace()
        next(self.api.members())
        channels = next(self.api.channels())
        if readable := [c for c in channels if c.is_member is not False and not c.is_archived]:
            next(self.api.history(readable[0].id, "", END_OF_KEYS))
        unreadable = [c.name for c in channels if c.is_member is False]
        if not unreadable:
            return []
        names = ", ".join(f"#{name}" for name in unreadable[:5])
        return [f"messages of {len(unreadable)} channels where the app is no member: {names}"]

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """Yield members and channels, then the new messages and replies of each channel."""
        workspace = self.api.workspace()
        started_at = self.api.platform_time
        yield from self._members(started_at)
        channels: dict[str, Channel] = {}
        for page in self.api.channels():
            channels |= {channel.id: channel for channel in page}
            yield Page(
                "channels", "", [encode_channel(c, workspace.links) for c in page], started_at
            )
        known = cursors("messages", channels.keys())
        rescan_requests: list[int] = []
        for number, channel in enumerate(channels.values()):
            self.context.progress(f"#{channel.name}", number, len(channels))
            if channel.is_member is False and workspace.bot_id:
                self._note_unreadable(channel, "the app is not a member of it")
                continue
            sync = ChannelSync(self.api, self.context, channel, cursors, full)
            try:
                yield from sync.pages(known.get(channel.id))
            except Skipped as skipped:
                self._note_unreadable(channel, skipped.code)
            if sync.rescan_requests is not None:
                rescan_requests.append(sync.rescan_requests)
        self.context.progress("channels", len(channels), len(channels))
        if rescan_requests:
            self.context.warn(
                f"{self.context.source}: {len(rescan_requests)} channels were read from their "
                f"beginning in {sum(rescan_requests)} requests, as every {RESCAN_EVERY_DAYS} days, "
                "to find late replies to old threads"
            )

    def _members(self, as_of: int) -> Iterator[Page]:
        present: set[str] = set()
        for members in self.api.members():
            present.update(m.id for m in members)
            records = [encode_member(m, self.context.hash_private) for m in members]
            yield Page("members", "", records, as_of)
        yield Page.end_of_list("members", "", present, as_of, cursor="{}")

    def _note_unreadable(self, channel: Channel, reason: str) -> None:
        advice = f"Invite the app in Slack: /invite in #{channel.name}, then sync again"
        if channel.is_archived:
            advice = "It is archived: import a workspace export to see it"
        self.context.blind_spots.append(BlindSpot(f"#{channel.name}", reason, advice))


@dataclass
class ChannelSync:
    """Reads one channel. `rescan_requests`: how many it took to read its landed history again."""

    api: SlackApi
    context: Context
    channel: Channel
    cursors: Cursors
    full: bool
    rescan_requests: int | None = None

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
        for messages, is_last in self.api.history(self.channel.id, floor, backfill.down_to):
            yield from self._threads(messages, self._thread_reread_days(is_rescan))
            high = backfill.down_to
            low = min((m.ts for m in messages), default=high)
            top = backfill.top or max((m.ts for m in messages), default="")
            if is_last:
                cursor = self._finished(before, floor, top, low)
                covers = (self._complete_from(floor, low), high)
            else:
                backfill = Backfill(top, low, floor)
                cursor = msgspec.structs.replace(before, backfill=backfill if top else None)
                covers = (low, high)
            yield Page(
                "messages",
                self.channel.id,
                [self._encode(m) for m in messages if not is_reply(m)],
                as_of,
                cursor=msgspec.json.encode(cursor).decode(),
                covers=covers,
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
        if floor:
            return msgspec.structs.replace(before, newest=newest, backfill=None)
        hidden_before = low if self._is_cut_off(low) else ""
        return ChannelCursor(newest, None, self.api.platform_time, hidden_before)

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
        for message in messages:
            if message.thread_ts and is_reply(message):
                states.setdefault(message.thread_ts, f"{message.ts}/")
        known = self.cursors("replies", [self._partition(thread_ts) for thread_ts in states])
        for thread_ts, state in states.items():
            landed = known.get(self._partition(thread_ts), "")
            if not (state or landed):
                continue  # a message without replies
            is_landed = landed == state or (state.endswith("/") and landed >= state)
            latest_at = microseconds_of_ts(state.partition("/")[0]) if state else 0
            if not is_landed or self._age_days(latest_at) < reread_days:
                yield from self._thread(thread_ts)

    def _partition(self, thread_ts: str) -> str:
        return f"{self.channel.id}:{thread_ts}"

    def _thread(self, thread_ts: str) -> Iterator[Page]:
        as_of, partition = self.api.platform_time, self._partition(thread_ts)
        present: set[str] = set()
        state = ""
        try:
            for messages in self.api.replies(self.channel.id, thread_ts):
                root = next((m for m in messages if m.ts == thread_ts), None)
                if root is not None:
                    state = _thread_state(root)
                replies = [m for m in messages if m.ts != thread_ts]
                present.update(m.ts for m in replies)
                yield Page("replies", partition, [self._encode(m) for m in replies], as_of)
        except Skipped as skipped:
            # The root was deleted after the history showed it, and its replies with it.
            if skipped.code != "thread_not_found":
                raise
        yield Page.end_of_list("replies", partition, present, as_of, cursor=state)


def _thread_state(root: Message) -> str:
    """Return the newest reply and the count that a root shows, empty without replies."""
    return f"{root.latest_reply}/{root.reply_count}" if root.reply_count else ""
