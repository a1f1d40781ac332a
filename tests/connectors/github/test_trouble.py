"""The GitHub connector when things go wrong: other hosts, faults, refusals, limits."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors import http
from connectors.base import Denied, Retryable
from connectors.github import GitHubConnector
from connectors.github import api as github_api
from connectors.github.sandbox import call as github_call
from connectors.github.sandbox import routes as sandbox_github
from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from tests.support.places import Place
from tests.support.places.github import GitHubPlace
from tests.support.tiny.github import NAME, TinyGitHub, serving, tiny_of

FAULTS = [
    ("too_many", {"seconds": 20, "count": 12}),
    ("server_error", {"count": 5}),
    ("html_error", {"count": 5}),
    ("html_with_200", {"count": 5}),
    ("cut_json", {"count": 5}),
    ("cut_body", {"count": 5}),
    ("reset", {"count": 5}),
    ("stall", {"count": 5, "seconds": 1.0}),
]


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=40, days=60)


@pytest.fixture
def sandbox(world: World) -> Iterator[Running]:
    with serve(world, Options(limits=False)) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    """What one sync lands when nothing goes wrong."""
    with serve(world, Options(limits=False)) as running:
        place = Place(tmp_path_factory.mktemp("undisturbed"), running, kind="github")
        place.sync()
    return place.raw()


@pytest.fixture
def place(tmp_path: Path, sandbox: Running) -> Place:
    return Place(tmp_path / "place", sandbox, kind="github")


@pytest.fixture
def repository() -> Iterator[TinyGitHub]:
    with serving(tiny_of(3)) as running:
        yield running


# The token goes to no other host.


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(
    tmp_path: Path, repository: TinyGitHub, status: int
) -> None:
    with serving(tiny_of(1)) as elsewhere:
        location = {"Location": f"{elsewhere.url}/repos/{NAME}"}
        repository.oddities[f"/repos/{NAME}"] = [(status, location, b"{}")]
        with pytest.raises(Denied, match="never gets a token"):
            GitHubPlace(tmp_path, [NAME], repository.url).sync()
        assert elsewhere.asked == []


def test_a_next_page_on_another_host_is_not_asked(tmp_path: Path, repository: TinyGitHub) -> None:
    with serving(tiny_of(1)) as elsewhere:
        link = {"Link": f'<{elsewhere.url}/repos/{NAME}/issues?page=2>; rel="next"'}
        repository.oddities[f"/repos/{NAME}/issues"] = [(200, link, b"[]")]
        with pytest.raises(Denied, match="never gets a token"):
            GitHubPlace(tmp_path, [NAME], repository.url).sync()
        assert elsewhere.asked == []


def test_graphql_lies_beside_the_rest_api_of_an_enterprise_server() -> None:
    from pydantic import SecretStr

    from connectors.base import Context
    from connectors.github import GitHubSettings

    settings = GitHubSettings(
        name="ghe",
        kind="github",
        token=SecretStr("made-up"),
        base_url="https://git.example.invalid/api/v3/",
        repositories=["a/b"],
    )
    connector = GitHubConnector(settings, Context("ghe", str))
    assert connector.api.graphql_url == "https://git.example.invalid/api/graphql"


# Faults: survived while they last a while, reported when they last.


@pytest.mark.parametrize(("kind", "rule"), FAULTS, ids=[kind for kind, _ in FAULTS])
def test_faults_are_survived(
    place: Place,
    sandbox: Running,
    undisturbed: list[tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    rule: dict[str, float],
) -> None:
    if kind == "stall":
        monkeypatch.setattr(http, "TIMEOUT_SECONDS", (5.0, rule["seconds"] / 2))
    sandbox.fault(kind, skip=20, **rule)
    place.sync()
    assert sandbox.stats()["faults"][kind] == rule["count"]
    assert place.raw() == undisturbed


@pytest.mark.parametrize("kind", ["server_error", "html_error", "cut_json", "reset", "too_many"])
def test_a_lasting_fault_ends_with_its_place_and_keeps_what_was_landed(
    place: Place, sandbox: Running, undisturbed: list[tuple[Any, ...]], kind: str
) -> None:
    sandbox.fault(kind, skip=20)
    with pytest.raises(Retryable) as caught:
        place.sync()
    assert "github, makers/" in str(caught.value)
    assert "run the sync again" in str(caught.value).lower()
    assert 0 < len(place.raw()) < len(undisturbed)
    sandbox.clear_faults()
    place.sync()
    assert place.raw() == undisturbed


def test_pages_that_take_too_long_become_smaller(tmp_path: Path, repository: TinyGitHub) -> None:
    slow = (502, {}, b"<html>Unicorn!</html>")
    repository.oddities[f"/repos/{NAME}/issues"] = [slow, slow]
    repository.oddities["/graphql"] = [
        (200, {}, b'{"data": {"nodes": []}}'),
        (504, {}, b""),
        (200, {}, b'{"errors": [{"message": "Something went wrong: timeout"}]}'),
    ]
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    asked = [path for path in repository.asked if "/issues?" in path]
    assert [path.partition("per_page=")[2] for path in asked] == ["100", "50", "25"]
    assert place.counts()["reviews"] == 3


def test_a_problem_with_one_item_is_bearable_and_one_with_the_question_is_not(
    tmp_path: Path, repository: TinyGitHub
) -> None:
    pulse = (200, {}, b'{"data": {"nodes": []}}')
    path = b'"path": ["repository", "pullRequests", "nodes", 0]'
    part = (
        b'{"data": {"repository": {"pullRequests": {"pageInfo": {"hasNextPage": false}, "nodes":'
        b' [null]}}}, "errors": [{"type": "FORBIDDEN", ' + path + b', "message": "no"}]}'
    )
    repository.oddities["/graphql"] = [pulse, (200, {}, part)]
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    assert "reviews" not in place.counts()
    unknown = b'{"errors": [{"message": "Field \'x\' doesn\'t exist"}]}'
    repository.oddities["/graphql"] = [(200, {}, unknown)]
    with pytest.raises(Exception, match="does not understand the query"):
        place.sync()


def test_a_lost_cursor_begins_the_walk_anew(tmp_path: Path) -> None:
    with serving(tiny_of(250)) as repository:
        place = GitHubPlace(tmp_path, [NAME], repository.url)
        first = repository.ask

        def failing(question: dict[str, Any]) -> bytes:
            if question["variables"].get("after"):
                return b'{"errors": [{"type": "FORBIDDEN", "message": "later", "path": []}]}'
            return first(question)

        repository.ask = failing  # type: ignore[method-assign]
        place.sync()
        lost = b'{"errors": [{"type": "INVALID_CURSOR_ARGUMENTS", "message": "invalid"}]}'
        repository.ask = first  # type: ignore[method-assign]
        repository.oddities["/graphql"] = [(200, {}, b'{"data": {"nodes": []}}'), (200, {}, lost)]
        place.sync()
        assert place.counts()["reviews"] == 250


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"X-GitHub-SSO": "required; url=https://github.com/orgs/x/sso"}, "single sign-on"),
        ({"X-Accepted-GitHub-Permissions": "issues=read"}, "issues=read"),
    ],
)
def test_a_refusal_says_what_to_do(
    tmp_path: Path, repository: TinyGitHub, headers: dict[str, str], words: str
) -> None:
    refusal = (403, headers, b'{"message": "Resource not accessible"}')
    repository.oddities[f"/repos/{NAME}"] = [refusal]
    with pytest.raises(Denied) as caught:
        GitHubPlace(tmp_path, [NAME], repository.url).sync()
    assert words in str(caught.value)


def test_a_bad_token_is_one_clear_error(place: Place, sandbox: Running) -> None:
    sandbox.set_token(revoked=True)
    with pytest.raises(Denied, match=r"refuses the token.*Make a new token"):
        place.sync()


# Limits, on a clock that waiting moves.


def test_the_hour_s_limit_is_waited_for_and_nothing_more(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(github_call, "PER_HOUR", 9)
    with serve(world, Options(limits=True)) as sandbox:
        place = Place(tmp_path, sandbox, kind="github")
        synced = place.sync()
        asked: Counter[str] = Counter()
        for key, count in sandbox.stats()["requests"].items():
            asked["graphql" if key.endswith("graphql") else "core"] += count
        hours = max((count - 1) // 9 for count in asked.values())
        refused = sum(n for key, n in sandbox.stats()["statuses"].items() if key[-3:] == "403")
    assert refused == 0, "what is left is told, so no call is lost"
    assert 3600 * hours * 0.99 <= synced.waited_seconds <= 3600 * hours * 1.05


def test_the_minute_s_points_are_kept_and_used_up(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REST and GraphQL have a minute each; nothing is refused, and no longer waited than needed."""
    for module in (github_api, sandbox_github):
        monkeypatch.setattr(module, "REST_PER_MINUTE", 10)
        monkeypatch.setattr(module, "GRAPHQL_PER_MINUTE", 12)
    with serve(world, Options(limits=True)) as sandbox:
        synced = Place(tmp_path, sandbox, kind="github").sync()
        stats = sandbox.stats()
    rest = sum(n for key, n in stats["requests"].items() if not key.endswith("graphql"))
    minutes = max((rest - 1) // 10, (synced.requests - rest - 1) // 12)
    assert minutes >= 2
    assert not [key for key in stats["statuses"] if key.endswith((" 403", " 429"))]
    assert synced.waited_seconds <= 60 * minutes * 1.05


@pytest.mark.parametrize(
    ("status", "headers", "message", "seconds"),
    [
        (403, {"Retry-After": "30"}, "You have exceeded a secondary rate limit", 30),
        (429, {}, "You have exceeded a secondary rate limit", 60),
        (403, {}, "You have triggered an abuse detection mechanism", 60),
    ],
)
def test_secondary_limits_are_waited_for(
    tmp_path: Path,
    repository: TinyGitHub,
    status: int,
    headers: dict[str, str],
    message: str,
    seconds: float,
) -> None:
    body = b'{"message": "' + message.encode() + b'"}'
    repository.oddities[f"/repos/{NAME}/forks"] = [(status, headers, body)]
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    assert place.waited == pytest.approx(seconds, abs=1)


def test_graphql_tells_of_its_limit_with_status_200(tmp_path: Path, repository: TinyGitHub) -> None:
    body = b'{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}'
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}
    repository.oddities["/graphql"] = [(200, headers, body)]
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    assert place.counts()["reviews"] == 3
    assert place.waited > 0
