"""Meetup's bearer tokens: one that the user has, or those that a signed assertion is traded for.

The server-to-server flow is described at www.meetup.com/graphql/authentication: an RS256 assertion,
good for two minutes, brings a token, good for an hour.
"""

import time
from collections.abc import Callable
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

import msgspec
from requests import Response

from connectors.base import Changed, Context, Denied, Retryable
from connectors.http import LATER, Client, place_of

AUDIENCE = "api.meetup.com"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASSERTION_SECONDS = 120
EARLY_SECONDS = 60.0
KEY_ADVICE = (
    "Check client_key, member_id and key_id, and that signing_key is the key of this client; "
    "make a new one at www.meetup.com/api/oauth/list if it is lost"
)


class Tokens(Protocol):
    """Where a token comes from."""

    def current(self) -> str:
        """Return a token that is good now."""

    def renew(self) -> bool:
        """Put away a token that was refused; False where no other can be had."""


class GivenToken:
    """A token that the user has: when it ends, only the user can make another."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self) -> str:
        """Return the token."""
        return self._token

    def renew(self) -> bool:
        """There is no other."""
        return False


class Signer(NamedTuple):
    """Who signs for whom: an OAuth client, the member that it acts for, and its key in PEM."""

    client_key: str
    member_id: str
    key_id: str
    signing_key: str


class Granted(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float = 3600.0


class Refused(msgspec.Struct, frozen=True):
    error: str = ""


class SignedTokens:
    """Tokens for a signed assertion, renewed a minute before they end; held in memory alone."""

    def __init__(self, token_url: str, signer: Signer, context: Context) -> None:
        folder, _, self._path = token_url.rstrip("/").rpartition("/")
        self._client = Client(
            folder,
            {"User-Agent": "community-vitals"},
            context,
        )
        self._signer, self._where = signer, f"{context.source}, token"
        self._clock: Callable[[], float] = context.clock
        self._token, self._ends_at, self._ahead = "", 0.0, 0.0

    def current(self) -> str:
        """Return a token that is good for a minute at least. Raises Denied without one."""
        if not self._token or self._clock() >= self._ends_at:
            self._ask()
        return self._token

    def renew(self) -> bool:
        """Put the token away: the next call brings another."""
        self._token = ""
        return True

    def _ask(self) -> None:
        try:
            granted = self._grant()
        except Denied:
            # By Meetup's clock the assertion may have ended before it came.
            ahead = self._client.platform_time / 1_000_000 - time.time()
            if abs(ahead - self._ahead) < ASSERTION_SECONDS / 2:
                raise
            self._ahead = ahead
            granted = self._grant()
        self._token = granted.access_token
        self._ends_at = self._clock() + granted.expires_in - EARLY_SECONDS

    def _grant(self) -> Granted:
        assertion = _assertion(self._signer, int(time.time() + self._ahead), self._where)
        form = urlencode({"grant_type": GRANT, "assertion": assertion})
        return self._client.post(
            self._path, form.encode(), where=self._where, headers=FORM, read=self._read
        )

    def _read(self, response: Response) -> Granted:
        place = place_of(response, self._where)
        try:
            if response.status_code != 200:
                code = msgspec.json.decode(response.content, type=Refused).error
                raise Denied(
                    f"Meetup gives no token ({code[:40] or 'no reason'})",
                    where=place,
                    advice=KEY_ADVICE,
                )
            return msgspec.json.decode(response.content, type=Granted)
        except msgspec.ValidationError as error:
            raise Changed("Meetup's token is not of the known shape", where=place) from error
        except msgspec.DecodeError:
            # What cannot be read may hold a token: it is not passed on.
            raise Retryable(
                "the answer is no JSON, or cut off", where=place, advice=LATER
            ) from None


def _assertion(signer: Signer, now: int, where: str) -> str:
    import jwt  # here: it takes longer to import than most commands take

    claims = {
        "sub": signer.member_id,
        "iss": signer.client_key,
        "aud": AUDIENCE,
        "exp": now + ASSERTION_SECONDS,
    }
    # A key in a variable often has its line ends written out.
    key = signer.signing_key.replace("\\n", "\n")
    try:
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": signer.key_id})
    except (ValueError, TypeError, jwt.PyJWTError):
        raise Denied(
            "signing_key is no RSA private key in PEM form",
            where=where,
            advice="Copy it whole, from -----BEGIN to the last -----",
        ) from None
