"""One event under several ids is one event, and two events are two."""

import json
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.support.installations.meetup import FileInstallation, MeetupInstallation, write
from tests.support.tiny.meetup import TinyMeetup

Row = dict[str, Any]
DOOR = "Member ID,Checked in\n1,yes\n2,no show\n"


def event(id: str, yes: int, **more: Any) -> Row:
    row = {
        "id": id,
        "title": "Open evening",
        "status": "PAST",
        "dateTime": "2024-10-10T18:30-04:00",
        "group": {"urlname": "made-up", "id": "77", "name": "Made up"},
        "rsvps": {"yesCount": yes},
    }
    return row | more


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        pytest.param({}, {}, ["meetup:300111"], id="without tokens"),
        pytest.param({"token": "qwltb"}, {"token": "qwltb"}, ["meetup:qwltb"], id="with tokens"),
        pytest.param({}, {"token": "qwltb"}, ["meetup:qwltb"], id="with one token"),
        pytest.param({}, {"title": "Another"}, ["meetup:300111", "meetup:qwltb"], id="two titles"),
        pytest.param(
            {"id": "300999"}, {}, ["meetup:300111", "meetup:300999"], id="two lasting ids"
        ),
        pytest.param(
            {"group": {"urlname": "other"}}, {}, ["meetup:300111", "meetup:qwltb"], id="two groups"
        ),
    ],
)
def test_two_downloads_of_an_event_whose_id_changed(
    tmp_path: Path, before: Row, after: Row, events: list[str]
) -> None:
    files = [
        write(tmp_path / "1.json", json.dumps([event("qwltb", 1, status="ACTIVE") | before])),
        write(tmp_path / "2.json", json.dumps([event("300111", 12) | after])),
    ]
    for number, order in enumerate(permutations(files)):
        place = FileInstallation(tmp_path / str(number))
        for path in order:
            place.bring("archive", path)
        rows = {row["event_id"]: row["yes"] for row in place.attendance()}
        assert sorted(rows) == events
        assert 12 in rows.values()


def test_who_came_counts_after_the_id_has_changed(
    place: MeetupInstallation, tiny: TinyMeetup
) -> None:
    """The list of the door was imported under the id that the event had then."""
    place.sync()
    write(place.folder / "door_3002.csv", DOOR)
    command = ("import", "meetup-attendees", "door_3002.csv", "--source", "meetup")
    assert place.vitals(*command, "--set", "event=3002").returncode == 0

    def counts() -> tuple[Any, ...]:
        [row] = [
            row
            for row in place.publish().metric("event_attendance").to_pylist()
            if row["event_id"] == "meetup:tok2"
        ]
        return row["yes"], row["attended"], row["attendance_basis"]

    assert counts() == (2, 1, "checked_in")
    for number in ("3777", "3888"):
        tiny.groups["lagos-data"]["events"][1]["id"] = number
        tiny.now += timedelta(days=1)
        place.sync()
        assert counts() == (2, 1, "checked_in")
