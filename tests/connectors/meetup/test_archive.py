"""Archives of Meetup events in many formats: every count as it stands there, and no person."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.base import BadFile, Changed, Context, SourceError, SourceSettings
from connectors.meetup.files.archive import MeetupArchive
from connectors.meetup.normalize import normalize
from connectors.model import Record
from tests.support.installations.meetup import FileInstallation, write

Row = dict[str, Any]
GROUP = {
    "id": "77",
    "name": "Made Up",
    "urlname": "made-up",
    "description": "Zimtstern7741",
    "city": "Austin",
    "country": "us",
    "lat": 30.27,
    "lon": -97.74,
    "foundedDate": "2016-10-31T07:45:32+01:00",
    "timezone": "America/Chicago",
    "memberships": {"totalCount": 636},
}
LIBRARY = {"name": "Library", "city": "Austin", "country": "us", "lat": 30.3, "lon": -97.7}


@pytest.fixture
def place(tmp_path: Path) -> FileInstallation:
    return FileInstallation(tmp_path / "place")


def event(number: int = 1, **more: Any) -> Row:
    row = {
        "id": str(number),
        "title": "Show and tell",
        "description": "Zimtstern7741 of\n<p>more</p>",
        "status": "PAST",
        "dateTime": "2024-04-30T23:30:00-05:00",
        "duration": "PT1H30M",
        "eventUrl": f"https://www.meetup.com/made-up/events/{number}/",
        "rsvps": {"yesCount": 7, "waitlistCount": 2, "totalCount": 7},
        "venues": [LIBRARY | {"venueType": ""}],
        "group": {"name": "Made Up", "urlname": "made-up"},
    }
    return row | more


def archive(folder: Path, *events: Row, group: Row | None = GROUP) -> Path:
    write(folder / "made-up" / "events.json", json.dumps(events))
    if group:
        write(folder / "made-up" / "metadata.json", json.dumps(group))
    return folder


def events_of(place: FileInstallation, *columns: str) -> list[tuple[Any, ...]]:
    return place.facts_of(f"select {', '.join(columns)} from facts.events order by event_id")


def test_statuses(place: FileInstallation, tmp_path: Path) -> None:
    expected = {
        "PAST": "past",
        "AUTOSCHED_FINISHED": "past",
        "completed": "past",
        "ACTIVE": "planned",
        "AUTOSCHED": "planned",
        "upcoming": "planned",
        "CANCELLED": "cancelled",
        "CANCELLED_PERM": "cancelled",
        "AUTOSCHED_CANCELLED": "cancelled",
    }
    rows = [event(number, status=status) for number, status in enumerate(expected, start=1)]
    place.bring("archive", archive(tmp_path / "a", *rows))
    assert [status for (status,) in events_of(place, "status")] == list(expected.values())


def test_without_a_status_the_time_tells(place: FileInstallation, tmp_path: Path) -> None:
    years = (2024, date.today().year + 2)
    rows = [event(year, status=None, dateTime=f"{year}-04-30T23:30:00-05:00") for year in years]
    place.bring("archive", archive(tmp_path / "a", *rows))
    assert events_of(place, "status") == [("past",), ("planned",)]


def test_what_is_no_event_is_left_out_by_reason(place: FileInstallation, tmp_path: Path) -> None:
    rows = [
        event(1, status="DRAFT"),
        event(2, status="template"),
        event(3, dateTime=None),
        event(4, id=None),
        event(5, status="cancelled", venues=None, group=None),
        event(6),
        event(6),
    ]
    outcome = place.bring("archive", archive(tmp_path / "a", *rows)).outcome
    assert (outcome.read, outcome.taken) == (7, 2)
    assert outcome.left_out == {
        "duplicate": 1,
        "event that is draft": 1,
        "event that is template": 1,
        "no event id": 1,
        "no time": 1,
    }


def test_where_an_event_is(place: FileInstallation, tmp_path: Path) -> None:
    online = {"name": "Online event", "venueType": "online", "lat": -8.52, "lon": 179.2}
    hall = {"name": "Hall", "venueType": "", "lat": 0, "lon": 0, "city": "Ames", "country": "us"}
    cases: list[tuple[Row, bool | None, str | None]] = [
        # fields, is_online, venue
        ({"venues": []}, None, None),
        ({"venues": None}, None, None),
        ({"venues": [online]}, True, None),
        ({"venues": [hall]}, False, "Hall"),
        ({"venues": [online, hall]}, False, "Hall"),
        ({"venues": [], "eventType": "ONLINE"}, True, None),
        ({"venues": [hall], "eventType": "HYBRID"}, False, "Hall"),
        ({"venues": [None], "eventType": "PHYSICAL"}, False, None),
    ]
    rows = [event(number, **fields) for number, (fields, *_) in enumerate(cases)]
    place.bring("archive", archive(tmp_path / "a", *rows))
    found = events_of(place, "is_online", "venue", "latitude")
    assert found == [(is_online, venue, None) for _, is_online, venue in cases]


def test_times_without_an_offset_are_in_the_group_s_zone(tmp_path: Path) -> None:
    place = FileInstallation(tmp_path / "place", "Africa/Lagos")
    known = event(1, dateTime="2024-04-30T23:30")
    other = event(2, dateTime="2024-04-30T23:30", group={"urlname": "elsewhere"})
    place.bring("archive", archive(tmp_path / "a", known, other))
    assert events_of(place, "group_id", "starts_at::varchar", "utc_offset_minutes") == [
        ("meetup:77", "2024-05-01 04:30:00", -300),
        ("meetup:elsewhere", "2024-04-30 22:30:00", 60),
    ]
    assert any("Africa/Lagos" in warning for warning in place.warnings)


def test_the_group_of_an_event(place: FileInstallation, tmp_path: Path) -> None:
    """It is named by the event, by its address, or by the folder."""
    unnamed = {name: value for name, value in event(2).items() if name != "group"}
    place.bring("archive", archive(tmp_path / "a", event(), unnamed, group=None))
    assert events_of(place, "group_id") == [("meetup:made-up",), ("meetup:made-up",)]
    groups = place.facts_of("select group_id, name from facts.groups")
    assert groups == [("meetup:made-up", "Made Up")]
    del unnamed["eventUrl"]
    write(tmp_path / "b" / "beta" / "events.json", json.dumps([unnamed]))
    place.bring("archive", tmp_path / "b")
    assert events_of(place, "group_id") == [("meetup:made-up",), ("meetup:beta",)]


def test_responses_of_the_api_are_an_archive(place: FileInstallation, tmp_path: Path) -> None:
    row = event(token="t1", endTime="2024-05-01T00:30:00-05:00")
    connection = {"totalCount": 1, "edges": [{"cursor": "a", "node": row}]}
    response = {"data": {"groupByUrlname": GROUP | {"events": connection}}}
    path = write(tmp_path / "page.json", "\ufeff" + json.dumps(response))
    place.bring("archive", path)
    expected = ("meetup:t1", "meetup:1", "meetup:77", "2024-05-01 05:30:00")
    found = events_of(place, "event_id", "also_id", "group_id", "ends_at::varchar")
    assert found == [expected]


def test_lists_by_year_with_a_list_of_groups(place: FileInstallation, tmp_path: Path) -> None:
    write(tmp_path / "raw_data" / "events_2024.json", json.dumps([event(1), event(2)]))
    write(tmp_path / "raw_data" / "chapters.json", json.dumps([GROUP]))
    place.bring("archive", tmp_path / "raw_data")
    assert events_of(place, "group_id") == [("meetup:77",), ("meetup:77",)]
    query = "select group_id, name, city, country, longitude, founded_at::varchar, stated_members"
    assert place.facts_of(f"{query} from facts.groups") == [
        ("meetup:77", "Made Up", "Austin", "US", -97.74, "2016-10-31 06:45:32", 636)
    ]
    assert place.facts_of("select channel_id, name, url from facts.channels") == [
        ("meetup:77", "Made Up", "https://www.meetup.com/made-up")
    ]


def test_a_zip_is_the_same_and_importing_again_doubles_nothing(
    place: FileInstallation, tmp_path: Path
) -> None:
    folder = archive(tmp_path / "a", event(1), event(2))
    place.bring("archive", folder)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for path in folder.rglob("*.json"):
            packed.write(path, path.relative_to(folder).as_posix())
    again = place.bring("archive", tmp_path / "a.zip")
    assert (again.landed.new, again.landed.changed, again.outcome.taken) == (0, 0, 2)
    assert len(events_of(place, "event_id")) == 2


# One event in the formats of other programs: 1 October 2017, 18:00 in Chicago.

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
TODAY = {
    "id": "qwe1",
    "title": "Night",
    "description": "Zimtstern7741 of\n<p>more</p>",
    "dateTime": "2017-10-01T18:00:00-05:00",
    "duration": "PT2H",
    "status": "PAST",
    "rsvps": {"yesCount": 40, "waitlistCount": 2, "attendedCount": 31, "totalCount": 40},
    "maxTickets": 50,
    "venues": [{"name": "Hub", "city": "Plano", "country": "us", "lat": 33.0, "lon": -96.8}],
    "group": {"id": "555", "urlname": "alpha", "name": "Alpha", "lat": 32.9}
    | {"memberships": {"totalCount": 9}},
}
FORMATS = {
    "alpha.json": json.dumps(TODAY),
    "alpha/events.json": json.dumps({"meta": {}, "results": [REST]}),
    "all.json": json.dumps([SNAKE]),
    "lines.jsonl": json.dumps(REST) + "\n" + json.dumps(SNAKE),
    "named.json": json.dumps({"alpha": [REST | {"who": "a b"}]}).replace("a b", "a\n\tb"),
    "events.csv": TABLE,
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_the_same(place: FileInstallation, tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "archive" / name, FORMATS[name])
    expected = {
        "event_id": "meetup:qwe1",
        "group": "Alpha",
        "title": "Night",
        "starts_at": "2017-10-01 23:00:00",
        "capacity": 50,
        "yes": 40,
        "waitlist": 2,
        "attended": 31,
        "attendance_basis": "checked_in",
        "no": None,
        "show_rate": None,
        "utc_offset_minutes": -300,
    }
    for source in (path, tmp_path / "archive"):
        place.bring("archive", source)
        [row] = place.attendance()
        assert {column: row[column] for column in expected} == expected
    where = ("is_online", "venue", "city", "country", "latitude", "longitude")
    [(lasts, *found)] = events_of(place, "date_diff('second', starts_at, ends_at)", *where)
    assert lasts == 7200
    assert found == [False, "Hub", "Plano", "US", 33.0, -96.8]
    groups = "select group_id, name, latitude, stated_members from facts.groups"
    assert place.facts_of(groups) == [("meetup:555", "Alpha", 32.9, 9)]
    assert "Zimtstern" not in place.landed()


# Fields that hold nothing, or anything.


def test_empty_fields_are_unknown(place: FileInstallation, tmp_path: Path) -> None:
    nothing = {"duration": {}, "venues": {}, "rsvps": {}, "eventType": [], "maxTickets": None}
    place.bring("archive", archive(tmp_path / "a", event(**nothing), event(2, id={})))
    assert events_of(place, "event_id", "ends_at", "is_online", "stated_yes", "capacity") == [
        ("meetup:1", None, None, None, None)
    ]


@pytest.mark.parametrize("nothing", [None, [], {}])
def test_an_empty_field_of_a_group_hides_no_other(
    place: FileInstallation, tmp_path: Path, nothing: object
) -> None:
    group = GROUP | {"group": {"urlname": nothing}, "group_city": nothing}
    place.bring("archive", archive(tmp_path / "a", event(), group=group))
    assert place.facts_of("select group_id, city from facts.groups") == [("meetup:77", "Austin")]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["urlname", "dateTime", "id", "name"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.sampled_from(sorted(event() | GROUP)), ANYTHING)
@example("group", {"urlname": None})
@example("group", {"urlname": 5})
@example("group", {"urlname": {}})
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_field_holds_it_is_read_or_refused(
    tmp_path: Path, name: str, value: object
) -> None:
    rows = [GROUP | {name: value}, event(**{name: value})]
    path = write(tmp_path / "any.json", json.dumps(rows))
    context = Context("here", hash_private=str)
    reader = MeetupArchive([path], context, SourceSettings(name="here", kind="meetup"))
    try:
        pages = list(reader.pages())
    except SourceError:
        return
    for page in pages:
        for raw in page.records:
            record = Record(page.stream, page.partition, raw.key, raw.payload.decode(), 0, None)
            assert normalize("here", record)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ('[{"id": "1", "dateTime": "2024', BadFile, "breaks off"),
        ("nothing", BadFile, "broken"),
        ('{"name": "another file"}', BadFile, "no events of Meetup"),
        (json.dumps([event(dateTime="soon")]), Changed, "Invalid isoformat"),
        (json.dumps([event(rsvps=[7])]), Changed, "not of a known shape"),
    ],
)
def test_a_bad_archive_is_one_clear_error(
    place: FileInstallation, tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    path = write(tmp_path / "events.json", text)
    with pytest.raises(error, match=message):
        place.bring("archive", path)
    assert place.landed() == ""
