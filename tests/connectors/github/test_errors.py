"""The GitHub connector when a response is not the expected one: other hosts, errors, refusals."""

import json
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.base import Changed, Context, Denied
from connectors.github import GitHubConnector, GitHubSettings
from connectors.sandbox.server import Running
from tests.support.installations import Installation
from tests.support.installations.github import GitHubInstallation
from tests.support.tiny.github import NAME, Response, TinyGitHub, serving, time, tiny_of

NO_LIST_STATES = Response(body=b'{"data": {"nodes": []}}')


def error(message: str, **more: Any) -> Response:
    return Response(body=json.dumps({"errors": [{"message": message} | more]}).encode())


# The token goes to no other host.


@pytest.mark.parametrize(
    ("list_name", "status", "header", "value"),
    [
        *(("", status, "Location", "{}") for status in (301, 302, 307, 308)),
        ("/issues", 200, "Link", '<{}?page=2>; rel="next"'),
    ],
)
def test_neither_a_redirect_nor_a_next_page_leads_to_another_host(
    place: GitHubInstallation,
    tiny: TinyGitHub,
    list_name: str,
    status: int,
    header: str,
    value: str,
) -> None:
    path = f"/repos/{NAME}{list_name}"
    with serving(tiny_of(1)) as elsewhere:
        there = {header: value.format(f"{elsewhere.url}{path}")}
        tiny.oddities[path] = [Response(status, there, b"[]")]
        with pytest.raises(Denied, match="never gets a token"):
            place.sync()
        assert elsewhere.asked == []


def test_graphql_lies_beside_the_rest_api_of_an_enterprise_server() -> None:
    settings = GitHubSettings(
        name="ghe",
        kind="github",
        token=SecretStr("made-up"),
        base_url="https://git.example.invalid/api/v3/",
        repositories=["a/b"],
    )
    connector = GitHubConnector(settings, Context("ghe", str))
    assert connector.api.graphql_url == "https://git.example.invalid/api/graphql"


# Errors of a page, an item, a query, a cursor.


def test_pages_that_take_too_long_become_smaller(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    slow = Response(502, body=b"<html>Unicorn!</html>")
    tiny.oddities[f"/repos/{NAME}/issues"] = [slow, slow]
    timeout = error("Something went wrong: timeout")
    tiny.oddities["/graphql"] = [NO_LIST_STATES, Response(504), timeout]
    place.sync()
    asked = [path for path in tiny.asked if "/issues?" in path]
    assert [path.partition("per_page=")[2] for path in asked] == ["100", "50", "25"]
    assert place.counts()["reviews"] == 3


def test_an_error_of_one_item_spares_the_others(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    path = ["repository", "pullRequests", "nodes", 0]
    pulls = {"pageInfo": {"hasNextPage": False}, "nodes": [None]}
    body = {
        "data": {"repository": {"pullRequests": pulls}},
        "errors": [{"type": "FORBIDDEN", "path": path, "message": "no"}],
    }
    no_profiles = error("no profiles today")
    answer = Response(body=json.dumps(body).encode())
    tiny.oddities["/graphql"] = [NO_LIST_STATES, no_profiles, answer]
    place.sync()
    assert "reviews" not in place.counts()
    assert place.counts()["comments"] == 6


def test_an_error_of_the_query_is_one_clear_message(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    tiny.oddities["/graphql"] = [error("Field 'x' doesn't exist")]
    with pytest.raises(Changed, match="does not understand the query: Field 'x'"):
        place.sync()


def test_an_invalid_cursor_begins_the_backfill_again(
    place: GitHubInstallation, tiny: TinyGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.become(tiny_of(250))
    respond = tiny.query
    with monkeypatch.context() as patched:
        forbidden = error("later", type="FORBIDDEN", path=[]).body
        patched.setattr(
            tiny,
            "query",
            lambda query: forbidden if query["variables"].get("after") else respond(query),
        )
        place.sync()
    assert place.counts()["reviews"] == 100
    invalid = error("invalid", type="INVALID_CURSOR_ARGUMENTS")
    tiny.oddities["/graphql"] = [NO_LIST_STATES, invalid]
    place.sync()
    assert place.counts()["reviews"] == 250


# Refusals.


@pytest.mark.parametrize(
    ("header", "value", "words"),
    [
        ("X-GitHub-SSO", "required; url=https://github.com/orgs/x/sso", "single sign-on"),
        ("X-Accepted-GitHub-Permissions", "issues=read", "issues=read"),
    ],
)
def test_a_refusal_says_what_to_do(
    place: GitHubInstallation, tiny: TinyGitHub, header: str, value: str, words: str
) -> None:
    refusal = Response(403, {header: value}, b'{"message": "Resource not accessible"}')
    tiny.oddities[f"/repos/{NAME}"] = [refusal]
    with pytest.raises(Denied) as caught:
        place.sync()
    assert words in str(caught.value)


def test_a_bad_token_is_one_clear_error(organisation: Installation, sandbox: Running) -> None:
    sandbox.set_token(revoked=True)
    with pytest.raises(Denied, match=r"refuses the token.*Make a new token"):
        organisation.sync()


# Lists and items that fail alone.


def spots_of(place: GitHubInstallation) -> dict[str, str]:
    return {spot["what"]: spot["reason"] for spot in place.last_spots()}


LIMITED = Response(
    422, body=b'{"message": "In order ..., pagination is limited for this resource"}'
)


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_a_list_that_github_ends_is_named_in_every_sync_and_goes_on_with_its_news(
    place: GitHubInstallation,
    tiny: TinyGitHub,
    monkeypatch: pytest.MonkeyPatch,
    is_interrupted: bool,
) -> None:
    second_page = Response(500, body=b"{}") if is_interrupted else LIMITED

    def fork(id: int) -> dict[str, Any]:
        return {"id": id, "created_at": time(id), "owner": {"login": f"f{id}", "id": id}}

    tiny.lists["forks"] = [fork(id) for id in range(250, 0, -1)]
    respond = tiny.respond

    def limited(path: str, query: dict[str, str], etag: str | None) -> Response:
        is_late = path.endswith("/forks") and query.get("page") == "2"
        return second_page if is_late else respond(path, query, etag)

    monkeypatch.setattr(tiny, "respond", limited)
    if is_interrupted:
        assert place.sync().unread_lists == (f"forks of {NAME}",)
        second_page = LIMITED
    named = {f"forks of {NAME}": "GitHub shows only the beginning of a list as long as this"}
    for _ in range(2):
        assert place.sync().unread_lists == ()
        assert spots_of(place) == named
    assert place.counts()["forks"] == 100
    tiny.lists["forks"].insert(0, fork(251))
    assert place.sync().landed.new == 1
    assert place.sync(full=True).landed.gone == 0


@pytest.mark.parametrize(
    "response",
    [
        Response(500, body=b"{}"),
        Response(200, body=b"<html>Unicorn!</html>"),
        Response(400, body=b"<html>no</html>"),
        Response(422, body=b'{"message": "Validation Failed"}'),
        Response(200, body=b'{"message": "odd"}'),
    ],
    ids=["500", "HTML", "400", "422 of another kind", "another shape"],
)
def test_a_list_that_fails_for_ever_is_asked_again_by_the_next_sync(
    place: GitHubInstallation, tiny: TinyGitHub, response: Response
) -> None:
    path = f"/repos/{NAME}/issues/comments"
    for _ in range(2):
        tiny.oddities[path] = [response] * 6
        assert place.sync().unread_lists == (f"comments of {NAME}",)
        assert "comments" not in place.counts()
        assert place.counts()["reviews"] == 3, "the others are read"
    tiny.oddities.clear()
    assert place.sync().unread_lists == ()
    assert place.counts()["comments"] == 6


@pytest.mark.parametrize(
    ("told", "is_unread"),
    [
        ({"message": "odd"}, True),
        ({"message": "odd", "type": "SERVICE_UNAVAILABLE"}, True),
        ({"message": "Something went wrong", "type": "INTERNAL", "path": None}, True),
        ({"message": "no", "type": "NOT_FOUND"}, False),
    ],
    ids=["no type", "an unknown type", "no path", "never to be read"],
)
def test_an_item_that_github_cannot_tell_is_a_hole_that_the_next_sync_asks_for(
    place: GitHubInstallation, tiny: TinyGitHub, told: dict[str, Any], is_unread: bool
) -> None:
    respond = tiny.query

    def with_a_hole(query: dict[str, Any]) -> bytes:
        answer = json.loads(respond(query))
        if "query Reviews" in query["query"]:
            answer["data"]["repository"]["pullRequests"]["nodes"][1] = None
            path = ["repository", "pullRequests", "nodes", 1]
            answer["errors"] = [{"path": path} | told]
        return json.dumps(answer).encode()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tiny, "query", with_a_hole)
        name = f"1 item of reviews of {NAME}"
        assert place.sync().unread_lists == ((name,) if is_unread else ())
        assert set(spots_of(place)) == {name}
        assert place.counts()["reviews"] == 2
        place.sync(full=True)
        assert place.counts()["reviews"] == 2
    synced = place.sync()
    assert place.counts()["reviews"] == (3 if is_unread else 2)
    assert synced.landed.gone == 0
