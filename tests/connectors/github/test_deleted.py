"""What is deleted on GitHub shows to who reads everything, as a list with news is every week."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.github import sync as github_sync
from tests.support.places.github import GitHubPlace
from tests.support.tiny.github import NAME, TinyGitHub, pull, serving, tiny_of

LONG_AGO = timedelta(0)


@pytest.fixture
def repository() -> Iterator[TinyGitHub]:
    with serving(tiny_of(3)) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, repository: TinyGitHub) -> GitHubPlace:
    """Synced once; then a comment is deleted, and another pull request is opened."""
    place = GitHubPlace(tmp_path, [NAME], repository.url)
    place.sync()
    del repository.lists["issues/comments"][0]
    repository.lists["issues"].append(pull(4, 50))
    return place


def test_a_week_later_a_list_with_news_is_read_as_a_whole(
    place: GitHubPlace, repository: TinyGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.sync().landed.gone == 0, "it was read as a whole a moment ago"
    repository.lists["issues"].append(pull(5, 60))
    monkeypatch.setattr(github_sync, "WHOLE_AGAIN", LONG_AGO)
    assert place.sync().landed.gone == 1
    assert place.counts()["comments"] == 5
    assert place.rows("select key from raw.records where gone_at is not null") == [("1",)]


def test_a_list_without_news_is_left_alone(
    place: GitHubPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.sync()
    monkeypatch.setattr(github_sync, "WHOLE_AGAIN", LONG_AGO)
    assert place.sync().requests == 2


def test_a_first_sync_that_was_cut_off_counts_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tiny_of(250)) as repository:
        place = GitHubPlace(tmp_path, [NAME], repository.url)
        page = f"/repos/{NAME}/issues/comments"
        refusal = (401, {}, b'{"message": "Bad credentials"}')
        first = repository.answer

        def once(
            path: str, query: dict[str, str], etag: str | None
        ) -> tuple[int, dict[str, str], bytes]:
            return refusal if path == page and "since" in query else first(path, query, etag)

        repository.answer = once  # type: ignore[method-assign]
        with pytest.raises(Exception, match="refuses the token"):
            place.sync()
        repository.answer = first  # type: ignore[method-assign]
        place.sync()
        del repository.lists["issues/comments"][0]
        repository.lists["issues"].append(pull(251, 900))
        monkeypatch.setattr(github_sync, "WHOLE_AGAIN", LONG_AGO)
        assert place.sync().landed.gone == 1
