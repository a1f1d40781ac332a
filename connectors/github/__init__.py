"""GitHub: issues, pull requests, reviews, comments, discussions, commits, releases, stars, forks.

Facts about the platform come from docs.github.com and its OpenAPI and GraphQL schemas.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
from pydantic import Field, field_validator

from connectors.base import (
    BlindSpot,
    Connector,
    Context,
    Cursors,
    Denied,
    SourceSettings,
    Stream,
)
from connectors.github.api import GitHubApi, Unreadable
from connectors.github.queries import Asker, pulses
from connectors.github.records import Person, Repository, normalize, raw
from connectors.github.repositories import Repositories
from connectors.github.shapes import (
    Issue,
    Made,
    RestComment,
    RestCommit,
    RestFork,
    RestRelease,
    of_commit,
    of_fork,
    of_issue,
    of_issue_comment,
    of_release,
    of_review_comment,
)
from connectors.github.sync import (
    Cursor,
    Feed,
    GraphFeed,
    Listing,
    RestFeed,
    newest_first,
    oldest_first,
)
from connectors.model import END_OF_KEYS, Fact, Page, Record

PULSES_AT_ONCE = 20
DISCUSSIONS_PER_PAGE = 50
BY_CHANGE = (("sort", "updated"), ("direction", "asc"))
# Branches that are merged bring commits that are older than the newest one.
LATE_COMMITS = timedelta(days=90)
# What was deleted shows only to who reads everything: a list with news is, when it was so long ago.
WHOLE_AGAIN = timedelta(days=7)


def _rows(row: type[Any]) -> msgspec.json.Decoder[list[Any]]:
    return msgspec.json.Decoder(list[row])  # type: ignore[valid-type]


LISTINGS: tuple[Listing[Any], ...] = (
    Listing("issues", "issues", _rows(Issue), of_issue, (("state", "all"), *BY_CHANGE), True),
    Listing("comments", "issues/comments", _rows(RestComment), of_issue_comment, BY_CHANGE, True),
    Listing(
        "review_comments", "pulls/comments", _rows(RestComment), of_review_comment, BY_CHANGE, True
    ),
    Listing("commits", "commits", _rows(RestCommit), of_commit, window=LATE_COMMITS),
    Listing("releases", "releases", _rows(RestRelease), of_release, is_whole=True),
    Listing("forks", "forks", _rows(RestFork), of_fork, (("sort", "newest"),)),
)
# What a walk over everything vouches for. Commits of other branches may come from files.
VOUCHED = {
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


class GitHubSettings(SourceSettings):
    """A source of GitHub repositories."""

    repositories: list[str] = Field(
        min_length=1, description="Which GitHub repositories (org/repo, or org/* for all of them)?"
    )
    graphql_url: str | None = None

    @field_validator("repositories")
    @classmethod
    def _are_names(cls, values: list[str]) -> list[str]:
        for value in values:
            if not re.fullmatch(r"[\w.-]+/([\w.-]+|\*)", value):
                raise ValueError(f"{value!r} is no repository. Write org/repo, or org/* for all")
        return values


class GitHubConnector(Connector[GitHubSettings]):
    """Repositories of GitHub or a GitHub Enterprise server, seen with one token."""

    kind = "github"
    version = 3
    streams = (
        Stream("repositories", "whole list"),
        Stream("people", "whole list"),
        Stream("issues", "oldest first"),
        Stream("states", "oldest first"),
        Stream("comments", "oldest first"),
        Stream("review_comments", "oldest first"),
        Stream("reviews", "newest first"),
        Stream("discussions", "newest first"),
        Stream("discussion_comments", "newest first"),
        Stream("commits", "newest first", reread=LATE_COMMITS),
        Stream("releases", "whole list"),
        Stream("forks", "newest first"),
        Stream("stars", "newest first"),
    )
    settings_model = GitHubSettings
    token_variable = "GITHUB_TOKEN"
    token_advice = (
        "Create a fine-grained personal access token at github.com/settings/personal-access-tokens "
        "with read access to metadata, contents, issues, pull requests and discussions"
    )

    def __init__(self, settings: GitHubSettings, context: Context) -> None:
        super().__init__(settings, context)
        base_url = (settings.base_url or "https://api.github.com").rstrip("/")
        # GitHub Enterprise has them side by side: /api/v3 and /api/graphql.
        folder = base_url.removesuffix("/v3") if base_url.endswith("/api/v3") else base_url
        graphql_url = settings.graphql_url or f"{folder}/graphql"
        self.api = GitHubApi(base_url, graphql_url, self.token(), context)
        self.repositories = Repositories(self.api, settings.repositories, context)
        self._named: set[str] = set()

    def check(self) -> list[str]:
        """Ask for each configured repository, and GraphQL for their pulse."""
        found = self.repositories.find(lambda stream, partitions: {})
        self._pulses(found)
        return [f"{spot.what}: {spot.reason}" for spot in self.context.blind_spots]

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """The repositories, then of each that shows news the lists that may have some."""
        found = self.repositories.find(cursors)
        if not found:
            spots = [f"{s.what}: {s.reason}. {s.advice}" for s in self.context.blind_spots]
            raise Denied(
                "none of the repositories can be read",
                where=self.context.source,
                advice="; ".join(spots),
            )
        as_of = self.api.platform_time
        yield from self.repositories.pages(as_of)
        marks = self._pulses(found)
        for number, repository in enumerate(found):
            self.context.progress(repository.full_name, number, len(found))
            for feed, walk in self._feeds(repository):
                mark = marks.get(repository.id, {}).get(feed.stream, "")
                try:
                    yield from self._read(feed, walk, repository, cursors, mark, full)
                except Unreadable as error:
                    what = f"{feed.stream.replace('_', ' ')} of {repository.full_name}"
                    self.context.blind_spots.append(BlindSpot(what, error.what, error.advice))
        self.context.progress("repositories", len(found), len(found))

    def _pulses(self, found: list[Repository]) -> dict[int, dict[str, str]]:
        """What each repository looks like from afar; nothing where GraphQL does not tell."""
        ids = [repository.node_id for repository in found if repository.node_id]
        marks: dict[int, dict[str, str]] = {}
        try:
            for first in range(0, len(ids), PULSES_AT_ONCE):
                several = ids[first : first + PULSES_AT_ONCE]
                marks |= pulses(self.api, several, f"{self.context.source}, pulse")
        except Unreadable as error:
            self.context.warn(f"{error}: every list is asked for its news")
        return marks

    def _feeds(self, repository: Repository) -> Iterator[tuple[Feed, "Walker"]]:
        name = repository.full_name
        where = f"{self.context.source}, {name}"
        for listing in LISTINGS:
            place = f"{where}, {listing.stream}"
            feed = RestFeed(self.api, name, listing, place, self.context.hash_private)
            yield feed, oldest_first if listing.filters_since else newest_first
        asker = Asker(self.api, name, where)
        yield GraphFeed("reviews", asker.reviews), newest_first
        yield GraphFeed("discussions", asker.discussions, DISCUSSIONS_PER_PAGE), newest_first
        yield GraphFeed("stars", asker.stars), newest_first

    def _read(
        self,
        feed: Feed,
        walk: "Walker",
        repository: Repository,
        cursors: Cursors,
        mark: str,
        full: bool,
    ) -> Iterator[Page]:
        """Land a list's news. One that looks as it did when it was last read has none."""
        partition, as_of = str(repository.id), self.api.platform_time
        text = cursors(feed.stream, [partition]).get(partition)
        cursor = msgspec.json.decode(text, type=Cursor) if text else Cursor()
        if not full and mark and cursor.mark == mark:
            return
        full = full or _is_due(cursor, as_of)
        present: dict[str, set[str]] = {stream: set() for stream in VOUCHED[feed.stream]}
        for made, moved in walk(feed, cursor, mark, full=full):
            for stream, keys in present.items() if full else ():
                keys.update(record.key for name, record in made.records if name == stream)
            moved = msgspec.structs.replace(moved, whole_at=cursor.whole_at)
            yield from self._pages(made, feed.stream, partition, as_of, moved)
        for stream, keys in present.items() if full else ():
            vouched = frozenset(keys)
            yield Page(stream, partition, [], as_of, covers=("", END_OF_KEYS), present=vouched)
        if full or not cursor.whole_at:
            whole = msgspec.structs.replace(moved, whole_at=as_of)
            yield Page(feed.stream, partition, [], as_of, cursor=_text(whole))

    def _pages(
        self, made: Made, stream: str, partition: str, as_of: int, cursor: Cursor
    ) -> Iterator[Page]:
        people = [raw(p.login, p) for p in self._new(made.people.values())]
        if people:
            yield Page("people", "", people, as_of)
        names = {name for name, _ in made.records} | {stream}
        for name in sorted(names, key=lambda name: name == stream):
            records = [record for kind, record in made.records if kind == name]
            text = _text(cursor) if name == stream else None
            yield Page(name, partition, records, as_of, cursor=text)

    def _new(self, people: Iterable[Person]) -> Iterator[Person]:
        """Who was not met in this sync: the newest lists and acts come first, and name people."""
        for person in people:
            if person.login not in self._named:
                self._named.add(person.login)
                yield person

    @classmethod
    def normalize(cls, source: str, record: Record) -> Iterable[Fact]:
        return normalize(source, record)


def _is_due(cursor: Cursor, now: int) -> bool:
    """Whether a list was read as a whole so long ago that deletions may have to be found."""
    is_at_rest = cursor.whole_at > 0 and cursor.walk is None
    return is_at_rest and now - cursor.whole_at >= WHOLE_AGAIN // timedelta(microseconds=1)


def _text(cursor: Cursor) -> str:
    return msgspec.json.encode(cursor).decode()


Walker = Callable[..., Iterator[tuple[Made, Cursor]]]
