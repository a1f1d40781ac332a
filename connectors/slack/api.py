"""Slack's Web API: its methods as iterators of pages, their rate limits, what its errors mean.

Slack sends most errors with HTTP 200 and `ok: false` (docs.slack.dev/apis/web-api).
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec
import requests

from connectors.base import Context, Denied, Retryable, SourceError
from connectors.http import LATER, Client, RateLimited, decode_json, place_of, retry_after
from connectors.model import END_OF_KEYS
from connectors.slack.records import Channel, Member, Message

LIST_LIMIT = 200
HISTORY_LIMIT = 999
THROTTLED_LIMIT = 15
THROTTLED_RETRY_AFTER_SECONDS = 30
THROTTLED_AFTER_LONG_WAITS = 2
MOST_RESTARTS = 5

RETRY = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
SKIP = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "thread_not_found",
        "method_not_supported_for_channel_type",
    }
)
ADVICE = {
    "invalid_auth": "Copy your app's Bot User OAuth Token again, into the variable that "
    "vitals.toml names",
    "not_authed": "Set the variable that vitals.toml names to the app's Bot User OAuth Token",
    "account_inactive": "The token's user or workspace is deactivated: install the app again",
    "token_revoked": "The token was revoked: install the app again and copy its new token",
    "token_expired": "Switch token rotation off for the app, install it again, copy its token",
}


class Skipped(SourceError):
    """One channel or thread cannot be read; the others can."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(code.replace("_", " "), where=where)
        self.code = code


class InvalidCursor(SourceError):
    """Slack rejects a page's cursor: the list is read on without it."""


class Metadata(msgspec.Struct, frozen=True):
    next_cursor: str | None = None


class Body(msgspec.Struct, frozen=True):
    ok: bool
    error: str | None = None
    needed: str | None = None
    provided: str | None = None
    response_metadata: Metadata | None = None

    @property
    def next_cursor(self) -> str:
        return (self.response_metadata and self.response_metadata.next_cursor) or ""


class AuthTest(Body, frozen=True):
    """The workspace of a token, and the bot's id if the token is a bot's."""

    url: str = ""
    bot_id: str | None = None

    @property
    def links(self) -> str:
        """The URL with which links to channels begin."""
        return f"{self.url.rstrip('/')}/archives"


class Members(Body, frozen=True):
    members: list[Member] = []


class Channels(Body, frozen=True):
    channels: list[Channel] = []


class Messages(Body, frozen=True):
    messages: list[Message] = []
    has_more: bool = False


B = TypeVar("B", bound=Body)


class Method(Generic[B]):
    """One method of the Web API, the shape of its response's body, and its calls a minute."""

    def __init__(self, name: str, body: type[B], per_minute: int) -> None:
        self.name, self.per_minute = name, per_minute
        self.decoder = msgspec.json.Decoder(body, strict=False)


# The calls a minute are those of the method's tier in MethodsRateLimits.java of Slack's Java SDK.
AUTH_TEST = Method("auth.test", AuthTest, 600)
USERS = Method("users.list", Members, 20)
CHANNELS = Method("conversations.list", Channels, 20)
HISTORY = Method("conversations.history", Messages, 50)
REPLIES = Method("conversations.replies", Messages, 50)


class SlackApi:
    """The methods that we call, with one token. Raises Denied, Changed, Skipped, or Retryable."""

    def __init__(self, base_url: str, token: str, context: Context) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.client = Client(base_url, headers, context)
        self.source, self._warn = context.source, context.warn
        self.is_throttled = False
        self._long_waits = 0

    @property
    def platform_time(self) -> int:
        """Slack's own clock, microseconds since 1970."""
        return self.client.platform_time

    def workspace(self) -> AuthTest:
        """Return what `auth.test` says about the token."""
        return self._call(AUTH_TEST, {})

    def members(self) -> Iterator[list[Member]]:
        """Yield pages of every member, deactivated ones and bots included."""
        for body in self._whole(USERS, {"limit": str(LIST_LIMIT)}):
            yield body.members

    def channels(self) -> Iterator[list[Channel]]:
        """Yield pages of every public channel, archived ones included."""
        params = {
            "types": "public_channel",
            "exclude_archived": "false",
            "limit": str(LIST_LIMIT),
        }
        for body in self._whole(CHANNELS, params):
            yield body.channels

    def history(
        self, channel: str, oldest: str, latest: str
    ) -> Iterator[tuple[list[Message], bool]]:
        """Yield a channel's root messages newest first, page by page; True with the last page."""
        params = {"channel": channel}
        if oldest:
            params |= {"oldest": oldest, "inclusive": "true"}
        for _ in range(MOST_RESTARTS):
            if latest != END_OF_KEYS:
                params["latest"] = latest
            try:
                for body in self._pages(HISTORY, params):
                    # `inclusive` holds for both ends: the message at `latest` is landed already.
                    messages = [m for m in body.messages if m.ts < latest]
                    yield messages, not body.next_cursor
                    latest = min((m.ts for m in messages), default=latest)
            except InvalidCursor:
                continue
            return
        raise self._rejected(HISTORY)

    def replies(self, channel: str, thread_ts: str) -> Iterator[list[Message]]:
        """Yield pages of a thread, root first."""
        for body in self._whole(REPLIES, {"channel": channel, "ts": thread_ts}):
            yield body.messages

    def _whole(self, method: Method[B], params: dict[str, str]) -> Iterator[B]:
        """Yield every page of a list, again from its beginning where Slack rejects a cursor."""
        for _ in range(MOST_RESTARTS):
            try:
                yield from self._pages(method, params)
            except InvalidCursor:
                continue
            return
        raise self._rejected(method)

    def _rejected(self, method: Method[B]) -> Retryable:
        where = f"{self.source}, {method.name}"
        return Retryable(
            f"Slack rejected its pagination cursor {MOST_RESTARTS} times", where=where, advice=LATER
        )

    def _pages(self, method: Method[B], params: dict[str, str]) -> Iterator[B]:
        """Yield a list's pages; a short or empty one may have a next one all the same.

        All other parameters stay the same while paging, as Slack asks.
        """
        is_history = method in (HISTORY, REPLIES)
        if is_history:
            params = params | {"limit": str(self._history_limit)}
        cursor = ""
        while True:
            body = self._call(method, params | ({"cursor": cursor} if cursor else {}))
            if isinstance(body, Messages) and body.has_more:
                self._throttle_if(len(body.messages) == THROTTLED_LIMIT < int(params["limit"]))
            yield body
            cursor = body.next_cursor
            if not cursor:
                return

    @property
    def _history_limit(self) -> int:
        return THROTTLED_LIMIT if self.is_throttled else HISTORY_LIMIT

    def _call(self, method: Method[B], params: dict[str, str]) -> B:
        where = ", ".join([self.source, method.name, *filter(None, [params.get("channel")])])
        is_history = method in (HISTORY, REPLIES)

        def limited(after: float | None) -> None:
            if is_history and (after or 0) >= THROTTLED_RETRY_AFTER_SECONDS:
                self._long_waits += 1
                self._throttle_if(self._long_waits >= THROTTLED_AFTER_LONG_WAITS)

        return self.client.request(
            method.name,
            params,
            per_minute=1 if is_history and self.is_throttled else method.per_minute,
            where=where,
            read=lambda response: self._read(method, response, where),
            limited=limited,
        )

    def _throttle_if(self, is_told: bool) -> None:
        if is_told and not self.is_throttled:
            self.is_throttled = True
            self._warn(
                f"{self.source}: Slack allows this app one request a minute with 15 messages each, "
                "as it does for distributed apps outside its Marketplace. The sync goes on slowly "
                "and can be interrupted. To avoid this limit, make an internal app of your own, "
                "or import a workspace export for the history"
            )

    def _read(self, method: Method[B], response: requests.Response, where: str) -> B:
        body = decode_json(method.decoder, response, where, "Slack")
        if not body.ok:
            raise _error(body, response, place_of(response, where))
        return body


def _error(body: Body, response: requests.Response, place: str) -> SourceError:
    code = body.error or "unknown error"
    if code == "ratelimited":
        after = retry_after(response)
        return RateLimited("too many requests", where=place, after=after, advice=LATER)
    if code in RETRY:
        return Retryable(f"Slack says {code}", where=place, advice=LATER)
    if code in SKIP:
        return Skipped(code, place)
    if code == "invalid_cursor":
        return InvalidCursor("Slack says invalid_cursor", where=place)
    if code == "missing_scope":
        return Denied(
            f"the token lacks the scope {body.needed} (it has {body.provided})",
            where=place,
            advice=f"Add {body.needed} under OAuth & Permissions and reinstall the app",
        )
    advice = ADVICE.get(code, "Look the code up at docs.slack.dev, fix its cause and sync again")
    return Denied(f"Slack says {code}", where=place, advice=advice)
