"""Lists of attendees: what each row says about coming, and what no row says."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import BadFile
from connectors.meetup.files.words import check_in_of, rsvp_of
from pipelines.settings import SettingsError
from tests.support.installations.meetup import FileInstallation, table, write

HEADER = (
    "Name|Attendance|User ID|Title|Event Host|RSVP|Guests|RSVPed on|Joined Group on"
    "|URL of Member Profile|Notes"
)
URL = "http://www.meetup.com/Made-Up/members/"
WHEN = "04/24/2014|04/20/2014"
ADA_COMES = f"Ada|Y|11|||Yes||{WHEN}||"
ALL = (
    "select split_part(account_id, ':', 2), rsvp, check_in, guests from facts.attendances"
    " order by account_id nulls last"
)
HOSTS = "select payload ->> 'id' from raw.records where payload like '%\"is_host\":true%'"


@pytest.fixture
def place(tmp_path: Path) -> FileInstallation:
    return FileInstallation(tmp_path / "place")


def attendees(folder: Path, *rows: str, name: str = "Show_and_tell_287654321.xls") -> Path:
    return table(folder / name, HEADER, *rows)


# A row, and what it means: member, RSVP, check-in, guests. The first one is a host.
ROWS = {
    f"Ada||user 11||Yes|Yes|2|{WHEN}||": "11 yes - 2",
    f"Ada|Y|user 11|||Yes|0|{WHEN}||": "11 yes attended 0",
    f"Ada||user 11|||No||{WHEN}||": "11 no - 0",
    f"Ada||user 11|||Waitlist|1|{WHEN}||": "11 waitlist - 1",
    f"Ada|Y|user 11|||No||{WHEN}||": "11 no attended 0",
    f"Ada|Y|user 11|||Waitlist||{WHEN}||": "11 waitlist attended 0",
    f"Ada|N|user 11|||Yes||{WHEN}||": "11 yes - 0",
    f"Ada|no show|user 11|||Yes||{WHEN}||": "11 yes no_show 0",
    "Ada|Y|user 11||||||||": "11 none attended 0",
    f"Ada|Y||||||{WHEN}||": "- none attended 0",
    f"Ada|Y|user -1||||1|{WHEN}||": "- none attended 1",
    f"Ada||-1|||Yes||{WHEN}||": "- yes - 0",
    f"Ada||11.0|||YES|1.0|{WHEN}||": "11 yes - 1",
    f"Ada|||||Yes||{WHEN}|{URL}11/|": "11 yes - 0",
    f"Ada||11|||ATTENDED||{WHEN}||": "11 - attended 0",
    "Ada|||||Walk-in|||||": "- none attended 0",
    "Ada|walk-in|11||||||||": "11 none attended 0",
    f"Ada||11|||1||{WHEN}||": "11 yes - 0",
    f"Ada||11|||NO_SHOW||{WHEN}||": "11 - no_show 0",
    f"Ada||11|||EXCUSED_ABSENCE||{WHEN}||": "11 - excused 0",
    f"Ada||11|||YES_PENDING_PAYMENT||{WHEN}||": "11 yes - 0",
    f"Ada|Y|11|||Maybe||{WHEN}||": "11 - attended 0",
}


def test_what_a_row_means(place: FileInstallation, tmp_path: Path) -> None:
    """Each row is the list of an event of its own."""
    for event, row in enumerate(ROWS, start=287_654_321):
        attendees(tmp_path / "lists", row, name=f"list_{event}.csv")
    place.bring("attendees", tmp_path / "lists")
    found = place.facts_of(
        "select concat_ws(' ', coalesce(split_part(account_id, ':', 2), '-'),"
        " coalesce(rsvp, '-'), coalesce(check_in, '-'), guests)"
        " from facts.attendances order by event_id"
    )
    assert dict(zip(ROWS, (meaning for (meaning,) in found), strict=True)) == ROWS
    assert place.rows(HOSTS) == [("11",)]


def test_a_row_that_says_nothing_is_left_out(place: FileInstallation, tmp_path: Path) -> None:
    path = attendees(tmp_path, f"Ada||user 11||||||{WHEN}|", "Bob||12|||Maybe|||||", "Eve|||||||||")
    outcome = place.bring("attendees", path).outcome
    assert (outcome.read, outcome.taken) == (3, 0)
    assert outcome.left_out == {"no answer and no check-in": 3}


def test_nobody_becomes_a_no_show_by_having_no_check_in(
    place: FileInstallation, tmp_path: Path
) -> None:
    place.bring("attendees", attendees(tmp_path, ADA_COMES, f"Bob||12|||Yes||{WHEN}||"))
    assert [row[2] for row in place.facts_of(ALL)] == ["attended", None]


def test_rows_of_the_same_person_are_one(place: FileInstallation, tmp_path: Path) -> None:
    rows = (
        "Ada|Y|11|||Yes|1|04/24/2014|||",
        "Ada||11|||No||04/20/2014|||",
        "Bob||12|||Yes||04/20/2014|||",
        "Bob||12|||No||04/25/2014|||",
        "Eve|Y|13|||Yes||04/20/2014|||",
        "Eve||13||Yes|Yes|2|04/25/2014|||",
    )
    outcome = place.bring("attendees", attendees(tmp_path, *rows)).outcome
    assert place.facts_of(ALL) == [
        ("11", "yes", "attended", 1),
        ("12", "no", None, 0),
        ("13", "yes", "attended", 2),
    ]
    assert place.rows(HOSTS) == [("13",)]
    assert (outcome.read, outcome.taken, outcome.left_out) == (6, 3, {"duplicate": 3})


def test_walk_ins_are_as_many_as_their_rows(place: FileInstallation, tmp_path: Path) -> None:
    rows = ["Guest|Y|||||||||", "Guest|Y|||||||||", "|Y|||||||||", "Zoë Walker|Y|-1||||||||"]
    path = attendees(tmp_path, *rows)
    assert place.bring("attendees", path).outcome.taken == 4
    assert place.facts_of("select count(*), count(account_id) from facts.attendances") == [(4, 0)]
    later = attendees(tmp_path / "later", "Late|Y|||||||||", *rows)
    again = place.bring("attendees", later)
    assert (again.landed.new, again.landed.changed) == (1, 0)
    assert "Walker" not in place.landed()


def test_joins_are_landed_but_no_members(place: FileInstallation, tmp_path: Path) -> None:
    place.bring("attendees", attendees(tmp_path, ADA_COMES))
    assert place.facts_of("select * from facts.accounts") == []
    joins = "select account_id, channel_id, joined_at::varchar from facts.joins"
    assert place.facts_of(joins) == [("meetup:11", None, "2014-04-20 00:00:00")]
    assert "Ada" not in place.landed()


@given(st.text())
def test_any_word_is_understood_or_not(text: str) -> None:
    rsvp_of(text)
    check_in_of(text)


@pytest.mark.parametrize(
    ("word", "rsvp"),
    [
        ("Oui", "yes"),
        ("NEIN", "no"),
        ("Sí", "yes"),
        ("Lista de espera", "waitlist"),
        ("はい", "yes"),
        ("Liste d\u2019attente", "waitlist"),
        (" ", "none"),
        ("perhaps", None),
    ],
)
def test_rsvps_in_many_languages(word: str, rsvp: str | None) -> None:
    assert rsvp_of(word) == rsvp


# Of which event a row is.


def test_the_event_of_a_file(place: FileInstallation, tmp_path: Path) -> None:
    place.bring("attendees", attendees(tmp_path, ADA_COMES))
    path = attendees(tmp_path, ADA_COMES, name="2024-05-01_20240501_300000.csv")
    place.bring("attendees", path)
    path = attendees(tmp_path, ADA_COMES, name="attendees.csv")
    with pytest.raises(BadFile, match=r"nor its name has the id of its event.*event=ID"):
        place.bring("attendees", path)
    place.bring("attendees", path, options=["event=qbkfnlyxqbgb"])
    address = "https://www.meetup.com/made-up/events/400000/?x=1"
    place.bring("attendees", path, options=[f"event={address}"])
    with pytest.raises(BadFile, match="one event is given for several files"):
        place.bring("attendees", path, path, options=["event=1"])
    found = place.facts_of("select distinct event_id from facts.attendances order by all")
    expected = ("287654321", "300000", "400000", "qbkfnlyxqbgb")
    assert found == [(f"meetup:{event}",) for event in expected]


def test_a_folder_without_lists(place: FileInstallation, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(BadFile, match=r"holds no \.csv"):
        place.bring("attendees", tmp_path / "none")


def test_the_event_itself_can_be_given(tmp_path: Path) -> None:
    place = FileInstallation(tmp_path / "place", "Africa/Lagos")
    path = attendees(tmp_path, ADA_COMES)
    options = ["starts_at=2014-05-01T18:30", "title=Show and tell"]
    place.bring("attendees", path, options=options)
    query = "select event_id, title, status, starts_at::varchar, utc_offset_minutes, stated_yes"
    assert place.facts_of(f"{query} from facts.events") == [
        ("meetup:287654321", "Show and tell", "past", "2014-05-01 17:30:00", 60, None)
    ]
    with pytest.raises(SettingsError, match="starts_at"):
        place.bring("attendees", path, options=["title=Show and tell"])


def test_an_event_by_its_title_alone_is_asked_for(place: FileInstallation, tmp_path: Path) -> None:
    text = "Name,Checked in at,Event\nAda,2017-10-01 18:05,Talk of the town\n"
    path = write(tmp_path / "door.csv", text)
    with pytest.raises(BadFile, match=r"no row of it names an event by its id.*--set event=ID"):
        place.bring("attendees", path)
    assert place.bring("attendees", path, options=["event=77"]).outcome.taken == 1
    assert any("nobody in it has a member id" in warning for warning in place.warnings)


def test_an_event_without_a_date_is_named(place: FileInstallation) -> None:
    write(place.folder / "list_987654321.csv", "Member ID,RSVP\n11,yes\n")
    command = ("import", "meetup-attendees", "list_987654321.csv", "--source", "meetup")
    done = place.vitals(*command)
    assert done.returncode == 0
    assert "who came to 987654321 is not counted" in done.stderr
    assert "--set starts_at=" in done.stderr
    place.vitals(*command, "--set", "starts_at=2024-05-01T18:30")
    assert [row["attended"] for row in place.attendance()] == [1]
    assert "not counted" not in place.vitals("build").stderr


# A table of the RSVPs of many events, and a list of who checked in.

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
CHECK_INS = """Name,Checked in at,Member ID,Ticket,Event ID
Ada,2017-10-01 18:05,11,RSVP,77
Walter Walkin,2017-10-01 18:11,,Walk-in,77
Dee,18:20,14,walk-in,77
Cem,6:40 pm,13,RSVP,77
Bo,,12,RSVP,77
"""
COLUMNS = ("title", "yes", "no", "guests", "attended", "walk_ins", "attendance_basis", "show_rate")


def attendance(place: FileInstallation) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in COLUMNS) for row in place.attendance()]


@pytest.mark.parametrize("rsvps_again", [True, False])
def test_check_ins_stand_beside_the_rsvps(
    place: FileInstallation, tmp_path: Path, rsvps_again: bool
) -> None:
    """Ada of the four yes came; Walter, Dee and Cem, who had said no, came without one."""
    rsvps, door = write(tmp_path / "rsvps.csv", RSVPS), write(tmp_path / "door.csv", CHECK_INS)
    outcomes = [place.bring("attendees", path).outcome for path in (rsvps, door)]
    assert [(one.read, one.taken) for one in outcomes] == [(9, 6), (5, 4)]
    assert outcomes[0].left_out == {"duplicate": 2, "no event": 1}
    if rsvps_again:
        place.bring("attendees", rsvps)
    assert attendance(place) == [
        ("Talk", 4, 1, 1, 4, 3, "checked_in", 0.25),
        ("Next", 1, 0, 0, 1, None, "rsvp", None),
    ]
    assert "Walter" not in place.landed()
    assert "there" not in place.landed()


@pytest.mark.parametrize(
    ("column", "cell", "group"),
    [
        ("Group", "made-up", "meetup:made-up"),
        ("group_urlname", "made-up", "meetup:made-up"),
        ("Group URL", "https://www.meetup.com/made-up/", "meetup:made-up"),
        ("Chapter", "Made Up", "meetup:Made Up"),
        ("Event URL", "https://www.meetup.com/fr-FR/made-up/events/77/", "meetup:made-up"),
        ("Remarks", "made-up", None),
    ],
)
def test_the_group_of_an_event_in_a_table(
    place: FileInstallation, tmp_path: Path, column: str, cell: str, group: str | None
) -> None:
    header = f"Event ID,Event name,Event time,Member ID,RSVP,{column}"
    header = header.removeprefix("Event ID,") if column == "Event URL" else header
    row = f"77,Talk,2017-10-01 18:00,11,yes,{cell}"
    row = row.removeprefix("77,") if column == "Event URL" else row
    place.bring("attendees", write(tmp_path / "rsvps.csv", f"{header}\n{row}\n"))
    assert place.facts_of("select event_id, group_id from facts.events") == [("meetup:77", group)]
    channels = place.facts_of("select channel_id from facts.channels")
    assert channels == [(group,)] if group else channels == []


def test_check_ins_alone_make_no_yes(place: FileInstallation, tmp_path: Path) -> None:
    path = write(tmp_path / "door.csv", CHECK_INS)
    options = ["event=77", "starts_at=2017-10-01T18:00", "title=Talk"]
    place.bring("attendees", path, options=options)
    assert attendance(place) == [("Talk", 0, 0, 0, 4, 4, "checked_in", None)]
    assert {row[1] for row in place.facts_of(ALL)} == {"none"}
