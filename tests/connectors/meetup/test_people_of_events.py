"""Lists of who is going without answers, and who is who on a list without members' ids."""

from itertools import permutations
from pathlib import Path

import pytest

from connectors.base import BadFile
from tests.support.installations.meetup import FileInstallation, table, write

ALL = (
    "select split_part(account_id, ':', 2), rsvp, check_in, guests from facts.attendances"
    " order by account_id nulls last"
)


@pytest.fixture
def place(tmp_path: Path) -> FileInstallation:
    return FileInstallation(tmp_path / "place")


GOING = "event_id,event_title,member_name,meetup_user_id\n77,Talk,Ada,11\n77,Talk,Bo,12\n"
AT_SEVEN = "starts_at=2017-10-01T19:00"


def test_everybody_on_a_list_of_who_is_going_said_yes(
    place: FileInstallation, tmp_path: Path
) -> None:
    path = write(tmp_path / "going.csv", GOING)
    place.bring("attendees", path, options=["event=77", AT_SEVEN, "title=Talk"])
    [row] = place.attendance()
    assert (row["yes"], row["attended"], row["attendance_basis"]) == (2, 2, "rsvp")
    assert {row[0] for row in place.facts_of(ALL)} == {"11", "12"}
    assert any("counted as a yes" in warning for warning in place.warnings)


def test_the_advice_for_a_list_without_answers_helps(
    place: FileInstallation, tmp_path: Path
) -> None:
    """Each option that the warning names does what it says."""
    path = write(tmp_path / "going.csv", "event_id,meetup_user_id,coming?\n77,11,no\n77,12,yes\n")
    told: list[tuple[list[str], list[str]]] = [
        ([], ["yes", "yes"]),
        (["rsvp=no"], ["no", "no"]),
        (["columns.rsvp=coming?"], ["no", "yes"]),
    ]
    for number, (options, said) in enumerate(told):
        fresh = FileInstallation(tmp_path / str(number))
        fresh.bring("attendees", path, options=options)
        assert [row[1] for row in fresh.facts_of(ALL)] == said
        assert any("columns.rsvp" in warning for warning in fresh.warnings) == (not options)


def test_an_answer_for_all_goes_beside_their_check_ins(
    place: FileInstallation, tmp_path: Path
) -> None:
    path = write(tmp_path / "door_123456.csv", "Member ID,Checked in\n11,yes\n12,\n")
    place.bring("attendees", path, options=["rsvp=yes"])
    assert place.facts_of(ALL) == [("11", "yes", "attended", 0), ("12", "yes", None, 0)]


def test_a_later_answer_wins_over_a_list_of_who_is_going(
    place: FileInstallation, tmp_path: Path
) -> None:
    answers = "Event ID,Member ID,RSVP,RSVPed on\n77,11,no,2017-09-30\n"
    for number, order in enumerate(permutations([GOING, answers])):
        fresh = FileInstallation(tmp_path / str(number))
        for text in order:
            path = write(tmp_path / "list.csv", text)
            fresh.bring("attendees", path, options=["event=77", AT_SEVEN])
        [row] = fresh.attendance()
        assert (row["yes"], row["no"]) == (1, 1)


def test_a_list_of_members_is_no_list_of_who_is_going(
    place: FileInstallation, tmp_path: Path
) -> None:
    path = write(tmp_path / "list_123456.csv", "Member ID,Last visited group on\n11,2017-09-30\n")
    with pytest.raises(BadFile, match=r"list of members.*vitals import meetup-members.*rsvp=yes"):
        place.bring("attendees", path)
    assert place.bring("members", path).outcome.taken == 1
    assert place.bring("attendees", path, options=["rsvp=yes"]).outcome.taken == 1


# Rows without a member's id.


def came(place: FileInstallation, path: Path) -> int:
    options = ["event=77", AT_SEVEN, "title=Two days"]
    place.bring("attendees", path, options=options)
    [row] = place.attendance()
    return int(row["attended"])


def test_an_address_tells_who_came_on_two_days(place: FileInstallation, tmp_path: Path) -> None:
    rows = (
        "Name,E-Mail,Checked in at",
        "Ada,Ada@home.invalid,2017-10-01 09:00",
        "A. Lovelace,ada@home.invalid,2017-10-02 09:00",
        "Ada,ada@work.invalid,2017-10-01 09:10",
        ",bo@home.invalid,2017-10-01 09:10",
        ",bo@home.invalid,2017-10-02 09:10",
        "Cem,n/a,2017-10-02 09:10",
        "Dee,n/a,2017-10-02 09:20",
        "Eve,eve@home.invalid,",
    )
    assert came(place, table(tmp_path / "door.csv", *rows, separator=",")) == 5
    assert "home.invalid" not in place.landed()
    assert "Lovelace" not in place.landed()


def test_a_name_is_one_person_a_day(place: FileInstallation, tmp_path: Path) -> None:
    """Two of one name have two rows on a day; who has no name has nothing but rows."""
    rows = (
        "Name,Checked in at",
        "Ada,2017-10-01 09:00",
        "ada,2017-10-02 09:00",
        "Bo,2017-10-01 09:00",
        "Bo,2017-10-01 09:10",
        "Bo,2017-10-02 09:00",
        ",2017-10-01 09:00",
        ",2017-10-02 09:00",
    )
    assert came(place, table(tmp_path / "door.csv", *rows, separator=",")) == 5


@pytest.mark.parametrize(
    ("guests", "number"),
    [("2", 2), ("2.0", 2), ("-1", 0), ("1" + "0" * 30, 0), ("9" * 5000, 0), ("many", 0)],
)
def test_a_number_of_guests_that_cannot_be_is_none(
    place: FileInstallation, tmp_path: Path, guests: str, number: int
) -> None:
    path = write(tmp_path / "list_123456.csv", f"Member ID,RSVP,Guests\n11,yes,{guests}\n")
    place.bring("attendees", path)
    assert place.facts_of(ALL) == [("11", "yes", None, number)]
