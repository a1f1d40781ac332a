"""Who may see what: `[access]` of the configuration, and what it makes of a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal
from unicodedata import normalize
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from connectors.addresses import plain_address

GROUP = "group:"
GROUP_CLAIMS = ("groups", "roles")
MOST_AGE = timedelta(hours=12)
# Whoever has an account there can write any address into it, and no claim says so.
ISSUERS_OF_ANY_ADDRESS = ("login.microsoftonline.com", "sts.windows.net")


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _is_provider(value: str) -> str:
    if not value or "_" in value or "." in value:
        raise ValueError("write the name of a section [auth.NAME], without _ and dots")
    return value


def _entry(value: str) -> str:
    """An entry in the form in which it is compared."""
    if value.startswith(GROUP) and value.removeprefix(GROUP).strip():
        return GROUP + value.removeprefix(GROUP).strip()
    plain = plain_address(value)
    if "@" not in plain or plain.endswith("@"):
        raise ValueError(
            "write an address (ama@community.example), a domain (@community.example) or a group "
            "that the provider names (group:community-team)"
        )
    return plain


Provider = Annotated[str, AfterValidator(_is_provider)]
Entry = Annotated[str, AfterValidator(_entry)]
Entries = tuple[Entry, ...]


class Access(BaseModel):
    """The table `[access]`: who signs in where, and who they are then.

    An entry is an address, a domain that begins with @, or group:NAME. `public` says what those see
    who are nothing of this.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Annotated[tuple[Provider, ...], BeforeValidator(_listed)] = ()
    managers: Entries = ()
    organisers: Entries = ()
    sponsors: dict[Annotated[str, Field(min_length=1)], Entries] = {}
    public: Literal["nothing", "aggregates", "everything"] = "nothing"

    @property
    def is_open(self) -> bool:
        """Whether somebody may listen on an address that other machines reach."""
        return bool(self.provider) or self.public != "nothing"


class Role(StrEnum):
    """What a session is: it is decided anew at every run of a page."""

    MANAGER = "manager"
    ORGANISER = "organiser"
    SPONSOR = "sponsor"
    VISITOR = "visitor"
    STRANGER = "stranger"


@dataclass(frozen=True)
class Viewer:
    """Somebody in front of the dashboard; `who` is their address, empty where nobody signed in.

    Whoever `reads_names` is given the snapshot, others the aggregates, a stranger neither.
    `why` says why somebody is a stranger.
    """

    role: Role
    who: str = ""
    sponsors: tuple[str, ...] = ()
    reads_names: bool = False
    finds_people: bool = False
    why: str = ""

    @property
    def decides(self) -> bool:
        """Whether they may decide who is who, and issue reports."""
        return self.role is Role.MANAGER

    @property
    def marks(self) -> bool:
        """Whether they may mark what waits on the page Today as done."""
        return self.role in (Role.MANAGER, Role.ORGANISER)


THIS_MACHINE = Viewer(Role.MANAGER, reads_names=True, finds_people=True)


def viewer_of(access: Access, claims: Mapping[str, Any], now: datetime) -> Viewer:
    """What the configuration makes of the claims of a provider; empty ones are of nobody.

    Only a verified address counts, for MOST_AGE after signing in.
    """
    why = _why_not(access, claims, now)
    if why is None:
        address, groups = _address(claims), _groups(claims)
        if _is_among(access.managers, address, groups):
            return Viewer(Role.MANAGER, _who(claims), reads_names=True, finds_people=True)
        if _is_among(access.organisers, address, groups):
            finds = access.public == "everything"
            return Viewer(Role.ORGANISER, _who(claims), reads_names=True, finds_people=finds)
        own = [name for name, who in access.sponsors.items() if _is_among(who, address, groups)]
        if own:
            return Viewer(Role.SPONSOR, _who(claims), tuple(sorted(own)))
        why = _not_listed(claims, address)
    if access.public == "nothing":
        return Viewer(Role.STRANGER, _who(claims), why=why)
    everything = access.public == "everything"
    return Viewer(
        Role.VISITOR, _who(claims), reads_names=everything, finds_people=everything, why=why
    )


def _why_not(access: Access, claims: Mapping[str, Any], now: datetime) -> str | None:
    """Why claims count for nothing; None where they count."""
    if not claims.get("is_logged_in"):
        return ""
    if claims.get("provider") not in access.provider:
        return "This dashboard no longer takes sign-ins of this provider. Sign in again."
    try:
        signed_in_at = datetime.fromtimestamp(float(claims["iat"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return "The provider does not say when you signed in, so it does not count."
    if now - signed_in_at > MOST_AGE:
        hours = MOST_AGE // timedelta(hours=1)
        return f"You signed in more than {hours} hours ago. Sign in again."
    return None


def _not_listed(claims: Mapping[str, Any], address: str) -> str:
    if not address and claims.get("email"):
        return (
            "Your provider does not say that your e-mail address is verified, so it does not count."
            " Verify it there, and sign in again."
        )
    return (
        "You are signed in, but not on the list of this dashboard. Ask whoever gave you its "
        "address: they can add you under [access] in vitals.toml."
    )


def _who(claims: Mapping[str, Any]) -> str:
    """How somebody is named in the audit log, whether or not their address is verified."""
    if not claims.get("is_logged_in"):
        return ""
    name = claims.get("email") or f"{claims.get('provider')}:{claims.get('sub')}"
    return " ".join(str(name).split())[:200]


def _address(claims: Mapping[str, Any]) -> str:
    """A verified address; empty where there is none, or where it is not written plainly.

    A provider that says nothing of verifying is believed, but for those where anybody can write
    any address into their account.
    """
    email = claims.get("email")
    if not isinstance(email, str) or normalize("NFKC", email) != email or email.count("@") != 1:
        return ""
    is_verified = claims.get("email_verified")
    if is_verified is None:
        issuer = urlsplit(str(claims.get("iss", ""))).hostname
        is_verified = issuer not in ISSUERS_OF_ANY_ADDRESS
    return plain_address(email) if is_verified in (True, "true") else ""


def _groups(claims: Mapping[str, Any]) -> set[str]:
    named = [_listed(claims.get(claim)) for claim in GROUP_CLAIMS]
    return {one for some in named if isinstance(some, list | tuple) for one in map(str, some)}


def _is_among(entries: Iterable[str], address: str, groups: set[str]) -> bool:
    domain = address[address.rfind("@") :] if address else None
    return any(
        entry.removeprefix(GROUP) in groups
        if entry.startswith(GROUP)
        else entry in (address, domain)
        for entry in entries
    )
