"""The calls of Discord's REST API that we make, its paging and its errors.

Facts about the platform come from docs.discord.com/developers and its OpenAPI description.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar
from urllib.parse import quote

import msgspec
import requests

from connectors.base import Context, Denied, SourceError
from connectors.discord import records
from connectors.discord.rate_limits import BucketPacer
from connectors.http import Client, decode_json, place_of

T = TypeVar("T")

VERSION = "v10"
# Discord rejects clients whose User-Agent has another form. The address is the bot's server.
USER_AGENT = "DiscordBot (https://discord.com/channels/{server}, 0.1.0)"
MEMBERS_LIMIT = 1000
LIMIT = 100


class Unreadable(SourceError):
    """One channel, thread or list cannot be read; the others can. `status` is 403 or 404."""

    def __init__(self, status: int, what: str, where: str) -> None:
        super().__init__(what, where=where)
        self.status = status


class Role(msgspec.Struct, frozen=True):
    id: str
    permissions: str


class Guild(msgspec.Struct, frozen=True):
    id: str
    roles: list[Role]
    owner_id: str = ""


class Application(msgspec.Struct, frozen=True):
    flags: int = 0


class Threads(msgspec.Struct, frozen=True):
    threads: list[records.Thread]
    has_more: bool = False


class ErrorBody(msgspec.Struct, frozen=True):
    code: int = 0


class DiscordApi:
    """The calls of one bot on one server. Raises Denied, Changed, Unreadable or Retryable."""

    def __init__(self, base_url: str, token: str, server: str, context: Context) -> None:
        self.server, self._source = server, context.source
        self._pacer, self._clock = BucketPacer(), context.clock
        self._client = Client(
            f"{base_url.rstrip('/').removesuffix('/' + VERSION)}/{VERSION}",
            {"Authorization": f"Bot {token}", "User-Agent": USER_AGENT.format(server=server)},
            context,
            pacer=self._pacer,
        )
        self.members_path = f"guilds/{server}/members"
        self.events_path = f"guilds/{server}/scheduled-events"

    @property
    def platform_time(self) -> int:
        """Discord's own clock at the last response, in microseconds since 1970."""
        return self._client.platform_time

    def delay(self, path: str) -> float:
        """Return the seconds to wait until the rate limit of a path allows the next call."""
        return self._pacer.bucket_delay(path, self._clock())

    def me(self) -> records.User:
        return self._get("users/@me", records.User)

    def application(self) -> Application:
        """Return the bot's application: its flags show which intents are switched on."""
        return self._get("applications/@me", Application)

    def guild(self) -> Guild:
        return self._get(f"guilds/{self.server}", Guild)

    def member(self, user: str) -> records.Member:
        return self._get(f"{self.members_path}/{user}", records.Member)

    def members(self) -> Iterator[list[records.Member]]:
        """Yield pages of all members, bots included, by id."""
        return self._pages(self.members_path, records.Member, lambda m: m.user.id, MEMBERS_LIMIT)

    def channels(self) -> list[records.Channel]:
        """Return every channel that can hold messages or threads."""
        channels = self._list(f"guilds/{self.server}/channels", records.Channel)
        return [
            c for c in channels if c.type in records.WITH_MESSAGES or c.type in records.WITH_THREADS
        ]

    def active_threads(self) -> list[records.Thread]:
        """Return the threads that are not archived."""
        return self._get(f"guilds/{self.server}/threads/active", Threads).threads

    def archived_threads(self, channel: str, before: str | None) -> Threads:
        """Return a page of a channel's public archived threads, last archived first."""
        params = {"before": before} if before else {}
        return self._get(archived_path(channel), Threads, limit=LIMIT, **params)

    def messages(self, channel: str, after: str) -> list[records.Message]:
        """Return the next messages after an id, oldest first. Fewer than LIMIT are the last ones.

        Discord sorts each page newest first, also when it pages forward.
        """
        page = self._list(messages_path(channel), records.Message, limit=LIMIT, after=after)
        return sorted(page, key=lambda message: int(message.id))

    def reactors(self, channel: str, message: str, reaction: records.Reaction) -> list[str]:
        """Return the ids of the people who gave a message a reaction."""
        emoji = reaction.emoji
        name = quote(f"{emoji.name}:{emoji.id}" if emoji.id else emoji.name or "", safe="")
        path = f"{messages_path(channel)}/{message}/reactions/{name}"
        pages = self._pages(path, records.User, lambda user: user.id)
        return [user.id for page in pages for user in page if not user.bot]

    def events(self) -> list[records.Event]:
        """Return the scheduled events that have not ended."""
        return self._list(self.events_path, records.Event, with_user_count="true")

    def interested(self, event: str) -> Iterator[list[records.Interested]]:
        """Yield pages of the people who are interested in an event."""
        path = f"{self.events_path}/{event}/users"
        return self._pages(path, records.Interested, lambda interested: interested.user_id)

    def _pages(
        self, path: str, kind: type[T], id_of: Callable[[T], str], limit: int = LIMIT
    ) -> Iterator[list[T]]:
        after = "0"
        while True:
            page = self._list(path, kind, limit=limit, after=after)
            yield page
            if len(page) < limit:
                return
            after = max((id_of(one) for one in page), key=int)

    def _list(self, path: str, kind: type[T], **params: str | int) -> list[T]:
        return self._get(path, list[kind], **params)  # type: ignore[valid-type]

    def _get(self, path: str, shape: type[T], **params: str | int) -> T:
        where = f"{self._source}, {path}"
        return self._client.request(
            path,
            {name: str(value) for name, value in params.items()},
            where=where,
            read=lambda response: _read(response, shape, where),
        )


def messages_path(channel: str) -> str:
    """Return the path of a channel's or thread's messages."""
    return f"channels/{channel}/messages"


def archived_path(channel: str) -> str:
    """Return the path of a channel's archived threads."""
    return f"channels/{channel}/threads/archived/public"


def _read(response: requests.Response, shape: type[T], where: str) -> T:
    if response.status_code != 200:
        raise _error(response, where)
    return decode_json(msgspec.json.Decoder(shape), response, where, "Discord")


def _error(response: requests.Response, where: str) -> SourceError:
    """Return the error of a response that is not 200. It quotes only Discord's error code."""
    status, place = response.status_code, place_of(response, where)
    try:
        code = msgspec.json.decode(response.content, type=ErrorBody).code
    except msgspec.MsgspecError:
        return Denied(
            "the response is not from Discord",
            where=place,
            advice="Check the base_url, and that no proxy answers in place of Discord",
        )
    if status == 401:
        return Denied(
            "Discord rejected the token",
            where=place,
            advice="Reset the bot's token at discord.com/developers/applications and put the new "
            "one into the variable that vitals.toml names",
        )
    if status in (403, 404):
        return Unreadable(status, f"Discord's error code is {code}", place)
    return Denied(
        f"Discord's error code is {code}",
        where=place,
        advice="Look the code up at docs.discord.com/developers, fix the cause and sync again",
    )
