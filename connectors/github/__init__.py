"""GitHub: issues, pull requests, reviews, comments, discussions, commits, releases, stars, forks.

Facts about the platform come from docs.github.com and its OpenAPI and GraphQL schemas.
"""

import re
from collections.abc import Iterator
from datetime import date

from pydantic import Field, field_validator

from connectors.base import Connector, Context, Cursors, SourceSettings, Stream
from connectors.github.normalize import normalize
from connectors.github.records import LATE_COMMITS, NAMING
from connectors.model import Page

# What stands where a login does, and is none.
RESERVED = (
    "about|account|apps|blog|collections|contact|customer-stories|dashboard|enterprise|events|"
    "explore|features|issues|join|login|logout|marketplace|new|notifications|organizations|orgs|"
    "pricing|pulls|readme|search|security|sessions|settings|signup|site|solutions|sponsors|stars|"
    "team|topics|trending|users"
)
LOGIN = rf"(?!(?:{RESERVED})$)[a-z\d](?:[a-z\d]|-(?=[a-z\d])){{0,38}}"


class GitHubSettings(SourceSettings):
    """A source of GitHub repositories."""

    repositories: list[str] = Field(
        min_length=1, description="Which GitHub repositories (org/repo, or org/* for all of them)?"
    )
    graphql_url: str | None = None

    @field_validator("repositories")
    @classmethod
    def _are_names(cls, values: list[str]) -> list[str]:
        for value in values:
            if not re.fullmatch(r"[\w.-]+/([\w.-]+|\*)", value):
                raise ValueError(f"{value!r} is no repository. Write org/repo, or org/* for all")
        return values


class GitHubConnector(Connector[GitHubSettings]):
    """Repositories of GitHub or a GitHub Enterprise server, seen with one token."""

    kind = "github"
    version = 6
    began_on = date(2007, 10, 1)
    streams = (
        Stream("repositories", "whole list"),
        Stream("people", "whole list"),
        Stream("profiles", "whole list"),
        Stream("issues", "oldest first"),
        Stream("states", "oldest first"),
        Stream("comments", "oldest first"),
        Stream("review_comments", "oldest first"),
        Stream("reviews", "newest first"),
        Stream("discussions", "newest first"),
        Stream("discussion_comments", "newest first"),
        Stream("commits", "newest first", reread=LATE_COMMITS),
        Stream("releases", "whole list"),
        Stream("forks", "newest first"),
        Stream("stars", "newest first"),
    )
    settings_model = GitHubSettings
    naming = NAMING
    account_pages = re.compile(rf"github\.com/({LOGIN})", re.I)
    account_handles = re.compile(LOGIN, re.I)
    normalize = staticmethod(normalize)
    token_variable = "GITHUB_TOKEN"
    token_advice = (
        "Create a fine-grained personal access token at github.com/settings/personal-access-tokens "
        "with read access to metadata, contents, issues, pull requests and discussions"
    )

    def __init__(self, settings: GitHubSettings, context: Context) -> None:
        # Reading the settings alone must not wait for the import of an HTTP client.
        from connectors.github.api import GitHubApi
        from connectors.github.sync import GitHubSync

        super().__init__(settings, context)
        base_url = (settings.base_url or "https://api.github.com").rstrip("/")
        # GitHub Enterprise has them side by side: /api/v3 and /api/graphql.
        folder = base_url.removesuffix("/v3") if base_url.endswith("/api/v3") else base_url
        graphql_url = settings.graphql_url or f"{folder}/graphql"
        self.api = GitHubApi(base_url, graphql_url, self.token(), context)
        self._sync = GitHubSync(self.api, settings.repositories, context)

    def check(self) -> list[str]:
        self._sync.check()
        return [f"{spot.what}: {spot.reason}. {spot.advice}" for spot in self.context.blind_spots]

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        return self._sync.pages(cursors, full=full)
