"""Meetup: the members, events and RSVPs of groups, or of all groups of a Pro network.

Facts about the platform come from www.meetup.com/graphql, its schema of October 2025, and recorded
answers. What a question costs of the 500 points a minute is not published: questions are modest (no
RSVPs inside of events inside of groups), and a group without news costs a tenth of one.
"""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator, model_validator

from connectors.base import (
    BlindSpot,
    Connector,
    Context,
    Cursors,
    Denied,
    SourceSettings,
    Stream,
)
from connectors.graphql import Edges, all_pages
from connectors.meetup.api import MeetupApi
from connectors.meetup.normalize import normalize
from connectors.meetup.queries import PULSES_AT_ONCE, Asker
from connectors.meetup.records import encode_group
from connectors.meetup.shapes import GroupEdge, GroupNode
from connectors.meetup.sync import WINDOW, Walks, stamp
from connectors.meetup.token import GivenToken, SignedTokens, Signer, Tokens
from connectors.model import END_OF_KEYS, Fact, Page, Record

JWT_KEYS = ("client_key", "member_id", "signing_key", "key_id")
ORGANISERS = ("ORGANIZER", "COORGANIZER", "ASST_ORGANIZER", "EVENT_ORGANIZER")
BASE_URL, TOKEN_URL = "https://api.meetup.com", "https://secure.meetup.com/oauth2/access"
MOST_NAMES = 5


class MeetupSettings(SourceSettings):
    """Meetup groups or a Pro network, with a token or with what tokens are had for.

    A source that is for files alone may name neither.
    """

    groups: list[str] = Field(
        default=[],
        description="Which Meetup groups (what follows meetup.com/ in their addresses)?",
    )
    network: str | None = None
    client_key: str | None = Field(default=None, coerce_numbers_to_str=True)
    member_id: str | None = Field(default=None, coerce_numbers_to_str=True)
    signing_key: SecretStr | None = None
    key_id: str | None = Field(default=None, coerce_numbers_to_str=True)
    graphql_url: str | None = None
    token_url: str | None = None

    @property
    def has_credentials(self) -> bool:
        """A token, or a key that brings one."""
        return super().has_credentials or self.signing_key is not None

    @field_validator("groups")
    @classmethod
    def _are_urlnames(cls, values: list[str]) -> list[str]:
        for value in values:
            if not value or "/" in value:
                raise ValueError(
                    f"{value!r} is no group. Write what follows meetup.com/ in its address"
                )
        return list(dict.fromkeys(values))

    @field_validator("client_key", "member_id", "key_id")
    @classmethod
    def _is_no_reference(cls, value: str | None) -> str | None:
        if value and value.startswith(("env:", "prefect:")):
            raise ValueError("it is no secret. Write it itself; signing_key alone is a secret")
        return value

    @model_validator(mode="after")
    def _is_one_place_and_one_way(self) -> "MeetupSettings":
        given = [key for key in JWT_KEYS if key in self.model_fields_set]
        has_token = "token" in self.model_fields_set
        if given and has_token:
            raise ValueError(f"write either token, or {', '.join(JWT_KEYS)}")
        is_for_files = not given and not has_token and not self.groups and not self.network
        if bool(self.groups) == bool(self.network) and not is_for_files:
            raise ValueError('write either groups = ["…"] or network = "…"')
        if given and len(given) < len(JWT_KEYS):
            lacking = ", ".join(key for key in JWT_KEYS if key not in given)
            raise ValueError(f"the JWT flow lacks {lacking}. Add it")
        return self


class MeetupConnector(Connector[MeetupSettings]):
    """Groups of Meetup, seen by one of their organisers."""

    kind = "meetup"
    version = 1
    streams = (
        Stream("groups", "whole list"),
        Stream("members", "newest first"),
        Stream("events", "oldest first"),
        Stream("rsvps", "whole list"),
    )
    settings_model: ClassVar[type[SourceSettings]] = MeetupSettings
    token_variable = "MEETUP_TOKEN"
    token_advice = (
        "Meetup gives its API to Meetup Pro accounts alone: as an organiser with one, create an "
        "OAuth client at www.meetup.com/api/oauth/list and a token of it; tokens end after an "
        "hour, so for a schedule make a signing key there and replace token by client_key, "
        "member_id, signing_key and key_id. Without Pro, leave token out and import the lists that "
        "organisers can download"
    )

    def __init__(self, settings: MeetupSettings, context: Context) -> None:
        super().__init__(settings, context)
        base_url = (settings.base_url or BASE_URL).rstrip("/")
        graphql_url = settings.graphql_url or f"{base_url}/gql-ext"
        self.api = MeetupApi(graphql_url, self._tokens(base_url), context)
        self.asker = Asker(self.api, context.source)
        self._is_admin = False
        self._stated: int | None = None

    def _tokens(self, base_url: str) -> Tokens:
        settings = self.settings
        if settings.token is not None or settings.signing_key is None:
            return GivenToken(self.token())
        own_url = f"{base_url}/oauth2/access" if settings.base_url else TOKEN_URL
        signer = Signer(
            settings.client_key or "",
            settings.member_id or "",
            settings.key_id or "",
            settings.signing_key.get_secret_value(),
        )
        return SignedTokens(settings.token_url or own_url, signer, self.context)

    def check(self) -> list[str]:
        """Ask for each group; tell which are seen, and return what of them is not."""
        since = stamp(self.api.platform_time - WINDOW)
        names = [group.name for groups in self._groups(since) for group in groups]
        self.context.warn(f"{self.settings.name}: sees {_some(names)}")
        return [f"{s.what}: {s.reason}. {s.advice}" for s in self.context.blind_spots]

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """A few groups at a time, then of each its members, its events and their RSVPs.

        The cursor of the groups is Meetup's clock when the last whole sync began: the events that
        every sync lists anew begin in the months before it, however long ago that was.
        """
        last = cursors("groups", [""]).get("")
        since = int(last or self.api.platform_time) - WINDOW
        walks = Walks(self.asker, self.context, cursors, full, since)
        present: set[str] = set()
        started_at = 0
        for groups in self._groups(stamp(since)):
            walks.now = self.api.platform_time
            started_at = started_at or walks.now
            walks.total = self._stated
            yield Page("groups", "", [encode_group(group) for group in groups], walks.now)
            yield from walks.pages([group for group in groups if group.id not in present])
            present.update(group.id for group in groups)
        self.context.blind_spots += walks.blind_spots()
        is_list = self.settings.network is not None
        yield Page(
            "groups",
            "",
            [],
            started_at,
            cursor=str(started_at),
            covers=("", END_OF_KEYS) if is_list else None,
            present=frozenset(present),
        )
        self.context.progress("groups", len(present), len(present))

    def _groups(self, since: str) -> Iterator[list[GroupNode]]:
        """The groups, a few at a time; then what cannot be seen of them becomes a blind spot."""
        network = self.settings.network
        closed: list[str] = []
        for groups in self._of_network(network, since) if network else self._named(since):
            closed += [group.name for group in groups if not self._is_organised(group)]
            yield groups
        if closed:
            self.context.blind_spots.append(
                BlindSpot(
                    f"who said no and who came, in {_some(closed)}",
                    "the token's member is no organiser there: Meetup may show less to others",
                    "Use the token of an organiser, or have its member made one",
                )
            )

    def _is_organised(self, group: GroupNode) -> bool:
        own = group.membership_metadata
        return self._is_admin or (own is not None and own.role in ORGANISERS)

    def _named(self, since: str) -> Iterator[list[GroupNode]]:
        """The configured groups. Raises Denied where none of them is there."""
        names = self.settings.groups
        self._stated = len(names)
        unknown: list[str] = []
        for first in range(0, len(names), PULSES_AT_ONCE):
            several = names[first : first + PULSES_AT_ONCE]
            found = self.asker.pulses(several, since)
            unknown += [name for name, group in zip(several, found, strict=True) if group is None]
            if groups := [group for group in found if group is not None]:
                yield groups
        if not unknown:
            return
        what = f"Meetup knows no group {_some(unknown)}, or the token's member may not see it"
        advice = "Check `groups` in vitals.toml: write what follows meetup.com/ in the address"
        if len(unknown) == len(names):
            raise Denied(what, where=self.context.source, advice=advice)
        self.context.blind_spots.append(BlindSpot(f"the group {_some(unknown)}", what, advice))

    def _of_network(self, urlname: str, since: str) -> Iterator[list[GroupNode]]:
        """The groups of a Pro network. Raises Denied where there is no such network."""

        def ask(after: str) -> Edges[GroupEdge]:
            answer = self.asker.network(urlname, after, since)
            if answer.pro_network is None:
                raise Denied(
                    f"Meetup knows no Pro network {urlname}, or the token's member may not see it",
                    where=self.context.source,
                    advice="Check `network` in vitals.toml, and use the token of one of its "
                    "administrators",
                )
            networks = answer.self.admin_pro_networks if answer.self else ()
            self._is_admin = any(network.urlname == urlname for network in networks)
            return answer.pro_network.groups_search

        shown = 0
        for page in all_pages(ask):
            shown, self._stated = shown + len(page.edges), page.total_count
            yield [edge.node for edge in page.edges]
        if self._stated not in (None, shown):
            self.context.blind_spots.append(
                BlindSpot(
                    f"some groups: Meetup counts {self._stated} and shows {shown}",
                    "Meetup does not say why",
                    "Name the groups that are missing in a source of their own",
                )
            )

    @classmethod
    def normalize(cls, source: str, record: Record) -> Iterable[Fact]:
        return normalize(source, record)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{', '.join(names[:MOST_NAMES])}{more}"
