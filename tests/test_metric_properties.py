"""What holds for every community, tried on many made-up ones."""

import itertools
import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import World

from warehouse.metrics import GRAINS, Selection
from warehouse.snapshots import Snapshot

Act = tuple[str, str, datetime, str, int | None]
PEOPLE = ("Ada", "Bo", "Cem", "Dee", "Robo", "Host")
MEMBERS = PEOPLE[:4]

acts = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(["slack", "github"]),
        st.datetimes(datetime(2024, 1, 1), datetime(2024, 9, 30)),
        st.sampled_from(["message", "message", "reply", "reaction", "huddle"]),
        st.none() | st.integers(0, 20),
    ),
    max_size=60,
)
many = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def make(acts: list[Act]) -> World:
    world = World(
        timezone="America/New_York", bots=["slack:robo", "github:robo"], staff=["slack:host"]
    )
    made: list[str] = []
    for name, source, when, kind, answered in acts:
        answers = made[answered] if answered is not None and answered < len(made) else None
        made.append(world.act(name, when.isoformat(" "), kind=kind, answers=answers, source=source))
    return world


def publish(acts: list[Act]) -> Snapshot:
    return make(acts).snapshot(Path(tempfile.mkdtemp()))


def ask(snapshot: Snapshot, name: str, **selection: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = snapshot.metric(name, Selection(**selection)).to_pylist()
    return found


@many
@given(acts, st.sampled_from(GRAINS), st.sampled_from([(), ("slack",)]))
def test_states_add_up(acts: list[Act], grain: str, sources: tuple[str, ...]) -> None:
    chosen = {
        "grain": grain,
        "sources": tuple(s for s in sources if acts and s in {a[1] for a in acts}),
    }
    snapshot = publish(acts)
    active = [row["active_members"] for row in ask(snapshot, "active_members", **chosen)]
    states = ask(snapshot, "lifecycle", **chosen)
    assert [s["new"] + s["returning"] + s["resurrected"] for s in states] == active
    for before, now, state in zip(active, active[1:], states[1:], strict=False):
        assert state["dormant"] == before - state["returning"]
        assert now >= state["returning"]
    assert all(count > 0 for count in active[:1] + active[-1:])


@many
@given(acts, st.sampled_from(["week", "month"]))
def test_retention_is_bounded_by_its_cohort(acts: list[Act], grain: str) -> None:
    snapshot = publish(acts)
    bounded = ask(snapshot, "retention", grain=grain)
    unbounded = ask(snapshot, "retention", grain=grain, unbounded=True)
    states = {row["period"]: row["new"] for row in ask(snapshot, "lifecycle", grain=grain)}
    for cell, later in zip(bounded, unbounded, strict=True):
        assert cell["retained"] <= later["retained"] <= cell["cohort_size"]
        assert cell["age"] > 0 or cell["retained"] == cell["cohort_size"] == states[cell["cohort"]]
    for cell, older in itertools.pairwise(unbounded):
        assert cell["cohort"] != older["cohort"] or cell["retained"] >= older["retained"]


@many
@given(acts)
def test_the_same_participations_are_counted_everywhere(acts: list[Act]) -> None:
    snapshot = publish(acts)
    by_hour = sum(row["participations"] for row in ask(snapshot, "heatmap"))
    by_channel = sum(row["participations"] for row in ask(snapshot, "channels"))
    by_period = sum(row["activities"] for row in ask(snapshot, "concentration"))
    by_kind = sum(
        row["activities"] for row in ask(snapshot, "activity_volume") if row["kind"] != "reaction"
    )
    assert by_hour == by_channel == by_period == by_kind


@many
@given(acts)
def test_survival_falls(acts: list[Act]) -> None:
    curve = ask(publish(acts), "survival")
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
    snapshot = publish(acts)
    by_period: dict[date, int] = defaultdict(int)
    for row in ask(snapshot, "levels", grain="week"):
        by_period[row["period"]] += row["members"]
    active = {
        row["period"]: row["active_members"]
        for row in ask(snapshot, "active_members", grain="week")
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
        if kind != "reaction" and name != "Robo" and (name, source) != ("Host", "slack")
    }
    found = world.snapshot(Path(tempfile.mkdtemp())).metric("rolling_active").to_pylist()
    for row in found:
        for column, length in (("dau", 1), ("wau", 7), ("mau", 28)):
            window = {row["date"] - timedelta(days=back) for back in range(length)}
            assert row[column] == len({person for person, day in days if day in window})
    assert len(found) == (
        (max(d for _, d in days) - min(d for _, d in days)).days + 1 if days else 0
    )


@many
@given(acts, st.dates(date(2024, 1, 1), date(2024, 9, 30)), st.sampled_from(GRAINS))
@pytest.mark.parametrize(
    "name",
    [
        "active_members",
        "lifecycle",
        "levels",
        "concentration",
        "activity_volume",
        "first_response",
        "members",
        "rolling_active",
        "stickiness",
        "retention",
    ],
)
def test_a_chosen_time_only_leaves_out_rows(
    name: str, acts: list[Act], start: date, grain: str
) -> None:
    snapshot = publish(acts)
    end = start + timedelta(days=70)
    first = next(iter(snapshot.metric(name).column_names))
    everything = ask(snapshot, name, grain=grain)
    expected = [row for row in everything if start <= row[first] < end]
    chosen = ask(snapshot, name, grain=grain, start=start, end=end)
    for count in {"openers", "activities"} & set(everything[0] if everything else ()):
        # Sources and kinds that do not occur in the chosen time have no rows in it.
        chosen, expected = ([row for row in some if row[count]] for some in (chosen, expected))
    assert chosen == expected
