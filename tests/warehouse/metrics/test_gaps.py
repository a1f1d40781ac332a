"""What a gap in the data, or a source of which little is known, does to numbers of many days."""

from datetime import datetime
from typing import Any

import duckdb
import pytest

from tests.support.worlds import World, make_one_person
from warehouse.query import Selection, metric_table

ASKED_AT = datetime(2024, 9, 1, 12)
EVER, NOW = "2023-01-01 00:00", "2024-09-01 00:00"


def make(*covered: tuple[str, str]) -> World:
    """Ada and Bo join in May, come to an event and write in June; Slack is known in stretches."""
    world = World(covered_to=NOW)
    world.source("slack", covered=covered)
    for name in ("Ada", "Bo"):
        world.account(name)
        world.join(name, "2024-05-02 10:00", channel="general")
        world.act(name, "2024-06-05 10:00")
    event = world.event("Night", "2024-05-10 18:00")
    for name in ("Ada", "Bo"):
        world.rsvp(event, name, "yes", "attended")
    return world


def first_rows(world: World) -> dict[str, dict[str, Any]]:
    """The rows of May, or of the event, of all numbers that wait for days after."""
    names = {"activation": "month", "event_conversion": "month", "event_after": "month"}
    with duckdb.connect() as con:
        world.build(con)
        make_one_person(con, "slack:ada", "meetup:ada")
        return {
            name: metric_table(con, name, Selection(grain, asked_at=ASKED_AT)).to_pylist()[0]
            for name, grain in names.items()
        }


def known(world: World) -> list[bool]:
    rows = first_rows(world)
    return [
        rows["activation"]["activated_7d"] is not None,
        rows["activation"]["activated_30d"] is not None,
        rows["event_conversion"]["share"] is not None,
        rows["event_after"]["share"] is not None,
    ]


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([(EVER, NOW)], [True, True, True, True]),
        # 30 days after May end on 1 July; 30 days after the event on 9 June at 18:00.
        ([(EVER, "2024-06-10 00:00"), ("2024-06-12 00:00", NOW)], [True, False, False, True]),
        ([(EVER, "2024-06-04 00:00"), ("2024-06-05 00:00", NOW)], [False, False, False, False]),
        ([(EVER, "2024-07-01 00:00"), ("2024-07-02 00:00", NOW)], [True, True, True, True]),
        # Of an incomplete period the joinings are counted; the day of the event is not known.
        ([("2024-05-20 00:00", NOW)], [True, True, True, False]),
        ([("2024-06-02 00:00", NOW)], [False, False, False, False]),
    ],
)
def test_days_after_are_known_where_no_gap_touches_them(
    covered: list[tuple[str, str]], expected: list[bool]
) -> None:
    assert known(make(*covered)) == expected


def test_a_source_that_waits_hides_no_number_of_others() -> None:
    world = make((EVER, NOW))
    world.source("discord", covered_to=None, last_success_at=None)
    world.act("Cem", "2023-03-01 10:00", source="discord")
    assert known(world) == [True, True, True, True]


def test_a_source_that_ended_before_hides_no_number_of_others() -> None:
    world = make((EVER, NOW))
    world.source("forum", has_token=False, covered=[(EVER, "2023-06-01 00:00")])
    world.act("Cem", "2023-03-01 10:00", source="forum")
    world.source("irc", covered_to="2023-06-01 00:00", until="2023-06-01")
    assert known(world) == [True, True, True, True]


def test_a_list_of_members_alone_covers_no_time() -> None:
    world = make((EVER, NOW))
    assert first_rows(world)["activation"]["is_complete"]
    world.source("guild", covered_to=None, last_success_at="2024-08-01 10:00", kind="import")
    world.account("Cem", source="guild")
    assert not first_rows(world)["activation"]["is_complete"]
    world.source("guild", until="2023-01-01", covered_to=None, last_success_at="2024-08-01 10:00")
    assert first_rows(world)["activation"]["is_complete"], "it ended before May"
    world.source("guild", has_token=False, covered_to=None, last_success_at="2024-08-01 10:00")
    assert first_rows(world)["activation"]["is_complete"], "it ends with its files"


def test_who_came_last_to_a_source_that_ended_is_not_known_to_have_left() -> None:
    world = make((EVER, NOW))
    world.source("forum", has_token=False, covered_to=None, last_success_at="2023-08-01 10:00")
    world.act("Cem", "2023-03-01 10:00", source="forum")
    with duckdb.connect() as con:
        world.build(con)
        [row] = metric_table(
            con, "survival", Selection(sources=("slack", "forum"), asked_at=ASKED_AT)
        ).to_pylist()[:1]
    assert (row["at_risk"], row["share_active"]) == (3, 1.0)
