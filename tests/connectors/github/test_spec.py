"""The requests, and the sandbox's responses, agree with GitHub's published specifications."""

import json
from collections.abc import Iterator
from typing import Any

import graphql
import pytest
import requests

from connectors import http
from connectors.github.profiles import profiles_query
from connectors.github.queries import QUERIES
from connectors.github.sandbox.graphql import SCHEMA
from connectors.sandbox.community import World
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from tests.support.installations import Installation
from tests.support.schema_parts import differences
from tests.support.specifications import spec_check, specification

REST = "https://api.github.com"
HEADERS = {"Authorization": f"Bearer {SANDBOX_TOKEN}", "User-Agent": "tests"}


@pytest.fixture(scope="module")
def sandbox(world: World) -> Iterator[Running]:
    with serve(world, Options(limits=False)) as running:
        yield running


@pytest.fixture(scope="module")
def check() -> Any:
    return spec_check("github/github.rest.harness.json")


@pytest.fixture(scope="module")
def schema() -> Any:
    text = specification("github/github.graphql.schema.graphql").read_text(encoding="utf-8")
    return graphql.build_schema(text, assume_valid_sdl=True, assume_valid=True)


@pytest.fixture(scope="module")
def exchanged(sandbox: Running, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Every response of a first, a second and a later sync."""
    found: list[Any] = []
    send = http.Client._send

    def keep(self: Any, call: Any) -> requests.Response:
        response = send(self, call)
        found.append(response)
        return response

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(http.Client, "_send", keep)
        place = Installation(tmp_path_factory.mktemp("place"), sandbox, kind="github")
        place.sync()
        place.sync()
        sandbox.advance(days=3)
        place.sync()
    return found


def test_rest_agrees(check: Any, sandbox: Running, exchanged: list[Any]) -> None:
    seen = set()
    for response in exchanged:
        if response.request.method != "GET" or "/repositories/" in response.url:
            continue
        url = response.url.replace(sandbox.github_url, REST)
        assert check.request("GET", url) == [], url
        seen.add(response.status_code)
        if response.status_code == 200:
            kind = "application/json"
            assert check.response("GET", url, 200, kind, response.json()) == [], url
    assert seen == {200, 301, 304, 404, 409}


def test_every_request_pins_the_version(exchanged: list[Any]) -> None:
    for response in exchanged:
        assert response.request.headers["X-GitHub-Api-Version"] == "2022-11-28"
        assert response.request.headers["Authorization"] == f"Bearer {SANDBOX_TOKEN}"


def test_queries_agree(schema: Any) -> None:
    for text in (*(query.text for query in QUERIES), profiles_query(2)):
        assert graphql.validate(schema, graphql.parse(text)) == []


def test_what_is_served_is_a_part_of_the_real_schema(schema: Any) -> None:
    assert differences(SCHEMA, schema) == []


def test_graphql_responses_agree(schema: Any, exchanged: list[Any]) -> None:
    """The data of a response, queried again in the real schema, comes back."""
    posts = [r for r in exchanged if r.request.method == "POST"]
    assert posts
    for response in posts:
        asked = json.loads(response.request.body)
        data = response.json()["data"]
        result = graphql.execute_sync(
            schema,
            graphql.parse(asked["query"]),
            data,
            variable_values=asked["variables"],
            field_resolver=lambda source, info, **_: source.get(info.path.key),  # with its alias
            type_resolver=lambda value, *_: value.get("__typename", guess(value)),
        )
        assert result.errors is None, result.errors[:3]
        assert result.data == data


def guess(value: dict[str, Any]) -> str:
    """The type of a node whose name was not asked for."""
    if "oid" in value:
        return "Commit"
    return "Repository" if "databaseId" in value else "PullRequest"


STRANGE = [
    ("repos/makers/toolkit/issues", {"sate": "all"}),
    ("repos/makers/toolkit/issues", {"state": "any"}),
    ("repos/makers/toolkit/issues", {"per_page": "101"}),
    ("repos/makers/toolkit/issues", {"since": "yesterday"}),
    ("repos/makers/toolkit/issues/comments", {"state": "all"}),
    ("repos/makers/toolkit/forks", {"sort": "biggest"}),
    ("repos/makers/toolkit/releases", {"since": "2026-01-01T00:00:00Z"}),
    ("orgs/makers/repos", {"type": "nice"}),
]


def get(sandbox: Running, path: str, headers: dict[str, str], **query: str) -> requests.Response:
    return requests.get(f"{sandbox.github_url}/{path}", query, headers=headers, timeout=10)


def post(sandbox: Running, query: str) -> requests.Response:
    url = sandbox.github_graphql_url
    return requests.post(url, json={"query": query}, headers=HEADERS, timeout=10)


@pytest.mark.parametrize(("path", "query"), STRANGE)
def test_what_github_does_not_know_is_refused(
    check: Any, sandbox: Running, path: str, query: dict[str, str]
) -> None:
    response = get(sandbox, path, HEADERS, **query)
    assert response.status_code == 422
    url = response.url.replace(sandbox.github_url, REST)
    if "101" not in url and "yesterday" not in url:
        assert check.request("GET", url) != [], "the specification refuses it, too"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ repository(owner: \"makers\") { databaseId } }", "missing required argument: name"),
        ("{ repository(owner: \"makers\", name: \"toolkit\") { stars } }", "doesn't exist on type"),
        ("{ repository(owner: \"makers\", name: \"toolkit\") { issues { totalCount } } }", "first"),
        ("{ repository(owner: \"makers\", name: \"toolkit\", big: 1) { databaseId } }", "big"),
        ("query ($a: String!) { repository(owner: $a, name: $a) { databaseId } }", "$a"),
        ("{ repository(owner: \"makers\" ", "nd of document"),
    ],
)  # fmt: skip
def test_strange_queries_are_refused(sandbox: Running, query: str, words: str) -> None:
    response = post(sandbox, query).json()
    assert "data" not in response
    assert words in response["errors"][0]["message"]


def test_graphql_problems_come_with_status_200(sandbox: Running) -> None:
    query = "{ repository(owner: \"makers\", name: \"nowhere\") { databaseId } }"  # fmt: skip
    response = post(sandbox, query)
    assert response.status_code == 200
    assert response.json()["data"] == {"repository": None}
    assert response.json()["errors"][0]["type"] == "NOT_FOUND"


def test_etags_links_and_free_304s(sandbox: Running) -> None:
    commits = "repos/makers/toolkit/commits"
    first = get(sandbox, commits, HEADERS, per_page="2")
    tagged = HEADERS | {"If-None-Match": first.headers["etag"]}
    second = get(sandbox, commits, tagged, per_page="2")
    assert (second.status_code, second.content) == (304, b"")
    left = [int(response.headers["x-ratelimit-remaining"]) for response in (first, second)]
    assert left[0] == left[1]
    following = requests.get(first.links["next"]["url"], headers=HEADERS, timeout=10)
    assert following.json()[0] not in first.json()
    assert "last" in first.links


def test_without_a_good_token_nothing_is_told(sandbox: Running) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        response = get(sandbox, "repos/makers/toolkit", headers)
        assert response.status_code == 401
        assert response.json()["message"] == "Bad credentials"


def test_queries_keep_their_names() -> None:
    """A proxy or a stand-in for GitHub may tell queries apart by them."""
    names = [query.text.split("(")[0].removeprefix("query ") for query in QUERIES]
    assert names == [
        "Pulse", "Reviews", "Talks", "Stars", "MoreReviews", "MoreComments", "MoreReplies"
    ]  # fmt: skip
