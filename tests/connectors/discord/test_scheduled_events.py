"""Discord's scheduled events: their status, and that interest is never taken for attendance."""

from typing import Any

import msgspec
import pytest

from connectors.discord import DiscordConnector
from connectors.discord.records import (
    Event,
    Interested,
    encode_event,
    encode_interested,
    first_snowflake,
)
from connectors.model import Attendance, LeftOut, Raw, Record
from connectors.timestamps import DAY_MICROSECONDS, SECOND_MICROSECONDS, iso_microseconds

STARTS, STARTS_LATER = "2024-05-01T18:00:00+00:00", "2024-05-01T19:00:00Z"
MAY_1 = iso_microseconds(STARTS)
HOUR = 3600 * SECOND_MICROSECONDS
MAY_1_OCCURRENCE = str(first_snowflake(MAY_1 // 1000))
MAY_8_OCCURRENCE = str(first_snowflake((MAY_1 + 7 * DAY_MICROSECONDS) // 1000))

SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4
STAGE, VOICE, EXTERNAL = 1, 2, 3


def only_fact(stream: str, raw: Raw, gone_at: int | None) -> Any:
    record = Record(stream, "", raw.key, raw.payload.decode(), 0, gone_at)
    [found] = DiscordConnector.normalize("here", record)
    return found


def event(gone_at: int | None = None, **fields: Any) -> Any:
    row = {"id": "5", "guild_id": "7", "name": "Show and tell", "scheduled_start_time": STARTS}
    row |= {"status": 1, "entity_type": 3} | fields
    return only_fact("events", encode_event(msgspec.convert(row, Event)), gone_at)


def interest(gone_at: int | None = None, **fields: Any) -> Any:
    row = {"guild_scheduled_event_id": "5", "user_id": "81", "response": 1} | fields
    return only_fact("interested", encode_interested(msgspec.convert(row, Interested)), gone_at)


@pytest.mark.parametrize(
    ("status", "gone_at", "expected"),
    [
        (SCHEDULED, None, "planned"),
        (ACTIVE, None, "planned"),
        (COMPLETED, None, "past"),
        (CANCELED, None, "cancelled"),
        (SCHEDULED, MAY_1 - HOUR, "cancelled"),
        (SCHEDULED, MAY_1, "cancelled"),
        (SCHEDULED, MAY_1 + HOUR, "past"),
        (ACTIVE, MAY_1 - HOUR, "past"),  # it had begun early
        (COMPLETED, MAY_1 - HOUR, "past"),
        (CANCELED, MAY_1 + HOUR, "cancelled"),
    ],
)
def test_status_of_an_event(status: int, gone_at: int | None, expected: str) -> None:
    assert event(gone_at, status=status).status == expected


@pytest.mark.parametrize(
    ("entity_type", "location", "is_online", "venue"),
    [
        (STAGE, None, True, None),
        (VOICE, None, True, None),
        (EXTERNAL, None, None, None),
        (EXTERNAL, "Room 2, City Library", None, "Room 2, City Library"),
        (EXTERNAL, "https://meet.example/secret", True, None),
        (EXTERNAL, "here: meet.example/secret", True, None),
        (EXTERNAL, "Office, ask ada@mail.example", None, "Office, ask ada"),
    ],
)
def test_place_of_an_event(
    entity_type: int, location: str | None, is_online: bool | None, venue: str | None
) -> None:
    found = event(entity_type=entity_type, entity_metadata={"location": location})
    assert (found.is_online, found.venue) == (is_online, venue)


def test_counts_and_times() -> None:
    found = event(user_count=12, scheduled_end_time="2024-05-01T21:30:00+02:00")
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
            {"event_exception_id": MAY_1_OCCURRENCE, "scheduled_start_time": STARTS_LATER},
            MAY_1 + HOUR,
            "planned",
        ),
    ],
)
def test_an_occurrence_that_was_moved_or_cancelled(
    occurrence: dict[str, Any], starts_at: int, status: str
) -> None:
    found = event(guild_scheduled_event_exceptions=[occurrence], recurrence_rule={"frequency": 2})
    assert (found.starts_at, found.status) == (starts_at, status)


def test_interest_is_no_attendance() -> None:
    found = interest()
    assert isinstance(found, Attendance)
    assert (found.event_id, found.account_id) == ("here:5", "here:81")
    assert (found.rsvp, found.check_in, found.superseded_at) == ("interested", None, None)
    assert interest(gone_at=MAY_1).superseded_at == MAY_1


def test_interest_may_exclude_one_occurrence() -> None:
    found = interest(guild_scheduled_event_exception_id=MAY_8_OCCURRENCE, response=0)
    assert found == LeftOut("not interested in one occurrence")
