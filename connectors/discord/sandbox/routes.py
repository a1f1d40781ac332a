"""Discord's REST API over the made-up community: /discord/api/v10/…"""

from bisect import bisect_left, bisect_right
from collections.abc import Awaitable, Callable
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.discord.sandbox import rows as rows
from connectors.discord.sandbox.call import (
    BOT_ROLE,
    COLLECTOR_BOT,
    CONNECT,
    EVERYONE_ROLE,
    PEOPLE_ROLE,
    READ_MESSAGE_HISTORY,
    VIEW_CHANNEL,
    Bot,
    BotWish,
    Buckets,
    Json,
    Refused,
    answer,
    banned,
    check_bot,
    limit_headers,
    overwrites,
    parse,
)
from connectors.discord.sandbox.guild import FORUM, GUILD_ID, MEDIA, Guild, Place, Thread
from connectors.discord.sandbox.scheduled_events import Happening, make_events
from connectors.sandbox.state import Sandbox

SOURCE_KEYS = [f'server = "{GUILD_ID}"']
ROOT = "/discord/api/v10"
FOREVER = 2**64
Parameters = dict[str, tuple[int, int] | str]
Answer = Callable[["Discord", Request, Json], Any]
_SPAN: Parameters = {"before": "snowflake", "after": "snowflake"}


class Discord:
    """One server behind one bot."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.bot, self.buckets = Bot(), Buckets(sandbox.clock)

    @cached_property
    def guild(self) -> Guild:
        """Made when it is first asked for: who serves another platform never waits for it."""
        return Guild(self.sandbox.world)

    @cached_property
    def events(self) -> dict[int, Happening]:
        """The scheduled events by their ids."""
        return {event.id: event for event in make_events(self.guild)}

    @property
    def now(self) -> int:
        """The world's time."""
        return self.sandbox.clock.now()

    def check_guild(self, request: Request) -> None:
        """Refuses another server than the one that there is."""
        if _id(request, "guild") != GUILD_ID:
            raise Refused(404, 10004, "Unknown Guild")

    def place(self, request: Request) -> Place:
        """The channel or thread that is asked for, where the bot may see it."""
        place = self.guild.place(_id(request, "channel"), self.now)
        if place is None:
            raise Refused(404, 10003, "Unknown Channel")
        self.bot.check_view(place)
        return place

    def event(self, request: Request) -> Happening:
        """The scheduled event that is asked for."""
        event = self.events.get(_id(request, "event"))
        if event is None or not event.is_listed(self.now):
            raise Refused(404, 10070, "Unknown Guild Scheduled Event")
        return event

    def roles_of(self, number: int) -> list[str]:
        """The roles of a member besides the one that everybody has."""
        return [str(BOT_ROLE if number == COLLECTOR_BOT else PEOPLE_ROLE)]


def _id(request: Request, name: str) -> int:
    value = request.path_params[name]
    if not value.isdigit():
        raise Refused(400, 50035, "Invalid Form Body")
    return int(value)


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """What is mounted for this platform, and the control of its bot."""
    discord = Discord(sandbox)

    def endpoint(call: "Call") -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            return call.answered(discord, request)

        return answered

    async def change_bot(request: Request) -> Response:
        try:
            discord.bot.change(msgspec.json.decode(await request.body(), type=BotWish))
        except msgspec.ValidationError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"intents": discord.bot.intents})

    async def unknown(request: Request) -> Response:
        return answer({"message": "404: Not Found", "code": 0}, {}, 404)

    return [
        Route("/sandbox/discord/bot", change_bot, methods=["POST"]),
        *(Route(ROOT + call.path, endpoint(call), methods=["GET"]) for call in CALLS),
        Route("/discord/api/{rest:path}", unknown),
    ]


class Call:
    """One call: its path, what it gives, its parameters, and its bucket's size and seconds."""

    def __init__(
        self,
        path: str,
        give: Answer,
        known: Parameters | None = None,
        limit: tuple[int, float] = (10, 10.0),
    ) -> None:
        self.path, self.give, self.known, self.limit = path, give, known or {}, limit

    def answered(self, discord: Discord, request: Request) -> Response:
        """The answer, or the refusal."""
        if discord.bot.bans > 0:
            discord.bot.bans -= 1
            return banned()
        headers: dict[str, str] = {}
        if discord.sandbox.limits:
            owner = next(iter(request.path_params.values()), "")
            bucket = (self.path, *self.limit)
            headers, refusal = limit_headers(discord.sandbox, discord.buckets, bucket, owner)
            if refusal is not None:
                return refusal
        try:
            check_bot(discord.sandbox, request)
            return answer(self.give(discord, request, parse(request, self.known)), headers)
        except Refused as refused:
            return answer(refused.body, headers, refused.status)


def _me(discord: Discord, request: Request, given: Json) -> Json:
    row = rows.user_row(discord.guild, COLLECTOR_BOT)
    return row | {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def _application(discord: Discord, request: Request, given: Json) -> Json:
    return rows.application_row(discord.guild, COLLECTOR_BOT, discord.bot.flags)


def _guild(discord: Discord, request: Request, given: Json) -> Json:
    discord.check_guild(request)
    roles = [
        rows.role_row(EVERYONE_ROLE, "@everyone", 0),
        rows.role_row(PEOPLE_ROLE, "People", VIEW_CHANNEL | READ_MESSAGE_HISTORY | CONNECT),
        rows.role_row(BOT_ROLE, "Vitals", discord.bot.permissions),
    ]
    row = rows.guild_row(discord.guild, roles, discord.now)
    counts = {name: row.pop(name) for name in list(row) if name.startswith("approximate_")}
    return row | counts if given.get("with_counts") else row


def _member(discord: Discord, request: Request, given: Json) -> Json:
    discord.check_guild(request)
    user = _id(request, "user")
    for number in discord.guild.members(discord.now):
        if discord.guild.user_ids[number] == user:
            return rows.member_row(discord.guild, number, discord.roles_of(number))
    raise Refused(404, 10007, "Unknown Member")


def _members(discord: Discord, request: Request, given: Json) -> list[Json]:
    discord.check_guild(request)
    if "GUILD_MEMBERS" not in discord.bot.intents:
        raise Refused(403, 50001, "Missing Access")
    guild, numbers = discord.guild, discord.guild.members(discord.now)
    begin = bisect_right(numbers, given.get("after", 0), key=guild.user_ids.__getitem__)
    page = numbers[begin : begin + given.get("limit", 1)]
    return [rows.member_row(guild, number, discord.roles_of(number)) for number in page]


def _channels(discord: Discord, request: Request, given: Json) -> list[Json]:
    discord.check_guild(request)
    now = discord.now
    return [
        rows.channel_row(place, overwrites(place), _last(discord, place), now)
        for place in discord.guild.channels.values()
        if place.created_at <= now
    ]


def _last(discord: Discord, place: Place) -> int | None:
    """A channel's last message; of a forum, its last post."""
    if place.kind not in (FORUM, MEDIA):
        return place.last_message_id(discord.now)
    threads = discord.guild.threads_of[place.id]
    return max((t.id for t in threads if t.created_at <= discord.now), default=None)


def _active(discord: Discord, request: Request, given: Json) -> Json:
    discord.check_guild(request)
    threads = [
        thread
        for place in discord.guild.channels.values()
        if discord.bot.may(place, VIEW_CHANNEL)
        for thread in discord.guild.threads_of[place.id]
        if thread.exists(discord.now) and not thread.archived_at(discord.now)
    ]
    return _threads(discord, threads, more=False)


def _archived(discord: Discord, request: Request, given: Json) -> Json:
    place, now = discord.place(request), discord.now
    if not discord.bot.may(place, READ_MESSAGE_HISTORY):
        raise Refused(403, 50013, "Missing Permissions")
    archived = discord.guild.archived(place.id, now)
    end = bisect_left(archived, given.get("before", FOREVER), key=lambda pair: pair[0])
    begin = max(0, end - given.get("limit", 50))
    found = [thread for _, thread in reversed(archived[begin:end])]
    return _threads(discord, found, more=begin > 0)


def _threads(discord: Discord, threads: list[Thread], *, more: bool) -> Json:
    listed = [rows.thread_row(discord.guild, thread, discord.now) for thread in threads]
    return {"threads": listed, "members": [], "has_more": more}


def _messages(discord: Discord, request: Request, given: Json) -> list[Json]:
    """The page next to the id that is given, newest first."""
    place, now = discord.place(request), discord.now
    if place.kind in (FORUM, MEDIA):
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    if not discord.bot.may(place, READ_MESSAGE_HISTORY):
        return []
    limit = given.get("limit", 50)
    if "after" in given:
        page = list(islice(place.after(given["after"], now), limit))[::-1]
    elif "around" in given:
        older = list(islice(place.before(given["around"] + 1, now), limit // 2 + 1))
        newer = list(islice(place.after(given["around"], now), limit - len(older)))
        page = newer[::-1] + older
    else:
        page = list(islice(place.before(given.get("before", FOREVER), now), limit))
    with_text = "MESSAGE_CONTENT" in discord.bot.intents
    guild = discord.guild
    return [rows.message_row(guild, place, entry, now, with_text=with_text) for entry in page]


def _reactors(discord: Discord, request: Request, given: Json) -> list[Json]:
    place, now, message = discord.place(request), discord.now, _id(request, "message")
    entry = next(place.after(message - 1, now), None)
    if entry is None or entry.id != message or entry.post is None:
        raise Refused(404, 10008, "Unknown Message")
    asked = unquote(request.path_params["emoji"]).partition(":")
    ids = sorted(
        (discord.guild.user_ids[number], number)
        for at, emoji, number in entry.post.reactions
        if at <= now and rows.emoji_row(emoji)["name"] == asked[0]
    )
    found = (number for user, number in ids if user > given.get("after", 0))
    return [rows.user_row(discord.guild, n) for n in islice(found, given.get("limit", 25))]


def _events(discord: Discord, request: Request, given: Json) -> list[Json]:
    discord.check_guild(request)
    now = discord.now
    listed = [
        rows.event_row(discord.guild, event, now)
        for event in discord.events.values()
        if event.is_listed(now)
    ]
    if not given.get("with_user_count"):
        for row in listed:
            del row["user_count"]
    return listed


def _interested(discord: Discord, request: Request, given: Json) -> list[Json]:
    discord.check_guild(request)
    event, guild = discord.event(request), discord.guild
    numbers = event.people(discord.now, guild.user_ids)
    found = (n for n in numbers if guild.user_ids[n] > given.get("after", 0))
    return [
        {
            "guild_scheduled_event_id": str(event.id),
            "user_id": str(guild.user_ids[number]),
            "user": rows.user_row(guild, number),
            "response": 1,
        }
        for number in islice(found, given.get("limit", 100))
    ]


_PAGE: Parameters = {"limit": (1, 100)}
_AFTER: Parameters = {"after": "snowflake"}
_GUILD, _CHANNEL = "/guilds/{guild}", "/channels/{channel}"
CALLS = [
    Call("/users/@me", _me),
    Call("/applications/@me", _application),
    Call(_GUILD, _guild, {"with_counts": "bool"}),
    Call(f"{_GUILD}/members", _members, {"limit": (1, 1000), **_AFTER}),
    Call(f"{_GUILD}/members/{{user}}", _member),
    Call(f"{_GUILD}/channels", _channels),
    Call(f"{_GUILD}/threads/active", _active),
    Call(f"{_GUILD}/scheduled-events", _events, {"with_user_count": "bool"}),
    Call(
        f"{_GUILD}/scheduled-events/{{event}}/users",
        _interested,
        {**_PAGE, **_SPAN, "with_member": "bool"},
    ),
    Call(f"{_CHANNEL}/messages", _messages, {**_PAGE, **_SPAN, "around": "snowflake"}, (5, 5.0)),
    Call(
        f"{_CHANNEL}/messages/{{message}}/reactions/{{emoji}}",
        _reactors,
        {**_PAGE, **_AFTER, "type": (0, 1)},
        (5, 5.0),
    ),
    Call(
        f"{_CHANNEL}/threads/archived/public",
        _archived,
        {"limit": (2, 100), "before": "time"},
        (5, 5.0),
    ),
]
