"""The profiles of accounts that were met, in batches: name, place, which accounts they name.

Whose profile is still to be read is landed together with the people, as the cursor of their stream:
a sync that was killed owes it to the next one.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from connectors.base import BlindSpot, Context, Cursors, SourceError
from connectors.forgetting import BY_ADDRESS
from connectors.github.api import GitHubApi, Unreadable
from connectors.github.records import Person, Profile, is_bot, person_key, raw
from connectors.graphql import GraphQLObject, Query
from connectors.http import RateLimited
from connectors.model import Page
from connectors.privacy import cut_address
from connectors.profiles import accounts_elsewhere

PEOPLE, STREAM = "people", "profiles"
ACCOUNTS_PER_QUERY = 100
READ_AGAIN = timedelta(days=30)
LINKS_OF_A_PROFILE = 20
_FRAGMENT = f"""
fragment profile on User {{
  login
  name
  location
  bio
  websiteUrl
  socialAccounts(first: {LINKS_OF_A_PROFILE}) {{ nodes {{ url }} }}
}}"""


class SocialAccount(GraphQLObject, frozen=True):
    url: str | None = None


class SocialAccounts(GraphQLObject, frozen=True):
    nodes: list[SocialAccount | None] | None = None


class User(GraphQLObject, frozen=True):
    """What a profile shows; the words of its bio are not kept."""

    login: str
    name: str | None = None
    location: str | None = None
    bio: str | None = None
    website_url: str | None = None
    social_accounts: SocialAccounts | None = None


def profiles_query(accounts: int) -> str:
    """Return the text of a query for the profiles of so many accounts."""
    numbers = range(accounts)
    variables = ", ".join(f"$login{n}: String!" for n in numbers)
    users = "".join(f"\n  user{n}: user(login: $login{n}) {{ ...profile }}" for n in numbers)
    return f"query Profiles({variables}) {{{users}\n}}{_FRAGMENT}"


class Profiles:
    """Reads the profile of each account that is new, or met again long after it was read."""

    def __init__(
        self, api: GitHubApi, context: Context, cursors: Cursors, *, full: bool, are_readable: bool
    ) -> None:
        self._api, self._context, self._cursors = api, context, cursors
        self._full, self._are_readable = full, are_readable
        self._looked_up: set[str] = set()
        owed = cursors(PEOPLE, [""]).get("", "[]")
        self._owed = self._due(msgspec.json.decode(owed, type=list[str]))

    def pages(self, met: list[Person], as_of: int) -> Iterator[Page]:
        """Yield the people who were met, then the profiles of a batch if so many are owed."""
        self._owed += self._due(p.login.lower() for p in met if _has_profile(p))
        yield self._people_page(met, as_of)
        while self._are_readable and len(self._owed) >= ACCOUNTS_PER_QUERY:
            yield from self._batch()

    def rest(self) -> Iterator[Page]:
        """Yield the profiles that are still owed."""
        while self._are_readable and self._owed:
            yield from self._batch()

    def _people_page(self, met: list[Person], as_of: int) -> Page:
        owed = msgspec.json.encode(self._owed).decode()
        return Page(PEOPLE, "", [raw(person_key(p), p) for p in met], as_of, cursor=owed)

    @property
    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._api.platform_time / 1_000_000, UTC)

    def _due(self, logins: Iterable[str]) -> list[str]:
        """Return whose profile was never read, or long ago, each login once in a sync."""
        new = [login for login in dict.fromkeys(logins) if login not in self._looked_up]
        self._looked_up.update(new)
        known = {} if self._full or not new else self._cursors(STREAM, new)
        begin = f"{self._now - READ_AGAIN:%Y-%m-%d}"
        return [login for login in new if known.get(login, "") < begin]

    def _batch(self) -> Iterator[Page]:
        """Yield a page for each account whose profile was asked for, with the time as its cursor.

        One that GitHub could not tell just now keeps what is landed of it.
        """
        several, rest = self._owed[:ACCOUNTS_PER_QUERY], self._owed[ACCOUNTS_PER_QUERY:]
        try:
            found = self._read(several)
        except RateLimited:
            raise
        except SourceError as error:
            self._are_readable = False
            what = "accounts elsewhere that profiles name"
            self._context.blind_spots.append(BlindSpot(what, error.what, error.advice))
            return
        self._owed = rest
        as_of, cursor = self._api.platform_time, f"{self._now:%Y-%m-%d}"
        for login in several:
            records = [raw(login, found[login])] if login in found else []
            yield Page(STREAM, login, records, as_of, cursor=cursor)
        yield self._people_page([], as_of)

    def _read(self, logins: list[str]) -> dict[str, Profile]:
        """Return the profiles, an empty one where an account is gone or renamed."""
        query = Query(profiles_query(len(logins)), dict[str, User | None])
        faults: list[SourceError] = []

        def note_hole(error: SourceError) -> None:
            if not isinstance(error, Unreadable):
                faults.append(error)

        with self._context.counting_profiles():
            users = self._api.query(
                query,
                {f"login{n}": login for n, login in enumerate(logins)},
                where=f"{self._context.source}, {STREAM}",
                note_hole=note_hole,
                are_items=True,
            )
        told = {login: users.get(f"user{n}") for n, login in enumerate(logins)}
        return {
            login: _profile(login, user)
            for login, user in told.items()
            if not faults or (user is not None and user.social_accounts is not None)
        }


def _has_profile(person: Person) -> bool:
    return not is_bot(person) and not person.login.startswith(BY_ADDRESS)


def _profile(login: str, user: User | None) -> Profile:
    if user is None:
        return Profile(login)
    shown = (cut_address((text or "").strip()) or None for text in (user.name, user.location))
    return Profile(login, _accounts(user), *shown)


def _accounts(user: User) -> list[str]:
    social = user.social_accounts and user.social_accounts.nodes
    links = [account.url for account in social or () if account]
    return accounts_elsewhere("github", [user.bio, user.website_url, *links])
