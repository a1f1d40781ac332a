"""How a source's repositories are read: only what is new, from any interruption on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import msgspec

from connectors.base import (
    BlindSpot,
    Context,
    Cursors,
    Denied,
    Retryable,
    SourceError,
)
from connectors.github.api import GitHubApi, Unreadable
from connectors.github.cursors import Cursor
from connectors.github.list_sync import ListSync
from connectors.github.lists import ListReader, list_readers
from connectors.github.profiles import Profiles
from connectors.github.queries import ListState, list_states
from connectors.github.records import Person, Repository, person_key
from connectors.github.repositories import Repositories
from connectors.github.rows import ParsedRow
from connectors.http import RateLimited
from connectors.model import Page, Raw

REPOSITORIES_PER_QUERY = 20
# The streams in which a list that was read as a whole shows what is gone.
SHOWS_DELETIONS = {
    "issues": ("issues", "states"),
    "comments": ("comments",),
    "review_comments": ("review_comments",),
    "reviews": ("reviews",),
    "discussions": ("discussions", "discussion_comments"),
    "commits": ("commits",),
    "releases": ("releases",),
    "stars": ("stars",),
    "forks": ("forks",),
}
# What belongs to issues and pull requests has gone with them.
OF_ISSUES = ("comments", "review_comments", "reviews")


class GitHubSync:
    """One sync of a source."""

    def __init__(self, api: GitHubApi, names: list[str], context: Context) -> None:
        self._api, self._context = api, context
        self._repositories = Repositories(api, names, context)
        self._met: set[str] = set()
        self._has_lost_issues, self._is_graphql_up = False, True

    def check(self) -> None:
        """Ask for each configured repository, and GraphQL for the state of their lists."""
        self._list_states(self._repositories.find(lambda stream, partitions: {}))

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """Yield the repositories, then of each the lists that may have news."""
        found = self._repositories.find(cursors)
        if not found:
            spots = [f"{s.what}: {s.reason}. {s.advice}" for s in self._context.blind_spots]
            raise Denied(
                "none of the repositories can be read",
                where=self._context.source,
                advice="; ".join(spots),
            )
        yield from self._repositories.pages(self._api.platform_time)
        states = self._list_states(found)
        self._profiles = Profiles(
            self._api, self._context, cursors, full=full, are_readable=self._is_graphql_up
        )
        known = self._known_cursors(found, cursors)
        for number, repository in enumerate(found):
            self._context.progress(repository.full_name, number, len(found))
            where = f"{self._context.source}, {repository.full_name}"
            self._has_lost_issues = False
            for reader in list_readers(self._api, repository, where, self._context.hash_private):
                state = states.get(repository.id, {}).get(reader.stream, ListState())
                text = known(reader.stream).get(str(repository.id))
                yield from self._list_or_failure(reader, repository, text, state, full)
        yield from self._profiles.rest()
        self._context.progress("repositories", len(found), len(found))

    def _list_states(self, found: list[Repository]) -> dict[int, dict[str, ListState]]:
        """Return the state of each repository's lists; nothing where GraphQL does not tell."""
        ids = [repository.node_id for repository in found if repository.node_id]
        states: dict[int, dict[str, ListState]] = {}
        where = f"{self._context.source}, list states"

        def warn(error: SourceError) -> None:
            self._context.warn(f"{error}: every list is asked for its news")

        for first in range(0, len(ids), REPOSITORIES_PER_QUERY):
            several = ids[first : first + REPOSITORIES_PER_QUERY]
            try:
                states |= list_states(self._api, several, where, warn)
            except RateLimited:
                raise
            except (Unreadable, Retryable) as error:
                warn(error)
                self._is_graphql_up = False
        return states

    @staticmethod
    def _known_cursors(
        found: list[Repository], cursors: Cursors
    ) -> Callable[[str], dict[str, str]]:
        """Return what looks up the cursors of all repositories in a stream once."""
        partitions = [str(repository.id) for repository in found]
        return cache(lambda stream: cursors(stream, partitions))

    def _list_or_failure(
        self,
        reader: ListReader,
        repository: Repository,
        stored: str | None,
        state: ListState,
        full: bool,
    ) -> Iterator[Page]:
        """Yield a list's news since its stored cursor.

        What fails for it alone becomes a blind spot of its own.
        """
        name = f"{reader.stream.replace('_', ' ')} of {repository.full_name}"
        partition = str(repository.id)
        one = ListSync(
            reader,
            name,
            msgspec.json.decode(stored, type=Cursor) if stored else Cursor(),
            state,
            self._api.platform_time,
            self._context,
            has_lost_rows=reader.stream in OF_ISSUES and self._has_lost_issues,
        )
        try:
            yield from self._list_pages(one, reader.stream, partition, full)
        except Unreadable as error:
            self._context.blind_spots.append(BlindSpot(name, error.what, error.advice))
        except (Denied, RateLimited):
            raise
        except SourceError as error:
            if isinstance(error, Retryable) and not self._repositories.is_up(repository):
                raise
            self._context.could_not_read(name, error)
        self._has_lost_issues |= reader.stream == "issues" and one.has_lost_rows

    def _list_pages(self, one: ListSync, stream: str, partition: str, full: bool) -> Iterator[Page]:
        """Yield a list's news: none where its state is that of the last read."""
        if not full and one.is_quiet:
            one.note_what_is_never_shown()
            return
        as_of = self._api.platform_time
        present: dict[str, set[str]] = {name: set() for name in SHOWS_DELETIONS[stream]}
        for parsed, cursor in one.read(full):
            for row in parsed if one.is_whole else ():
                for name, record in row.records:
                    if name in present:
                        present[name].add(record.key)
            met = [person for row in parsed for person in self._not_met(row.people)]
            if met:
                yield from self._profiles.pages(met, as_of)
            yield from self._row_pages(parsed, stream, partition, as_of, cursor)
        last, is_everything = one.end()
        if is_everything:
            for name, keys in present.items():
                yield Page.end_of_list(name, partition, keys, as_of)
        yield Page(stream, partition, [], as_of, cursor=last.text)

    def _row_pages(
        self, rows: list[ParsedRow], own: str, partition: str, as_of: int, cursor: Cursor
    ) -> Iterator[Page]:
        """Yield the records of rows, those of the list's own stream last."""
        records: dict[str, list[Raw]] = defaultdict(list)
        for row in rows:
            for stream, record in row.records:
                records[stream].append(record)
        own_records = records.pop(own, [])
        for stream, others in records.items():
            yield Page(stream, partition, others, as_of)
        yield Page(own, partition, own_records, as_of, cursor=cursor.text)

    def _not_met(self, people: Iterable[Person]) -> Iterator[Person]:
        """Yield who was not met before in this sync: the newest rows come first and name people."""
        for person in people:
            if person_key(person) not in self._met:
                self._met |= {person_key(person), person.login}
                yield person
