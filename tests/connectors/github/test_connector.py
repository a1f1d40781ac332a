"""The GitHub connector against the sandbox's organisation and a tiny repository."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Denied
from connectors.github.queries import DISCUSSIONS, MORE_COMMENTS, MORE_REPLIES
from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from tests.support.installations import Installation
from tests.support.installations.github import GitHubInstallation
from tests.support.processes import imported_by
from tests.support.tiny.github import NAME, Response, TinyGitHub, pull, time, tiny_of


def test_the_settings_are_read_without_an_http_client() -> None:
    assert imported_by("from connectors.github import GitHubSettings", {"requests"}) == set()


# Few requests.


def test_a_thousand_pull_requests_in_a_few_dozen_requests(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    tiny.become(tiny_of(1000))
    first = place.sync()
    assert place.counts()["reviews"] == 1000
    assert place.counts()["comments"] == 2000
    assert first.requests <= 62, "the least is 10 for each list of 1,000 rows, and 1 for profiles"
    assert place.sync().requests == 2


def test_where_graphql_does_not_tell_a_list_is_asked_once_and_then_for_free(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    place.sync()
    untold = Response(body=b'{"data": {"nodes": [null]}}')
    tiny.oddities["/graphql"] = [untold]
    second = place.sync()
    assert second.requests <= 1 + 1 + 9, "the repository, the list states, and each list once"
    tiny.oddities["/graphql"] = [untold]
    tiny.statuses.clear()
    third = place.sync()
    assert third.requests == second.requests
    assert Counter(tiny.statuses) == {304: 7, 200: 4}, "GraphQL alone knows no 304"
    assert (third.landed.new, third.landed.changed) == (0, 0)


def test_the_many_reviews_of_one_pull_request_are_all_read(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    tiny.pulls[2] = [{"id": n, "login": "cem", "submitted_at": time(n)} for n in range(1, 251)]
    place.sync()
    assert place.counts()["reviews"] == 252


def test_the_many_comments_of_one_discussion_are_all_read(
    tmp_path: Path, sandbox: Running, organisation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a page held one comment and one reply."""
    organisation.sync()
    for query in (DISCUSSIONS, MORE_COMMENTS, MORE_REPLIES):
        text = re.sub(r"\(first: \d+", "(first: 1", query.text)
        monkeypatch.setattr(query, "text", text)
    paged = Installation(tmp_path / "paged", sandbox, kind="github")
    paged.sync()
    assert paged.raw() == organisation.raw()


def test_news_is_asked_for_where_it_is(place: GitHubInstallation, tiny: TinyGitHub) -> None:
    place.sync()
    tiny.stars.append(("dee", time(5000)))
    tiny.asked.clear()
    assert place.sync().landed.new == 1
    assert len(tiny.asked) == 3, "the repository, the list states, the stars"


def test_many_changes_in_one_second_are_all_seen(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    tiny.lists["issues"] += [pull(n, 100) for n in range(10, 360)]
    place.sync()
    assert place.counts()["issues"] == 353


def test_what_moves_between_two_pages_is_not_missed(
    place: GitHubInstallation, tiny: TinyGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While pages are read, an old pull request changes and moves to the end of the list."""
    tiny.lists["issues"] = [pull(n, n) for n in range(1, 251)]
    respond = tiny.respond

    def moving(path: str, query: dict[str, str], etag: str | None) -> Response:
        response = respond(path, query, etag)
        if path.endswith("/issues"):
            tiny.lists["issues"][5]["updated_at"] = time(9000)
        return response

    monkeypatch.setattr(tiny, "respond", moving)
    place.sync()
    assert place.counts()["issues"] == 250


# Incremental.


def test_syncs_day_by_day_come_to_what_a_fresh_one_finds(tmp_path: Path) -> None:
    with serve(make_world(members=120, days=60), Options(limits=False)) as sandbox:
        place = Installation(tmp_path / "place", sandbox, kind="github")
        fresh = Installation(tmp_path / "fresh", sandbox, kind="github")
        place.sync()
        for days in (1, 3, 7):
            sandbox.advance(days=days)
            assert place.sync().landed.new > 0
        fresh.sync()
    assert place.facts() == fresh.facts()


def test_a_full_sync_finds_what_is_gone(place: GitHubInstallation, tiny: TinyGitHub) -> None:
    place.sync()
    del tiny.lists["issues/comments"][0]
    assert place.sync(full=True).landed.gone == 1
    assert ("github", "deleted") in place.facts()["left_out"]


# Records and facts.


def test_kinds_parents_and_links(place: GitHubInstallation, tiny: TinyGitHub) -> None:
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
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    merged = {"closed_at": time(60), "pull_request": {"merged_at": time(60)}}
    tiny.lists["issues"] = [pull(1, 0, **merged), pull(2, 1, user=None)]
    place.sync()
    rows = place.facts_of(
        "select item_id, account_id, closed_at = merged_at, closed_at - opened_at = interval 1 hour"
        " from marts.work_items join marts.authors using (account_key)"
    )
    assert rows == [("github:77#1", "github:ada", True, True)], "nobody knows who opened the other"


def test_bots_and_ghosts_are_left_out(place: GitHubInstallation, tiny: TinyGitHub) -> None:
    users = [
        {"login": "renovate[bot]", "type": "Bot"},
        {"login": "helper", "type": "Bot"},
        {"login": "ghost", "type": "User"},
        None,
        {},
    ]
    tiny.lists["issues"] = [pull(n, n, user=user) for n, user in enumerate(users, 1)]
    place.sync()
    left_out = Counter(reason for _, reason in place.facts()["left_out"])
    assert left_out == {"bot": 2, "no author": 3}
    bots = place.facts_of("select handle from facts.accounts where is_bot order by all")
    assert bots == [("helper",), ("renovate[bot]",)]


def test_an_account_that_is_renamed_stays_one_person(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    """What was landed keeps the login of its time; the number tells that it is the same account."""
    ada, lovelace = {"login": "ada", "id": 1}, {"login": "lovelace", "id": 1}
    tiny.lists["issues"] = [pull(1, 0, user=ada)]
    place.sync()
    tiny.lists["issues"].append(pull(2, 60, user=lovelace))
    place.sync()
    persons = place.facts_of(
        "select account_id, person_id from marts.authors"
        " where account_id in ('github:ada', 'github:lovelace') order by account_id"
    )
    assert persons == [("github:ada", "github:ada"), ("github:lovelace", "github:ada")]


def test_commit_authors_are_logins_or_hashes_never_addresses(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    def commit(sha: str, email: str, author: Any = None) -> dict[str, Any]:
        signature = {"name": "Ada L.", "email": email, "date": time(1)}
        return {"sha": sha, "author": author, "commit": {"author": signature}}

    tiny.lists["commits"] = [
        commit("a", "ada@home.invalid", {"login": "ada"}),
        commit("b", "7+Bo@users.noreply.github.com"),
        commit("c", "cem@work.invalid"),
        commit("d", "CEM@work.invalid "),
        commit("e", ""),
    ]
    place.sync()
    query = "select account_id from facts.activities where kind = 'commit' order by occurred_at, 1"
    authors = [account for (account,) in place.facts_of(query)]
    assert authors[:2] == ["github:ada", "github:bo"]
    assert len(authors) == 4
    assert len(set(authors)) == 3, "one address is one account, however it is written"
    assert all("@" not in payload for *_, payload, _ in place.raw())
    [(name,)] = place.facts_of("select name from facts.accounts where handle like 'email:%'")
    assert name == "Ada L."


# Repositories.


def test_renamed_gone_and_empty_repositories(organisation: Installation) -> None:
    organisation.sync()
    names = {name for (name,) in organisation.facts_of("select name from facts.channels")}
    own = ("attic", "handbook", "playground", "toolkit", "website")
    assert names == {f"makers/{name}" for name in own}
    [spot] = organisation.publish().metric("blind_spots").to_pylist()
    assert spot["what"] == "makers/vanished"
    assert "may not see it" in spot["reason"]


def test_a_repository_that_is_renamed_later_stays_the_same(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    place.sync()
    tiny.full_name = "makers/grown"
    moved = {"Location": f"{tiny.url}/repos/makers/grown"}
    tiny.oddities[f"/repos/{NAME}"] = [Response(301, moved, b"{}")]
    synced = place.sync()
    assert (synced.landed.new, synced.landed.changed) == (0, 1)
    assert place.facts_of("select name from facts.channels") == [("makers/grown",)]


def test_no_readable_repository_is_an_error(tmp_path: Path, tiny: TinyGitHub) -> None:
    place = GitHubInstallation(tmp_path, ["makers/nowhere"], tiny.url)
    with pytest.raises(Denied, match=r"none of the repositories.*makers/nowhere"):
        place.sync()


def test_switched_off_issues_are_a_blind_spot(place: GitHubInstallation, tiny: TinyGitHub) -> None:
    gone = Response(410, body=b'{"message": "Issues are disabled for this repo"}')
    tiny.oddities[f"/repos/{NAME}/issues"] = [gone]
    place.sync()
    [spot] = place.publish().metric("blind_spots").to_pylist()
    assert spot["what"] == f"issues of {NAME}"
    assert place.counts()["reviews"] == 3, "the rest is read"
