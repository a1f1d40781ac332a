"""A GitHub of one repository whose every list has six rows, in pages of two, with faults."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.local_http import served

NAME = "makers/paged"
PLACE = f"/repos/{NAME}"
ROWS, PAGE_SIZE = (1, 2, 3, 4, 5, 6), 2
PATHS = {
    "issues": "issues",
    "issues/comments": "comments",
    "pulls/comments": "review_comments",
    "commits": "commits",
    "releases": "releases",
    "forks": "forks",
}
QUERIES = {"Reviews": "reviews", "Talks": "discussions", "Stars": "stars"}
OLDEST_FIRST = ("issues", "comments", "review_comments")
LISTS = (*PATHS.values(), *QUERIES.values())


class Shown(NamedTuple):
    """What a list shows at one request: its rows, and the cursor of the next page."""

    rows: list[int]
    next: str | None
    status: int = 200


# Changes what a list shows; gets the request's cursor ("" for the first page) as well.
Fault = Callable[[Shown, str], Shown]


@dataclass
class PagedGitHub:
    """`rows` of each list by number, which is also their day; `faults` by list."""

    rows: dict[str, list[int]] = field(default_factory=lambda: {name: [*ROWS] for name in LISTS})
    faults: dict[str, Fault] = field(default_factory=dict)
    counts: bool = True
    url: str = ""

    def show(self, name: str, cursor: str, since: str) -> Shown:
        rows = self.rows[name] if name in OLDEST_FIRST else self.rows[name][::-1]
        rows = [row for row in rows if day(row) >= since] if name in OLDEST_FIRST else rows
        begin = int(cursor or 0)
        end = begin + PAGE_SIZE
        shown = Shown(rows[begin:end], str(end) if end < len(rows) else None)
        fault = self.faults.get(name)
        return fault(shown, cursor) if fault else shown

    def get(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        if path == PLACE:
            url = f"https://github.com/{NAME}"
            return 200, {}, {"id": 5, "node_id": "R_5", "full_name": NAME, "html_url": url}
        name = PATHS[path.removeprefix(f"{PLACE}/")]
        shown = self.show(name, query.get("page", ""), query.get("since", ""))
        headers = {}
        if shown.next:
            following = urlencode(query | {"page": shown.next})
            headers["Link"] = f'<{self.url}{path}?{following}>; rel="next"'
        return shown.status, headers, [rest_row(name, row) for row in shown.rows]

    def post(self, asked: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        match = re.match(r"query (\w+)", asked["query"])
        assert match is not None
        if match[1] == "Pulse":
            return 200, {}, {"data": {"nodes": [self._pulse()] if self.counts else []}}
        if match[1] == "Profiles":
            return 200, {}, {"data": {}}
        name = QUERIES[match[1]]
        shown = self.show(name, asked["variables"].get("after") or "", "")
        more = {"hasNextPage": shown.next is not None, "endCursor": shown.next or None}
        rows = [graphql_row(name, row) for row in shown.rows]
        field_name, items = {
            "reviews": ("pullRequests", "nodes"),
            "discussions": ("discussions", "nodes"),
            "stars": ("stargazers", "edges"),
        }[name]
        connection = {"pageInfo": more, items: rows}
        return shown.status, {}, {"data": {"repository": {field_name: connection}}}

    def _pulse(self) -> dict[str, Any]:
        def state(name: str) -> dict[str, Any]:
            rows = self.rows[name]
            return {"totalCount": len(rows), "nodes": [{"at": day(max(rows, default=0))}]}

        head = {"target": {"oid": sha(max(self.rows["commits"], default=0))}}
        # All issues of this repository are pull requests.
        issues = {"totalCount": 0, "nodes": []}
        pulls = {"pullRequests": state("issues"), "issues": issues, "defaultBranchRef": head}
        names = {"discussions": "discussions", "stargazers": "stars", "forks": "forks"}
        rest = {told: state(name) for told, name in (names | {"releases": "releases"}).items()}
        return {"databaseId": 5} | pulls | rest


def day(row: int) -> str:
    return f"2026-05-{row:02}T10:00:00Z"


def sha(row: int) -> str:
    return f"{row:040x}"


def user(row: int) -> dict[str, Any]:
    return {"login": f"u{row}", "id": row, "type": "User"}


def rest_row(name: str, row: int) -> dict[str, Any]:
    if name == "commits":
        signature = {"name": "U", "email": f"u{row}@made.invalid", "date": day(row)}
        parents = [{"sha": sha(row - 1)}] if row > 1 else []
        commit = {"author": signature, "committer": signature, "message": "m"}
        return {"sha": sha(row), "commit": commit, "author": user(row), "parents": parents}
    about = f"https://api.github.com{PLACE}/issues/{row}"
    at = {"created_at": day(row), "updated_at": day(row), "published_at": day(row)}
    links = {"issue_url": about, "pull_request_url": about, "tag_name": f"v{row}"}
    row_of = at | links | {"id": row, "number": row, "pull_request": {}}
    return row_of | {"user": user(row), "author": user(row), "owner": user(row)}


def graphql_row(name: str, row: int) -> dict[str, Any]:
    author = {"__typename": "User", "login": f"u{row}", "databaseId": row}
    if name == "stars":
        return {"starredAt": day(row), "node": author}
    last = {"hasNextPage": False, "endCursor": None}
    review = {"databaseId": row, "submittedAt": day(row), "author": author}
    node = {"id": f"N{row}", "number": row, "updatedAt": day(row), "createdAt": day(row)}
    return node | {
        "author": author,
        "reviews": {"pageInfo": last, "nodes": [review]},
        "comments": {"pageInfo": last, "nodes": []},
    }


@contextmanager
def serving(paged: PagedGitHub) -> Iterator[PagedGitHub]:
    """Serve it on a free port; `url` is its base_url."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._send(*paged.get(parts.path, query))

        def do_POST(self) -> None:
            self._send(
                *paged.post(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            )

        def _send(self, status: int, headers: dict[str, str], content: Any) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            for header, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(body)

    with served(Handler) as paged.url:
        yield paged
