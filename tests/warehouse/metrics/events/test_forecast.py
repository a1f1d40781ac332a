"""The forecast: what it rests on, how far it reaches, and that it knows nothing of what comes."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from tests.support.worlds import World
from warehouse.query import EVERYTHING, metric_table

TO_COME = "2024-06-05 18:00"


def make(covered_to: str = "2024-06-04 18:00", **groups: Sequence[tuple[int, int]]) -> World:
    """Groups with past events, one a month, as (yes, came), and 40 yes for an event to come."""
    world = World(covered_to=covered_to)
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


def forecast(world: World, as_of: str | None = None) -> dict[str, dict[str, Any]]:
    """By title, each event to come."""
    with duckdb.connect() as con:
        world.build(con)
        con.execute("set variable as_of = ?::timestamp", [as_of])
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
    width = {title.split()[0]: row["high"] - row["low"] for title, row in found.items()}
    assert width["Many"] < width["Few"] <= width["New"]


def test_events_that_differ_make_it_wide() -> None:
    [even] = forecast(make(Lagos=[(20, 10)] * 5)).values()
    [uneven] = forecast(make(Lagos=[(20, 2), (20, 18), (20, 5), (20, 15), (20, 10)])).values()
    assert even["expected"] == uneven["expected"] == 20
    assert uneven["high"] - uneven["low"] > 1.5 * (even["high"] - even["low"])


def test_answers_still_to_come_and_walk_ins_are_foreseen() -> None:
    world = make(covered_to="2024-05-22 18:00", Lagos=[])
    for month in (1, 2, 3, 4):
        event = world.event(f"Past {month}", f"2024-{month:02}-10 18:00")
        for person in range(20):
            day = 10 if person < 10 else 1
            told = f"2024-{month:02}-{day:02} 09:00"
            world.rsvp(event, f"Member{person}", "yes", "attended", rsvp_at=told)
        for _ in range(5):
            world.rsvp(event, None, "none", "attended")
    [found] = forecast(world).values()
    assert found["expected"] is None, "two weeks before nobody had ever said yes"
    [found] = forecast(world, "2024-06-04 18:00").values()
    assert found["expected"] == pytest.approx(40 * 2.5), "a day before half of them had"


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
    assert forecast(world, "2024-06-04 18:00") == before


def test_a_yes_taken_back_counts_as_long_as_it_stood() -> None:
    world = make(Lagos=[(20, 12)])
    event = "meetup:lagos next"
    world.rsvp(event, "Ada", "yes", rsvp_at="2024-05-01 10:00", superseded_at=TO_COME)
    world.rsvp(event, "Ada", "no", rsvp_at=TO_COME)
    assert forecast(world)["Lagos next"]["yes_now"] == 40
    assert forecast(world, "2024-06-04 18:00")["Lagos next"]["yes_now"] == 41
