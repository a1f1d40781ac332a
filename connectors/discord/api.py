"""The calls of Discord's REST API that we make, its paging and its errors.

Facts about the platform come from docs.discord.com/developers and its OpenAPI description.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote

import msgspec
import requests

from connectors.base import BlindSpot, Changed, Context, Denied, Retryable, SourceError
from connectors.discord import records
from connectors.discord.rate_limits import BucketPacer
from connectors.http import LATER, Client, place_of
from connectors.paging import PageGuard
from connectors.tolerant import ODD_JSON, convert_row, read_json

T = TypeVar("T")
RowT = TypeVar("RowT", bound=msgspec.Struct)

VERSION = "v10"
# Discord rejects clients whose User-Agent has another form. The address is the bot's server.
USER_AGENT = "DiscordBot (https://discord.com/channels/{server}, 0.1.0)"
MEMBERS_LIMIT = 1000
LIMIT = 100
LEAST_SHARE = 0.9  # of the members that Discord counts about
REPORT = "Update community-vitals, or report this line"
AGAIN = "What it showed is kept. The next sync reads it again"

# docs.discord.com/developers/topics/opcodes-and-status-codes#json
UNKNOWN_EMOJI, WRONG_CHANNEL_TYPE = 10014, 50024


class Unreadable(SourceError):
    """One channel, thread, list or emoji cannot be read; the others can.

    `status` is 400, 403 or 404, and `code` Discord's own code of the error.
    """

    def __init__(self, status: int, code: int, where: str) -> None:
        super().__init__(f"Discord's error code is {code}", where=where)
        self.status, self.code = status, code


class NotWhole(Retryable):
    """A list was read to its end, and is not all there is. What it showed is kept."""


class Listed(NamedTuple, Generic[T]):
    """A page of a list: its rows, and how many Discord sent with those that cannot be read."""

    rows: list[T]
    sent: int


class Role(msgspec.Struct, frozen=True):
    id: str
    permissions: records.Permissions


class Guild(msgspec.Struct, frozen=True):
    id: str
    roles: list[Role]
    owner_id: str = ""
    approximate_member_count: int | None = None


class Application(msgspec.Struct, frozen=True):
    flags: int = 0


class ThreadsBody(msgspec.Struct, frozen=True):
    threads: list[dict[str, Any] | None] | None = None
    has_more: bool = False


class Threads(NamedTuple):
    """A page of threads. `is_whole`: every row could be read, and none came twice."""

    threads: list[records.Thread]
    has_more: bool
    is_whole: bool


class ErrorBody(msgspec.Struct, frozen=True):
    code: int = 0


class DiscordApi:
    """The calls of one bot on one server. Raises Denied, Changed, Unreadable or Retryable."""

    def __init__(self, base_url: str, token: str, server: str, context: Context) -> None:
        self.server, self._source = server, context.source
        self._pacer, self._context = BucketPacer(), context
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
        return self._pacer.bucket_delay(path, self._context.clock())

    def me(self) -> records.User:
        return self._get("users/@me", records.User)

    def application(self) -> Application:
        """Return the bot's application: its flags show which intents are switched on."""
        return self._get("applications/@me", Application)

    def guild(self) -> Guild:
        return self._get(f"guilds/{self.server}", Guild, with_counts="true")

    def member(self, user: str) -> records.Member:
        return self._get(f"{self.members_path}/{user}", records.Member)

    def members(self, stated: int | None) -> Iterator[Listed[records.Member]]:
        """Yield pages of all members, bots included, by id.

        stated: how many there are about. Raises NotWhole where the list is far shorter.
        """
        pages = self._pages(
            self.members_path, records.Member, lambda m: m.user.id, stated, MEMBERS_LIMIT
        )
        found = 0
        for page in pages:
            found += page.sent
            yield page
        if stated and found < stated * LEAST_SHARE:
            raise NotWhole(
                f"Discord counts about {stated} members, and its list has {found}",
                where=f"{self._source}, {self.members_path}",
                advice=AGAIN,
            )

    def channels(self) -> list[records.Channel]:
        """Return every channel that can hold messages or threads, with its category's name."""
        channels = self._list(f"guilds/{self.server}/channels", records.Channel).rows
        names = {channel.id: channel.name for channel in channels}
        return [
            msgspec.structs.replace(channel, category=names.get(channel.parent_id or ""))
            for channel in channels
            if channel.type in records.WITH_MESSAGES or channel.type in records.WITH_THREADS
        ]

    def active_threads(self) -> Threads:
        """Return the threads that are not archived."""
        return self._threads(f"guilds/{self.server}/threads/active")

    def archived_threads(self, channel: str, before: str | None) -> Threads:
        """Return a page of a channel's public archived threads, last archived first."""
        params = {"before": before} if before else {}
        return self._threads(archived_path(channel), limit=LIMIT, **params)

    def _threads(self, path: str, **params: str | int) -> Threads:
        body = self._get(path, ThreadsBody, **params)
        sent = body.threads or []
        read = (convert_row(row, records.Thread) for row in sent)
        threads = {thread.id: thread for thread in read if thread}
        is_whole = len(threads) == len(sent) and body.threads is not None
        return Threads(list(threads.values()), body.has_more, is_whole)

    def messages(self, channel: str, after: int) -> Listed[records.Message]:
        """Return the next messages after an id, oldest first. Fewer than LIMIT are the last ones.

        Discord sorts each page newest first, also when it pages forward.
        """
        page = self._list(messages_path(channel), records.Message, limit=LIMIT, after=after)
        return Listed(sorted(page.rows, key=lambda message: int(message.id)), page.sent)

    def has_message(self, channel: str, message: str) -> bool:
        """Tell whether a message exists. Raises Unreadable where it is hidden."""
        try:
            self._get(f"{messages_path(channel)}/{message}", records.Message)
        except Unreadable as error:
            if error.status != 404:
                raise
            return False
        return True

    def reactors(
        self, channel: str, message: str, reaction: records.Reaction
    ) -> list[records.User]:
        """Return the people and bots who gave a message a reaction."""
        emoji = reaction.emoji
        name = quote(f"{emoji.name}:{emoji.id}" if emoji.id else emoji.name or "", safe="")
        path = f"{messages_path(channel)}/{message}/reactions/{name}"
        pages = self._pages(path, records.User, lambda user: user.id)
        return [user for page in pages for user in page.rows]

    def events(self) -> list[records.Event]:
        """Return the scheduled events that have not ended."""
        return self._list(self.events_path, records.Event, with_user_count="true").rows

    def event(self, event: str) -> records.Event | None:
        """Return a scheduled event; None where there is none. Raises Unreadable if it is hidden."""
        try:
            return self._get(f"{self.events_path}/{event}", records.Event)
        except Unreadable as error:
            if error.status != 404:
                raise
            return None

    def interested(self, event: records.Event) -> Iterator[Listed[records.Interested]]:
        """Yield pages of the people who are interested in an event."""
        path = f"{self.events_path}/{event.id}/users"
        return self._pages(path, records.Interested, lambda one: one.user_id, event.user_count)

    def _pages(
        self,
        path: str,
        kind: type[RowT],
        id_of: Callable[[RowT], str],
        stated: int | None = None,
        limit: int = LIMIT,
    ) -> Iterator[Listed[RowT]]:
        """Yield the pages of a list that is sorted by id.

        A page with less than `limit` is the last one. Where fewer than `stated` were found, the
        list is asked once more. Raises NotWhole at the end, where rows came twice or out of order:
        others may be missing in their place.
        """
        where = f"{self._source}, {path}"
        guard, found, after, is_whole = PageGuard(where), set[int](), 0, True
        while True:
            page = self._list(path, kind, limit=limit, after=after)
            yield page
            ids = [int(id_of(row)) for row in page.rows]
            is_whole &= len(ids) == len(set(ids)) and all(id > after for id in ids)
            is_last = page.sent < limit
            if is_last and (not ids or len(found | set(ids)) >= (stated or 0)):
                break
            found.update(ids)
            after = max([after, *ids])
            guard.turn(str(after), list(map(str, ids)))
        if not is_whole:
            raise NotWhole("rows came twice or out of order", where=where, advice=AGAIN)

    def _list(self, path: str, kind: type[RowT], **params: str | int) -> Listed[RowT]:
        page = self._request(path, lambda r, where: _read_list(r, kind, where), **params)
        if len(page.rows) < page.sent:
            spot = BlindSpot(path, "it has rows without an id, which are left out", REPORT)
            self._context.blind_spots += [spot] if spot not in self._context.blind_spots else []
        return page

    def _get(self, path: str, shape: type[RowT], **params: str | int) -> RowT:
        return self._request(path, lambda r, where: _read(r, shape, where), **params)

    def _request(
        self, path: str, read: Callable[[requests.Response, str], T], **params: str | int
    ) -> T:
        where = f"{self._source}, {path}"
        return self._client.request(
            path,
            {name: str(value) for name, value in params.items()},
            where=where,
            read=lambda response: read(response, where),
        )


def messages_path(channel: str) -> str:
    """Return the path of a channel's or thread's messages."""
    return f"channels/{channel}/messages"


def archived_path(channel: str) -> str:
    """Return the path of a channel's archived threads."""
    return f"channels/{channel}/threads/archived/public"


def _read(response: requests.Response, shape: type[RowT], where: str) -> RowT:
    if response.status_code != 200:
        raise _error(response, where)
    try:
        return msgspec.json.decode(response.content, type=shape)
    except ODD_JSON:
        row = convert_row(_loosely(response, where), shape)
    if row is None:
        raise _unknown_shape(response, where)
    return row


def _read_list(response: requests.Response, kind: type[RowT], where: str) -> Listed[RowT]:
    """Return the rows that can be read. Raises Changed where that is none of them."""
    if response.status_code != 200:
        raise _error(response, where)
    try:
        rows: list[RowT] = msgspec.json.decode(response.content, type=list[kind])  # type: ignore[valid-type]
        return Listed(rows, len(rows))
    except ODD_JSON:
        sent = _loosely(response, where)
    if not isinstance(sent, list):
        raise _unknown_shape(response, where)
    rows = [row for one in sent if (row := convert_row(one, kind))]
    if sent and not rows:
        raise _unknown_shape(response, where)
    return Listed(rows, len(sent))


def _loosely(response: requests.Response, where: str) -> Any:
    """Return JSON that is not quite what it should be. Raises Retryable where it is none."""
    try:
        return read_json(response.content)
    except ValueError:
        # The error would quote what was sent, which may be private.
        raise Retryable(
            "invalid or truncated JSON response", where=place_of(response, where), advice=LATER
        ) from None


def _unknown_shape(response: requests.Response, where: str) -> Changed:
    return Changed(
        "Discord's response has an unknown shape", where=place_of(response, where), advice=REPORT
    )


def _error(response: requests.Response, where: str) -> SourceError:
    """Return the error of a response that is not 200. It quotes only Discord's error code."""
    status, place = response.status_code, place_of(response, where)
    try:
        code = msgspec.json.decode(response.content, type=ErrorBody).code
    except ODD_JSON:
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
    if status in (403, 404) or code in (UNKNOWN_EMOJI, WRONG_CHANNEL_TYPE):
        return Unreadable(status, code, place)
    return Denied(
        f"Discord's error code is {code}",
        where=place,
        advice="Look the code up at docs.discord.com/developers, fix the cause and sync again",
    )
