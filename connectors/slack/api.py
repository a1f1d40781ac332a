"""Slack's Web API methods as iterators of pages, and what its answers and errors mean.

Slack answers most errors with HTTP 200 and `ok: false` (docs.slack.dev/apis/web-api).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
import requests

from connectors.base import Changed, Context, Denied, Retryable, SourceError
from connectors.http import LATER, Client, RateLimited, retry_after
from connectors.model import END_OF_KEYS
from connectors.slack.records import Channel, Member, Message

LIST_LIMIT = 200
HISTORY_LIMIT = 999
THROTTLED_LIMIT = 15
THROTTLED_RETRY_AFTER_SECONDS = 30
THROTTLED_AFTER_LONG_WAITS = 2
MOST_RESTARTS = 5

# Calls a minute of each method's tier, from MethodsRateLimits.java of Slack's Java SDK.
PER_MINUTE = {
    "auth.test": 600,
    "users.list": 20,
    "conversations.list": 20,
    "conversations.history": 50,
    "conversations.replies": 50,
}
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
    "invalid_auth": "Copy the Bot User OAuth Token of your app anew into the variable that "
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
    """A page's cursor is no longer good: the walk goes on from what it has."""


class Metadata(msgspec.Struct, frozen=True):
    next_cursor: str | None = None


class Answer(msgspec.Struct, frozen=True):
    ok: bool
    error: str | None = None
    needed: str | None = None
    provided: str | None = None
    response_metadata: Metadata | None = None

    @property
    def next_cursor(self) -> str:
        return (self.response_metadata and self.response_metadata.next_cursor) or ""


class AuthTest(Answer, frozen=True):
    url: str = ""
    bot_id: str | None = None


class Members(Answer, frozen=True):
    members: list[Member] = []


class Channels(Answer, frozen=True):
    channels: list[Channel] = []


class Messages(Answer, frozen=True):
    messages: list[Message] = []
    has_more: bool = False


A = TypeVar("A", bound=Answer)


class Method(Generic[A]):
    """One method of the Web API and the shape of its answer."""

    def __init__(self, name: str, answer: type[A]) -> None:
        self.name, self.decoder = name, msgspec.json.Decoder(answer, strict=False)


AUTH_TEST = Method("auth.test", AuthTest)
USERS = Method("users.list", Members)
CHANNELS = Method("conversations.list", Channels)
HISTORY = Method("conversations.history", Messages)
REPLIES = Method("conversations.replies", Messages)


@dataclass(frozen=True)
class Workspace:
    """Where the links of a workspace's channels begin, and the bot if the token is one's."""

    url: str
    bot_id: str | None


class SlackApi:
    """The methods that we call, one token. Raises Denied, Changed, Skipped, or Retryable."""

    def __init__(self, base_url: str, token: str, context: Context) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.client = Client(
            base_url,
            headers,
            context,
        )
        self.source, self._warn = context.source, context.warn
        self.is_throttled = False
        self._long_waits = 0

    def workspace(self) -> Workspace:
        """Return what `auth.test` tells of the token."""
        answer = self._call(AUTH_TEST, {})
        return Workspace(f"{answer.url.rstrip('/')}/archives", answer.bot_id)

    def members(self) -> Iterator[list[Member]]:
        """Yield pages of every member, deactivated ones and bots included."""
        for answer in self._whole(USERS, {"limit": str(LIST_LIMIT)}):
            yield answer.members

    def channels(self) -> Iterator[list[Channel]]:
        """Yield pages of every public channel, archived ones included."""
        params = {
            "types": "public_channel",
            "exclude_archived": "false",
            "limit": str(LIST_LIMIT),
        }
        for answer in self._whole(CHANNELS, params):
            yield answer.channels

    def history(
        self, channel: str, oldest: str, latest: str
    ) -> Iterator[tuple[list[Message], bool]]:
        """Yield a channel's root messages between two times, newest first; True with the last."""
        params = {"channel": channel}
        if oldest:
            params |= {"oldest": oldest, "inclusive": "true"}
        for _ in range(MOST_RESTARTS):
            if latest != END_OF_KEYS:
                params["latest"] = latest
            try:
                for answer in self._pages(HISTORY, params):
                    # `inclusive` holds for both ends: what stands at `latest` is landed already.
                    messages = [m for m in answer.messages if m.ts < latest]
                    yield messages, not answer.next_cursor
                    latest = min((m.ts for m in messages), default=latest)
            except InvalidCursor:
                continue
            return
        raise self._lost(HISTORY)

    def replies(self, channel: str, thread_ts: str) -> Iterator[list[Message]]:
        """Yield pages of a thread, root first."""
        for answer in self._whole(REPLIES, {"channel": channel, "ts": thread_ts}):
            yield answer.messages

    def _whole(self, method: Method[A], params: dict[str, str]) -> Iterator[A]:
        """Yield every page of a list, again from its beginning where a cursor is lost."""
        for _ in range(MOST_RESTARTS):
            try:
                yield from self._pages(method, params)
            except InvalidCursor:
                continue
            return
        raise self._lost(method)

    def _lost(self, method: Method[A]) -> Retryable:
        where = f"{self.source}, {method.name}"
        return Retryable("Slack does not know its own cursors", where=where, advice=LATER)

    def _pages(self, method: Method[A], params: dict[str, str]) -> Iterator[A]:
        """A page may be short or empty and still have a next one: only the cursor tells.

        All other parameters stay the same while paging, as Slack asks.
        """
        is_history = method in (HISTORY, REPLIES)
        if is_history:
            params = params | {"limit": str(self._history_limit)}
        cursor = ""
        while True:
            answer = self._call(method, params | ({"cursor": cursor} if cursor else {}))
            if isinstance(answer, Messages) and answer.has_more:
                self._throttle_if(len(answer.messages) == THROTTLED_LIMIT < int(params["limit"]))
            yield answer
            cursor = answer.next_cursor
            if not cursor:
                return

    @property
    def _history_limit(self) -> int:
        return THROTTLED_LIMIT if self.is_throttled else HISTORY_LIMIT

    def _call(self, method: Method[A], params: dict[str, str]) -> A:
        where = ", ".join([self.source, method.name, *filter(None, [params.get("channel")])])
        is_history = method in (HISTORY, REPLIES)

        def limited(after: float | None) -> None:
            if is_history and (after or 0) >= THROTTLED_RETRY_AFTER_SECONDS:
                self._long_waits += 1
                self._throttle_if(self._long_waits >= THROTTLED_AFTER_LONG_WAITS)

        return self.client.get(
            method.name,
            params,
            per_minute=1 if is_history and self.is_throttled else PER_MINUTE[method.name],
            where=where,
            read=lambda response: self._read(method, response, where),
            limited=limited,
        )

    def _throttle_if(self, told: bool) -> None:
        if told and not self.is_throttled:
            self.is_throttled = True
            self._warn(
                f"{self.source}: Slack allows this app one request a minute with 15 messages each, "
                "as it does for distributed apps outside its Marketplace. The sync goes on slowly "
                "and survives interruption; make an internal app of your own to be rid of it, or "
                "import a workspace export for the history"
            )

    def _read(self, method: Method[A], response: requests.Response, where: str) -> A:
        try:
            answer = method.decoder.decode(response.content)
        except msgspec.ValidationError as error:
            raise Changed(
                f"Slack's answer is not of the known shape: {error}",
                where=where,
                advice="Update community-vitals, or report this line",
            ) from error
        except msgspec.DecodeError as error:
            place = f"{where}, HTTP {response.status_code}"
            if response.status_code >= 400:
                raise Denied(
                    "this is not Slack that answers",
                    where=place,
                    advice="Check the base_url, and that no proxy stands in between",
                ) from error
            raise Retryable(
                "the answer is no JSON, or cut off", where=place, advice=LATER
            ) from error
        if not answer.ok:
            raise _error(answer, response, where)
        return answer


def _error(answer: Answer, response: requests.Response, where: str) -> SourceError:
    code = answer.error or "unknown error"
    request_id = response.headers.get("x-slack-req-id")
    place = where + (f", request {request_id}" if request_id else "")
    if code == "ratelimited":
        return RateLimited(
            "too many requests", where=place, after=retry_after(response), advice=LATER
        )
    if code in RETRY:
        return Retryable(f"Slack says {code}", where=place, advice=LATER)
    if code in SKIP:
        return Skipped(code, place)
    if code == "invalid_cursor":
        return InvalidCursor("Slack says invalid_cursor", where=place)
    if code == "missing_scope":
        return Denied(
            f"the token lacks the scope {answer.needed} (it has {answer.provided})",
            where=place,
            advice=f"Add {answer.needed} under OAuth & Permissions and reinstall the app",
        )
    advice = ADVICE.get(code, "Look the code up at docs.slack.dev, mend it and sync again")
    return Denied(f"Slack says {code}", where=place, advice=advice)
