"""A Discord server: members, channels, threads, messages, scheduled events.

Reactions are counted in the records. To read who gave them takes one request for each reaction,
and is done only where `reactors = true`.
"""

import re
from collections.abc import Iterator
from datetime import date

from pydantic import Field, field_validator

from connectors.base import Connector, Context, Cursors, SourceSettings, Stream
from connectors.discord.normalize import normalize
from connectors.discord.records import NAMING, REREAD
from connectors.model import Page


class DiscordSettings(SourceSettings):
    """A Discord source. `reactors`: also read who gave each reaction, one request for each."""

    server: str = Field(
        description="What is the Discord server's id (Developer Mode, Copy Server ID)?"
    )
    reactors: bool = False

    @field_validator("server")
    @classmethod
    def _is_id(cls, value: str) -> str:
        if not (value.isascii() and value.isdigit()):
            raise ValueError(
                "it is the server's id, a number in quotes. Switch on Developer Mode in Discord, "
                "right-click the server and choose Copy Server ID"
            )
        return value


class DiscordConnector(Connector[DiscordSettings]):
    """A Discord server, seen by a bot that the community has invited."""

    kind = "discord"
    version = 3
    began_on = date(2015, 1, 1)
    streams = (
        Stream("members", "whole list"),
        Stream("channels", "whole list"),
        Stream("threads", "newest first"),
        Stream("messages", "oldest first", reread=REREAD),
        Stream("thread_messages", "oldest first", reread=REREAD),
        Stream("authors", "oldest first"),
        Stream("events", "whole list"),
        Stream("interested", "whole list"),
    )
    settings_model = DiscordSettings
    naming = NAMING
    account_pages = re.compile(r"discord(?:app)?\.com/users/(\d{15,20})", re.I)
    account_handles = re.compile(r"[a-z\d_.]{2,32}", re.I)
    normalize = staticmethod(normalize)
    token_variable = "DISCORD_BOT_TOKEN"
    token_advice = (
        "Create an application at discord.com/developers/applications, switch on Server Members "
        "Intent under Bot, invite it to the server with the permissions View Channels and Read "
        "Message History, and copy its bot token"
    )

    def __init__(self, settings: DiscordSettings, context: Context) -> None:
        from connectors.discord.api import DiscordApi

        super().__init__(settings, context)
        base_url = settings.base_url or "https://discord.com/api"
        self.api = DiscordApi(base_url, self.token(), settings.server, context)

    def check(self) -> list[str]:
        from connectors.discord.permissions import unseen

        return unseen(self.api, store_text=self.context.store_text)

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        from connectors.discord.sync import ServerSync

        with_reactors = self.settings.reactors
        return ServerSync(self.api, self.context, cursors, full, with_reactors).pages()
