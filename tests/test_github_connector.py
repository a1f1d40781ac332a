"""The GitHub connector against a living organisation, a tiny repository, and what goes wrong."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from github_places import GitHubPlace
from places import Place
from tiny_github import TinyGitHub, serving

from connectors import github_queries, http
from connectors.base import Denied, Retryable
from connectors.github import GitHubConnector
from connectors.sandbox import github_call
from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options

NAME = "makers/tiny"
FAULTS = [
    ("too_many", {"seconds": 20, "count": 12}),
    ("server_error", {"count": 5}),
    ("html_error", {"count": 5}),
    ("html_with_200", {"count": 5}),
    ("cut_json", {"count": 5}),
    ("cut_body", {"count": 5}),
    ("reset", {"count": 5}),
    ("stall", {"count": 5, "seconds": 0.5}),
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


def time(minute: int) -> str:
    return f"2026-05-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"


def pull(number: int, minute: int, **more: Any) -> dict[str, Any]:
    row = {"number": number, "created_at": time(minute), "updated_at": time(minute)}
    return row | {"user": {"login": "ada", "type": "User"}, "pull_request": {}} | more


def tiny(pulls: int) -> TinyGitHub:
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


@pytest.fixture
def repository() -> Iterator[TinyGitHub]:
    with serving(tiny(3)) as running:
        yield running


# Few requests.


def test_a_thousand_pull_requests_in_a_few_dozen_requests(tmp_path: Path) -> None:
    with serving(tiny(1000)) as repository:
        place = GitHubPlace(tmp_path, [NAME], repository.url)
        first = place.sync()
        assert place.counts()["reviews"] == 1000
        assert place.counts()["comments"] == 2000
        assert first.requests <= 62, "the least is 10 for each list of 1,000 rows: 52"
        assert place.sync().requests == 2


def test_without_graphql_s_word_a_list_is_asked_once_and_then_for_free(
    tmp_path: Path, repository: TinyGitHub
) -> None:
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    refused = b'{"data": {"nodes": [null]}}'
    repository.oddities["/graphql"] = [(200, {}, refused)]
    second = place.sync()
    assert second.requests <= 1 + 1 + 9, "the repository, the pulse, and each list once"
    repository.oddities["/graphql"] = [(200, {}, refused)]
    repository.statuses.clear()
    third = place.sync()
    assert third.requests == second.requests
    assert Counter(repository.statuses) == {304: 7, 200: 4}, "GraphQL alone knows no 304"
    assert (third.landed.new, third.landed.changed) == (0, 0)


def test_the_many_reviews_of_one_pull_request_are_all_read(
    tmp_path: Path, repository: TinyGitHub
) -> None:
    repository.pulls[2] = [
        {"id": n, "login": "cem", "submitted_at": time(n)} for n in range(1, 251)
    ]
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    assert place.counts()["reviews"] == 252


def test_the_many_comments_of_one_discussion_are_all_read(
    tmp_path: Path,
    sandbox: Running,
    undisturbed: list[tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if a page held one comment and one reply."""
    for name in ("DISCUSSIONS", "MORE_COMMENTS", "MORE_REPLIES"):
        query = getattr(github_queries, name)
        for size in (20, 50, 100):
            query = query.replace(f"(first: {size}", "(first: 1")
        monkeypatch.setattr(github_queries, name, query)
    place = Place(tmp_path, sandbox, kind="github")
    place.sync()
    assert place.raw() == undisturbed


def test_news_is_asked_for_where_it_is(tmp_path: Path, repository: TinyGitHub) -> None:
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    repository.stars.append(("dee", time(5000)))
    repository.asked.clear()
    assert place.sync().landed.new == 1
    assert len(repository.asked) == 3, "the repository, the pulse, the stars"


def test_many_changes_in_one_second_are_all_seen(tmp_path: Path, repository: TinyGitHub) -> None:
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    repository.lists["issues"] += [pull(n, 100) for n in range(10, 360)]
    place.sync()
    assert place.counts()["issues"] == 353


def test_what_moves_between_two_pages_is_not_missed(
    tmp_path: Path, repository: TinyGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While pages are read, an old pull request changes and moves to the end of the list."""
    repository.lists["issues"] = [pull(n, n) for n in range(1, 251)]
    answer = repository.answer

    def moving(path: str, query: dict[str, str], etag: str | None) -> Any:
        given = answer(path, query, etag)
        if path.endswith("/issues"):
            repository.lists["issues"][5]["updated_at"] = time(9000)
        return given

    monkeypatch.setattr(repository, "answer", moving)
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    assert place.counts()["issues"] == 250


# Incremental.


def test_syncs_day_by_day_come_to_what_a_fresh_one_finds(tmp_path: Path) -> None:
    with serve(make_world(members=120, days=60), Options(limits=False)) as sandbox:
        place = Place(tmp_path / "place", sandbox, kind="github")
        fresh = Place(tmp_path / "fresh", sandbox, kind="github")
        place.sync()
        for days in (1, 3, 7):
            sandbox.advance(days=days)
            assert place.sync().landed.new > 0
        fresh.sync()
    assert place.facts() == fresh.facts()


def test_a_full_sync_finds_what_is_gone(tmp_path: Path, repository: TinyGitHub) -> None:
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    del repository.lists["issues/comments"][0]
    assert place.sync(full=True).landed.gone == 1
    assert ("github", "deleted") in place.facts()["left_out"]


# What is what.


def test_kinds_parents_and_links(tmp_path: Path, repository: TinyGitHub) -> None:
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    rows = place.facts_of("select kind, parent_id, ref from facts.activities order by all")
    assert ("review", "github:77#2", "pull/2#pullrequestreview-10000000002") in rows
    assert ("comment", "github:77#1", "issues/1#issuecomment-1") in rows
    assert ("comment", "github:77#1", "pull/1#discussion_r2") in rows
    assert ("pull_request", None, "pull/3") in rows
    assert place.facts_of("select url, name from facts.channels") == [
        (f"https://github.com/{NAME}", NAME)
    ]


def test_work_items_tell_when_they_were_closed_and_merged(
    tmp_path: Path, repository: TinyGitHub
) -> None:
    merged = {"closed_at": time(60), "pull_request": {"merged_at": time(60)}}
    repository.lists["issues"] = [pull(1, 0, **merged), pull(2, 1, user=None)]
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    rows = place.facts_of(
        "select item_id, account_id, closed_at = merged_at, closed_at - opened_at = interval 1 hour"
        " from facts.work_items order by all"
    )
    assert rows == [("github:77#1", "github:ada", True, True), ("github:77#2", None, None, None)]


def test_bots_and_ghosts_are_left_out(tmp_path: Path, repository: TinyGitHub) -> None:
    users = [
        {"login": "renovate[bot]", "type": "Bot"},
        {"login": "helper", "type": "Bot"},
        {"login": "ghost", "type": "User"},
        None,
        {},
    ]
    repository.lists["issues"] = [pull(n, n, user=user) for n, user in enumerate(users, 1)]
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    left_out = Counter(reason for _, reason in place.facts()["left_out"])
    assert left_out == {"bot": 2, "no author": 3}
    bots = place.facts_of("select handle from facts.accounts where is_bot order by all")
    assert bots == [("helper",), ("renovate[bot]",)]


def test_commit_authors_are_logins_or_hashes_never_addresses(
    tmp_path: Path, repository: TinyGitHub
) -> None:
    def commit(sha: str, email: str, author: Any = None) -> dict[str, Any]:
        signature = {"name": "Ada L.", "email": email, "date": time(1)}
        return {"sha": sha, "author": author, "commit": {"author": signature}}

    repository.lists["commits"] = [
        commit("a", "ada@home.invalid", {"login": "ada"}),
        commit("b", "7+Bo@users.noreply.github.com"),
        commit("c", "cem@work.invalid"),
        commit("d", "CEM@work.invalid "),
        commit("e", ""),
    ]
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    query = "select account_id from facts.activities where kind = 'commit' order by occurred_at, 1"
    authors = [account for (account,) in place.facts_of(query)]
    assert authors[:2] == ["github:Bo", "github:ada"]
    assert len(authors) == 4
    assert len(set(authors)) == 3, "one address is one account, however it is written"
    assert all("@" not in payload for *_, payload, _ in place.raw())
    [(name,)] = place.facts_of("select name from facts.accounts where handle like 'email:%'")
    assert name == "Ada L."


# Repositories.


def test_renamed_gone_and_empty_repositories(place: Place) -> None:
    place.sync()
    names = {name for (name,) in place.facts_of("select name from facts.channels")}
    assert names == {f"makers/{n}" for n in ("attic", "handbook", "playground", "toolkit",
                                             "website")}  # fmt: skip
    [spot] = place.publish().blind_spots()
    assert spot["what"] == "makers/vanished"
    assert "may not see it" in spot["reason"]


def test_a_repository_that_is_renamed_later_stays_the_same(
    tmp_path: Path, repository: TinyGitHub
) -> None:
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    repository.full_name = "makers/grown"
    moved = {"Location": f"{repository.url}/repos/makers/grown"}
    repository.oddities[f"/repos/{NAME}"] = [(301, moved, b"{}")]
    synced = place.sync()
    assert (synced.landed.new, synced.landed.changed) == (0, 1)
    assert place.facts_of("select name from facts.channels") == [("makers/grown",)]


def test_no_readable_repository_is_an_error(tmp_path: Path, repository: TinyGitHub) -> None:
    place = GitHubPlace(tmp_path, ["makers/nowhere"], repository.url)
    with pytest.raises(Denied, match=r"none of the repositories.*makers/nowhere"):
        place.sync()


def test_switched_off_issues_are_a_blind_spot(tmp_path: Path, repository: TinyGitHub) -> None:
    gone = (410, {}, b'{"message": "Issues are disabled for this repo"}')
    repository.oddities[f"/repos/{NAME}/issues"] = [gone]
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    [spot] = place.publish().blind_spots()
    assert spot["what"] == f"issues of {NAME}"
    assert place.counts()["reviews"] == 3, "the rest is read"


# The token goes to no other host.


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(
    tmp_path: Path, repository: TinyGitHub, status: int
) -> None:
    with serving(tiny(1)) as elsewhere:
        location = {"Location": f"{elsewhere.url}/repos/{NAME}"}
        repository.oddities[f"/repos/{NAME}"] = [(status, location, b"{}")]
        with pytest.raises(Denied, match="never gets a token"):
            GitHubPlace(tmp_path, [NAME], repository.url).sync()
        assert elsewhere.asked == []


def test_a_next_page_on_another_host_is_not_asked(tmp_path: Path, repository: TinyGitHub) -> None:
    with serving(tiny(1)) as elsewhere:
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
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", (5.0, 0.1))
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
    with pytest.raises(Exception, match="does not understand our question"):
        place.sync()


def test_a_lost_cursor_begins_the_walk_anew(tmp_path: Path) -> None:
    with serving(tiny(250)) as repository:
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
