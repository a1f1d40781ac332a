"""GH Archive files as one finds them: damaged, empty, unpacked, from another time, renamed."""

import gzip
import json
from pathlib import Path

import pytest

from connectors.base import BadFile
from tests.connectors.github.test_archive import ADA, BO, NAME, at, event, write
from tests.support.places.github import GitHubPlace

STAR = event("WatchEvent", 1, BO, action="started")
OTHER_STAR = event("WatchEvent", 2, ADA, action="started")


@pytest.fixture
def place(tmp_path: Path) -> GitHubPlace:
    return GitHubPlace(tmp_path / "place", [NAME])


def lines(*events: object) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


@pytest.mark.parametrize("broken", [b'{"id": "3", "type": "Wat\n', b"\xff\xfe\n", b'{"id": 1}}\n'])
def test_a_broken_line_in_the_middle_is_one_error(
    tmp_path: Path, place: GitHubPlace, broken: bytes
) -> None:
    """Whoever's it was, nothing is lost silently, and what was landed before stays alone."""
    place.import_archive(write(tmp_path, STAR, name="2025-05-01-11.json.gz"))
    before = place.raw()
    path = tmp_path / "2025-05-01-12.json"
    path.write_bytes(lines(OTHER_STAR) + b"\n" + broken + lines(OTHER_STAR))
    with pytest.raises(BadFile) as caught:
        place.import_archive(path)
    said = str(caught.value)
    assert said.startswith("line 3 is broken: ")
    assert said.endswith(f"[{path}]. Download this hour again, or leave the file out")
    assert place.raw() == before


def test_a_file_that_breaks_off_is_refused_whole(tmp_path: Path, place: GitHubPlace) -> None:
    path = tmp_path / "2025-05-01-12.json"
    path.write_bytes(lines(STAR) + lines(OTHER_STAR)[:-20])
    with pytest.raises(BadFile, match="line 2 is broken"):
        place.import_archive(path)
    assert place.raw() == []


def test_what_a_browser_unpacked_keeps_its_name(tmp_path: Path, place: GitHubPlace) -> None:
    (tmp_path / "2025-05-01-12.json.gz").write_bytes(lines(STAR))
    (tmp_path / "2025-05-01-13.json").write_bytes(gzip.compress(lines(OTHER_STAR)))
    (tmp_path / "._2025-05-01-13.json").write_bytes(b"\x00\x05\x16\x07")
    assert place.import_archive(tmp_path).outcome.taken == 2


def test_an_empty_hour_is_no_error(tmp_path: Path, place: GitHubPlace) -> None:
    (tmp_path / "2025-05-01-11.json.gz").write_bytes(b"")
    write(tmp_path)
    assert place.import_archive(tmp_path).outcome.read == 0


def test_an_error_page_is_no_hour(tmp_path: Path, place: GitHubPlace) -> None:
    path = tmp_path / "2025-05-01-12.json.gz"
    path.write_bytes(b"<!DOCTYPE html>\n<title>404</title>\n")
    with pytest.raises(BadFile, match="Download this hour again"):
        place.import_archive(path)


def test_rows_before_2015_are_counted_and_not_read(tmp_path: Path, place: GitHubPlace) -> None:
    """In 2011 they had a `repo`, and times with slashes; until 2014 a `repository`."""
    path = tmp_path / "2011-02-12-0.json"
    of_2011 = STAR | {"created_at": "2011/02/12 00:00:01 -0800"}
    of_2014 = {"type": "WatchEvent", "actor": "ada", "repository": {"name": "tiny"}}
    path.write_bytes(lines(of_2011, of_2011 | {"repo": {"name": NAME}}, of_2014) + b"{\n")
    outcome = place.import_archive(path).outcome
    assert outcome.left_out == {"a row of the layout before 2015": 4}


def test_a_repository_is_followed_to_its_new_name(tmp_path: Path, place: GitHubPlace) -> None:
    renamed = OTHER_STAR | {"repo": {"id": 77, "name": "makers/greater"}}
    place.import_archive(write(tmp_path, STAR, renamed))
    assert place.counts()["stars"] == 2
    assert [row[2] for row in place.facts()["channels"]] == ["makers/greater"]


def test_people_count_whoever_pressed_the_button(tmp_path: Path, place: GitHubPlace) -> None:
    """A bot that opens for somebody is not its author where GitHub names the person."""
    bot = {"login": "copier[bot]", "id": 9}
    for_ada = {"number": 3, "user": ADA, "created_at": at(3)}
    own = {"number": 4, "user": bot, "created_at": at(4)}
    outcome = place.import_archive(
        write(
            tmp_path,
            event("PullRequestEvent", 3, bot, action="opened", number=3, pull_request=for_ada),
            event("PullRequestEvent", 4, bot, action="opened", number=4, pull_request=own),
        )
    ).outcome
    assert (outcome.taken, outcome.left_out) == (1, {"bot": 1})
    assert {row[3] for row in place.facts()["activities"]} == {"github:ada"}
