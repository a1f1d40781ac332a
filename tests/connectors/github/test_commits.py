"""Commits: which of their dates counts, who their authors are, and what a force push takes away."""

from typing import Any

import pytest

from tests.support.installations.github import GitHubInstallation
from tests.support.tiny.github import TinyGitHub

SEPT = "2026-09-{:02}T10:00:00Z"


def commit(
    sha: str, authored: str | None, committed: str | None = None, message: str = "m", **more: Any
) -> dict[str, Any]:
    signature = {"name": "Ada", "email": "ada@made.invalid"}
    told = {
        "author": signature | {"date": authored},
        "committer": signature | {"date": committed or authored},
        "message": message,
    }
    return {"sha": sha, "commit": told, "author": {"login": "ada", "id": 1}} | more


def dates(place: GitHubInstallation) -> list[tuple[str, str]]:
    return place.facts_of(
        "select split_part(activity_id, ':', 3), strftime(occurred_at, '%Y-%m-%dT%H:%M:%SZ')"
        " from facts.activities where kind = 'commit' order by activity_id"
    )


@pytest.mark.parametrize(
    ("authored", "committed", "counts"),
    [
        (SEPT.format(1), SEPT.format(2), SEPT.format(1)),
        ("2099-01-01T00:00:00Z", SEPT.format(2), SEPT.format(2)),
        ("1970-01-01T00:00:01Z", SEPT.format(2), SEPT.format(2)),
        ("2026-09-01T10:00:00+518:00", SEPT.format(2), SEPT.format(2)),
        ("2026-09-01T10:00:00", SEPT.format(2), SEPT.format(2)),
        (None, SEPT.format(2), SEPT.format(2)),
        (SEPT.format(1), "1970-01-01T00:00:01Z", SEPT.format(1)),
        ("2011-03-01T10:00:00Z", "2011-03-01T10:00:00Z", "2011-03-01T10:00:00Z"),
    ],
    ids=[
        "both can be",
        "the author's is in the future",
        "the author's is before GitHub",
        "the author's is none",
        "the author's has no offset",
        "the author's is missing",
        "the committer's is before GitHub",
        "an imported history",
    ],
)
def test_the_committers_date_counts_where_the_authors_cannot_be(
    place: GitHubInstallation,
    tiny: TinyGitHub,
    authored: str | None,
    committed: str,
    counts: str,
) -> None:
    tiny.lists["commits"] = [commit("a", authored, committed)]
    place.sync()
    assert dates(place) == [("a", counts)]


def test_a_commit_of_the_future_does_not_end_all_reading(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    """Commits are asked for since the newest one, which says of itself when it was made.

    What was made after it was landed is left out.
    """
    tiny.lists["commits"] = [commit("a", "2082-01-01T00:00:00Z"), commit("b", SEPT.format(1))]
    place.sync()
    tiny.lists["commits"].insert(0, commit("c", SEPT.format(3)))
    tiny.asked.clear()
    place.sync()
    [asked] = [path for path in tiny.asked if "/commits" in path]
    assert "since=20" in asked
    assert "since=208" not in asked
    assert [sha for sha, _ in dates(place)] == ["b", "c"]


def test_co_authors_are_authors(place: GitHubInstallation, tiny: TinyGitHub) -> None:
    message = (
        "A thing\n\nThanks to Co-authored-by: nobody <no@made.invalid>\n\n"
        "Co-authored-by: Bo <2+Bo@users.noreply.github.com>\r\n"
        "CO-AUTHORED-BY: Cem <cem@made.invalid>\n"
        "Co-authored-by: Cem again <CEM@made.invalid>\n"
        "Co-authored-by: Ada <1+ADA@users.noreply.github.com>\n"
        "Co-authored-by: helper[bot] <9+helper[bot]@users.noreply.github.com>\n"
        "Co-authored-by: without an address\n"
    )
    tiny.lists["commits"] = [commit("a", SEPT.format(1), message=message)]
    place.sync()
    authors = place.facts_of(
        "select account_id, ref from facts.activities where kind = 'commit' order by account_id"
    )
    assert [ref for _, ref in authors] == ["commit/a"] * 3
    assert authors[0][0] == "github:ada"
    assert authors[1][0] == "github:bo"
    assert authors[2][0].startswith("github:email:")
    assert all("@" not in payload and "thing" not in payload for *_, payload, _ in place.raw())
    snapshot = place.publish()
    [volume] = [
        row
        for row in snapshot.metric("activity_volume").to_pylist()
        if row["kind"] == "commit" and row["activities"]
    ]
    assert (volume["activities"], volume["members"]) == (1, 3), "one commit, of three persons"


def test_a_commit_of_a_bot_with_a_co_author_is_the_co_authors(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    message = "m\n\nCo-authored-by: Bo <2+bo@users.noreply.github.com>"
    bot = {"login": "agent[bot]", "id": 7, "type": "Bot"}
    tiny.lists["commits"] = [commit("a", SEPT.format(1), message=message, author=bot)]
    place.sync()
    accounts = place.facts_of("select account_id from facts.activities where kind = 'commit'")
    assert accounts == [("github:bo",)]
    assert ("github", "bot") not in place.facts()["left_out"]


def test_a_number_before_a_noreply_login_joins_old_and_new_logins(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    old = commit("a", SEPT.format(1), author=None)
    old["commit"]["author"]["email"] = "4711+Ada-Old@users.noreply.github.com"
    new = {"login": "ada-new", "id": 4711}
    tiny.lists["commits"] = [commit("b", SEPT.format(2), author=new), old]
    place.sync()
    assert place.facts_of("select count(distinct person_key) from marts.authors"
                          " where account_id like 'github:ada-%'") == [(1,)]  # fmt: skip


ADA = {"login": "ada", "id": 4711}
OLD_FORM = "Ada@users.noreply.github.com"


def accounts_by_person(place: GitHubInstallation) -> list[tuple[int, int]]:
    """How many accounts and commits each person has."""
    return place.facts_of(
        "select count(distinct account_id), count(*)"
        " from facts.activities join marts.authors using (account_id)"
        " where kind = 'commit' group by person_key order by 1"
    )


def written_by(email: str, sha: str, day: int, **more: Any) -> dict[str, Any]:
    row = commit(sha, SEPT.format(day), **more)
    row["commit"]["author"]["email"] = email
    return row


def test_a_noreply_login_without_a_number_may_be_somebody_else_s_by_now(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    """GitHub ties the old commit to nobody, and Ada has that login today."""
    ada = written_by("ada@home.invalid", "b", 2, author=ADA)
    tiny.lists["commits"] = [ada, written_by(OLD_FORM, "a", 1, author=None)]
    place.sync()
    assert accounts_by_person(place) == [(1, 1), (1, 1)]


@pytest.mark.parametrize("address", [OLD_FORM, "ada@home.invalid"])
def test_an_address_that_github_ties_to_a_login_is_that_login_s_in_trailers(
    place: GitHubInstallation, tiny: TinyGitHub, address: str
) -> None:
    trailer = f"m\n\nCo-authored-by: Ada <{address.upper()}>"
    bo = {"login": "bo", "id": 2}
    tiny.lists["commits"] = [
        written_by(address, "b", 2, author=ADA),
        written_by("bo@home.invalid", "a", 1, author=bo, message=trailer),
    ]
    place.sync()
    assert accounts_by_person(place) == [(1, 1), (2, 2)]
    links = place.facts_of("select rule from marts.links")
    assert links == [("written",)]


def test_an_old_noreply_address_that_is_tied_to_nobody_is_nobody_s_login_in_trailers(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    trailer = f"m\n\nCo-authored-by: Ada <{OLD_FORM}>"
    ada = written_by("ada@home.invalid", "b", 2, author=ADA)
    bo = {"login": "bo", "id": 2}
    tiny.lists["commits"] = [ada, commit("a", SEPT.format(1), author=bo, message=trailer)]
    place.sync()
    assert accounts_by_person(place) == [(1, 1), (1, 1), (1, 1)]


@pytest.mark.parametrize(
    ("signatures", "persons"),
    [
        # chaoss/augur, issue 3764: everybody called dave, or nothing at all, was one person.
        ([("dave", "dave@a.invalid"), ("Dave", "dave@b.invalid")], 2),
        ([("", "x@a.invalid"), ("", "x@b.invalid")], 2),
        # An address that many have: who says which name they have is not somebody else.
        ([("Ada", "root@localhost"), ("Bo", "root@localhost")], 2),
        ([("Ada", "info@studio.invalid"), ("Bo", "info@studio.invalid")], 2),
        ([("Ada", "info@studio.invalid"), ("ada ", "INFO@studio.invalid")], 1),
        # linuxfoundation/insights, issue 2008: one address with several names is one person.
        ([("Ada", "ada@a.invalid"), ("Ada Lovelace", "ada@a.invalid")], 1),
    ],
)
def test_who_wrote_commits_that_github_ties_to_nobody(
    place: GitHubInstallation,
    tiny: TinyGitHub,
    signatures: list[tuple[str, str]],
    persons: int,
) -> None:
    for number, (name, email) in enumerate(signatures, start=1):
        row = written_by(email, f"c{number}", number, author=None)
        row["commit"]["author"]["name"] = name
        tiny.lists["commits"].insert(0, row)
    place.sync()
    assert len(accounts_by_person(place)) == persons


def test_a_force_push_takes_the_old_commits_away(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    tiny.lists["commits"] = [commit("b", SEPT.format(2)), commit("a", SEPT.format(1))]
    place.sync()
    tiny.lists["commits"].insert(0, commit("c", SEPT.format(3)))
    assert place.sync().landed.gone == 0, "a push that is none by force"
    tiny.lists["commits"] = [commit("d", SEPT.format(4)), commit("a", SEPT.format(1))]
    assert place.sync().landed.gone == 2
    assert [sha for sha, _ in dates(place)] == ["a", "d"]
