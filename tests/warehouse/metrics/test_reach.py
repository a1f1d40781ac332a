"""Who is reached in a quarter: everybody once, with whatever kind of activity or answer."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.worlds import World, rows
from warehouse.query import Selection
from warehouse.snapshots import Snapshot

QUARTERS = Selection("quarter")


@pytest.fixture
def snapshot(world: World, tmp_path: Path) -> Snapshot:
    """Three people in January to March, and one of them with a second account in April."""
    world.source("slack", covered_to="2024-07-01 00:00")
    world.source("meetup", "meetup", covered_to="2024-07-01 00:00")
    world.source("github", "github", covered_to="2024-07-01 00:00")
    world.account("Ada")
    world.account("Eve", stated_joined_at="2024-03-05 10:00")
    world.act("Ada", "2024-02-01 10:00")
    world.act("Bo", "2024-02-02 10:00", kind="reaction")
    world.group("Lagos", country="NG")
    evening = world.event("An evening", "2024-03-01 18:00")
    world.rsvp(evening, "Ada", "yes", "attended")
    world.rsvp(evening, "Cem", "no")
    world.decide("merge", "slack:ada", "meetup:ada")
    cancelled = world.event("Called off", "2024-05-01 18:00", status="cancelled")
    world.rsvp(cancelled, "Dee", "yes")
    world.act("Ada", "2024-04-02 10:00")
    world.act("Ada", "2024-04-02 10:00", kind="issue", source="github")
    world.suggest("github:ada", "slack:ada")
    return world.snapshot(tmp_path)


def test_reach(snapshot: Snapshot) -> None:
    assert rows(snapshot.metric("reach")) == [
        # period, audience, reached, reached_low, reached_high, active, attendees, events,
        # new_people, countries, change_reached, is_complete
        ("2024-01-01", 2, 4, 4, 5, 1, 1, 1, 4, 1, None, True),
        ("2024-04-01", 2, 2, 1, 2, 2, 0, 0, 1, 1, -0.5, True),
    ]


def test_reach_by_source(snapshot: Snapshot) -> None:
    assert rows(snapshot.metric("reach_by_source")) == [
        # period, source, audience, reached, active, attendees, is_complete
        ("2024-01-01", "meetup", None, 2, 1, 1, True),
        ("2024-01-01", "slack", 2, 3, 1, None, True),
        ("2024-04-01", "github", None, 1, 1, None, True),
        ("2024-04-01", "meetup", None, 0, 0, 0, True),
        ("2024-04-01", "slack", 2, 1, 1, None, True),
    ]


def test_reach_places(snapshot: Snapshot) -> None:
    assert rows(snapshot.metric("reach_places")) == [
        # period, region, country, reached, share, is_complete, reached_everywhere
        ("2024-01-01", "Africa", "NG", 2, 0.5, True, 4),
        ("2024-01-01", None, None, 2, 0.5, True, 4),
        ("2024-04-01", "Africa", "NG", 1, 0.5, True, 2),
        ("2024-04-01", None, None, 1, 0.5, True, 2),
    ]


def test_the_country_with_the_most_events(world: World, tmp_path: Path) -> None:
    world.source("meetup", "meetup", covered_to="2024-04-01 00:00")
    for group, country in (("Lagos", "NG"), ("Berlin", "DE")):
        world.group(group, country=country)
    for number, group in enumerate(("Lagos", "Lagos", "Berlin")):
        event = world.event(f"Evening {number}", f"2024-01-1{number} 18:00", group)
        world.rsvp(event, "Ada", "no")
    world.rsvp(event, "Bo", "yes")
    world.act("Cem", "2024-01-20 10:00")
    assert rows(world.snapshot(tmp_path).metric("reach_places")) == [
        ("2024-01-01", "Africa", "NG", 1, 0.3333, False, 3),
        ("2024-01-01", "Europe", "DE", 1, 0.3333, False, 3),
        ("2024-01-01", None, None, 1, 0.3333, False, 3),
    ]


def test_the_people_behind(snapshot: Snapshot) -> None:
    first = {"period": date(2024, 1, 1)}
    assert [row[0] for row in rows(snapshot.people("reach", QUARTERS, first))] == [
        "meetup:ada",
        "meetup:cem",
        "slack:bo",
        "slack:eve",
    ]
    known = first | {"region": "Africa", "country": "NG"}
    assert [row[0] for row in rows(snapshot.people("reach_places", QUARTERS, known))] == [
        "meetup:ada",
        "meetup:cem",
    ]


def test_without_events_and_lists_nothing_is_known_of_them(world: World, tmp_path: Path) -> None:
    world.act("Ada", "2024-02-01 10:00")
    [row] = world.snapshot(tmp_path).metric("reach").to_pylist()
    assert (row["audience"], row["attendees"], row["events"], row["countries"]) == (None,) * 4
    assert row["reached"] == 1


def test_sponsorships(world: World, tmp_path: Path) -> None:
    first = world.event("First", "2024-03-01 18:00")
    second = world.event("Second", "2024-03-02 18:00", group="Berlin")
    later = world.event("Later", "2024-04-01 18:00")
    for event in (first, later):
        world.rsvp(event, "Ada", "yes", "attended")
    world.rsvp(first, "Bo", "yes", "attended")
    world.rsvp(first, None, None, "attended")
    world.rsvp(first, "Cem", "no")
    world.rsvp(second, "Dee", "yes")
    world.act("Eve", "2024-03-05 10:00", kind="reaction")
    world.sponsorship("Acme", "2024-03-01", "2024-04-01", events=[first, second])
    world.sponsorship("Birch", "2024-01-01", "2025-01-01", groups=["Lagos"], currency="NGN")
    world.sponsorship("Birch", "2024-03-02", "2024-04-01")
    world.sponsorship("Cedar", "2023-01-01", "2023-02-01")
    assert rows(world.snapshot(tmp_path).metric("sponsorships")) == [
        # sponsor, period, amount, currency, events, unmeasured_events, confirmed_attendees,
        # cost_per_confirmed, reached
        ("Acme", "2024-03-01", 100, "EUR", 2, 1, 3, 33.3333, 4),
        ("Birch", "2024-01-01", 100, "NGN", 2, 0, 3, 33.3333, 3),
        ("Birch", "2024-03-02", 100, "EUR", 1, 1, 0, None, 2),
        ("Cedar", "2023-01-01", 100, "EUR", 0, 0, 0, None, 0),
    ]
