"""Events in numbers: the worked example of each metric's header, acted out."""

from pathlib import Path

import pytest
from worlds import World, rows

from warehouse.metrics import Selection


@pytest.fixture
def world() -> World:
    return World()


def test_event_attendance(world: World, tmp_path: Path) -> None:
    before = world.event("Before", "2024-04-01 18:00")
    world.rsvp(before, "Ada", "yes")
    event = world.event("Night", "2024-05-01 18:00", capacity=40, utc_offset_minutes=60)
    world.rsvp(event, "Ada", "yes", "attended", guests=2)
    world.rsvp(event, "Bo", "yes", "no_show")
    world.rsvp(event, "Cem", "yes")
    world.rsvp(event, "Dee", "no")
    world.rsvp(event, "Eve", "none", "attended")
    found = rows(world.snapshot(tmp_path).metric("event_attendance"))
    assert found[1] == (
        *("meetup:night", "meetup", "Lagos", "Night", "2024-05-01 18:00", False, 40),
        *(3, 1, 0, 2, 2, 1),  # yes, no, waitlist, guests, attended, walk-ins
        *("checked_in", 0.3333, 0.6667),
        *(1, 1),  # first-timers, returning
        *(None, 60, None),
    )
    assert found[0][7:18] == (1, 0, 0, 0, 1, None, "rsvp", None, None, 1, 0)


def test_event_trend(world: World, tmp_path: Path) -> None:
    night = world.event("Night", "2024-05-01 18:00")
    for name, mark in (("Ada", "attended"), ("Bo", "attended"), ("Cem", "no_show")):
        world.rsvp(night, name, "yes", mark)
    online = world.event("Online", "2024-05-20 18:00", is_online=True)
    for name in ("Ada", "Bo", "Dee", "Eve"):
        world.rsvp(online, name, "yes")
    world.rsvp(world.event("Again", "2024-07-01 18:00"), "Ada", "yes")
    assert rows(world.snapshot(tmp_path).metric("event_trend")) == [
        # events, yes, attended, unique, first-timers, mean, show rate, online, checked in, rsvp
        ("2024-05-01", 2, 7, 6, 4, 1.0, 3.0, 0.6667, 0.5, 1, 1, 0.2077, 0.9385, True),
        ("2024-06-01", 0, 0, 0, 0, None, None, None, None, 0, 0, None, None, True),
        ("2024-07-01", 1, 1, 1, 1, 0.0, 1.0, None, 0.0, 0, 1, None, None, True),
    ]


def test_repeat_attendance(world: World, tmp_path: Path) -> None:
    for group, title, names in (
        ("Lagos", "One", ("Ada", "Bo")),
        ("Lagos", "Two", ("Ada",)),
        ("Accra", "Three", ("Bo", "Cem")),
    ):
        event = world.event(title, "2024-05-01 18:00", group)
        for name in names:
            world.rsvp(event, name, "yes")
    assert rows(world.snapshot(tmp_path).metric("repeat_attendance", Selection())) == [
        ("*", 3, 2, 0.6667, 0.2077, 0.9385),
        ("Accra", 2, 0, 0.0, 0.0, 0.6576),
        ("Lagos", 2, 1, 0.5, 0.0945, 0.9055),
    ]
