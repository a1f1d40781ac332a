"""Slack's Web API: members, public channels, messages, thread replies, reactions, huddles.

Facts about the platform come from docs.slack.dev: methods, rate limits, message subtypes.
"""

from collections.abc import Generator, Iterable, Iterator
from datetime import timedelta

import msgspec

from connectors.base import (
    BlindSpot,
    Connector,
    Context,
    Cursors,
    Denied,
    SourceSettings,
    Stream,
)
from connectors.model import Fact, Page, Raw, Record
from connectors.slack_api import Skipped, SlackApi
from connectors.slack_records import (
    Channel,
    Message,
    encode_channel,
    encode_member,
    encode_message,
    is_reply,
    normalize,
)

LAST = "~"
DAY_MICROSECONDS = 86_400_000_000
FULL_WALK_EVERY_DAYS = 7
FREE_PLAN_DAYS = (85, 92)


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
        Stream("messages", "newest first", reread=timedelta(days=30)),
        Stream("replies", "oldest first"),
    )
    token_variable = "SLACK_BOT_TOKEN"
    token_advice = (
        "Create an internal app at api.slack.com/apps with the bot scopes channels:read, "
        "channels:history, users:read and team:read, install it, and copy its bot token (xoxb-…)"
    )

    def __init__(self, settings: SourceSettings, context: Context) -> None:
        super().__init__(settings, context)
        if settings.token is None:
            raise Denied(f"{settings.name}: the source has no token", advice=self.token_advice)
        base_url = settings.base_url or "https://slack.com/api"
        token = settings.token.get_secret_value()
        self.api = SlackApi(base_url, token, context)
        self._rescanned, self._rescan_requests = 0, 0

    @property
    def requests(self) -> int:
        return self.api.client.requests

    @property
    def waited_seconds(self) -> float:
        return self.api.client.waited_seconds

    def check(self) -> list[str]:
        """One `auth.test`, and the first page of members and channels, for their scopes."""
        self.api.workspace()
        next(self.api.members())
        channels = next(self.api.channels())
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
        channels: list[Channel] = []
        for page in self.api.channels():
            channels += page
            yield Page("channels", "", [encode_channel(c, workspace.url) for c in page], started_at)
        for number, channel in enumerate(channels):
            self.context.progress(f"#{channel.name}", number, len(channels))
            if channel.is_member is False and workspace.bot_id:
                self._blind(channel, "the app is not a member of it")
                continue
            try:
                yield from self._channel(channel, cursors, full)
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
            "members", "", [], as_of, covers=("", LAST), present=frozenset(present), cursor="{}"
        )

    def _blind(self, channel: Channel, reason: str) -> None:
        advice = f"Invite the app in Slack: /invite in #{channel.name}, then sync again"
        if channel.is_archived:
            advice = "It is archived: import a workspace export to see it"
        self.context.blind_spots.append(BlindSpot(f"#{channel.name}", reason, advice))

    def _channel(self, channel: Channel, cursors: Cursors, full: bool) -> Iterator[Page]:
        text = cursors("messages", [channel.id]).get(channel.id)
        cursor = msgspec.json.decode(text, type=ChannelCursor) if text else ChannelCursor()
        if cursor.walk is not None:
            cursor = yield from self._walk(channel, cursor, cursor.walk, cursors, full)
        floor = "" if full or self._full_walk_due(cursor) else self._reread_from(cursor)
        is_rescan, requests_before = bool(cursor.newest) and not floor and not full, self.requests
        walk = Walk(top="", down_to=LAST, floor=floor)
        cursor = yield from self._walk(channel, cursor, walk, cursors, full)
        if is_rescan:
            self._rescanned += 1
            self._rescan_requests += self.requests - requests_before
        if cursor.hidden_before:
            self._note_hidden(channel, cursor.hidden_before)

    def _full_walk_due(self, cursor: ChannelCursor) -> bool:
        """Replies to threads older than the window show only in a walk over all roots."""
        age = self.api.client.platform_time - cursor.full_at
        if not cursor.newest:
            return True
        return age >= FULL_WALK_EVERY_DAYS * DAY_MICROSECONDS and not self.api.is_throttled

    def _reread_from(self, cursor: ChannelCursor) -> str:
        seconds, _, fraction = cursor.newest.partition(".")
        window = next(s.reread for s in self.streams if s.name == "messages")
        return f"{max(0, int(seconds) - int(window.total_seconds()))}.{fraction}"

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
            yield from self._threads(channel, messages, cursors, full)
            roots = [m for m in messages if not is_reply(m)]
            low = min((m.ts for m in messages), default=walk.down_to)
            high, top = walk.down_to, walk.top or max((m.ts for m in messages), default="")
            if is_last:
                cursor = self._finished(channel, before, walk.floor, top, low)
                covers = (walk.floor or low, high)
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
            )
        return cursor

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
        if oldest == LAST:
            return False
        oldest_at = int(oldest.partition(".")[0]) * 1_000_000
        age_days = (self.api.client.platform_time - oldest_at) / DAY_MICROSECONDS
        first, last = FREE_PLAN_DAYS
        was_older = channel.created * 1_000_000 < oldest_at - 7 * DAY_MICROSECONDS
        return first <= age_days <= last and was_older

    def _note_hidden(self, channel: Channel, hidden_before: str) -> None:
        hidden_at = int(hidden_before.partition(".")[0]) * 1_000_000
        self.context.covered_from = max(self.context.covered_from or 0, hidden_at)
        self.context.blind_spots.append(
            BlindSpot(
                f"#{channel.name} before its oldest reachable message",
                "Slack's free plan hides messages older than 90 days",
                "Import a workspace export for the history",
            )
        )

    def _threads(
        self, channel: Channel, messages: list[Message], cursors: Cursors, full: bool
    ) -> Iterator[Page]:
        """Land the threads whose root or broadcast reply tells of replies not landed yet."""
        told = {m.ts: f"{m.latest_reply}/{m.reply_count}" for m in messages if m.reply_count}
        for message in messages:
            if message.thread_ts and is_reply(message):
                told.setdefault(message.thread_ts, f"{message.ts}/")
        known = cursors("replies", [f"{channel.id}:{thread_ts}" for thread_ts in told])
        for thread_ts, state in told.items():
            partition = f"{channel.id}:{thread_ts}"
            landed = known.get(partition, "")
            is_known = landed == state or (state.endswith("/") and landed >= state)
            if full or not is_known:
                try:
                    yield from self._thread(channel, thread_ts, partition)
                except Skipped:
                    yield self._no_thread(partition)

    def _thread(self, channel: Channel, thread_ts: str, partition: str) -> Iterator[Page]:
        as_of = self.api.client.platform_time
        present: set[str] = set()
        state = ""
        for messages, is_last in self.api.replies(channel.id, thread_ts):
            root = next((m for m in messages if m.ts == thread_ts), None)
            if root is not None:
                state = f"{root.latest_reply}/{root.reply_count}"
            replies = [m for m in messages if m.ts != thread_ts]
            present.update(m.ts for m in replies)
            yield Page(
                "replies",
                partition,
                [self._encode(m) for m in replies],
                as_of,
                cursor=state if is_last else None,
                covers=("", LAST) if is_last else None,
                present=frozenset(present),
            )

    def _no_thread(self, partition: str) -> Page:
        """The thread was deleted after the history told of it: so are its replies."""
        as_of = self.api.client.platform_time
        return Page("replies", partition, [], as_of, covers=("", LAST), present=frozenset())

    @classmethod
    def normalize(cls, source: str, record: Record) -> Iterable[Fact]:
        return normalize(source, record)
