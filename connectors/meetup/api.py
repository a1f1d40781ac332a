"""Meetup's GraphQL API: what its answers and errors mean, its limit of points, its token.

Facts about the platform: www.meetup.com/graphql, and its answers as clients have recorded them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import msgspec
from requests import Response

from connectors.base import Changed, Context, Denied, Retryable
from connectors.http import LATER, Client, MinutePacer, RateLimited, place_of
from connectors.meetup.token import Tokens

T = TypeVar("T")

# 500 points in 60 s. What a question costs is told by nobody: where it is more than one, Meetup
# says RATE_LIMITED, and when the points are given anew.
PER_MINUTE = 500
GAP_SECONDS = 0.25
HOST = "meetup.com"
WINDOW_SECONDS = 60.0
# What graphql-java says where the schema knows no such question, or forbids a null.
CHANGED = frozenset({"ValidationError", "InvalidSyntax", "NullValueInNonNullableField"})
REFUSED = frozenset({"UNAUTHORIZED", "UNAUTHENTICATED", "FORBIDDEN"})
UPDATE = "Update Community Vitals"
TOKEN_ADVICE = (
    "Make a new token at www.meetup.com/api/oauth/list, or use the JWT flow, whose tokens are "
    "renewed by themselves (client_key, member_id, signing_key, key_id)"
)


class Extensions(msgspec.Struct, frozen=True, rename="camel"):
    code: object = None
    classification: object = None
    reset_at: object = None


class Problem(msgspec.Struct, frozen=True):
    message: str = ""
    path: list[str | int] | None = None
    extensions: Extensions | None = None


class Reply(msgspec.Struct, Generic[T], frozen=True):
    data: T | None = None
    errors: list[Problem] | None = None


class Problems(msgspec.Struct, frozen=True):
    """An answer of which only the errors are read: where there are some, the data has holes."""

    errors: list[Problem] | None = None


class Refusal(msgspec.Struct, frozen=True):
    """Stands for an answer of 401 until it is known whether another token helps."""

    place: str


class WebPage(Retryable):
    """A page for people came in place of data: a fault, if it does not last."""


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
    """Questions behind one token. Raises Denied, Changed, or Retryable."""

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

    def query(
        self,
        text: str,
        variables: Mapping[str, object],
        decoder: msgspec.json.Decoder[Reply[T]],
        *,
        where: str,
    ) -> T:
        """Ask a question. A token that ends on the way is renewed, once for a question."""
        given = {name: value for name, value in variables.items() if value is not None}
        body = msgspec.json.encode({"query": text, "variables": given})
        answer = self._ask(body, decoder, where)
        if isinstance(answer, Refusal) and self._tokens.renew():
            answer = self._ask(body, decoder, where)
        if isinstance(answer, Refusal):
            raise Denied("Meetup refuses the token", where=answer.place, advice=TOKEN_ADVICE)
        return answer

    def _ask(self, body: bytes, decoder: msgspec.json.Decoder[Reply[T]], where: str) -> T | Refusal:
        headers = {"Authorization": f"Bearer {self._tokens.current()}"}
        try:
            return self._client.post(
                self._path,
                body,
                where=where,
                headers=headers,
                read=lambda response: self._read(response, decoder, where),
            )
        except WebPage as error:
            raise _switched_off(error.where) from error

    def _read(
        self, response: Response, decoder: msgspec.json.Decoder[Reply[T]], where: str
    ) -> T | Refusal:
        status, place = response.status_code, place_of(response, where)
        if status == 401:
            return Refusal(place)
        if status in (404, 410):
            raise _switched_off(place)
        if status == 403:
            raise Denied("Meetup refuses the question", where=place, advice=TOKEN_ADVICE)
        if response.content.lstrip()[:1] == b"<":
            raise WebPage("a web page came in place of data", where=place, advice=LATER)
        for problem in _decode(_problems, response, place).errors or ():
            self._raise_for(problem, place)
        data = _decode(decoder, response, place).data
        if data is None:
            raise Retryable("Meetup answers nothing", where=place, advice=LATER)
        return data

    def _raise_for(self, problem: Problem, place: str) -> None:
        """Raise for a problem, but for a refusal of one part: that part is null in the answer."""
        extensions = problem.extensions or Extensions()
        kinds = {str(extensions.code), str(extensions.classification)}
        if "RATE_LIMITED" in kinds:
            after = self._seconds_to(extensions.reset_at)
            raise RateLimited("too many points", where=place, after=after, advice=LATER)
        path = "/".join(str(step) for step in problem.path or ())
        what = f"{problem.message[:200]}{f' at {path}' if path else ''}"
        if kinds & CHANGED:
            raise _changed(what, place)
        if not kinds & REFUSED:
            raise Retryable(f"Meetup has a fault: {what}", where=place, advice=LATER)
        if not path:
            raise Denied(f"Meetup refuses it: {what}", where=place, advice=TOKEN_ADVICE)

    def _seconds_to(self, reset_at: object) -> float:
        """Seconds until the points are given anew, by the platform's own clock."""
        try:
            moment = datetime.fromisoformat(str(reset_at))
        except ValueError:
            return WINDOW_SECONDS
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(1.0, moment.timestamp() - self.platform_time / 1_000_000)


_problems = msgspec.json.Decoder(Problems)
D = TypeVar("D")


def _decode(decoder: msgspec.json.Decoder[D], response: Response, place: str) -> D:
    try:
        return decoder.decode(response.content)
    except msgspec.ValidationError as error:
        raise _changed(str(error), place) from error
    except msgspec.DecodeError as error:
        raise Retryable("the answer is no JSON, or cut off", where=place, advice=LATER) from error


def _changed(what: str, place: str) -> Changed:
    return Changed(f"Meetup changed its schema: {what}", where=place, advice=UPDATE)


def _switched_off(place: str) -> Denied:
    return Denied(
        "Meetup has switched this API off, or base_url is not its address",
        where=place,
        advice=f"Check base_url. {UPDATE}; until then import the lists that organisers can "
        "download (vitals import meetup-members, meetup-attendees)",
    )
