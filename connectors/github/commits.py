"""Whose a commit is, and which of its dates counts."""

import re
from datetime import UTC, datetime

from connectors.forgetting import account_of_address
from connectors.github.records import WEB_FLOW, CoAuthor, Person, User, people
from connectors.privacy import HashPrivate, cut_address, hash_email, hash_own_email

WEB_FLOW_ADDRESS = "noreply@github.com"
NOREPLY = re.compile(r"(?:(?P<id>\d{1,15})\+)?(?P<login>[^@+]+)@users\.noreply\.[\w.-]+", re.I)
# An author's date before this is that of a wrong clock, or of a history that is older than GitHub.
GITHUB_BEGAN = datetime(2008, 1, 1, tzinfo=UTC)
CO_AUTHOR = re.compile(r"^co-authored-by:[ \t]*([^<>\r\n]*)<([^<>\s]+)>[ \t]*\r?$", re.I | re.M)
MOST_CO_AUTHORS = 100


def commit_author(
    user: User | None,
    name: str | None,
    email: str | None,
    hash_private: HashPrivate,
    *,
    is_of_today: bool = False,
) -> tuple[User | None, str | None, str | None]:
    """Return a commit's author, the name where there is no login, and the hash of the address.

    Without a login, GitHub's own noreply addresses tell it: those with a number, and where the
    commit `is_of_today` those without one as well. Later the login may be somebody else's. Any
    other address is an account of its own, named by a hash of the hash: the landed hash is for the
    warehouse alone. One that many have, as `root@localhost`, is an account for each of their names.
    """
    own_hash = hash_own_email(hash_private, email)
    if user is not None and user.login:
        return User(user.login, user.id, user.type), None, own_hash
    address = (email or "").strip()
    found = NOREPLY.fullmatch(address)
    if found and (found["id"] or is_of_today):
        id = int(found["id"]) if found["id"] else None
        return User(found["login"].lower(), id), None, own_hash
    if address.lower() == WEB_FLOW_ADDRESS:
        return User(WEB_FLOW), None, None
    if (email_hash := hash_email(hash_private, email)) is None:
        return None, None, None
    if own_hash is None:
        email_hash = hash_private(f"{(name or '').strip().casefold()} {email_hash}")
    login = account_of_address(email_hash)
    shown_name = cut_address(name.strip()) if name else None
    return User(login), shown_name or None, own_hash


def co_authors(
    message: str | None,
    author: User | None,
    hash_private: HashPrivate,
    *,
    is_of_today: bool = False,
) -> tuple[tuple[CoAuthor, ...], list[Person]]:
    """Return who else is named as author in a commit's message, each account once."""
    found: dict[str, CoAuthor] = {}
    met: list[Person] = []
    own = (author.login or "").lower() if author else ""
    for name, email in CO_AUTHOR.findall(message or "")[:MOST_CO_AUTHORS]:
        user, shown_name, email_hash = commit_author(
            None, name, email, hash_private, is_of_today=is_of_today
        )
        login = (user.login or "").lower() if user else ""
        if user is not None and login not in ("", own) and login not in found:
            found[login] = CoAuthor(user, email_hash)
            met += people(user, shown_name)
    return tuple(found.values()), met


def date_of_committing(
    authored_at: datetime | None, committed_at: datetime | None, created_at: datetime | None
) -> datetime | None:
    """Return the committer's date where it counts, because the author's cannot be.

    The author's cannot be after it, and not before the repository was created; where that is not
    told, not before GitHub began. A committer's date before GitHub began counts for nothing.
    """
    if committed_at is None or committed_at < GITHUB_BEGAN:
        return None
    begin = created_at or GITHUB_BEGAN
    is_possible = authored_at is not None and begin <= authored_at <= committed_at
    return None if is_possible or authored_at == committed_at else committed_at
