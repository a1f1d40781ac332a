"""GH Archive: hours of any order and layout, the same ids as the API, files as one finds them."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from connectors.base import BadFile
from tests.support.installations.github import GitHubInstallation
from tests.support.tiny.github import TinyGitHub, serving
from warehouse.import_draft import Outcome

NAME = "makers/tiny"
ADA, BO = {"login": "ada", "id": 1, "type": "User"}, {"login": "bo", "id": 2, "type": "User"}
ABOUT = f"https://api.github.com/repos/{NAME}"


def at(minute: int) -> str:
    return f"2025-05-01T12:{minute:02}:00Z"


def event(kind: str, minute: int, actor: dict[str, Any], **payload: Any) -> dict[str, Any]:
    return {
        "id": str(minute),
        "type": kind,
        "actor": {name: actor[name] for name in ("login", "id")},
        "repo": {"id": 77, "name": NAME},
        "created_at": at(minute),
        "payload": payload,
    }


def write(folder: Path, *events: dict[str, Any], name: str = "2025-05-01-12.json.gz") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(lines(*events)))
    return path


def lines(*events: object) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def issue(minute: int, **more: Any) -> dict[str, Any]:
    return {"number": 1, "user": ADA, "created_at": at(0), "updated_at": at(minute)} | more


PULL = {"number": 2, "user": BO, "created_at": at(5), "updated_at": at(9)}
COMMENT = {"id": 11, "user": BO, "created_at": at(3), "updated_at": at(3)}
LINE = {"id": 12, "user": ADA, "created_at": at(7), "updated_at": at(7)}
REVIEW = {"id": 13, "user": ADA, "submitted_at": at(8), "state": "approved"}
RELEASE = {"id": 14, "tag_name": "v1", "author": ADA, "published_at": at(10)}
STAR = event("WatchEvent", 1, BO, action="started")
OTHER_STAR = event("WatchEvent", 2, ADA, action="started")
FORK = {"id": 15, "owner": BO, "created_at": at(12), "full_name": "bo/tiny"}


@pytest.fixture
def place(tmp_path: Path) -> GitHubInstallation:
    """A source for files alone."""
    return GitHubInstallation(tmp_path / "place", [NAME])


@pytest.fixture
def hour(tmp_path: Path) -> Path:
    """One hour in which everything is done once; the pull request is merged, the issue closed."""
    merged = PULL | {"closed_at": at(9), "merged_at": at(9)}
    return write(
        tmp_path,
        event("IssuesEvent", 0, ADA, action="opened", issue=issue(0)),
        event("IssueCommentEvent", 3, BO, action="created", issue=issue(3), comment=COMMENT),
        event("IssuesEvent", 4, ADA, action="closed", issue=issue(4, closed_at=at(4))),
        event("PullRequestEvent", 5, BO, action="opened", number=2, pull_request=PULL),
        event(
            "PullRequestReviewCommentEvent", 7, ADA, action="created", comment=LINE,
            pull_request=PULL,
        ),
        event("PullRequestReviewEvent", 8, ADA, action="created", review=REVIEW, pull_request=PULL),
        event("PullRequestEvent", 9, ADA, action="closed", number=2, pull_request=merged),
        event("ReleaseEvent", 10, ADA, action="published", release=RELEASE),
        event("WatchEvent", 11, BO, action="started"),
        event("ForkEvent", 12, BO, forkee=FORK),
    )  # fmt: skip


def same_hour() -> TinyGitHub:
    pull = PULL | {"closed_at": at(9), "pull_request": {"merged_at": at(9)}}
    lists = {
        "issues": [issue(4, closed_at=at(4)), pull],
        "issues/comments": [COMMENT | {"issue_url": f"{ABOUT}/issues/1"}],
        "pulls/comments": [LINE | {"pull_request_url": f"{ABOUT}/pulls/2"}],
        "commits": [],
        "releases": [RELEASE],
        "forks": [FORK],
    }
    reviews = {2: [{"id": 13, "login": "ada", "submitted_at": at(8)}]}
    return TinyGitHub(NAME, lists, reviews, stars=[("bo", at(11))])


def outcome_of(place: GitHubInstallation, *events: dict[str, Any]) -> Outcome:
    return place.import_archive(write(place.folder, *events)).outcome


def item_times(place: GitHubInstallation) -> list[tuple[str, ...]]:
    """Each issue and pull request, who opened it, and when it was opened, closed and merged."""
    time = "strftime(items.{}, '%Y-%m-%dT%H:%M:%SZ')"
    times = ", ".join(time.format(name) for name in ("opened_at", "closed_at", "merged_at"))
    return place.facts_of(
        f"select item_id, account_id, {times} from marts.work_items as items"
        " join marts.authors using (account_key) order by item_id"
    )


def test_hours_may_be_imported_in_any_order(tmp_path: Path) -> None:
    """What is closed and merged is so in the hour that is read first.

    Since 2025-10-07 a pull request comes without its author and times; its events tell them.
    """

    def pull(kind: str, minute: int, actor: dict[str, Any], number: int) -> dict[str, Any]:
        trimmed = {"id": number, "number": number, "url": f"{ABOUT}/pulls/{number}"}
        more = {"action": kind, "number": number, "pull_request": trimmed}
        return event("PullRequestEvent", minute, actor, **more)

    opened = event("IssuesEvent", 0, ADA, action="opened", issue=issue(0))
    closed = event("IssuesEvent", 9, ADA, action="closed", issue=issue(9, closed_at=at(9)))
    early = [opened, pull("opened", 5, BO, 2), pull("opened", 6, BO, 3)]
    late = [closed, pull("merged", 9, ADA, 2), pull("closed", 10, ADA, 2)]
    late += [pull("merged", 11, ADA, 3), pull("labeled", 12, ADA, 3), pull("merged", 13, ADA, 4)]
    hours = [
        write(tmp_path, *early, name="2025-11-01-9.json.gz"),
        write(tmp_path, *late, name="2025-11-01-10.json.gz"),
    ]
    places = [GitHubInstallation(tmp_path / name, [NAME]) for name in ("forth", "back", "at once")]
    orders = [[hours[:1], hours[1:]], [hours[1:], hours[:1]], [hours[::-1]]]
    for place, imports in zip(places, orders, strict=True):
        for paths in imports:
            place.import_archive(*paths)
        assert item_times(place) == [
            ("github:77#1", "github:ada", at(0), at(9), None),
            ("github:77#2", "github:bo", at(5), at(10), at(9)),
            ("github:77#3", "github:bo", at(6), at(11), at(11)),
        ]
        kinds = Counter(row[2] for row in place.facts()["activities"])
        assert kinds == {"issue": 1, "pull_request": 2}


def test_an_issue_that_is_opened_again_is_open(place: GitHubInstallation) -> None:
    outcome_of(
        place,
        event("IssuesEvent", 0, ADA, action="opened", issue=issue(0)),
        event("IssuesEvent", 4, ADA, action="closed", issue=issue(4, closed_at=at(4))),
        event("IssuesEvent", 5, ADA, action="reopened", issue=issue(5)),
    )
    assert item_times(place) == [("github:77#1", "github:ada", at(0), None, None)]


def test_an_hour_equals_the_api(tmp_path: Path, hour: Path) -> None:
    imported = GitHubInstallation(tmp_path / "imported", [NAME])
    outcome = imported.import_archive(hour).outcome
    assert outcome.taken == 8
    assert outcome.left_out == {"IssuesEvent closed": 1, "PullRequestEvent closed": 1}
    with serving(same_hour()) as repository:
        synced = GitHubInstallation(tmp_path / "synced", [NAME], repository.url)
        synced.sync()
        assert imported.facts() == synced.facts()
        both = GitHubInstallation(tmp_path / "both", [NAME], repository.url)
        both.import_archive(hour)
        both.sync()
    assert both.facts() == synced.facts(), "importing and then syncing doubles nothing"
    again = both.import_archive(hour)
    assert (again.landed.new, again.landed.changed) == (0, 0), "the API's word stays"


def test_every_row_is_accounted_for(tmp_path: Path, hour: Path) -> None:
    elsewhere = event("WatchEvent", 1, BO, action="started")
    elsewhere["repo"] = {"id": 5, "name": "others/thing"}
    bot = {"login": "renovate[bot]", "id": 9}
    opened = {"number": 3, "created_at": at(20)}
    path = write(
        tmp_path,
        elsewhere,
        elsewhere,
        event("WatchEvent", 11, BO, action="started"),
        event("PullRequestEvent", 20, bot, action="opened", number=3, pull_request=opened),
        event("GollumEvent", 21, ADA, pages=[]),
        event("BrandNewEvent", 22, ADA, action="imagined"),
        {"type": "WatchEvent", "actor": "ada", "repository": {"name": "tiny"}, "created_at": at(1)},
        name="2025-05-01-13.json.gz",
    )
    place = GitHubInstallation(tmp_path / "place", ["Makers/*"])
    outcome = place.import_archive(hour, path).outcome
    assert outcome.read == 10 + 7
    assert outcome.left_out == {
        "another repository": 2,
        "IssuesEvent closed": 1,
        "PullRequestEvent closed": 1,
        "duplicate": 1,
        "bot": 1,
        "GollumEvent": 1,
        "BrandNewEvent imagined": 1,
        "a row of the layout before 2015": 1,
    }
    assert outcome.read == outcome.taken + sum(outcome.left_out.values())


def test_pushed_commits_are_their_authors(place: GitHubInstallation) -> None:
    def commit(sha: str, email: str) -> dict[str, Any]:
        return {"sha": sha, "author": {"name": "Somebody", "email": email}, "message": "…"}

    outcome = outcome_of(
        place,
        event("PushEvent", 1, ADA, commits=[commit("a", "1+Ada@users.noreply.github.com")]),
        event(
            "PushEvent", 2, ADA, commits=[commit("a", "x@y.invalid"), commit("b", "x@y.invalid")]
        ),
        event("PushEvent", 3, ADA, commits=[commit("c", "5+cat[bot]@users.noreply.github.com")]),
        event("PushEvent", 4, ADA, head="d"),
    )
    assert outcome.left_out == {"bot": 1, "duplicate": 1, "push that tells no commits": 1}
    assert all("@" not in payload for *_, payload, _ in place.raw())


# Files as one finds them.


@pytest.mark.parametrize(
    "broken",
    [
        b'{"id": "3", "type": "Wat\n',
        b"\xff\xfe\n",
        b'{"id": 1}}\n',
        b"null\n",
        lines(STAR)[:-20],
        lines(STAR).replace(b'"bo"', rb'"\ud800"'),
        lines(STAR | {"actor": {"login": "bo", "id": 10**400}}),
        lines(STAR | {"created_at": 5}),
        lines(STAR | {"created_at": "2025-13-01T00:00:00Z"}),
        lines(STAR | {"created_at": "2999-01-01T00:00:00Z"}),
        lines(event("IssuesEvent", 0, ADA, action="opened", issue=None)),
        lines(event("PushEvent", 0, ADA, commits=[{"sha": None}])),
        b'{"type": ' * 5000 + b"\n",
    ],
)  # fmt: skip
def test_a_bad_row_is_counted_and_the_others_are_taken(
    tmp_path: Path, place: GitHubInstallation, broken: bytes
) -> None:
    path = tmp_path / "2025-05-01-12.json.gz"
    path.write_bytes(b"\xef\xbb\xbf" + lines(STAR) + broken + b"\n" + lines(OTHER_STAR))
    outcome = place.import_archive(path).outcome
    assert outcome.taken == 2
    assert sum(outcome.left_out.values()) == 1
    assert outcome.left_out.keys() <= {
        "a broken row",
        "a row of an unknown shape",
        "a row that is dated in the future",
    }


@pytest.mark.parametrize(
    "content",
    [b"<!DOCTYPE html>\n<title>404</title>\n", b"a,b\n1,2\n", b'{"id": 1}\n', b"\x00" * 50],
    ids=["an error page", "a table", "other JSON", "zeros"],
)
def test_a_file_that_is_something_else_is_refused(
    tmp_path: Path, place: GitHubInstallation, content: bytes
) -> None:
    place.import_archive(write(tmp_path, OTHER_STAR, name="2025-05-01-11.json.gz"))
    before = place.raw()
    path = tmp_path / "2025-05-01-12.json.gz"
    path.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        place.import_archive(path)
    said = "no row of it is an event of GH Archive"
    advice = "Download this hour again, or leave the file out"
    assert str(caught.value) == f"{said} [{path}]. {advice}"
    assert place.raw() == before


def test_a_damaged_file_lands_nothing_of_the_files_with_it(
    tmp_path: Path, place: GitHubInstallation, hour: Path
) -> None:
    cut = tmp_path / "2025-05-01-13.json.gz"
    cut.write_bytes(hour.read_bytes()[:-40])
    with pytest.raises(BadFile) as caught:
        place.import_archive(hour, cut)
    assert cut.name in str(caught.value)
    assert place.raw() == []
    for path in (tmp_path / "nowhere", place.folder):
        with pytest.raises(BadFile):
            place.import_archive(path)


def test_a_folder_with_files_that_a_browser_unpacked_is_read(
    tmp_path: Path, place: GitHubInstallation
) -> None:
    (tmp_path / "2025-05-01-12.json.gz").write_bytes(lines(STAR))
    (tmp_path / "2025-05-01-13.json").write_bytes(gzip.compress(lines(OTHER_STAR)))
    (tmp_path / "._2025-05-01-13.json").write_bytes(b"\x00\x05\x16\x07")
    assert place.import_archive(tmp_path).outcome.taken == 2


def test_an_empty_hour_is_no_error(tmp_path: Path, place: GitHubInstallation) -> None:
    (tmp_path / "2025-05-01-11.json.gz").write_bytes(b"")
    write(tmp_path)
    assert place.import_archive(tmp_path).outcome.read == 0


def test_rows_before_2015_are_counted_and_not_read(
    tmp_path: Path, place: GitHubInstallation
) -> None:
    """In 2011 they had a `repo`, at times without id, until 2014 a `repository`.

    The row's own year decides, whatever the file is called.
    """
    of_2011 = STAR | {"created_at": "2011/02/12 00:00:01 -0800"}
    of_2014 = {"type": "WatchEvent", "actor": "ada", "repository": {"name": "tiny"}}
    old = [of_2011, of_2011 | {"repo": {"name": "/"}}, of_2014 | {"created_at": "2014-01-01"}]
    for name in ("2011-02-12-0.json", "tiny-all-years.jsonl"):
        (tmp_path / name).write_bytes(lines(*old, STAR, *old))
        outcome = place.import_archive(tmp_path / name).outcome
        assert outcome.left_out["a row of the layout before 2015"] == 6
        assert outcome.read == 7
    assert place.counts()["stars"] == 1


FORKED = {"id": 901, "owner": BO, "full_name": "bo/tiny"}


def test_forks_that_do_not_tell_of_which_repository_are_unknown(tmp_path: Path) -> None:
    """Since October 2025 a fork's event may be told of the new repository."""
    of_the_fork = event("ForkEvent", 12, BO, action="forked", forkee=FORKED)
    own = of_the_fork | {"repo": {"id": 901, "name": "makers/theirs"}}
    old = event("ForkEvent", 13, ADA, action="forked", forkee=FORK | {"owner": ADA})
    late = {"created_at": "2025-11-20T10:00:00Z"}
    elsewhere = of_the_fork | {"repo": {"id": 901, "name": "bo/tiny"}}
    path = write(tmp_path, STAR | late, own | late, elsewhere | late, name="2025-11-20-10.json.gz")
    place = GitHubInstallation(tmp_path / "place", ["makers/*"])
    assert place.import_archive(path).outcome.left_out == {
        "a fork that does not tell of which repository": 1,
        "another repository": 1,
    }
    [row] = place.publish().metric("code").to_pylist()
    assert (row["stars"], row["forks"]) == (1, None)
    place.import_archive(write(tmp_path, STAR, old, name="2025-05-01-12.json.gz"))
    forks = [row["forks"] for row in place.publish().metric("code").to_pylist()]
    assert forks == [1, 0, 0, 0, 0, None, None]


def test_a_repository_is_followed_to_its_new_name(place: GitHubInstallation) -> None:
    outcome_of(place, STAR, OTHER_STAR | {"repo": {"id": 77, "name": "makers/greater"}})
    assert place.counts()["stars"] == 2
    assert [row[2] for row in place.facts()["channels"]] == ["makers/greater"]


def test_the_author_is_who_github_names_and_not_who_acted(place: GitHubInstallation) -> None:
    """A bot that opens for somebody is not its author where GitHub names the person."""
    bot = {"login": "copier[bot]", "id": 9}
    for_ada = {"number": 3, "user": ADA, "created_at": at(3)}
    own = {"number": 4, "user": bot, "created_at": at(4)}
    outcome = outcome_of(
        place,
        event("PullRequestEvent", 3, bot, action="opened", number=3, pull_request=for_ada),
        event("PullRequestEvent", 4, bot, action="opened", number=4, pull_request=own),
    )
    assert (outcome.taken, outcome.left_out) == (1, {"bot": 1})
    assert {row[3] for row in place.facts()["activities"]} == {"github:ada"}
