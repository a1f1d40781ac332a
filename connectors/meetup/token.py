"""Meetup's bearer tokens: one that the user gives, or those that a signed assertion brings.

The server-to-server flow is described at www.meetup.com/graphql/authentication: an RS256 assertion,
good for two minutes, brings a token, good for an hour.
"""

import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec
from requests import Response

from connectors.base import Context, Denied
from connectors.http import Client, decode_json, place_of
from connectors.redaction import keep_secret, quoted

AUDIENCE = "api.meetup.com"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASSERTION_SECONDS = 120
EARLY_SECONDS = 60.0
MOST_CODE_CHARACTERS = 40
KEY_ADVICE = (
    "Check client_key, member_id and key_id, and that signing_key is the key of this client; "
    "make a new one at www.meetup.com/api/oauth/list if it is lost"
)


class Tokens:
    """A token that the user gives: when it ends, only the user can make another."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self) -> str:
        """Return a token that is good now."""
        return self._token

    def renew(self) -> bool:
        """Drop a token that was refused; False where there is no other."""
        return False


class Signer(NamedTuple):
    """Who signs for whom: an OAuth client, the member that it acts for, and its key in PEM."""

    client_key: str
    member_id: str
    key_id: str
    signing_key: str


class TokenData(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float = 3600.0


class TokenError(msgspec.Struct, frozen=True):
    error: str = ""


_decoder = msgspec.json.Decoder(TokenData)
_error_decoder = msgspec.json.Decoder(TokenError)


class SignedTokens(Tokens):
    """Tokens for signed assertions, renewed a minute before they end; kept in memory alone."""

    def __init__(self, token_url: str, signer: Signer, context: Context) -> None:
        super().__init__("")
        folder, _, self._path = token_url.rstrip("/").rpartition("/")
        headers = {"User-Agent": "community-vitals"}
        self._client = Client(folder, headers, context, brings_secrets=True)
        keep_secret(signer.client_key, signer.signing_key)
        self._signer, self._where = signer, f"{context.source}, token"
        self._clock: Callable[[], float] = context.clock
        self._ends_at, self._ahead = 0.0, 0.0

    def current(self) -> str:
        """Return a token that is good for a minute at least. Raises Denied without one."""
        if not self._token or self._clock() >= self._ends_at:
            self._renew()
        return self._token

    def renew(self) -> bool:
        """Drop the token: the next call brings another."""
        self._token = ""
        return True

    def _renew(self) -> None:
        try:
            found = self._request()
        except Denied:
            # By Meetup's clock the assertion may have ended before it arrived.
            ahead = self._client.platform_time / 1_000_000 - time.time()
            if abs(ahead - self._ahead) < ASSERTION_SECONDS / 2:
                raise
            self._ahead = ahead
            found = self._request()
        self._token = found.access_token
        keep_secret(self._token)
        self._ends_at = self._clock() + found.expires_in - EARLY_SECONDS

    def _request(self) -> TokenData:
        assertion = _assertion(self._signer, int(time.time() + self._ahead), self._where)
        keep_secret(assertion)
        form = urlencode({"grant_type": GRANT, "assertion": assertion})
        return self._client.request(
            self._path, body=form.encode(), where=self._where, headers=FORM, read=self._read
        )

    def _read(self, response: Response) -> TokenData:
        if response.status_code == 200:
            return decode_json(_decoder, response, self._where, "Meetup")
        code = decode_json(_error_decoder, response, self._where, "Meetup").error
        raise Denied(
            f"Meetup gives no token ({quoted(code, MOST_CODE_CHARACTERS) or 'no reason'})",
            where=place_of(response, self._where),
            advice=KEY_ADVICE,
        )


def _assertion(signer: Signer, now: int, where: str) -> str:
    import jwt  # here: it is slow to import

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
            "signing_key is not an RSA private key in PEM form",
            where=where,
            advice="Copy all of it, from -----BEGIN to the last -----",
        ) from None
