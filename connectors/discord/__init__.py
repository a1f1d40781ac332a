"""A Discord server: members, channels, threads, messages, scheduled events.

Reactions are counted in the records; who gave them costs a request each and is asked only where
`reactors = true`.
"""

from collections.abc import Iterable, Iterator

from pydantic import Field, field_validator

from connectors.base import (
    BlindSpot,
    Connector,
    Context,
    Cursors,
    Denied,
    SourceSettings,
    Stream,
)
from connectors.discord.api import DiscordApi, Skipped, events_path, members_path
from connectors.discord.permissions import NAMES, VIEW_CHANNEL, Access
from connectors.discord.records import (
    Channel,
    encode_channel,
    encode_member,
    normalize,
)
from connectors.discord.scheduled_events import (
    EVENT_STREAMS,
    encode_event,
    encode_interested,
    normalize_event,
)
from connectors.discord.sync import REREAD, WITH_MESSAGES, WITH_THREADS, History, Walk
from connectors.model import END_OF_KEYS, Fact, Page, Record

MEMBERS_INTENT = 1 << 14 | 1 << 15
CONTENT_INTENT = 1 << 18 | 1 << 19
BOT_PAGE = "under Bot at discord.com/developers/applications"
MEMBERS_BLIND = BlindSpot(
    "members: when they joined and who left",
    "the bot lacks the Server Members Intent",
    f"Switch on Server Members Intent {BOT_PAGE}, then sync again",
)


class DiscordSettings(SourceSettings):
    """A Discord source. `reactors`: also ask who gave each reaction, a request for every one."""

    server: str = Field(
        description="What is the Discord server's id (Developer Mode, Copy Server ID)?"
    )
    reactors: bool = False

    @field_validator("server")
    @classmethod
    def _is_id(cls, value: str) -> str:
        if not (value.isascii() and value.isdigit()):
            raise ValueError(
                "it is the server's id, a number in quotes. Switch on Developer Mode in Discord, "
                "right-click the server and choose Copy Server ID"
            )
        return value


class DiscordConnector(Connector[DiscordSettings]):
    """A Discord server, seen by a bot that the community has invited."""

    kind = "discord"
    version = 2
    streams = (
        Stream("members", "whole list"),
        Stream("channels", "whole list"),
        Stream("threads", "newest first"),
        Stream("messages", "oldest first", reread=REREAD),
        Stream("thread_messages", "oldest first", reread=REREAD),
        Stream("authors", "oldest first"),
        Stream("events", "whole list"),
        Stream("interested", "whole list"),
    )
    settings_model = DiscordSettings
    token_variable = "DISCORD_BOT_TOKEN"
    token_advice = (
        "Create an application at discord.com/developers/applications, switch on Server Members "
        "Intent under Bot, invite it to the server with the permissions View Channels and Read "
        "Message History, and copy its bot token"
    )

    def __init__(self, settings: DiscordSettings, context: Context) -> None:
        super().__init__(settings, context)
        base_url = settings.base_url or "https://discord.com/api"
        token = self.token()
        self.api = DiscordApi(base_url, token, settings.server, context)

    def check(self) -> list[str]:
        """The bot, its intents and its place on the server; the channels that it cannot read."""
        access, flags = self._access(), self.api.application().flags
        blind = []
        if not flags & MEMBERS_INTENT:
            blind.append(f"{MEMBERS_BLIND.what}. {MEMBERS_BLIND.advice}")
        if self.context.store_text and not flags & CONTENT_INTENT:
            blind.append(f"text of messages. Switch on Message Content Intent {BOT_PAGE}")
        closed = [c.name for c in self._channels() if access.missing(c)]
        if closed:
            names = ", ".join(f"#{name}" for name in closed[:5])
            blind.append(f"messages of {len(closed)} channels that the bot may not read: {names}")
        return blind

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """The channels, then members, events, messages and threads side by side."""
        access = self._access()
        started_at = self.api.client.platform_time
        server, channels = self.settings.server, self._channels()
        lacks = {channel.id: access.missing(channel) for channel in channels}
        seen = [c for c in channels if lacks[c.id] != NAMES[VIEW_CHANNEL]]
        yield Page("channels", "", [encode_channel(c, server) for c in seen], started_at)
        for channel in channels:
            if permission := lacks[channel.id]:
                self._blind(channel, f"the bot lacks the permission {permission}")
        history = History(
            self.api,
            server,
            cursors,
            full,
            self.context.store_text,
            self.settings.reactors,
            self._refused,
        )
        members, events = Walk(members_path(server)), Walk(events_path(server))
        members.pages, events.pages = self._members(started_at), self._events(started_at)
        walks = history.walks([c for c in channels if not lacks[c.id]])
        yield from self._side_by_side([members, events, *walks])

    def _access(self) -> Access:
        server, me = self.settings.server, self.api.me()
        try:
            return Access(self.api.guild(server), self.api.member(server, me.id))
        except Skipped as skipped:
            raise Denied(
                f"the bot is not on the server {server}",
                where=skipped.where,
                advice="Invite it: discord.com/oauth2/authorize?client_id=APPLICATION_ID"
                "&scope=bot&permissions=66560, and check `server` in vitals.toml",
            ) from skipped

    def _channels(self) -> list[Channel]:
        channels = self.api.channels(self.settings.server)
        return [c for c in channels if c.type in WITH_MESSAGES or c.type in WITH_THREADS]

    def _blind(self, channel: Channel, reason: str) -> None:
        advice = (
            f"Give the bot View Channel and Read Message History in #{channel.name}, and Connect "
            "if it is a voice channel, then sync again"
        )
        self.context.blind_spots.append(BlindSpot(f"#{channel.name}", reason, advice))

    def _refused(self, channel: Channel, skipped: Skipped) -> None:
        """A channel that refuses us is a blind spot, once; one that is gone by now is none."""
        is_known = any(spot.what == f"#{channel.name}" for spot in self.context.blind_spots)
        if skipped.status == 403 and not is_known:
            self._blind(channel, str(skipped))

    def _side_by_side(self, walks: list[Walk]) -> Iterator[Page]:
        """While the limit of one channel makes us wait, another one goes on."""
        total = len(walks)
        while walks:
            self.context.progress("lists and channels", total - len(walks), total)
            free = (walk for walk in walks if not self.api.delay(walk.path))
            walk = next(free, None) or min(walks, key=lambda walk: self.api.delay(walk.path))
            page = next(walk.pages, None)
            if page is None:
                walks.remove(walk)
            else:
                yield page
        self.context.progress("lists and channels", total, total)

    def _members(self, as_of: int) -> Iterator[Page]:
        present: set[str] = set()
        try:
            for members in self.api.members(self.settings.server):
                records = [encode_member(member) for member in members]
                present.update(record.key for record in records)
                yield Page("members", "", records, as_of)
        except Skipped:
            self.context.blind_spots.append(MEMBERS_BLIND)
            return
        yield Page(
            "members",
            "",
            [],
            as_of,
            covers=("", END_OF_KEYS),
            present=frozenset(present),
            cursor="{}",
        )

    def _events(self, as_of: int) -> Iterator[Page]:
        """What is listed, and who is interested; what is past stays here when Discord drops it.

        An event that has vanished is marked so, with the time: it is over, or was called off.
        """
        server = self.settings.server
        try:
            events = self.api.events(server)
        except Skipped as skipped:
            spot = BlindSpot("scheduled events", str(skipped), "Give the bot View Channels")
            self.context.blind_spots.append(spot)
            return
        for event in events:
            present: set[str] = set()
            for interested in self.api.interested(server, event.id) if event.user_count else ():
                records = [encode_interested(one) for one in interested]
                present.update(record.key for record in records)
                yield Page("interested", event.id, records, as_of)
            whole = frozenset(present)
            yield Page("interested", event.id, [], as_of, covers=("", END_OF_KEYS), present=whole)
        records = [encode_event(event) for event in events]
        yield Page("events", "", records, as_of, covers=("", END_OF_KEYS))

    @classmethod
    def normalize(cls, source: str, record: Record) -> Iterable[Fact]:
        if record.stream in EVENT_STREAMS:
            return normalize_event(source, record)
        return normalize(source, record)
