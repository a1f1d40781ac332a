"""Discord's scheduled events: what becomes of each, and that nobody is taken for having come."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from connectors.base import Changed
from connectors.discord import DiscordConnector
from connectors.discord.records import first_snowflake
from connectors.discord.scheduled_events import Event, Interested, encode_event, encode_interested
from connectors.model import Attendance, LeftOut, Record
from connectors.model import Event as EventFact

STARTS = "2024-05-01T18:00:00+00:00"
MAY_1 = int(datetime(2024, 5, 1, 18, tzinfo=UTC).timestamp()) * 1_000_000
HOUR = 3_600_000_000
MAY_1_OCCURRENCE = str(first_snowflake(MAY_1 // 1000))
MAY_8_OCCURRENCE = str(first_snowflake(MAY_1 // 1000 + 7 * 86_400_000))


def fact(gone_at: int | None = None, **more: Any) -> EventFact:
    """The fact of one scheduled event."""
    row = {"id": "5", "guild_id": "7", "name": "Show and tell", "scheduled_start_time": STARTS}
    raw = encode_event(msgspec.convert(row | {"status": 1, "entity_type": 3} | more, Event))
    record = Record("events", "", raw.key, raw.payload.decode(), 0, gone_at)
    [found] = DiscordConnector.normalize("here", record)
    assert isinstance(found, EventFact)
    return found


@pytest.mark.parametrize(
    ("status", "gone_at", "expected"),
    [
        (1, None, "planned"),
        (2, None, "planned"),
        (3, None, "past"),
        (4, None, "cancelled"),
        (1, MAY_1 - HOUR, "cancelled"),
        (1, MAY_1, "cancelled"),
        (1, MAY_1 + HOUR, "past"),
        (2, MAY_1 - HOUR, "past"),  # it was begun early
        (3, MAY_1 - HOUR, "past"),
        (4, MAY_1 + HOUR, "cancelled"),
    ],
)
def test_what_became_of_an_event(status: int, gone_at: int | None, expected: str) -> None:
    assert fact(gone_at, status=status).status == expected


@pytest.mark.parametrize(
    ("entity_type", "location", "is_online", "venue"),
    [
        (1, None, True, None),
        (2, None, True, None),
        (3, None, None, None),
        (3, "Room 2, City Library", None, "Room 2, City Library"),
        (3, "https://meet.example/secret", True, None),
        (3, "here: meet.example/secret", True, None),
        (3, "Office, ask ada@mail.example", None, "Office, ask ada"),
    ],
)
def test_where_it_is(
    entity_type: int, location: str | None, is_online: bool | None, venue: str | None
) -> None:
    found = fact(entity_type=entity_type, entity_metadata={"location": location})
    assert (found.is_online, found.venue) == (is_online, venue)


def test_counts_and_times() -> None:
    found = fact(user_count=12, scheduled_end_time="2024-05-01T21:30:00+02:00")
    assert (found.starts_at, found.ends_at) == (MAY_1, MAY_1 + 90 * 60 * 1_000_000)
    assert (found.event_id, found.group_id, found.stated_interested) == ("here:5", None, 12)
    assert found.url == "https://discord.com/events/7/5"
    assert found.stated_yes is None
    assert found.stated_attended is None


@pytest.mark.parametrize(
    ("occurrence", "starts_at", "status"),
    [
        ({"event_exception_id": MAY_8_OCCURRENCE, "is_canceled": True}, MAY_1, "planned"),
        ({"event_exception_id": MAY_1_OCCURRENCE, "is_canceled": True}, MAY_1, "cancelled"),
        (
            {
                "event_exception_id": MAY_1_OCCURRENCE,
                "scheduled_start_time": "2024-05-01T19:00:00Z",
            },
            MAY_1 + HOUR,
            "planned",
        ),
    ],
)
def test_an_occurrence_that_is_not_like_the_others(
    occurrence: dict[str, Any], starts_at: int, status: str
) -> None:
    found = fact(guild_scheduled_event_exceptions=[occurrence], recurrence_rule={"frequency": 2})
    assert (found.starts_at, found.status) == (starts_at, status)


def interest(gone_at: int | None = None, **more: Any) -> Attendance | LeftOut:
    """The fact of one person's interest."""
    row = {"guild_scheduled_event_id": "5", "user_id": "81", "response": 1} | more
    raw = encode_interested(msgspec.convert(row, Interested))
    record = Record("interested", "5", raw.key, raw.payload.decode(), 0, gone_at)
    [found] = DiscordConnector.normalize("here", record)
    assert isinstance(found, Attendance | LeftOut)
    return found


def test_interest_is_no_attendance() -> None:
    found = interest()
    assert isinstance(found, Attendance)
    assert (found.event_id, found.account_id) == ("here:5", "here:81")
    assert (found.answer, found.mark, found.superseded_at) == ("interested", None, None)
    withdrawn = interest(gone_at=MAY_1)
    assert isinstance(withdrawn, Attendance)
    assert withdrawn.superseded_at == MAY_1


def test_who_passes_over_one_occurrence_is_not_interested_in_it() -> None:
    found = interest(guild_scheduled_event_exception_id=MAY_8_OCCURRENCE, response=0)
    assert found == LeftOut("not interested in one occurrence")


def test_an_unknown_shape_is_an_error_with_its_place() -> None:
    with pytest.raises(Changed, match="events") as caught:
        DiscordConnector.normalize("here", Record("events", "", "k5", '{"id": 5}', 0, None))
    assert "k5" in str(caught.value)
