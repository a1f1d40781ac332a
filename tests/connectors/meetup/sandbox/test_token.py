"""The sandbox hands out Meetup's access tokens as strictly as the real one."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests

from connectors.meetup.sandbox.token import CLIENT_KEY, CLIENT_SECRET, KEY_ID, MEMBER_ID
from connectors.sandbox.community import SECOND, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from tests.support.sandbox.meetup import PlainMeetup, new_key

WORLD = make_world(members=20, days=90)
NOW = WORLD.end // SECOND
ASK = "{ self { id } }"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOD = {"sub": MEMBER_ID, "iss": CLIENT_KEY, "aud": "api.meetup.com", "exp": NOW + 120}
REFRESH = {
    "grant_type": "refresh_token",
    "client_id": CLIENT_KEY,
    "client_secret": CLIENT_SECRET,
}
PRIVATE, PUBLIC = new_key()


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(WORLD, Options(limits=False, platforms=("meetup",))) as running:
        running.set_token(signing_key=PUBLIC)
        yield running


def wish(running: Running, **form: str) -> requests.Response:
    return requests.post(f"{running.meetup_url}/oauth2/access", data=form, timeout=10)


def signed(claims: dict[str, Any], key: str = PRIVATE, kid: str = KEY_ID) -> str:
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


def assertion(running: Running, text: str) -> requests.Response:
    return wish(running, grant_type=BEARER, assertion=text)


def status(running: Running, token: str) -> int:
    return PlainMeetup(running, token).post(ASK).status_code


def test_a_signed_assertion_gives_a_token_that_ends(running: Running) -> None:
    response = assertion(running, signed(GOOD)).json()
    assert (response["token_type"], response["expires_in"]) == ("bearer", 3600)
    assert status(running, response["access_token"]) == 200
    running.advance(seconds=3599)
    assert status(running, response["access_token"]) == 200
    running.advance(seconds=1)
    assert status(running, response["access_token"]) == 401
    assert assertion(running, signed(GOOD)).status_code == 400, "it ends on the world's clock"
    again = assertion(running, signed(GOOD | {"exp": NOW + 3720})).json()["access_token"]
    assert again != response["access_token"]
    assert status(running, again) == 200


@pytest.mark.parametrize(
    "claims",
    [
        GOOD | {"sub": "1"},
        GOOD | {"iss": "somebody"},
        GOOD | {"aud": "api.example.com"},
        GOOD | {"exp": NOW},
        {name: value for name, value in GOOD.items() if name != "exp"},
    ],
)
def test_other_claims_are_not_granted(running: Running, claims: dict[str, Any]) -> None:
    response = assertion(running, signed(claims))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


def test_other_signatures_are_not_granted(running: Running) -> None:
    forged = [
        signed(GOOD, new_key()[0]),
        signed(GOOD, kid="another"),
        jwt.encode(GOOD, "x" * 40, algorithm="HS256", headers={"kid": KEY_ID}),
        "not a token",
        "",
    ]
    assert {assertion(running, text).status_code for text in forged} == {400}
    running.set_token(signing_key="")
    assert assertion(running, signed(GOOD)).status_code == 400, "no key is registered"


def test_a_refresh_token_is_good_for_one_use(running: Running) -> None:
    first = assertion(running, signed(GOOD)).json()["refresh_token"]
    second = wish(running, **REFRESH, refresh_token=first).json()
    assert status(running, second["access_token"]) == 200
    assert wish(running, **REFRESH, refresh_token=first).json()["error"] == "invalid_grant"
    assert wish(running, **REFRESH, refresh_token=second["refresh_token"]).status_code == 200
    assert wish(running, grant_type="password").json()["error"] == "unsupported_grant_type"


def test_what_is_revoked_is_refused(running: Running) -> None:
    issued = assertion(running, signed(GOOD)).json()["access_token"]
    assert PlainMeetup(running).post(ASK).status_code == 200
    running.set_token(revoked=True)
    assert PlainMeetup(running).post(ASK).status_code == 401
    assert status(running, issued) == 401
    assert assertion(running, signed(GOOD)).status_code == 400
    assert status(running, "") == 401
