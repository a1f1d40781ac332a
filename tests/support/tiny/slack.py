"""A Slack of a few hand-written messages, for what the sandbox's community shows too rarely."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from requests import Response

from connectors.base import Context
from connectors.slack import api as slack_api

NOW = 1_780_000_000
DAY = 86_400
PER_PAGE = 3


def ts(days_ago: float) -> str:
    """The `ts` of a message so many days before NOW."""
    return f"{int(NOW - days_ago * DAY)}.000100"


class TinySlack:
    """One channel C1, created long ago. `messages` and `threads` can be changed between syncs.

    `hidden_days`: older messages are not shown, as on a free plan. `refusals` are errors that the
    next calls of a method get, in order; "" lets one pass.
    """

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.threads: dict[str, list[dict[str, Any]]] = {}
        self.refusals: dict[str, list[str]] = {}
        self.hidden_days: float | None = None
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.days = 0.0
        self.context: Context | None = None

    @property
    def platform_time(self) -> int:
        return int((NOW + self.days * DAY) * 1_000_000)

    def say(self, days_ago: float, user: str = "U1", **more: Any) -> str:
        """A root message; returns its ts."""
        self.messages.append({"ts": ts(days_ago), "user": user, "text": "…"} | more)
        return ts(days_ago)

    def answer(self, root: str, days_ago: float, user: str = "U2", **more: Any) -> str:
        """A reply, which its root shows; returns its ts."""
        reply = {"ts": ts(days_ago), "user": user, "thread_ts": root, "text": "…"} | more
        self.threads.setdefault(root, []).append(reply)
        return ts(days_ago)

    def request(
        self, path: str, params: dict[str, str], *, read: Callable[[Response], Any], **_: Any
    ) -> Any:
        assert self.context is not None
        self.context.requests += 1
        self.asked.append((path, params))
        refusals = self.refusals.get(path, [])
        error = refusals.pop(0) if refusals else ""
        body = {"ok": False, "error": error} if error else {"ok": True} | self._body(path, params)
        response = Response()
        response.status_code, response._content = 200, json.dumps(body).encode()
        return read(response)

    def _body(self, path: str, params: dict[str, str]) -> dict[str, Any]:
        if path == "auth.test":
            return {"url": "https://tiny.invalid/", "bot_id": "B1"}
        if path == "team.profile.get":
            return {"profile": {"fields": []}}
        if path == "users.list":
            return {"members": [_member(user) for user in ("U1", "U2")]}
        if path == "conversations.list":
            channel = {"id": "C1", "name": "general", "is_general": True, "is_member": True}
            return {"channels": [channel | {"created": NOW - 900 * DAY}]}
        if path == "conversations.history":
            return self._page(self._history(params), params)
        root = next((m for m in self._roots() if m["ts"] == params["ts"]), None)
        if root is None:
            return {"ok": False, "error": "thread_not_found"}
        return self._page([root, *self.threads.get(params["ts"], [])], params)

    def _roots(self) -> list[dict[str, Any]]:
        roots = []
        for message in self.messages:
            replies = self.threads.get(message["ts"], [])
            thread = (
                {"reply_count": len(replies), "latest_reply": max(r["ts"] for r in replies)}
                if replies
                else {}
            )
            roots.append(message | thread)
        return sorted(roots, key=lambda m: m["ts"], reverse=True)

    def _history(self, params: dict[str, str]) -> list[dict[str, Any]]:
        oldest, latest = params.get("oldest", ""), params.get("latest", "~")
        if self.hidden_days is not None:
            oldest = max(oldest, ts(self.hidden_days - self.days))
        return [m for m in self._roots() if oldest <= m["ts"] <= latest]

    def _page(self, rows: list[dict[str, Any]], params: dict[str, str]) -> dict[str, Any]:
        first = int(params.get("cursor", "0"))
        last = first + PER_PAGE
        more = str(last) if last < len(rows) else ""
        return {"messages": rows[first:last], "response_metadata": {"next_cursor": more}}


@contextmanager
def instead_of_http(tiny: TinySlack) -> Iterator[None]:
    """Let the connector talk to this Slack."""

    def client(base_url: str, headers: dict[str, str], context: Context) -> TinySlack:
        tiny.context = context
        return tiny

    with patch.object(slack_api, "Client", client):
        yield


def _member(user: str) -> dict[str, Any]:
    profile = {"email": f"{user.lower()}@made.invalid"}
    return {"id": user, "name": user.lower(), "profile": profile}
