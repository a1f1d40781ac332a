"""The calls of Discord's REST API that we make, and what its answers and errors mean.

Facts about the platform come from docs.discord.com/developers and its OpenAPI description.
"""

from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import quote

import msgspec
import requests

from connectors.base import Changed, Context, Denied, Retryable, SourceError
from connectors.discord.rate_limits import BucketPacer
from connectors.discord.records import (
    Channel,
    Member,
    Message,
    Reaction,
    Thread,
    User,
)
from connectors.discord.scheduled_events import Event, Interested
from connectors.http import LATER, Client

T = TypeVar("T")

VERSION = "v10"
# Discord turns away who does not say what it is in this form. The address is where the bot works.
USER_AGENT = "DiscordBot (https://discord.com/channels/{server}, 0.1.0)"
MEMBERS_LIMIT = 1000
LIMIT = 100
SCHEDULED, ACTIVE = 1, 2

NO_ACCESS = (403, 404)


class Skipped(SourceError):
    """One thing cannot be read; the others can. `status` is 403 or 404."""

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
    threads: list[Thread]
    has_more: bool = False


class Error(msgspec.Struct, frozen=True):
    code: int = 0


class DiscordApi:
    """The calls of one bot. Raises Denied, Changed, Skipped, or Retryable."""

    def __init__(self, base_url: str, token: str, server: str, context: Context) -> None:
        name = USER_AGENT.format(server=server)
        headers = {"Authorization": f"Bot {token}", "User-Agent": name}
        self.pacer, self._clock = BucketPacer(), context.clock
        self.client = Client(
            f"{base_url.rstrip('/').removesuffix('/' + VERSION)}/{VERSION}",
            headers,
            context,
            pacer=self.pacer,
        )
        self.source = context.source

    def delay(self, path: str) -> float:
        """Seconds that the bucket of a path would make us wait now."""
        return self.pacer.bucket_delay(path, self._clock())

    def me(self) -> User:
        """Return the bot's own account."""
        return self._get("users/@me", User)

    def application(self) -> Application:
        """Return the bot's application: its flags tell which intents are switched on."""
        return self._get("applications/@me", Application)

    def guild(self, server: str) -> Guild:
        """Return the server with its roles."""
        return self._get(f"guilds/{server}", Guild)

    def member(self, server: str, user: str) -> Member:
        """Return one member."""
        return self._get(f"guilds/{server}/members/{user}", Member)

    def members(self, server: str) -> Iterator[list[Member]]:
        """Yield pages of every member, bots included, by id."""
        after = "0"
        while True:
            page = self._list(members_path(server), Member, limit=MEMBERS_LIMIT, after=after)
            yield page
            if len(page) < MEMBERS_LIMIT:
                return
            after = max((m.user.id for m in page), key=int)

    def channels(self, server: str) -> list[Channel]:
        """Return every channel that is no thread."""
        return self._list(f"guilds/{server}/channels", Channel)

    def active_threads(self, server: str) -> list[Thread]:
        """Return the threads that are not archived."""
        return self._get(f"guilds/{server}/threads/active", Threads).threads

    def archived_threads(self, channel: str, before: str | None) -> Threads:
        """Return a page of a channel's public archived threads, the last archived ones first."""
        params = {"before": before} if before else {}
        return self._get(archived_path(channel), Threads, limit=LIMIT, **params)

    def messages(self, channel: str, after: str) -> list[Message]:
        """Return the next messages after an id, oldest first; less than LIMIT: there are no more.

        Discord gives each page newest first, also while walking forward.
        """
        page = self._list(messages_path(channel), Message, limit=LIMIT, after=after)
        return sorted(page, key=lambda message: int(message.id))

    def reactors(self, channel: str, message: str, reaction: Reaction) -> list[str]:
        """Return who gave a message a reaction."""
        emoji = reaction.emoji
        name = quote(f"{emoji.name}:{emoji.id}" if emoji.id else emoji.name or "", safe="")
        path = f"{messages_path(channel)}/{message}/reactions/{name}"
        users: list[str] = []
        after = "0"
        while True:
            page = self._list(path, User, limit=LIMIT, after=after)
            users += [user.id for user in page if not user.bot]
            if len(page) < LIMIT:
                return users
            after = max((user.id for user in page), key=int)

    def events(self, server: str) -> list[Event]:
        """Return the scheduled events: those to come and those under way."""
        return self._list(events_path(server), Event, with_user_count="true")

    def interested(self, server: str, event: str) -> Iterator[list[Interested]]:
        """Yield pages of the people who are interested in an event."""
        path, after = f"{events_path(server)}/{event}/users", "0"
        while True:
            page = self._list(path, Interested, limit=LIMIT, after=after)
            yield page
            if len(page) < LIMIT:
                return
            after = max((interested.user_id for interested in page), key=int)

    def _list(self, path: str, kind: type[T], **params: str | int) -> list[T]:
        return self._get(path, list[kind], **params)  # type: ignore[valid-type]

    def _get(self, path: str, shape: type[T], **params: str | int) -> T:
        where = f"{self.source}, {path}"
        return self.client.get(
            path,
            {name: str(value) for name, value in params.items()},
            where=where,
            read=lambda response: _read(response, shape, where),
        )


def messages_path(channel: str) -> str:
    """The path of a channel's or thread's messages."""
    return f"channels/{channel}/messages"


def archived_path(channel: str) -> str:
    """The path of a channel's archived threads."""
    return f"channels/{channel}/threads/archived/public"


def members_path(server: str) -> str:
    """The path of a server's members."""
    return f"guilds/{server}/members"


def events_path(server: str) -> str:
    """The path of a server's scheduled events."""
    return f"guilds/{server}/scheduled-events"


def _read(response: requests.Response, shape: type[T], where: str) -> T:
    if response.status_code != 200:
        raise _error(response, where)
    try:
        return msgspec.json.decode(response.content, type=shape)
    except msgspec.ValidationError as error:
        raise Changed(
            f"Discord's answer is not of the known shape: {error}",
            where=where,
            advice="Update community-vitals, or report this line",
        ) from error
    except msgspec.DecodeError as error:
        place = f"{where}, HTTP {response.status_code}"
        raise Retryable("the answer is no JSON, or cut off", where=place, advice=LATER) from error


def _error(response: requests.Response, where: str) -> SourceError:
    """What an answer other than 200 means; of its words only the code is passed on."""
    status = response.status_code
    place = f"{where}, HTTP {status}"
    try:
        code = msgspec.json.decode(response.content, type=Error).code
    except msgspec.MsgspecError:
        return Denied(
            "this is not Discord that answers",
            where=place,
            advice="Check the base_url, and that no proxy stands in between",
        )
    if status == 401:
        return Denied(
            "Discord refuses the token",
            where=place,
            advice="Reset the bot's token at discord.com/developers/applications and put the new "
            "one into the variable that vitals.toml names",
        )
    if status in NO_ACCESS:
        return Skipped(status, f"Discord says code {code}", place)
    return Denied(
        f"Discord says code {code}",
        where=place,
        advice="Look the code up at docs.discord.com/developers, mend it and sync again",
    )
