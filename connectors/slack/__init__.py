"""Slack's Web API: members, public channels, messages, thread replies, reactions, huddles.

Facts about the platform come from docs.slack.dev: methods, rate limits, message subtypes.
"""

import math
from collections.abc import Collection, Generator, Iterable, Iterator
from datetime import timedelta

import msgspec

from connectors.base import (
    BlindSpot,
    Connector,
    Context,
    Cursors,
    SourceSettings,
    Stream,
)
from connectors.model import END_OF_KEYS, Fact, Page, Raw, Record
from connectors.slack.api import Skipped, SlackApi
from connectors.slack.records import (
    Channel,
    Message,
    encode_channel,
    encode_member,
    encode_message,
    is_reply,
    microseconds,
    normalize,
)

DAY_MICROSECONDS = 86_400_000_000
FULL_WALK_EVERY_DAYS = 7
THREAD_REREAD_DAYS = 3
FREE_PLAN_DAYS = (85, 92)
MESSAGES = Stream("messages", "newest first", reread=timedelta(days=30))


class Walk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A newest-first walk that is not over: landed from `top` down to `down_to`."""

    top: str
    down_to: str
    floor: str = ""


class ChannelCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a channel is read.

    newest: the newest message landed by a walk that is whole. walk: an unfinished one.
    full_at: the platform's clock, microseconds, at the last walk over the whole history.
    hidden_before: where the free plan cuts the history off, if it does.
    """

    newest: str = ""
    walk: Walk | None = None
    full_at: int = 0
    hidden_before: str = ""


class SlackConnector(Connector[SourceSettings]):
    """A Slack workspace, seen by a bot or user token of the community's own internal app."""

    kind = "slack"
    version = 1
    streams = (
        Stream("members", "whole list"),
        Stream("channels", "whole list"),
        MESSAGES,
        Stream("replies", "oldest first"),
    )
    token_variable = "SLACK_BOT_TOKEN"
    token_advice = (
        "Create an internal app at api.slack.com/apps with the bot scopes channels:read, "
        "channels:history, users:read and team:read, install it, and copy its bot token (xoxb-…)"
    )

    def __init__(self, settings: SourceSettings, context: Context) -> None:
        super().__init__(settings, context)
        base_url = settings.base_url or "https://slack.com/api"
        token = self.token()
        self.api = SlackApi(base_url, token, context)
        self._rescanned, self._rescan_requests = 0, 0

    def check(self) -> list[str]:
        """One call of each method, for their scopes."""
        self.api.workspace()
        next(self.api.members())
        channels = next(self.api.channels())
        if inside := [c for c in channels if c.is_member is not False and not c.is_archived]:
            next(self.api.history(inside[0].id, "", END_OF_KEYS))
        outside = [c.name for c in channels if c.is_member is False]
        if not outside:
            return []
        names = ", ".join(f"#{name}" for name in outside[:5])
        return [f"messages of {len(outside)} channels where the app is no member: {names}"]

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """Members and channels whole, then each channel's news with the threads it touches."""
        workspace = self.api.workspace()
        started_at = self.api.client.platform_time
        yield from self._members(started_at)
        channels: dict[str, Channel] = {}
        for page in self.api.channels():
            channels |= {channel.id: channel for channel in page}
            yield Page("channels", "", [encode_channel(c, workspace.url) for c in page], started_at)
        known = cursors("messages", channels.keys())
        for number, channel in enumerate(channels.values()):
            self.context.progress(f"#{channel.name}", number, len(channels))
            if channel.is_member is False and workspace.bot_id:
                self._blind(channel, "the app is not a member of it")
                continue
            try:
                yield from self._channel(channel, known.get(channel.id), cursors, full)
            except Skipped as skipped:
                self._blind(channel, skipped.code)
        self.context.progress("channels", len(channels), len(channels))
        if self._rescanned:
            self.context.warn(
                f"{self.context.source}: {self._rescanned} channels were read from their beginning "
                f"in {self._rescan_requests} requests, as every {FULL_WALK_EVERY_DAYS} days, "
                "to find late answers to old threads"
            )

    def _members(self, as_of: int) -> Iterator[Page]:
        present: set[str] = set()
        for members in self.api.members():
            present.update(m.id for m in members)
            records = [encode_member(m, self.context.hash_private) for m in members]
            yield Page("members", "", records, as_of)
        yield Page(
            "members",
            "",
            [],
            as_of,
            covers=("", END_OF_KEYS),
            present=frozenset(present),
            cursor="{}",
        )

    def _blind(self, channel: Channel, reason: str) -> None:
        advice = f"Invite the app in Slack: /invite in #{channel.name}, then sync again"
        if channel.is_archived:
            advice = "It is archived: import a workspace export to see it"
        self.context.blind_spots.append(BlindSpot(f"#{channel.name}", reason, advice))

    def _channel(
        self, channel: Channel, known: str | None, cursors: Cursors, full: bool
    ) -> Iterator[Page]:
        if known is None:
            # From here on it has a cursor. Until now it had none, and so had its threads.
            yield Page("messages", channel.id, [], self.api.client.platform_time, cursor="{}")
            cursors = _no_cursors
        cursor = msgspec.json.decode(known or "{}", type=ChannelCursor)
        if cursor.walk is not None:
            cursor = yield from self._walk(channel, cursor, cursor.walk, cursors, full)
        floor = "" if full or self._full_walk_due(cursor) else self._reread_from(cursor)
        is_rescan, requests_before = (
            bool(cursor.newest) and not floor and not full,
            self.context.requests,
        )
        walk = Walk(top="", down_to=END_OF_KEYS, floor=floor)
        cursor = yield from self._walk(channel, cursor, walk, cursors, full)
        if is_rescan:
            self._rescanned += 1
            self._rescan_requests += self.context.requests - requests_before
        if cursor.hidden_before:
            self._note_hidden(channel, cursor.hidden_before)

    def _full_walk_due(self, cursor: ChannelCursor) -> bool:
        """Replies to threads older than the window show only in a walk over all roots."""
        if not cursor.newest:
            return True
        return self._age_days(cursor.full_at) >= FULL_WALK_EVERY_DAYS and not self.api.is_throttled

    def _age_days(self, time: int) -> float:
        return (self.api.client.platform_time - time) / DAY_MICROSECONDS

    def _reread_from(self, cursor: ChannelCursor) -> str:
        seconds, _, fraction = cursor.newest.partition(".")
        return f"{max(0, int(seconds) - int(MESSAGES.reread.total_seconds()))}.{fraction}"

    def _walk(
        self, channel: Channel, before: ChannelCursor, walk: Walk, cursors: Cursors, full: bool
    ) -> Generator[Page, None, ChannelCursor]:
        """Land a walk page by page, each with the threads that it shows to have changed.

        The channel's cursor tells after each page how far the walk is, and moves `newest` only
        when the walk is whole: an interrupted one goes on where it stopped.
        """
        as_of = self.api.client.platform_time
        cursor = before
        for messages, is_last in self.api.history(channel.id, walk.floor, walk.down_to):
            is_rescan = bool(before.newest) and not walk.floor
            reread_days = self._thread_reread_days(full, is_rescan)
            yield from self._threads(channel, messages, cursors, reread_days)
            roots = [m for m in messages if not is_reply(m)]
            low = min((m.ts for m in messages), default=walk.down_to)
            high, top = walk.down_to, walk.top or max((m.ts for m in messages), default="")
            if is_last:
                cursor = self._finished(channel, before, walk.floor, top, low)
                covers = (self._vouched_from(walk.floor, low), high)
            else:
                walk = Walk(top, low, walk.floor)
                cursor = ChannelCursor(
                    before.newest, walk if top else None, before.full_at, before.hidden_before
                )
                covers = (low, high)
            yield Page(
                "messages",
                channel.id,
                [self._encode(m) for m in roots],
                as_of,
                cursor=msgspec.json.encode(cursor).decode(),
                covers=covers,
                answers="replies",
            )
        return cursor

    def _vouched_from(self, floor: str, low: str) -> str:
        """From where a missing message is a deleted one: a free plan hides old ones, too."""
        is_hidden = not floor or self._age_days(microseconds(floor)) > FREE_PLAN_DAYS[0]
        return low if is_hidden else floor

    def _thread_reread_days(self, full: bool, is_rescan: bool) -> float:
        if full:
            return math.inf
        if self.api.is_throttled:
            return 0
        return MESSAGES.reread.days if is_rescan else THREAD_REREAD_DAYS

    def _encode(self, message: Message) -> Raw:
        return encode_message(message, keep_text=self.context.store_text)

    def _finished(
        self, channel: Channel, before: ChannelCursor, floor: str, top: str, low: str
    ) -> ChannelCursor:
        newest = max(before.newest, top)
        if floor:
            return ChannelCursor(newest, None, before.full_at, before.hidden_before)
        now = self.api.client.platform_time
        return ChannelCursor(newest, None, now, low if self._is_cut_off(channel, low) else "")

    def _is_cut_off(self, channel: Channel, oldest: str) -> bool:
        """A free plan hides what is older than 90 days, even the channel's own first row."""
        if oldest == END_OF_KEYS:
            return False
        first, last = FREE_PLAN_DAYS
        was_older = (channel.created or 0) * 1_000_000 < microseconds(oldest) - 7 * DAY_MICROSECONDS
        return was_older and first <= self._age_days(microseconds(oldest)) <= last

    def _note_hidden(self, channel: Channel, hidden_before: str) -> None:
        hidden_at = microseconds(hidden_before)
        self.context.covered_from = max(self.context.covered_from or 0, hidden_at)
        self.context.blind_spots.append(
            BlindSpot(
                f"#{channel.name} before its oldest reachable message",
                "Slack's free plan hides messages older than 90 days",
                "Import a workspace export for the history",
            )
        )

    def _threads(
        self, channel: Channel, messages: list[Message], cursors: Cursors, reread_days: float
    ) -> Iterator[Page]:
        """Land the threads whose root or broadcast reply tells of replies not landed yet.

        Reactions to replies and their edits show in no root: threads with a reply in the last
        `reread_days` are read again.
        """
        told = {m.ts: _thread_state(m) for m in messages if not is_reply(m)}
        for message in messages:
            if message.thread_ts and is_reply(message):
                told.setdefault(message.thread_ts, f"{message.ts}/")
        known = cursors("replies", [f"{channel.id}:{thread_ts}" for thread_ts in told])
        for thread_ts, state in told.items():
            partition = f"{channel.id}:{thread_ts}"
            landed = known.get(partition, "")
            if not (state or landed):
                continue  # a message without replies
            is_known = landed == state or (state.endswith("/") and landed >= state)
            latest = microseconds(state.partition("/")[0]) if state else 0
            if not is_known or self._age_days(latest) < reread_days:
                yield from self._thread(channel, thread_ts, partition)

    def _thread(self, channel: Channel, thread_ts: str, partition: str) -> Iterator[Page]:
        as_of = self.api.client.platform_time
        present: set[str] = set()
        state = ""
        try:
            for messages in self.api.replies(channel.id, thread_ts):
                root = next((m for m in messages if m.ts == thread_ts), None)
                if root is not None:
                    state = _thread_state(root)
                replies = [m for m in messages if m.ts != thread_ts]
                present.update(m.ts for m in replies)
                yield Page("replies", partition, [self._encode(m) for m in replies], as_of)
        except Skipped as skipped:
            # Deleted after the history told of it: so are its replies.
            if skipped.code != "thread_not_found":
                raise
        yield Page(
            "replies",
            partition,
            [],
            as_of,
            cursor=state,
            covers=("", END_OF_KEYS),
            present=frozenset(present),
        )

    @classmethod
    def normalize(cls, source: str, record: Record) -> Iterable[Fact]:
        return normalize(source, record)


def _no_cursors(stream: str, partitions: Collection[str]) -> dict[str, str]:
    return {}


def _thread_state(root: Message) -> str:
    """What a root tells of its thread: another text means other replies; none, no replies."""
    return f"{root.latest_reply}/{root.reply_count}" if root.reply_count else ""
