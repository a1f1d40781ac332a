"""What GitHub's records mean: the facts of each."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from connectors.base import raises_changed
from connectors.github.records import (
    Comment,
    Commit,
    Fork,
    Item,
    Person,
    Release,
    Repository,
    Review,
    Star,
    State,
    User,
    is_bot,
    is_known,
)
from connectors.model import (
    Account,
    Activity,
    ActivityKind,
    Channel,
    Fact,
    LeftOut,
    Record,
    WorkItem,
)
from connectors.timestamps import microseconds

_decoders = {
    stream: msgspec.json.Decoder(shape)
    for stream, shape in {
        "repositories": Repository,
        "people": Person,
        "issues": Item,
        "states": State,
        "comments": Comment,
        "review_comments": Comment,
        "reviews": Review,
        "discussions": Item,
        "discussion_comments": Comment,
        "commits": Commit,
        "releases": Release,
        "stars": Star,
        "forks": Fork,
    }.items()
}


@raises_changed
def normalize(source: str, record: Record) -> list[Fact]:
    """Return the facts of one record. A record that is gone is left out as deleted."""
    content = _decoders[record.stream].decode(record.payload)
    if isinstance(content, Person):
        return [_account(source, content, record)]
    if isinstance(content, Repository):
        return [_channel(source, content)]
    if record.gone_at is not None:
        return [LeftOut("deleted")]
    channel_id = f"{source}:{record.partition}"
    if isinstance(content, State):
        is_over = content.closed_at or content.merged_at
        return [_work_item(source, channel_id, content)] if is_over else []
    activity = _activity(source, channel_id, record.stream, content)
    if isinstance(content, Item) and record.stream == "issues":
        state = State(content.number, content.created_at, content.user, content.is_pull)
        return [activity, _work_item(source, channel_id, state)]
    return [activity]


class Details(NamedTuple):
    """What differs between kinds of activities; `suffix` and `parent` follow the channel's id."""

    kind: ActivityKind
    suffix: str
    parent: str | None
    at: datetime | None
    ref: str


def _activity(
    source: str, channel_id: str, stream: str, content: msgspec.Struct
) -> Activity | LeftOut:
    user: User | None = getattr(content, "user", None)
    if user is None or not is_known(user):
        return LeftOut("no author")
    if is_bot(user):
        return LeftOut("bot")
    details = _details(stream, content)
    if details.at is None:
        return LeftOut("not published yet")
    return Activity(
        activity_id=f"{channel_id}{details.suffix}",
        kind=details.kind.value,
        account_id=f"{source}:{user.login}",
        channel_id=channel_id,
        parent_id=f"{channel_id}{details.parent}" if details.parent else None,
        occurred_at=microseconds(details.at),
        ref=details.ref,
    )


def _details(stream: str, content: msgspec.Struct) -> Details:
    match content:
        case Item(number=number, is_pull=is_pull, created_at=at):
            ref = f"{_folder(stream, is_pull)}/{number}"
            kind = ActivityKind.PULL_REQUEST if is_pull else ActivityKind.ISSUE
            if stream == "discussions":
                kind = ActivityKind.DISCUSSION
            return Details(kind, f"#{number}", None, at, ref)
        case Comment():
            return _comment_details(stream, content)
        case Review(id=id, number=number, submitted_at=at):
            anchor = f"pullrequestreview-{id}"
            ref = f"pull/{number}#{anchor}"
            return Details(ActivityKind.REVIEW, f":{anchor}", f"#{number}", at, ref)
        case Commit(sha=sha, authored_at=at):
            return Details(ActivityKind.COMMIT, f":{sha}", None, at, f"commit/{sha}")
        case Release(id=id, tag_name=tag_name, published_at=at):
            ref = f"releases/tag/{quote(tag_name, safe='')}"
            return Details(ActivityKind.RELEASE, f":release-{id}", None, at, ref)
        case Star(user=user, starred_at=at):
            return Details(ActivityKind.STAR, f":star:{user.login}", None, at, "stargazers")
        case Fork(id=id, created_at=at):
            return Details(ActivityKind.FORK, f":fork-{id}", None, at, "forks")
    raise AssertionError(content)


def _comment_details(stream: str, comment: Comment) -> Details:
    if comment.commit:
        anchor, parent = f"commitcomment-{comment.id}", f":{comment.commit}"
        page = f"commit/{comment.commit}"
    else:
        prefix = {
            "comments": "issuecomment-",
            "review_comments": "discussion_r",
            "discussion_comments": "discussioncomment-",
        }[stream]
        anchor, parent = f"{prefix}{comment.id}", f"#{comment.number}"
        page = f"{_folder(stream, comment.is_pull)}/{comment.number}"
    ref = f"{page}#{anchor}"
    return Details(ActivityKind.COMMENT, f":{anchor}", parent, comment.created_at, ref)


def _folder(stream: str, is_pull: bool) -> str:
    if stream.startswith("discussion"):
        return "discussions"
    return "pull" if is_pull else "issues"


def _account(source: str, person: Person, record: Record) -> Account:
    return Account(
        account_id=f"{source}:{person.login}",
        handle=person.login,
        name=person.name or person.login,
        is_bot=is_bot(person),
        is_guest=False,
        timezone=None,
        stated_joined_at=None,
        first_seen_at=record.first_seen_at,
        left_at=None,
        url=None,
        also_id=f"{source}:#{person.id}" if person.id else None,
        is_listed=False,
    )


def _channel(source: str, repository: Repository) -> Channel:
    created_at = repository.created_at
    return Channel(
        channel_id=f"{source}:{repository.id}",
        name=repository.full_name,
        is_general=False,
        is_archived=bool(repository.archived),
        created_at=microseconds(created_at) if created_at else None,
        url=repository.html_url,
    )


def _work_item(source: str, channel_id: str, state: State) -> WorkItem:
    user = state.user if state.created_at else None
    opened_at = state.created_at or state.closed_at or state.merged_at
    assert opened_at is not None
    kind = ActivityKind.PULL_REQUEST if state.is_pull else ActivityKind.ISSUE
    return WorkItem(
        item_id=f"{channel_id}#{state.number}",
        kind=kind.value,
        channel_id=channel_id,
        account_id=f"{source}:{user.login}" if user and is_known(user) else None,
        opened_at=microseconds(opened_at),
        closed_at=microseconds(state.closed_at) if state.closed_at else None,
        merged_at=microseconds(state.merged_at) if state.merged_at else None,
    )
