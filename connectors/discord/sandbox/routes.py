"""Discord's REST API over the made-up community: /discord/api/v10/…"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.discord.sandbox import rows
from connectors.discord.sandbox.call import (
    BOT_ROLE,
    COLLECTOR_BOT,
    CONNECT,
    EVERYONE_ROLE,
    PEOPLE_ROLE,
    READ_MESSAGE_HISTORY,
    VIEW_CHANNEL,
    Bot,
    BotChange,
    Buckets,
    ErrorResponse,
    Json,
    ban_response,
    check_bot,
    json_response,
    overwrites,
    parse,
)
from connectors.discord.sandbox.guild import (
    FORUM,
    GUILD_ID,
    MEDIA,
    Channel,
    Guild,
    Thread,
    user_id,
)
from connectors.discord.sandbox.scheduled_events import ScheduledEvent, make_events
from connectors.sandbox.community import World
from connectors.sandbox.identities import identities
from connectors.sandbox.state import Sandbox

SOURCE_KEYS = [f'server = "{GUILD_ID}"']
ROOT = "/discord/api/v10"
FOREVER = 2**64
Parameters = dict[str, tuple[int, int] | str]
Handler = Callable[["Discord", Request, Json], Any]


def account_ids(world: World) -> dict[int, str]:
    """Return the id of everybody's account here, by the person's number."""
    there = identities(world, "discord")
    return {number: str(user_id(world.people[number])) for number in there}


class Discord:
    """One server behind one bot."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.bot, self.buckets = Bot(), Buckets(sandbox.clock)

    @cached_property
    def guild(self) -> Guild:
        """Made at the first call: a sandbox that serves another platform never makes it."""
        return Guild(self.sandbox.world)

    @cached_property
    def events(self) -> dict[int, ScheduledEvent]:
        """The scheduled events by their ids."""
        return {event.id: event for event in make_events(self.guild)}

    @property
    def now(self) -> int:
        """The world's time."""
        return self.sandbox.clock.now()

    def check_guild(self, request: Request) -> None:
        """Raise ErrorResponse for the path of another server."""
        if "guild" in request.path_params and _id(request, "guild") != GUILD_ID:
            raise ErrorResponse(404, 10004, "Unknown Guild")

    def channel(self, request: Request) -> Channel:
        """Return the channel or thread in the path, where the bot may see it."""
        channel = self.guild.find(_id(request, "channel"), self.now)
        if channel is None:
            raise ErrorResponse(404, 10003, "Unknown Channel")
        self.bot.check_view(channel)
        return channel

    def member(self, number: int) -> Json:
        """Return a member with a role besides the one that everybody has."""
        role = BOT_ROLE if number == COLLECTOR_BOT else PEOPLE_ROLE
        return rows.member_row(self.guild, number, [str(role)])


def _id(request: Request, name: str) -> int:
    value = request.path_params[name]
    if not value.isdigit():
        raise ErrorResponse(400, 50035, "Invalid Form Body")
    return int(value)


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the routes of this platform, and the control of its bot."""
    discord = Discord(sandbox)

    async def change_bot(request: Request) -> Response:
        try:
            discord.bot.change(msgspec.json.decode(await request.body(), type=BotChange))
        except msgspec.ValidationError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"intents": discord.bot.intents})

    async def unknown(request: Request) -> Response:
        return json_response({"message": "404: Not Found", "code": 0}, {}, 404)

    return [
        Route("/sandbox/discord/bot", change_bot, methods=["POST"]),
        *(endpoint.route(discord) for endpoint in ENDPOINTS),
        Route("/discord/api/{rest:path}", unknown),
    ]


@dataclass(frozen=True)
class Endpoint:
    """One call: its path, its handler, its parameters, and its bucket's size and seconds."""

    path: str
    handler: Handler
    parameters: Parameters = field(default_factory=dict)
    limit: tuple[int, float] = (10, 10.0)

    def route(self, discord: Discord) -> Route:
        """Return the route that serves this call."""

        async def respond(request: Request) -> Response:
            return self.respond(discord, request)

        return Route(ROOT + self.path, respond, methods=["GET"])

    def respond(self, discord: Discord, request: Request) -> Response:
        """Return the result of a call, or its error."""
        if discord.bot.bans > 0:
            discord.bot.bans -= 1
            return ban_response()
        headers: dict[str, str] = {}
        try:
            if discord.sandbox.limits:
                owner = next(iter(request.path_params.values()), "")
                headers = discord.buckets.take(self.path, owner, *self.limit)
            check_bot(discord.sandbox, request)
            given = parse(request, self.parameters)
            discord.check_guild(request)
            return json_response(self.handler(discord, request, given), headers)
        except ErrorResponse as error:
            return json_response(error.body, {**headers, **error.headers}, error.status)


def _me(discord: Discord, request: Request, given: Json) -> Json:
    row = rows.user_row(discord.guild, COLLECTOR_BOT)
    return row | {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def _application(discord: Discord, request: Request, given: Json) -> Json:
    return rows.application_row(discord.guild, COLLECTOR_BOT, discord.bot.flags)


def _guild(discord: Discord, request: Request, given: Json) -> Json:
    roles = [
        rows.role_row(EVERYONE_ROLE, "@everyone", 0),
        rows.role_row(PEOPLE_ROLE, "People", VIEW_CHANNEL | READ_MESSAGE_HISTORY | CONNECT),
        rows.role_row(BOT_ROLE, "Vitals", discord.bot.permissions),
    ]
    row = rows.guild_row(discord.guild, roles, discord.now)
    counts = {name: row.pop(name) for name in list(row) if name.startswith("approximate_")}
    return row | counts if given.get("with_counts") else row


def _member(discord: Discord, request: Request, given: Json) -> Json:
    user = _id(request, "user")
    for number in discord.guild.members(discord.now):
        if discord.guild.user_ids[number] == user:
            return discord.member(number)
    raise ErrorResponse(404, 10007, "Unknown Member")


def _members(discord: Discord, request: Request, given: Json) -> list[Json]:
    if "GUILD_MEMBERS" not in discord.bot.intents:
        raise ErrorResponse(403, 50001, "Missing Access")
    guild, numbers = discord.guild, discord.guild.members(discord.now)
    begin = bisect_right(numbers, given.get("after", 0), key=guild.user_ids.__getitem__)
    page = numbers[begin : begin + given.get("limit", 1)]
    return [discord.member(number) for number in page]


def _channels(discord: Discord, request: Request, given: Json) -> list[Json]:
    now = discord.now
    return [
        rows.channel_row(channel, overwrites(channel), _last(discord, channel), now)
        for channel in discord.guild.channels.values()
        if channel.created_at <= now
    ]


def _last(discord: Discord, channel: Channel) -> int | None:
    """Return a channel's last message, or a forum's last post."""
    if channel.kind not in (FORUM, MEDIA):
        return channel.last_message_id(discord.now)
    threads = discord.guild.threads_of[channel.id]
    return max((t.id for t in threads if t.created_at <= discord.now), default=None)


def _active(discord: Discord, request: Request, given: Json) -> Json:
    threads = [
        thread
        for channel in discord.guild.channels.values()
        if discord.bot.may(channel, VIEW_CHANNEL)
        for thread in discord.guild.threads_of[channel.id]
        if thread.exists(discord.now) and not thread.archived_at(discord.now)
    ]
    return _threads(discord, threads, more=False)


def _archived(discord: Discord, request: Request, given: Json) -> Json:
    channel, now = discord.channel(request), discord.now
    if not discord.bot.may(channel, READ_MESSAGE_HISTORY):
        raise ErrorResponse(403, 50013, "Missing Permissions")
    archived = discord.guild.archived(channel.id, now)
    end = bisect_left(archived, given.get("before", FOREVER), key=lambda pair: pair[0])
    begin = max(0, end - given.get("limit", 50))
    found = [thread for _, thread in reversed(archived[begin:end])]
    return _threads(discord, found, more=begin > 0)


def _threads(discord: Discord, threads: list[Thread], *, more: bool) -> Json:
    listed = [rows.thread_row(discord.guild, thread, discord.now) for thread in threads]
    return {"threads": listed, "members": [], "has_more": more}


def _messages(discord: Discord, request: Request, given: Json) -> list[Json]:
    """Return the page next to the given id, newest first."""
    channel, now = discord.channel(request), discord.now
    if channel.kind in (FORUM, MEDIA):
        raise ErrorResponse(400, 50024, "Cannot execute action on this channel type")
    if not discord.bot.may(channel, READ_MESSAGE_HISTORY):
        return []
    limit = given.get("limit", 50)
    if "after" in given:
        page = list(islice(channel.after(given["after"], now), limit))[::-1]
    elif "around" in given:
        older = list(islice(channel.before(given["around"] + 1, now), limit // 2 + 1))
        newer = list(islice(channel.after(given["around"], now), limit - len(older)))
        page = newer[::-1] + older
    else:
        page = list(islice(channel.before(given.get("before", FOREVER), now), limit))
    guild, with_text = discord.guild, "MESSAGE_CONTENT" in discord.bot.intents
    return [rows.message_row(guild, channel, m, now, with_text=with_text) for m in page]


def _message(discord: Discord, request: Request, given: Json) -> Json:
    channel, now = discord.channel(request), discord.now
    if not discord.bot.may(channel, READ_MESSAGE_HISTORY):
        raise ErrorResponse(403, 50013, "Missing Permissions")
    message = channel.find(_id(request, "message"), now)
    if message is None:
        raise ErrorResponse(404, 10008, "Unknown Message")
    with_text = "MESSAGE_CONTENT" in discord.bot.intents
    return rows.message_row(discord.guild, channel, message, now, with_text=with_text)


def _reactors(discord: Discord, request: Request, given: Json) -> list[Json]:
    channel, guild, now = discord.channel(request), discord.guild, discord.now
    message = channel.find(_id(request, "message"), now)
    if message is None or message.post is None:
        raise ErrorResponse(404, 10008, "Unknown Message")
    name, _, _ = unquote(request.path_params["emoji"]).partition(":")
    numbers = [
        number
        for at, emoji, number in message.post.reactions
        if at <= now and rows.emoji_row(emoji)["name"] == name
    ]
    return [rows.user_row(guild, n) for n in _page(guild, numbers, given, 25)]


def _page(guild: Guild, numbers: list[int], given: Json, limit: int) -> Iterator[int]:
    """Return the people after the given id, by id; `limit` of them by default."""
    ids = sorted((guild.user_ids[number], number) for number in numbers)
    later = (number for user, number in ids if user > given.get("after", 0))
    return islice(later, given.get("limit", limit))


def _events(discord: Discord, request: Request, given: Json) -> list[Json]:
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


def _event(discord: Discord, request: Request, given: Json) -> Json:
    event = discord.events.get(_id(request, "event"))
    if event is None or not event.is_listed(discord.now):
        raise ErrorResponse(404, 10070, "Unknown Guild Scheduled Event")
    return rows.event_row(discord.guild, event, discord.now)


def _interested(discord: Discord, request: Request, given: Json) -> list[Json]:
    guild, event = discord.guild, discord.events.get(_id(request, "event"))
    if event is None or not event.is_listed(discord.now):
        raise ErrorResponse(404, 10070, "Unknown Guild Scheduled Event")
    return [
        {
            "guild_scheduled_event_id": str(event.id),
            "user_id": str(guild.user_ids[number]),
            "user": rows.user_row(guild, number),
            "response": 1,
        }
        for number in _page(guild, event.people(discord.now), given, 100)
    ]


_PAGE: Parameters = {"limit": (1, 100), "after": "snowflake"}
_BOTH_WAYS: Parameters = {**_PAGE, "before": "snowflake"}
_GUILD, _CHANNEL = "/guilds/{guild}", "/channels/{channel}"
_EVENTS = f"{_GUILD}/scheduled-events"
_MESSAGES, _ARCHIVED = f"{_CHANNEL}/messages", f"{_CHANNEL}/threads/archived/public"
_REACTORS = f"{_MESSAGES}/{{message}}/reactions/{{emoji}}"
_NARROW = (5, 5.0)
ENDPOINTS = [
    Endpoint("/users/@me", _me),
    Endpoint("/applications/@me", _application),
    Endpoint(_GUILD, _guild, {"with_counts": "bool"}),
    Endpoint(f"{_GUILD}/members", _members, {"limit": (1, 1000), "after": "snowflake"}),
    Endpoint(f"{_GUILD}/members/{{user}}", _member),
    Endpoint(f"{_GUILD}/channels", _channels),
    Endpoint(f"{_GUILD}/threads/active", _active),
    Endpoint(_EVENTS, _events, {"with_user_count": "bool"}),
    Endpoint(f"{_EVENTS}/{{event}}", _event, {"with_user_count": "bool"}),
    Endpoint(f"{_EVENTS}/{{event}}/users", _interested, {**_BOTH_WAYS, "with_member": "bool"}),
    Endpoint(_MESSAGES, _messages, {**_BOTH_WAYS, "around": "snowflake"}, _NARROW),
    Endpoint(f"{_MESSAGES}/{{message}}", _message, {}, _NARROW),
    Endpoint(_REACTORS, _reactors, {**_PAGE, "type": (0, 1)}, _NARROW),
    Endpoint(_ARCHIVED, _archived, {"limit": (2, 100), "before": "time"}, _NARROW),
]
