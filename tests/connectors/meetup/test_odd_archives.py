"""Archives with values that cannot be: what is sound is taken, nothing blocks."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Context
from connectors.meetup import MeetupSettings
from connectors.meetup.files.archive import MeetupArchive
from connectors.timestamps import iso_microseconds
from tests.connectors.meetup.test_event_identity import event
from tests.support.installations.meetup import FileInstallation, write

SYDNEY = {"urlname": "made-up", "id": "5", "timezone": "Australia/Sydney"}
AT_SIX = 1_446_879_600_000  # 2015-11-07T18:00 in Sydney's summer


@pytest.mark.parametrize(
    ("zone", "row", "minutes"),
    [
        ("Australia/Sydney", {"time": AT_SIX, "utc_offset": 36_000_000}, 660),
        ("UTC", {"time": AT_SIX, "utc_offset": 36_000_000, "group": SYDNEY}, 660),
        ("UTC", {"dateTime": "2015-11-07T17:00:00+10:00", "group": SYDNEY}, 660),
        (
            "UTC",
            {
                "time": AT_SIX,
                "utc_offset": 36_000_000,
                "local_date": "2015-11-07",
                "local_time": "18:00",
            },
            660,
        ),
        ("Africa/Lagos", {"time": AT_SIX, "utc_offset": 36_000_000}, 600),
        ("Europe/Berlin", {"dateTime": "2015-11-07T08:00:00+01:00"}, 60),
    ],
)
def test_an_offset_that_is_wrong_in_summer(
    tmp_path: Path, zone: str, row: dict[str, Any], minutes: int
) -> None:
    place = FileInstallation(tmp_path / "place", zone)
    made = {"id": "1", "name": "Run", "status": "past", "group": {"urlname": "made-up"}} | row
    place.bring("archive", write(tmp_path / "events.json", json.dumps([made])))
    found = place.facts_of("select starts_at::varchar, utc_offset_minutes from facts.events")
    assert found == [("2015-11-07 07:00:00", minutes)]


@pytest.mark.parametrize(
    ("values", "column", "expected"),
    [
        ({"maxTickets": 0}, "capacity", None),
        ({"maxTickets": -1}, "capacity", None),
        ({"maxTickets": 10**30}, "capacity", None),
        ({"maxTickets": "40"}, "capacity", 40),
        ({"rsvps": {"yesCount": 10**30}}, "stated_yes", None),
        ({"rsvps": {"yesCount": -3}}, "stated_yes", None),
        ({"duration": "P999999999999D"}, "ends_at", None),
        ({"venues": [{"name": "Moon", "lat": 1e300, "lon": 7}]}, "latitude", None),
        ({"venues": None}, "venue", None),
        ({"title": 42}, "title", "42"),
        ({"title": None}, "title", ""),
        ({"title": "Caf\ud800e"}, "title", "Caf\ufffde"),
        ({"venues": [{"name": 7}]}, "venue", "7"),
        ({"eventUrl": 5}, "url", "5"),
        ({"endTime": "soon"}, "ends_at", None),
        ({"group": {"urlname": "made-up", "id": 7, "foundedDate": "soon"}}, "group_id", "meetup:7"),
        ({"group": {"urlname": "made-up", "id": 7, "lat": "north"}}, "group_id", "meetup:7"),
    ],
)
def test_a_value_that_cannot_be_is_unknown(
    tmp_path: Path, values: dict[str, Any], column: str, expected: object
) -> None:
    place = FileInstallation(tmp_path / "place")
    rows = [event("1", 3) | values, event("2", 3)]
    path = tmp_path / "events.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(rows).encode())
    outcome = place.bring("archive", path).outcome
    assert (outcome.read, outcome.taken) == (2, 2)
    found = place.facts_of(f"select {column} from facts.events where event_id = 'meetup:1'")
    assert found == [(expected,)]
    assert len(place.attendance()) == 2


@pytest.mark.parametrize(
    "values",
    [
        {"dateTime": "soon"},
        {"dateTime": 10**40},
        {"dateTime": ["2024-10-10"]},
        {"dateTime": "9999-12-31T23:00:00Z", "group": SYDNEY},
        {"group": 5},
        {"id": {"a": 1}},
        {"rsvps": [5]},
    ],
)
def test_an_event_that_cannot_be_read_is_left_out_alone(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    place = FileInstallation(tmp_path / "place")
    path = write(tmp_path / "events.json", json.dumps([event("1", 3) | values, event("2", 3)]))
    outcome = place.bring("archive", path).outcome
    assert (outcome.read, outcome.taken, sum(outcome.left_out.values())) == (2, 1, 1)


def test_an_archive_covers_each_group_from_its_first_to_its_last_event(tmp_path: Path) -> None:
    """Between the events of one group and those of another nothing is known."""
    other = {"group": {"urlname": "other", "id": "78"}}
    rows = [
        event("1", 3, dateTime="2012-01-01T18:00:00Z"),
        event("2", 3, dateTime="2014-01-01T18:00:00Z"),
        event("0", 3, dateTime="1970-01-01T00:00:00Z"),
        event("3", 3, dateTime="2999-01-01T18:00:00Z", status="ACTIVE"),
        event("4", 3, dateTime="2018-01-01T18:00:00Z", status="CANCELLED") | other,
        event("5", 3, dateTime="2019-01-01T18:00:00Z") | other,
        event("6", 3, dateTime="2020-01-01T18:00:00Z") | other,
    ]
    path = write(tmp_path / "events.json", json.dumps(rows))
    settings = MeetupSettings(name="meetup", kind="meetup")
    reader = MeetupArchive([path], Context("meetup", hash_private=str), settings)
    list(reader.pages())
    assert reader.covered == [
        (
            iso_microseconds(f"{first}-01-01T18:00:00Z"),
            iso_microseconds(f"{last}-01-01T18:00:00Z") + 1,
        )
        for first, last in ((2012, 2014), (2019, 2020))
    ]


def test_half_a_character_in_the_name_of_a_field_spoils_that_field_alone(tmp_path: Path) -> None:
    place = FileInstallation(tmp_path / "place")
    odd = {"max\ud800": 1, "group": {"urlname": "made-up", "na\ud800": 1}}
    rows = [event("1", 3) | odd, event("2", 4)]
    brought = place.bring("archive", write(tmp_path / "events.json", json.dumps(rows)))
    assert brought.outcome.taken == 2
