"""A Slack workspace: members, public channels, messages, thread replies, reactions, huddles.

Facts about the platform come from docs.slack.dev: methods, rate limits, message subtypes.
"""

import re
from collections.abc import Iterator
from datetime import date

from connectors.base import Connector, Context, Cursors, SourceSettings, Stream
from connectors.model import Page
from connectors.slack.normalize import normalize
from connectors.slack.records import NAMING, REREAD


class SlackConnector(Connector[SourceSettings]):
    """A Slack workspace, read with a bot or user token of the community's own internal app."""

    kind = "slack"
    version = 5
    began_on = date(2013, 1, 1)
    streams = (
        Stream("members", "whole list"),
        Stream("channels", "whole list"),
        Stream("messages", "newest first", reread=REREAD),
        Stream("replies", "oldest first"),
    )
    naming = NAMING
    account_pages = re.compile(
        r"[\w-]+(?:\.enterprise)?\.slack\.com/team/([UW][A-Z\d]{5,20})", re.I
    )
    normalize = staticmethod(normalize)
    token_variable = "SLACK_BOT_TOKEN"
    token_advice = (
        "Create an internal app at api.slack.com/apps with the bot scopes channels:read, "
        "channels:history, users:read, users:read.email, users.profile:read and team:read, install "
        "it, and copy its bot token (xoxb-…)"
    )

    def __init__(self, settings: SourceSettings, context: Context) -> None:
        from connectors.slack.api import SlackApi  # here: the HTTP client is slow to import
        from connectors.slack.sync import WorkspaceSync

        super().__init__(settings, context)
        base_url = settings.base_url or "https://slack.com/api"
        self._sync = WorkspaceSync(SlackApi(base_url, self.token(), context), context)

    def check(self) -> list[str]:
        return self._sync.check()

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        return self._sync.pages(cursors, full=full)
