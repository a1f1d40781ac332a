"""How a source's repositories are read: only what is new, from any interruption on.

A list that GitHub filters by `since` is read oldest first, each page from the newest time of the
one before, so that a row that moves between two pages is not missed. The others are read newest
first, down to what is landed; an unfinished backfill is remembered with each of its pages.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

import msgspec

from connectors.base import BlindSpot, Context, Cursors, Denied
from connectors.github.api import GitHubApi, InvalidCursor, Unreadable
from connectors.github.lists import ListReader, list_readers
from connectors.github.queries import list_states
from connectors.github.records import ParsedRow, Person, Repository, raw
from connectors.github.repositories import Repositories
from connectors.model import Page, Raw

REPOSITORIES_PER_QUERY = 20
# Deletions show only in a list that is read as a whole: one with news is, when it was so long ago.
WHOLE_AGAIN = timedelta(days=7)
# The streams in which a list that was read as a whole shows what is gone. Commits of other branches
# may come from files.
SHOWS_DELETIONS = {
    "issues": ("issues", "states"),
    "comments": ("comments",),
    "review_comments": ("review_comments",),
    "reviews": ("reviews",),
    "discussions": ("discussions", "discussion_comments"),
    "commits": (),
    "releases": ("releases",),
    "stars": ("stars",),
    "forks": ("forks",),
}


class Backfill(msgspec.Struct, frozen=True, omit_defaults=True):
    """A newest-first read that is not over: landed from `top` down to where `next` begins."""

    top: str
    next: str


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a list is read.

    newest: the newest time landed by a read that is over. etag: of the page that the next sync
    asks for first. list_state: the state before the list was last read to its end. whole_at: when
    it was last read as a whole, microseconds since 1970 of the platform's clock.
    """

    newest: str = ""
    etag: str = ""
    list_state: str = msgspec.field(default="", name="mark")
    backfill: Backfill | None = msgspec.field(default=None, name="walk")
    whole_at: int = 0

    @property
    def text(self) -> str:
        return msgspec.json.encode(self).decode()

    def is_due(self, now: int) -> bool:
        """Whether the list was read as a whole so long ago that deletions have to be found."""
        is_at_rest = self.whole_at > 0 and self.backfill is None
        return is_at_rest and now - self.whole_at >= WHOLE_AGAIN // timedelta(microseconds=1)


class GitHubSync:
    """One sync of a source."""

    def __init__(self, api: GitHubApi, names: list[str], context: Context) -> None:
        self._api, self._context = api, context
        self._repositories = Repositories(api, names, context)
        self._met: set[str] = set()

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
        for number, repository in enumerate(found):
            self._context.progress(repository.full_name, number, len(found))
            where = f"{self._context.source}, {repository.full_name}"
            for reader in list_readers(
                self._api, repository.full_name, where, self._context.hash_private
            ):
                state = states.get(repository.id, {}).get(reader.stream, "")
                try:
                    yield from self._list_pages(reader, str(repository.id), cursors, state, full)
                except Unreadable as error:
                    what = f"{reader.stream.replace('_', ' ')} of {repository.full_name}"
                    self._context.blind_spots.append(BlindSpot(what, error.what, error.advice))
        self._context.progress("repositories", len(found), len(found))

    def _list_states(self, found: list[Repository]) -> dict[int, dict[str, str]]:
        """Return the state of each repository's lists; nothing where GraphQL does not tell."""
        ids = [repository.node_id for repository in found if repository.node_id]
        states: dict[int, dict[str, str]] = {}
        try:
            for first in range(0, len(ids), REPOSITORIES_PER_QUERY):
                several = ids[first : first + REPOSITORIES_PER_QUERY]
                states |= list_states(self._api, several, f"{self._context.source}, list states")
        except Unreadable as error:
            self._context.warn(f"{error}: every list is asked for its news")
        return states

    def _list_pages(
        self, reader: ListReader, partition: str, cursors: Cursors, state: str, full: bool
    ) -> Iterator[Page]:
        """Yield a list's news: none where its state is that of the last read."""
        as_of = self._api.platform_time
        text = cursors(reader.stream, [partition]).get(partition)
        before = msgspec.json.decode(text, type=Cursor) if text else Cursor()
        if not full and state and before.list_state == state:
            return
        full = full or before.is_due(as_of)
        read = oldest_first if reader.is_oldest_first else newest_first
        present: dict[str, set[str]] = {name: set() for name in SHOWS_DELETIONS[reader.stream]}
        for parsed, cursor in read(reader, Cursor() if full else before, state):
            for row in parsed if full else ():
                for stream, record in row.records:
                    if stream in present:
                        present[stream].add(record.key)
            cursor = msgspec.structs.replace(cursor, whole_at=before.whole_at)
            yield from self._row_pages(parsed, reader.stream, partition, as_of, cursor)
        if full:
            for stream, keys in present.items():
                yield Page.end_of_list(stream, partition, keys, as_of)
        if full or not before.whole_at:
            cursor = msgspec.structs.replace(cursor, whole_at=as_of)
            yield Page(reader.stream, partition, [], as_of, cursor=cursor.text)

    def _row_pages(
        self, rows: list[ParsedRow], own: str, partition: str, as_of: int, cursor: Cursor
    ) -> Iterator[Page]:
        """Yield the people and the records of rows, those of the list's own stream last."""
        people = [raw(p.login, p) for row in rows for p in self._not_met(row.people)]
        if people:
            yield Page("people", "", people, as_of)
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
            if person.login not in self._met:
                self._met.add(person.login)
                yield person


Steps = Iterator[tuple[list[ParsedRow], Cursor]]


def oldest_first(reader: ListReader, cursor: Cursor, state: str) -> Steps:
    """Yield pages of rows after the cursor, each with the cursor to land with it."""
    next = ""
    while page := reader.page(cursor.newest, next, cursor.etag):
        has_moved = page.newest > cursor.newest
        newest = max(page.newest, cursor.newest)
        if not page.next:
            yield page.rows, Cursor(newest, "" if has_moved else page.etag, state)
            return
        # A page of one single time brings no newer time to go on from: its next page is read.
        next = "" if has_moved else page.next
        cursor = Cursor(newest)
        yield page.rows, cursor
    yield [], Cursor(cursor.newest, cursor.etag, state)


def newest_first(reader: ListReader, cursor: Cursor, state: str) -> Steps:
    """Yield pages of rows down to the cursor, each with the cursor to land with it.

    An interrupted backfill is ended first; what is newer than it comes next. `newest` moves when a
    read is over.
    """
    if cursor.backfill is not None:
        try:
            for parsed, moved in _down(reader, cursor, cursor.backfill, ""):
                cursor = moved
                yield parsed, cursor
        except InvalidCursor:
            cursor = Cursor(cursor.newest)
    yield from _down(reader, Cursor(cursor.newest, cursor.etag), Backfill("", ""), state)


def _down(reader: ListReader, before: Cursor, backfill: Backfill, state: str) -> Steps:
    etag = "" if backfill.next else before.etag
    first_etag = ""
    while page := reader.page(before.newest, backfill.next, etag):
        etag, first_etag = "", first_etag if backfill.next else page.etag
        top = backfill.top or page.newest
        if not page.next or "" < page.oldest < before.newest:
            yield page.rows, Cursor(max(top, before.newest), first_etag, state)
            return
        backfill = Backfill(top, page.next)
        yield page.rows, Cursor(before.newest, backfill=backfill)
    yield [], Cursor(before.newest, before.etag, state)
