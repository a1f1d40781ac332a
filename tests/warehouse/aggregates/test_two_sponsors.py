"""Two sponsors, one for events A and B, the other for A alone, put their tables together.

They know how events work, person by person: whoever is counted said or did one of a few things at
each of the two. They try every number of people of each kind that fits to all that is published.
"""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.warehouse.aggregates.made_up import Event, MadeUp, Person
from warehouse.aggregates import suppression
from warehouse.aggregates.writing import suppressed

LEAST = 3
# What a person did at an event: was on no list, said no, stayed away after a yes, came, walked in.
ANSWERS = {"n": "no", "s": "yes", "c": "yes", "w": "none"}
CAME = "cw"
# At A and at B: `cs` came to A and stayed away from B. `t` only talked, `tm` is also on the
# list of members there, a `q` only reacted. With a `g` they are no members of the group.
OTHERS = ("gn-", "gs-", "gc-", "gw-", "g-n", "g-s", "g-c", "g-w", "t", "tm", "tq", "tmq")
KINDS = [*map("".join, itertools.product("-nscw", repeat=2)), *OTHERS]
Cell = tuple[str, int, str]


def community(counts: dict[str, int]) -> MadeUp:
    """Two events of one group, and so many people of each kind."""
    events = [Event(f"meetup:{name}", 0, "Lagos", True) for name in "AB"]
    people: list[Person] = []
    for kind, many in counts.items():
        for _ in range(many):
            number = len(people)
            if kind[0] == "t":
                talked, joined = {(0, "slack")}, {"slack": 0} if "m" in kind else {}
                active = set() if "q" in kind else talked
                people.append(Person(number, joined, active=active, reached=talked))
                continue
            is_guest = kind[0] == "g"
            people.append(
                Person(number, {}, None) if is_guest else Person(number, {"meetup": 0}, "Lagos")
            )
            for event, done in zip(events, kind[-2:], strict=True):
                if done in ANSWERS:
                    event.rsvps[number] = ANSWERS[done]
                if done in CAME:
                    event.came.add(number)
    return MadeUp(people, events, 1, [("Acme", ["meetup:A", "meetup:B"]), ("Birch", ["meetup:A"])])


def talked(kind: str) -> bool:
    return kind[0] == "t"


def is_member(kind: str) -> bool:
    return kind[0] not in "tg"


def any_came(kind: str) -> bool:
    return any(done in CAME for done in kind)


# Whom each cell counts. Who said yes to both events counts twice in the yes of the group.
CELLS: dict[Cell, Callable[[str], int]] = {
    ("reach", 0, "audience"): lambda kind: is_member(kind) or kind in ("tm", "tmq"),
    ("reach", 0, "reached"): lambda kind: True,
    ("reach", 0, "new_people"): lambda kind: True,
    ("reach", 0, "active"): lambda kind: kind in ("t", "tm") or any_came(kind),
    ("reach", 0, "attendees"): any_came,
    ("reach_by_source", 1, "audience"): is_member,
    ("reach_by_source", 1, "reached"): lambda kind: not talked(kind),
    ("reach_by_source", 1, "active"): any_came,
    ("reach_by_source", 1, "attendees"): any_came,
    ("reach_by_source", 2, "reached"): talked,
    ("reach_by_source", 2, "active"): lambda kind: kind in ("t", "tm"),
    ("reach_by_source", 2, "audience"): lambda kind: kind in ("tm", "tmq"),
    ("chapters", 0, "yes"): lambda kind: sum(done in "sc" for done in kind),
    ("chapters", 0, "attendees"): any_came,
    ("chapters", 0, "audience"): is_member,
    ("sponsorships", 0, "confirmed_attendees"): any_came,
    ("sponsorships", 0, "reached"): lambda kind: any(done in ANSWERS for done in kind[-2:]),
    ("sponsorships", 1, "confirmed_attendees"): lambda kind: kind[-2:][0] in CAME,
    ("sponsorships", 1, "reached"): lambda kind: kind[-2:][0] in ANSWERS,
    ("events", 0, "first_timers"): lambda kind: kind[-2:][0] in CAME,
    ("events", 0, "returning"): lambda kind: False,
    ("events", 1, "first_timers"): lambda kind: kind[-1] in CAME and kind[-2:][0] not in CAME,
    ("events", 1, "returning"): lambda kind: kind[-1] in CAME and kind[-2:][0] in CAME,
}
for column, done in {"yes": "sc", "no": "n", "attended": CAME, "walk_ins": "w"}.items():
    CELLS["events", 0, column] = lambda kind, done=done: kind[-2:][0] in done
    CELLS["events", 1, column] = lambda kind, done=done: kind[-1] in done


def found_out(counts: dict[str, int]) -> list[str]:
    """The kinds and cells of fewer people than LEAST of which only one number is possible."""
    tables = community(counts).tables(LEAST)
    truth = {name: table.to_pylist() for name, table in tables.items()}
    shown = {name: table.to_pylist() for name, table in suppressed(tables).items()}
    true = np.array([counts.get(kind, 0) for kind in KINDS])
    cells = {
        cell: np.array([float(count(kind)) for kind in KINDS]) for cell, count in CELLS.items()
    }
    for (table, number, column), terms in cells.items():
        assert terms @ true == truth[table][number][column], (table, number, column)
    known = [
        LinearConstraint(terms.reshape(1, -1), terms @ true, terms @ true)
        for (table, number, column), terms in cells.items()
        if column not in shown[table][number]["hidden"]
    ]
    groups = {str(cell): terms for cell, terms in cells.items()}
    # Guests of one kind are no group of a table, nor the rest of one.
    kinds = {kind: number for number, kind in enumerate(KINDS) if kind[0] != "g"}
    groups |= {kind: np.eye(len(KINDS))[number] for kind, number in kinds.items()}
    return [
        f"{name} = {terms @ true:g}"
        for name, terms in groups.items()
        if 1 <= terms @ true < LEAST and not is_another_possible(terms, true, known)
    ]


def is_another_possible(terms: Any, true: Any, known: list[LinearConstraint]) -> bool:
    for sign in (1, -1):
        other = LinearConstraint(sign * terms.reshape(1, -1), sign * (terms @ true) + 1, np.inf)
        answer = milp(
            np.zeros(len(true)),
            constraints=[*known, other],
            integrality=np.ones(len(true)),
            bounds=Bounds(0, 100),
        )
        if answer.x is not None:
            return True
    return False


@settings(max_examples=40, deadline=None, derandomize=True)
@given(counts=st.dictionaries(st.sampled_from(KINDS), st.integers(1, 6), min_size=2, max_size=8))
def test_they_find_nobody(counts: dict[str, int]) -> None:
    assert found_out(counts) == []


def test_they_find_who_came_to_b_alone_where_small_counts_alone_are_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = {"cc": 5, "c-": 5, "-c": 1, "ss": 4, "t": 3}
    assert found_out(counts) == []
    monkeypatch.setattr(suppression, "protect", lambda cells, small: None)
    assert found_out(counts) == ["('events', 1, 'first_timers') = 1"]
