"""How Discord checks a call: token, limits, intents, permissions, parameters; and its errors."""

import math
import re
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from connectors.discord.sandbox.guild import GUILD_ID, STAGE, VOICE, Channel
from connectors.sandbox.conversation import COLLECTOR, bot_author
from connectors.sandbox.state import Clock, Sandbox

Json = dict[str, Any]

VIEW_CHANNEL, READ_MESSAGE_HISTORY, CONNECT = 1 << 10, 1 << 16, 1 << 20
EVERYONE_ROLE, PEOPLE_ROLE, BOT_ROLE = GUILD_ID, GUILD_ID + 10, GUILD_ID + 11
ALL_INTENTS = ["GUILD_MEMBERS", "MESSAGE_CONTENT"]
GLOBAL_PER_SECOND = 50
BAN_SECONDS = 600
COLLECTOR_BOT = bot_author(COLLECTOR)


class ErrorResponse(Exception):
    """A call that Discord answers with an error: its status, code and message."""

    headers: Mapping[str, str] = {}

    def __init__(self, status: int, code: int, message: str, **errors: Json) -> None:
        super().__init__(message)
        self.status, self.body = status, {"message": message, "code": code, **errors}


def invalid_form(name: str, code: str, message: str) -> ErrorResponse:
    """Return the error of one parameter."""
    errors: Json = {name: {"_errors": [{"code": code, "message": message}]}}
    return ErrorResponse(400, 50035, "Invalid Form Body", errors=errors)


class BotChange(msgspec.Struct, forbid_unknown_fields=True):
    """What to change; None changes nothing. `bans`: how many responses are Cloudflare's ban."""

    intents: list[str] | None = None
    permissions: int | None = None
    bans: int | None = None


class Bot:
    """What the sandbox's bot may do on the server."""

    def __init__(self) -> None:
        self.intents = list(ALL_INTENTS)
        self.permissions = VIEW_CHANNEL | READ_MESSAGE_HISTORY | CONNECT
        self.bans = 0

    def change(self, change: BotChange) -> None:
        """Set what `change` names."""
        for name, value in msgspec.structs.asdict(change).items():
            if value is not None:
                setattr(self, name, value)

    @property
    def flags(self) -> int:
        """The flags of the application: the intents that are switched on."""
        members, content = (name in self.intents for name in ALL_INTENTS)
        return (1 << 15) * members | (1 << 19) * content

    def may(self, channel: Channel, permission: int) -> bool:
        """Whether the bot has a permission in a channel, or in a thread of it."""
        denied = sum(int(o["deny"]) for o in overwrites(channel))
        return bool(self.permissions & ~denied & permission)

    def check_view(self, channel: Channel) -> None:
        """Raise ErrorResponse where the bot may not see a channel."""
        is_voice = channel.kind in (VOICE, STAGE)
        if not self.may(channel, VIEW_CHANNEL) or (is_voice and not self.may(channel, CONNECT)):
            raise ErrorResponse(403, 50001, "Missing Access")


def overwrites(channel: Channel) -> list[Json]:
    """Return a channel's overwrites: the organisers' is hidden, the founders' has no history."""
    plan = channel.origin.plan
    if plan.kind == "private":
        return [_deny(EVERYONE_ROLE, VIEW_CHANNEL)]
    return [_deny(BOT_ROLE, READ_MESSAGE_HISTORY)] if plan.closed_to_bot else []


def _deny(role: int, permission: int) -> Json:
    return {"id": str(role), "type": 0, "allow": "0", "deny": str(permission)}


class Buckets:
    """Counts calls in fixed windows: per bucket and its channel or server, and all together."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, name: str, owner: str, limit: int, seconds: float) -> dict[str, str]:
        """Count a call and return its bucket's headers. Raises TooMany where a limit is reached."""
        is_allowed, _, after = self._count("global", GLOBAL_PER_SECOND, 1.0)
        if not is_allowed:
            raise TooMany(after, {"X-RateLimit-Global": "true"}, scope="global")
        is_allowed, remaining, after = self._count(f"{name}/{owner}", limit, seconds)
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": f"{self._clock.now() / 1e6 + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(name.encode()):08x}",
        }
        if not is_allowed:
            raise TooMany(after, headers, scope="user")
        return headers

    def _count(self, bucket: str, limit: int, seconds: float) -> tuple[bool, int, float]:
        """Return whether the call is allowed, how many are left, and the seconds to the reset."""
        now = self._clock.platform_seconds()
        begin, used = self._windows.get(bucket, (now, 0))
        if now >= begin + seconds:
            begin, used = now, 0
        is_allowed = used < limit
        used += is_allowed
        self._windows[bucket] = (begin, used)
        return is_allowed, limit - used, (begin + seconds - now) / self._clock.rate_scale


class TooMany(ErrorResponse):
    """Discord's own 429 with its headers."""

    def __init__(self, after: float, headers: dict[str, str], *, scope: str) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.body |= {"retry_after": round(after, 3), "global": scope == "global"}
        after_seconds = str(math.ceil(after))
        self.headers = headers | {"Retry-After": after_seconds, "X-RateLimit-Scope": scope}


def ban_response() -> Response:
    """Return Cloudflare's 429: HTML, and no Via header."""
    page = b"<!DOCTYPE html><html><title>Access denied | discord.com</title></html>"
    return Response(page, 429, {"Retry-After": str(BAN_SECONDS)}, "text/html")


def json_response(body: Any, headers: Mapping[str, str], status: int = 200) -> Response:
    """Return a response as Discord's own servers send it."""
    return Response(
        msgspec.json.encode(body), status, {**headers, "Via": "1.1 google"}, "application/json"
    )


def check_bot(sandbox: Sandbox, request: Request) -> None:
    """Raise ErrorResponse for a token that is not valid or a User-Agent of another form."""
    if not request.headers.get("user-agent", "").startswith("DiscordBot ("):
        raise ErrorResponse(403, 40333, "internal network error")
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    is_known = scheme == "Bot" and value == sandbox.token.value and not sandbox.token.is_revoked
    if not is_known:
        raise ErrorResponse(401, 0, "401: Unauthorized")


def parse(request: Request, known: Mapping[str, tuple[int, int] | str]) -> Json:
    """Return the query's parameters; (low, high) is a number, else `snowflake`, `bool`, `time`."""
    values: Json = {}
    for name, value in request.query_params.multi_items():
        kind = known.get(name)
        if kind is None or name in values:
            raise invalid_form(name, "UNKNOWN_PARAMETER", "This parameter is not known here")
        values[name] = _value(name, value, kind)
    if len({"before", "after", "around"} & values.keys()) > 1:
        raise invalid_form("after", "MUTUALLY_EXCLUSIVE", "Only one of before, after, around")
    return values


def _value(name: str, value: str, kind: tuple[int, int] | str) -> Any:
    if kind == "bool":
        if value not in ("true", "false"):
            raise invalid_form(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        return value == "true"
    if kind == "time":
        try:
            return int(datetime.fromisoformat(value).timestamp() * 1_000_000)
        except ValueError:
            raise invalid_form(name, "DATE_TIME_TYPE_PARSE", "Invalid ISO8601 timestamp") from None
    if not re.fullmatch(r"0|[1-9]\d{0,19}", value):
        raise invalid_form(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
    number = int(value)
    if isinstance(kind, tuple) and not kind[0] <= number <= kind[1]:
        raise invalid_form(name, "NUMBER_TYPE_RANGE", f"Must be between {kind[0]} and {kind[1]}.")
    return number
