"""Which repositories a source means: names, `org/*`, renamed ones and ones that are gone."""

from collections.abc import Iterator

import msgspec

from connectors.base import BlindSpot, Context, Cursors, Denied, SourceError
from connectors.github.api import GitHubApi, Unreadable
from connectors.github.records import Repository, raw
from connectors.github.shapes import decoded
from connectors.http import RateLimited
from connectors.model import Page
from connectors.paging import PageGuard

STREAM = "repositories"
_one = msgspec.json.Decoder(Repository)
_many = msgspec.json.Decoder(list[msgspec.Raw])


class ListedPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of repositories as it was when it was last read, and its ETag."""

    path: str
    etag: str
    found: list[Repository]
    next: str = ""


class Repositories:
    """The repositories behind the configured names; each once, however often it is named."""

    def __init__(self, api: GitHubApi, names: list[str], context: Context) -> None:
        self._api, self._names, self._context = api, list(dict.fromkeys(names)), context
        self._listed: dict[str, list[ListedPage]] = {}
        self._found: dict[int, Repository] = {}

    def find(self, cursors: Cursors) -> list[Repository]:
        """Return what exists now, in calls that are free where nothing changed since last time.

        A name that cannot be read becomes a blind spot. Raises what failed where nothing is found.
        """
        failure: SourceError | None = None
        known = cursors(STREAM, self._names)
        for name in self._names:
            before = msgspec.json.decode(known.get(name, "[]"), type=list[ListedPage])
            try:
                self._listed[name] = list(self._pages_of(name, before))
            except Unreadable as error:
                self._context.blind_spots.append(BlindSpot(name, error.what, error.advice))
                continue
            except (Denied, RateLimited):
                raise
            except SourceError as error:
                failure = error
                self._context.could_not_read(name, error)
                continue
            for repository in (r for page in self._listed[name] for r in page.found):
                self._found.setdefault(repository.id, repository)
        if failure is not None and not self._found:
            raise failure
        return list(self._found.values())

    def pages(self, as_of: int) -> Iterator[Page]:
        """Yield the repositories as records, and a cursor for each configured name."""
        yield Page(STREAM, "", [raw(r.id, r) for r in self._found.values()], as_of)
        for name, listed in self._listed.items():
            cursor = msgspec.json.encode(listed).decode()
            yield Page(STREAM, name, [], as_of, cursor=cursor)

    def is_up(self, repository: Repository) -> bool:
        """Ask whether GitHub answers at all, where a list of the repository failed."""
        try:
            self._api.get(f"repos/{repository.full_name}", _one, where=self._context.source)
        except Unreadable:
            return True
        except SourceError:
            return False
        return True

    def _pages_of(self, name: str, before: list[ListedPage]) -> Iterator[ListedPage]:
        organisation, _, repository = name.partition("/")
        if repository != "*":
            yield self._single(name, before[0] if before else None)
            return
        known = {page.path: page for page in before}
        path = f"orgs/{organisation}/repos?type=sources&sort=full_name&per_page=100"
        guard = PageGuard(f"{self._context.source}, {name}")
        while path:
            page = self._page(name, path, known.get(path))
            yield page
            path = page.next
            if path:
                guard.turn(path, [str(repository.id) for repository in page.found])

    def _page(self, name: str, path: str, known: ListedPage | None) -> ListedPage:
        where = f"{self._context.source}, {name}"
        response = self._api.get(path, _many, where=where, etag=known.etag if known else "")
        if response.body is None and known:
            return known
        holes: list[SourceError] = []
        found = list(decoded(response.body or (), Repository, where, holes.append))
        if holes:
            what = f"{len(holes)} of the repositories of {name}"
            self._context.blind_spots.append(BlindSpot(what, holes[0].what, holes[0].advice))
        own = [r for r in found if not r.fork]
        # A page with rows that nobody understands is asked for again, so that they are named again.
        return ListedPage(path, "" if holes else response.etag, own, response.next)

    def _single(self, name: str, known: ListedPage | None) -> ListedPage:
        """Ask for a renamed repository by its newer name, while that one exists."""
        where = f"{self._context.source}, {name}"
        path = f"repos/{known.found[0].full_name}" if known else f"repos/{name}"
        try:
            response = self._api.get(path, _one, where=where, etag=known.etag if known else "")
        except Unreadable:
            if path == f"repos/{name}":
                raise
            response = self._api.get(f"repos/{name}", _one, where=where)
        if response.body is None and known:
            return known
        assert response.body is not None
        return ListedPage(path, response.etag, [response.body])
