"""The lists of GitHub's REST API that are read: their paths, rows, and the records of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from connectors.base import Changed
from connectors.github.commits import co_authors, commit_author, date_of_committing
from connectors.github.records import (
    DIGITS,
    LATE_COMMITS,
    Comment,
    Commit,
    Fork,
    Item,
    Release,
    State,
    User,
    iso_seconds,
    people,
    raw,
)
from connectors.github.rows import ParsedRow
from connectors.privacy import HashPrivate

RowT = TypeVar("RowT")
AwareDatetime = Annotated[datetime, msgspec.Meta(tz=True)]


class PullLink(msgspec.Struct, frozen=True):
    merged_at: datetime | None = None


class RestIssue(msgspec.Struct, frozen=True):
    number: int
    created_at: datetime
    updated_at: datetime
    user: User | None = None
    closed_at: datetime | None = None
    pull_request: PullLink | None = None


class RestComment(msgspec.Struct, frozen=True):
    id: int
    created_at: datetime
    updated_at: datetime
    user: User | None = None
    html_url: str = ""
    issue_url: str = ""
    pull_request_url: str = ""


class Signature(msgspec.Struct, frozen=True):
    name: str | None = None
    email: str | None = None
    date: str | None = None

    @property
    def at(self) -> datetime | None:
        """The date; None for one that no calendar has, or without an offset."""
        try:
            return msgspec.convert(self.date, AwareDatetime | None, strict=False)
        except msgspec.ValidationError:
            return None


class GitCommit(msgspec.Struct, frozen=True):
    """The message is looked through for co-authors, and never kept."""

    author: Signature | None = None
    committer: Signature | None = None
    message: str | None = None


class Parent(msgspec.Struct, frozen=True):
    sha: str


class RestCommit(msgspec.Struct, frozen=True):
    sha: str
    commit: GitCommit
    author: User | None = None
    parents: list[Parent] | None = None


class RestRelease(msgspec.Struct, frozen=True):
    id: int
    tag_name: str
    author: User | None = None
    published_at: datetime | None = None


class RestFork(msgspec.Struct, frozen=True):
    id: int
    created_at: datetime
    owner: User | None = None


def parse_issue(row: RestIssue) -> ParsedRow:
    """Return that an issue or pull request was opened, and its state."""
    is_pull = row.pull_request is not None
    merged_at = row.pull_request.merged_at if row.pull_request else None
    opened = Item(row.number, row.created_at, row.user, is_pull)
    state = State(row.number, row.created_at, row.user, is_pull, row.closed_at, merged_at)
    records = [("issues", raw(row.number, opened)), ("states", raw(row.number, state))]
    created = iso_seconds(row.created_at)
    return ParsedRow(
        records, iso_seconds(row.updated_at), people(row.user), str(row.number), created
    )


def parse_comment(stream: str, row: RestComment) -> ParsedRow:
    """Return a comment on an issue or a pull request, or on a line of a pull request."""
    is_review = stream == "review_comments"
    number = last_number(row.pull_request_url if is_review else row.issue_url)
    is_pull = is_review or "/pull/" in row.html_url
    record = raw(row.id, Comment(row.id, row.created_at, number, row.user, is_pull))
    time = iso_seconds(row.updated_at)
    return ParsedRow([(stream, record)], time, people(row.user), str(row.id))


def last_number(url: str) -> int:
    """Return the number at an address's end. Raises Changed where there is none."""
    number = url.rpartition("/")[2]
    if not DIGITS.fullmatch(number):
        raise Changed(f"an address that should end in a number does not: {url[-80:]!r}")
    return int(number)


def parse_commit(
    hash_private: HashPrivate, created_at: datetime | None, row: RestCommit
) -> ParsedRow:
    """Return a commit of a repository that was created at `created_at`.

    It counts at the time it was authored; the list is sorted by when it was committed.
    """
    author, committer = row.commit.author or Signature(), row.commit.committer or Signature()
    user, name, email_hash = commit_author(row.author, author.name, author.email, hash_private)
    others, met = co_authors(row.commit.message, user, hash_private)
    counts = date_of_committing(author.at, committer.at, created_at)
    commit = Commit(row.sha, author.at or committer.at, user, email_hash, counts, others)
    at = committer.at or author.at
    time = iso_seconds(at) if at else ""
    return ParsedRow(
        [("commits", raw(row.sha, commit))],
        time,
        [*people(user, name), *met],
        row.sha,
        needs=tuple(parent.sha for parent in row.parents or ()),
    )


def parse_release(row: RestRelease) -> ParsedRow:
    """Return a release; a draft has no time yet."""
    release = Release(row.id, row.tag_name, row.published_at, row.author)
    time = iso_seconds(row.published_at) if row.published_at else ""
    return ParsedRow([("releases", raw(row.id, release))], time, people(row.author), str(row.id))


def parse_fork(row: RestFork) -> ParsedRow:
    """Return a fork, by the account that owns it."""
    fork = Fork(row.id, row.created_at, row.owner)
    time = iso_seconds(row.created_at)
    return ParsedRow([("forks", raw(row.id, fork))], time, [], str(row.id), time)


@dataclass(frozen=True)
class RestList(Generic[RowT]):
    """A list of the REST API: its path in the repository, its rows and how they are parsed.

    `filters_since`: GitHub sorts it by change, oldest first, and filters it by time. `window`: it
    is filtered by a time that late rows may be older than: so much is read again whenever it
    changed. `is_unsorted`: it is read to its end whenever it changed.
    """

    stream: str
    path: str
    row: type[RowT]
    parse: Callable[[RowT], ParsedRow]
    params: tuple[tuple[str, str], ...] = ()
    filters_since: bool = False
    window: timedelta | None = None
    is_unsorted: bool = False

    def decoder(self) -> msgspec.json.Decoder[RowT]:
        """Return the decoder of one row."""
        return msgspec.json.Decoder(self.row)


def rest_lists(hash_private: HashPrivate, created_at: datetime | None) -> tuple[RestList[Any], ...]:
    """Return the lists of a repository in the order in which they are read."""
    of_issue, of_line = (
        partial(parse_comment, "comments"),
        partial(parse_comment, "review_comments"),
    )
    commit = partial(parse_commit, hash_private, created_at)
    every = (("state", "all"),)
    return (
        RestList("issues", "issues", RestIssue, parse_issue, every, filters_since=True),
        RestList("comments", "issues/comments", RestComment, of_issue, filters_since=True),
        RestList("review_comments", "pulls/comments", RestComment, of_line, filters_since=True),
        RestList("commits", "commits", RestCommit, commit, window=LATE_COMMITS),
        RestList("releases", "releases", RestRelease, parse_release, is_unsorted=True),
        RestList("forks", "forks", RestFork, parse_fork, (("sort", "newest"),)),
    )
