"""What is deleted on GitHub shows when a list is read as a whole: weekly, if it has news."""

from datetime import timedelta

import pytest

from connectors.base import Denied
from connectors.github import cursors
from tests.support.installations.github import GitHubInstallation
from tests.support.tiny.github import NAME, Response, TinyGitHub, pull, tiny_of

LONG_AGO = timedelta(0)


@pytest.fixture
def changed(place: GitHubInstallation, tiny: TinyGitHub) -> GitHubInstallation:
    """Synced once; then a comment is deleted, and another pull request is opened."""
    place.sync()
    del tiny.lists["issues/comments"][0]
    tiny.lists["issues"].append(pull(4, 50))
    return place


def test_a_week_later_a_list_with_news_is_read_as_a_whole(
    changed: GitHubInstallation, tiny: TinyGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert changed.sync().landed.gone == 0, "it was read as a whole a moment ago"
    tiny.lists["issues"].append(pull(5, 60))
    monkeypatch.setattr(cursors, "WHOLE_AGAIN", LONG_AGO)
    assert changed.sync().landed.gone == 1
    assert changed.counts()["comments"] == 5
    assert changed.rows("select key from raw.records where gone_at is not null") == [("1",)]


def test_a_list_without_news_is_left_alone(
    changed: GitHubInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed.sync()
    monkeypatch.setattr(cursors, "WHOLE_AGAIN", LONG_AGO)
    assert changed.sync().requests == 2


def test_a_first_sync_that_was_interrupted_counts_from_its_end(
    place: GitHubInstallation, tiny: TinyGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.become(tiny_of(250))
    comments, respond = f"/repos/{NAME}/issues/comments", tiny.respond
    refusal = Response(401, body=b'{"message": "Bad credentials"}')

    def refusing(path: str, query: dict[str, str], etag: str | None) -> Response:
        is_second_page = path == comments and "since" in query
        return refusal if is_second_page else respond(path, query, etag)

    with monkeypatch.context() as patched:
        patched.setattr(tiny, "respond", refusing)
        with pytest.raises(Denied, match="refuses the token"):
            place.sync()
    place.sync()
    del tiny.lists["issues/comments"][0]
    tiny.lists["issues"].append(pull(251, 900))
    monkeypatch.setattr(cursors, "WHOLE_AGAIN", LONG_AGO)
    assert place.sync().landed.gone == 1


def test_an_issue_that_leaves_a_quiet_repository_is_noticed_at_once(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    """Nothing else tells of it but the number of issues; its comments have gone with it."""
    place.sync()
    del tiny.lists["issues"][0]
    tiny.lists["issues/comments"] = tiny.lists["issues/comments"][2:]
    gone = place.sync().landed.gone
    assert gone == 5, "the issue with its state, two comments, and a review"
    assert place.sync().requests == 2


def test_an_issue_that_goes_while_another_one_comes_is_noticed_too(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    place.sync()
    tiny.lists["issues"] = [*tiny.lists["issues"][1:], pull(4, 600)]
    place.sync()
    gone = place.rows("select key from raw.records where stream = 'issues' and gone_at is not null")
    assert gone == [("1",)]


def test_a_list_that_shows_less_than_is_counted_is_read_once_more_and_then_believed(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    """GitHub counts stars of suspended accounts, which it does not show."""
    tiny.hidden_stars = 2
    place.sync()
    [spot] = place.publish().metric("blind_spots").to_pylist()
    assert (spot["what"], spot["reason"]) == (
        f"stars of {NAME}",
        "GitHub counts 2 more than it shows",
    )
    assert place.sync().requests == 3, "the stars again"
    assert place.sync().requests == 2
    [spot] = place.publish().metric("blind_spots").to_pylist()
    assert spot["what"] == f"stars of {NAME}"


def test_the_newest_issue_that_leaves_is_noticed_where_since_is_ignored(
    place: GitHubInstallation, tiny: TinyGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server in GitHub's place may show older rows as well."""
    respond = tiny.respond
    monkeypatch.setattr(
        tiny,
        "respond",
        lambda path, query, etag: respond(path, query | {"since": ""}, etag),
    )
    place.sync()
    del tiny.lists["issues"][-1]
    assert place.sync().unread_lists == ()
    gone = place.rows("select key from raw.records where stream = 'issues' and gone_at is not null")
    assert gone == [("3",)]


def test_a_list_that_a_wrong_clock_read_as_a_whole_in_the_future_is_due(
    changed: GitHubInstallation,
) -> None:
    [(text, whole_at)] = changed.rows(
        "select cursor, (cursor ->> 'whole_at')::bigint from raw.cursors"
        " where stream = 'comments' and (cursor ->> 'whole_at')::bigint > 0"
    )
    century = timedelta(days=36_500) // timedelta(microseconds=1)
    later = text.replace(str(whole_at), str(whole_at + century))
    changed.rows(f"update raw.cursors set cursor = '{later}' where stream = 'comments'")
    assert changed.sync().landed.gone == 1
