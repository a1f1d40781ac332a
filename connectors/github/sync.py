"""How a repository's lists are read: only what is new, from any interruption on, in few requests.

A list that GitHub filters by `since` is read oldest first, each page from the newest time of the
one before: nothing that moves between two pages is missed. The others are read newest first, down
to what is landed; where such a walk stands is remembered with each of its pages.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

import msgspec

from connectors.github.api import GitHubApi, LostPlace, TooBig
from connectors.github.queries import Ask
from connectors.github.shapes import Hash, Made, merged, stamp

PER_PAGE, SMALLEST_PAGE = 100, 10

Row = TypeVar("Row")


class Slice(NamedTuple):
    """A page: what is made of it, its oldest time, where the next page begins, and its ETag."""

    made: Made
    oldest: str
    next: str
    etag: str = ""


class Walk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A newest-first walk that is not over: landed from `top` down to where `next` begins."""

    top: str
    next: str


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a list is read.

    newest: the newest time landed by a walk that is whole. etag: of the page that the next sync
    asks for first. mark: what the list looked like from afar before it was last read to its end.
    whole_at: when all of it was last read, microseconds since 1970 of the platform's clock.
    """

    newest: str = ""
    etag: str = ""
    mark: str = ""
    walk: Walk | None = None
    whole_at: int = 0


class Feed(ABC):
    """One list of one repository. `stream` names its cursor."""

    stream: str

    def __init__(self, size: int = PER_PAGE) -> None:
        self._size = size

    @abstractmethod
    def page(self, cursor: Cursor, following: str, etag: str) -> Slice | None:
        """Return the page at `following`, or the first one; None where it is as at `etag`."""

    def _sized(self, ask: Callable[[int, bool], Slice | None]) -> Slice | None:
        """Ask for smaller pages where the platform cannot do larger ones, from then on."""
        while True:
            try:
                return ask(self._size, self._size > SMALLEST_PAGE)
            except TooBig:
                self._size //= 2


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A list of the REST API: its path in the repository and what is made of a row.

    `filters_since`: it is given oldest change first and filtered. `window`: it is filtered, but by
    a time that late arrivals may be older than: so much is read again whenever it changed.
    `is_whole`: its order tells nothing, it is read to its end whenever it changed.
    """

    stream: str
    path: str
    decoder: msgspec.json.Decoder[list[Row]]
    make: Callable[[Row, Hash], Made]
    params: tuple[tuple[str, str], ...] = ()
    filters_since: bool = False
    window: timedelta | None = None
    is_whole: bool = False


class RestFeed(Feed):
    """A list of the REST API."""

    def __init__(
        self, api: GitHubApi, full_name: str, listing: Listing[Any], where: str, hash_private: Hash
    ) -> None:
        super().__init__()
        self.stream, self._listing = listing.stream, listing
        self._api, self._where, self._hash = api, where, hash_private
        self._path = f"repos/{full_name}/{listing.path}"

    def page(self, cursor: Cursor, following: str, etag: str) -> Slice | None:
        if following:
            return self._ask(following, "", can_shrink=False)
        return self._sized(
            lambda size, can_shrink: self._ask(
                f"{self._path}?{urlencode(self._params(cursor, size))}", etag, can_shrink
            )
        )

    def _params(self, cursor: Cursor, size: int) -> dict[str, str]:
        params = dict(self._listing.params) | {"per_page": str(size)}
        since = cursor.newest
        if since and self._listing.window:
            since = stamp(datetime.fromisoformat(since) - self._listing.window)
        if since and (self._listing.filters_since or self._listing.window):
            params["since"] = since
        return params

    def _ask(self, path: str, etag: str, can_shrink: bool) -> Slice | None:
        answer = self._api.get(
            path, self._listing.decoder, where=self._where, etag=etag, can_shrink=can_shrink
        )
        if answer.body is None:
            return None
        made = [self._listing.make(row, self._hash) for row in answer.body]
        goes_to_the_end = self._listing.is_whole or self._listing.window
        oldest = "" if goes_to_the_end else min((one.time for one in made), default="")
        return Slice(merged(made), oldest, answer.next, answer.etag)


class GraphFeed(Feed):
    """A connection of the GraphQL API, newest first."""

    def __init__(self, stream: str, ask: Ask, size: int = PER_PAGE) -> None:
        super().__init__(size)
        self.stream, self._ask = stream, ask

    def page(self, cursor: Cursor, following: str, etag: str) -> Slice | None:
        def ask(size: int, can_shrink: bool) -> Slice:
            made, after = self._ask(size, following, can_shrink)
            return Slice(merged(made), min((one.time for one in made), default=""), after)

        return self._sized(ask)


Step = tuple[Made, Cursor]


def oldest_first(feed: Feed, before: Cursor, mark: str, *, full: bool) -> Iterator[Step]:
    """Yield pages from the newest landed time on, each with the cursor to land with it."""
    cursor = Cursor() if full else before
    following = ""
    while page := feed.page(cursor, following, cursor.etag):
        has_moved = page.made.time > cursor.newest
        newest = max(page.made.time, cursor.newest)
        if not page.next:
            yield page.made, Cursor(newest, "" if has_moved else page.etag, mark)
            return
        # A page of one single time brings no time to go on from: then its own next page does.
        following = "" if has_moved else page.next
        cursor = Cursor(newest)
        yield page.made, cursor
    yield Made([], "", {}), Cursor(cursor.newest, cursor.etag, mark)


def newest_first(feed: Feed, before: Cursor, mark: str, *, full: bool) -> Iterator[Step]:
    """Yield pages down to the newest landed time, each with the cursor to land with it.

    An interrupted walk is ended first; what is newer than it comes next. `newest` moves when a walk
    is whole.
    """
    cursor = Cursor() if full else before
    if cursor.walk is not None:
        try:
            for made, cursor in _down(feed, cursor, cursor.walk, ""):  # noqa: B020
                yield made, cursor
        except LostPlace:
            cursor = Cursor(cursor.newest)
    yield from _down(feed, Cursor(cursor.newest, cursor.etag), Walk("", ""), mark)


def _down(feed: Feed, before: Cursor, walk: Walk, mark: str) -> Iterator[Step]:
    etag = "" if walk.next else before.etag
    of_first_page = ""
    while page := feed.page(before, walk.next, etag):
        etag, of_first_page = "", of_first_page if walk.next else page.etag
        top = walk.top or page.made.time
        if not page.next or "" < page.oldest < before.newest:
            yield page.made, Cursor(max(top, before.newest), of_first_page, mark)
            return
        walk = Walk(top, page.next)
        yield page.made, Cursor(before.newest, walk=walk)
    yield Made([], "", {}), Cursor(before.newest, before.etag, mark)
