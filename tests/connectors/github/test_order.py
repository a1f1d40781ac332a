"""Hours of GH Archive in any order, twice, in one folder or several; which times they cover."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Context
from connectors.github import GitHubSettings
from connectors.github.archive import GitHubArchive
from tests.support.installations.github import GitHubInstallation

NAME = "makers/tiny"
OPENED = {"number": 1, "user": {"login": "ada", "id": 1}, "created_at": "2025-05-01T09:01:00Z"}


def event(kind: str, at: str, login: str, **payload: Any) -> dict[str, Any]:
    actor = {"login": login, "id": len(login)}
    at = f"2025-05-01T{at}:00Z"
    repository = {"id": 77, "name": NAME if at < "2025-05-01T11" else "makers/Tiny"}
    return {"type": kind, "actor": actor, "repo": repository, "created_at": at, "payload": payload}


def push(at: str, sha: str, email: str) -> dict[str, Any]:
    commits = [{"sha": sha, "author": {"name": f"At {at}", "email": email}, "message": "m"}]
    return event("PushEvent", at, "bo", commits=commits)


CLOSED = OPENED | {"closed_at": "2025-05-01T10:30:00Z"}
HOURS = {
    "2025-05-01-9.json": [
        event("IssuesEvent", "09:01", "ada", action="opened", issue=OPENED),
        push("09:02", "a", "3+bo@users.noreply.github.com"),
        push("09:03", "b", "x@made.invalid"),
        event("WatchEvent", "09:04", "cem", action="started"),
    ],
    "2025-05-01-10.json": [
        event("IssuesEvent", "10:50", "ada", action="reopened", issue=OPENED),
        event("IssuesEvent", "10:30", "ada", action="closed", issue=CLOSED),
        push("10:40", "a", "Bo@users.noreply.github.com"),
    ],
    "all-of-eleven.jsonl": [
        event("WatchEvent", "11:04", "CEM", action="started"),
        push("11:05", "b", "x@made.invalid"),
        event("IssuesEvent", "11:30", "ada", action="closed", issue=CLOSED),
    ],
}


def written(folder: Path, *rows: dict[str, Any], name: str) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def rows_after(imports: list[list[str]]) -> list[Any]:
    with TemporaryDirectory() as folder:
        place = GitHubInstallation(Path(folder) / "place", [NAME])
        for number, names in enumerate(imports):
            inside = Path(folder) / str(number)
            inside.mkdir()
            for name in names:
                written(inside, *HOURS[name], name=name)
            place.import_archive(inside)
        marts = [
            place.facts_of("select * exclude (record_id) from facts.activities order by all"),
            place.facts_of("from marts.accounts order by all"),
            place.facts_of("from marts.channels order by all"),
            place.facts_of("from marts.work_items order by all"),
        ]
        return [sorted(row for row in place.raw()), *marts]


@cache
def expected() -> list[Any]:
    """What the files give one by one."""
    return rows_after([[name] for name in HOURS])


@given(
    order=st.permutations(list(HOURS)),
    cut=st.integers(0, 2),
    again=st.sampled_from([None, *HOURS]),
)
@settings(max_examples=4, deadline=None)
def test_the_order_of_files_changes_nothing(order: list[str], cut: int, again: str | None) -> None:
    imports = [names for names in (order[:cut], order[cut:], [again] if again else []) if names]
    assert rows_after(imports) == expected()


def covered(*paths: Path) -> list[tuple[str, str]]:
    """The times that files cover."""
    settings = GitHubSettings(name="github", kind="github", repositories=[NAME])
    reader = GitHubArchive(list(paths), Context("github", str), settings)
    list(reader.pages())
    times = [(datetime.fromtimestamp(t // 10**6, UTC) for t in pair) for pair in reader.covered]
    return [(f"{begin:%m-%dT%H:%M}", f"{end:%m-%dT%H:%M}") for begin, end in times]


def test_files_tell_which_times_they_cover(tmp_path: Path) -> None:
    star = event("WatchEvent", "12:01", "cem", action="started")
    elsewhere = star | {"repo": {"id": 5, "name": "others/thing"}}

    def dated(row: dict[str, Any], at: str) -> dict[str, Any]:
        return row | {"created_at": at}

    hour = written(tmp_path, elsewhere, name="2025-05-01-12.json")
    assert covered(hour) == [("05-01T12:00", "05-01T13:00")], "nothing of ours happened"
    rows = [dated(star, "2025-05-01T10:30:00Z"), dated(elsewhere, "2025-05-01T11:10:00Z")]
    rows.append(dated(elsewhere, "2025-05-03T11:10:00Z"))
    mixed = written(tmp_path, *rows, name="several-hours.json")
    expected = [("05-01T10:00", "05-01T12:00"), ("05-03T11:00", "05-03T12:00")]
    assert covered(mixed) == expected, "a hole stays a hole"
    searched = [dated(star, "2025-03-01T10:30:00Z"), dated(star, "2025-05-03T11:10:00Z")]
    found = written(tmp_path, *searched, name="all-years.json")
    assert covered(found) == [("03-01T10:30", "05-03T11:10")]
    cut = written(tmp_path, star, name="2025-05-01-14.json")
    cut.write_text(cut.read_text() + cut.read_text()[:-9])
    assert covered(cut) == [], "it was cut"
    assert covered(written(tmp_path, name="2025-05-01-15.json")) == []
