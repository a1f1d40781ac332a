"""A Discord of a few lists written by hand, each of which can be broken on its own.

A fault is a function of the number of the page, from 0, and of the rows that it should have. It
returns other rows, or the status of an error.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

from requests import Response

from connectors.discord import api as discord_api
from connectors.http import Client

Row = dict[str, Any]
Fault = Callable[[int, list[Row]], list[Row] | int]

SERVER = "7"
KEYS = [
    f'server = "{SERVER}"',
    'base_url = "http://127.0.0.1:1"',
    'token = "env:VITALS_TEST_TOKEN"',
]
EPOCH_MILLISECONDS = 1_420_070_400_000
READABLE = str(1 << 10 | 1 << 16)
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def snowflake(minutes_ago: float, low: int = 0) -> str:
    """An id that was made so many minutes before NOW."""
    milliseconds = int((NOW.timestamp() - minutes_ago * 60) * 1000)
    return str((milliseconds - EPOCH_MILLISECONDS) << 22 | low)


def moment(minutes_ago: float) -> str:
    return datetime.fromtimestamp(NOW.timestamp() - minutes_ago * 60, UTC).isoformat()


def message(minutes_ago: float, author: int = 21, **more: Any) -> Row:
    """A message of the API."""
    row = {"id": snowflake(minutes_ago), "type": 0, "timestamp": moment(minutes_ago)}
    return row | {"author": {"id": str(author), "username": f"p{author}"}} | more


def member(number: int) -> Row:
    return {"user": {"id": str(number), "username": f"p{number}"}, "joined_at": moment(9000)}


def thread(number: int, parent: str, archived: float | None = None) -> Row:
    """A thread, archived so many minutes ago or active."""
    metadata = {"archive_timestamp": moment(archived or 0), "archived": archived is not None}
    row = {"id": str(number), "type": 11, "parent_id": parent, "last_message_id": None}
    return row | {"thread_metadata": metadata}


class TinyDiscord:
    """One server. Its lists can be changed between syncs, `faults` and `statuses` too.

    faults: by the path of a list. statuses: by path, a status and a body instead of an answer.
    """

    def __init__(self) -> None:
        self.members = [member(n) for n in (21, 22)]
        self.channels: list[Row] = [{"id": "10", "type": 0, "name": "general"}]
        self.messages: dict[str, list[Row]] = {"10": []}
        self.active: list[Row] = []
        self.archived: dict[str, list[Row]] = {}
        self.events: list[Row] = []
        self.interested: dict[str, list[Row]] = {}
        self.reactors: list[Row] = []
        self.stated_members: int | None = None
        self.faults: dict[str, Fault] = {}
        self.statuses: dict[str, tuple[int, str]] = {}
        self.asked: list[str] = []
        self._pages: Counter[str] = Counter()

    def answer(self, path: str, params: dict[str, str]) -> tuple[int, str]:
        """The status and body of a call."""
        self.asked.append(path)
        for pattern, refusal in self.statuses.items():
            if re.fullmatch(pattern, path):
                return refusal
        status, body = self._answer(path, params)
        return status, json.dumps(body)

    def _answer(self, path: str, params: dict[str, str]) -> tuple[int, Any]:
        match path.split("/"):
            case ["users", "@me"]:
                return 200, {"id": "1", "username": "bot", "bot": True}
            case ["guilds", _]:
                roles = [{"id": SERVER, "permissions": READABLE}]
                counts = {"approximate_member_count": self.stated_members}
                return 200, {"id": SERVER, "roles": roles, "owner_id": "2"} | counts
            case ["guilds", _, "members", user]:
                return 200, {"user": {"id": user, "username": "bot", "bot": True}, "roles": []}
            case ["guilds", _, "members"]:
                return self._by_id(path, self.members, lambda m: m["user"]["id"], params)
            case ["guilds", _, "channels"]:
                return 200, self.channels
            case ["guilds", _, "threads", "active"]:
                return self._threads(path, self.active, False)
            case ["guilds", _, "scheduled-events"]:
                return self._broken(path, self.events)
            case ["guilds", _, "scheduled-events", event]:
                found = [one for one in self.events if one["id"] == event]
                return (200, found[0]) if found else (404, {"code": 10070})
            case ["guilds", _, "scheduled-events", event, "users"]:
                return self._by_id(path, self.interested[event], lambda u: u["user_id"], params)
            case ["channels", channel, "messages"]:
                status, rows = self._by_id(path, self.messages[channel], lambda m: m["id"], params)
                return status, rows[::-1] if isinstance(rows, list) else rows
            case ["channels", channel, "messages", wanted]:
                known = [one for one in self.messages[channel] if one["id"] == wanted]
                return (200, known[0]) if known else (404, {"code": 10008})
            case ["channels", _, "messages", _, "reactions", emoji]:
                return self._by_id(unquote(emoji), self.reactors, lambda u: u["id"], params)
            case ["channels", channel, "threads", "archived", "public"]:
                return self._archived(path, self.archived.get(channel, []), params)
        return 404, {"code": 0}

    def _by_id(
        self, path: str, rows: list[Row], id_of: Callable[[Row], str], params: dict[str, str]
    ) -> tuple[int, Any]:
        ids = int(params["after"])
        later = [row for row in rows if int(id_of(row)) > ids]
        page = sorted(later, key=lambda row: int(id_of(row)))[: int(params["limit"])]
        return self._broken(path, page)

    def _archived(self, path: str, rows: list[Row], params: dict[str, str]) -> tuple[int, Any]:
        def at(row: Row) -> str:
            return str(row["thread_metadata"]["archive_timestamp"])

        older = [row for row in rows if at(row) < params.get("before", "~")]
        page = sorted(older, key=at, reverse=True)[: int(params["limit"])]
        return self._threads(path, page, len(page) < len(older))

    def _threads(self, path: str, rows: list[Row], has_more: bool) -> tuple[int, Any]:
        status, rows = self._broken(path, rows)
        return status, {"threads": rows, "has_more": has_more} if status == 200 else rows

    def _broken(self, path: str, rows: list[Row]) -> tuple[int, Any]:
        number, fault = self._pages[path], self.faults.get(path)
        self._pages[path] += 1
        found = fault(number, rows) if fault else rows
        return (found, {"code": 0}) if isinstance(found, int) else (200, found)

    @contextmanager
    def served(self) -> Iterator[None]:
        """Let the connector talk to this Discord."""
        tiny = self
        self._pages.clear()

        class TinyClient(Client):
            def _send(self, call: Any) -> Response:
                response = Response()
                response.status_code, body = tiny.answer(call.path, call.params)
                response._content = body.encode("utf-8", "surrogatepass")
                response.headers["Date"] = NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")
                return response

        with patch.object(discord_api, "Client", TinyClient):
            yield
