"""The forecast: what it rests on, how far it reaches, and that it knows nothing of what comes."""

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from tests.support.worlds import NOW, World
from warehouse.query import EVERYTHING, metric_table

COVERED_TO = "2024-06-04 18:00"
TO_COME = "2024-06-05 18:00"


def make(covered_to: str = COVERED_TO, **groups: Sequence[tuple[int, int]]) -> World:
    """Groups with past events, one a month, as (yes, came), and 40 yes for an event to come."""
    world = World(covered_to=covered_to)
    world.source("meetup", kind="meetup", last_success_at=NOW)
    for group, events in groups.items():
        for month, (yes, came) in enumerate(events, 1):
            event = world.event(f"{group} {month}", f"2024-{month:02}-10 18:00", group)
            for person in range(yes):
                mark = "attended" if person < came else "no_show"
                world.rsvp(event, f"{group}{person}", "yes", mark)
        coming = world.event(f"{group} next", TO_COME, group, status="planned")
        for person in range(40):
            world.rsvp(coming, f"{group}{person}", "yes", rsvp_at="2024-05-01 10:00")
    return world


def ago(days: float) -> datetime:
    return datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)


def forecast(world: World, lead_days: float | None = None) -> dict[str, dict[str, Any]]:
    """By title, each event to come; with `lead_days` each past one, as it stood so long before."""
    with duckdb.connect() as con:
        world.build(con)
        return forecasts(con, lead_days)


def forecasts(
    con: duckdb.DuckDBPyConnection, lead_days: float | None = None
) -> dict[str, dict[str, Any]]:
    con.execute("set variable lead_days = ?::double", [lead_days])
    rows = metric_table(con, "attendance_forecast", EVERYTHING).to_pylist()
    return {row["title"]: row for row in rows}


def test_without_check_ins_nothing_is_known() -> None:
    world = make(Lagos=[])
    world.rsvp(world.event("Old", "2024-05-01 18:00"), "Ada", "yes")
    world.event("Silent", TO_COME, status="planned")
    found = forecast(world)
    told = [(row["yes_now"], row["expected"], row["low"], row["basis"]) for row in found.values()]
    assert told == [
        (40, None, None, "no checked-in event to tell by"),
        (None, None, None, "nobody is asked to say yes"),
    ]


def test_a_group_with_few_events_is_drawn_to_the_community() -> None:
    many, few, none = [(20, 16)] * 5, [(20, 4)], []
    found = forecast(make(Many=many, Other=many, Few=few, New=none))
    expected = {title.split()[0]: row["expected"] for title, row in found.items()}
    assert expected["Many"] == pytest.approx(32, abs=2)
    assert 8 < expected["Few"] < expected["New"] < expected["Many"]
    assert found["New next"]["basis"].startswith("0 checked-in events of this group, 11 of")
    width = {
        title.split()[0]: (row["high"] - row["low"]) / row["expected"]
        for title, row in found.items()
    }
    assert width["Many"] == width["Other"] < min(width["Few"], width["New"])


def test_events_that_differ_make_it_wide() -> None:
    [even] = forecast(make(Lagos=[(20, 10)] * 5)).values()
    [uneven] = forecast(make(Lagos=[(20, 2), (20, 18), (20, 5), (20, 15), (20, 10)])).values()
    assert even["expected"] == pytest.approx(20, abs=2)
    assert uneven["expected"] == pytest.approx(20, abs=2)
    assert uneven["high"] - uneven["low"] > 1.5 * (even["high"] - even["low"])


def test_differences_between_events_grow_with_their_size() -> None:
    few, many = [(20, 8), (20, 16)] * 2, [(80, 32), (80, 64)] * 2
    world = make(Few=few, Many=many)
    for person in range(40, 80):
        world.rsvp("meetup:many next", f"Many{person}", "yes", rsvp_at="2024-05-01 10:00")
    coming = [r for r in world.rows["attendances"].values() if r["event_id"] == "meetup:few next"]
    for row in coming[20:]:
        del world.rows["attendances"][row["attendance_id"]]
    small, large = (relative_width(row) for row in forecast(world).values())
    assert large > 0.7 * small, "their chance alone would make it half as wide"


def relative_width(row: dict[str, Any]) -> float:
    width: float = (row["high"] - row["low"]) / row["expected"]
    return width


def test_what_a_yes_more_tells_is_not_well_known() -> None:
    usual = make(Lagos=[(40, 20)] * 5)
    more = make(Lagos=[(10, 5)] * 5)
    [known], [unknown] = forecast(usual).values(), forecast(more).values()
    assert known["yes_now"] == unknown["yes_now"] == 40
    assert relative_width(unknown) > 1.3 * relative_width(known)


def test_newer_events_tell_more() -> None:
    newest_half = forecast(make(Lagos=[(40, 32)] * 2 + [(40, 12)] * 3))["Lagos next"]
    oldest_half = forecast(make(Lagos=[(40, 12)] * 3 + [(40, 32)] * 2))["Lagos next"]
    assert newest_half["expected"] < 18.5 < 20 < 21.5 < oldest_half["expected"]


def late_answers(lead: timedelta) -> World:
    """Events of 20 yes, the half of them said on the last day, and 5 walk-ins; 10 yes to one that
    begins after `lead`."""
    world = make(covered_to=str(datetime.fromisoformat(TO_COME) - lead))
    for month in (1, 2, 3, 4):
        event = world.event(f"Past {month}", f"2024-{month:02}-10 18:00")
        for person in range(20):
            day = 1 if person < 10 else 10
            told = f"2024-{month:02}-{day:02} 09:00"
            world.rsvp(event, f"Member{person}", "yes", "attended", rsvp_at=told)
        for _ in range(5):
            world.rsvp(event, None, "none", "attended")
    coming = world.event("Next", TO_COME, status="planned")
    for person in range(10):
        world.rsvp(coming, f"Member{person}", "yes")
    return world


def test_answers_still_to_come_and_walk_ins_are_foreseen() -> None:
    [found] = forecast(late_answers(timedelta(days=14))).values()
    assert found["expected"] is None, "two weeks before nobody had ever said yes"
    assert found["basis"] == "no checked-in event to tell by"
    [found] = forecast(late_answers(timedelta(days=1))).values()
    assert found["expected"] == pytest.approx(25, abs=1), "a day before half of them had"
    [found] = forecast(late_answers(timedelta(hours=1))).values()
    assert found["expected"] == pytest.approx(15, abs=1), "an hour before all of them had"


def test_more_yes_than_usual_add_as_many_as_usually_come_of_them() -> None:
    world = late_answers(timedelta(days=1))
    for person in range(10):
        world.rsvp("meetup:next", f"Other{person}", "yes")
    [found] = forecast(world).values()
    assert found["expected"] == pytest.approx(35, abs=2)


def test_a_forecast_does_not_jump_as_time_passes() -> None:
    told = [
        next(iter(forecast(spread_answers(days)).values()))
        for days in (14.01, 13.99, 13.9, 10.01, 9.99, 7.01, 6.99)
    ]
    for earlier, later in itertools.pairwise(told):
        assert later["expected"] == pytest.approx(earlier["expected"], rel=0.1)
    assert all(row["low"] <= 30 <= row["high"] for row in told)
    assert all(row["expected"] == pytest.approx(30, rel=0.15) for row in told)


def spread_answers(lead_days: float) -> World:
    """Events of 40 yes, one said every 12 hours, of which 30 come; one to come, as it stands."""
    starts_at = datetime.fromisoformat(TO_COME)
    world = make(covered_to=str(starts_at - timedelta(days=lead_days)))
    for back in range(8):
        begins = starts_at - timedelta(days=30 * back)
        status = "past" if back else "planned"
        event = world.event(f"Evening {back}", str(begins), status=status)
        for person in range(40):
            told = begins - timedelta(hours=12 * person + back)
            mark = ("no_show" if person % 4 == 0 else "attended") if back else None
            if back or told < starts_at - timedelta(days=lead_days):
                world.rsvp(event, f"Member{person}", "yes", mark, rsvp_at=str(told))
    return world


@pytest.fixture(scope="module")
def backtest() -> duckdb.DuckDBPyConnection:
    """Ten groups of different sizes with an event every three weeks, for two years."""
    choice, world = random.Random(3), World()
    for group in range(10):
        size = choice.lognormvariate(3.5, 0.4)
        for number in range(35):
            starts_at = datetime(2023, 1, 2, 18) + timedelta(days=21 * number + group)
            event = world.event(f"{group} {number}", str(starts_at), f"Group {group}")
            share = min(0.95, max(0.3, choice.gauss(0.65, 0.1)))
            for person in range(max(3, round(size * choice.lognormvariate(0, 0.25)))):
                told = starts_at - timedelta(days=choice.expovariate(1 / 15))
                mark = "attended" if choice.random() < share else "no_show"
                world.rsvp(event, f"Member{person}", "yes", mark, rsvp_at=str(told))
            world.rsvp(event, None, "none", "attended")
    con = duckdb.connect()
    world.build(con)
    return con


@pytest.mark.parametrize("lead_days", [0, 0.6, 6.9, 13.9, 29.9, 45])
def test_the_interval_holds_four_of_five(
    backtest: duckdb.DuckDBPyConnection, lead_days: float
) -> None:
    came = {
        row["title"]: row["attended"]
        for row in metric_table(backtest, "event_attendance", EVERYTHING).to_pylist()
    }
    told = forecasts(backtest, lead_days)
    held = [
        row["low"] <= came[title] <= row["high"]
        for title, row in told.items()
        if row["expected"] is not None
    ]
    assert len(held) > 200
    assert 0.74 <= sum(held) / len(held) <= 0.86


def test_it_knows_nothing_of_what_came_after() -> None:
    past = [(20, 12), (25, 10), (18, 15)]
    world = make(Lagos=past, Accra=past[:1])
    before = forecast(world)
    for event in ("meetup:lagos next", "meetup:accra next"):
        world.rows["events"][event]["status"] = "past"
        for row in world.rows["attendances"].values():
            if row["event_id"] == event:
                row["check_in"] = "no_show"
        world.rsvp(event, "Late", "yes", "attended", rsvp_at="2024-06-05 09:00")
        world.rsvp(event, "Passerby", "none", "attended")
    assert forecast(world) == {}
    after = forecast(world, lead_days=1)
    assert {title: after[title] for title in before} == before


def test_a_yes_taken_back_counts_as_long_as_it_stood() -> None:
    world = make(Lagos=[(20, 12)])
    event = "meetup:lagos next"
    world.rsvp(event, "Ada", "yes", rsvp_at="2024-05-01 10:00", superseded_at=TO_COME)
    world.rsvp(event, "Ada", "no", rsvp_at=TO_COME)
    assert forecast(world)["Lagos next"]["yes_now"] == 40
    world.rows["events"][event]["status"] = "past"
    assert forecast(world, lead_days=1)["Lagos next"]["yes_now"] == 41
    assert forecast(world, lead_days=0)["Lagos next"]["yes_now"] == 40


def test_what_is_past_by_the_present_is_no_longer_to_come() -> None:
    world = make(Lagos=[(20, 12)])
    assert list(forecast(world)) == ["Lagos next"]
    world.rows["runs"]["meetup"]["last_success_at"] = str(ago(0.9))
    assert list(forecast(world)) == ["Lagos next"]
    assert next_events(world) == [datetime.fromisoformat(TO_COME)]
    world.rows["runs"]["meetup"]["last_success_at"] = str(ago(1.1))
    assert forecast(world) == {}
    assert next_events(world) == [None]


def next_events(world: World) -> list[datetime | None]:
    """Of each chapter the next event."""
    with duckdb.connect() as con:
        world.build(con)
        return [
            row["next_event_at"] for row in metric_table(con, "chapters", EVERYTHING).to_pylist()
        ]


def test_of_an_import_the_distance_is_measured_from_when_it_was_made() -> None:
    world = World(covered_to=None)
    world.source("meetup", kind="meetup", last_success_at=NOW)
    for weeks in (20, 16, 12, 8):
        event = world.event(f"Past {weeks}", str(ago(7 * weeks)))
        for person in range(20):
            told = str(ago(7 * weeks + (10 if person < 10 else 1)))
            world.rsvp(event, f"Member{person}", "yes", "attended", rsvp_at=told)
    coming = world.event("Next", str(ago(-5)), status="planned")
    for person in range(10):
        world.rsvp(coming, f"Member{person}", "yes")
    world.event("Stale", str(ago(300)), status="planned")
    found = forecast(world)
    assert list(found) == ["Next"]
    assert found["Next"]["expected"] == pytest.approx(20, abs=1), "ten more will say yes"
