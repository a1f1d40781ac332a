"""Numbers of real GitHub data, against counts that plain Python makes of the same files."""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.support.installations.github import GitHubInstallation
from tests.support.paths import SHARED
from tests.support.tiny.github import TinyGitHub, serving
from warehouse.query import Selection
from warehouse.snapshots import Snapshot

DATA = SHARED / "data"
ESNI, HOUR = DATA / "github_tls_esni", DATA / "github_gharchive" / "2015-01-01-0.json.gz"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the data is not here: ../shared")
NAME = "tlswg/draft-ietf-tls-esni"


def read(name: str) -> list[dict[str, Any]]:
    return json.loads((ESNI / "rest" / name).read_text(encoding="utf-8"))


def zulu(time: str) -> str:
    return datetime.fromisoformat(time).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def commit(row: dict[str, str]) -> dict[str, Any]:
    """A line of the commit log as the REST API writes it; nobody's address is known to it."""
    author = {"name": row["author_name"], "email": row["author_email"]}
    committer = {"date": zulu(row["committer_date"])}
    dated = author | {"date": zulu(row["author_date"])}
    return {"sha": row["sha"], "author": None, "commit": {"author": dated, "committer": committer}}


@pytest.fixture(scope="module")
def esni() -> TinyGitHub:
    """The repository; its rows lack the ids that GitHub gives, so they are numbered."""
    comments = [row | {"id": n} for n, row in enumerate(read("issue_comments.json"), 1)]
    pulls: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for number, row in enumerate(read("reviews.json"), 1):
        at = {"id": number, "login": (row["user"] or {}).get("login")}
        pull = int(row["pull_request_url"].rpartition("/")[2])
        pulls[pull].append(at | {"submitted_at": row["submitted_at"]})
    with (ESNI / "git_commits.csv").open(encoding="utf-8", newline="") as file:
        commits = [commit(row) for row in csv.DictReader(file)]
    commits.sort(key=lambda row: row["commit"]["committer"]["date"], reverse=True)
    lists = {"issues": read("issues_and_pulls.json"), "issues/comments": comments}
    lists |= {"pulls/comments": [], "commits": commits, "releases": [], "forks": []}
    return TinyGitHub(NAME, lists, pulls)


@pytest.fixture(scope="module")
def synced(esni: TinyGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with serving(esni):
        place = GitHubInstallation(tmp_path_factory.mktemp("esni"), [NAME], esni.url)
        synced = place.sync()
        assert synced.requests == len(esni.asked)
        assert synced.requests <= 60, "one for each 100 people is among them"
        again = place.sync()
        assert again.requests == 2, "is it there, and does it look as it did"
        assert (again.landed.new, again.landed.changed) == (0, 0)
        yield place.publish()


def login_of(row: dict[str, Any]) -> str | None:
    user = row["user"] or {}
    login = user.get("login")
    is_nobody = login in (None, "ghost") or login.endswith("[bot]") or user.get("type") == "Bot"
    return None if is_nobody else login


def activities(esni: TinyGitHub) -> list[tuple[str, str, str]]:
    """Kind, time and author of every activity of a person."""
    found = []
    for row in esni.lists["issues"]:
        kind = "pull_request" if "pull_request" in row else "issue"
        found.append((kind, row["created_at"], login_of(row)))
    for row in read("issue_comments.json"):
        found.append(("comment", row["created_at"], login_of(row)))
    for row in read("reviews.json"):
        found.append(("review", row["submitted_at"], login_of(row)))
    for row in esni.lists["commits"]:
        signature = row["commit"]["author"]
        email = signature["email"]
        is_told = email.endswith("@users.noreply.github.com")
        who = email.partition("@")[0].partition("+")[2] if is_told else email
        found.append(("commit", signature["date"], who))
    return [(kind, at, who) for kind, at, who in found if who]


def monthly(snapshot: Snapshot, metric: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in snapshot.metric(metric, Selection(grain="month")).to_pylist():
        yield row.pop("period").isoformat()[:7], row


def test_the_same_people_are_active(esni: TinyGitHub, synced: Snapshot) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for _, at, who in activities(esni):
        expected[at[:7]].add(who)
    counted = {month: row["active_members"] for month, row in monthly(synced, "active_members")}
    assert {month: n for month, n in counted.items() if n} == {
        month: len(people) for month, people in expected.items()
    }


def test_the_same_activities_are_counted(esni: TinyGitHub, synced: Snapshot) -> None:
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for kind, at, _ in activities(esni):
        expected[at[:7], kind] += 1
    rows = monthly(synced, "activity_volume")
    counted = {(month, row["kind"]): row["activities"] for month, row in rows}
    assert {key: n for key, n in counted.items() if n} == expected


def test_the_same_answers_are_first(esni: TinyGitHub, synced: Snapshot) -> None:
    answers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in read("issue_comments.json"):
        answers[int(row["issue_url"].rpartition("/")[2])].append((row["created_at"], login_of(row)))
    for row in read("reviews.json"):
        number = int(row["pull_request_url"].rpartition("/")[2])
        answers[number].append((row["submitted_at"], login_of(row)))
    waits: dict[str, list[float | None]] = defaultdict(list)
    for row in esni.lists["issues"]:
        if opener := login_of(row):
            times = [at for at, who in answers[row["number"]] if who and who != opener]
            waits[row["created_at"][:7]].append(seconds(row["created_at"], min(times, default="")))
    for month, row in monthly(synced, "first_response"):
        expected = waits[month]
        answered = [wait for wait in expected if wait is not None]
        assert (row["openers"], row["answered"]) == (len(expected), len(answered)), row
        assert row["median_seconds"] == (median(answered) if answered else None)


def test_the_same_comes_in_and_gets_done(esni: TinyGitHub, synced: Snapshot) -> None:
    expected: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    hours: dict[str, list[float]] = defaultdict(list)
    for row in filter(login_of, esni.lists["issues"]):
        kind = "pull_requests" if "pull_request" in row else "issues"
        merged = row.get("pull_request", {}).get("merged_at")
        expected[row["created_at"][:7]][f"{kind}_opened"] += 1
        if kind == "issues" and row["closed_at"]:
            expected[row["closed_at"][:7]]["issues_closed"] += 1
        if merged:
            expected[merged[:7]]["pull_requests_merged"] += 1
            hours[merged[:7]].append(seconds(row["created_at"], merged) / 3600)
    seen: set[str] = set()
    for _, at, who in sorted(activities(esni), key=lambda activity: activity[1]):
        expected[at[:7]]["new_contributors"] += who not in seen
        seen.add(who)
    for month, row in monthly(synced, "code"):
        own = {who for _, at, who in activities(esni) if at[:7] == month}
        assert row.pop("contributors") == len(own)
        row.pop("is_complete")
        middle = median(hours[month]) if hours[month] else None
        assert row.pop("median_hours_to_merge") == pytest.approx(middle), month
        assert {key: n for key, n in row.items() if n} == {
            key: n for key, n in expected.pop(month, {}).items() if n
        }
    assert not expected


def seconds(begin: str, end: str) -> float | None:
    if not end:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


# One hour of all of GitHub.

KINDS = {
    "WatchEvent": "star",
    "ForkEvent": "fork",
    "IssueCommentEvent": "comment",
    "PullRequestReviewCommentEvent": "comment",
    "CommitCommentEvent": "comment",
    "ReleaseEvent": "release",
}


def expected_activities(events: list[dict[str, Any]]) -> dict[str, int]:
    """What was done in these events, by kind; a commit that is pushed twice is one."""
    counts: dict[str, int] = defaultdict(int)
    commits = set()
    for event in events:
        kind, action = event["type"], event["payload"].get("action")
        if kind in KINDS:
            counts[KINDS[kind]] += 1
        elif kind == "IssuesEvent" and action == "opened":
            counts["issue"] += 1
        elif kind == "PullRequestEvent" and action == "opened":
            counts["pull_request"] += 1
        for commit in event["payload"].get("commits", ()):
            if commit["author"]["email"]:
                commits.add((event["repo"]["id"], commit["sha"]))
    return counts | {"commit": len(commits)}


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    with gzip.open(HOUR, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_an_hour_of_everything(events: list[dict[str, Any]], tmp_path: Path) -> None:
    owners = sorted({event["repo"]["name"].partition("/")[0] for event in events})
    place = GitHubInstallation(tmp_path, [f"{owner}/*" for owner in owners if owner])
    outcome = place.import_archive(HOUR).outcome
    rows = sum(len(event["payload"].get("commits", [])) or 1 for event in events)
    assert outcome.read == rows
    counted = dict(place.facts_of("select kind, count(*) from facts.activities group by all"))
    stars = {(e["repo"]["id"], e["actor"]["login"]) for e in events if e["type"] == "WatchEvent"}
    assert counted == expected_activities(events) | {"star": len(stars)}


def test_an_hour_of_some_repositories(events: list[dict[str, Any]], tmp_path: Path) -> None:
    names = ["square/okhttp", "Apache/Spark", "docker-library/*"]
    place = GitHubInstallation(tmp_path, names)
    wanted = [e for e in events if e["repo"]["name"] in ("square/okhttp", "apache/spark")]
    wanted += [e for e in events if e["repo"]["name"].startswith("docker-library/")]
    outcome = place.import_archive(HOUR).outcome
    assert outcome.left_out["another repository"] == len(events) - len(wanted)
    snapshot = place.publish()
    rows = snapshot.metric("activity_volume", Selection(grain="day")).to_pylist()
    counted: dict[str, int] = defaultdict(int)
    for row in rows:
        counted[row["kind"]] += row["activities"]
    assert {kind: n for kind, n in counted.items() if n} == {
        kind: n for kind, n in expected_activities(wanted).items() if n
    }
    again = place.import_archive(HOUR)
    assert (again.landed.new, again.landed.changed) == (0, 0)
