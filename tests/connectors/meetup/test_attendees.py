"""Meetup's attendee lists: what each row says about coming, and what no row says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import BadFile
from connectors.meetup.files.words import check_in_of, rsvp_of
from pipelines.settings import SettingsError
from tests.support.meetup_imports import FilePlace, table

HEADER = (
    "Name|Attendance|User ID|Title|Event Host|RSVP|Guests|RSVPed on|Joined Group on"
    "|URL of Member Profile|Notes"
)
URL = "http://www.meetup.com/Made-Up/members/"
WHEN = "04/24/2014|04/20/2014"
COLUMNS = "split_part(account_id, ':', 2), rsvp, check_in, guests, is_host"
ALL = f"select {COLUMNS} from facts.attendances order by account_id nulls last"


@pytest.fixture
def place(tmp_path: Path) -> FilePlace:
    return FilePlace(tmp_path / "place")


def attendees(folder: Path, *rows: str, name: str = "Show_and_tell_287654321.xls") -> Path:
    return table(folder / name, HEADER, *rows)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"Ada||user 11||Yes|Yes|2|{WHEN}||", ("11", "yes", None, 2, True)),
        (f"Ada|Y|user 11|||Yes|0|{WHEN}||", ("11", "yes", "attended", 0, False)),
        (f"Ada||user 11|||No||{WHEN}||", ("11", "no", None, 0, False)),
        (f"Ada||user 11|||Waitlist|1|{WHEN}||", ("11", "waitlist", None, 1, False)),
        (f"Ada|Y|user 11|||No||{WHEN}||", ("11", "no", "attended", 0, False)),
        (f"Ada|Y|user 11|||Waitlist||{WHEN}||", ("11", "waitlist", "attended", 0, False)),
        (f"Ada|N|user 11|||Yes||{WHEN}||", ("11", "yes", None, 0, False)),
        (f"Ada|no show|user 11|||Yes||{WHEN}||", ("11", "yes", "no_show", 0, False)),
        ("Ada|Y|user 11||||||||", ("11", "none", "attended", 0, False)),
        (f"Ada|Y||||||{WHEN}||", (None, "none", "attended", 0, False)),
        (f"Ada|Y|user -1||||1|{WHEN}||", (None, "none", "attended", 1, False)),
        (f"Ada||-1|||Yes||{WHEN}||", (None, "yes", None, 0, False)),
        (f"Ada||11.0|||YES|1.0|{WHEN}||", ("11", "yes", None, 1, False)),
        (f"Ada|||||Yes||{WHEN}|{URL}11/|", ("11", "yes", None, 0, False)),
        (f"Ada||11|||ATTENDED||{WHEN}||", ("11", None, "attended", 0, False)),
        ("Ada|||||Walk-in|||||", (None, "none", "attended", 0, False)),
        ("Ada|walk-in|11||||||||", ("11", "none", "attended", 0, False)),
        (f"Ada||11|||1||{WHEN}||", ("11", "yes", None, 0, False)),
        (f"Ada||11|||NO_SHOW||{WHEN}||", ("11", None, "no_show", 0, False)),
        (f"Ada||11|||EXCUSED_ABSENCE||{WHEN}||", ("11", None, "excused", 0, False)),
        (f"Ada||11|||YES_PENDING_PAYMENT||{WHEN}||", ("11", "yes", None, 0, False)),
        (f"Ada|Y|11|||Maybe||{WHEN}||", ("11", None, "attended", 0, False)),
    ],
)
def test_what_a_row_says(
    place: FilePlace, tmp_path: Path, row: str, expected: tuple[object, ...]
) -> None:
    place.read("meetup-attendees", attendees(tmp_path, row))
    [found] = place.facts(ALL)
    assert found == expected


def test_a_row_that_says_nothing_is_left_out(place: FilePlace, tmp_path: Path) -> None:
    path = attendees(tmp_path, f"Ada||user 11||||||{WHEN}|", "Bob||12|||Maybe|||||", "Eve|||||||||")
    outcome = place.read("meetup-attendees", path).outcome
    assert (outcome.read, outcome.taken) == (3, 0)
    assert outcome.left_out == {"no answer and no check-in": 3}


def test_nobody_becomes_a_no_show_by_not_being_marked(place: FilePlace, tmp_path: Path) -> None:
    rows = (f"Ada|Y|11|||Yes||{WHEN}||", f"Bob||12|||Yes||{WHEN}||")
    place.read("meetup-attendees", attendees(tmp_path, *rows))
    assert [row[2] for row in place.facts(ALL)] == ["attended", None]


def test_rows_of_the_same_person_are_one(place: FilePlace, tmp_path: Path) -> None:
    rows = (
        "Ada|Y|11|||Yes|1|04/24/2014|||",
        "Ada||11|||No||04/20/2014|||",
        "Bob||12|||Yes||04/20/2014|||",
        "Bob||12|||No||04/25/2014|||",
        "Eve|Y|13|||Yes||04/20/2014|||",
        "Eve||13||Yes|Yes|2|04/25/2014|||",
    )
    outcome = place.read("meetup-attendees", attendees(tmp_path, *rows)).outcome
    assert place.facts(ALL) == [
        ("11", "yes", "attended", 1, False),
        ("12", "no", None, 0, False),
        ("13", "yes", "attended", 2, True),
    ]
    assert (outcome.read, outcome.taken, outcome.left_out) == (6, 3, {"duplicate": 3})


def test_walk_ins_are_as_many_as_their_rows(place: FilePlace, tmp_path: Path) -> None:
    rows = ["Guest|Y|||||||||", "Guest|Y|||||||||", "|Y|||||||||", "Zoë Walker|Y|-1||||||||"]
    path = attendees(tmp_path, *rows)
    assert place.read("meetup-attendees", path).outcome.taken == 4
    assert place.facts("select count(*), count(account_id) from facts.attendances") == [(4, 0)]
    later = attendees(tmp_path / "later", "Late|Y|||||||||", *rows)
    again = place.read("meetup-attendees", later)
    assert (again.landed.new, again.landed.changed) == (1, 0)
    assert "Walker" not in place.landed()


def test_the_event_of_a_file(place: FilePlace, tmp_path: Path) -> None:
    row = f"Ada||11|||Yes||{WHEN}||"
    ids = "select distinct event_id from facts.attendances order by all"
    place.read("meetup-attendees", attendees(tmp_path, row))
    place.read("meetup-attendees", attendees(tmp_path, row, name="2024-05-01_20240501_300000.csv"))
    path = attendees(tmp_path, row, name="attendees.csv")
    with pytest.raises(BadFile, match=r"nor its name has the id of its event.*event=ID"):
        place.read("meetup-attendees", path)
    place.read("meetup-attendees", path, told=["event=qbkfnlyxqbgb"])
    address = "event=https://www.meetup.com/made-up/events/400000/?x=1"
    place.read("meetup-attendees", path, told=[address])
    assert place.facts(ids) == [
        (f"meetup:{n}",) for n in ("287654321", "300000", "400000", "qbkfnlyxqbgb")
    ]
    with pytest.raises(BadFile, match="one event is given for several files"):
        place.read("meetup-attendees", path, path, told=["event=1"])


def test_a_table_of_many_events(place: FilePlace, tmp_path: Path) -> None:
    rows = (
        "event_id,member_id,response,guests",
        "5,11,yes,0",
        "6,11,no,0",
        "6,-1,yes,1",
        ",12,yes,",
    )
    path = table(tmp_path / "rsvps.csv", *rows)
    outcome = place.read("meetup-attendees", path).outcome
    assert (outcome.read, outcome.taken, outcome.left_out) == (4, 3, {"no event": 1})
    found = place.facts("select event_id, account_id, rsvp from facts.attendances order by all")
    assert found == [
        ("meetup:5", "meetup:11", "yes"),
        ("meetup:6", "meetup:11", "no"),
        ("meetup:6", None, "yes"),
    ]


def test_a_list_kept_at_the_door(place: FilePlace, tmp_path: Path) -> None:
    """Without a column of answers nobody is known to have said yes."""
    rows = ("event id;member id;name;checked in", "5;11;Ada;yes", "5;;Walker;x", "5;12;Bob;")
    place.read("meetup-attendees", table(tmp_path / "door.csv", *rows))
    assert place.facts(ALL) == [
        ("11", "none", "attended", 0, False),
        (None, "none", "attended", 0, False),
    ]


def test_the_event_itself_can_be_told(tmp_path: Path) -> None:
    place = FilePlace(tmp_path / "place", "Africa/Lagos")
    path = attendees(tmp_path, f"Ada|Y|11|||Yes||{WHEN}||")
    told = ["starts_at=2014-05-01T18:30", "title=Show and tell"]
    place.read("meetup-attendees", path, told=told)
    query = "select event_id, title, status, starts_at::varchar, utc_offset_minutes, stated_yes"
    assert place.facts(f"{query} from facts.events") == [
        ("meetup:287654321", "Show and tell", "past", "2014-05-01 17:30:00", 60, None)
    ]
    with pytest.raises(SettingsError, match="starts_at"):
        place.read("meetup-attendees", path, told=["title=Show and tell"])


def test_joins_are_told_but_no_members(place: FilePlace, tmp_path: Path) -> None:
    place.read("meetup-attendees", attendees(tmp_path, f"Ada|Y|11|||Yes||{WHEN}||"))
    assert place.facts("select * from facts.accounts") == []
    assert place.facts("select account_id, channel_id, joined_at::varchar from facts.joins") == [
        ("meetup:11", None, "2014-04-20 00:00:00")
    ]
    assert "Ada" not in place.landed()


def test_a_folder_of_lists(place: FilePlace, tmp_path: Path) -> None:
    for number in range(3):
        row = f"Ada|Y|11|||Yes||{WHEN}||"
        attendees(tmp_path / "lists", row, name=f"list_28765432{number}.csv")
    assert place.read("meetup-attendees", tmp_path / "lists").outcome.taken == 3
    assert len(place.facts(ALL)) == 3
    (tmp_path / "none").mkdir()
    with pytest.raises(BadFile, match=r"holds no \.csv"):
        place.read("meetup-attendees", tmp_path / "none")


@given(st.text())
def test_any_word_is_understood_or_not(text: str) -> None:
    rsvp_of(text)
    check_in_of(text)


@pytest.mark.parametrize(
    ("word", "answer"),
    [("Oui", "yes"), ("NEIN", "no"), ("Sí", "yes"), ("Lista de espera", "waitlist"),
     ("はい", "yes"), ("Liste d\u2019attente", "waitlist"), (" ", "none"), ("perhaps", None)],
)  # fmt: skip
def test_answers_in_many_tongues(word: str, answer: str | None) -> None:
    assert rsvp_of(word) == answer
