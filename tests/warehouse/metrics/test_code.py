"""Repositories in numbers: worked examples acted out, edges, and a count in plain Python."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.worlds import World, columns, make_one_person, rows
from warehouse.query import Selection, metric_table


def test_code(tmp_path: Path) -> None:
    world = World(bots=["github:robo"])
    issue = world.act("Ada", "2024-05-02 10:00", kind="issue", source="github")
    pull = world.act("Ada", "2024-05-03 10:00", kind="pull_request", source="github")
    world.act("Bo", "2024-05-04 10:00", kind="comment", answers=issue, source="github")
    world.act("Bo", "2024-05-04 10:00", kind="star", source="github")
    world.act("Cem", "2024-06-05 10:00", kind="commit", source="github")
    bots_own = world.act("Robo", "2024-05-03 10:00", kind="pull_request", source="github")
    world.stands(issue, closed="2024-06-20 10:00")
    world.stands(pull, merged="2024-06-02 10:00")
    world.stands(bots_own, merged="2024-06-02 10:00")
    assert columns(world.snapshot(tmp_path).metric("code")) == {
        "period": ["2024-05-01", "2024-06-01"],
        "issues_opened": [1, 0],
        "issues_closed": [0, 1],
        "pull_requests_opened": [1, 0],
        "pull_requests_merged": [0, 1],
        "contributors": [2, 1],
        "new_contributors": [2, 1],
        "median_hours_to_merge": [None, 720.0],
        "stars": [1, 0],
        "forks": [0, 0],
        "is_complete": [True, True],
    }


def test_code_response(tmp_path: Path) -> None:
    world = World(bots=["github:robo"])
    acts = [
        ("Ada", "2024-05-01 10:00", "pull_request", None),
        ("Bo", "2024-05-01 13:00", "review", 0),
        ("Ada", "2024-05-02 10:00", "pull_request", None),
        ("Robo", "2024-05-02 10:01", "comment", 2),
        ("Cem", "2024-05-03 10:00", "issue", None),
        ("Ada", "2024-05-03 11:00", "comment", 4),
    ]
    made: list[str] = []
    for name, when, kind, answers in acts:
        parent = None if answers is None else made[answers]
        made.append(world.act(name, when, kind=kind, answers=parent, source="github"))
    assert rows(world.snapshot(tmp_path).metric("code_response")) == [
        ("2024-05-01", "issue", 1, 1, 1.0, 1.0, True),
        ("2024-05-01", "pull_request", 2, 1, 0.5, 3.0, True),
    ]


def test_code_concentration(world: World, tmp_path: Path) -> None:
    for name, kind, times in (("Ada", "commit", 5), ("Bo", "comment", 3), ("Cem", "review", 2)):
        for _ in range(times):
            world.act(name, "2024-05-01 10:00", kind=kind, source="github")
    world.acts({"Bo": ["2024-05-01"] * 9})
    assert rows(world.snapshot(tmp_path).metric("code_concentration")) == [
        ("2024-05-01", 3, 10, 1.0, 1, True)
    ]


def test_stars(world: World, tmp_path: Path) -> None:
    for name, when in (("Ada", "2024-05-01"), ("Bo", "2024-05-31"), ("Cem", "2024-07-01")):
        world.act(name, f"{when} 10:00", kind="star", source="github")
    world.act("Ada", "2024-05-20 10:00", kind="release", source="github")
    assert rows(world.snapshot(tmp_path).metric("stars")) == [
        ("2024-05-01", 2, 2, 1, True),
        ("2024-06-01", 0, 2, 0, True),
        ("2024-07-01", 1, 3, 0, True),
    ]


def test_whoever_closes_and_whenever_it_was_opened(tmp_path: Path) -> None:
    world = World(timezone="Asia/Tokyo", staff=["github:host"])
    old = world.act("Ada", "2023-12-01 10:00", kind="issue", source="github")
    world.act("Bo", "2024-05-01 10:00", kind="comment", source="github")
    world.stands(old, closed="2024-05-31 16:00")  # June in Tokyo
    own = world.act("Host", "2024-05-02 10:00", kind="issue", source="github")
    world.stands(own, closed="2024-05-03 10:00")
    may = Selection("month", date(2024, 5, 1))
    snapshot = world.snapshot(tmp_path)
    found = [row[:3] for row in rows(snapshot.metric("code", may))]
    assert found == [("2024-05-01", 0, 0), ("2024-06-01", 0, 1)], "staff's own count nowhere"
    june = {"period": date(2024, 6, 1)}
    assert rows(snapshot.people("code", may, june)) == [("github:ada", "ada", 1, "issues_closed")]
    assert [row[0] for row in rows(snapshot.records("code", may, june))] == [old]


def test_how_items_stand_is_unknown_where_no_source_tells(world: World, tmp_path: Path) -> None:
    told = world.act("Ada", "2024-05-01 10:00", kind="issue", source="github")
    world.stands(told)
    world.act("Bo", "2024-05-02 10:00", kind="issue", source="forge")
    world.act("Bo", "2024-05-02 10:00", kind="pull_request", source="forge")
    snapshot = world.snapshot(tmp_path)
    both = rows(snapshot.metric("code"))
    assert [row[1:5] for row in both] == [(2, None, 1, None)]
    alone = rows(snapshot.metric("code", Selection(sources=("github",))))
    assert [row[1:5] for row in alone] == [(1, 0, 0, 0)]


def test_an_author_who_only_has_an_item_is_a_person(world: World, tmp_path: Path) -> None:
    opened = world.act("Ada", "2024-05-01 10:00", kind="pull_request", source="github")
    world.stands(opened, merged="2024-05-02 10:00")
    world.act("Bo", "2024-05-03 10:00", kind="commit", source="github")
    del world.rows["activities"][opened]
    assert rows(world.snapshot(tmp_path).metric("code")) == [
        ("2024-05-01", 0, 0, 0, 1, 1, 1, 24.0, 0, 0, True)
    ]


def test_where_there_is_no_code_there_are_no_rows(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-05-01"]})
    snapshot = world.snapshot(tmp_path)
    for name in ("code", "code_response", "code_concentration", "stars"):
        assert rows(snapshot.metric(name)) == []


def test_stars_before_the_chosen_time_are_in_the_total(world: World, tmp_path: Path) -> None:
    for name, when in (("Ada", "2024-01-01"), ("Bo", "2024-05-31")):
        world.act(name, f"{when} 10:00", kind="star", source="github")
    table = world.snapshot(tmp_path).metric("stars", Selection(start=date(2024, 4, 1)))
    assert [row[:3] for row in rows(table)] == [("2024-04-01", 0, 1), ("2024-05-01", 1, 2)]


def test_two_accounts_of_a_person_are_one_contributor(world: World) -> None:
    for name, when in (("Ada", "2024-05-01"), ("Lovelace", "2024-06-01")):
        world.act(name, f"{when} 10:00", kind="commit", source="github")
    with duckdb.connect() as con:
        world.build(con)
        make_one_person(con, "github:lovelace", "github:ada")
        found = rows(metric_table(con, "code", Selection()))
        assert [row[5:7] for row in found] == [(1, 1), (1, 0)]


KINDS = ("issue", "pull_request", "comment", "review", "commit", "star", "fork", "message")
times = st.datetimes(datetime(2024, 1, 1), datetime(2024, 6, 30))
acts = st.lists(
    st.tuples(
        st.sampled_from(["Ada", "Bo", "Cem", "Robo"]),
        st.sampled_from(KINDS),
        times,
        st.none() | st.timedeltas(timedelta(0), timedelta(days=60)),
    ),
    max_size=40,
)
Act = tuple[str, str, datetime, timedelta | None]


@settings(max_examples=8, deadline=None)
@given(acts)
def test_it_equals_a_plain_count(acts: list[Act]) -> None:
    world = World(bots=["github:robo"])
    for name, kind, when, after in acts:
        made = world.act(name, when.isoformat(" "), kind=kind, source="github")
        if kind in ("issue", "pull_request"):
            end = (when + after).isoformat(" ") if after is not None else None
            world.stands(made, **{"merged" if kind == "pull_request" else "closed": end})
    with duckdb.connect() as con:
        world.build(con)
        found = metric_table(con, "code", Selection()).to_pylist()
        records = metric_table(con, "code_concentration", Selection()).to_pylist()
    assert all(row.pop("is_complete") for row in found)
    counted = {row.pop("period"): row for row in found}
    assert {period: row for period, row in counted.items() if any(row.values())} == plain(acts)
    everything = [kind for name, kind, *_ in acts if name != "Robo" and kind in KINDS[:5]]
    assert sum(row["contributions"] for row in records) == len(everything)


def plain(acts: list[Act]) -> dict[date, dict[str, Any]]:
    """The rows of `code` with anything in them, by period."""
    counts: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    who: dict[date, set[str]] = defaultdict(set)
    hours: dict[date, list[float]] = defaultdict(list)
    for name, kind, when, after in acts:
        if name == "Robo" or kind == "message":
            continue
        month = when.date().replace(day=1)
        counts[month][kind] += 1
        if kind not in ("star", "fork"):
            who[month].add(name)
        if kind in ("issue", "pull_request") and after is not None:
            end = (when + after).date().replace(day=1)
            counts[end][f"{kind} done"] += 1
            if kind == "pull_request":
                hours[end].append(after / timedelta(hours=1))
    return {
        month: {
            "issues_opened": of["issue"],
            "issues_closed": of["issue done"],
            "pull_requests_opened": of["pull_request"],
            "pull_requests_merged": of["pull_request done"],
            "contributors": len(who[month]),
            "new_contributors": len(
                who[month].difference(*(who[other] for other in counts if other < month))
            ),
            "median_hours_to_merge": pytest.approx(median(hours[month])) if hours[month] else None,
            "stars": of["star"],
            "forks": of["fork"],
        }
        for month, of in counts.items()
    }
