"""A Meetup of a few groups whose members, events and RSVPs are given, with the sandbox's schema.

It takes any token. Its clock stands still until somebody waits.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from connectors.meetup.sandbox.page import connection
from connectors.meetup.sandbox.schema import execute
from connectors.timestamps import iso_microseconds
from tests.support.local_http import served

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
COUNTS = {
    "yesCount": "YES",
    "noCount": "NO",
    "waitlistCount": "WAITLIST",
    "attendedCount": "ATTENDED",
    "noShowCount": "NO_SHOW",
    "absentCount": "EXCUSED_ABSENCE",
}
VENUE = {
    "name": "The Library",
    "city": "Lagos",
    "country": "ng",
    "lat": None,
    "lon": None,
    "venueType": "",
}


@dataclass
class TinyMeetup:
    """`groups` by urlname. `hidden`: how many more Meetup counts than it shows, by an event's token
    or a group's id. `asked`: the names of the queries so far. `alter`: changes the response to a
    query, given its name. `oddities`: responses (status, body) that the next calls get instead.
    `fault`: the response (status, body) to a query instead, given its name and variables.
    """

    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    network: str | None = None
    now: datetime = NOW
    hidden: dict[str, int] = field(default_factory=dict)
    alter: Callable[[str, dict[str, Any]], None] = lambda name, body: None
    oddities: list[tuple[int, bytes]] = field(default_factory=list)
    fault: Callable[[str, dict[str, Any]], tuple[int, bytes] | None] | None = None
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def respond(self, query: dict[str, Any]) -> dict[str, Any]:
        """The response to a query, as the body of status 200."""
        root = {
            "groupByUrlname": self._group,
            "event": self._event,
            "proNetwork": self._network,
            "self": {"adminProNetworks": [{"urlname": self.network}] if self.network else []},
        }
        return execute(query["query"], query["variables"], root)

    def _network(self, urlname: str) -> dict[str, Any] | None:
        if urlname != self.network:
            return None
        names = list(self.groups)
        return {
            "groupsSearch": lambda input: connection(
                names, lambda name: {"node": self._group(name)}, **input
            )
        }

    def _group(self, urlname: str) -> dict[str, Any] | None:
        group = self.groups.get(urlname)
        if group is None:
            return None

        def members(sort: Any, **page: Any) -> dict[str, Any]:
            assert sort == {"sortField": "JOIN_DATE", "sortOrder": "DESC"}
            rows = sorted(group["members"], key=lambda m: m["metadata"]["joinTime"], reverse=True)
            total = len(rows) + self.hidden.get(group["id"], 0)
            return connection(rows, dict, total=total, **page)

        def events(filter: Any, sort: str, **page: Any) -> dict[str, Any]:
            assert sort == "ASC"
            rows = [
                event
                for event in sorted(group["events"], key=lambda event: event["dateTime"])
                if event["status"] in filter["status"]
                and iso_microseconds(event["dateTime"]) > (filter.get("afterDateTime") or 0)
            ]
            return connection(rows, lambda event: {"node": self._shown(event)}, **page)

        return group | {"memberships": members, "events": events}

    def _event(self, id: str) -> dict[str, Any] | None:
        events = [event for group in self.groups.values() for event in group["events"]]
        return next((self._shown(event) for event in events if event["id"] == id), None)

    def _shown(self, event: dict[str, Any]) -> dict[str, Any]:
        def rsvps(filter: Any, sort: Any, **page: Any) -> dict[str, Any]:
            rows = [row for row in event["rsvps"] if row["status"] in filter["rsvpStatus"]]
            rows.sort(key=lambda row: int(row["id"]))
            if sort == {"sortField": "DATETIME", "sortOrder": "DESC"}:
                rows.sort(key=lambda row: str(row["updated"]), reverse=True)
            total = len(rows) + self.hidden.get(event["token"], 0)
            found = connection(rows, lambda row: {"node": row}, total=total, **page)
            given = [row["status"] for row in event["rsvps"]]
            return found | {name: given.count(status) for name, status in COUNTS.items()}

        return event | {"rsvps": rsvps}


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
        "bio": None,
    }
    about = {"status": "ACTIVE", "role": "MEMBER", "joinTime": f"{joined}T09:00:00+01:00"}
    return {"node": node | more, "metadata": about | {"bio": None}}


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
        "venues": [VENUE],
        "rsvps": [],
    }
    return made | more


def rsvp(number: int, member: int, status: str = "YES", day: str = "2026-05-01") -> dict[str, Any]:
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
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            tiny.asked.append(name := json.loads(body)["query"].split("(")[0].split()[-1])
            if tiny.oddities:
                self._send(*tiny.oddities.pop(0))
                return
            if tiny.fault and (answer := tiny.fault(name, json.loads(body)["variables"])):
                self._send(*answer)
                return
            response = tiny.respond(json.loads(body))
            tiny.alter(name, response)
            self._send(200, json.dumps(response).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return tiny.now.strftime("%a, %d %b %Y %H:%M:%S GMT")

    with served(Handler) as tiny.url:
        yield tiny
