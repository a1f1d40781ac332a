"""Who may see what, by the configuration and the claims of a provider."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from dashboard import access
from dashboard.roles import MOST_AGE, Access, Role, viewer_of
from tests.support.paths import ROOT

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SIGNED_IN_AT = NOW - timedelta(hours=1)
ACCESS = Access.model_validate(
    {
        "provider": ["google", "keycloak"],
        "managers": ["Ama@Community.example", "@xn--bcher-kva.example"],
        "organisers": ["kofi@community.example", "group:community-team"],
        "sponsors": {"Acme": ["@acme.example", "zoe@both.example"], "Best": ["zoe@both.example"]},
    }
)


def claims(email: str | None = None, **more: Any) -> dict[str, Any]:
    """What a provider tells of somebody who signed in an hour ago."""
    known = {"is_logged_in": True, "provider": "google", "iss": "https://id.example", "sub": "7"}
    known |= {"iat": int(SIGNED_IN_AT.timestamp())}
    return known | ({"email": email, "email_verified": True} if email else {}) | more


@pytest.mark.parametrize(
    ("told", "role", "sponsors"),
    [
        (claims("ama@community.example"), Role.MANAGER, ()),
        (claims("AMA@COMMUNITY.EXAMPLE"), Role.MANAGER, ()),
        (claims("ada@bücher.example"), Role.MANAGER, ()),
        (claims("ada@XN--BCHER-KVA.example"), Role.MANAGER, ()),
        (claims("ama@community.example", provider="keycloak"), Role.MANAGER, ()),
        (claims("kofi@community.example"), Role.ORGANISER, ()),
        (claims(groups=["community-team"]), Role.ORGANISER, ()),
        (claims(roles="community-team"), Role.ORGANISER, ()),
        (claims("ben@elsewhere.example", roles=["x", "community-team"]), Role.ORGANISER, ()),
        (claims("max@acme.example"), Role.SPONSOR, ("Acme",)),
        (claims("zoe@both.example"), Role.SPONSOR, ("Acme", "Best")),
        (claims("ama@community.example", email_verified="true"), Role.MANAGER, ()),
        # Nobody: another domain, one below it, and one that only ends like it.
        (claims("eve@elsewhere.example"), Role.STRANGER, ()),
        (claims("eve@mail.acme.example"), Role.STRANGER, ()),
        (claims("eve@notacme.example"), Role.STRANGER, ()),
        (claims("eve@acme.example@elsewhere.example"), Role.STRANGER, ()),
        (claims("eve@elsewhere.example@acme.example"), Role.STRANGER, ()),
        (claims(groups=["community-teams"]), Role.STRANGER, ()),
        (claims(groups={"community-team": True}), Role.STRANGER, ()),
        (claims(team=["community-team"]), Role.STRANGER, ()),
        # Letters that only look the same, or become the same.
        (claims("\uff41ma@community.example"), Role.STRANGER, ()),
        (claims("\u212aofi@community.example"), Role.STRANGER, ()),
        # An address that the provider does not vouch for.
        (claims("ama@community.example", email_verified=False), Role.STRANGER, ()),
        (claims("ama@community.example", email_verified="false"), Role.STRANGER, ()),
        (claims("ama@community.example", email_verified=1), Role.MANAGER, ()),
        (claims(["ama@community.example"]), Role.STRANGER, ()),  # type: ignore[arg-type]
        # A sign-in that does not count: of another provider, without a time, not done.
        (claims("ama@community.example", provider="github"), Role.STRANGER, ()),
        (claims("ama@community.example", iat=None), Role.STRANGER, ()),
        (claims("ama@community.example", iat="soon"), Role.STRANGER, ()),
        (claims("ama@community.example", is_logged_in=False), Role.STRANGER, ()),
        ({}, Role.STRANGER, ()),
    ],
)
def test_a_person_is_what_the_configuration_says(
    told: dict[str, Any], role: Role, sponsors: tuple[str, ...]
) -> None:
    viewer = viewer_of(ACCESS, told, NOW)
    assert (viewer.role, viewer.sponsors) == (role, sponsors)
    assert viewer.reads_names == (role in (Role.MANAGER, Role.ORGANISER))
    assert viewer.decides == (role is Role.MANAGER)


def test_a_sign_in_ends() -> None:
    told = claims("ama@community.example")
    just, over = SIGNED_IN_AT + MOST_AGE, SIGNED_IN_AT + MOST_AGE + timedelta(seconds=1)
    assert viewer_of(ACCESS, told, just).role is Role.MANAGER
    late = viewer_of(ACCESS, told, over)
    assert (late.role, late.who) == (Role.STRANGER, "ama@community.example")
    assert late.why == "You signed in more than 12 hours ago. Sign in again."


@pytest.mark.parametrize(
    ("issuer", "role"),
    [
        ("https://id.example/realms/makers", Role.MANAGER),
        ("https://login.microsoftonline.com/9188040d/v2.0", Role.STRANGER),
    ],
)
def test_a_provider_that_says_nothing_of_verifying_is_believed_unless_it_lets_anybody_write(
    issuer: str, role: Role
) -> None:
    told = claims("ama@community.example", iss=issuer)
    del told["email_verified"]
    assert viewer_of(ACCESS, told, NOW).role is role


@pytest.mark.parametrize("told", [{}, claims("eve@elsewhere.example")])
@pytest.mark.parametrize(
    ("public", "role", "reads_names"),
    [
        ("nothing", Role.STRANGER, False),
        ("aggregates", Role.VISITOR, False),
        ("everything", Role.VISITOR, True),
    ],
)
def test_public_is_for_those_who_are_nothing_else(
    told: dict[str, Any], public: str, role: Role, reads_names: bool
) -> None:
    opened = ACCESS.model_copy(update={"public": public})
    viewer = viewer_of(opened, told, NOW)
    assert (viewer.role, viewer.reads_names, viewer.sponsors) == (role, reads_names, ())
    assert not viewer.decides
    assert not viewer.marks
    own = viewer_of(opened, claims("max@acme.example"), NOW)
    assert (own.role, own.reads_names) == (Role.SPONSOR, False)


def test_pages_of_each_role() -> None:
    names = {path.stem for path in (ROOT / "dashboard" / "app_pages").glob("*.py")}
    assert len(names) >= 14

    def pages(told: dict[str, Any], public: str = "nothing") -> frozenset[str]:
        opened = ACCESS.model_copy(update={"public": public})
        return access.pages_of(viewer_of(opened, told, NOW), names)

    for_sponsors = {"reach", "reports"}
    assert pages(claims("ama@community.example")) == names - for_sponsors
    organisers = names - for_sponsors - {"people", "member"}
    assert pages(claims("kofi@community.example")) == organisers
    assert pages(claims("max@acme.example")) == for_sponsors
    assert pages(claims("eve@elsewhere.example")) == pages({}) == frozenset()
    assert pages({}, "aggregates") == {"reach"}
    assert pages({}, "everything") == names - for_sponsors


@pytest.mark.parametrize("entry", ["", "@", "ama", "ama@", "*", "group:", "group: ", "a group:x"])
def test_an_entry_that_can_match_nobody_is_a_mistake(entry: str) -> None:
    with pytest.raises(ValidationError, match="write an address"):
        Access(managers=(entry,))
