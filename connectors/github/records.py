"""What is kept of GitHub: typed records, without titles, texts and e-mail addresses.

The API and GH Archive make the same records. A repository is known by its number, which stays when
its name changes; an account by its login, which every way of reading tells. The number of an
account, where it is told, joins its logins before and after a renaming.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from connectors.forgetting import Naming
from connectors.model import Raw

# A merged branch brings commits that are older than the newest one.
LATE_COMMITS = timedelta(days=90)

GHOST = "ghost"
# The login of commits that GitHub itself makes in the browser for nobody in particular.
WEB_FLOW = "web-flow"


# Numbers of GitHub fit 64 bits; one that does not is damaged.
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
# It becomes a part of addresses.
FullName = Annotated[str, msgspec.Meta(pattern=r"^[\w.-]+/[\w.-]+$", max_length=300)]
DIGITS = re.compile(r"\d{1,18}", re.ASCII)


BY_LOGIN = ("user.login",)
NAMING = Naming(
    fields={
        "people": ("login",),
        "profiles": ("login",),
        "commits": ("user.login", "co_authors.user.login"),
        "issues": BY_LOGIN,
        "states": BY_LOGIN,
        "comments": BY_LOGIN,
        "review_comments": BY_LOGIN,
        "reviews": BY_LOGIN,
        "discussions": BY_LOGIN,
        "discussion_comments": BY_LOGIN,
        "releases": BY_LOGIN,
        "stars": BY_LOGIN,
        "forks": BY_LOGIN,
    },
    about=frozenset({"people", "profiles"}),
    keyed=frozenset({"stars"}),
    lists=frozenset({"profiles"}),
    number="id",
)


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """The account of an author, as a row shows it. Every field may be missing."""

    login: str | None = None
    id: Number | None = None
    type: str | None = None


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account that was met as an author: GitHub has no list of members."""

    login: str
    id: int | None = None
    type: str | None = None
    name: str | None = None


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a profile shows, and which accounts elsewhere it names as its own: `meetup:123`."""

    login: str
    accounts_elsewhere: list[str] = []
    name: str | None = None
    location: str | None = None


class Repository(msgspec.Struct, frozen=True, omit_defaults=True):
    id: Number
    full_name: FullName
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
    """The state of an issue or a pull request. A file may tell its end and not its beginning."""

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


class CoAuthor(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Who is named in a commit's Co-authored-by."""

    user: User
    email_hash: str | None = None


class Commit(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A commit; without a login, `user.login` stands for the e-mail address.

    `committed_at` is given where it counts, because `authored_at` cannot be.
    """

    sha: str
    authored_at: datetime | None = None
    user: User | None = None
    email_hash: str | None = None
    committed_at: datetime | None = None
    co_authors: tuple[CoAuthor, ...] = ()


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


_encoder = msgspec.json.Encoder()


def raw(key: object, record: msgspec.Struct) -> Raw:
    """Return a record on its way to the warehouse."""
    return Raw(str(key), _encoder.encode(record))


def iso_seconds(moment: datetime) -> str:
    """Return an aware moment as GitHub writes it, to the second.

    One at an end of the calendar, which UTC would put beyond, keeps its own clock.
    """
    with suppress(OverflowError):
        moment = moment.astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def is_bot(user: User | Person) -> bool:
    """Whether an account is an app's, by its kind or by its login."""
    login = user.login or ""
    return user.type == "Bot" or login.endswith("[bot]") or login == WEB_FLOW


def is_known(user: User | None) -> bool:
    """Whether an author is known: of a deleted account only `ghost` remains, or nothing."""
    return user is not None and bool(user.login) and user.login != GHOST


def person_key(person: Person) -> str:
    """Return the key of a person's record: what one way of reading tells is no other's to undo."""
    known = (person.login, person.id, "Bot" if person.type == "Bot" else None)
    return "#".join(str(part) for part in known if part)


def people(user: User | None, name: str | None = None) -> list[Person]:
    """Return the author as a list of one, or an empty list where they are not known."""
    if user is None or not user.login or not is_known(user):
        return []
    return [Person(user.login, user.id, user.type, name)]
