"""Meetup's member lists in every form that they come in: the same members each time."""

from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from connectors.base import BadFile
from pipelines.settings import SettingsError
from tests.support.installations.meetup import FileInstallation, table

HEADER = (
    "Name|User ID|Title|Member ID|Location|Joined Group on|Last visited group on|Last Attended"
    "|Total RSVPs|RSVPed Yes|RSVPed Maybe|RSVPed No|Meetups attended|No shows|Intro|Photo"
    "|Assistant Organizer|Mailing List|URL of Member Profile|What do you do?"
)
URL = "http://www.meetup.com/Made-Up/members/"
REST = "| 3|3|0|0|2|0|Yes|Yes|No|Yes"
ADA = f"Ada|user 11||11|London|04/24/2014|06/22/2015|06/20/2015{REST}|{URL}11/|Zimtstern7741"
BOB = f"Bob B.|user 12|Organizer|12|Bath|05/02/2014|06/01/2015|{REST}|{URL}12/|"
WHO = "select account_id, name, strftime(joined_at, '%Y-%m-%d %H:%M')"
MEMBERS = f"{WHO} from facts.accounts left join facts.joins using (account_id) order by all"
EXPECTED = [
    ("meetup:11", "Ada", "2014-04-24 00:00"),
    ("meetup:12", "Bob B.", "2014-05-02 00:00"),
]


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


@pytest.fixture
def place(tmp_path: Path) -> FileInstallation:
    return FileInstallation(tmp_path / "place")


def imported_again(place: FileInstallation, path: Path) -> tuple[int, int, int]:
    """What another import of the same members lands: new, changed, and rows taken."""
    again = place.bring("members", path)
    return again.landed.new, again.landed.changed, again.outcome.taken


def test_every_writing_of_a_list(place: FileInstallation, tmp_path: Path) -> None:
    path = table(tmp_path / "list.xls", HEADER, ADA, BOB)
    outcome = place.bring("members", path).outcome
    assert place.facts_of(MEMBERS) == EXPECTED
    assert (outcome.read, outcome.taken) == (2, 2)
    for separator, encoding in product("\t,;", ENCODINGS):
        table(path, HEADER, ADA, BOB, separator=separator, encoding=encoding)
        assert imported_again(place, path) == (0, 0, 2), (separator, encoding)


def test_a_list_in_an_older_encoding(place: FileInstallation, tmp_path: Path) -> None:
    row = ADA.replace("Ada", "Zoë Müller")
    path = table(tmp_path / "list.csv", HEADER, row, separator=";", encoding="cp1252")
    place.bring("members", path)
    assert place.facts_of(MEMBERS)[0][1] == "Zoë Müller"


def test_a_french_list(place: FileInstallation, tmp_path: Path) -> None:
    header = (
        "Name,User ID,Title,Member ID,Location,Rejoindre le groupe le,Dernier groupe visité le,"
        "Last Attended,Total des réponses,Répondu oui,Absences,URL du profil de membre"
    )
    ada = 'Ada,user 11,,11,"Montréal, QC",24 avril 2014,6 juin 2024,,3,3,0,'
    bob = "Bob B.,user 12,,12,Bath,2 mai 2014,1er juin 2024,,3,3,0,"
    place.bring("members", table(tmp_path / "liste.csv", header, ada, bob))
    assert place.facts_of(MEMBERS) == EXPECTED


# Names of the column, and how it writes 24 April and 2 May 2014.
DATES = [
    ("Gruppe beigetreten am", "24.04.2014", "02.05.2014"),
    ("Se unió al grupo el", "24 de abril de 2014", "2 de mayo de 2014"),
    ("Iscritto al gruppo il", "24 apr 2014", "2 mag 2014"),
    ("Entrou no grupo em", "24/04/2014", "02/05/2014"),
    ("Lid geworden van groep op", "24-04-2014", "02-05-2014"),
    ("グループ参加日", "2014年4月24日", "2014年5月2日"),
    ("Joined Group on", "Thursday, April 24, 2014", "Friday, May 2, 2014 12:00 AM"),
    ("Joined Group on", "2014-04-24", "2014-05-02T00:00:00Z"),
    ("Joined Group on", "2014/04/24", "2014/05/02"),
    ("Joined Group on", "4/24/14", "5/2/14"),
    ("Joined Group on", "1398297600000", "1398988800000"),
    # As spreadsheets save them.
    ("Joined Group on", "24-Apr-14", "2-May-14"),
    ("Joined Group on", "Apr 24, 14", "May 2, '14"),
    ("Gruppe beigetreten am", "24. Apr 14", "2. Mai 14"),
    ("Rejoindre le groupe le", "24-avr.-14", "02-mai-14"),
    ("Joined Group on", "41753", "41761.0"),
    ("Gruppe beigetreten am", "41753,00", "41761"),
    ("Joined Group on", "2014-04-24T00:00:00.000Z", "2014-05-02 00:00:00 +0000"),
    ("Joined Group on", "24.04.2014 00.00", "02.05.2014 0:00:00"),
    ("Joined Group on", "Thu Apr 24 2014 00:00:00 GMT+0000 (UTC)", "Fri, 2 May 2014 12:00 AM"),
]


def test_dates_in_many_languages(place: FileInstallation, tmp_path: Path) -> None:
    for number, (joined, first, second) in enumerate(DATES):
        rows = (f"Name|Member ID|{joined}", f"Ada|11|{first}", f"Bob B.|12|{second}")
        landed = imported_again(place, table(tmp_path / "list.csv", *rows))
        assert landed == (0 if number else 4, 0, 2), joined
    assert place.facts_of(MEMBERS) == EXPECTED


def test_a_list_without_dates_is_a_list_of_members(place: FileInstallation, tmp_path: Path) -> None:
    """Without a column of dates, and with dates that nobody can read."""
    place.bring("members", table(tmp_path / "list.csv", "Name|Member ID", "Ada|11", "Bob B.|12"))
    rows = ("Name|Member ID|Joined Group on", "Eve|13|long ago", "Cem|14|31-Apr-14")
    place.bring("members", table(tmp_path / "more.csv", *rows), options=["group=other"])
    assert [row[1:] for row in place.facts_of(MEMBERS)] == [
        ("Ada", None),
        ("Bob B.", None),
        ("Eve", None),
        ("Cem", None),
    ]
    assert [row["members_total"] for row in place.publish().metric("members").to_pylist()] == [4]


def test_a_date_that_is_still_to_come_is_not_the_list_s_time(
    place: FileInstallation, tmp_path: Path
) -> None:
    rows = ("Name|Member ID|Last visited", "Ada|11|2014-04-24", "Eve|13|2914-05-02")
    place.bring("members", table(tmp_path / "list.csv", *rows))
    seen = place.facts_of("select distinct first_seen_at from facts.accounts")
    assert seen == [(datetime(2014, 4, 24),)]


def test_columns_that_the_user_names(place: FileInstallation, tmp_path: Path) -> None:
    path = table(tmp_path / "list.csv", "Who|Nr|Since", "Ada|11|2014-04-24", separator=";")
    with pytest.raises(BadFile, match=r"known to be member .*columns\.member=.*Who, Nr, Since"):
        place.bring("members", path)
    options = ["columns.member=Nr", "columns.joined=since", "columns.name=Who"]
    place.bring("members", path, options=options)
    assert place.facts_of(MEMBERS) == EXPECTED[:1]
    with pytest.raises(BadFile, match="no column 'Number'"):
        place.bring("members", path, options=["columns.member=Number"])


def test_an_unclear_order_of_dates_is_asked_for(place: FileInstallation, tmp_path: Path) -> None:
    rows = ("Name|Member ID|Joined Group on", "Eve|13|05/05/2014", "Bob B.|12|02/05/2014")
    path = table(tmp_path / "list.csv", *rows)
    with pytest.raises(BadFile, match=r"row 3, can be read as dmy or mdy.*--set date_order=dmy"):
        place.bring("members", path)
    place.bring("members", path, options=["date_order=dmy"])
    assert place.facts_of(MEMBERS)[0] == EXPECTED[1]
    place.bring("members", path, options=["date_order=mdy"])
    assert place.facts_of(MEMBERS)[0][2] == "2014-02-05 00:00"


def test_an_order_that_is_given_has_to_fit(place: FileInstallation, tmp_path: Path) -> None:
    path = table(tmp_path / "list.xls", HEADER, ADA, BOB)
    with pytest.raises(BadFile, match="row 2 cannot be read as dmy"):
        place.bring("members", path, options=["date_order=dmy"])
    assert place.landed() == ""


def test_a_file_in_two_orders_is_refused(place: FileInstallation, tmp_path: Path) -> None:
    rows = ("Name|Member ID|Joined Group on", "Ada|11|24/04/2014", "Bob B.|12|05/22/2014")
    with pytest.raises(BadFile, match="two orders: those of the rows 2 and 3"):
        place.bring("members", table(tmp_path / "list.csv", *rows))


def test_dates_are_in_the_community_s_zone_unless_another_is_given(tmp_path: Path) -> None:
    path = table(tmp_path / "list.xls", HEADER, ADA, BOB)
    lagos = FileInstallation(tmp_path / "lagos", "Africa/Lagos")
    lagos.bring("members", path)
    assert lagos.facts_of(MEMBERS)[0][2] == "2014-04-23 23:00"
    assert any("Africa/Lagos" in warning for warning in lagos.warnings)
    lagos.bring("members", path, options=["timezone=America/New_York"])
    assert lagos.facts_of(MEMBERS)[0][2] == "2014-04-24 04:00"
    with pytest.raises(SettingsError, match="no time zone"):
        lagos.bring("members", path, options=["timezone=Nowhere/Town"])


def test_every_row_is_accounted_for(place: FileInstallation, tmp_path: Path) -> None:
    again = ADA.replace("04/24/2014", "04/20/2014")
    broken = f"{BOB}|one|cell too many"
    rows = [ADA, BOB, again, "Old|user -1||-1", "No one||||", broken, "|" * 19, "Cut|user 14"]
    odd_date = "Eve|user 13||13|Bath|soon"
    path = table(tmp_path / "list.xls", HEADER, *rows, odd_date)
    outcome = place.bring("members", path).outcome
    assert outcome.left_out == {"no member id": 2, "duplicate": 1, "more cells than columns": 1}
    assert (outcome.read, outcome.taken) == (8, 4)
    assert place.facts_of(MEMBERS) == [
        ("meetup:11", "Ada", "2014-04-20 00:00"),
        EXPECTED[1],
        ("meetup:13", "Eve", None),
        ("meetup:14", "Cut", None),
    ]
    assert any("1 dates cannot be read, the first in row 10" in text for text in place.warnings)


def test_quotes_and_line_ends_within_cells(place: FileInstallation, tmp_path: Path) -> None:
    rows = (
        "Name,Intro,Member ID,Joined Group on",
        '"Ada","<p>Hello,\r\nI ""build"" things</p>",11,2014-04-24',
        '"B. ""Bob"" B.",,12,2014-05-02',
    )
    place.bring("members", table(tmp_path / "list.csv", *rows))
    assert [row[1] for row in place.facts_of(MEMBERS)] == ["Ada", 'B. "Bob" B.']


def test_quotes_that_are_just_characters(place: FileInstallation, tmp_path: Path) -> None:
    rows = ('"Ada|11|2014-04-24', "Bob B.|12|2014-05-02", 'Eve"|13|2014-05-03')
    path = table(tmp_path / "list.xls", "Name|Member ID|Joined Group on", *rows)
    assert place.bring("members", path).outcome.taken == 3
    assert [row[1] for row in place.facts_of(MEMBERS)] == ['"Ada', "Bob B.", 'Eve"']


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "spreadsheet, not text.*CSV"),
        (b"PK\x03\x04" + bytes(600), "spreadsheet, not text"),
        (b"<html><table><tr><td>Name</td></tr></table></html>", "web page"),
        (b"", "empty"),
        (b"\x00\x01\x02\x03\x04\x05", "not text"),
        (b"Name\tFavourite colour\r\nAda\tred\r\n", "known to be member"),
        (b'Name,Member ID\r\n"Ada,11\r\nBob,12\r\n', "broken after row 1"),
    ],
    ids=["xls", "xlsx", "html", "empty", "binary", "another table", "open quote"],
)
def test_a_bad_file_is_one_clear_error(
    place: FileInstallation, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "list.xls"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=message):
        place.bring("members", path)
    assert place.landed() == ""


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("dateorder=dmy", "dateorder: there is no such option.*\n.*date_order, timezone, columns"),
        ("columns.since=x", "nothing called 'since'.*joined"),
        ("date_order=dym", "'dmy', 'mdy' or 'ymd'"),
        ("date_order", "write key=value"),
    ],
)
def test_an_option_that_does_not_exist(
    place: FileInstallation, tmp_path: Path, option: str, message: str
) -> None:
    path = table(tmp_path / "list.xls", HEADER, ADA)
    with pytest.raises(SettingsError, match=message):
        place.bring("members", path, options=[option])


def test_the_file_is_as_of_its_newest_date(place: FileInstallation, tmp_path: Path) -> None:
    place.bring("members", table(tmp_path / "list.xls", HEADER, ADA, BOB))
    seen = place.facts_of("select distinct first_seen_at from facts.accounts")
    assert seen == [(datetime(2015, 6, 22),)]
