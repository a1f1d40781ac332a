"""Forgetting who is in no snapshot: attendees without an id, accounts of removed sources."""

import json
import re
from pathlib import Path

import pytest

from pipelines.imports import import_files
from pipelines.settings import load
from tests.support.hand_made.slack import write_folder
from tests.support.in_process import Vitals
from tests.support.installations import Installation
from tests.support.installations.meetup import MeetupInstallation, table, tiny_world
from tests.support.tiny.meetup import serving

EVENT = ["event=77", "starts_at=2017-10-01T19:00", "title=Talk"]
DOOR = (
    "Name,E-Mail,Checked in at",
    ",ada@example.org,2017-10-01 19:00",
    "Ada,n/a,2017-10-01 19:10",
    "Dee,n/a,2017-10-01 19:20",
    ",eve@example.org,2017-10-01 19:30",
)
ROWS = "select key from raw.records where stream = 'file_attendees' order by key"
FILES = {
    "channels.json": [{"id": "C1", "name": "general", "is_general": True}],
    "users.json": [
        {"id": "UZQXW1", "name": "zqhandle", "real_name": "Zqname"},
        {"id": "U2", "name": "bo", "real_name": "Bo"},
    ],
    "general/2026-01-01.json": [
        {"ts": "1767261600.000100", "user": "UZQXW1", "text": "a"},
        {"ts": "1767261601.000100", "user": "U2", "text": "b"},
        {"ts": "1767261602.000100", "user": "UZQXW3", "text": "c"},
    ],
}


class Door(MeetupInstallation):
    """Ada is a member with a verified address; a list from the door knows addresses and names."""

    def bring(self) -> None:
        path = table(self.folder / "outside" / "door.csv", *DOOR, separator=",")
        import_files(self.settings, "meetup-attendees", [path], "meetup", options=EVENT)

    def rows_of_list(self) -> set[str]:
        return {key for (key,) in self.rows(ROWS)}

    def came(self) -> int:
        snapshot = self.publish()
        rows = snapshot.metric("event_attendance").to_pylist()
        snapshot.close()
        return sum(row["attended"] for row in rows if row["event_id"] == "meetup:77")


def test_an_attendee_of_the_same_address_is_forgotten_and_one_of_the_name_is_told(
    tmp_path: Path, vitals: Vitals
) -> None:
    with serving(tiny_world()) as tiny:
        place = Door(tmp_path / "place", tiny)
        place.sync()
        place.bring()
        before, came = place.rows_of_list(), place.came()
        assert (len(before), came) == (4, 4)
        told = vitals(place, "people", "forget", "meetup:1", "--yes")
        [of_ada] = before - place.rows_of_list()
        assert of_ada.startswith("address:")
        assert "1 rows of attendee lists have this name and no id or address" in told
        [called] = re.findall(r"vitals people forget (meetup:walk-in:\w+)", told)
        assert "Ada" not in told
        place.bring()
        place.sync(full=True)
        assert place.came() == came
        assert of_ada not in place.rows_of_list()
        assert len(place.rows_of_list()) == 4
        told = vitals(place, "people", "forget", called, "--yes")
        assert len(before - place.rows_of_list()) == 2
        place.bring()
        assert len(before - place.rows_of_list()) == 2
        assert place.came() == came
        again = vitals(place, "people", "forget", called, "--yes")
        assert again == f"{called} was forgotten before, and nothing is left\n"


def test_an_attendee_is_found_by_address_and_by_name(tmp_path: Path, vitals: Vitals) -> None:
    with serving(tiny_world()) as tiny:
        place = Door(tmp_path / "place", tiny)
    place.bring()
    before, came = place.rows_of_list(), place.came()
    shown = vitals(place, "people", "show", "meetup:Eve@example.org", "--format", "json")
    [row] = json.loads(shown)
    assert row["stream"] == "file_attendees"
    vitals(place, "people", "forget", "meetup:Eve@example.org", "--yes")
    [of_eve] = before - place.rows_of_list()
    assert of_eve.startswith("address:")
    refused = vitals(place, "people", "forget", "meetup:Dee", "--yes", status=2)
    [called] = re.findall(r"vitals people forget (meetup:walk-in:\w+)", refused)
    assert len(before - place.rows_of_list()) == 1
    vitals(place, "people", "forget", called, "--yes")
    assert len(before - place.rows_of_list()) == 2
    place.bring()
    assert len(before - place.rows_of_list()) == 2
    assert place.came() == came


@pytest.fixture
def renamed(tmp_path: Path) -> Installation:
    """A workspace that was imported under the name old, and is called slack now."""
    place = Installation(tmp_path / "place")
    export = write_folder(tmp_path / "export", FILES)
    text = place.config.read_text()
    place.config.write_text(text.replace('name = "slack"', 'name = "old"'))
    import_files(load(place.config), "slack-export", [export], "old")
    place.config.write_text(text)
    place.import_export(export)
    place.publish().close()
    return place


def traces(place: Installation) -> list[str]:
    """The files in which something of the first account is."""
    words = (b"uzqxw1", b"zqhandle", b"zqname")
    return [
        path.name
        for path in place.folder.rglob("*")
        if path.is_file() and any(word in path.read_bytes().lower() for word in words)
    ]


def test_an_account_of_a_removed_source_is_shown_and_forgotten(
    renamed: Installation, vitals: Vitals
) -> None:
    """Also one that only its messages know."""
    for account, records in (("old:ZQHANDLE", 2), ("old:uzqxw3", 1)):
        shown = vitals(renamed, "people", "show", account, "--format", "json")
        assert len(json.loads(shown)) == records
        told = vitals(renamed, "people", "forget", account, "--yes")
        assert told.startswith(f"old: {records} landed records rewritten\n")
    of_old = renamed.rows("select key || payload from raw.records where source = 'old'")
    assert len(of_old) == 6
    assert not [row for (row,) in of_old if "UZQXW" in row or "zqhandle" in row]
    assert traces(renamed), "the account of the source that is configured is another one"
    again = vitals(renamed, "people", "forget", "old:zqhandle", "--yes")
    assert again == "old:zqhandle was forgotten before, and nothing is left\n"
    unknown = vitals(renamed, "people", "forget", "old:nobody", "--yes", status=2)
    assert "no account is called 'old:nobody'" in unknown


def test_who_is_forgotten_is_so_on_the_former_name_of_the_source(
    renamed: Installation, vitals: Vitals
) -> None:
    told = vitals(renamed, "people", "forget", "slack:zqhandle", "--yes")
    assert "old: 2 landed records rewritten" in told
    assert traces(renamed) == []


def test_renaming_a_source_brings_nobody_back(
    renamed: Installation, tmp_path: Path, vitals: Vitals
) -> None:
    vitals(renamed, "people", "forget", "slack:zqhandle", "--yes")
    text = renamed.config.read_text()
    renamed.config.write_text(text.replace('name = "slack"', 'name = "third"'))
    settings = load(renamed.config)
    import_files(settings, "slack-export", [tmp_path / "export"], "third")
    renamed.settings = settings
    published = renamed.publish()
    accounts = [one for row in published.persons().to_pylist() for one in row["accounts"]]
    published.close()
    assert traces(renamed) == []
    assert len(accounts) == 3
    assert sum("forgotten-" in one for one in accounts) == 1
