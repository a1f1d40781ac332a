"""Sponsors with a solver find no group of few people."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.worlds import World
from tests.warehouse.aggregates.attacker import Attack
from tests.warehouse.aggregates.made_up import MadeUp
from warehouse import versions
from warehouse.aggregates import suppression
from warehouse.aggregates.collecting import collect
from warehouse.aggregates.writing import suppressed

LEAST = 3


def attacked(tables: dict[str, Any], least: int) -> list[str]:
    """The small groups that an attacker finds in some tables."""
    truth = {name: table.to_pylist() for name, table in tables.items()}
    shown = {name: table.to_pylist() for name, table in suppressed(tables).items()}
    return Attack(shown, truth, least).computed()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    people=st.integers(3, 40),
    quarters=st.integers(1, 3),
    events=st.integers(0, 5),
    least=st.sampled_from([3, 5]),
)
def test_no_small_group_can_be_computed(
    seed: int, people: int, quarters: int, events: int, least: int
) -> None:
    made_up = MadeUp.at_random(seed, people, quarters, events)
    assert attacked(made_up.tables(least), least) == []


def test_the_attacker_finds_them_where_small_counts_alone_are_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suppression, "protect", lambda cells, small: None)
    found = [attacked(MadeUp.at_random(seed, 25, 2, 3).tables(5), 5) for seed in range(6)]
    assert all(found)
    assert any("gone before" in group for group in itertools.chain(*found))
    assert any("stayed away" in group for group in itertools.chain(*found))


def test_the_attacker_finds_who_joined_where_small_steps_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suppression, "_small_steps", lambda cells, lasting, least: [])
    found = [attacked(MadeUp.at_random(seed, 35, 3, 3).tables(5), 5) for seed in range(6)]
    assert any(group.startswith("from (") for group in itertools.chain(*found))


def test_a_community_that_was_counted_by_the_metrics(world: World) -> None:
    world.rows["settings"]["one"]["min_group_size"] = LEAST
    for group, country in (("Lagos", "NG"), ("Berlin", "DE")):
        world.group(group, country=country)
    evenings = [
        world.event(f"Evening {number}", f"2024-0{number}-01 18:00", group)
        for number, group in enumerate(("Lagos", "Lagos", "Berlin", "Lagos"), start=1)
    ]
    for number in range(12):
        name = f"P{number}"
        world.account(name, "meetup")
        world.join(name, f"2024-0{1 + number % 4}-01 10:00", "Lagos", "meetup")
        for place, evening in enumerate(evenings):
            if (number * (place + 2)) % 5 < 3:
                came = "attended" if (number + place) % 4 else "no_show"
                world.rsvp(evening, name, "yes" if number % 3 else "no", came)
        if number % 2:
            world.act(name, f"2024-0{1 + number % 5}-20 10:00")
            world.decide("merge", f"slack:p{number}", f"meetup:p{number}")
    world.suggest("slack:p1", "slack:p3")
    world.sponsorship("Acme", "2024-01-01", "2025-01-01", groups=["Lagos"])
    world.sponsorship("Birch", "2024-01-01", "2025-01-01", events=evenings[:1])
    with versions.connect() as con:
        world.build(con)
        tables = collect(con, "20240701T060000000000")
    assert attacked(tables, LEAST) == []
