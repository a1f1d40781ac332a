"""A GitHub of one repository whose rows are given, for real data and for what is rare."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from connectors.github.sandbox.call import etag_of
from connectors.github.sandbox.graphql import FieldError, Node, execute
from connectors.github.sandbox.schema import connection, plain
from tests.support.local_http import served

REPOSITORY_ID, NAME = 77, "makers/tiny"


@dataclass(frozen=True)
class Response:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class TinyGitHub:
    """`lists`: rows by their path in the repository, in any order.

    `pulls`: reviews as GraphQL writes them, by the number of their pull request. `hidden_stars` are
    counted and not shown. `bios` are what profiles say, by login; who has none has no account.
    `faulty` are logins whose profile GitHub cannot tell just now. `oddities` are responses that the
    next calls of a path get instead.
    """

    full_name: str
    lists: dict[str, list[dict[str, Any]]]
    pulls: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    stars: list[tuple[str, str]] = field(default_factory=list)
    hidden_stars: int = 0
    bios: dict[str, str] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    profiles_asked: list[list[str]] = field(default_factory=list)
    oddities: dict[str, list[Response]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    url: str = ""

    def become(self, other: "TinyGitHub") -> None:
        """Go on as another repository of the same name."""
        self.lists, self.pulls, self.stars = other.lists, other.pulls, other.stars

    def respond(self, path: str, query: dict[str, str], etag: str | None) -> Response:
        place = f"/repos/{self.full_name}"
        if path == place:
            body: Any = {
                "id": REPOSITORY_ID,
                "node_id": "R_77",
                "full_name": self.full_name,
                "html_url": f"https://github.com/{self.full_name}",
            }
        elif path.removeprefix(f"{place}/") in self.lists:
            return self._list(path, query, etag)
        else:
            return Response(404, body=b'{"message": "Not Found"}')
        return _tagged({}, body, etag)

    def _list(self, path: str, query: dict[str, str], etag: str | None) -> Response:
        rows = list(self.lists[path.removeprefix(f"/repos/{self.full_name}/")])
        if "direction" in query:
            rows = [row for row in rows if row["updated_at"] >= query.get("since", "")]
            rows.sort(key=lambda row: row["updated_at"], reverse=query["direction"] == "desc")
        size, page = int(query["per_page"]), int(query.get("page", "1"))
        shown = rows[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(rows):
            following = urlencode(query | {"page": str(page + 1)})
            headers["Link"] = f'<{self.url}{path}?{following}>; rel="next"'
        return _tagged(headers, shown, etag)

    def query(self, query: dict[str, Any]) -> bytes:
        if query["query"].startswith("query Profiles"):
            self.profiles_asked.append(list(query["variables"].values()))
        return json.dumps(execute(query["query"], query["variables"], _root(self))).encode()


def time(minute: int) -> str:
    return f"2026-05-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"


def pull(number: int, minute: int, **more: Any) -> dict[str, Any]:
    row = {"number": number, "created_at": time(minute), "updated_at": time(minute)}
    return row | {"user": {"login": "ada", "type": "User"}, "pull_request": {}} | more


def tiny_of(pulls: int) -> TinyGitHub:
    """A repository of pull requests, each with a review, two comments and one on a line."""
    about = f"https://api.github.com/repos/{NAME}"
    bo = {"user": {"login": "bo"}}
    comments, lines = [], []
    for n in range(2 * pulls):
        at = {"created_at": time(n + 1), "updated_at": time(n + 1)} | bo
        comments.append(at | {"id": n + 1, "issue_url": f"{about}/issues/{n // 2 + 1}"})
        if n % 2:
            lines.append(at | {"id": n + 1, "pull_request_url": f"{about}/pulls/{n // 2 + 1}"})
    reviews = {
        n: [{"id": 10**10 + n, "login": "cem", "submitted_at": time(2 * n)}]
        for n in range(1, pulls + 1)
    }
    issues = [pull(n, 2 * n) for n in range(1, pulls + 1)]
    lists = {"issues": issues, "issues/comments": comments, "pulls/comments": lines}
    return TinyGitHub(NAME, lists | {"commits": [], "releases": [], "forks": []}, reviews)


def _tagged(headers: dict[str, str], content: Any, etag: str | None) -> Response:
    body = json.dumps(content).encode()
    headers = headers | {"ETag": etag_of(body)}
    return Response(304, headers) if headers["ETag"] == etag else Response(200, headers, body)


def _root(tiny: TinyGitHub) -> Node:
    def node(id: str) -> Node:
        number = int(id.removeprefix("PR_"))
        rows = tiny.lists["issues"]
        return _pull(tiny, next(row for row in rows if row["number"] == number))

    return {
        "repository": lambda **given: _repository(tiny),
        "node": node,
        "nodes": lambda ids: [_repository(tiny)],
        "user": lambda login: _user(tiny, login),
    }


def _user(tiny: TinyGitHub, login: str) -> Node:
    if login in tiny.faulty:
        raise FieldError("INTERNAL", "Something went wrong while executing your query")
    if login not in tiny.bios:
        raise FieldError("NOT_FOUND", f"no User with the login of '{login}'")

    def links(first: int) -> Node:
        return connection([], None, first)

    shown = {"name": None, "location": None, "bio": tiny.bios[login], "websiteUrl": None}
    return plain("User", login=login, socialAccounts=links, **shown)


def _repository(tiny: TinyGitHub) -> Node:
    pulls = [row for row in tiny.lists["issues"] if "pull_request" in row]
    pulls.sort(key=lambda row: (row["updated_at"], row["number"]))
    issues = sorted(row["updated_at"] for row in tiny.lists["issues"] if row not in pulls)
    times = [plain("Issue", updatedAt=time) for time in issues]
    stars = sorted(tiny.stars, key=lambda star: star[1])
    commits, forks = tiny.lists.get("commits"), tiny.lists.get("forks", [])[::-1]

    def listed(rows: list[Any], make: Any, order: str) -> Any:
        return lambda **page: connection(rows, make, orders=(order,), **page)

    def edge(star: tuple[str, str]) -> Node:
        return {"starredAt": star[1], "node": _actor(star[0])}

    def stargazers(**page: Any) -> Node:
        shown = connection(
            stars, lambda star: _actor(star[0]), edge=edge, orders=("STARRED_AT",), **page
        )
        return shown | {"totalCount": len(stars) + tiny.hidden_stars}

    return plain(
        "Repository",
        databaseId=REPOSITORY_ID,
        issues=listed(times, lambda node: node, "UPDATED_AT"),
        pullRequests=listed(pulls, lambda row: _pull(tiny, row), "UPDATED_AT"),
        stargazers=stargazers,
        defaultBranchRef={"target": plain("Commit", oid=commits[0]["sha"])} if commits else None,
        discussions=listed([], None, "UPDATED_AT"),
        forks=listed(forks, _fork, "CREATED_AT"),
        releases=listed([], None, "CREATED_AT"),
    )


def _fork(row: dict[str, Any]) -> Node:
    return plain("Repository", databaseId=row["id"], createdAt=row["created_at"])


def _actor(login: str | None) -> Node | None:
    return plain("User", login=login, databaseId=None) if login else None


def _pull(tiny: TinyGitHub, row: dict[str, Any]) -> Node:
    number = row["number"]
    found = tiny.pulls.get(number, [])
    return plain(
        "PullRequest",
        id=f"PR_{number}",
        number=number,
        updatedAt=row["updated_at"],
        reviews=lambda **page: connection(found, _review, **page),
    )


def _review(row: dict[str, Any]) -> Node:
    return plain(
        "PullRequestReview",
        databaseId=None if row["id"] >= 2**31 else row["id"],  # as GitHub does: an Int has 32 bits
        fullDatabaseId=str(row["id"]),
        submittedAt=row["submitted_at"],
        author=_actor(row["login"]),
    )


@contextmanager
def serving(tiny: TinyGitHub) -> Iterator[TinyGitHub]:
    """Serve it on a free port; `url` is its base_url."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._send(parts.path, tiny.respond, parts.path, query, self.headers["If-None-Match"])

        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._send(self.path, lambda: Response(body=tiny.query(query)))

        def _send(self, path: str, respond: Any, *arguments: Any) -> None:
            tiny.asked.append(self.path)
            odd = tiny.oddities.get(path)
            response = odd.pop(0) if odd else respond(*arguments)
            tiny.statuses.append(response.status)
            self.send_response(response.status)
            length = {"Content-Length": str(len(response.body))}
            for name, value in (response.headers | length).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body)

    with served(Handler) as tiny.url:
        yield tiny
