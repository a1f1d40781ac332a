"""A GitHub whose every list has rows with something odd in one field."""

import re
from copy import deepcopy
from itertools import count
from typing import Any

from tests.support.odd.values import Many, Row, Rows
from tests.support.tiny.paged import PATHS

KEYS = ['repositories = ["makers/*"]']
AT = "2026-05-01T10:00:00Z"
USER = {"login": "ada", "id": 1, "type": "User"}
ACTOR = {"__typename": "User", "login": "ada", "databaseId": 1}
LAST = {"hasNextPage": False, "endCursor": None}
FULL_NAME = "makers/r1"
QUERIES = {"Reviews": "pullRequests", "Talks": "discussions"}


def repository(number: int) -> Row:
    name = f"makers/r{number}"
    row = {"id": number, "node_id": f"R_{number}", "full_name": name, "created_at": AT}
    return row | {"html_url": f"https://github.com/{name}", "fork": False, "archived": False}


def issue(number: int) -> Row:
    row = {"number": number, "created_at": AT, "updated_at": AT, "closed_at": AT}
    return row | {"user": dict(USER), "pull_request": {"merged_at": AT}}


def comment(number: int) -> Row:
    about = f"https://api.github.com/repos/{FULL_NAME}/issues/1"
    row = {"id": number, "created_at": AT, "updated_at": AT, "user": dict(USER)}
    return row | {"issue_url": about, "pull_request_url": about, "html_url": f"{about}#1"}


def commit(number: int) -> Row:
    signature = {"name": "Ada", "email": "ada@made.invalid", "date": AT}
    told = {"author": signature, "committer": signature, "message": "m"}
    row = {
        "sha": f"{number:040x}",
        "commit": told,
        "author": USER,
        "parents": [{"sha": f"{1:040x}"}],
    }
    return deepcopy(row) if number > 1 else deepcopy(row) | {"parents": []}


def release(number: int) -> Row:
    return {"id": number, "tag_name": f"v{number}", "author": dict(USER), "published_at": AT}


def fork(number: int) -> Row:
    return {"id": number, "created_at": AT, "owner": USER | {"login": f"u{number}"}}


def connection(*nodes: Row) -> Row:
    return {"pageInfo": dict(LAST), "nodes": [*nodes]}


def pull(number: int) -> Row:
    review = {"databaseId": number, "fullDatabaseId": str(number), "submittedAt": AT}
    reviews = connection(review | {"author": dict(ACTOR)})
    return {"id": f"P{number}", "number": number, "updatedAt": AT, "reviews": reviews}


def discussion(number: int) -> Row:
    at = {"createdAt": AT, "author": dict(ACTOR)}
    reply = deepcopy(at) | {"databaseId": 2 * number + 1}
    note = deepcopy(at) | {"id": f"C{number}", "databaseId": 2 * number}
    row = {"id": f"D{number}", "number": number, "updatedAt": AT} | deepcopy(at)
    return row | {"comments": connection(note | {"replies": connection(reply)})}


def star(number: int) -> Row:
    return {"starredAt": AT, "node": ACTOR | {"login": f"s{number}", "databaseId": number}}


def state(number: int) -> Row:
    told = {"totalCount": 1, "nodes": [{"updatedAt": AT}]}
    names = ("issues", "pullRequests", "discussions", "stargazers", "forks", "releases")
    row: Row = {name: deepcopy(told) for name in names}
    return row | {"databaseId": number, "defaultBranchRef": {"target": {"oid": "1"}}}


def lists(many: Many) -> dict[str, Rows]:
    """The rows of each list, the sound ones first."""
    makers = {"repositories": repository, "issues": issue, "comments": comment}
    makers |= {"review_comments": comment, "commits": commit, "releases": release, "forks": fork}
    makers |= {"pullRequests": pull, "discussions": discussion, "stargazers": star}
    makers |= {"states": state}
    return {name: Rows([make(1)], [*many(make, count(10))]) for name, make in makers.items()}


def answer(path: str, query: Row, found: dict[str, Rows]) -> Any:
    """The body of a response."""
    if "query" in query:
        return _graphql(query["query"], query["variables"], found)
    if path.endswith("orgs/makers/repos"):
        return found["repositories"].all
    name, _, of = path.partition("repos/")[2].partition("/r1/")
    if of:
        return found[PATHS[of]].all
    return [] if name.count("/") > 1 else repository(1)


def _graphql(query: str, variables: Row, found: dict[str, Rows]) -> Any:
    [kind] = re.findall(r"query (\w+)", query)
    if kind == "Pulse":
        return {"data": {"nodes": found["states"].all}}
    if kind == "Stars":
        stars = found["stargazers"].all if variables["name"] == "r1" else []
        return {"data": {"repository": {"stargazers": {"pageInfo": LAST, "edges": stars}}}}
    if kind not in QUERIES:
        return {"data": {"node": {"more": connection()}}}
    name = QUERIES[kind]
    nodes = found[name].all if variables["name"] == "r1" else []
    return {"data": {"repository": {name: connection(*nodes)}}}
