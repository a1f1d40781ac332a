"""GitHub's records: the fields that we keep, how they are scrubbed, and what they mean.

The structs are what may be written to disk: titles, texts and e-mail addresses are not in them. The
API and GH Archive make the same records, told apart by the repository's number, which stays when
its name changes. An account is its login: that is what every road knows. Its number, where it is
told, makes one person of the accounts before and after a renaming.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from connectors.base import total
from connectors.model import (
    Account,
    Activity,
    ActivityKind,
    Channel,
    Fact,
    LeftOut,
    Raw,
    Record,
    WorkItem,
)
from connectors.privacy import cut_addresses

GHOST = "ghost"
# The login of commits that GitHub itself makes in the browser for nobody in particular.
WEB_FLOW = "web-flow"
NOREPLY = re.compile(r"(?:\d+\+)?(?P<login>[^@+]+)@users\.noreply\.[\w.-]+", re.I)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account as it stands beside an act. Every field may be missing."""

    login: str | None = None
    id: int | None = None
    type: str | None = None


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    login: str
    id: int | None = None
    type: str | None = None
    name: str | None = None


class Repository(msgspec.Struct, frozen=True, omit_defaults=True):
    id: int
    full_name: str
    html_url: str
    node_id: str | None = None
    fork: bool | None = None
    archived: bool | None = None
    created_at: datetime | None = None


class Item(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An issue, a pull request or a discussion was opened."""

    number: int
    created_at: datetime
    user: User | None = None
    is_pull: bool = False


class State(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """How an issue or a pull request stands. A file may tell its end and not its beginning."""

    number: int
    created_at: datetime | None = None
    user: User | None = None
    is_pull: bool = False
    closed_at: datetime | None = None
    merged_at: datetime | None = None


class Comment(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A comment on the issue, pull request or discussion `number`, or on a commit."""

    id: int
    created_at: datetime
    number: int | None = None
    user: User | None = None
    is_pull: bool = False
    commit: str | None = None


class Review(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A review of the pull request `number`; a pending one has no time."""

    id: int
    number: int
    submitted_at: datetime | None = None
    user: User | None = None


class Commit(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A commit; without a login, `user.login` stands for the e-mail address."""

    sha: str
    authored_at: datetime
    user: User | None = None
    email_hash: str | None = None


class Release(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: int
    tag_name: str
    published_at: datetime | None = None
    user: User | None = None


class Star(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    starred_at: datetime
    user: User


class Fork(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: int
    created_at: datetime
    user: User | None = None


SHAPES: dict[str, type[msgspec.Struct]] = {
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
}
_decoders = {stream: msgspec.json.Decoder(shape) for stream, shape in SHAPES.items()}
_encoder = msgspec.json.Encoder()


def raw(key: object, record: msgspec.Struct) -> Raw:
    """Return a record on its way to the warehouse."""
    return Raw(str(key), _encoder.encode(record))


def is_bot(user: User | Person) -> bool:
    """Tell whether an account is an app's, by its kind or by its login."""
    login = user.login or ""
    return user.type == "Bot" or login.endswith("[bot]") or login == WEB_FLOW


def is_known(user: User | None) -> bool:
    """Tell whether an author is known: of a deleted account only `ghost` remains, or nothing."""
    return user is not None and bool(user.login) and user.login != GHOST


def people(users: Iterable[User | None], name: str | None = None) -> dict[str, Person]:
    """Return who of these authors is known, by login."""
    return {
        user.login: Person(user.login, user.id, user.type, name)
        for user in users
        if user is not None and user.login and is_known(user)
    }


def commit_author(
    user: User | None, name: str | None, email: str | None, hash_private: Callable[[str], str]
) -> tuple[User | None, str | None, str | None]:
    """Return a commit's author, the name where there is no login, and the hash of the address.

    Without a login, GitHub's own noreply addresses tell it. Any other address stands for an account
    of its own, named by a hash of the hash: the landed one is for the warehouse alone.
    """
    email = (email or "").strip()
    email_hash = hash_private(email.lower()) if email else None
    if user is not None and user.login:
        return User(user.login, user.id, user.type), None, email_hash
    if found := NOREPLY.fullmatch(email):
        return User(found["login"]), None, email_hash
    if email_hash is None:
        return None, None, None
    pseudonym = "email:" + hashlib.sha256(email_hash.encode()).hexdigest()[:16]
    shown = cut_addresses(name.strip().encode()).decode() if name else None
    return User(pseudonym), shown or None, email_hash


@total
def normalize(source: str, record: Record) -> list[Fact]:
    """Return the facts of one raw record; of what is gone, that it is."""
    decoded = _decoders[record.stream].decode(record.payload)
    if isinstance(decoded, Person):
        return [_account(source, decoded, record)]
    if isinstance(decoded, Repository):
        return [_channel(source, decoded)]
    if record.gone_at is not None:
        return [LeftOut("deleted")]
    place = f"{source}:{record.partition}"
    if isinstance(decoded, State):
        is_over = decoded.closed_at or decoded.merged_at
        return [_work_item(source, place, decoded)] if is_over else []
    act = _act(source, place, record.stream, decoded)
    if isinstance(decoded, Item) and record.stream == "issues":
        state = State(decoded.number, decoded.created_at, decoded.user, decoded.is_pull)
        return [act, _work_item(source, place, state)]
    return [act]


def _act(source: str, place: str, stream: str, decoded: msgspec.Struct) -> Activity | LeftOut:
    user: User | None = getattr(decoded, "user", None)
    if user is None or not is_known(user):
        return LeftOut("no author")
    if is_bot(user):
        return LeftOut("bot")
    kind, key, answers, at, ref = _described(stream, decoded)
    if at is None:
        return LeftOut("not published yet")
    return Activity(
        activity_id=f"{place}{key}",
        kind=kind.value,
        account_id=f"{source}:{user.login}",
        channel_id=place,
        parent_id=f"{place}{answers}" if answers else None,
        occurred_at=microseconds(at),
        ref=ref,
    )


Described = tuple[ActivityKind, str, str | None, datetime | None, str]


def _described(stream: str, act: msgspec.Struct) -> Described:
    """What an act is, its id and the id of what it answers in the repository, when, and its ref."""
    if isinstance(act, Item):
        ref = f"{_page(stream, act.is_pull)}/{act.number}"
        kind = ActivityKind.PULL_REQUEST if act.is_pull else ActivityKind.ISSUE
        if stream == "discussions":
            kind = ActivityKind.DISCUSSION
        return kind, f"#{act.number}", None, act.created_at, ref
    if isinstance(act, Comment):
        return _described_comment(stream, act)
    if isinstance(act, Review):
        anchor = f"pullrequestreview-{act.id}"
        ref = f"pull/{act.number}#{anchor}"
        return ActivityKind.REVIEW, f":{anchor}", f"#{act.number}", act.submitted_at, ref
    if isinstance(act, Commit):
        return ActivityKind.COMMIT, f":{act.sha}", None, act.authored_at, f"commit/{act.sha}"
    if isinstance(act, Release):
        ref = f"releases/tag/{quote(act.tag_name, safe='')}"
        return ActivityKind.RELEASE, f":release-{act.id}", None, act.published_at, ref
    if isinstance(act, Star):
        return ActivityKind.STAR, f":star:{act.user.login}", None, act.starred_at, "stargazers"
    assert isinstance(act, Fork)
    return ActivityKind.FORK, f":fork-{act.id}", None, act.created_at, "forks"


def _described_comment(stream: str, act: Comment) -> Described:
    if act.commit:
        anchor, page, answers = f"commitcomment-{act.id}", f"commit/{act.commit}", f":{act.commit}"
    else:
        page = f"{_page(stream, act.is_pull)}/{act.number}"
        answers = f"#{act.number}"
        anchor = {
            "comments": f"issuecomment-{act.id}",
            "review_comments": f"discussion_r{act.id}",
            "discussion_comments": f"discussioncomment-{act.id}",
        }[stream]
    return ActivityKind.COMMENT, f":{anchor}", answers, act.created_at, f"{page}#{anchor}"


def _page(stream: str, is_pull: bool) -> str:
    if stream.startswith("discussion"):
        return "discussions"
    return "pull" if is_pull else "issues"


def _account(source: str, person: Person, record: Record) -> Account:
    """Whom somebody met here: GitHub has no list of members."""
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


def _work_item(source: str, place: str, state: State) -> WorkItem:
    user = state.user if state.created_at else None
    opened_at = state.created_at or state.closed_at or state.merged_at
    assert opened_at is not None
    kind = ActivityKind.PULL_REQUEST if state.is_pull else ActivityKind.ISSUE
    return WorkItem(
        item_id=f"{place}#{state.number}",
        kind=kind.value,
        channel_id=place,
        account_id=f"{source}:{user.login}" if user and is_known(user) else None,
        opened_at=microseconds(opened_at),
        closed_at=microseconds(state.closed_at) if state.closed_at else None,
        merged_at=microseconds(state.merged_at) if state.merged_at else None,
    )


def microseconds(moment: datetime) -> int:
    """Return a moment as microseconds since 1970; one without an offset is UTC."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
