"""GitHub's REST API over the made-up community at /github/api, GraphQL at /github/api/graphql."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from connectors.github.sandbox.call import (
    GRAPHQL_PER_MINUTE,
    REST_PER_MINUTE,
    ErrorResponse,
    Hour,
    check,
    etag_of,
    json_response,
    page_of,
    parameters,
)
from connectors.github.sandbox.graphql import InvalidQuery, execute
from connectors.github.sandbox.rows import Row, Rows
from connectors.github.sandbox.schema import Root
from connectors.github.sandbox.world import ORGANISATION, Commit, GitHubWorld, Repo
from connectors.sandbox.community import SECOND, World
from connectors.sandbox.identities import identities
from connectors.sandbox.state import Sandbox
from connectors.timestamps import microseconds

# The lines of vitals.toml that a source of this kind needs besides its address and token: one
# repository by its former name, and one that is gone.
SOURCE_KEYS = [
    f'repositories = ["{ORGANISATION}/*", "{ORGANISATION}/guidebook", "{ORGANISATION}/vanished"]'
]
FOREVER = 2**63
SORTED = {"sort": ("created", "updated"), "direction": ("asc", "desc"), "since": ()}


def account_ids(world: World) -> dict[int, str]:
    """Return the login of everybody's account here, by the person's number."""
    return {number: one.handle for number, one in identities(world, "github").items()}


class GitHub:
    """One organisation behind one token."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.core, self.graphql = Hour(sandbox, "core"), Hour(sandbox, "graphql")

    @cached_property
    def world(self) -> GitHubWorld:
        """Made at the first call: a server of another platform does not wait for it."""
        return GitHubWorld(self.sandbox.world)

    @property
    def now(self) -> int:
        """The world's time."""
        return self.sandbox.clock.now()

    def repo(self, request: Request) -> Repo:
        """Return the requested repository; a former name is redirected to where it is now."""
        owner, name = request.path_params["owner"], request.path_params["repo"]
        for repo in self.world.repos if owner == ORGANISATION else ():
            if repo.name == name:
                return repo
            if repo.former_name == name:
                url = f"{_base(request)}/repositories/{repo.id}"
                raise ErrorResponse(301, "Moved Permanently", {"location": url})
        raise ErrorResponse(404, "Not Found")


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/github/api"


Handler = Callable[[GitHub, Request, Rows], tuple[Any, dict[str, str]]]


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the routes of this platform."""
    github = GitHub(sandbox)

    def route(path: str, handle: Handler) -> Route:
        async def call(request: Request) -> Response:
            return _rest(github, request, handle)

        return Route(f"/github/api/{path}", call, methods=["GET"])

    async def graphql(request: Request) -> Response:
        return await _graphql(github, request)

    repository = "repos/{owner}/{repo}"
    return [
        Route("/github/api/graphql", graphql, methods=["POST"]),
        route("orgs/{org}/repos", _organisation),
        route("repositories/{id:int}", _by_id),
        route(repository, _repository),
        route(f"{repository}/issues", _issues),
        route(f"{repository}/issues/comments", _issue_comments),
        route(f"{repository}/pulls/comments", _review_comments),
        route(f"{repository}/commits", _commits),
        route(f"{repository}/releases", _releases),
        route(f"{repository}/forks", _forks),
        route("{path:path}", _unknown),
    ]


def _headers(github: GitHub) -> dict[str, str]:
    return {"x-github-request-id": f"SAND:{github.sandbox.stats.requests.total():08X}"}


def _rest(github: GitHub, request: Request, handle: Handler) -> Response:
    headers = _headers(github)
    try:
        check(github.sandbox, request, REST_PER_MINUTE)
        github.core.take()
        headers |= github.core.headers()
        body, more = handle(github, request, Rows(github.world, _base(request), github.now))
    except ErrorResponse as error:
        return error.response(headers)
    response = json_response(body, headers | more)
    etag = etag_of(bytes(response.body))
    if request.headers.get("if-none-match") == etag:
        github.core.give_back()
        return Response(status_code=304, headers=headers | github.core.headers() | {"etag": etag})
    response.headers["etag"] = etag
    return response


async def _graphql(github: GitHub, request: Request) -> Response:
    headers = _headers(github)
    try:
        check(github.sandbox, request, GRAPHQL_PER_MINUTE)
        github.graphql.take()
    except ErrorResponse as error:
        if "rate limit exceeded" in error.message:
            problem = {"type": "RATE_LIMITED", "message": error.message}
            return json_response({"errors": [problem]}, headers | error.headers)
        return error.response(headers)
    headers |= github.graphql.headers()
    try:
        query = msgspec.json.decode(await request.body(), type=dict[str, Any])
        root = Root(github.world, github.now).fields
        body = execute(query.get("query", ""), query.get("variables") or {}, root)
    except msgspec.DecodeError:
        return ErrorResponse(400, "Problems parsing JSON").response(headers)
    except InvalidQuery as error:
        body = {"errors": [{"message": str(error), "locations": [{"line": 1, "column": 1}]}]}
    return json_response(body, headers)


def _unknown(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    raise ErrorResponse(404, "Not Found")


def _page(
    request: Request, given: dict[str, str], items: list[Any], row: Callable[[Any], Row]
) -> tuple[list[Row], dict[str, str]]:
    url = f"{_base(request)}{request.url.path.removeprefix('/github/api')}"
    page, headers = page_of(request, url, items, given)
    return [row(item) for item in page], headers


def _organisation(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    given = parameters(
        request,
        type=("all", "public", "private", "forks", "sources", "member"),
        sort=("created", "updated", "pushed", "full_name"),
        direction=("asc", "desc"),
    )
    if request.path_params["org"] != ORGANISATION:
        raise ErrorResponse(404, "Not Found")
    repos = [r for r in github.world.repos if given.get("type") != "sources" or not r.is_fork]
    return _page(request, given, sorted(repos, key=lambda r: r.name), rows.repository)


def _repository(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    parameters(request)
    return rows.repository(github.repo(request)), {}


def _by_id(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    for repo in github.world.repos:
        if repo.id == request.path_params["id"]:
            return rows.repository(repo), {}
    raise ErrorResponse(404, "Not Found")


def _issues(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    given = parameters(
        request,
        **SORTED | {"sort": ("created", "updated", "comments"), "state": ("open", "closed", "all")},
    )
    repo, now = github.repo(request), github.now
    changed = repo.by_change(now)
    first = bisect_left(changed, _moment(given.get("since")), key=lambda pair: pair[0])
    threads = [
        thread
        for _, thread in changed[first:]
        if thread.kind != "discussion"
        and _fits(given.get("state", "open"), 0 < thread.closed_at <= now)
    ]
    if given.get("sort", "created") == "created":
        threads.sort(key=lambda thread: thread.number)
    if given.get("direction", "desc") == "desc":
        threads.reverse()
    return _page(request, given, threads, lambda thread: rows.issue(repo, thread))


def _moment(stamp: str | None, default: int = 0) -> int:
    return microseconds(datetime.fromisoformat(stamp)) if stamp else default


def _committed_at(commit: Commit) -> int:
    return commit.committed_at


def _fits(state: str, is_closed: bool) -> bool:
    return state == "all" or is_closed == (state == "closed")


def _comments(
    github: GitHub, request: Request, kind: str, row: Callable[..., Row]
) -> tuple[Any, dict[str, str]]:
    given = parameters(request, **SORTED)
    repo, now = github.repo(request), github.now
    comments = repo.comments(kind, now)
    first = bisect_left(comments, _moment(given.get("since")), key=lambda one: one[0])
    found = comments[first:]
    if given.get("direction", "asc") == "desc":
        found.reverse()
    return _page(request, given, found, lambda one: row(repo, *one[1:]))


def _issue_comments(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    return _comments(github, request, "comment", rows.issue_comment)


def _review_comments(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    return _comments(github, request, "line", rows.review_comment)


def _commits(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    given = parameters(request, since=(), until=(), sha=(), path=(), author=(), committer=())
    repo = github.repo(request)
    if not repo.commits:
        raise ErrorResponse(409, "Git Repository is empty.")
    # `until` is a whole second, to its end.
    until = min(github.now, _moment(given.get("until"), FOREVER) + SECOND - 1)
    first = bisect_left(repo.commits, _moment(given.get("since")), key=_committed_at)
    commits = repo.commits[first : bisect_right(repo.commits, until, key=_committed_at)][::-1]
    return _page(request, given, commits, lambda commit: rows.commit(repo, commit))


def _releases(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    given, repo = parameters(request), github.repo(request)
    items = [item for item in reversed(repo.releases) if item.at <= github.now]
    return _page(request, given, items, lambda item: rows.release(repo, item))


def _forks(github: GitHub, request: Request, rows: Rows) -> tuple[Any, dict[str, str]]:
    given = parameters(request, sort=("newest", "oldest", "stargazers", "watchers"))
    repo = github.repo(request)
    items = [item for item in repo.forks if item.at <= github.now]
    if given.get("sort", "newest") == "newest":
        items.reverse()
    return _page(request, given, items, lambda item: rows.fork(repo, item))
