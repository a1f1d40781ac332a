"""What GitHub's REST API sends of the things that we read, and the records made of it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from connectors.base import Changed
from connectors.github.records import (
    Comment,
    Commit,
    Fork,
    Item,
    Person,
    Release,
    State,
    User,
    commit_author,
    people,
    raw,
)
from connectors.model import Raw


class PullLink(msgspec.Struct, frozen=True):
    merged_at: datetime | None = None


class Issue(msgspec.Struct, frozen=True):
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
    date: datetime | None = None


class GitCommit(msgspec.Struct, frozen=True):
    author: Signature | None = None
    committer: Signature | None = None


class RestCommit(msgspec.Struct, frozen=True):
    sha: str
    commit: GitCommit
    author: User | None = None


class RestRelease(msgspec.Struct, frozen=True):
    id: int
    tag_name: str
    author: User | None = None
    published_at: datetime | None = None


class RestFork(msgspec.Struct, frozen=True):
    id: int
    created_at: datetime
    owner: User | None = None


class Made(NamedTuple):
    """The records made of one row, its time in the order of its list, and the people in it."""

    records: list[tuple[str, Raw]]
    time: str
    people: dict[str, Person]


Hash = Callable[[str], str]


def stamp(moment: datetime) -> str:
    """Return a moment as GitHub writes it, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of_issue(row: Issue, hash_private: Hash) -> Made:
    """An issue or pull request: that it was opened, and how it stands."""
    is_pull = row.pull_request is not None
    merged_at = row.pull_request.merged_at if row.pull_request else None
    opened = Item(row.number, row.created_at, row.user, is_pull)
    state = State(row.number, row.created_at, row.user, is_pull, row.closed_at, merged_at)
    records = [("issues", raw(row.number, opened)), ("states", raw(row.number, state))]
    return Made(records, stamp(row.updated_at), people([row.user]))


def of_issue_comment(row: RestComment, hash_private: Hash) -> Made:
    """A comment on an issue or a pull request."""
    return _of_comment("comments", row, row.issue_url, "/pull/" in row.html_url)


def of_review_comment(row: RestComment, hash_private: Hash) -> Made:
    """A comment on a line of a pull request."""
    return _of_comment("review_comments", row, row.pull_request_url, True)


def _of_comment(stream: str, row: RestComment, answers: str, is_pull: bool) -> Made:
    number = last_number(answers)
    comment = Comment(row.id, row.created_at, number, row.user, is_pull)
    return Made([(stream, raw(row.id, comment))], stamp(row.updated_at), people([row.user]))


def last_number(url: str) -> int:
    """Return the number at an address's end. Raises Changed where there is none."""
    number = url.rpartition("/")[2]
    if not number.isdigit():
        raise Changed(f"an address that should end in a number does not: {url[-80:]!r}")
    return int(number)


def of_commit(row: RestCommit, hash_private: Hash) -> Made:
    """A commit, at the time it was authored."""
    author = row.commit.author or Signature()
    committed_at = row.commit.committer.date if row.commit.committer else None
    authored_at = author.date or committed_at
    if authored_at is None:
        raise Changed(f"the commit {row.sha} has no date")
    user, name, email_hash = commit_author(row.author, author.name, author.email, hash_private)
    commit = Commit(row.sha, authored_at, user, email_hash)
    time = stamp(committed_at or authored_at)
    return Made([("commits", raw(row.sha, commit))], time, people([user], name))


def of_release(row: RestRelease, hash_private: Hash) -> Made:
    """A release; a draft has no time yet."""
    release = Release(row.id, row.tag_name, row.published_at, row.author)
    time = stamp(row.published_at) if row.published_at else ""
    return Made([("releases", raw(row.id, release))], time, people([row.author]))


def of_fork(row: RestFork, hash_private: Hash) -> Made:
    """A fork, by the account that has it."""
    fork = Fork(row.id, row.created_at, row.owner)
    return Made([("forks", raw(row.id, fork))], stamp(row.created_at), {})


def merged(made: Iterable[Made]) -> Made:
    """Put rows together: `time` is the newest of theirs, the first to name a person names them."""
    records: list[tuple[str, Raw]] = []
    named: dict[str, Person] = {}
    newest = ""
    for one in made:
        records += one.records
        named = one.people | named
        newest = max(newest, one.time)
    return Made(records, newest, named)
