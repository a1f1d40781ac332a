"""The lists of a repository, whichever API has them: a page of rows at a time."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from connectors.base import Changed, SourceError
from connectors.github.api import UPDATE_ADVICE, GitHubApi, TooBig
from connectors.github.queries import GitHubQueries
from connectors.github.records import Repository, iso_seconds
from connectors.github.rest import RestList, rest_lists
from connectors.github.rows import ListPage, ParsedRow
from connectors.privacy import HashPrivate
from connectors.tolerant import ODD_JSON

PER_PAGE, SMALLEST_PAGE, DISCUSSIONS_PER_PAGE = 100, 10, 50


_rows = msgspec.json.Decoder(list[msgspec.Raw])


class ListReader(ABC):
    """Reads one list of one repository, a page at a time. `stream` names its cursor."""

    stream: str
    is_oldest_first = False
    is_history = False  # each row stands on the one below it, as commits do

    def __init__(self, where: str, size: int = PER_PAGE) -> None:
        self.where, self._size = where, size

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
        super().__init__(f"{where}, {rest_list.stream}")
        self.stream, self.is_oldest_first = rest_list.stream, rest_list.filters_since
        self.is_history = rest_list.window is not None
        self._list, self._decoder = rest_list, rest_list.decoder()
        self._api = api
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
        found = self._api.get(path, _rows, where=self.where, etag=etag, can_shrink=can_shrink)
        if found.body is None:
            return None
        rows, holes = self._parse(found.body)
        is_sorted = not (self._list.is_unsorted or self._list.window)
        return ListPage(rows, found.next, found.etag, is_sorted, holes)

    def _parse(self, body: list[msgspec.Raw]) -> tuple[list[ParsedRow], tuple[SourceError, ...]]:
        """Return the rows, and why others of them could not be read."""
        rows: list[ParsedRow] = []
        holes: list[SourceError] = []
        # A commit has its time from whoever made it: one of the future must not end all reading.
        now = iso_seconds(datetime.fromtimestamp(self._api.platform_time / 1_000_000, UTC))
        for encoded in body:
            try:
                row = self._list.parse(self._decoder.decode(encoded))
            except (*ODD_JSON, Changed) as error:
                what = f"a row has an unknown shape: {error}"
                holes.append(Changed(what, where=self.where, advice=UPDATE_ADVICE))
            else:
                rows.append(row._replace(time=min(row.time, now)))
        return rows, tuple(holes)


Fetch = Callable[[int, str, bool], ListPage]


class GraphQLReader(ListReader):
    """Reads a connection of the GraphQL API, newest first."""

    def __init__(self, stream: str, fetch: Fetch, where: str, size: int = PER_PAGE) -> None:
        super().__init__(f"{where}, {stream}", size)
        self.stream, self._fetch = stream, fetch

    def page(self, since: str, next: str, etag: str) -> ListPage | None:
        return self._shrinking(lambda size, can_shrink: self._fetch(size, next, can_shrink))


def list_readers(
    api: GitHubApi, repository: Repository, where: str, hash_private: HashPrivate
) -> Iterator[ListReader]:
    """Yield a reader of each list of a repository, in the order in which they are read."""
    for rest_list in rest_lists(hash_private, repository.created_at):
        yield RestReader(api, repository.full_name, rest_list, where)
    queries = GitHubQueries(api, repository.full_name, where)
    yield GraphQLReader("reviews", queries.reviews, where)
    yield GraphQLReader("discussions", queries.discussions, where, DISCUSSIONS_PER_PAGE)
    yield GraphQLReader("stars", queries.stars, where)
