"""What all calls of GitHub share: token, limits, parameters, pages, ETags and errors."""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from connectors.sandbox.community import SECOND
from connectors.sandbox.state import Sandbox

PER_HOUR, REST_PER_MINUTE, GRAPHQL_PER_MINUTE = 5000, 900, 2000
HOUR_SECONDS = 3600.0
API_VERSION = "2022-11-28"
NUMBER = re.compile(r"[1-9]\d{0,6}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DOCUMENTATION = "https://docs.github.com/rest"


class ErrorResponse(Exception):
    """The response to a call that is refused."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] = {}) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers)

    def response(self, headers: dict[str, str]) -> Response:
        """The error as GitHub writes it."""
        body = {"message": self.message, "documentation_url": DOCUMENTATION}
        body["status"] = str(self.status)
        return json_response(body, headers | self.headers, self.status)


def json_response(body: Any, headers: dict[str, str], status: int = 200) -> Response:
    """A body as JSON."""
    kind = "application/json; charset=utf-8"
    return Response(msgspec.json.encode(body), status, headers, kind)


class Hour:
    """The calls of the running hour of one resource; a 304 is given back."""

    def __init__(self, sandbox: Sandbox, resource: str) -> None:
        self._sandbox, self._resource = sandbox, resource
        self._ends, self._used = 0.0, 0

    def take(self) -> None:
        """Count a call in, or refuse it."""
        now = self._sandbox.clock.platform_seconds()
        if now >= self._ends:
            self._ends, self._used = now + HOUR_SECONDS, 0
        if self._sandbox.limits and self._used >= PER_HOUR:
            raise ErrorResponse(403, "API rate limit exceeded for user ID 1.", self.headers())
        self._used += 1

    def give_back(self) -> None:
        """Count a call out again: it cost nothing."""
        self._used -= 1

    def headers(self) -> dict[str, str]:
        """The headers of every response about the limit."""
        clock = self._sandbox.clock
        rest = (self._ends - clock.platform_seconds()) / clock.rate_scale
        return {
            "x-ratelimit-limit": str(PER_HOUR),
            "x-ratelimit-remaining": str(max(0, PER_HOUR - self._used)),
            "x-ratelimit-used": str(self._used),
            "x-ratelimit-reset": str(math.ceil(clock.now() / SECOND + rest)),
            "x-ratelimit-resource": self._resource,
        }


def check(sandbox: Sandbox, request: Request, per_minute: int) -> None:
    """Refuse a call without a good token, a known version and a name, or one too many."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token = sandbox.token
    if scheme not in ("Bearer", "token") or value != token.value or token.is_revoked:
        raise ErrorResponse(401, "Bad credentials")
    if not request.headers.get("user-agent"):
        raise ErrorResponse(403, "Request forbidden by administrative rules.")
    if request.headers.get("x-github-api-version", API_VERSION) != API_VERSION:
        raise ErrorResponse(400, "The version is not supported.")
    seconds = sandbox.wait_for(f"github/{per_minute}", per_minute)
    if seconds is not None:
        message = "You have exceeded a secondary rate limit. Please wait a few minutes."
        raise ErrorResponse(403, message, {"retry-after": str(seconds)})


def parameters(request: Request, **known: Sequence[str]) -> dict[str, str]:
    """Return the query; an unknown parameter, a repeated or a bad value is refused.

    `known`: allowed values by name; none for any text. Every list takes page and per_page.
    """
    given = request.query_params.multi_items()
    values = dict(given)
    if len(values) < len(given):
        raise ErrorResponse(422, "A parameter was given twice.")
    for name, value in values.items():
        is_number = name in ("page", "per_page")
        if not is_number and name not in known:
            raise ErrorResponse(422, f"Unknown parameter: {name}.")
        if is_number and not (NUMBER.fullmatch(value) and (name == "page" or int(value) <= 100)):
            raise ErrorResponse(422, f"Invalid {name}.")
        if name in ("since", "until") and not TIME.fullmatch(value):
            raise ErrorResponse(422, f"Invalid {name}: write YYYY-MM-DDTHH:MM:SSZ.")
        if known.get(name) and value not in known[name]:
            raise ErrorResponse(422, f"Invalid value for {name}.")
    return values


def page_of(
    request: Request, url: str, rows: Sequence[Any], given: dict[str, str]
) -> tuple[Sequence[Any], dict[str, str]]:
    """Return the rows of the requested page, and the Link header to its neighbours."""
    size, number = int(given.get("per_page", "30")), int(given.get("page", "1"))
    last = max(1, math.ceil(len(rows) / size))
    targets = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    if number >= last:
        del targets["next"], targets["last"]
    if number == 1:
        del targets["prev"], targets["first"]
    links = [
        f'<{url}?{urlencode(given | {"page": str(target)})}>; rel="{name}"'
        for name, target in targets.items()
    ]
    return rows[(number - 1) * size : number * size], {"link": ", ".join(links)} if links else {}


def etag_of(body: bytes) -> str:
    """The ETag of a body."""
    return f'W/"{hashlib.sha256(body).hexdigest()}"'
