"""Slack's Web API over the made-up community: /slack/api/METHOD."""

from functools import cached_property
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from connectors.sandbox.community import World
from connectors.sandbox.conversation import Channel
from connectors.sandbox.identities import identities
from connectors.sandbox.state import Sandbox
from connectors.sandbox.text import TEXT_MARK
from connectors.slack.sandbox import messages as slack_messages
from connectors.slack.sandbox.call import (
    Arguments,
    ErrorResponse,
    Method,
    arguments_of,
    check_limits,
    check_scope,
    check_token,
    encode_cursor,
    parse,
)
from connectors.slack.sandbox.workspace import (
    PROFILE_FIELDS,
    Workspace,
    channel_row,
    user_id,
    user_row,
)

BIG_TEAM = 500  # from so many users on, users.list insists on a limit
_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def account_ids(world: World) -> dict[int, str]:
    """Return the id of everybody's account here, by the person's number."""
    return {number: user_id(world, number) for number in identities(world, "slack")}


class Slack:
    """One workspace behind one token."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    @cached_property
    def workspace(self) -> Workspace:
        """Made at the first call, so that no other platform waits for it."""
        return Workspace(self.sandbox.world)

    @property
    def now(self) -> int:
        """The sandbox's clock, microseconds since 1970."""
        return self.sandbox.clock.now()

    def channel(self, arguments: Arguments) -> Channel:
        """Return the channel of a call. Raises ErrorResponse where the token may not see it."""
        channel = self.workspace.channels_by_id.get(arguments["channel"])
        if channel is None or channel.created_at > self.now:
            raise ErrorResponse("channel_not_found")
        if channel.plan.kind == "private" and "groups:read" not in self.sandbox.token.scopes:
            raise ErrorResponse("channel_not_found")
        return channel


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the routes of this platform."""
    slack = Slack(sandbox)

    async def call(request: Request) -> Response:
        name = request.path_params["method"]
        headers = {"x-slack-req-id": f"sandbox{sandbox.stats.requests.total():08}"}
        try:
            body = await _body(slack, name, request, headers)
        except ErrorResponse as error:
            if error.retry_after is not None:
                headers["retry-after"] = str(error.retry_after)
                return _json(error.body, headers, 429)
            body = error.body
        return _json(body, headers)

    return [Route("/slack/api/{method}", call, methods=["GET", "POST"])]


async def _body(
    slack: Slack, name: str, request: Request, headers: dict[str, str]
) -> dict[str, Any]:
    """Return a response's body; adds the headers about scopes once the token is known."""
    method = METHODS.get(name)
    if method is None:
        raise ErrorResponse("unknown_method", req_method=name)
    check_token(slack.sandbox, request.headers.get("authorization", ""))
    headers["x-oauth-scopes"] = ",".join(slack.sandbox.token.scopes)
    headers["x-accepted-oauth-scopes"] = method.scope or ""
    check_limits(slack.sandbox, name, method)
    check_scope(slack.sandbox, method.scope)
    arguments = parse(name, method, await arguments_of(request))
    return {"ok": True, **method.body(slack, arguments)}


def _json(body: dict[str, Any], headers: dict[str, str], status: int = 200) -> Response:
    kind = "application/json; charset=utf-8"
    return Response(msgspec.json.encode(body), status, headers, kind)


def _auth_test(slack: Slack, arguments: Arguments) -> dict[str, Any]:
    return {
        "url": "https://sandbox.invalid/",
        "team": "Sandbox Community",
        "user": "community-vitals",
        "team_id": slack.workspace.team_id,
        "user_id": slack.workspace.bot_user_id(),
        "bot_id": slack.workspace.bot_id(3),
        "is_enterprise_install": False,
    }


def _team_info(slack: Slack, arguments: Arguments) -> dict[str, Any]:
    team = {
        "id": slack.workspace.team_id,
        "name": "Sandbox Community",
        "url": "https://sandbox.invalid/",
        "domain": "sandbox",
        "email_domain": "",
        "icon": {"image_default": True},
        "avatar_base_url": "https://avatars.sandbox.invalid/",
        "is_verified": False,
    }
    return {"team": team}


def _team_profile(slack: Slack, arguments: Arguments) -> dict[str, Any]:
    fields = [
        {
            "id": id,
            "ordering": ordering,
            "label": label,
            "hint": f"{TEXT_MARK}?",
            "type": kind,
            "possible_values": None,
            "options": None,
            "is_hidden": False,
        }
        for ordering, (id, label, kind) in enumerate(PROFILE_FIELDS)
    ]
    return {"profile": {"fields": fields}}


def _users_list(slack: Slack, arguments: Arguments) -> dict[str, Any]:
    now = slack.now
    workspace = slack.workspace
    numbers = workspace.user_numbers(now)
    limit = arguments.get("limit")
    if limit is None and len(numbers) >= BIG_TEAM:
        raise ErrorResponse("limit_required")
    last = arguments.get("cursor", "").removeprefix("user:")[::-1]
    rest = [number for number in numbers if workspace.user_ids[number][::-1] > last]
    page = rest[:limit]
    more = len(page) < len(rest)
    position = f"user:{workspace.user_ids[page[-1]]}" if more else ""
    return {
        "members": [_user(slack, number, arguments) for number in page],
        "cache_ts": now // 1_000_000,
        **_next(position, arguments),
    }


def _users_info(slack: Slack, arguments: Arguments) -> dict[str, Any]:
    number = slack.workspace.authors_by_id.get(arguments["user"])
    now = slack.now
    people = slack.workspace.world.people
    if number is None or (number >= 0 and people[number].joined_at > now):
        raise ErrorResponse("user_not_found")
    return {"user": _user(slack, number, arguments)}


def _user(slack: Slack, number: int, arguments: Arguments) -> dict[str, Any]:
    email = "users:read.email" in slack.sandbox.token.scopes
    locale = bool(arguments.get("include_locale"))
    now = slack.now
    return user_row(slack.workspace, number, now, email=email, locale=locale)


def _next(position: str, arguments: Arguments) -> dict[str, Any]:
    cursor = encode_cursor(position, arguments["list"]) if position else ""
    return {"response_metadata": {"next_cursor": cursor}}


def _conversations_list(slack: Slack, arguments: Arguments) -> dict[str, Any]:
    """Filters come after paging, so a page may be short and not the last."""
    types = arguments.get("types", "public_channel").split(",")
    for kind in types:
        if kind not in _TYPES:
            raise ErrorResponse("invalid_types")
        check_scope(slack.sandbox, f"{_TYPES[kind]}:read")
    now = slack.now
    channels = [channel for channel in slack.workspace.channels if channel.created_at <= now]
    first = int(arguments.get("cursor", "channel:0").removeprefix("channel:"))
    last = first + arguments.get("limit", 100)
    rows = [
        channel_row(slack.workspace, channel, now)
        for channel in channels[first:last]
        if ("private_channel" if channel.plan.kind == "private" else "public_channel") in types
        and not (arguments.get("exclude_archived") and 0 < channel.archived_at <= now)
    ]
    return {"channels": rows, **_next(f"channel:{last}" if last < len(channels) else "", arguments)}


def _conversations_members(slack: Slack, arguments: Arguments) -> dict[str, Any]:
    members = slack.workspace.members(slack.channel(arguments), slack.now)
    first = int(arguments.get("cursor", "member:0").removeprefix("member:"))
    last = first + arguments.get("limit", 100)
    position = f"member:{last}" if last < len(members) else ""
    return {"members": members[first:last], **_next(position, arguments)}


def _conversations_history(slack: Slack, arguments: Arguments) -> dict[str, Any]:
    channel = _readable(slack, arguments)
    page = slack_messages.history(slack.workspace, channel, slack.sandbox, arguments)
    return page | {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}


def _conversations_replies(slack: Slack, arguments: Arguments) -> dict[str, Any]:
    channel = _readable(slack, arguments)
    return slack_messages.replies(slack.workspace, channel, slack.sandbox, arguments)


def _readable(slack: Slack, arguments: Arguments) -> Channel:
    channel = slack.channel(arguments)
    if channel.plan.kind == "private":
        check_scope(slack.sandbox, "groups:history")
    if not slack.workspace.has_bot(channel):
        raise ErrorResponse("not_in_channel")
    return channel


_PAGE = {"cursor": "str", "limit": "int"}
_SPAN = {"oldest": "ts", "latest": "ts", "inclusive": "bool"}
METHODS = {
    "auth.test": Method(_auth_test, 600, None, {}),
    "team.info": Method(_team_info, 50, "team:read", {"team": "str"}),
    "team.profile.get": Method(_team_profile, 50, "users.profile:read", {"visibility": "str"}),
    "users.list": Method(
        _users_list, 20, "users:read", _PAGE | {"include_locale": "bool"}, max_limit=1000
    ),
    "users.info": Method(
        _users_info, 100, "users:read", {"user": "str", "include_locale": "bool"}, ("user",)
    ),
    "conversations.list": Method(
        _conversations_list, 20, None, _PAGE | {"types": "str", "exclude_archived": "bool"}
    ),
    "conversations.members": Method(
        _conversations_members, 100, "channels:read", _PAGE | {"channel": "str"}, ("channel",)
    ),
    "conversations.history": Method(
        _conversations_history,
        50,
        "channels:history",
        _PAGE | _SPAN | {"channel": "str", "include_all_metadata": "bool"},
        ("channel",),
        is_history=True,
    ),
    "conversations.replies": Method(
        _conversations_replies,
        50,
        "channels:history",
        _PAGE | _SPAN | {"channel": "str", "ts": "ts", "include_all_metadata": "bool"},
        ("channel", "ts"),
        is_history=True,
    ),
}
