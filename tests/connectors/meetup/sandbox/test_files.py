"""The organisers' files hold what the sandbox's API shows, as far as files can."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.meetup.sandbox.files import write_archive, write_downloads
from connectors.meetup.sandbox.world import MeetupWorld
from connectors.sandbox.community import DAY, World, make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.paths import SHARED
from tests.support.sandbox.meetup import PlainMeetup

LATER = 20
BERLIN = "makers-berlin"
REAL_ARCHIVE = SHARED / "data/meetup_rladies"


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=150, days=300)


@pytest.fixture(scope="module")
def meetup(world: World) -> Iterator[PlainMeetup]:
    with serve(world, Options(limits=False, platforms=("meetup",))) as running:
        running.advance(days=LATER)
        yield PlainMeetup(running)


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files")
    now = world.end + LATER * DAY
    write_downloads(MeetupWorld(world), path / "downloads", now=now)
    write_archive(MeetupWorld(world), path / "archive", now=now)
    return path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_the_member_list_holds_the_members(meetup: PlainMeetup, folder: Path) -> None:
    pending = {"status": ["ACTIVE", "LEADER", "PENDING"]}
    members = {edge["node"]["id"]: edge for edge in meetup.members(BERLIN, filter=pending)}
    rows = table(folder / "downloads" / BERLIN / "members.tsv")
    assert {row["Member ID"] for row in rows} == set(members)
    for row in rows:
        member = members[row["Member ID"]]
        assert row["User ID"] == f"user {row['Member ID']}"
        assert row["Name"] == member["node"]["name"]
        joined = datetime.fromisoformat(member["metadata"]["joinTime"])
        assert row["Joined Group on"] == f"{joined:%m/%d/%Y}"
        assert (row["Assistant Organizer"] == "Yes") == (member["metadata"]["status"] == "LEADER")


def test_an_attendee_list_holds_the_rsvps(meetup: PlainMeetup, folder: Path) -> None:
    walk_ins = 0
    for event in meetup.events(BERLIN, "PAST"):
        rows = table(folder / "downloads" / BERLIN / f"attendees-{event['id']}.tsv")
        rsvps = meetup.rsvps(event["id"])
        assert len(rows) == len(rsvps)
        came = [row for row in rsvps if row["status"] == "ATTENDED"]
        assert [row["Attendance"] for row in rows].count("Y") == len(came)
        known = {row["User ID"].removeprefix("user "): row for row in rows if row["User ID"]}
        walk_ins += len(rows) - len(known)
        for rsvp in rsvps:
            row = known.get(rsvp["member"]["id"])
            if row and rsvp["status"] in ("YES", "NO", "WAITLIST"):
                assert row["RSVP"].upper() == rsvp["status"]
                assert row["Guests"] == str(rsvp["guestsCount"])
    assert walk_ins > 0
    assert not any((folder / "downloads").rglob("*@*"))


def test_the_archive_holds_counts_alone(meetup: PlainMeetup, folder: Path) -> None:
    listed = json.loads((folder / "archive" / BERLIN / "events.json").read_text("utf-8"))
    events = {event["id"]: event for event in meetup.events(BERLIN, "PAST", "CANCELLED")}
    assert {event["id"] for event in listed} == set(events)
    for event in listed:
        assert event["rsvps"]["totalCount"] == events[event["id"]]["rsvps"]["totalCount"]
        assert event["dateTime"] == events[event["id"]]["dateTime"]
    about = json.loads((folder / "archive" / BERLIN / "metadata.json").read_text("utf-8"))
    assert about["events"]["totalCount"] == len(events)


def shape(value: Any) -> Any:
    """Which keys there are, at every depth, without the values."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def test_the_archive_has_the_shape_of_a_real_one(folder: Path) -> None:
    if not REAL_ARCHIVE.exists():
        pytest.skip("the real archive is not here: ../shared is absent")
    real, made = REAL_ARCHIVE / "rladies-berlin", folder / "archive" / BERLIN
    for name in ("metadata.json", "events.json"):
        mine, theirs = (json.loads((one / name).read_text("utf-8")) for one in (made, real))
        if isinstance(mine, list):
            mine, theirs = (next(e for e in es if e["venues"]) for es in (mine, theirs))
        assert shape(mine) == shape(theirs)
