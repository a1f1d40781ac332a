"""Slack's Web API: its methods as iterators of pages, their rate limits, what its errors mean.

Slack sends most errors with HTTP 200 and `ok: false` (docs.slack.dev/apis/web-api).
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import compress

import msgspec
import requests

from connectors.base import BlindSpot, Context, Denied, Retryable, SourceError
from connectors.http import LATER, Client, RateLimited, decode_json, place_of, retry_after
from connectors.model import END_OF_KEYS
from connectors.paging import PageGuard
from connectors.redaction import quoted
from connectors.slack.methods import (
    AUTH_TEST,
    CHANNELS,
    HISTORY,
    PROFILE_FIELDS,
    REPLIES,
    THROTTLED_METHODS,
    USERS,
    AuthTest,
    B,
    Body,
    ListMethod,
    ListPage,
    Method,
    Row,
)
from connectors.slack.records import Channel, Member, Message
from connectors.tolerant import ODD_JSON, read_json, read_row

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
# What is wrong with the token or the workspace: nothing else can be read either.
FATAL = frozenset(
    {"no_permission", "org_login_required", "ekm_access_denied", "team_access_not_granted"}
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


class Refused(SourceError):
    """Slack refuses a call, with a code that tells nothing about the token."""


class Incomplete(Retryable):
    """A list ended too early, or changed its order while it was read."""


class SlackApi:
    """The methods that we call, with one token. Raises SourceError."""

    def __init__(self, base_url: str, token: str, context: Context) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.client = Client(base_url, headers, context)
        self.source, self._warn = context.source, context.warn
        self._blind_spots = context.blind_spots
        self.is_throttled = False
        self._long_waits = 0

    @property
    def platform_time(self) -> int:
        """Slack's own clock, microseconds since 1970."""
        return self.client.platform_time

    def workspace(self) -> AuthTest:
        """Return what `auth.test` says about the token."""
        return self._call(AUTH_TEST, {})

    def profile_labels(self) -> dict[str, str]:
        """Return the labels of the custom fields of profiles, by the ids of the fields."""
        return self._call(PROFILE_FIELDS, {}).labels

    def members(self) -> Iterator[ListPage[Member]]:
        """Yield pages of every member, deactivated ones and bots included."""
        yield from self._whole(USERS, {"limit": str(LIST_LIMIT)})

    def channels(self) -> Iterator[ListPage[Channel]]:
        """Yield pages of every public channel, archived ones included."""
        params = {
            "types": "public_channel",
            "exclude_archived": "false",
            "limit": str(LIST_LIMIT),
        }
        yield from self._whole(CHANNELS, params)

    def replies(self, channel: str, thread_ts: str) -> Iterator[ListPage[Message]]:
        """Yield pages of a thread, root first. Raises Incomplete where a next page has no name."""
        for page in self._whole(REPLIES, {"channel": channel, "ts": thread_ts}):
            yield page
            if page.has_more and not page.next_cursor:
                raise self._incomplete(REPLIES, "has more, and no cursor to ask for it")

    def history(self, channel: str, oldest: str, latest: str) -> Iterator[ListPage[Message]]:
        """Yield a channel's root messages newest first, page by page.

        Where Slack rejects a cursor, or gives none although it has more, the read goes on from the
        oldest message so far. Raises Incomplete where a page shows messages again.
        """
        params = {"channel": channel}
        if oldest:
            params |= {"oldest": oldest, "inclusive": "true"}
        restarts = 0
        while restarts < MOST_RESTARTS:
            if latest != END_OF_KEYS:
                params["latest"] = latest
            # `inclusive` holds for both ends: the message at `latest` is landed already.
            landed, begin = latest, latest
            try:
                for page in self._pages(HISTORY, params):
                    new = [m for m in page.rows if m.ts < latest]
                    again = {m.ts for m in page.rows if m.ts >= latest} - {landed}
                    if again or len({(m.ts, m.user) for m in new}) < len(new):
                        raise self._incomplete(HISTORY, "shows messages again")
                    yield replace(page, rows=new)
                    latest = min((m.ts for m in new), default=latest)
            except InvalidCursor:
                restarts += 1
                continue
            if page.is_last:
                return
            if latest == begin:
                raise self._incomplete(HISTORY, "has more, and does not show it")
        raise self._rejected(HISTORY)

    def _whole(self, method: ListMethod[Row], params: dict[str, str]) -> Iterator[ListPage[Row]]:
        """Yield every page of a list, again from its beginning where Slack rejects a cursor."""
        for _ in range(MOST_RESTARTS):
            seen: set[str] = set()
            try:
                for page in self._pages(method, params):
                    keys = [method.key(row) for row in page.rows]
                    is_repeated = len(seen | set(keys)) < len(seen) + len(keys)
                    seen.update(keys)
                    yield replace(page, is_repeated=is_repeated)
            except InvalidCursor:
                continue
            return
        raise self._rejected(method)

    def _incomplete(self, method: ListMethod[Row], what: str) -> Incomplete:
        where = f"{self.source}, {method.name}"
        return Incomplete(f"the list {what}", where=where, advice=LATER)

    def _rejected(self, method: ListMethod[Row]) -> Retryable:
        where = f"{self.source}, {method.name}"
        return Retryable(
            f"Slack rejected its pagination cursor {MOST_RESTARTS} times", where=where, advice=LATER
        )

    def _pages(self, method: ListMethod[Row], params: dict[str, str]) -> Iterator[ListPage[Row]]:
        """Yield a list's pages; a short or empty one may have a next one all the same.

        All other parameters stay the same while paging, as Slack asks.
        """
        if is_history := method in THROTTLED_METHODS:
            params = params | {"limit": str(self._history_limit)}
        guard, cursor = PageGuard(f"{self.source}, {method.name}"), ""
        while True:
            body = self._call(method, params | ({"cursor": cursor} if cursor else {}))
            if body.rows is None:
                raise self._incomplete(method, "is missing in the response")
            keys = list(map(method.key, body.rows))
            rows = list(compress(body.rows, keys))
            if lost := len(body.rows) - len(rows) + body.odd_rows:
                self._note_lost(method, params, lost)
            if is_history and body.has_more:
                self._throttle_if(len(body.rows) == THROTTLED_LIMIT < int(params["limit"]))
            cursor = body.next_cursor
            yield ListPage(rows, cursor, bool(body.has_more), is_understood=not lost)
            if not cursor:
                return
            guard.turn(cursor, list(filter(None, keys)))

    @property
    def _history_limit(self) -> int:
        return THROTTLED_LIMIT if self.is_throttled else HISTORY_LIMIT

    def _call(self, method: Method[B], params: dict[str, str]) -> B:
        where = self._where(method, params)
        is_history = method in THROTTLED_METHODS

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

    def _where(self, method: Method[B], params: dict[str, str]) -> str:
        return ", ".join([self.source, method.name, *filter(None, [params.get("channel")])])

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
        try:
            body = method.decoder.decode(response.content)
        except ODD_JSON:
            body = self._read_odd(method, response.content) or decode_json(
                method.decoder, response, where, "Slack"
            )
        if not body.ok:
            raise _error(body, response, place_of(response, where))
        return body

    def _read_odd(self, method: Method[B], content: bytes) -> B | None:
        """Return a body of an odd shape without the rows that nobody understands."""
        try:
            found = read_json(content)
        except ValueError:
            return None
        body = read_row(found, method.body)
        if body is None or not isinstance(method, ListMethod):
            return body
        given = found.get(method.list_name)
        if not isinstance(given, list):
            return body
        rows = [row for row in map(method.read_row, given) if row is not None]
        return msgspec.structs.replace(body, rows=rows, odd_rows=len(given) - len(rows))

    def _note_lost(self, method: Method[B], params: dict[str, str], rows: int) -> None:
        what = f"{self._where(method, params)}: {rows} rows left out"
        advice = "Update community-vitals, or report this line"
        self._blind_spots.append(BlindSpot(what, "they have no id of a known shape", advice))


def _error(body: Body, response: requests.Response, place: str) -> SourceError:
    code = quoted(body.error or "unknown error")
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
        needed, provided = quoted(body.needed), quoted(body.provided)
        return Denied(
            f"the token lacks the scope {needed} (it has {provided})",
            where=place,
            advice=f"Add {needed} under OAuth & Permissions and reinstall the app",
        )
    kind = Denied if code in FATAL or code in ADVICE else Refused
    advice = ADVICE.get(code, "Look the code up at docs.slack.dev, fix its cause and sync again")
    return kind(f"Slack says {code}", where=place, advice=advice)
