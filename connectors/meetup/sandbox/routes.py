"""Meetup's GraphQL over the made-up community at /meetup/gql-ext, tokens at /meetup/oauth2/access.

Both are served under /meetup/api as well, where the base_url of a demo's source points.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from connectors.meetup.sandbox.model import FIRST_MEMBER, Group
from connectors.meetup.sandbox.page import Json
from connectors.meetup.sandbox.rows import COLLECTOR, Rows
from connectors.meetup.sandbox.schema import execute
from connectors.meetup.sandbox.token import NotGranted, Tokens
from connectors.meetup.sandbox.view import View
from connectors.meetup.sandbox.world import NETWORK, NETWORK_ID, MeetupWorld
from connectors.sandbox.community import SECOND, World
from connectors.sandbox.identities import identities
from connectors.sandbox.state import Sandbox

# The lines of vitals.toml that a source of this kind needs besides its address and token.
SOURCE_KEYS = [f'network = "{NETWORK}"']
POINTS, WINDOW_SECONDS = 500, 60.0


def account_ids(world: World) -> dict[int, str]:
    """Return the id of everybody's account here, by the person's number."""
    return {number: str(FIRST_MEMBER + number) for number in identities(world, "meetup")}


class Query(msgspec.Struct):
    """The body of a GraphQL request."""

    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815


class Points:
    """The points of the running minute: one for each query, as Meetup publishes no costs."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._ends, self._used = 0.0, 0

    def take(self) -> Json | None:
        """Take a point for a query; return the error where none is left."""
        clock = self._sandbox.clock
        now = clock.platform_seconds()
        if now >= self._ends:
            self._ends, self._used = now + WINDOW_SECONDS, 0
        self._used += 1
        if not self._sandbox.limits or self._used <= POINTS:
            return None
        reset = math.ceil(clock.now() / SECOND + (self._ends - now) / clock.rate_scale)
        return {
            "message": "Too many requests, please try again shortly.",
            "extensions": {
                "code": "RATE_LIMITED",
                "consumedPoints": self._used,
                "resetAt": f"{datetime.fromtimestamp(reset, UTC):%Y-%m-%dT%H:%M:%SZ}",
            },
        }


class Meetup:
    """The network behind one client."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.world = MeetupWorld(sandbox.world)
        self.tokens, self.points = Tokens(sandbox), Points(sandbox)

    def root(self) -> Json:
        """Return the root of a query as of now."""
        rows = Rows(View(self.world, self.sandbox.clock.now()))
        return {
            "self": lambda: rows.member(COLLECTOR),
            "group": lambda id: self._group(rows, lambda group: str(group.id) == id),
            "groupByUrlname": lambda urlname: self._group(
                rows, lambda group: group.urlname == urlname.lower()
            ),
            "event": lambda id: self._event(rows, id),
            "proNetwork": lambda urlname=None, id=None: (
                rows.network() if urlname == NETWORK or id == str(NETWORK_ID) else None
            ),
        }

    def _group(self, rows: Rows, is_it: Callable[[Group], bool]) -> Json | None:
        found = [c for c in self.world.groups if is_it(c)]
        return rows.group(found[0]) if found and found[0].founded_at <= rows.now else None

    def _event(self, rows: Rows, id: str) -> Json | None:
        found = self.world.find(id, rows.now)
        return rows.event(*found) if found else None


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the routes of this platform."""
    meetup = Meetup(sandbox)

    async def graphql(request: Request) -> Response:
        if not meetup.tokens.is_good(request.headers.get("authorization", "")):
            return _json({"errors": [{"message": "Unauthorized"}]}, 401)
        refusal = meetup.points.take()
        if refusal:
            return _json({"errors": [refusal]})
        try:
            query = msgspec.json.decode(await request.body(), type=Query)
        except msgspec.DecodeError as error:
            return _json({"errors": [{"message": f"Bad request: {error}"}]}, 400)
        return _json(execute(query.query, query.variables or {}, meetup.root()))

    async def access(request: Request) -> Response:
        try:
            return _json(meetup.tokens.access(await request.body()))
        except NotGranted as error:
            return _json({"error": str(error), "error_description": "Not granted"}, 400)

    return [
        Route(f"/meetup{under}{path}", respond, methods=["POST"])
        for under in ("", "/api")
        for path, respond in (("/gql-ext", graphql), ("/oauth2/access", access))
    ]


def _json(body: Json, status: int = 200) -> Response:
    kind = "application/json;charset=utf-8"
    return Response(msgspec.json.encode(body), status, media_type=kind)
