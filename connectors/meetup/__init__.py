"""Meetup: the members, events and RSVPs of groups, or of all groups of a Pro network.

Facts about the platform come from www.meetup.com/graphql, its schema of October 2025, and recorded
responses. What a query costs of the 500 points a minute is not published, so queries are small (no
RSVPs inside of events inside of groups), and ten groups without news cost one query.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, SecretStr, field_validator, model_validator

from connectors.base import Connector, Context, Cursors, SourceSettings, Stream
from connectors.meetup.normalize import normalize
from connectors.meetup.records import NAMING
from connectors.model import Page

if TYPE_CHECKING:
    from connectors.meetup.token import Tokens

JWT_KEYS = ("client_key", "member_id", "signing_key", "key_id")
BASE_URL, TOKEN_URL = "https://api.meetup.com", "https://secure.meetup.com/oauth2/access"


class MeetupSettings(SourceSettings):
    """Meetup groups or a Pro network, with a token or with a key that signs for tokens.

    A source for files alone may have neither.
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
        """Whether there is a token, or a key that signs for one."""
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
    def _is_consistent(self) -> "MeetupSettings":
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
    """Groups of Meetup, read with the token of one of their organisers."""

    kind = "meetup"
    version = 3
    began_on = date(2002, 6, 1)
    streams = (
        Stream("groups", "whole list"),
        Stream("members", "newest first"),
        Stream("events", "oldest first"),
        Stream("event_ids", "oldest first"),
        Stream("rsvps", "whole list"),
    )
    naming = NAMING
    account_pages = re.compile(r"meetup\.com/(?:[\w-]+/){0,2}members/(\d{1,15})", re.I)
    account_handles = re.compile(r"\d{5,15}", re.I)
    normalize = staticmethod(normalize)
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
        from connectors.meetup.api import MeetupApi  # here: the HTTP client is slow to import
        from connectors.meetup.queries import MeetupQueries
        from connectors.meetup.sync import MeetupSync

        super().__init__(settings, context)
        base_url = (settings.base_url or BASE_URL).rstrip("/")
        graphql_url = settings.graphql_url or f"{base_url}/gql-ext"
        api = MeetupApi(graphql_url, self._tokens(base_url), context)
        queries = MeetupQueries(api, context.source)
        self._sync = MeetupSync(queries, context, settings.groups, settings.network)

    def _tokens(self, base_url: str) -> "Tokens":
        from connectors.meetup.token import SignedTokens, Signer, Tokens

        settings = self.settings
        if settings.token is not None or settings.signing_key is None:
            return Tokens(self.token())
        own_url = f"{base_url}/oauth2/access" if settings.base_url else TOKEN_URL
        signer = Signer(
            settings.client_key or "",
            settings.member_id or "",
            settings.key_id or "",
            settings.signing_key.get_secret_value(),
        )
        return SignedTokens(settings.token_url or own_url, signer, self.context)

    def check(self) -> list[str]:
        return self._sync.check()

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        return self._sync.pages(cursors, full=full)
