"""A plain client of the sandbox's Discord, independent of the product's own."""

from typing import Any

import requests

from connectors.discord.sandbox.guild import GUILD_ID
from connectors.sandbox.server import Running
from connectors.sandbox.state import SANDBOX_TOKEN

GUILD = f"guilds/{GUILD_ID}"
REACTORS = [f'server = "{GUILD_ID}"', "reactors = true"]
WITH_MESSAGES, WITH_THREADS = (0, 2, 5, 13), (0, 5, 15, 16)


class PlainDiscord:
    """Makes calls; knows nothing of limits or retries."""

    def __init__(self, running: Running, token: str = SANDBOX_TOKEN) -> None:
        self.running = running
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bot {token}"
        self.session.headers["User-Agent"] = "DiscordBot (https://example.org, 1)"

    def get(self, path: str, **arguments: Any) -> requests.Response:
        return self.session.get(f"{self.running.discord_url}/{path}", params=arguments, timeout=10)

    def body(self, path: str, **arguments: Any) -> Any:
        response = self.get(path, **arguments)
        assert response.status_code == 200, response.text
        return response.json()

    def error(self, path: str, **arguments: Any) -> tuple[int, int]:
        response = self.get(path, **arguments)
        return response.status_code, response.json()["code"]

    def channels(self) -> dict[str, dict[str, Any]]:
        return {row["name"]: row for row in self.body(f"{GUILD}/channels")}

    def archived(self, channel: str, limit: int = 100) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        before = {}
        while True:
            path = f"channels/{channel}/threads/archived/public"
            page = self.body(path, limit=limit, **before)
            found += page["threads"]
            if not page["has_more"]:
                return found
            before = {"before": found[-1]["thread_metadata"]["archive_timestamp"]}

    def threads(self) -> list[dict[str, Any]]:
        """Return every thread that the bot may read, active or archived."""
        closed = ("founders-corner", "organisers")
        readable = {c["id"]: c for name, c in self.channels().items() if name not in closed}
        active = self.body(f"{GUILD}/threads/active")["threads"]
        found = [thread for thread in active if thread["parent_id"] in readable]
        for channel in readable.values():
            if channel["type"] in WITH_THREADS:
                found += self.archived(channel["id"])
        return found

    def everything(self, channel: str) -> list[dict[str, Any]]:
        """Return every message of a channel or thread, newest first."""
        found: list[dict[str, Any]] = []
        before = {}
        while page := self.body(f"channels/{channel}/messages", limit=100, **before):
            found += page
            before = {"before": page[-1]["id"]}
        return found

    def change_bot(self, **change: Any) -> None:
        self.running.control("discord/bot", change)
