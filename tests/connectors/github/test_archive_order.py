"""The same hours of GH Archive in any order, twice, in one folder or several: the same rows."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

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


def rows_after(imports: list[list[str]]) -> list[Any]:
    with TemporaryDirectory() as folder:
        place = GitHubInstallation(Path(folder) / "place", [NAME])
        for number, names in enumerate(imports):
            inside = Path(folder) / str(number)
            inside.mkdir()
            for name in names:
                lines = [json.dumps(row) for row in HOURS[name]]
                (inside / name).write_text("\n".join(lines), encoding="utf-8")
            place.import_archive(inside)
        marts = [
            place.facts_of("select * exclude (record_id) from facts.activities order by all"),
            place.facts_of("from marts.accounts order by all"),
            place.facts_of("from marts.channels order by all"),
            place.facts_of("from marts.work_items order by all"),
        ]
        return [sorted(row for row in place.raw()), *marts]


EXPECTED = [[name] for name in HOURS]


@given(
    order=st.permutations(list(HOURS)),
    cut=st.integers(0, 2),
    again=st.sampled_from([None, *HOURS]),
)
@settings(max_examples=8, deadline=None)
def test_the_order_of_files_changes_nothing(order: list[str], cut: int, again: str | None) -> None:
    imports = [names for names in (order[:cut], order[cut:], [again] if again else []) if names]
    assert rows_after(imports) == rows_after(EXPECTED)
