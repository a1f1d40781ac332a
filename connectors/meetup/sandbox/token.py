"""Meetup's token endpoint: gives access tokens for signed assertions and refresh tokens."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import jwt

from connectors.meetup.sandbox.model import FIRST_MEMBER
from connectors.sandbox.community import SECOND
from connectors.sandbox.state import Sandbox

CLIENT_KEY, CLIENT_SECRET, KEY_ID = "sandbox-client", "sandbox-client-secret", "sandbox-key"
MEMBER_ID = str(FIRST_MEMBER)
AUDIENCE = "api.meetup.com"
LIFETIME_SECONDS = 3600
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class NotGranted(Exception):
    """A request for a token is refused with an OAuth error code."""


class Tokens:
    """The access tokens that were given, with their ends on the world's clock."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._ends: dict[str, int] = {}
        self._refreshing: set[str] = set()

    def is_good(self, authorization: str) -> bool:
        """Whether a header carries the sandbox's token, or one that has not ended."""
        scheme, _, value = authorization.partition(" ")
        token = self._sandbox.token
        if scheme.lower() != "bearer" or token.is_revoked:
            return False
        return value == token.value or self._ends.get(value, 0) > self._sandbox.clock.now()

    def access(self, body: bytes) -> dict[str, Any]:
        """Return the response to a form. Raises NotGranted; a refresh token works once."""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        grant = form.get("grant_type")
        if grant == JWT_BEARER:
            self._check_assertion(form.get("assertion", ""))
        elif grant == "refresh_token":
            self._check_refresh(form)
        else:
            raise NotGranted("unsupported_grant_type")
        if self._sandbox.token.is_revoked:
            raise NotGranted("invalid_grant")
        return self._grant()

    def _check_assertion(self, assertion: str) -> None:
        """RS256 with the registered key, for this client and member, and not ended.

        The end is compared with the world's clock, not with this machine's.
        """
        try:
            if jwt.get_unverified_header(assertion).get("kid") != KEY_ID:
                raise NotGranted("invalid_grant")
            claims = jwt.decode(
                assertion,
                self._sandbox.token.signing_key,
                algorithms=["RS256"],
                audience=AUDIENCE,
                issuer=CLIENT_KEY,
                options={"verify_exp": False, "verify_iat": False, "require": ["exp", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise NotGranted("invalid_grant") from error
        now = self._sandbox.clock.now() // SECOND
        if str(claims["sub"]) != MEMBER_ID or not float(claims["exp"]) > now:
            raise NotGranted("invalid_grant")

    def _check_refresh(self, form: Mapping[str, str]) -> None:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_KEY, CLIENT_SECRET):
            raise NotGranted("invalid_client")
        if form.get("refresh_token") not in self._refreshing:
            raise NotGranted("invalid_grant")
        self._refreshing.remove(form["refresh_token"])

    def _grant(self) -> dict[str, Any]:
        number = len(self._ends) + 1
        seed = f"{self._sandbox.world.seed}/{number}".encode()
        access, refresh = (hashlib.sha256(kind + seed).hexdigest() for kind in (b"a", b"r"))
        self._ends[access] = self._sandbox.clock.now() + LIFETIME_SECONDS * SECOND
        self._refreshing.add(refresh)
        return {
            "access_token": access,
            "refresh_token": refresh,
            "token_type": "bearer",
            "expires_in": LIFETIME_SECONDS,
        }
