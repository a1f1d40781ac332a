"""A Meetup of a few groups whose members, events and RSVPs are given; strict about queries.

It knows the part of the schema that we query: any other field, argument or status is refused as
Meetup refuses it. Its clock stands still until somebody waits.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from graphql import GraphQLError, GraphQLScalarType, build_schema, graphql_sync

from connectors.sandbox.state import SANDBOX_TOKEN

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TOKEN_SECONDS = 3600
COUNTS = {
    "yesCount": "YES",
    "noCount": "NO",
    "waitlistCount": "WAITLIST",
    "attendedCount": "ATTENDED",
    "noShowCount": "NO_SHOW",
    "absentCount": "EXCUSED_ABSENCE",
}

SCHEMA = build_schema("""
scalar DateTime
scalar Duration
type Query {
  groupByUrlname(urlname: String!): Group
  event(id: ID!): Event
  proNetwork(id: ID, urlname: ID): ProNetwork
  self: Member
}
type ProNetwork { urlname: String! groupsSearch(input: Search!): GroupsFound! }
input Search { after: String first: Int }
type GroupsFound { totalCount: Int! pageInfo: PageInfo! edges: [GroupEdge!]! }
type GroupEdge { node: Group! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Group {
  id: ID! name: String! urlname: String! link: String status: GroupStatus! city: String
  country: String lat: Float lon: Float foundedDate: DateTime membershipMetadata: Membership
  memberships(after: String, first: Int, sort: JoinSort): GroupMemberConnection!
  events(after: String, first: Int, filter: EventFilter, sort: SortOrder): GroupEventConnection!
}
enum GroupStatus { PAID GRACE DEAD }
enum SortOrder { ASC DESC }
enum JoinField { JOIN_DATE NAME }
input JoinSort { sortField: JoinField sortOrder: SortOrder }
input EventFilter { status: [EventStatus] afterDateTime: DateTime beforeDateTime: DateTime }
enum EventStatus {
  ACTIVE AUTOSCHED AUTOSCHED_CANCELLED AUTOSCHED_DRAFT AUTOSCHED_FINISHED BLOCKED CANCELLED
  CANCELLED_PERM DRAFT PAST PENDING PROPOSED TEMPLATE
}
type GroupMemberConnection { totalCount: Int pageInfo: PageInfo edges: [MemberEdge!]! }
type MemberEdge { cursor: String! node: Member metadata: Membership }
type Member {
  id: ID! name: String email: String! memberUrl: String! adminProNetworks: [ProNetwork!]!
}
type Membership { status: String! role: String joinTime: DateTime }
type GroupEventConnection { totalCount: Int pageInfo: PageInfo edges: [EventEdge!]! }
type EventEdge { node: Event! }
type Venue { name: String! city: String country: String lat: Float lon: Float venueType: String }
type Event {
  id: ID! token: ID! title: String! description: String! eventUrl: String! status: EventStatus!
  eventType: String! dateTime: DateTime endTime: DateTime duration: Duration maxTickets: Int
  venues: [Venue!]
  rsvps(after: String, first: Int, filter: RsvpFilter, sort: RsvpSort): Rsvps!
}
input RsvpFilter { rsvpStatus: [RsvpStatus] }
input RsvpSort { sortField: RsvpField sortOrder: SortOrder }
enum RsvpField { DATETIME RSVP_ID }
enum RsvpStatus {
  YES NO WAITLIST ATTENDED NO_SHOW EXCUSED_ABSENCE YES_PENDING_PAYMENT HAVENT MAYBE
}
type Rsvps {
  totalCount: Int yesCount: Int noCount: Int waitlistCount: Int attendedCount: Int noShowCount: Int
  absentCount: Int pageInfo: PageInfo edges: [RsvpEdge!]!
}
type RsvpEdge { node: Rsvp! }
type Rsvp {
  id: ID! status: RsvpStatus guestsCount: Int! isHost: Boolean! updated: DateTime member: Member!
}
""")


def _zoned(value: Any) -> datetime:
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise GraphQLError(f"Failed to parse input value {value} as ZonedDateTime")
    return moment


_scalar = SCHEMA.type_map["DateTime"]
assert isinstance(_scalar, GraphQLScalarType)
for _name in ("parse_value", "coerce_input_value"):  # its names in 3.2 and in 3.3
    setattr(_scalar, _name, staticmethod(_zoned))


@dataclass
class TinyMeetup:
    """`groups` by urlname. `hidden`: how many more Meetup counts than it shows, by an event's token
    or a group's id. `asked`: the names of the queries so far. `alter`: changes the response to a
    query, given its name. `oddities`: responses (status, body) that the next queries get instead.
    `breaks_after`: after how many queries it has a lasting fault.
    """

    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    network: str | None = None
    now: datetime = NOW
    hidden: dict[str, int] = field(default_factory=dict)
    alter: Callable[[str, dict[str, Any]], None] = lambda name, body: None
    oddities: list[tuple[int, bytes]] = field(default_factory=list)
    breaks_after: int | None = None
    points: int = 10_000
    public_key: str = ""
    token_response: bytes | None = None
    is_revoked: bool = False
    asked: list[str] = field(default_factory=list)
    tokens: dict[str, datetime] = field(default_factory=dict)
    url: str = ""
    _spent: list[datetime] = field(default_factory=list)

    def respond(self, query: dict[str, Any]) -> dict[str, Any]:
        """The response to a query, as the body of status 200."""
        self._spent = [at for at in self._spent if at > self.now - timedelta(seconds=60)]
        if len(self._spent) >= self.points:
            reset = self._spent[0] + timedelta(seconds=60)
            limit = {"code": "RATE_LIMITED", "resetAt": reset.isoformat()}
            return {"errors": [{"message": "Too many requests", "extensions": limit}]}
        self._spent.append(self.now)
        root = {
            "groupByUrlname": lambda info, urlname: self._group(urlname),
            "event": lambda info, id: self._event(id),
            "proNetwork": lambda info, urlname: self._network(urlname),
            "self": {"adminProNetworks": [{"urlname": self.network}] if self.network else []},
        }
        result = graphql_sync(SCHEMA, query["query"], root, variable_values=query["variables"])
        body: dict[str, Any] = {"data": result.data} if result.data is not None else {}
        if result.errors:
            wrong = {"classification": "ValidationError"}
            body["errors"] = [error.formatted | {"extensions": wrong} for error in result.errors]
        return body

    def grant(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """A token for a signed assertion."""
        try:
            jwt.decode(form["assertion"][0], self.public_key, ["RS256"], audience="api.meetup.com")
        except jwt.PyJWTError:
            return 400, {"error": "invalid_grant"}
        token = f"granted-{len(self.tokens)}"
        self.tokens[token] = self.now + timedelta(seconds=TOKEN_SECONDS)
        return 200, {"access_token": token, "expires_in": TOKEN_SECONDS, "token_type": "bearer"}

    def admits(self, header: str | None) -> bool:
        """Whether a token is good now."""
        token = (header or "").removeprefix("Bearer ")
        if token in self.tokens:
            return self.now < self.tokens[token]
        return token == SANDBOX_TOKEN and not self.is_revoked

    def _network(self, urlname: str) -> dict[str, Any] | None:
        if urlname != self.network:
            return None
        groups = [{"node": self._group(name)} for name in self.groups]
        return {"groupsSearch": lambda info, input: _page(groups, **input)}

    def _group(self, urlname: str) -> dict[str, Any] | None:
        group = self.groups.get(urlname)
        if group is None:
            return None

        def members(info: Any, sort: Any = None, **page: Any) -> dict[str, Any]:
            rows = sorted(group["members"], key=lambda m: m["metadata"]["joinTime"], reverse=True)
            assert sort == {"sortField": "JOIN_DATE", "sortOrder": "DESC"}
            return _page(rows, more=self.hidden.get(group["id"], 0), **page)

        def events(info: Any, filter: Any, sort: str, **page: Any) -> dict[str, Any]:
            assert sort == "ASC"
            after = filter.get("afterDateTime") or datetime(1970, 1, 1, tzinfo=UTC)
            rows = [
                {"node": self._shown(event)}
                for event in sorted(group["events"], key=lambda event: event["dateTime"])
                if event["status"] in filter["status"] and _zoned(event["dateTime"]) > after
            ]
            return _page(rows, **page)

        return group | {"memberships": members, "events": events}

    def _event(self, id: str) -> dict[str, Any] | None:
        events = [event for group in self.groups.values() for event in group["events"]]
        return next((self._shown(event) for event in events if event["id"] == id), None)

    def _shown(self, event: dict[str, Any]) -> dict[str, Any]:
        def rsvps(info: Any, filter: Any = None, sort: Any = None, **page: Any) -> dict[str, Any]:
            wanted = (filter or {}).get("rsvpStatus") or ["YES", "ATTENDED"]
            rows = [row for row in event["rsvps"] if row["status"] in wanted]
            rows.sort(key=lambda row: int(row["id"]))
            if sort == {"sortField": "DATETIME", "sortOrder": "DESC"}:
                rows.sort(key=lambda row: str(row["updated"]), reverse=True)
            found = _page(
                [{"node": row} for row in rows],
                more=self.hidden.get(event["token"], 0),
                **page,
            )
            given = [row["status"] for row in event["rsvps"]]
            return found | {name: given.count(status) for name, status in COUNTS.items()}

        return event | {"rsvps": rsvps}


def _page(
    rows: list[dict[str, Any]], *, first: int = 20, after: str | None = None, more: int = 0
) -> dict[str, Any]:
    begin = int(base64.b64decode(after)) + 1 if after else 0
    shown = rows[begin : begin + first]
    end = base64.b64encode(str(begin + len(shown) - 1).encode()).decode()
    return {
        "totalCount": len(rows) + more,
        "edges": [{"cursor": end, **row} for row in shown],
        "pageInfo": {"hasNextPage": begin + first < len(rows), "endCursor": end},
    }


def group(number: int, urlname: str, **more: Any) -> dict[str, Any]:
    """An empty group in Lagos."""
    made = {
        "id": str(number),
        "name": urlname.replace("-", " ").title(),
        "urlname": urlname,
        "link": f"https://www.meetup.com/{urlname}",
        "status": "PAID",
        "city": "Lagos",
        "country": "ng",
        "lat": 6.5,
        "lon": 3.4,
        "foundedDate": "2024-01-01T10:00:00+01:00",
        "membershipMetadata": {"status": "LEADER", "role": "ORGANIZER"},
        "members": [],
        "events": [],
    }
    return made | more


def member(number: int, joined: str, **more: Any) -> dict[str, Any]:
    """A membership; `joined` is a day."""
    node = {
        "id": str(number),
        "name": f"Member {number}",
        "email": "",
        "memberUrl": f"https://www.meetup.com/members/{number}",
    }
    about = {"status": "ACTIVE", "role": "MEMBER", "joinTime": f"{joined}T09:00:00+01:00"}
    return {"node": node | more, "metadata": about}


def event(number: int, day: str, **more: Any) -> dict[str, Any]:
    """An evening in a library, over or still to come by NOW."""
    is_past = f"{day}T18:30:00+01:00" < NOW.isoformat()
    made = {
        "id": str(3000 + number),
        "token": f"tok{number}",
        "title": f"Evening {number}",
        "description": "A text that is not to be kept",
        "eventUrl": f"https://www.meetup.com/g/events/{3000 + number}/",
        "status": "PAST" if is_past else "ACTIVE",
        "eventType": "PHYSICAL",
        "dateTime": f"{day}T18:30+01:00",
        "endTime": None,
        "duration": "PT2H",
        "maxTickets": 30,
        "venues": [{"name": "The Library", "city": "Lagos", "country": "ng", "venueType": ""}],
        "rsvps": [],
    }
    return made | more


def rsvp(number: int, member: int, status: str = "YES", day: str = "2026-05-01") -> dict[str, Any]:
    """One RSVP as it stands."""
    return {
        "id": str(number),
        "status": status,
        "guestsCount": 0,
        "isHost": False,
        "updated": f"{day}T08:00:00Z",
        "member": {"id": str(member)},
    }


@contextmanager
def serving(tiny: TinyMeetup) -> Iterator[TinyMeetup]:
    """Serve it on a free port; `url` is its base_url."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/oauth2/access":
                tiny.asked.append("token")
                if tiny.token_response is None:
                    self._send(*tiny.grant(parse_qs(body.decode())))
                else:
                    self._send(200, tiny.token_response)
                return
            query = json.loads(body)
            tiny.asked.append(query["query"].split("(")[0].removeprefix("query "))
            if tiny.breaks_after is not None and len(tiny.asked) > tiny.breaks_after:
                self._send(500, b"{}")
            elif tiny.oddities:
                status, odd = tiny.oddities.pop(0)
                self._send(status, odd)
            elif self.path != "/gql-ext":
                self._send(404, b"{}")
            elif not tiny.admits(self.headers["Authorization"]):
                self._send(401, {"errors": [{"message": "Unauthorized"}]})
            else:
                response = tiny.respond(query)
                tiny.alter(tiny.asked[-1], response)
                self._send(200, response)

        def _send(self, status: int, response: dict[str, Any] | bytes) -> None:
            body = response if isinstance(response, bytes) else json.dumps(response).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return tiny.now.strftime("%a, %d %b %Y %H:%M:%S GMT")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tiny.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield tiny
    finally:
        server.shutdown()
        server.server_close()
