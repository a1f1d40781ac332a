"""How Slack checks a call: token, limits, scopes, arguments, cursors, and their errors."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from connectors.sandbox.community import SECOND
from connectors.sandbox.state import Sandbox

Arguments = dict[str, Any]


class ErrorResponse(Exception):
    """A call that Slack answers with an error; `retry_after` seconds: with status 429."""

    def __init__(
        self, error: str, *notes: str, retry_after: int | None = None, **more: str
    ) -> None:
        super().__init__(error)
        self.retry_after = retry_after
        self.body: dict[str, Any] = {"ok": False, "error": error, **more}
        if notes:
            self.body["response_metadata"] = {"messages": [f"[ERROR] {note}" for note in notes]}


@dataclass(frozen=True)
class Method:
    """One method of the Web API. `body` makes the response; parameters are str, int, bool or ts."""

    body: Callable[[Any, Arguments], dict[str, Any]]
    per_minute: int
    scope: str | None
    parameters: dict[str, str]
    required: tuple[str, ...] = ()
    max_limit: int = 999
    is_history: bool = False


async def arguments_of(request: Request) -> dict[str, str]:
    """Return the query of a GET or the form of a POST; a JSON body is an error."""
    given = list(request.query_params.multi_items())
    if request.method == "POST" and await request.body():
        kind = request.headers.get("content-type", "")
        if not kind.startswith("application/x-www-form-urlencoded"):
            raise ErrorResponse("invalid_post_type")
        given += parse_qsl((await request.body()).decode(), keep_blank_values=True)
    if len({name for name, _ in given}) < len(given):
        raise ErrorResponse("invalid_arguments", "an argument was given twice")
    return dict(given)


def check_token(sandbox: Sandbox, authorization: str) -> None:
    """Raise ErrorResponse for a missing, wrong or revoked token."""
    scheme, _, value = authorization.partition(" ")
    if scheme != "Bearer" or not value:
        raise ErrorResponse("not_authed")
    if value != sandbox.token.value:
        raise ErrorResponse("invalid_auth")
    if sandbox.token.is_revoked:
        raise ErrorResponse("token_revoked")


def check_scope(sandbox: Sandbox, needed: str | None) -> None:
    """Raise ErrorResponse with the scope that the token lacks."""
    if needed and needed not in sandbox.token.scopes:
        raise ErrorResponse("missing_scope", needed=needed, provided=",".join(sandbox.token.scopes))


def check_limits(sandbox: Sandbox, name: str, method: Method) -> None:
    """Raise ErrorResponse where a method is called too often."""
    is_throttled = sandbox.throttled and method.is_history
    seconds = sandbox.wait_for(f"slack/{name}", 1 if is_throttled else method.per_minute)
    if seconds is not None:
        raise ErrorResponse("ratelimited", retry_after=seconds)


def parse(name: str, method: Method, given: dict[str, str]) -> Arguments:
    """Return the arguments with their types. Raises ErrorResponse for unknown or invalid ones."""
    unknown = sorted(set(given) - set(method.parameters))
    if unknown:
        raise ErrorResponse("invalid_arguments", *(f"unknown argument: {word}" for word in unknown))
    missing = [word for word in method.required if not given.get(word)]
    if missing:
        raise ErrorResponse("invalid_arguments", *(f"missing required field: {w}" for w in missing))
    arguments: Arguments = {
        word: _value(method.parameters[word], word, value)
        for word, value in given.items()
        if word != "cursor"
    }
    if not 1 <= arguments.get("limit", 1) <= method.max_limit:
        raise ErrorResponse("invalid_limit")
    others = {word: value for word, value in given.items() if word not in ("cursor", "token")}
    arguments["list"] = _digest(name, others)
    if given.get("cursor"):
        arguments["cursor"] = decode_cursor(given["cursor"], arguments["list"])
    return arguments


def _value(kind: str, word: str, value: str) -> Any:
    if kind == "int":
        if not re.fullmatch(r"-?\d{1,9}", value):
            raise ErrorResponse("invalid_limit" if word == "limit" else "invalid_arguments")
        return int(value)
    if kind == "bool":
        if value not in ("true", "false", "1", "0"):
            raise ErrorResponse("invalid_arguments", f"must be a boolean: {word}")
        return value in ("true", "1")
    if kind == "ts":
        return _moment(word, value)
    return value


def _moment(word: str, value: str) -> int:
    """A ts argument in microseconds."""
    if not re.fullmatch(r"\d{1,10}(\.\d{1,6})?", value):
        raise ErrorResponse(f"invalid_ts_{word}" if word != "ts" else "invalid_arguments")
    seconds, _, fraction = value.partition(".")
    return int(seconds) * SECOND + int(fraction.ljust(6, "0"))


def _digest(name: str, arguments: dict[str, str]) -> str:
    text = name + repr(sorted(arguments.items()))
    return hashlib.blake2s(text.encode(), digest_size=4).hexdigest()


def encode_cursor(position: str, list_digest: str) -> str:
    """Return an opaque cursor that is valid for the same list only; it always ends in `=`."""
    text = f"{position}:{list_digest}"
    return base64.b64encode((text + " " * (-len(text) % 3 + 1)).encode()).decode()


def decode_cursor(cursor: str, list_digest: str) -> str:
    """Return the position in a cursor. Raises ErrorResponse where it is of another list."""
    try:
        position, _, of = base64.b64decode(cursor, validate=True).decode().strip().rpartition(":")
    except ValueError:
        raise ErrorResponse("invalid_cursor") from None
    if of != list_digest:
        raise ErrorResponse("invalid_cursor")
    return position
