"""GitHub's REST and GraphQL APIs: pages, what their errors mean, and their limits.

Facts about the platform come from docs.github.com: rate limits, conditional requests, pagination.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec
from requests import Response

from connectors import bounds, http
from connectors.base import Changed, Context, Denied, Retryable, SourceError
from connectors.graphql import Error, Query
from connectors.redaction import quoted

API_VERSION = "2022-11-28"
REST_PER_MINUTE, GRAPHQL_PER_MINUTE = 900, 2000
# How long to wait where GitHub does not say: at least a minute, longer each time.
SECONDARY_SECONDS, LONGEST_SECONDARY_SECONDS = 60.0, 960.0
MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 307, 308})
TIMED_OUT = frozenset({502, 504})
JUDGED = REDIRECTS | {304, 403, 429}
# Statuses that concern one repository or one list of it.
UNREADABLE = {
    404: (
        "it does not exist, or the token may not see it",
        "Check its name in vitals.toml, and base_url if there is one; if they are right, give the "
        "token access to this repository",
    ),
    410: ("it is switched off or deleted", "Switch it on in the repository's settings to see it"),
    451: ("it is blocked for legal reasons", "Nothing can be done from here"),
}
EMPTY_REPOSITORY = 409
ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{1,200}"')
PAGINATION_LIMITED = "pagination is limited"
EARLY_END = "GitHub shows only the beginning of a list as long as this"
EARLY_END_ADVICE = "What it showed is kept. What is older can be imported from GH Archive"
TOO_MUCH = frozenset({"MAX_NODE_LIMIT_EXCEEDED", "RESOURCE_LIMITS_EXCEEDED"})
REFUSED = frozenset({"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES"})
ACCESS_ADVICE = (
    "Give the token read access to the repository's metadata, contents, issues, pull requests and "
    "discussions"
)
UPDATE_ADVICE = "Update community-vitals, or report this line"
TOKEN_ADVICE = "Make a new token, and set it in the variable that vitals.toml names"


class Unreadable(SourceError):
    """One repository, or one list of it, cannot be read; the others can."""


class EndsEarly(Unreadable):
    """GitHub shows no more of a long list."""


class TooBig(SourceError):
    """A page took the platform too long; a smaller one may not."""


class InvalidCursor(SourceError):
    """The cursor of the next page is no longer valid: the list is read from its beginning."""


T = TypeVar("T")


class RestPage(NamedTuple, Generic[T]):
    """One response. `body` is None where nothing changed; `next` is the next page's path, or ""."""

    body: T | None
    etag: str
    next: str


class HourPacer:
    """Stays under the points a minute, and waits for the hour's reset when its calls are used up.

    REST and GraphQL have an hour and a minute of their own each.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute, self._minute = per_minute, http.MinutePacer()
        self._free_at = 0.0

    def delay(self, path: str, per_minute: int | None, now: float) -> float:
        return max(self._free_at - now, self._minute.delay("", self._per_minute, now))

    def note(self, path: str, response: Response | None, now: float) -> None:
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
        self._rest = http.Client(base_url, headers, context, pacer=HourPacer(REST_PER_MINUTE))
        self._graphql = http.Client(folder, headers, context, pacer=HourPacer(GRAPHQL_PER_MINUTE))
        self._last, self._secondary = self._rest, 0

    @property
    def platform_time(self) -> int:
        """The platform's clock at its last response, microseconds since 1970."""
        return self._last.platform_time

    def get(
        self,
        path: str,
        decoder: msgspec.json.Decoder[T],
        *,
        where: str,
        etag: str = "",
        can_shrink: bool = False,
    ) -> RestPage[T]:
        """Get a path with its query; follows renames, within the configured host.

        `etag` of the same path makes the call free where nothing changed. Where the page
        `can_shrink`, one that takes the platform too long raises TooBig at once.
        """
        self._last = self._rest
        for _ in range(MOST_REDIRECTS + 1):
            place, _, query = path.partition("?")
            found = self._rest.request(
                place,
                dict(parse_qsl(query)),
                where=where,
                headers={"If-None-Match": etag} if etag else {},
                judged=JUDGED | TIMED_OUT if can_shrink else JUDGED,
                read=lambda response: self._read_rest(response, decoder, where),
            )
            if isinstance(found, RestPage):
                return found
            path = found
        raise Unreadable("too many redirects", where=where, advice="Check its name in vitals.toml")

    def query(
        self,
        query: Query[T],
        variables: Mapping[str, object],
        *,
        where: str,
        note_hole: Callable[[SourceError], None],
        can_shrink: bool = False,
        are_items: bool = False,
    ) -> T:
        """Return the data of a query, whose fields `are_items` of a list. `can_shrink` as in `get`.

        An item of a list that has an error is null, and `note_hole` gets the error.
        """
        self._last = self._graphql

        def read(response: Response) -> T:
            self._raise_for_status(response, where)
            holes: list[SourceError] = []
            data = query.read(
                response,
                where,
                "GitHub",
                lambda error: self._judge(
                    error, response, where, holes.append, can_shrink, are_items
                ),
            )
            for hole in holes:
                if _is_hollow(data):
                    raise hole
                note_hole(hole)
            return data

        return self._graphql.request(
            self._graphql_path,
            body=query.body(variables),
            where=where,
            judged=JUDGED | TIMED_OUT if can_shrink else JUDGED,
            read=read,
        )

    def _read_rest(
        self, response: Response, decoder: msgspec.json.Decoder[T], where: str
    ) -> RestPage[T] | str:
        status = response.status_code
        if status in REDIRECTS:
            return self._path(response.headers.get("Location", ""), where)
        etag = response.headers.get("ETag", "")
        etag = etag if ETAG.fullmatch(etag) else ""
        if status == 304:
            return RestPage(None, etag, "")
        if status == EMPTY_REPOSITORY:
            return RestPage(decoder.decode(b"[]"), "", "")
        self._raise_for_status(response, where)
        next_url = response.links.get("next", {}).get("url", "")
        body = http.decode_json(decoder, response, where, "GitHub")
        return RestPage(body, etag, self._path(next_url, where) if next_url else "")

    def _path(self, url: str, where: str) -> str:
        """Return the path and query of an absolute address, which has to lie below the base_url."""
        base = urlsplit(self._rest.base_url)
        try:
            at = urlsplit(url)
        except ValueError:
            at = urlsplit("")
        is_here = (at.scheme, at.netloc) == (base.scheme, base.netloc)
        if not is_here or not at.path.startswith(f"{base.path}/"):
            raise Denied(
                f"the platform points to another address ({quoted(at.hostname or 'none')}), "
                "which never gets a token",
                where=where,
                advice="Check base_url, and that no proxy rewrites the responses",
            )
        return at.path.removeprefix(f"{base.path}/") + (f"?{at.query}" if at.query else "")

    def _judge(
        self,
        error: Error,
        response: Response,
        where: str,
        note_hole: Callable[[SourceError], None],
        can_shrink: bool,
        are_items: bool,
    ) -> None:
        """Note an error that is about a single item of a list; raise any other."""
        place, kind = http.place_of(response, where), str(error.type)
        if kind in ("RATE_LIMITED", "RATE_LIMIT"):
            raise self._limited(response, place)
        is_item = any(are_items or isinstance(step, int) for step in error.path or ())
        if kind in TOO_MUCH or "timeout" in error.message.lower():
            too_long = TooBig if can_shrink else Retryable
            found: SourceError = too_long(
                "GitHub took too long over a page", where=place, advice=http.LATER
            )
        elif kind in REFUSED:
            found = Unreadable(f"GitHub says {kind}", where=place, advice=ACCESS_ADVICE)
        elif kind == "INVALID_CURSOR_ARGUMENTS":
            found = InvalidCursor("GitHub rejected its own cursor", where=place, advice=http.LATER)
        elif kind == "INTERNAL" or error.message.startswith("Something went wrong"):
            found = Retryable("GitHub has a fault", where=place, advice=http.LATER)
            is_item |= not error.path  # it names no place, and may have told all but one item
        elif is_item:
            what = f"GitHub could not tell an item: {error.text}"
            found = Retryable(what, where=place, advice=http.LATER)
        else:
            found = Changed(
                f"GitHub does not understand the query: {error.text}",
                where=place,
                advice="Update community-vitals; on GitHub Enterprise, update the server",
            )
        if not is_item or isinstance(found, TooBig | InvalidCursor):
            raise found
        note_hole(found)

    def _raise_for_status(self, response: Response, where: str) -> None:
        status, place = response.status_code, http.place_of(response, where)
        if status < 300:
            return
        if status in TIMED_OUT:
            raise TooBig("GitHub took too long over a page", where=place, advice=http.LATER)
        if status in (403, 429):
            raise self._refused(response, place)
        if status == 401:
            raise Denied("GitHub refuses the token", where=place, advice=TOKEN_ADVICE)
        if status in UNREADABLE:
            what, advice = UNREADABLE[status]
            raise Unreadable(what, where=place, advice=advice)
        if status == 422 and PAGINATION_LIMITED in response.text.lower():
            raise EndsEarly(EARLY_END, where=place, advice=EARLY_END_ADVICE)
        raise Changed(
            "GitHub refuses the request",
            where=place,
            advice="Check base_url and graphql_url; if they are right, report this line",
        )

    def _refused(self, response: Response, place: str) -> SourceError:
        """Return the error for a 403 or 429: a limit, or a refusal."""
        message = response.text.lower()
        is_limit = "rate limit" in message or "abuse detection" in message
        has_none_left = response.headers.get("x-ratelimit-remaining") == "0"
        if response.status_code == 429 or is_limit or has_none_left or http.retry_after(response):
            return self._limited(response, place)
        if "X-GitHub-SSO" in response.headers:
            return Unreadable(
                "the organisation requires the token to be authorised for its single sign-on",
                where=place,
                advice="Open github.com/settings/tokens, Configure SSO, Authorize",
            )
        needed = quoted(response.headers.get("X-Accepted-GitHub-Permissions", ""))
        return Unreadable(
            "the token may not read it",
            where=place,
            advice=f"Give it the permission {needed}" if needed else "Give the token read access",
        )

    def _limited(self, response: Response, place: str) -> http.RateLimited:
        """Return how long to wait: until the hour's reset, or as long as GitHub says."""
        after = http.retry_after(response)
        if after is None and response.headers.get("x-ratelimit-remaining") == "0":
            after = seconds_to_reset(response)
        if after is None:
            after = min(LONGEST_SECONDARY_SECONDS, SECONDARY_SECONDS * 2.0**self._secondary)
            self._secondary += 1
        return http.RateLimited("too many requests", where=place, after=after, advice=http.LATER)


def _is_hollow(value: object) -> bool:
    """Whether nothing is in the data of a response."""
    if isinstance(value, msgspec.Struct):
        return all(_is_hollow(getattr(value, name)) for name in value.__struct_fields__)
    return value is None


def seconds_to_reset(response: Response) -> float:
    """Seconds until the next hour's calls may be used, by the platform's own clock.

    A reset that lies further ahead than any window of GitHub's is not believed.
    """
    reset = response.headers.get("x-ratelimit-reset", "").strip()
    now = http.seconds_of_date(response.headers.get("Date")) or time.time()
    seconds = float(reset) - now if http.EPOCH_SECONDS.fullmatch(reset) else SECONDARY_SECONDS
    return max(0.0, seconds) + 1.0 if seconds <= bounds.MOST_WAIT_SECONDS else SECONDARY_SECONDS
