"""Archives of Meetup events: every count as it stands there, and not one person more."""

import json
import zipfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.base import BadFile, Changed, Context, SourceError, SourceSettings
from connectors.meetup.files.archive import MeetupArchive
from connectors.meetup.normalize import normalize
from connectors.model import Record
from tests.support.meetup_imports import FilePlace
from tests.support.paths import ROOT

RLADIES = ROOT.parent / "shared" / "data" / "meetup_rladies"
needs_rladies = pytest.mark.skipif(not RLADIES.is_dir(), reason=f"there is no {RLADIES}")
Row = dict[str, Any]


@pytest.fixture
def place(tmp_path: Path) -> FilePlace:
    return FilePlace(tmp_path / "place")


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
        "venues": [{"name": "Library", "city": "Austin", "country": "us", "lat": 30.3, "lon": -97.7,
                    "venueType": ""}],
        "group": {"name": "Made Up", "urlname": "made-up"},
    }  # fmt: skip
    return row | more


METADATA = {
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


def archive(folder: Path, *events: Row, metadata: Row | None = METADATA) -> Path:
    (folder / "made-up").mkdir(parents=True, exist_ok=True)
    (folder / "made-up" / "events.json").write_text(json.dumps(events), encoding="utf-8")
    if metadata:
        (folder / "made-up" / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    return folder


def fields(place: FilePlace, *names: str) -> list[tuple[Any, ...]]:
    return place.facts(f"select {', '.join(names)} from facts.events order by event_id")


def test_an_event_and_its_group(place: FilePlace, tmp_path: Path) -> None:
    outcome = place.read("meetup-archive", archive(tmp_path / "a", event())).outcome
    assert (outcome.read, outcome.taken, outcome.left_out) == (1, 1, {})
    found = fields(place, "event_id", "group_id", "title", "status", "starts_at::varchar",
                   "ends_at::varchar", "utc_offset_minutes", "is_online", "capacity", "venue",
                   "city", "country", "latitude", "stated_yes", "stated_no", "stated_waitlist",
                   "stated_attended", "stated_guests")  # fmt: skip
    assert found == [
        ("meetup:1", "meetup:77", "Show and tell", "past", "2024-05-01 04:30:00",
         "2024-05-01 06:00:00", -300, False, None, "Library", "Austin", "US", 30.3, 7, None, 2,
         None, None)
    ]  # fmt: skip
    query = "select group_id, name, city, country, longitude, founded_at::varchar, stated_members"
    assert place.facts(f"{query} from facts.groups") == [
        ("meetup:77", "Made Up", "Austin", "US", -97.74, "2016-10-31 06:45:32", 636)
    ]
    assert place.facts("select channel_id, name, url from facts.channels") == [
        ("meetup:77", "Made Up", "https://www.meetup.com/made-up")
    ]
    assert "Zimtstern7741" not in place.landed()


@pytest.mark.parametrize(
    ("status", "expected"),
    [("PAST", "past"), ("ACTIVE", "planned"), ("AUTOSCHED", "planned"), ("upcoming", "planned"),
     ("CANCELLED", "cancelled"), ("CANCELLED_PERM", "cancelled"),
     ("AUTOSCHED_CANCELLED", "cancelled"), ("AUTOSCHED_FINISHED", "past")],
)  # fmt: skip
def test_how_an_event_stands(place: FilePlace, tmp_path: Path, status: str, expected: str) -> None:
    place.read("meetup-archive", archive(tmp_path / "a", event(status=status)))
    assert fields(place, "status") == [(expected,)]


@pytest.mark.parametrize(("year", "expected"), [(2024, "past"), (2999, "planned")])
def test_without_a_status_its_time_tells(
    place: FilePlace, tmp_path: Path, year: int, expected: str
) -> None:
    row = event(status=None, dateTime=f"{year}-04-30T23:30:00-05:00")
    place.read("meetup-archive", archive(tmp_path / "a", row))
    assert fields(place, "status") == [(expected,)]


def test_what_was_never_announced_is_left_out(place: FilePlace, tmp_path: Path) -> None:
    rows = [event(1, status="DRAFT"), event(2, status="TEMPLATE"), event(3, dateTime=None),
            event(4, id=None), event(5), event(5)]  # fmt: skip
    outcome = place.read("meetup-archive", archive(tmp_path / "a", *rows)).outcome
    assert (outcome.read, outcome.taken) == (6, 1)
    assert outcome.left_out == {
        "duplicate": 1, "event that is draft": 1, "event that is template": 1, "no event id": 1,
        "no time": 1,
    }  # fmt: skip


ONLINE = {"name": "Online event", "venueType": "online", "lat": -8.52, "lon": 179.2, "city": ""}
HALL = {"name": "Hall", "venueType": "", "lat": 0, "lon": 0, "city": "Ames", "country": "us"}


@pytest.mark.parametrize(
    ("more", "is_online", "venue", "latitude"),
    [
        ({"venues": []}, None, None, None),
        ({"venues": None}, None, None, None),
        ({"venues": [ONLINE]}, True, None, None),
        ({"venues": [HALL]}, False, "Hall", None),
        ({"venues": [ONLINE, HALL]}, False, "Hall", None),
        ({"venues": [], "eventType": "ONLINE"}, True, None, None),
        ({"venues": [HALL], "eventType": "HYBRID"}, False, "Hall", None),
        ({"venues": [None], "eventType": "PHYSICAL"}, False, None, None),
    ],
)
def test_where_an_event_is(
    place: FilePlace,
    tmp_path: Path,
    more: Row,
    is_online: bool | None,
    venue: str | None,
    latitude: float | None,
) -> None:
    place.read("meetup-archive", archive(tmp_path / "a", event(**more)))
    assert fields(place, "is_online", "venue", "latitude") == [(is_online, venue, latitude)]


@pytest.mark.parametrize(
    ("more", "minutes"),
    [({"duration": "PT0S"}, None), ({"duration": None}, None), ({"duration": "P1DT2H"}, 1560),
     ({"duration": "PT218H"}, 13080), ({"endTime": "2024-05-01T00:30:00-05:00"}, 60)],
)  # fmt: skip
def test_when_an_event_ends(
    place: FilePlace, tmp_path: Path, more: Row, minutes: int | None
) -> None:
    place.read("meetup-archive", archive(tmp_path / "a", event(**more)))
    [(length,)] = fields(place, "date_diff('minute', starts_at, ends_at)")
    assert length == minutes


def test_times_without_an_offset_are_of_the_group(tmp_path: Path) -> None:
    place = FilePlace(tmp_path / "place", "Africa/Lagos")
    known = event(1, dateTime="2024-04-30T23:30")
    other = event(2, dateTime="2024-04-30T23:30", group={"urlname": "elsewhere"})
    place.read("meetup-archive", archive(tmp_path / "a", known, other))
    assert fields(place, "group_id", "starts_at::varchar", "utc_offset_minutes") == [
        ("meetup:77", "2024-05-01 04:30:00", -300),
        ("meetup:elsewhere", "2024-04-30 22:30:00", 60),
    ]
    assert any("Africa/Lagos" in warning for warning in place.warnings)


def test_the_group_of_an_event(place: FilePlace, tmp_path: Path) -> None:
    """From the event, the group that it stands in, or its address; the id from any metadata."""
    bare = event(2)
    del bare["group"]
    place.read("meetup-archive", archive(tmp_path / "a", event(), bare, metadata=None))
    assert set(fields(place, "group_id")) == {("meetup:made-up",)}
    assert place.facts("select group_id, name from facts.groups") == [("meetup:made-up", "Made Up")]


def test_the_answers_of_the_api_are_an_archive(place: FilePlace, tmp_path: Path) -> None:
    connection = {"totalCount": 1, "edges": [{"cursor": "a", "node": event(token="t1")}]}
    answer = {"data": {"groupByUrlname": METADATA | {"events": connection}}}
    (tmp_path / "page.json").write_text("\ufeff" + json.dumps(answer), encoding="utf-8")
    place.read("meetup-archive", tmp_path / "page.json")
    assert fields(place, "event_id", "also_id", "group_id") == [
        ("meetup:t1", "meetup:1", "meetup:77")
    ]


def test_lists_by_year_with_a_list_of_chapters(place: FilePlace, tmp_path: Path) -> None:
    folder = tmp_path / "raw_data"
    folder.mkdir()
    (folder / "events_2024.json").write_text(json.dumps([event(1), event(2)]), encoding="utf-8")
    (folder / "chapters.json").write_text(json.dumps([METADATA]), encoding="utf-8")
    place.read("meetup-archive", folder)
    assert fields(place, "group_id") == [("meetup:77",), ("meetup:77",)]


def test_a_zip_is_the_same_and_importing_again_doubles_nothing(
    place: FilePlace, tmp_path: Path
) -> None:
    folder = archive(tmp_path / "a", event(1), event(2))
    place.read("meetup-archive", folder)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for path in folder.rglob("*.json"):
            packed.write(path, path.relative_to(folder).as_posix())
    again = place.read("meetup-archive", tmp_path / "a.zip")
    assert (again.landed.new, again.landed.changed, again.outcome.taken) == (0, 0, 2)
    assert len(fields(place, "event_id")) == 2


def test_what_says_nothing_is_nothing(place: FilePlace, tmp_path: Path) -> None:
    nothing = {"duration": {}, "venues": {}, "rsvps": {}, "eventType": [], "maxTickets": None}
    place.read("meetup-archive", archive(tmp_path / "a", event(**nothing), event(2, id={})))
    assert fields(place, "event_id", "ends_at", "is_online", "stated_yes", "capacity") == [
        ("meetup:1", None, None, None, None)
    ]


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
        st.sampled_from(["urlname", "dateTime", "id", "name"]), inner, max_size=2
    ),
    max_leaves=4,
)  # fmt: skip


@given(st.sampled_from(sorted(event() | METADATA)), SHAPES)
@example("group", {"urlname": None})
@example("group", {"urlname": 5})
@example("group", {"urlname": {}})
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_field_holds_it_is_read_or_refused(
    tmp_path: Path, name: str, value: object
) -> None:
    path = tmp_path / "any.json"
    path.write_text(json.dumps([METADATA | {name: value}, event(**{name: value})]))
    context = Context("here", hash_private=str)
    reader = MeetupArchive([path], context, SourceSettings(name="here", kind="meetup"))
    try:
        pages = list(reader.pages())
    except SourceError:
        return
    for page in pages:
        for key, payload in page.records:
            record = Record(page.stream, page.partition, key, payload.decode(), 0, None)
            assert normalize("here", record)


@pytest.mark.parametrize("nothing", [None, [], {}])
def test_an_empty_field_of_a_group_hides_no_other(
    place: FilePlace, tmp_path: Path, nothing: object
) -> None:
    metadata = METADATA | {"group": {"urlname": nothing}, "group_city": nothing}
    place.read("meetup-archive", archive(tmp_path / "a", event(), metadata=metadata))
    assert place.facts("select group_id, city from facts.groups") == [("meetup:77", "Austin")]


def test_a_hidden_address_is_not_landed(place: FilePlace, tmp_path: Path) -> None:
    more = {"title": "Ask ada@mail.example", "venues": [{"name": "at ada@mail.example's"}]}
    place.read("meetup-archive", archive(tmp_path / "a", event(**more)))
    assert fields(place, "title", "venue") == [("Ask ada", "at ada's")]
    assert "mail.example" not in place.landed()


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
    place: FilePlace, tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    (tmp_path / "events.json").write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message):
        place.read("meetup-archive", tmp_path / "events.json")
    assert place.landed() == ""


# A real network's archive, against counts in plain Python.


@pytest.fixture(scope="module")
def rladies(tmp_path_factory: pytest.TempPathFactory) -> FilePlace:
    place = FilePlace(tmp_path_factory.mktemp("rladies"))
    outcome = place.read("meetup-archive", RLADIES).outcome
    assert (outcome.taken, outcome.left_out) == (outcome.read, {})
    return place


def chapters() -> dict[str, list[Row]]:
    files = sorted(RLADIES.glob("*/events.json"))
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in files}


@needs_rladies
def test_every_count_of_a_real_archive(rladies: FilePlace) -> None:
    counted: Counter[tuple[str, str, str]] = Counter()
    names = {"PAST": "past", "CANCELLED": "cancelled"}
    for events in chapters().values():
        for row in events:
            place = row["group"]["urlname"], names[row["status"]]
            rsvps = row["rsvps"]
            counted.update({(*place, "events"): 1, (*place, "yes"): rsvps["yesCount"],
                            (*place, "waitlist"): rsvps["waitlistCount"]})  # fmt: skip
            assert rsvps["totalCount"] == rsvps["yesCount"], "no total tells how many said no"
    told = rladies.facts(
        "select split_part(url, '/', 4), status, count(*), sum(stated_yes), sum(stated_waitlist),"
        " count(stated_no) from facts.events group by all"
    )
    found: Counter[tuple[str, str, str]] = Counter()
    for urlname, status, events_, yes, waitlist, noes in told:
        name = next(n for n in chapters() if n.lower() == urlname.lower())
        found.update({(name, status, "events"): events_, (name, status, "yes"): yes,
                      (name, status, "waitlist"): waitlist})  # fmt: skip
        assert noes == 0
    assert +found == +counted
    assert sum(n for (*_, what), n in found.items() if what == "events") == 797


@needs_rladies
def test_local_days_of_a_real_archive(rladies: FilePlace) -> None:
    """One event of the archive is in another month in UTC."""
    plain = {f"meetup:{row['id']}": row["dateTime"] for rows in chapters().values() for row in rows}
    told = rladies.facts("select event_id, epoch_us(starts_at), utc_offset_minutes"
                         " from facts.events")  # fmt: skip
    elsewhere = 0
    for event_id, at, offset in told:
        starts = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
        local = starts + timedelta(minutes=offset)
        assert local.strftime("%Y-%m-%dT%H:%M") == plain[event_id][:16]
        elsewhere += local.month != starts.month
    assert len(told) == len(plain)
    assert elsewhere == 1


@needs_rladies
def test_chapters_of_a_real_archive(rladies: FilePlace) -> None:
    members = {}
    for path in RLADIES.glob("*/metadata.json"):
        row = json.loads(path.read_text(encoding="utf-8"))
        members[f"meetup:{row['id']}"] = row["memberships"]["totalCount"]
    assert dict(rladies.facts("select group_id, stated_members from facts.groups")) == members
    assert rladies.facts("select distinct group_id from facts.events anti join facts.groups"
                         " using (group_id)") == []  # fmt: skip
    for table in ("accounts", "attendances", "joins", "activities"):
        assert rladies.facts(f"select count(*) from facts.{table}") == [(0,)], "no person is made"
    venues = [v for rows in chapters().values() for row in rows for v in row["venues"]]
    [(online, placed)] = rladies.facts(
        "select count(*) filter (is_online), count(*) filter (latitude is not null)"
        " from facts.events"
    )
    assert online == sum(v["venueType"] == "online" for v in venues)
    assert placed == sum(v["venueType"] != "online" and bool(v["lat"]) for v in venues)


@needs_rladies
def test_a_real_archive_again_changes_nothing(rladies: FilePlace) -> None:
    again = rladies.read("meetup-archive", RLADIES)
    assert (again.landed.new, again.landed.changed) == (0, 0)
