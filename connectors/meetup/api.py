"""Meetup's GraphQL API: what its errors mean, its limit of points, its token.

Facts about the platform: www.meetup.com/graphql, and responses that clients have recorded.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

from requests import Response

from connectors import bounds
from connectors.base import Changed, Context, Denied, Retryable
from connectors.graphql import Error, Query
from connectors.http import LATER, Client, MinutePacer, RateLimited, place_of
from connectors.meetup.token import Tokens

T = TypeVar("T")

# 500 points in 60 s. What a query costs is not published: where it is more than one point, Meetup
# says RATE_LIMITED, and when the points are given again.
PER_MINUTE = 500
GAP_SECONDS = 0.25
HOST = "meetup.com"
WINDOW_SECONDS = 60.0
# Errors of graphql-java for a query that does not fit the schema, and for a forbidden null.
CHANGED = frozenset({"ValidationError", "InvalidSyntax", "NullValueInNonNullableField"})
REFUSED = frozenset({"UNAUTHORIZED", "UNAUTHENTICATED", "FORBIDDEN"})
UPDATE = "Update Community Vitals"
TOKEN_ADVICE = (
    "Make a new token at www.meetup.com/api/oauth/list, or use the JWT flow, whose tokens are "
    "renewed by themselves (client_key, member_id, signing_key, key_id)"
)


class TokenRejected(Denied):
    """The token is not accepted: it ended, or another one is needed."""


class WebPage(Retryable):
    """A page for people came in place of data: a fault, unless it stays."""


class PointsPacer:
    """Stays under the points a minute; calls to Meetup itself keep a distance, too."""

    def __init__(self, gap_seconds: float) -> None:
        self._minute, self._gap_seconds, self._free_at = MinutePacer(), gap_seconds, 0.0

    def delay(self, path: str, per_minute: int | None, now: float) -> float:
        """Seconds to wait before the next call."""
        return max(self._free_at - now, self._minute.delay("", PER_MINUTE, now))

    def note(self, path: str, response: Response | None, now: float) -> None:
        """Remember the call."""
        self._minute.note("", response, now)
        self._free_at = now + self._gap_seconds


class MeetupApi:
    """Queries with one token. Raises Denied, Changed, or Retryable."""

    def __init__(self, graphql_url: str, tokens: Tokens, context: Context) -> None:
        folder, _, self._path = graphql_url.rstrip("/").rpartition("/")
        host = urlsplit(graphql_url).hostname or ""
        self._client = Client(
            folder,
            {"User-Agent": "community-vitals"},
            context,
            pacer=PointsPacer(GAP_SECONDS if f".{host}".endswith(f".{HOST}") else 0.0),
        )
        self._tokens = tokens

    @property
    def platform_time(self) -> int:
        """Meetup's own clock, microseconds since 1970."""
        return self._client.platform_time

    def query(self, query: Query[T], variables: Mapping[str, object], *, where: str) -> T:
        """Return the data of a query. A token that has ended is renewed once."""
        try:
            return self._post(query, variables, where)
        except TokenRejected:
            if not self._tokens.renew():
                raise
            return self._post(query, variables, where)

    def _post(self, query: Query[T], variables: Mapping[str, object], where: str) -> T:
        headers = {"Authorization": f"Bearer {self._tokens.current()}"}
        try:
            return self._client.request(
                self._path,
                body=query.body(variables),
                where=where,
                headers=headers,
                read=lambda response: self._read(response, query, where),
            )
        except WebPage as error:
            raise _switched_off(error.where) from error

    def _read(self, response: Response, query: Query[T], where: str) -> T:
        status, place = response.status_code, place_of(response, where)
        if status == 401:
            raise TokenRejected("Meetup refuses the token", where=place, advice=TOKEN_ADVICE)
        if status in (404, 410):
            raise _switched_off(place)
        if status == 403:
            raise Denied("Meetup refuses the query", where=place, advice=TOKEN_ADVICE)
        if response.content.lstrip()[:1] == b"<":
            raise WebPage("a web page came in place of data", where=place, advice=LATER)
        return query.read(response, where, "Meetup", lambda error: self._raise_for(error, place))

    def _raise_for(self, error: Error, place: str) -> None:
        """Raise for an error, unless it refuses one part: that part is null in the data."""
        extensions = error.extensions or {}
        kinds = {str(extensions.get("code")), str(extensions.get("classification"))}
        if "RATE_LIMITED" in kinds:
            after = self._seconds_to(extensions.get("resetAt"))
            raise RateLimited("too many points", where=place, after=after, advice=LATER)
        if kinds & CHANGED:
            raise Changed(f"Meetup changed its schema: {error.text}", where=place, advice=UPDATE)
        if not kinds & REFUSED:
            raise Retryable(f"Meetup has a fault: {error.text}", where=place, advice=LATER)
        if not error.path:
            raise Denied(f"Meetup refuses it: {error.text}", where=place, advice=TOKEN_ADVICE)

    def _seconds_to(self, reset_at: object) -> float:
        """Seconds until the points are given again, by the platform's own clock."""
        try:
            moment = datetime.fromisoformat(str(reset_at))
        except ValueError:
            return WINDOW_SECONDS
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = moment.timestamp() - self.platform_time / 1_000_000
        return max(1.0, seconds) if seconds <= bounds.MOST_WAIT_SECONDS else WINDOW_SECONDS


def _switched_off(place: str) -> Denied:
    return Denied(
        "Meetup has switched this API off, or base_url is not its address",
        where=place,
        advice=f"Check base_url. {UPDATE}; until then import the lists that organisers can "
        "download (vitals import meetup-members, meetup-attendees)",
    )
