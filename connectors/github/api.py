"""GitHub's REST and GraphQL APIs: pages, what their answers and errors mean, and their limits.

Facts about the platform come from docs.github.com: rate limits, conditional requests, pagination.
"""

import time
from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec
from requests import Response

from connectors.base import Changed, Context, Denied, Retryable, SourceError
from connectors.http import (
    LATER,
    Client,
    MinutePacer,
    RateLimited,
    place_of,
    retry_after,
    seconds_of_date,
)

API_VERSION = "2022-11-28"
REST_PER_MINUTE, GRAPHQL_PER_MINUTE = 900, 2000
# Without a word from GitHub: at least a minute, longer each time.
SECONDARY_SECONDS, LONGEST_SECONDARY_SECONDS = 60.0, 960.0
MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 307, 308})
TIMED_OUT = frozenset({502, 504})
JUDGED = REDIRECTS | {304, 403, 429}
# What one repository may answer and the others may not.
GONE = {
    404: ("it does not exist, or the token may not see it", "Check its name and the token's reach"),
    410: ("it is switched off or deleted", "Switch it on in the repository's settings to see it"),
    451: ("it is blocked for legal reasons", "Nothing can be done from here"),
}
EMPTY = 409
TOO_MUCH = frozenset({"MAX_NODE_LIMIT_EXCEEDED", "RESOURCE_LIMITS_EXCEEDED"})
REFUSED = frozenset({"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES"})
REACH_ADVICE = (
    "Give the token read access to the repository's metadata, contents, issues, pull requests and "
    "discussions"
)
TOKEN_ADVICE = "Make a new token, and set it in the variable that vitals.toml names"


class Unreadable(SourceError):
    """One repository, or one thing in it, cannot be read; the others can."""


class TooBig(SourceError):
    """A page took the platform too long: a smaller one may not."""


class Problem(msgspec.Struct, frozen=True):
    message: str = ""
    type: str | None = None
    path: list[str | int] | None = None


T = TypeVar("T")


class LostPlace(SourceError):
    """The place where a page should begin is no longer known: the walk begins anew."""


class Rest(NamedTuple, Generic[T]):
    """One answer. `body` is None where nothing changed; `next` is the next page's path, or ""."""

    body: T | None
    etag: str
    next: str


class Reply(msgspec.Struct, Generic[T], frozen=True):
    data: T | None = None
    errors: list[Problem] | None = None


class HourPacer:
    """Stays under the points a minute, and waits for the hour's reset when its calls are used up.

    REST and GraphQL have an hour and a minute of their own each.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute, self._minute = per_minute, MinutePacer()
        self._free_at = 0.0

    def delay(self, path: str, per_minute: int | None, now: float) -> float:
        """Seconds to wait before the next call, whatever its path."""
        return max(self._free_at - now, self._minute.delay("", self._per_minute, now))

    def note(self, path: str, response: Response | None, now: float) -> None:
        """Remember the call, and whether it was the last one of the hour."""
        self._minute.note("", response, now)
        if response is not None and response.headers.get("x-ratelimit-remaining") == "0":
            self._free_at = now + seconds_to_reset(response)


class GitHubApi:
    """Both APIs behind one token. Raises Denied, Changed, Unreadable, TooBig, or Retryable."""

    def __init__(self, base_url: str, graphql_url: str, token: str, context: Context) -> None:
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": API_VERSION,
            "User-Agent": "community-vitals",
        }
        self.graphql_url = graphql_url
        folder, _, self._graphql_path = graphql_url.rstrip("/").rpartition("/")

        def client(url: str, per_minute: int) -> Client:
            return Client(
                url,
                headers,
                context,
                pacer=HourPacer(per_minute),
            )

        self._rest = client(base_url, REST_PER_MINUTE)
        self._graphql = client(folder, GRAPHQL_PER_MINUTE)
        self._last, self._secondary = self._rest, 0

    @property
    def platform_time(self) -> int:
        """The platform's clock at its last answer, microseconds since 1970."""
        return self._last.platform_time

    def get(
        self,
        path: str,
        decoder: msgspec.json.Decoder[T],
        *,
        where: str,
        etag: str = "",
        can_shrink: bool = False,
    ) -> Rest[T]:
        """Ask REST for a path with its query; follows renames, within the configured host.

        `etag` of the same path makes the question free where nothing changed. Where the page
        `can_shrink`, one that takes the platform too long raises TooBig at once.
        """
        self._last = self._rest
        for _ in range(MOST_REDIRECTS + 1):
            place, _, query = path.partition("?")
            answer = self._rest.get(
                place,
                dict(parse_qsl(query)),
                where=where,
                headers={"If-None-Match": etag} if etag else {},
                judged=JUDGED | TIMED_OUT if can_shrink else JUDGED,
                read=lambda response: self._read_rest(response, decoder, where),
            )
            if isinstance(answer, Rest):
                return answer
            path = answer
        raise Denied("the platform sends us in a circle", where=where, advice="Check the name")

    def query(
        self,
        text: str,
        variables: Mapping[str, object],
        decoder: msgspec.json.Decoder[Reply[T]],
        *,
        where: str,
        can_shrink: bool = False,
    ) -> T:
        """Ask GraphQL; a part that could not be told is null in the answer."""
        self._last = self._graphql
        body = msgspec.json.encode({"query": text, "variables": variables})
        return self._graphql.post(
            self._graphql_path,
            body,
            where=where,
            judged=JUDGED | TIMED_OUT if can_shrink else JUDGED,
            read=lambda response: self._read_graphql(response, decoder, where, can_shrink),
        )

    def _read_rest(
        self, response: Response, decoder: msgspec.json.Decoder[T], where: str
    ) -> Rest[T] | str:
        """Return an answer, or the path that it sends us to."""
        status = response.status_code
        if status in REDIRECTS:
            return self._path(response.headers.get("Location", ""), where)
        etag = response.headers.get("ETag", "")
        if status == 304:
            return Rest(None, etag, "")
        if status == EMPTY:
            return Rest(decoder.decode(b"[]"), "", "")
        self._raise_for(response, where)
        following = response.links.get("next", {}).get("url", "")
        body = decode(decoder, response, where)
        return Rest(body, etag, self._path(following, where) if following else "")

    def _path(self, url: str, where: str) -> str:
        """Return the path and query of an absolute address, which has to lie below the base_url."""
        base, at = urlsplit(self._rest.base_url), urlsplit(url)
        is_here = (at.scheme, at.netloc) == (base.scheme, base.netloc)
        if not is_here or not at.path.startswith(f"{base.path}/"):
            raise Denied(
                f"the platform points to another address ({at.hostname}), which never gets a token",
                where=where,
                advice="Check base_url, and that no proxy rewrites the answers",
            )
        return at.path.removeprefix(f"{base.path}/") + (f"?{at.query}" if at.query else "")

    def _read_graphql(
        self,
        response: Response,
        decoder: msgspec.json.Decoder[Reply[T]],
        where: str,
        can_shrink: bool,
    ) -> T:
        self._raise_for(response, where)
        reply = decode(decoder, response, where)
        for problem in reply.errors or ():
            self._raise_for_problem(problem, response, where, can_shrink)
        if reply.data is None:
            raise Retryable("GitHub answers nothing", where=where, advice=LATER)
        return reply.data

    def _raise_for_problem(
        self, problem: Problem, response: Response, where: str, can_shrink: bool
    ) -> None:
        """Raise for a problem, but for one with a single item of a list: that one is null."""
        place = place_of(response, where)
        if problem.type in ("RATE_LIMITED", "RATE_LIMIT"):
            raise self._limited(response, place)
        if problem.type in TOO_MUCH or "timeout" in problem.message.lower():
            kind = TooBig if can_shrink else Retryable
            raise kind("GitHub took too long over a page", where=place, advice=LATER)
        if problem.type in REFUSED:
            if not any(isinstance(step, int) for step in problem.path or ()):
                raise Unreadable(f"GitHub says {problem.type}", where=place, advice=REACH_ADVICE)
        elif problem.type == "INVALID_CURSOR_ARGUMENTS":
            raise LostPlace("GitHub does not know its own cursor", where=place, advice=LATER)
        elif problem.type == "INTERNAL" or problem.message.startswith("Something went wrong"):
            raise Retryable("GitHub has a fault", where=place, advice=LATER)
        else:
            raise Changed(
                f"GitHub does not understand our question: {problem.message[:200]}",
                where=place,
                advice="Update community-vitals; on GitHub Enterprise, update the server",
            )

    def _raise_for(self, response: Response, where: str) -> None:
        status, place = response.status_code, place_of(response, where)
        if status < 300:
            return
        if status in TIMED_OUT:
            raise TooBig("GitHub took too long over a page", where=place, advice=LATER)
        if status in (403, 429):
            raise self._refused(response, place)
        if status == 401:
            raise Denied("GitHub refuses the token", where=place, advice=TOKEN_ADVICE)
        if status in GONE:
            what, advice = GONE[status]
            raise Unreadable(what, where=place, advice=advice)
        raise Denied(
            "GitHub refuses the question", where=place, advice="Check base_url and graphql_url"
        )

    def _refused(self, response: Response, place: str) -> SourceError:
        """Tell a limit from a refusal: both come with 403."""
        message = response.text.lower()
        is_limit = "rate limit" in message or "abuse detection" in message
        has_none_left = response.headers.get("x-ratelimit-remaining") == "0"
        if response.status_code == 429 or is_limit or has_none_left or retry_after(response):
            return self._limited(response, place)
        if "X-GitHub-SSO" in response.headers:
            return Denied(
                "the organisation wants the token to be authorised for its single sign-on",
                where=place,
                advice="Open github.com/settings/tokens, Configure SSO, Authorize",
            )
        needed = response.headers.get("X-Accepted-GitHub-Permissions")
        return Unreadable(
            "the token may not read it",
            where=place,
            advice=f"Give it the permission {needed}" if needed else "Give the token read access",
        )

    def _limited(self, response: Response, place: str) -> RateLimited:
        """The hour is used up until its reset; or we were too fast, for as long as GitHub says."""
        after = retry_after(response)
        if after is None and response.headers.get("x-ratelimit-remaining") == "0":
            after = seconds_to_reset(response)
        if after is None:
            after = min(LONGEST_SECONDARY_SECONDS, SECONDARY_SECONDS * 2.0**self._secondary)
            self._secondary += 1
        return RateLimited("too many requests", where=place, after=after, advice=LATER)


def decode(decoder: msgspec.json.Decoder[T], response: Response, where: str) -> T:
    """Decode an answer. Raises Retryable for what is cut off, Changed for an unknown shape."""
    place = place_of(response, where)
    try:
        return decoder.decode(response.content)
    except msgspec.ValidationError as error:
        raise Changed(
            f"GitHub's answer is not of the known shape: {error}",
            where=place,
            advice="Update community-vitals, or report this line",
        ) from error
    except msgspec.DecodeError as error:
        raise Retryable("the answer is no JSON, or cut off", where=place, advice=LATER) from error


def seconds_to_reset(response: Response) -> float:
    """Seconds until the hour's calls are given anew, by the platform's own clock."""
    reset = response.headers.get("x-ratelimit-reset", "")
    now = seconds_of_date(response.headers.get("Date")) or time.time()
    return max(0.0, float(reset) - now) + 1.0 if reset.isdigit() else SECONDARY_SECONDS
