"""How Discord takes a call: token, limits, intents, permissions, parameters and their refusals."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from connectors.discord.sandbox.guild import GUILD_ID, STAGE, VOICE, Place
from connectors.sandbox.conversation import COLLECTOR, bot_author
from connectors.sandbox.state import Clock, Sandbox

Json = dict[str, Any]

VIEW_CHANNEL, READ_MESSAGE_HISTORY, CONNECT = 1 << 10, 1 << 16, 1 << 20
EVERYONE_ROLE, PEOPLE_ROLE, BOT_ROLE = GUILD_ID, GUILD_ID + 10, GUILD_ID + 11
ALL_INTENTS = ["GUILD_MEMBERS", "MESSAGE_CONTENT"]
GLOBAL_PER_SECOND = 50
BAN_SECONDS = 600
COLLECTOR_BOT = bot_author(COLLECTOR)


class Refused(Exception):
    """A call that Discord answers with an error of its own."""

    def __init__(self, status: int, code: int, message: str, **errors: Json) -> None:
        super().__init__(message)
        self.status, self.body = status, {"message": message, "code": code, **errors}


def bad_form(name: str, code: str, message: str) -> Refused:
    """A parameter that does not fit."""
    errors: Json = {name: {"_errors": [{"code": code, "message": message}]}}
    return Refused(400, 50035, "Invalid Form Body", errors=errors)


class BotWish(msgspec.Struct, forbid_unknown_fields=True):
    """What to change about the bot; None leaves it. `bans`: so many answers are Cloudflare's."""

    intents: list[str] | None = None
    permissions: int | None = None
    bans: int | None = None


class Bot:
    """What the sandbox's bot may do on the server."""

    def __init__(self) -> None:
        self.intents = list(ALL_INTENTS)
        self.permissions = VIEW_CHANNEL | READ_MESSAGE_HISTORY | CONNECT
        self.bans = 0

    def change(self, wish: BotWish) -> None:
        """Do as is wished."""
        for name in ("intents", "permissions", "bans"):
            if (value := getattr(wish, name)) is not None:
                setattr(self, name, value)

    @property
    def flags(self) -> int:
        """The application's flags of the intents that are switched on."""
        members, content = (name in self.intents for name in ALL_INTENTS)
        return (1 << 15) * members | (1 << 19) * content

    def may(self, place: Place, permission: int) -> bool:
        """Whether the bot has a permission in a channel, or in a thread by its channel."""
        denied = sum(int(o["deny"]) for o in overwrites(place))
        return bool(self.permissions & ~denied & permission)

    def check_view(self, place: Place) -> None:
        """Refuses a channel that the bot may not see."""
        is_voice = place.kind in (VOICE, STAGE)
        if not self.may(place, VIEW_CHANNEL) or (is_voice and not self.may(place, CONNECT)):
            raise Refused(403, 50001, "Missing Access")


def overwrites(place: Place) -> list[Json]:
    """The exceptions of a channel: the organisers' is hidden, the founders' has no history."""
    plan = place.room.plan
    if plan.kind == "private":
        return [_deny(EVERYONE_ROLE, VIEW_CHANNEL)]
    return [_deny(BOT_ROLE, READ_MESSAGE_HISTORY)] if plan.closed_to_bot else []


def _deny(role: int, permission: int) -> Json:
    return {"id": str(role), "type": 0, "allow": "0", "deny": str(permission)}


class Buckets:
    """Fixed windows per bucket and the channel or server at its top, and one for all calls."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, bucket: str, limit: int, seconds: float) -> tuple[bool, int, float]:
        """Whether the call is welcome, how many are left, and when the window ends, in seconds."""
        now = self._clock.platform_seconds()
        begin, used = self._windows.get(bucket, (now, 0))
        if now >= begin + seconds:
            begin, used = now, 0
        is_welcome = used < limit
        used += is_welcome
        self._windows[bucket] = (begin, used)
        return is_welcome, limit - used, (begin + seconds - now) / self._clock.rate_scale


def limit_headers(
    sandbox: Sandbox, buckets: Buckets, bucket: tuple[str, int, float], owner: str
) -> tuple[dict[str, str], Response | None]:
    """The headers about the bucket, and the refusal of a call too many."""
    name, limit, seconds = bucket
    is_all, _, all_after = buckets.take("global", GLOBAL_PER_SECOND, 1.0)
    if not is_all:
        return {}, too_many(all_after, {"X-RateLimit-Global": "true"}, scope="global")
    is_welcome, remaining, after = buckets.take(f"{name}/{owner}", limit, seconds)
    headers = {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{sandbox.clock.now() / 1e6 + after:.3f}",
        "X-RateLimit-Reset-After": f"{after:.3f}",
        "X-RateLimit-Bucket": f"{hash_of(name):08x}",
    }
    return headers, None if is_welcome else too_many(after, headers, scope="user")


def hash_of(name: str) -> int:
    """A number that hides a bucket's name, as Discord's do."""
    value = 0
    for letter in name.encode():
        value = (value * 257 + letter) % 2**32
    return value


def too_many(after: float, headers: dict[str, str], *, scope: str) -> Response:
    """Discord's own 429."""
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(after, 3),
        "global": scope == "global",
        "code": 0,
    }
    headers = headers | {"Retry-After": str(math.ceil(after)), "X-RateLimit-Scope": scope}
    return answer(body, headers, 429)


def banned() -> Response:
    """Cloudflare's 429: HTML, and no Via header."""
    page = b"<!DOCTYPE html><html><title>Access denied | discord.com</title></html>"
    return Response(page, 429, {"Retry-After": str(BAN_SECONDS)}, "text/html")


def answer(body: Any, headers: Mapping[str, str], status: int = 200) -> Response:
    """An answer as Discord's own servers give it."""
    return Response(
        msgspec.json.encode(body), status, {**headers, "Via": "1.1 google"}, "application/json"
    )


def check_bot(sandbox: Sandbox, request: Request) -> None:
    """Refuses a missing, wrong or revoked token, and a client that does not say what it is."""
    if not request.headers.get("user-agent", "").startswith("DiscordBot ("):
        raise Refused(403, 40333, "internal network error")
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    is_known = scheme == "Bot" and value == sandbox.token.value and not sandbox.token.is_revoked
    if not is_known:
        raise Refused(401, 0, "401: Unauthorized")


def parse(request: Request, known: Mapping[str, tuple[int, int] | str]) -> Json:
    """The query's parameters; (low, high) is a number, else `snowflake`, `bool` or `time`."""
    given = list(request.query_params.multi_items())
    values: Json = {}
    for name, value in given:
        kind = known.get(name)
        if kind is None or name in values:
            raise bad_form(name, "UNKNOWN_PARAMETER", "This parameter is not known here")
        values[name] = _value(name, value, kind)
    if len({"before", "after", "around"} & values.keys()) > 1:
        raise bad_form("after", "MUTUALLY_EXCLUSIVE", "Only one of before, after, around")
    return values


def _value(name: str, value: str, kind: tuple[int, int] | str) -> Any:
    if kind == "bool":
        if value not in ("true", "false"):
            raise bad_form(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        return value == "true"
    if kind == "time":
        try:
            return int(datetime.fromisoformat(value).timestamp() * 1_000_000)
        except ValueError:
            raise bad_form(name, "DATE_TIME_TYPE_PARSE", "Invalid ISO8601 timestamp") from None
    if not re.fullmatch(r"0|[1-9]\d{0,19}", value):
        raise bad_form(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
    number = int(value)
    if isinstance(kind, tuple) and not kind[0] <= number <= kind[1]:
        raise bad_form(name, "NUMBER_TYPE_RANGE", f"Must be between {kind[0]} and {kind[1]}.")
    return number
