"""Which accounts elsewhere GitHub's profiles name: asked in few requests, and nothing is lost."""

from typing import Any

import pytest

from connectors.forgetting import Forgetter, Tombstone, hash_of_account
from connectors.github.profiles import Profiles
from connectors.github.records import NAMING, Profile
from connectors.model import Page
from tests.support.installations.github import GitHubInstallation
from tests.support.tiny.github import NAME, TinyGitHub, time

ADA_ON_MEETUP = "see meetup.com/members/7"


class Killed(BaseException):
    """The process ends here."""


def issue(login: str, minute: int) -> dict[str, Any]:
    row = {"number": 1000 + minute, "created_at": time(minute), "updated_at": time(minute)}
    return row | {"user": {"login": login, "type": "User"}}


def issues_of_many(count: int) -> list[dict[str, Any]]:
    return [issue(f"one{n}", 100 + n) for n in range(count)]


def asked(place: GitHubInstallation) -> list[int]:
    """How many requests for profiles each sync sent, as the warehouse remembers it."""
    query = "select profile_requests from raw.runs order by started_at"
    return [number for (number,) in place.rows(query)]


def stated(place: GitHubInstallation) -> list[tuple[str, str]]:
    return place.facts_of("select account_id, value from facts.clues where rule = 'stated'")


def read_long_ago(place: GitHubInstallation) -> None:
    with place.warehouse.landing() as con:
        con.execute("update raw.cursors set cursor = '2020-01-01' where stream = 'profiles'")


def test_a_first_sync_asks_full_batches_and_a_second_one_nothing(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    """Ada, Bo and Cem, and 250 people with an issue each: 253 are three batches."""
    tiny.lists["issues"] += issues_of_many(250)
    first = place.sync()
    assert [len(logins) for logins in tiny.profiles_asked] == [100, 100, 53]
    assert place.counts()["profiles"] == 253
    assert first.requests == len(tiny.asked)
    assert place.sync().requests == 2
    assert asked(place) == [3, 0]


def test_who_is_new_in_several_lists_is_asked_once(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    place.sync()
    tiny.lists["issues"] += [issue("dee", 500), issue("Ada", 501)]
    comment = {"created_at": time(502), "updated_at": time(502), "id": 500}
    comment["issue_url"] = f"https://api.github.com/repos/{NAME}/issues/1"
    tiny.lists["issues/comments"].append(comment | {"user": {"login": "Dee", "id": 4}})
    place.sync()
    assert tiny.profiles_asked == [["ada", "bo", "cem"], ["dee"]]
    assert asked(place) == [1, 1]


def test_who_was_met_when_a_sync_was_killed_is_asked_in_the_next(
    place: GitHubInstallation, tiny: TinyGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at its second batch of profiles: the lists before it are not read again."""
    tiny.lists["issues"] += issues_of_many(250)
    tiny.bios = {"one249": ADA_ON_MEETUP}
    read = Profiles._read

    def killed(self: Profiles, logins: list[str]) -> dict[str, Profile]:
        if tiny.profiles_asked:
            raise Killed
        return read(self, logins)

    monkeypatch.setattr(Profiles, "_read", killed)
    with pytest.raises(Killed):
        place.sync()
    monkeypatch.undo()
    assert place.counts()["profiles"] == 100
    place.sync()
    each = [login for logins in tiny.profiles_asked for login in logins]
    assert len(each) == len(set(each)) == 253
    assert stated(place) == [("github:one249", "meetup:7")]
    assert place.sync().requests == 2


def test_what_could_not_be_asked_is_asked_in_the_next_sync(
    place: GitHubInstallation, tiny: TinyGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.bios = {"ada": ADA_ON_MEETUP}
    answer = tiny.query

    def without_profiles(query: dict[str, Any]) -> bytes:
        is_asked = query["query"].startswith("query Profiles")
        return b'{"errors": [{"message": "no such field"}]}' if is_asked else answer(query)

    monkeypatch.setattr(tiny, "query", without_profiles)
    place.sync()
    assert "profiles" not in place.counts()
    [spot] = place.publish().metric("blind_spots").to_pylist()
    assert spot["what"] == "accounts elsewhere that profiles name"
    monkeypatch.undo()
    assert place.sync().requests == 3
    assert stated(place) == [("github:ada", "meetup:7")]


def test_a_profile_is_read_again_when_its_account_is_met_a_month_later(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    tiny.bios = {"ada": ADA_ON_MEETUP, "bo": "", "cem": ""}
    place.sync()
    tiny.bios["ada"] = ""
    tiny.lists["issues"].append(issue("ada", 500))
    place.sync()
    assert stated(place) == [("github:ada", "meetup:7")], "it was read a moment ago"
    read_long_ago(place)
    assert place.sync().requests == 2, "without news nobody is met"
    tiny.lists["issues"].append(issue("ada", 501))
    place.sync()
    assert tiny.profiles_asked[1:] == [["ada", "cem"]], "who stands in the lists with news"
    assert stated(place) == []


def test_a_profile_that_github_cannot_tell_just_now_stays_as_it_was(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    tiny.bios = {"ada": ADA_ON_MEETUP, "bo": "meetup.com/members/8"}
    place.sync()
    read_long_ago(place)
    tiny.faulty, tiny.bios = {"ada"}, {"ada": ADA_ON_MEETUP, "bo": ""}
    tiny.lists["issues"] += [issue("ada", 500), issue("bo", 501)]
    place.sync()
    assert stated(place) == [("github:ada", "meetup:7")]


def test_an_account_that_is_gone_names_nothing_any_more(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    tiny.bios = {"ada": ADA_ON_MEETUP}
    place.sync()
    read_long_ago(place)
    tiny.bios = {}
    tiny.lists["issues"].append(issue("ada", 500))
    place.sync()
    assert stated(place) == []


def test_a_forgotten_account_is_not_among_those_to_be_read() -> None:
    stone = Tombstone("github", hash_of_account(str, "github", "bo"), "github:gone", "gone")
    forgetter = Forgetter("github", NAMING, str, [stone])
    page = forgetter.page(Page("people", "", [], 7, cursor='["ada","bo","cem"]'))
    assert page.cursor == '["ada","cem"]'
