"""Files as strangers have them: older APIs, tables of every RSVP, lists kept at the door."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.base import BadFile
from connectors.meetup.sandbox.world import NETWORK
from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from pipelines.imports import Imported, import_files
from pipelines.steps import Reporter
from tests.support.places import Place
from tests.support.sandbox.meetup import PlainMeetup

# 1 October 2017, 18:00 in Chicago.
REST = {
    "id": "qwe1",
    "name": "Night",
    "time": 1506898800000,
    "utc_offset": -18000000,
    "duration": 7200000,
    "status": "past",
    "yes_rsvp_count": 40,
    "waitlist_count": 2,
    "headcount": 31,
    "rsvp_limit": 50,
    "event_url": "https://www.meetup.com/alpha/events/qwe1/",
    "venue": {"id": 7, "name": "Hub", "city": "Plano", "country": "us", "lat": 33.0, "lon": -96.8},
    "group": {"id": 555, "urlname": "alpha", "name": "Alpha", "group_lat": 32.9, "members": 9},
}
SNAKE = {
    "id": "qwe1",
    "title": "Night",
    "date_time": "2017-10-01T18:00:00-05:00",
    "duration": "PT2H",
    "status": "past",
    "going": {"totalCount": 40},
    "waiting": 2,
    "headcount": 31,
    "max_tickets": 50,
    "venue": {"name": "Hub", "city": "Plano", "country": "us", "lat": 33.0, "lng": -96.8},
    "group": {"id": "555", "urlname": "alpha", "name": "Alpha", "lat": 32.9, "members": 9},
}
TABLE = """event_id,event_name,event_status,event_time,utc_offset,duration,description,\
yes_rsvp_count,waitlist_count,headcount,rsvp_limit,venue.name,venue_city,venue.country,venue.lat,venue.lon,\
group_id,group.urlname,group_name,group.lat,group.members
qwe1,Night,past,2017-10-01 18:00:00,-18000,7200,"<p>Zimtstern7741,
""you""</p>

<br/>",40,2,31,50,Hub,Plano,us,33.0,-96.8,555,alpha,Alpha,32.9,9
"""
EXPECTED = {
    "event_id": "meetup:qwe1",
    "group": "Alpha",
    "title": "Night",
    "starts_at": "2017-10-01 23:00:00",
    "capacity": 50,
    "yes": 40,
    "waitlist": 2,
    "attended": 31,
    "attendance_basis": "checked_in",
    "show_rate": None,
    "utc_offset_minutes": -300,
}


class OddPlace(Place):
    """A place without a token, and what its metrics say of events."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, kind="meetup")

    def bring(self, kind: str, path: Path, *told: str) -> Imported:
        """Import a file."""
        report = Reporter(warn=self.warnings.append)
        return import_files(self.settings, f"meetup-{kind}", [path], "meetup", report, told)

    def attendance(self) -> list[dict[str, Any]]:
        """The rows of event_attendance."""
        rows: list[dict[str, Any]] = self.publish().metric("event_attendance").to_pylist()
        return [row | {"starts_at": str(row["starts_at"])[:19]} for row in rows]


@pytest.fixture
def place(tmp_path: Path) -> OddPlace:
    return OddPlace(tmp_path / "place")


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("alpha/events.json", json.dumps({"meta": {}, "results": [REST]})),
        ("all.json", json.dumps([SNAKE])),
        ("lines.jsonl", json.dumps(REST) + "\n" + json.dumps(SNAKE)),
        ("named.json", json.dumps({"alpha": [REST | {"who": "a b"}]}).replace("a b", "a\n\tb")),
        ("events.csv", TABLE),
    ],
)  # fmt: skip
def test_every_style_of_an_archive_says_the_same(
    place: OddPlace, tmp_path: Path, name: str, text: str
) -> None:
    path = write(tmp_path / "archive" / name, text)
    for given in (path, tmp_path / "archive"):
        place.bring("archive", given)
        [row] = place.attendance()
        assert {column: row[column] for column in EXPECTED} == EXPECTED
    place_of = "select ends_at - starts_at, is_online, venue, city, country, latitude, longitude"
    [(lasts, *where)] = place.facts_of(f"{place_of} from marts.events")
    assert lasts.total_seconds() == 7200
    assert where == [False, "Hub", "Plano", "US", 33.0, -96.8]
    groups = "select group_id, name, latitude, stated_members from facts.groups"
    assert place.facts_of(groups) == [("meetup:555", "Alpha", 32.9, 9)]
    assert "Zimtstern" not in repr(place.raw())


def test_what_is_no_event_any_more_is_accounted_for(place: OddPlace, tmp_path: Path) -> None:
    rows = [
        REST,
        REST | {"id": "2", "status": "draft"},
        REST | {"id": "3", "time": None},
        REST | {"id": "4", "status": "cancelled", "venue": None, "group": None},
        REST | {"id": None},
    ]
    outcome = place.bring("archive", write(tmp_path / "events.json", json.dumps(rows))).outcome
    assert (outcome.read, outcome.taken) == (5, 2)
    assert outcome.left_out == {"event that is draft": 1, "no time": 1, "no event id": 1}
    assert len(place.attendance()) == 1


def test_the_folder_tells_the_chapter_where_nothing_else_does(
    place: OddPlace, tmp_path: Path
) -> None:
    bare = {name: value for name, value in REST.items() if name not in ("group", "event_url")}
    write(tmp_path / "archive" / "beta" / "events.json", json.dumps([bare]))
    place.bring("archive", tmp_path / "archive")
    assert [row["group"] for row in place.attendance()] == ["beta"]


# Who answered, and who was at the door.

RSVPS = """rsvp_id,event_id,event_name,event_time,member_id,name,response,guests,updated,notes
1,77,Talk,2017-10-01 18:00:00,11,Ada,yes,0,1506812400000,"<p>hi
there</p>"
2,77,Talk,2017-10-01 18:00:00,12,Bo,yes,1,1506812400000,
2,77,Talk,2017-10-01 18:00:00,12,Bo,yes,1,1506812400000,
3,77,Talk,2017-10-01 18:00:00,13,Cem,no,0,1506812400000,
4,77,Talk,2017-10-01 18:00:00,-1,Former member,yes,0,1506812400000,
4,77,Talk,2017-10-01 18:00:00,-1,Former member,yes,0,1506812400000,
5,77,Talk,2017-10-01 18:00:00,-1,Former member,yes,0,1506812400000,
6,78,Next,2018-02-01 18:00:00,11,Ada,yes,0,1506812400000,
,,,,14,Dee,yes,0,,
"""
DOOR = """Name,Checked in at,Member ID,Ticket,Event ID
Ada,2017-10-01 18:05,11,RSVP,77
Walter Walkin,2017-10-01 18:11,,Walk-in,77
Dee,18:20,14,walk-in,77
Cem,6:40 pm,13,RSVP,77
Bo,,12,RSVP,77
"""
COLUMNS = ("title", "yes", "no", "guests", "attended", "walk_ins", "attendance_basis", "show_rate")


def told(place: OddPlace) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in COLUMNS) for row in place.attendance()]


@pytest.mark.parametrize("answers_again", [True, False])
def test_a_list_of_the_door_stands_beside_the_answers(
    place: OddPlace, tmp_path: Path, answers_again: bool
) -> None:
    """Ada of the four yes came; Walter, Dee and Cem, who had said no, came without one."""
    rsvps, door = write(tmp_path / "rsvps.csv", RSVPS), write(tmp_path / "door.csv", DOOR)
    outcomes = [place.bring("attendees", path).outcome for path in (rsvps, door)]
    assert [(one.read, one.taken) for one in outcomes] == [(9, 6), (5, 4)]
    assert outcomes[0].left_out == {"duplicate": 2, "no event": 1}
    if answers_again:
        place.bring("attendees", rsvps)
    assert told(place) == [
        ("Talk", 4, 1, 1, 4, 3, "checked_in", 0.25),
        ("Next", 1, 0, 0, 1, None, "rsvp", None),
    ]
    assert "Walter" not in repr(place.raw())
    assert "there" not in repr(place.raw())


def test_a_list_of_the_door_alone_makes_no_yes(place: OddPlace, tmp_path: Path) -> None:
    door = write(tmp_path / "door.csv", DOOR)
    place.bring("attendees", door, "event=77", "starts_at=2017-10-01T18:00", "title=Talk")
    assert told(place) == [("Talk", 0, 0, 0, 4, 4, "checked_in", None)]


def test_an_event_by_its_title_alone_is_asked_for(place: OddPlace, tmp_path: Path) -> None:
    door = "Name,Checked in at,Event\nAda,2017-10-01 18:05,Talk of the town\n"
    path = write(tmp_path / "door.csv", door)
    with pytest.raises(BadFile, match=r"no row of it names an event by its id.*--set event=ID"):
        place.bring("attendees", path)
    assert place.bring("attendees", path, "event=77").outcome.taken == 1
    assert any("nobody in it has a member id" in warning for warning in place.warnings)


def test_an_event_that_nothing_dates_is_told(tmp_path: Path) -> None:
    place = OddPlace(tmp_path / "place")
    write(place.folder / "list_987654321.csv", "Member ID,RSVP\n11,yes\n")
    done = place.vitals("import", "meetup-attendees", "list_987654321.csv", "--source", "meetup")
    assert done.returncode == 0
    assert "who came to 987654321 is not counted" in done.stderr
    assert "--set starts_at=" in done.stderr
    more = ["--set", "starts_at=2024-05-01T18:30"]
    place.vitals("import", "meetup-attendees", "list_987654321.csv", "--source", "meetup", *more)
    assert [row["attended"] for row in place.attendance()] == [1]
    assert "not counted" not in place.vitals("build").stderr


# A chapter of an archive and the same chapter of the API.

CHAPTER = f"""query {{ proNetwork(urlname: "{NETWORK}") {{
  groupsSearch(input: {{first: 1}}) {{ edges {{ node {{ urlname name }} }} }} }} }}"""


@pytest.mark.parametrize("archive_first", [True, False])
def test_a_chapter_known_by_its_address_is_the_platform_s_own(
    tmp_path: Path, archive_first: bool
) -> None:
    """An event that the API has no more, of a group that the archive knows by its address alone."""
    with serve(make_world(members=30, days=90), Options(limits=False)) as sandbox:
        place = Place(tmp_path / "place", sandbox, kind="meetup")
        chapter = PlainMeetup(sandbox).data(CHAPTER)["proNetwork"]["groupsSearch"]["edges"][0][
            "node"
        ]
        old = {"id": "1", "title": "Long ago", "dateTime": "2014-05-01T18:00+01:00"}
        old |= {"status": "PAST", "group": {"urlname": chapter["urlname"].upper()}}
        old |= {"rsvps": {"yesCount": 3}}
        path = write(tmp_path / "events.json", json.dumps([old]))
        steps = [lambda: import_files(place.settings, "meetup-archive", [path], "meetup")]
        steps.insert(int(archive_first), place.sync)
        for step in steps:
            step()
            snapshot = place.publish()
    chapters = snapshot.metric("chapters").to_pylist()
    names = [row["group"] for row in chapters]
    assert chapter["name"] in names
    assert len(names) == len(set(names))
    assert chapter["urlname"].lower() not in [name.lower() for name in names]
