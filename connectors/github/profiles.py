"""The profiles of accounts that were met, in batches: which accounts elsewhere they name."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from connectors.base import BlindSpot, Context, Cursors, SourceError
from connectors.forgetting import BY_ADDRESS
from connectors.github.api import GitHubApi
from connectors.github.records import Person, Profile, is_bot, raw
from connectors.graphql import GraphQLObject, Query
from connectors.http import RateLimited
from connectors.model import Page
from connectors.profiles import accounts_elsewhere

STREAM = "profiles"
ACCOUNTS_PER_QUERY = 100
READ_AGAIN = timedelta(days=30)
LINKS_OF_A_PROFILE = 20
_FRAGMENT = f"""
fragment profile on User {{
  login
  bio
  websiteUrl
  socialAccounts(first: {LINKS_OF_A_PROFILE}) {{ nodes {{ url }} }}
}}"""


class SocialAccount(GraphQLObject, frozen=True):
    url: str | None = None


class SocialAccounts(GraphQLObject, frozen=True):
    nodes: list[SocialAccount | None] | None = None


class User(GraphQLObject, frozen=True):
    """What a profile shows; none of its words are kept."""

    login: str
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
    """Reads the profile of each account that is new, or was read long ago."""

    def __init__(self, api: GitHubApi, context: Context) -> None:
        self._api, self._context = api, context
        self.are_readable = True

    def pages(self, met: Iterable[Person], cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """Yield a page for each account whose profile was read, with the time as its cursor."""
        logins = sorted({p.login.lower() for p in met if not is_bot(p) and _has_profile(p)})
        if not logins or not self.are_readable:
            return
        now = datetime.fromtimestamp(self._api.platform_time / 1_000_000, UTC)
        known = {} if full else cursors(STREAM, logins)
        begin = f"{now - READ_AGAIN:%Y-%m-%d}"
        due = [login for login in logins if known.get(login, "") < begin]
        for first in range(0, len(due), ACCOUNTS_PER_QUERY):
            several = due[first : first + ACCOUNTS_PER_QUERY]
            try:
                found = self._read(several)
            except RateLimited:
                raise
            except SourceError as error:
                self.are_readable = False
                what = "accounts elsewhere that profiles name"
                self._context.blind_spots.append(BlindSpot(what, error.what, error.advice))
                return
            for login, profile in found.items():
                as_of, cursor = self._api.platform_time, f"{now:%Y-%m-%d}"
                yield Page(STREAM, login, [raw(login, profile)], as_of, cursor=cursor)

    def _read(self, logins: list[str]) -> dict[str, Profile]:
        query = Query(profiles_query(len(logins)), dict[str, User | None])
        users = self._api.query(
            query,
            {f"login{n}": login for n, login in enumerate(logins)},
            where=f"{self._context.source}, {STREAM}",
            note_hole=lambda error: None,  # an account that is gone or renamed has no profile
            are_items=True,
        )
        return {
            login: Profile(login, _accounts(users.get(f"user{n}")))
            for n, login in enumerate(logins)
        }


def _has_profile(person: Person) -> bool:
    return not person.login.startswith(BY_ADDRESS)


def _accounts(user: User | None) -> list[str]:
    if user is None:
        return []
    social = user.social_accounts and user.social_accounts.nodes
    links = [account.url for account in social or () if account]
    return accounts_elsewhere("github", [user.bio, user.website_url, *links])
