"""How Slack takes a call: token, limits, scopes, arguments, cursors and their refusals."""

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


class Refused(Exception):
    """A call that Slack answers with ok:false."""

    def __init__(self, error: str, *notes: str, **more: str) -> None:
        super().__init__(error)
        self.body: dict[str, Any] = {"ok": False, "error": error, **more}
        if notes:
            self.body["response_metadata"] = {"messages": [f"[ERROR] {note}" for note in notes]}


class Limited(Exception):
    """A call too many; `seconds` until the next is welcome."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Method:
    """One method of the Web API; parameters map a name to str, int, bool or ts."""

    answer: Callable[[Any, Arguments], dict[str, Any]]
    per_minute: int
    scope: str | None
    parameters: dict[str, str]
    required: tuple[str, ...] = ()
    max_limit: int = 999
    is_history: bool = False


async def arguments_of(request: Request) -> dict[str, str]:
    """The query of a GET, the form of a POST; a JSON body is not taken."""
    given = list(request.query_params.multi_items())
    if request.method == "POST" and await request.body():
        kind = request.headers.get("content-type", "")
        if not kind.startswith("application/x-www-form-urlencoded"):
            raise Refused("invalid_post_type")
        given += parse_qsl((await request.body()).decode(), keep_blank_values=True)
    if len({name for name, _ in given}) < len(given):
        raise Refused("invalid_arguments", "an argument was given twice")
    return dict(given)


def check_token(sandbox: Sandbox, authorization: str) -> None:
    """Refuses a missing, wrong or revoked token."""
    scheme, _, value = authorization.partition(" ")
    if scheme != "Bearer" or not value:
        raise Refused("not_authed")
    if value != sandbox.token.value:
        raise Refused("invalid_auth")
    if sandbox.token.is_revoked:
        raise Refused("token_revoked")


def check_scope(sandbox: Sandbox, needed: str | None) -> None:
    """Refuses a token without the scope, naming it."""
    if needed and needed not in sandbox.token.scopes:
        raise Refused("missing_scope", needed=needed, provided=",".join(sandbox.token.scopes))


def check_limits(sandbox: Sandbox, name: str, method: Method) -> None:
    """Refuses a call too many."""
    is_throttled = sandbox.throttled and method.is_history
    seconds = sandbox.wait_for(f"slack/{name}", 1 if is_throttled else method.per_minute)
    if seconds is not None:
        raise Limited(seconds)


def parse(name: str, method: Method, given: dict[str, str]) -> Arguments:
    """The arguments with their types; anything unknown or malformed is refused."""
    unknown = sorted(set(given) - set(method.parameters))
    if unknown:
        raise Refused("invalid_arguments", *(f"unknown argument: {word}" for word in unknown))
    missing = [word for word in method.required if not given.get(word)]
    if missing:
        raise Refused("invalid_arguments", *(f"missing required field: {w}" for w in missing))
    arguments: Arguments = {
        word: _value(method.parameters[word], word, value)
        for word, value in given.items()
        if word != "cursor"
    }
    if not 1 <= arguments.get("limit", 1) <= method.max_limit:
        raise Refused("invalid_limit")
    others = {word: value for word, value in given.items() if word not in ("cursor", "token")}
    arguments["walk"] = _digest(name, others)
    if given.get("cursor"):
        arguments["cursor"] = open_cursor(given["cursor"], arguments["walk"])
    return arguments


def _value(kind: str, word: str, value: str) -> Any:
    if kind == "int":
        if not re.fullmatch(r"-?\d{1,9}", value):
            raise Refused("invalid_limit" if word == "limit" else "invalid_arguments")
        return int(value)
    if kind == "bool":
        if value not in ("true", "false", "1", "0"):
            raise Refused("invalid_arguments", f"must be a boolean: {word}")
        return value in ("true", "1")
    if kind == "ts":
        return _moment(word, value)
    return value


def _moment(word: str, value: str) -> int:
    """A ts argument in microseconds."""
    if not re.fullmatch(r"\d{1,10}(\.\d{1,6})?", value):
        raise Refused(f"invalid_ts_{word}" if word != "ts" else "invalid_arguments")
    seconds, _, fraction = value.partition(".")
    return int(seconds) * SECOND + int(fraction.ljust(6, "0"))


def _digest(name: str, arguments: dict[str, str]) -> str:
    text = name + repr(sorted(arguments.items()))
    return hashlib.blake2s(text.encode(), digest_size=4).hexdigest()


def close_cursor(position: str, walk: str) -> str:
    """An opaque cursor that is good for the same walk only; always ends in `=`."""
    text = f"{position}:{walk}"
    return base64.b64encode((text + " " * (-len(text) % 3 + 1)).encode()).decode()


def open_cursor(cursor: str, walk: str) -> str:
    """The position in a cursor."""
    try:
        position, _, of = base64.b64decode(cursor, validate=True).decode().strip().rpartition(":")
    except ValueError:
        raise Refused("invalid_cursor") from None
    if of != walk:
        raise Refused("invalid_cursor")
    return position
