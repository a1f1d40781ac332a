"""Attendance of many made-up communities, counted once more in plain Python."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.plain.calendar import next_of
from tests.support.worlds import World
from warehouse.query import GRAINS, Selection, metric_table

TITLES = ("One", "Two", "Three", "Four")
GROUPS = {"One": "Lagos", "Two": "Lagos", "Three": "Accra", "Four": "Accra"}
PEOPLE = ("Ada", "Bo", "Cem", "Dee", "Eve", "Robo", None)
ANSWERS = (("yes", None), ("no", None), ("waitlist", None), ("interested", None))
MARKS = ((None, "attended"), (None, "no_show"), (None, "excused"), ("none", "attended"))

days = st.lists(st.dates(date(2024, 1, 1), date(2024, 4, 30)), min_size=4, max_size=4)
statuses = st.lists(st.sampled_from(["past", "past", "past", "cancelled"]), min_size=4, max_size=4)
told = st.dictionaries(
    st.tuples(st.sampled_from(TITLES), st.sampled_from(PEOPLE)),
    st.tuples(st.sampled_from([*ANSWERS, *MARKS]), st.integers(0, 2)),
    max_size=28,
)
many = settings(max_examples=6, deadline=None)


@dataclass
class Event:
    """What a plain count makes of one event."""

    day: date
    yes: int = 0
    guests: int = 0
    attended_yes: int = 0
    nobody: int = 0
    people: frozenset[str] = frozenset()
    basis: str | None = None


def make(days: list[date], statuses: list[str], told: dict[Any, Any]) -> World:
    world = World(bots=["meetup:robo"])
    for title, day, status in zip(TITLES, days, statuses, strict=True):
        world.event(title, f"{day} 18:00", GROUPS[title], status=status)
    for (title, name), ((answer, mark), guests) in told.items():
        if name is not None or mark == "attended":
            world.rsvp(f"meetup:{title.lower()}", name, answer, mark, guests=guests)
    return world


def count(days: list[date], statuses: list[str], told: dict[Any, Any]) -> dict[str, Event]:
    """Every event that took place, from what was told of it."""
    found: dict[str, Event] = {}
    for title, day, status in zip(TITLES, days, statuses, strict=True):
        if status == "cancelled":
            continue
        event = found[title] = Event(day)
        rows = [
            (name, answer, mark, guests)
            for (of, name), ((answer, mark), guests) in told.items()
            if of == title and (name is not None or mark == "attended")
        ]
        if any(mark in ("attended", "no_show") for _, _, mark, _ in rows):
            event.basis = "checked_in"
        elif any(answer != "interested" for _, answer, _, _ in rows):
            event.basis = "rsvp"
        for name, answer, mark, guests in rows:
            if name == "Robo":
                continue
            said_yes = answer == "yes" or (answer is None and name is not None)
            came = mark == "attended" or (event.basis == "rsvp" and answer == "yes")
            event.yes += said_yes
            event.guests += guests * said_yes
            event.attended_yes += said_yes and came
            event.nobody += came and name is None
            event.people |= frozenset([name] if came and name else [])
    return found


def ask(world: World, *names: str, **selection: Any) -> list[list[dict[str, Any]]]:
    with duckdb.connect() as con:
        world.build(con)
        chosen = Selection(**selection)
        return [metric_table(con, name, chosen).to_pylist() for name in names]


@many
@given(days, statuses, told)
def test_every_event_equals_a_plain_count(
    days: list[date], statuses: list[str], told: dict[Any, Any]
) -> None:
    expected = count(days, statuses, told)
    [found, volume] = ask(make(days, statuses, told), "event_attendance", "activity_volume")
    assert {row["title"] for row in found} == expected.keys()
    firsts: set[str] = set()
    for row in sorted(found, key=lambda row: (row["starts_at"], row["event_id"])):
        event = expected[row["title"]]
        assert row["attendance_basis"] == event.basis
        if event.basis is None:
            assert (row["yes"], row["attended"], row["first_timers"]) == (None, None, None)
            continue
        attended = len(event.people) + event.nobody
        assert (row["yes"], row["guests"]) == (event.yes, event.guests)
        assert row["attended"] == attended
        assert row["first_timers"] == len(event.people - firsts)
        assert row["returning"] == len(event.people & firsts)
        firsts |= event.people
        if event.basis == "checked_in":
            assert row["walk_ins"] == attended - event.attended_yes
            assert row["show_rate"] == (event.attended_yes / event.yes if event.yes else None)
    acts = sum(row["activities"] for row in volume if row["kind"] == "attended")
    assert acts == sum(len(event.people) for event in expected.values())


@many
@given(days, statuses, told, st.sampled_from(GRAINS))
def test_periods_and_groups_add_up(
    days: list[date], statuses: list[str], told: dict[Any, Any], grain: str
) -> None:
    expected = count(days, statuses, told)
    world = make(days, statuses, told)
    trend, repeats, chapters = ask(
        world, "event_trend", "repeat_attendance", "chapters", grain=grain
    )
    assert sum(row["events"] for row in trend) == len(expected)
    assert sum(row["checked_in_events"] for row in trend) == sum(
        event.basis == "checked_in" for event in expected.values()
    )
    visits: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for title, event in expected.items():
        for name in event.people:
            visits["*"][name] += 1
            visits[GROUPS[title]][name] += 1
    assert {row["group"]: (row["attendees"], row["repeat_attendees"]) for row in repeats} == {
        group: (len(by_name), sum(times > 1 for times in by_name.values()))
        for group, by_name in visits.items()
    }
    for row in chapters:
        assert (row["attendees"] or 0) == len(visits.get(row["group"], {}))
    for row in repeats:
        assert 0 <= row["low"] <= row["repeat_share"] + 1e-9 <= row["high"] + 2e-9
    for row in trend:
        if row["show_rate"] is not None:
            assert 0 <= row["show_low"] <= row["show_rate"] + 1e-9 <= row["show_high"] + 2e-9


@many
@given(days, statuses, told, st.sampled_from(GRAINS), st.dates(date(2024, 1, 1), date(2024, 4, 30)))
@example(
    [date(2024, 3, 1)] * 4, ["past"] * 4, {("One", "Ada"): (("yes", None), 0)}, "quarter",
    date(2024, 1, 1),
)  # fmt: skip
def test_a_chosen_time_only_leaves_out_rows(
    days: list[date], statuses: list[str], told: dict[Any, Any], grain: str, start: date
) -> None:
    world = make(days, statuses, told)
    end = start + timedelta(days=40)
    names = ("event_trend", "event_conversion")
    whole = ask(world, *names, grain=grain)
    parts = ask(world, *names, grain=grain, start=start, end=end)
    for name, every, some in zip(names, whole, parts, strict=True):
        kept = [r for r in every if r["period"] < end and next_of(r["period"], grain) > start]
        assert some == kept, name
