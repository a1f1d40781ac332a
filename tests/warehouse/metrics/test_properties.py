"""What holds for every community, tried on many made-up ones."""

import itertools
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.plain.calendar import next_of
from tests.support.samples import some
from tests.support.worlds import World
from warehouse.query import GRAINS, MACROS, Selection, catalogue, metric_table

Act = tuple[str, str, datetime, str, int | None]
PEOPLE = ("Ada", "Bo", "Cem", "Dee", "Robo", "Host")
NO_PARTICIPATION = ("reaction", "star")
PERIODIC = [
    name
    for name, metric in catalogue().items()
    if next(iter(metric.columns)) in {"period", "cohort", "date"}
]

acts = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(["slack", "github"]),
        st.datetimes(datetime(2024, 1, 1), datetime(2024, 9, 30)),
        st.sampled_from(["message", "message", "reply", "reaction", "huddle", "issue", "star"]),
        st.none() | st.integers(0, 20),
    ),
    max_size=60,
)
many = settings(max_examples=8, deadline=None)


def make(acts: list[Act]) -> World:
    world = World(
        timezone="America/New_York", bots=["slack:robo", "github:robo"], staff=["slack:host"]
    )
    made: list[str] = []
    for name, source, when, kind, answered in acts:
        answers = made[answered] if answered is not None and answered < len(made) else None
        made.append(world.act(name, when.isoformat(" "), kind=kind, answers=answers, source=source))
    return world


def build(acts: list[Act]) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    make(acts).build(con)
    return con


def ask(con: duckdb.DuckDBPyConnection, name: str, **selection: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = metric_table(con, name, Selection(**selection)).to_pylist()
    return found


@many
@given(acts, st.sampled_from(GRAINS), st.sampled_from([(), ("slack",)]))
def test_states_add_up(acts: list[Act], grain: str, sources: tuple[str, ...]) -> None:
    chosen = {
        "grain": grain,
        "sources": tuple(s for s in sources if acts and s in {a[1] for a in acts}),
    }
    con = build(acts)
    active = [row["active_members"] for row in ask(con, "active_members", **chosen)]
    states = ask(con, "lifecycle", **chosen)
    assert [s["new"] + s["returning"] + s["resurrected"] for s in states] == active
    for before, now, state in zip(active, active[1:], states[1:], strict=False):
        assert state["dormant"] == before - state["returning"]
        assert now >= state["returning"]
    assert all(count > 0 for count in active[:1])


@many
@given(acts, st.sampled_from(["week", "month"]))
def test_retention_is_bounded_by_its_cohort(acts: list[Act], grain: str) -> None:
    con = build(acts)
    bounded = ask(con, "retention", grain=grain)
    unbounded = ask(con, "retention", grain=grain, unbounded=True)
    states = {row["period"]: row["new"] for row in ask(con, "lifecycle", grain=grain)}
    for cell, later in zip(bounded, unbounded, strict=True):
        assert cell["retained"] <= later["retained"] <= cell["cohort_size"]
        assert cell["age"] > 0 or cell["retained"] == cell["cohort_size"] == states[cell["cohort"]]
    for cell, older in itertools.pairwise(unbounded):
        assert cell["cohort"] != older["cohort"] or cell["retained"] >= older["retained"]


@many
@given(acts)
def test_the_same_participations_are_counted_everywhere(acts: list[Act]) -> None:
    con = build(acts)
    by_hour = sum(row["participations"] for row in ask(con, "heatmap"))
    by_channel = sum(row["participations"] for row in ask(con, "channels"))
    by_period = sum(row["activities"] for row in ask(con, "concentration"))
    by_kind = sum(
        row["activities"]
        for row in ask(con, "activity_volume")
        if row["kind"] not in NO_PARTICIPATION
    )
    assert by_hour == by_channel == by_period == by_kind


@many
@given(acts)
def test_survival_falls(acts: list[Act]) -> None:
    curve = ask(build(acts), "survival")
    for step, later in itertools.pairwise(curve):
        assert step["share_active"] >= later["share_active"]
        assert step["at_risk"] >= later["at_risk"]
    for step in curve:
        if step["low"] is not None:
            assert 0 <= step["low"] <= step["share_active"] + 1e-9
            assert step["share_active"] - 1e-9 <= step["high"] <= 1


@many
@given(acts)
def test_levels_are_the_people_active_in_the_window(acts: list[Act]) -> None:
    con = build(acts)
    by_period: dict[date, int] = defaultdict(int)
    for row in ask(con, "levels", grain="week"):
        by_period[row["period"]] += row["members"]
    active = {
        row["period"]: row["active_members"] for row in ask(con, "active_members", grain="week")
    }
    assert by_period.keys() == active.keys()
    assert all(by_period[period] >= active[period] for period in active)


def local_date(when: datetime, world: World) -> date:
    return when.replace(tzinfo=UTC).astimezone(world.zone).date()


@many
@given(acts)
def test_rolling_actives_equal_a_plain_count(acts: list[Act]) -> None:
    world = make(acts)
    days = {
        (f"{source}:{name}", local_date(when, world))
        for name, source, when, kind, _ in acts
        if kind not in ("reaction", "star")
        and name != "Robo"
        and (name, source) != ("Host", "slack")
    }
    found = ask(build(acts), "rolling_active")
    for row in found:
        for column, length in (("dau", 1), ("wau", 7), ("mau", 28)):
            window = {row["date"] - timedelta(days=back) for back in range(length)}
            assert row[column] == len({person for person, day in days if day in window})
    shown = [row["date"] for row in found]
    if days:
        first, last = min(day for _, day in days), max(day for _, day in days)
        assert shown == [first + timedelta(days=n) for n in range(len(shown))]
        assert shown[-1] >= last
    else:
        assert not shown


@many
@given(acts, st.dates(date(2024, 1, 1), date(2024, 9, 30)))
def test_overlap_counts_everybody_once(acts: list[Act], start: date) -> None:
    con = build(acts)
    chosen = {"start": start, "end": start + timedelta(days=70)}
    overlap = ask(con, "overlap", **chosen)
    by_day = [row for row in ask(con, "rolling_active", start=start) if row["date"] < chosen["end"]]
    assert (sum(row["members"] for row in overlap) > 0) == any(row["dau"] for row in by_day)
    for row in overlap:
        [alone] = ask(con, "overlap", sources=(row["sources"],), **chosen)
        assert alone == row, "one account is one person: nobody is on two"


@pytest.mark.parametrize("examples", some([2, 8], 1))
def test_a_chosen_time_only_leaves_out_rows(examples: int) -> None:
    starts = st.dates(date(2024, 1, 1), date(2024, 9, 30))
    try_on = given(acts, starts, st.sampled_from(GRAINS))
    settings(max_examples=examples, deadline=None)(try_on(check_a_chosen_time))()


def check_a_chosen_time(acts: list[Act], start: date, grain: str) -> None:
    con = build(acts)
    chosen = {"start": start, "end": start + timedelta(days=70)}
    for name in PERIODIC:
        column = next(iter(catalogue()[name].columns))
        length = "day" if column == "date" else catalogue()[name].grain or grain
        touched = [
            row
            for row in ask(con, name, grain=grain)
            if row[column] < chosen["end"] and next_of(row[column], length) > start
        ]
        assert told(ask(con, name, grain=grain, **chosen)) == told(touched), name


def told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the zeros of sources and kinds that do not occur in the chosen time."""
    return [row for row in rows if row.get("openers", row.get("activities", 1))]


@settings(deadline=None)
@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@example((0, 3))
@example((7, 7))
def test_an_interval_of_a_share_holds_it_and_stays_a_share(part_of: tuple[int, int]) -> None:
    part, whole = part_of
    with duckdb.connect() as con:
        con.execute(MACROS)
        bounds = f"select share_low({part}, {whole}), share_high({part}, {whole})"
        [(low, high)] = con.execute(bounds).fetchall()
        unknown = (
            "select share_low(0, 0), share_high(0, 0), share_low(null, 3), share_high(null, 3)"
        )
        assert con.execute(unknown).fetchall() == [(None, None, None, None)]
    assert 0 <= low <= part / whole <= high <= 1
