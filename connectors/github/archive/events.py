"""GitHub's events as GH Archive keeps them, and the records of each.

A record has the time and author of what the event is about. Where a trimmed payload (since
2025-10-07) does not tell them, it has those of the event.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec

from connectors.base import Changed
from connectors.github import records
from connectors.github.commits import co_authors, commit_author
from connectors.github.rest import PullLink, Signature
from connectors.model import Raw
from connectors.privacy import HashPrivate

T = TypeVar("T")


class EventRepository(msgspec.Struct, frozen=True):
    id: records.Number
    name: str


class EventObject(msgspec.Struct, frozen=True):
    """An issue, comment, release …: what an event is about, as far as it is told."""

    id: records.Number | None = None
    number: records.Number | None = None
    user: records.User | None = None
    author: records.User | None = None
    owner: records.User | None = None
    created_at: datetime | None = None
    submitted_at: datetime | None = None
    published_at: datetime | None = None
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    pull_request: PullLink | None = None
    tag_name: str | None = None
    commit_id: str | None = None


class PushCommit(msgspec.Struct, frozen=True):
    sha: str
    author: Signature | None = None
    message: str | None = None


class Payload(msgspec.Struct, frozen=True):
    """An object that is null is an empty one."""

    action: str | None = None
    number: records.Number | None = None
    issue: EventObject | None = None
    pull_request: EventObject | None = None
    comment: EventObject | None = None
    review: EventObject | None = None
    discussion: EventObject | None = None
    release: EventObject | None = None
    forkee: EventObject | None = None
    commits: list[PushCommit] | None = None

    def of(self, name: str) -> EventObject:
        """Return an object by its name, an empty one where there is none."""
        return getattr(self, name) or EventObject()


class Event(msgspec.Struct, frozen=True):
    type: str
    actor: records.User
    repo: EventRepository
    created_at: datetime
    payload: Payload = Payload()


class EventRecord(NamedTuple):
    """A record of an event, its stream, and the people in it."""

    stream: str
    record: Raw
    people: list[records.Person]


STATE_ACTIONS = ("closed", "reopened", "merged")


def pushed_commits(event: Event, hash_private: HashPrivate) -> list[EventRecord]:
    """Return the commits of a push, at the time of the push: their own is not told."""
    found: list[EventRecord] = []
    for commit in event.payload.commits or ():
        author = commit.author or Signature()
        user, name, email_hash = commit_author(
            None, author.name, author.email, hash_private, is_of_today=True
        )
        others, met = co_authors(commit.message, user, hash_private, is_of_today=True)
        record = records.Commit(commit.sha, event.created_at, user, email_hash, None, others)
        people = [*records.people(user, name), *met]
        found.append(EventRecord("commits", records.raw(commit.sha, record), people))
    return found


def item_states(event: Event) -> list[EventRecord]:
    """Return the state of an issue or pull request after an event that changed it.

    Hours are read in any order, so that the state before is not known. A merge is a record of its
    own: no later state takes it back.
    """
    is_pull, action = event.type == "PullRequestEvent", event.payload.action
    item = event.payload.of("pull_request" if is_pull else "issue")
    number = item.number or event.payload.number
    is_change = action in STATE_ACTIONS and (is_pull or event.type == "IssuesEvent")
    if number is None or not is_change:
        return []
    closed_at = None if action == "reopened" else item.closed_at or event.created_at
    merged_at = item.merged_at or (event.created_at if action == "merged" else None)
    user = item.user if item.created_at else None
    state = records.State(number, item.created_at, user, is_pull, closed_at, merged_at)
    key = f"{number}-merged" if action == "merged" else number
    return [EventRecord("states", records.raw(key, state), records.people(user))]


def _opened(event: Event) -> EventRecord:
    is_pull = event.type == "PullRequestEvent"
    item = event.payload.of("pull_request" if is_pull else "issue")
    number = _required(item.number or event.payload.number, event)
    user = item.user or event.actor
    record = records.Item(number, item.created_at or event.created_at, user, is_pull)
    return EventRecord("issues", records.raw(number, record), records.people(user))


def _discussion(event: Event) -> EventRecord:
    item = event.payload.of("discussion")
    number, user = _required(item.number, event), item.user or event.actor
    record = records.Item(number, item.created_at or event.created_at, user)
    return EventRecord("discussions", records.raw(number, record), records.people(user))


def _comment(stream: str, about: str) -> Callable[[Event], EventRecord]:
    def parse(event: Event) -> EventRecord:
        comment, item = event.payload.of("comment"), event.payload.of(about)
        id, user = _required(comment.id, event), comment.user or event.actor
        number = _required(item.number, event)
        is_pull = stream == "review_comments" or item.pull_request is not None
        record = records.Comment(id, comment.created_at or event.created_at, number, user, is_pull)
        return EventRecord(stream, records.raw(id, record), records.people(user))

    return parse


def _commit_comment(event: Event) -> EventRecord:
    comment = event.payload.of("comment")
    id, user = _required(comment.id, event), comment.user or event.actor
    at = comment.created_at or event.created_at
    record = records.Comment(id, at, user=user, commit=_required(comment.commit_id, event))
    return EventRecord("comments", records.raw(f"commit-{id}", record), records.people(user))


def _review(event: Event) -> EventRecord:
    review = event.payload.of("review")
    id, user = _required(review.id, event), review.user or event.actor
    number = _required(event.payload.of("pull_request").number, event)
    record = records.Review(id, number, review.submitted_at or event.created_at, user)
    return EventRecord("reviews", records.raw(id, record), records.people(user))


def _release(event: Event) -> EventRecord:
    release = event.payload.of("release")
    id, user = _required(release.id, event), release.author or event.actor
    at = release.published_at or event.created_at
    record = records.Release(id, _required(release.tag_name, event), at, user)
    return EventRecord("releases", records.raw(id, record), records.people(user))


def _star(event: Event) -> EventRecord:
    login = _required(event.actor.login, event)
    return EventRecord("stars", records.raw(login, records.Star(event.created_at, event.actor)), [])


def is_of_the_fork(event: Event) -> bool:
    """Whether a fork's event is told of the new repository, so that nobody knows whose fork it is.

    So it is since October 2025.
    """
    fork = event.payload.of("forkee")
    return event.type == "ForkEvent" and fork.id in (None, event.repo.id)


def _fork(event: Event) -> EventRecord:
    fork = event.payload.of("forkee")
    id, user = _required(fork.id, event), fork.owner or event.actor
    record = records.Fork(id, fork.created_at or event.created_at, user)
    return EventRecord("forks", records.raw(id, record), [])


# The events that are activities, by their type and action.
PARSERS: dict[tuple[str, str | None], Callable[[Event], EventRecord]] = {
    ("IssuesEvent", "opened"): _opened,
    ("PullRequestEvent", "opened"): _opened,
    ("IssueCommentEvent", "created"): _comment("comments", "issue"),
    ("PullRequestReviewCommentEvent", "created"): _comment("review_comments", "pull_request"),
    ("DiscussionCommentEvent", "created"): _comment("discussion_comments", "discussion"),
    ("CommitCommentEvent", None): _commit_comment,
    ("CommitCommentEvent", "created"): _commit_comment,
    ("PullRequestReviewEvent", "created"): _review,
    ("DiscussionEvent", "created"): _discussion,
    ("ReleaseEvent", "published"): _release,
    ("WatchEvent", "started"): _star,
    ("ForkEvent", None): _fork,
    ("ForkEvent", "forked"): _fork,
}


def _required(value: T | None, event: Event) -> T:
    if value is None:
        raise Changed(
            f"a {event.type} of {event.repo.name} at {event.created_at:%Y-%m-%d %H:%M} does not "
            "tell what it is about",
            advice="Update community-vitals, or report this line",
        )
    return value
