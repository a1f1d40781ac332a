"""GitHub's events as GH Archive keeps them, and the records made of them.

An act is at the time that its object tells; since 2025-10-07 payloads are trimmed, and then it is
at the time of its event, by the event's actor.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from connectors.base import Changed
from connectors.github.records import (
    Comment,
    Commit,
    Fork,
    Item,
    Person,
    Release,
    Review,
    Star,
    State,
    User,
    commit_author,
    people,
    raw,
)
from connectors.github.shapes import Hash
from connectors.model import Raw

T = TypeVar("T")


class Place(msgspec.Struct, frozen=True):
    id: int
    name: str


class PullLink(msgspec.Struct, frozen=True):
    merged_at: datetime | None = None


class Thing(msgspec.Struct, frozen=True):
    """Anything that an event is about, as far as it is told."""

    id: int | None = None
    number: int | None = None
    user: User | None = None
    author: User | None = None
    owner: User | None = None
    created_at: datetime | None = None
    submitted_at: datetime | None = None
    published_at: datetime | None = None
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    pull_request: PullLink | None = None
    tag_name: str | None = None
    commit_id: str | None = None


class PushAuthor(msgspec.Struct, frozen=True):
    name: str | None = None
    email: str | None = None


class PushCommit(msgspec.Struct, frozen=True):
    sha: str
    author: PushAuthor = PushAuthor()


class Payload(msgspec.Struct, frozen=True):
    action: str | None = None
    number: int | None = None
    issue: Thing = Thing()
    pull_request: Thing = Thing()
    comment: Thing = Thing()
    review: Thing = Thing()
    discussion: Thing = Thing()
    release: Thing = Thing()
    forkee: Thing = Thing()
    commits: list[PushCommit] | None = None


class Event(msgspec.Struct, frozen=True):
    type: str
    actor: User
    repo: Place
    created_at: datetime
    payload: Payload = Payload()


Made = tuple[str, Raw, dict[str, Person]]

TURNS = ("closed", "reopened", "merged")


def pushed(event: Event, hash_private: Hash) -> list[Made]:
    """The commits of a push: at the time of the push, theirs is not told."""
    made: list[Made] = []
    for commit in event.payload.commits or ():
        author = commit.author
        user, name, email_hash = commit_author(None, author.name, author.email, hash_private)
        record = Commit(commit.sha, event.created_at, user, email_hash)
        made.append(("commits", raw(commit.sha, record), people([user], name)))
    return made


def turned(event: Event) -> list[Made]:
    """How an issue or pull request stands after a turn of it; not before: hours come in any order.

    What is merged stays so, whatever else is told: that is a record of its own.
    """
    is_pull, action = event.type == "PullRequestEvent", event.payload.action
    thing = event.payload.pull_request if is_pull else event.payload.issue
    number = thing.number or event.payload.number
    if number is None or action not in TURNS or not (is_pull or event.type == "IssuesEvent"):
        return []
    closed_at = None if action == "reopened" else thing.closed_at or event.created_at
    merged_at = thing.merged_at or (event.created_at if action == "merged" else None)
    user = thing.user if thing.created_at else None
    stands = State(number, thing.created_at, user, is_pull, closed_at, merged_at)
    key = f"{number}-merged" if action == "merged" else number
    return [("states", raw(key, stands), people([user]))]


def _opened(event: Event) -> Made:
    is_pull = event.type == "PullRequestEvent"
    thing = event.payload.pull_request if is_pull else event.payload.issue
    number = _told(thing.number or event.payload.number, event)
    user = thing.user or event.actor
    item = Item(number, thing.created_at or event.created_at, user, is_pull)
    return "issues", raw(number, item), people([user])


def _discussion(event: Event) -> Made:
    thing = event.payload.discussion
    number, user = _told(thing.number, event), thing.user or event.actor
    item = Item(number, thing.created_at or event.created_at, user)
    return "discussions", raw(number, item), people([user])


def _comment(stream: str, about: Callable[[Payload], Thing]) -> Callable[[Event], Made]:
    def read(event: Event) -> Made:
        said, thing = event.payload.comment, about(event.payload)
        id, user = _told(said.id, event), said.user or event.actor
        number = _told(thing.number, event)
        is_pull = stream == "review_comments" or thing.pull_request is not None
        comment = Comment(id, said.created_at or event.created_at, number, user, is_pull)
        return stream, raw(id, comment), people([user])

    return read


def _commit_comment(event: Event) -> Made:
    said = event.payload.comment
    id, user = _told(said.id, event), said.user or event.actor
    at = said.created_at or event.created_at
    comment = Comment(id, at, user=user, commit=_told(said.commit_id, event))
    return "comments", raw(f"commit-{id}", comment), people([user])


def _review(event: Event) -> Made:
    thing = event.payload.review
    id, user = _told(thing.id, event), thing.user or event.actor
    number = _told(event.payload.pull_request.number, event)
    review = Review(id, number, thing.submitted_at or event.created_at, user)
    return "reviews", raw(id, review), people([user])


def _release(event: Event) -> Made:
    thing = event.payload.release
    id, user = _told(thing.id, event), thing.author or event.actor
    at = thing.published_at or event.created_at
    release = Release(id, _told(thing.tag_name, event), at, user)
    return "releases", raw(id, release), people([user])


def _star(event: Event) -> Made:
    login = _told(event.actor.login, event)
    return "stars", raw(login, Star(event.created_at, event.actor)), {}


def _fork(event: Event) -> Made:
    thing = event.payload.forkee
    id, user = _told(thing.id, event), thing.owner or event.actor
    return "forks", raw(id, Fork(id, thing.created_at or event.created_at, user)), {}


# What is an act, by the type and the action of its event.
READERS: dict[tuple[str, str | None], Callable[[Event], Made]] = {
    ("IssuesEvent", "opened"): _opened,
    ("PullRequestEvent", "opened"): _opened,
    ("IssueCommentEvent", "created"): _comment("comments", lambda payload: payload.issue),
    ("PullRequestReviewCommentEvent", "created"): _comment(
        "review_comments", lambda payload: payload.pull_request
    ),
    ("DiscussionCommentEvent", "created"): _comment(
        "discussion_comments", lambda payload: payload.discussion
    ),
    ("CommitCommentEvent", None): _commit_comment,
    ("CommitCommentEvent", "created"): _commit_comment,
    ("PullRequestReviewEvent", "created"): _review,
    ("DiscussionEvent", "created"): _discussion,
    ("ReleaseEvent", "published"): _release,
    ("WatchEvent", "started"): _star,
    ("ForkEvent", None): _fork,
    ("ForkEvent", "forked"): _fork,
}


def _told(value: T | None, event: Event) -> T:
    if value is None:
        raise Changed(
            f"a {event.type} of {event.repo.name} at {event.created_at:%Y-%m-%d %H:%M} does not "
            "tell what it is about",
            advice="Update community-vitals, or report this line",
        )
    return value
