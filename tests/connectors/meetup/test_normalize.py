"""What records of the API mean, where no recorded response shows it."""

import json
from typing import Any

import msgspec
import pytest

from connectors.base import Changed
from connectors.meetup.events import NEVER_ANNOUNCED
from connectors.meetup.normalize import normalize
from connectors.meetup.records import encode_member
from connectors.meetup.shapes import MemberEdge
from connectors.model import Attendance, Clue, Event, Fact, LeftOut, Record
from connectors.timestamps import SECOND_MICROSECONDS, iso_microseconds

EVENT = {
    "token": "t",
    "id": "1",
    "title": "Evening",
    "status": "PAST",
    "type": "PHYSICAL",
    "starts": "2021-11-09T18:00-05:00",
}


def fact_of(**more: Any) -> Fact:
    record = Record("events", "42", "t", json.dumps(EVENT | more), 5, None)
    [fact] = normalize("meetup", record)
    return fact


def event_of(**more: Any) -> Event:
    event = fact_of(**more)
    assert isinstance(event, Event)
    return event


@pytest.mark.parametrize(
    ("bio", "introduction", "stated"),
    [
        ("Data by day. https://github.com/Kofi", None, ["github:kofi"]),
        (None, "hello, my code is at github.com/kofi", ["github:kofi"]),
        ("github.com/kofi", "github.com/kofi", ["github:kofi"]),
        ("github.com/kofi", "github.com/ama", []),
        ("kofi on GitHub", None, []),
        ("meetup.com/members/8", "", []),
    ],
)
def test_of_introductions_only_the_accounts_are_kept_that_they_name(
    bio: str | None, introduction: str | None, stated: list[str]
) -> None:
    node = {"id": "7", "name": "Kofi", "bio": bio}
    edge = {"node": node, "metadata": {"status": "ACTIVE", "bio": introduction}}
    raw = encode_member(msgspec.convert(edge, MemberEdge), str)
    assert raw is not None
    assert b"code" not in raw.payload
    assert b"Data" not in raw.payload
    facts = normalize("meetup", Record("members", "42", raw.key, raw.payload.decode(), 5, None))
    clues = [fact for fact in facts if isinstance(fact, Clue)]
    assert clues == [Clue("meetup:7", "stated", account, 5) for account in stated]


def test_when_an_event_starts() -> None:
    event = event_of()
    assert event.utc_offset_minutes == -300
    assert event.starts_at == iso_microseconds("2021-11-09T23:00:00Z")


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"duration": "PT7H"}, 7 * 3600),
        ({"duration": "PT1H30M"}, 5400),
        ({"duration": "P1DT2H"}, 26 * 3600),
        ({"duration": "PT90.5S"}, 90),
        ({"duration": "PT0S"}, None),
        ({"duration": "PT2H", "ends": "2021-11-09T19:00-05:00"}, 3600),
        ({"duration": "PT2H", "ends": "2021-11-09T18:00-05:00"}, None),
        ({"duration": "a while"}, None),
        ({}, None),
    ],
)
def test_when_an_event_ends(fields: dict[str, str], seconds: int | None) -> None:
    event = event_of(**fields)
    expected = None if seconds is None else event.starts_at + seconds * SECOND_MICROSECONDS
    assert event.ends_at == expected


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        *(({"status": status}, reason) for status, reason in NEVER_ANNOUNCED.items()),
        ({"starts": None}, "event without a date"),
    ],
)
def test_what_is_no_event(fields: dict[str, Any], reason: str) -> None:
    assert fact_of(**fields) == LeftOut(reason)


def test_a_hybrid_event_is_not_online() -> None:
    assert event_of(type="ONLINE").is_online is True
    assert event_of(type="HYBRID").is_online is False


def test_a_capacity_of_zero_is_no_limit() -> None:
    assert event_of(capacity=0).capacity is None


@pytest.mark.parametrize("moment", ["2023-01-01", "2023-01-01T12:00:00", "yesterday"])
def test_a_time_without_an_offset_is_not_understood(moment: str) -> None:
    with pytest.raises(Changed, match=r"\$\.starts"):
        fact_of(starts=moment)


def rsvp_of(status: str, gone_at: int | None = None) -> Fact:
    rsvp = {"id": "9", "status": status, "member": "1", "guests": 2, "is_host": True}
    payload = json.dumps(rsvp | {"updated": "2021-11-09T18:00:00Z"})
    [fact] = normalize("meetup", Record("rsvps", "42:tok", f"9:{status}", payload, 5, gone_at))
    return fact


@pytest.mark.parametrize(
    ("status", "rsvp", "check_in"),
    [
        ("YES", "yes", None),
        ("YES_PENDING_PAYMENT", "yes", None),
        ("NO", "no", None),
        ("WAITLIST", "waitlist", None),
        ("ATTENDED", None, "attended"),
        ("NO_SHOW", None, "no_show"),
        ("EXCUSED_ABSENCE", None, "excused"),
    ],
)
def test_every_status_of_an_rsvp(status: str, rsvp: str | None, check_in: str | None) -> None:
    assert rsvp_of(status, gone_at=7) == Attendance(
        attendance_id=f"meetup:tok:9:{status}",
        event_id="meetup:tok",
        account_id="meetup:1",
        rsvp=rsvp,
        check_in=check_in,
        guests=2,
        rsvp_at=iso_microseconds("2021-11-09T18:00:00Z") if rsvp else None,
        superseded_at=7,
    )


@pytest.mark.parametrize("status", ["HAVENT", "MAYBE"])
def test_no_rsvp_is_left_out(status: str) -> None:
    assert rsvp_of(status) == LeftOut(f"RSVP {status}")


def test_an_address_in_a_name_is_not_kept() -> None:
    node = {"id": "1", "name": "Ada ada@mail.example.org", "email": ""}
    edge = msgspec.convert({"node": node, "metadata": {"status": "ACTIVE"}}, MemberEdge)
    raw = encode_member(edge, str)
    assert raw
    assert json.loads(raw.payload) == {"id": "1", "status": "ACTIVE", "name": "Ada ada"}
