"""A plain client of the sandbox's Slack, written apart from the product's own."""

from collections.abc import Iterator
from typing import Any

import requests

from connectors.sandbox.server import Running
from connectors.sandbox.state import SANDBOX_TOKEN


class PlainSlack:
    """Calls methods and follows cursors; knows nothing of limits or retries."""

    def __init__(self, running: Running, token: str = SANDBOX_TOKEN) -> None:
        self.running = running
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, method: str, **arguments: Any) -> requests.Response:
        url = f"{self.running.slack_url}/{method}"
        return self.session.get(url, params=arguments, timeout=10)

    def body(self, method: str, **arguments: Any) -> dict[str, Any]:
        return self.get(method, **arguments).json()

    def error(self, method: str, **arguments: Any) -> str:
        """The error of a call that must be refused with HTTP 200."""
        answer = self.get(method, **arguments)
        assert answer.status_code == 200
        assert answer.json()["ok"] is False
        return answer.json()["error"]

    def pages(self, method: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        while True:
            page = self.body(method, **arguments)
            assert page["ok"], page
            yield page
            cursor = page.get("response_metadata", {}).get("next_cursor")
            if not cursor:
                return
            arguments["cursor"] = cursor

    def items(self, method: str, key: str, **arguments: Any) -> list[Any]:
        return [item for page in self.pages(method, **arguments) for item in page[key]]

    def channels(self) -> dict[str, dict[str, Any]]:
        return {row["name"]: row for row in self.items("conversations.list", "channels")}

    def thread(self, channel: str, ts: str, **arguments: Any) -> list[dict[str, Any]]:
        """A thread's replies without its parent, which comes first on every page."""
        pages = self.pages("conversations.replies", channel=channel, ts=ts, **arguments)
        return [reply for page in pages for reply in page["messages"][1:]]

    def everything(self, channel: str) -> dict[str, dict[str, Any]]:
        """Every message of a channel by ts, replies included."""
        history = self.items("conversations.history", "messages", channel=channel, limit=200)
        found = {row["ts"]: row for row in history}
        for parent in [row for row in history if row.get("reply_count")]:
            found |= {row["ts"]: row for row in self.thread(channel, parent["ts"], limit=50)}
        return found
