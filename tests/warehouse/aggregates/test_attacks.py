"""Sponsors with a solver find no group of few people."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.aggregates.attacker import Attack
from tests.warehouse.aggregates.made_up import MadeUp
from warehouse.aggregates.writing import suppressed


def found_in(community: MadeUp, least: int) -> list[str]:
    tables = community.tables(least)
    truth = {name: table.to_pylist() for name, table in tables.items()}
    shown = {name: table.to_pylist() for name, table in suppressed(tables).items()}
    return Attack(shown, truth, least).computed()


@settings(max_examples=40, deadline=None, derandomize=True)
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
    assert found_in(MadeUp.at_random(seed, people, quarters, events), least) == []
