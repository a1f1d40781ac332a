"""The lists of a repository, whichever API has them: a page of rows at a time."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from connectors.github.api import GitHubApi, TooBig
from connectors.github.queries import GitHubQueries
from connectors.github.records import ParsedRow, iso_seconds
from connectors.github.rest import RestList, rest_lists
from connectors.privacy import HashPrivate

PER_PAGE, SMALLEST_PAGE, DISCUSSIONS_PER_PAGE = 100, 10, 50


class ListPage(NamedTuple):
    """The rows of a page, where the next page begins ("" after the last), and its ETag."""

    rows: list[ParsedRow]
    next: str
    etag: str = ""
    is_sorted: bool = True

    @property
    def newest(self) -> str:
        return max((row.time for row in self.rows), default="")

    @property
    def oldest(self) -> str:
        """The oldest time of its rows; "" where older ones may come after newer ones."""
        return min((row.time for row in self.rows), default="") if self.is_sorted else ""


class ListReader(ABC):
    """Reads one list of one repository, a page at a time. `stream` names its cursor."""

    stream: str
    is_oldest_first = False

    def __init__(self, size: int = PER_PAGE) -> None:
        self._size = size

    @abstractmethod
    def page(self, since: str, next: str, etag: str) -> ListPage | None:
        """Return the page at `next`, or the first one; None where it is unchanged since `etag`.

        Of a list that can be filtered, the first page begins at `since`.
        """

    def _shrinking(self, fetch: Callable[[int, bool], ListPage | None]) -> ListPage | None:
        """Fetch for smaller pages, from then on, where larger ones take the platform too long."""
        while True:
            try:
                return fetch(self._size, self._size > SMALLEST_PAGE)
            except TooBig:
                self._size //= 2


class RestReader(ListReader):
    """Reads a list of the REST API."""

    def __init__(
        self, api: GitHubApi, full_name: str, rest_list: RestList[Any], where: str
    ) -> None:
        super().__init__()
        self.stream, self.is_oldest_first = rest_list.stream, rest_list.filters_since
        self._list, self._decoder = rest_list, rest_list.decoder()
        self._api, self._where = api, f"{where}, {self.stream}"
        self._path = f"repos/{full_name}/{rest_list.path}"

    def page(self, since: str, next: str, etag: str) -> ListPage | None:
        if next:
            return self._get(next, "", can_shrink=False)
        return self._shrinking(
            lambda size, can_shrink: self._get(
                f"{self._path}?{urlencode(self._params(since, size))}", etag, can_shrink
            )
        )

    def _params(self, since: str, size: int) -> dict[str, str]:
        params = dict(self._list.params)
        if self._list.filters_since:
            params |= {"sort": "updated", "direction": "asc"}
        params["per_page"] = str(size)
        if since and self._list.window:
            since = iso_seconds(datetime.fromisoformat(since) - self._list.window)
        if since and (self._list.filters_since or self._list.window):
            params["since"] = since
        return params

    def _get(self, path: str, etag: str, can_shrink: bool) -> ListPage | None:
        found = self._api.get(
            path, self._decoder, where=self._where, etag=etag, can_shrink=can_shrink
        )
        if found.body is None:
            return None
        rows = [self._list.parse(row) for row in found.body]
        is_sorted = not (self._list.is_unsorted or self._list.window)
        return ListPage(rows, found.next, found.etag, is_sorted)


Fetch = Callable[[int, str, bool], tuple[list[ParsedRow], str]]


class GraphQLReader(ListReader):
    """Reads a connection of the GraphQL API, newest first."""

    def __init__(self, stream: str, fetch: Fetch, size: int = PER_PAGE) -> None:
        super().__init__(size)
        self.stream, self._fetch = stream, fetch

    def page(self, since: str, next: str, etag: str) -> ListPage | None:
        return self._shrinking(
            lambda size, can_shrink: ListPage(*self._fetch(size, next, can_shrink))
        )


def list_readers(
    api: GitHubApi, full_name: str, where: str, hash_private: HashPrivate
) -> Iterator[ListReader]:
    """Yield a reader of each list of a repository, in the order in which they are read."""
    for rest_list in rest_lists(hash_private):
        yield RestReader(api, full_name, rest_list, where)
    queries = GitHubQueries(api, full_name, where)
    yield GraphQLReader("reviews", queries.reviews)
    yield GraphQLReader("discussions", queries.discussions, DISCUSSIONS_PER_PAGE)
    yield GraphQLReader("stars", queries.stars)
