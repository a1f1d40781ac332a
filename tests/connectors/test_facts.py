"""What cannot be read or cannot have happened becomes no fact, and takes nothing else with it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.base import Changed
from connectors.discovery import connectors
from connectors.facts import (
    IN_THE_FUTURE,
    MOST_SHOWN,
    NOT_READABLE,
    SKEW,
    TOO_LONG,
    TOO_OLD,
    facts_of,
)
from connectors.model import (
    Account,
    Activity,
    Attendance,
    Channel,
    Event,
    Fact,
    Join,
    LeftOut,
    Record,
    WorkItem,
)
from connectors.timestamps import DAY_MICROSECONDS, microseconds

BEGAN = date(2010, 1, 1)
EARLIEST = microseconds(datetime(2010, 1, 1, tzinfo=UTC))
LANDED = microseconds(datetime(2024, 6, 1, tzinfo=UTC))


NESTED = "[" * 20_000 + "]" * 20_000
ERRORS = (RecursionError, KeyError, IndexError, TypeError, AttributeError, OverflowError)


def told(*facts: Fact, landed_at: int | None = LANDED, payload: str = "{}") -> list[Fact]:
    """The facts of a record of a platform that began in 2010, landed in June 2024."""

    def normalize(source: str, record: Record) -> Iterable[Fact]:
        return facts

    platform: Any = type("Platform", (), {"began_on": BEGAN, "normalize": staticmethod(normalize)})
    record = Record("messages", "", "1", payload, LANDED, None, landed_at)
    return list(facts_of(platform, "here", record))


def act(at: int) -> Activity:
    return Activity("here:1", "message", "here:ada", None, None, at, None)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (0, LeftOut(TOO_OLD)),
        (EARLIEST - 1, LeftOut(TOO_OLD)),
        (EARLIEST, act(EARLIEST)),
        (LANDED, act(LANDED)),
        (LANDED + SKEW, act(LANDED)),  # a clock that is a little fast
        (LANDED + SKEW + 1, LeftOut(IN_THE_FUTURE)),
        (2**70, LeftOut(IN_THE_FUTURE)),
    ],
)
def test_an_act_lies_between_its_platforms_beginning_and_its_landing(
    at: int, expected: Fact
) -> None:
    assert told(act(at)) == [expected]


def test_a_join_and_an_item_are_dated_likewise() -> None:
    assert told(Join("here:ada", None, 0)) == [LeftOut(TOO_OLD)]
    item = WorkItem("here:1", "issue", "here:c", "here:ada", LANDED - 5, LANDED + 2**40, None)
    [found] = told(item)
    assert isinstance(found, WorkItem)
    assert found.closed_at == LANDED, "it is closed, whatever the clock said"


def test_what_was_landed_before_times_were_kept_is_not_judged_by_them() -> None:
    assert told(act(LANDED + DAY_MICROSECONDS), landed_at=None) == [act(LANDED + DAY_MICROSECONDS)]


def test_wrong_times_of_an_account_are_unknown_but_who_left_has_left() -> None:
    account = Account(
        "here:ada", "ada", "Ada", False, 2**60, stated_joined_at=0, left_at=LANDED + 2**40
    )
    [found] = told(account)
    assert isinstance(found, Account)
    assert (found.first_seen_at, found.stated_joined_at, found.left_at) == (LANDED, None, LANDED)


def test_an_event_may_lie_ahead_but_not_by_decades() -> None:
    soon = Event("here:e", "Night", "planned", LANDED + 90 * DAY_MICROSECONDS)
    late = Event("here:e", "Night", "planned", LANDED + 40_000 * DAY_MICROSECONDS)
    assert told(soon, late) == [soon, LeftOut(IN_THE_FUTURE)]


def test_a_number_that_no_column_holds_leaves_its_fact_out_alone() -> None:
    huge = Attendance("here:a", "here:e", "here:ada", "yes", guests=2**64)
    fine = Attendance("here:b", "here:e", "here:bo", "yes")
    assert told(huge, fine) == [LeftOut(NOT_READABLE), fine]


@pytest.mark.parametrize("error", [Changed("odd"), *(one() for one in ERRORS)], ids=repr)
def test_whatever_reading_a_record_raises_leaves_it_out(error: Exception) -> None:
    def normalize(source: str, record: Record) -> Iterator[Fact]:
        raise error
        yield

    platform: Any = type("Platform", (), {"began_on": BEGAN, "normalize": staticmethod(normalize)})
    record = Record("messages", "", "1", "{", LANDED, None, LANDED)
    assert list(facts_of(platform, "here", record)) == [LeftOut(NOT_READABLE)]


@pytest.mark.parametrize("kind", sorted(connectors()))
@pytest.mark.parametrize("payload", [NESTED, f'{{"x": {NESTED}}}', "", "NaN", "null", "\x00"])
def test_no_payload_stops_a_build(kind: str, payload: str) -> None:
    platform = connectors()[kind]
    for stream in [*(stream.name for stream in platform.streams), "of another version"]:
        record = Record(stream, "1", "1", payload, LANDED, None, LANDED)
        assert list(facts_of(platform, kind, record)) == [LeftOut(NOT_READABLE)]


def test_names_that_are_too_long_are_cut_and_ids_leave_their_fact_out() -> None:
    long = "x" * 1_000_000
    [account] = told(Account("here:ada", long, long, False, LANDED), payload=long)
    assert isinstance(account, Account)
    assert account.name == account.handle == "x" * MOST_SHOWN
    assert told(Account(long, "ada", "Ada", False, LANDED), payload=long) == [LeftOut(TOO_LONG)]
    [channel] = told(Channel("here:c", "general", url=long), payload=long)
    assert channel == Channel("here:c", "general", url=None)
