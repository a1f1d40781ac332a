"""What GitHub's records mean: the facts of each."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from connectors import model
from connectors.base import raises_changed
from connectors.forgetting import BY_ADDRESS
from connectors.github import records
from connectors.pseudonyms import pseudonym
from connectors.timestamps import microseconds

# The records of each stream.
SHAPES: dict[str, type[msgspec.Struct]] = {
    "repositories": records.Repository,
    "people": records.Person,
    "profiles": records.Profile,
    "issues": records.Item,
    "states": records.State,
    "comments": records.Comment,
    "review_comments": records.Comment,
    "reviews": records.Review,
    "discussions": records.Item,
    "discussion_comments": records.Comment,
    "commits": records.Commit,
    "releases": records.Release,
    "stars": records.Star,
    "forks": records.Fork,
}
_decoders = {stream: msgspec.json.Decoder(shape) for stream, shape in SHAPES.items()}


@raises_changed
def normalize(source: str, record: model.Record) -> list[model.Fact]:
    """Return the facts of one record. A record that is gone is left out as deleted."""
    content = _decoders[record.stream].decode(record.payload)
    if isinstance(content, records.Person):
        return [_account(source, content, record)]
    if isinstance(content, records.Repository):
        channel_id = f"{source}:{content.id}"
        return [model.Channel(channel_id, content.full_name, url=content.html_url)]
    if record.gone_at is not None:
        return [model.LeftOut("deleted")]
    if isinstance(content, records.Profile):
        return [*_stated(source, content, record), *_profile(source, content)]
    channel_id = f"{source}:{record.partition}"
    if isinstance(content, records.State):
        is_over = content.closed_at or content.merged_at
        return [_work_item(source, channel_id, content)] if is_over else []
    activity = _activity(source, channel_id, record.stream, content)
    if isinstance(content, records.Commit):
        others = list(_co_authored(source, channel_id, content))
        clues = _clues(source, content, record)
        is_others_alone = others and isinstance(activity, model.LeftOut)
        return [*others, *clues] if is_others_alone else [activity, *others, *clues]
    if isinstance(content, records.Item) and record.stream == "issues":
        state = records.State(content.number, content.created_at, content.user, content.is_pull)
        return [activity, _work_item(source, channel_id, state)]
    return [activity]


def _account_id(source: str, user: records.User | records.Person) -> str:
    """Return the id of an account: logins in another case are the same."""
    return f"{source}:{(user.login or '').lower()}"


class Details(NamedTuple):
    """What differs between kinds of activities; `suffix` and `parent` follow the channel's id."""

    kind: model.ActivityKind
    suffix: str
    parent: str | None
    at: datetime | None
    ref: str


def _activity(
    source: str, channel_id: str, stream: str, content: msgspec.Struct
) -> model.Activity | model.LeftOut:
    user: records.User | None = getattr(content, "user", None)
    if user is None or not records.is_known(user):
        return model.LeftOut("no author")
    if records.is_bot(user):
        return model.LeftOut("bot")
    details = _details(stream, content)
    if details.at is None:
        return model.LeftOut("no date" if stream == "commits" else "not published yet")
    return model.Activity(
        activity_id=f"{channel_id}{details.suffix}",
        kind=details.kind.value,
        account_id=_account_id(source, user),
        channel_id=channel_id,
        parent_id=f"{channel_id}{details.parent}" if details.parent else None,
        occurred_at=microseconds(details.at),
        ref=details.ref,
    )


def _co_authored(source: str, channel_id: str, commit: records.Commit) -> Iterator[model.Activity]:
    """Yield the same commit as an activity of each co-author."""
    for co_author in commit.co_authors:
        own = msgspec.structs.replace(commit, user=co_author.user)
        fact = _activity(source, channel_id, "commits", own)
        if isinstance(fact, model.Activity):
            login = (co_author.user.login or "").lower()
            yield msgspec.structs.replace(fact, activity_id=f"{fact.activity_id}:{login}")


def _clues(source: str, commit: records.Commit, record: model.Record) -> Iterator[model.Clue]:
    """Yield the author's address where GitHub says whose it is: then its owner verified it.

    Of an account that is known by its address alone, yield that it was written in a commit.
    """
    if commit.user is not None and records.is_known(commit.user):
        is_written = _is_by_address(commit.user)
        rule = model.ClueRule.WRITTEN if is_written else model.ClueRule.EMAIL
        yield from _address(source, commit.user, rule, commit.email_hash, record)
    for co_author in commit.co_authors:
        if _is_by_address(co_author.user):
            rule = model.ClueRule.WRITTEN
            yield from _address(source, co_author.user, rule, co_author.email_hash, record)


def _is_by_address(user: records.User) -> bool:
    return (user.login or "").startswith(BY_ADDRESS)


def _address(
    source: str,
    user: records.User,
    rule: model.ClueRule,
    email_hash: str | None,
    record: model.Record,
) -> Iterator[model.Clue]:
    if email_hash and not records.is_bot(user):
        value = pseudonym("email", email_hash)
        yield model.Clue(_account_id(source, user), rule.value, value, record.first_seen_at)


def _stated(source: str, profile: records.Profile, record: model.Record) -> Iterator[model.Clue]:
    rule = model.ClueRule.STATED.value
    for account in profile.accounts_elsewhere:
        yield model.Clue(f"{source}:{profile.login}", rule, account, record.first_seen_at)


def _profile(source: str, profile: records.Profile) -> Iterator[model.Profile]:
    if profile.name or profile.location:
        yield model.Profile(f"{source}:{profile.login}", profile.name, profile.location)


def _details(stream: str, content: msgspec.Struct) -> Details:
    match content:
        case records.Item(number=number, is_pull=is_pull, created_at=at):
            ref = f"{_folder(stream, is_pull)}/{number}"
            kind = model.ActivityKind.PULL_REQUEST if is_pull else model.ActivityKind.ISSUE
            if stream == "discussions":
                kind = model.ActivityKind.DISCUSSION
            return Details(kind, f"#{number}", None, at, ref)
        case records.Comment():
            return _comment_details(stream, content)
        case records.Review(id=id, number=number, submitted_at=at):
            anchor = f"pullrequestreview-{id}"
            ref = f"pull/{number}#{anchor}"
            return Details(model.ActivityKind.REVIEW, f":{anchor}", f"#{number}", at, ref)
        case records.Commit(sha=sha, authored_at=authored_at, committed_at=committed_at):
            at = committed_at or authored_at
            return Details(model.ActivityKind.COMMIT, f":{sha}", None, at, f"commit/{sha}")
        case records.Release(id=id, tag_name=tag_name, published_at=at):
            ref = f"releases/tag/{quote(tag_name, safe='')}"
            return Details(model.ActivityKind.RELEASE, f":release-{id}", None, at, ref)
        case records.Star(user=user, starred_at=at):
            suffix = f":star:{(user.login or '').lower()}"
            return Details(model.ActivityKind.STAR, suffix, None, at, "stargazers")
        case records.Fork(id=id, created_at=at):
            return Details(model.ActivityKind.FORK, f":fork-{id}", None, at, "forks")
    raise AssertionError(content)


def _comment_details(stream: str, comment: records.Comment) -> Details:
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
    return Details(model.ActivityKind.COMMENT, f":{anchor}", parent, comment.created_at, ref)


def _folder(stream: str, is_pull: bool) -> str:
    if stream.startswith("discussion"):
        return "discussions"
    return "pull" if is_pull else "issues"


def _account(source: str, person: records.Person, record: model.Record) -> model.Account:
    return model.Account(
        account_id=_account_id(source, person),
        handle=person.login,
        name=person.name or person.login,
        is_bot=records.is_bot(person),
        first_seen_at=record.first_seen_at,
        also_id=f"{source}:#{person.id}" if person.id else None,
        is_listed=False,
    )


def _work_item(source: str, channel_id: str, state: records.State) -> model.WorkItem:
    user = state.user if state.created_at else None
    opened_at = state.created_at or state.closed_at or state.merged_at
    assert opened_at is not None
    kind = model.ActivityKind.PULL_REQUEST if state.is_pull else model.ActivityKind.ISSUE
    return model.WorkItem(
        item_id=f"{channel_id}#{state.number}",
        kind=kind.value,
        channel_id=channel_id,
        account_id=_account_id(source, user) if user and records.is_known(user) else None,
        opened_at=microseconds(opened_at),
        closed_at=microseconds(state.closed_at) if state.closed_at else None,
        merged_at=microseconds(state.merged_at) if state.merged_at else None,
    )
