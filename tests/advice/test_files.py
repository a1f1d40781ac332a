"""What errors and warnings of imports advise is done to the letter, and helps."""

import gzip
import re
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from connectors import bounds
from connectors.base import BadFile
from pipelines.failures import explain
from pipelines.imports import import_files
from pipelines.steps import Reporter
from tests.support.hand_made import discord
from tests.support.hand_made.slack import SMALL, write_folder, write_zip
from tests.support.in_process import Vitals
from tests.support.installations import Installation
from tests.support.installations.github import GitHubInstallation
from tests.support.installations.meetup import FileInstallation, write

DAYS = "Member ID,Joined Group on\n11,{}\n12,{}\n"
UNCLEAR = DAYS.format("01/02/2024", "03/04/2024")
ANSWERS = "Event ID,Member ID,RSVP\n771234,11,yes\n771234,12,yes\n771235,11,yes\n"


@pytest.fixture
def place(tmp_path: Path) -> FileInstallation:
    return FileInstallation(tmp_path / "place")


def bring(place: Installation, kind: str, *paths: Path, options: Collection[str] = ()) -> str:
    """Import without a build, and return what is said: an error that is expected, or warnings."""
    said: list[str] = []
    report = Reporter(warn=said.append)
    name = kind.partition("-")[0]
    try:
        import_files(place.settings, kind, list(paths), name, report, options)
    except BadFile as error:
        return f"error: {explain(error)}"
    return "\n".join(["taken", *said])


def options_in(said: str) -> list[str]:
    """The options that a message names, as a shell would read them."""
    return [one.strip('"') for one in re.findall(r'--set ("[^"]+"|[\w.=:+/-]+)', said)]


# The file, its kind, the end of the advice that is followed with the options in it, and what then
# stands in place of ... or ID.
TOLD_WHAT_IS_WHAT = {
    "order of dates": ("members", UNCLEAR, "date_order=dmy", ""),
    "the other order of dates": ("members", UNCLEAR, "date_order=mdy", ""),
    "no known column": ("members", "Nummer 1,Seit\n11,2024-01-02\n", "columns.member", "Nummer 1"),
    "no event": ("attendees", "Member ID,RSVP\n11,yes\n", "event=", "771234"),
    "no event in the rows": ("attendees", "Event ID,Member ID,RSVP\n,11,yes\n", "event=", "771234"),
    "a column of events": ("attendees", "Event ID,Abend,Member ID,RSVP\n,771234,11,yes\n",
                           "columns.event", "Abend"),
    "a list of members": ("attendees", "Event ID,Member ID,Last visited group on\n"
                          "771234,11,2024-01-02\n", "rsvp=", ""),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "named", "value"), TOLD_WHAT_IS_WHAT.values(), ids=TOLD_WHAT_IS_WHAT
)
def test_an_option_that_an_error_names_lets_the_file_in(
    place: FileInstallation, tmp_path: Path, kind: str, text: str, named: str, value: str
) -> None:
    path = write(tmp_path / "list.csv", text)
    said = bring(place, f"meetup-{kind}", path)
    assert said.startswith("error")
    [option] = [one for one in options_in(said) if one.startswith(named)]
    option = re.sub(r"\.\.\.|ID$", value, option)
    assert bring(place, f"meetup-{kind}", path, options=[option]).startswith("taken")
    assert place.counts()


def test_rows_of_one_order_of_dates_are_imported_at_a_time(
    place: FileInstallation, tmp_path: Path
) -> None:
    def said_of(*rows: str) -> str:
        path = write(tmp_path / "list.csv", "\n".join((head, *rows)) + "\n")
        return bring(place, "meetup-members", path, options=["whole=no"])

    head, first, second = DAYS.format("31/01/2024", "01/31/2024").splitlines()
    assert said_of(first, second).endswith("Import rows of one order at a time")
    assert "error" not in said_of(first) + said_of(second)
    assert place.counts()["file_members"] == 2


def test_an_order_of_dates_that_cannot_be_is_left_out(
    place: FileInstallation, tmp_path: Path
) -> None:
    path = write(tmp_path / "list.csv", DAYS.format("31/01/2024", "30/01/2024"))
    said = bring(place, "meetup-members", path, options=["date_order=mdy"])
    assert said.endswith("Give another date_order, or none")
    assert "error" not in bring(place, "meetup-members", path)
    assert "error" not in bring(place, "meetup-members", path, options=["date_order=dmy"])


def test_lists_get_the_times_of_their_events_one_by_one(
    place: FileInstallation, tmp_path: Path, vitals: Vitals
) -> None:
    """A table of several events: each is imported again as the warning says, until it is silent."""
    path = write(tmp_path / "answers.csv", ANSWERS)
    command = ("import", "meetup-attendees", str(path), "--source", "meetup")
    said = vitals(place, *command)
    for event in ("771234", "771235"):
        named = options_in(said)
        assert named[0] == f"event={event}"
        said = vitals(place, *command, *(part for one in named for part in ("--set", one)))
    assert "is not counted" not in said
    rows = vitals(place, "metric", "event_attendance", "--format", "csv").splitlines()
    assert len(rows) == 3


def test_a_time_alone_is_refused_where_a_file_has_several_events(
    place: FileInstallation, tmp_path: Path
) -> None:
    path = write(tmp_path / "answers.csv", ANSWERS)
    time = "starts_at=2026-01-31T18:30"
    said = bring(place, "meetup-attendees", path, options=[time])
    assert "Say of which one it is: --set event=ID" in said
    assert bring(place, "meetup-attendees", path, options=[time, "event=771234"]) == "taken"
    assert place.counts()["file_events"] == 1


def test_one_event_is_imported_from_one_file_at_a_time(
    place: FileInstallation, tmp_path: Path
) -> None:
    """Or the ids are put into the names of the files."""
    texts = ["Member ID,RSVP\n11,yes\n", "Member ID,RSVP\n12,yes\n"]
    paths = [write(tmp_path / f"{n}.csv", text) for n, text in enumerate(texts)]
    said = bring(place, "meetup-attendees", *paths, options=["event=771234"])
    assert said.endswith("Import them one at a time, or put the event's id into each file's name")
    for path in paths:
        assert bring(place, "meetup-attendees", path, options=["event=771234"]) == "taken"
    named = [path.rename(tmp_path / f"77123{n}.csv") for n, path in enumerate(paths)]
    assert bring(place, "meetup-attendees", *named) == "taken"


def test_a_shrunken_list_is_whole_if_the_user_says_so(
    place: FileInstallation, tmp_path: Path
) -> None:
    rows = "".join(f"{n},2024-01-{n:02}\n" for n in range(1, 21))
    head = "Member ID,Joined Group on\n"
    old = write(tmp_path / "old.csv", head + rows)
    bring(place, "meetup-members", old, options=["as_of=2024-02-01"])
    new = write(tmp_path / "new.csv", head + "1,2024-01-01\n")
    said = bring(place, "meetup-members", new, options=["as_of=2024-03-01"])
    assert place.counts(gone=True) == {}
    told = options_in(said.partition("If it is all of it:")[2])
    bring(place, "meetup-members", new, options=["as_of=2024-03-01", *told])
    assert place.counts(gone=True) == {"file_members": 19}


def test_a_zone_that_is_named_ends_the_warning(place: FileInstallation, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", DAYS.format("2024-01-02 10:00", "2024-01-03 10:00"))
    assert "For another: --set timezone=Area/City" in bring(place, "meetup-members", path)
    said = bring(place, "meetup-members", path, options=["timezone=Africa/Lagos"])
    assert said == "taken"


SPREADSHEET, WEB_PAGE = "PK\x03\x04 sheet", "<html><table>"


@pytest.mark.parametrize("text", [SPREADSHEET, WEB_PAGE, "Member\x00\x00ID", " ", 'a,b\n"c'])
def test_a_file_that_is_no_table_is_saved_as_csv_or_downloaded_again(
    place: FileInstallation, tmp_path: Path, text: str
) -> None:
    path = write(tmp_path / "list.csv", text)
    said = bring(place, "meetup-members", path)
    assert re.search(r"Open it and save it as CSV \(UTF-8\)|Download it again$", said), said
    for encoding in ("utf-8", "utf-8-sig"):  # Excel calls the second one CSV UTF-8
        path.write_text(DAYS.format("2024-01-02", "2024-01-03"), encoding=encoding)
        assert "error" not in bring(place, "meetup-members", path)


# The file, its kind, a wrong option, and what the error puts in its place.
WRONG_OPTIONS = {
    "a day to come": ("members", "as_of=2099-01-01", "Write the day on which you downloaded",
                      "as_of=2026-06-01"),
    "a time zone": ("members", "timezone=Lagos", "Write one like (.*)", r"timezone=\1"),
    "an event": ("attendees", "event=Our first evening",
                 "Write the last part of its address", "event=771234"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "option", "advice", "right"), WRONG_OPTIONS.values(), ids=WRONG_OPTIONS
)
def test_an_option_is_written_as_the_error_says(
    place: FileInstallation, tmp_path: Path, vitals: Vitals,
    kind: str, option: str, advice: str, right: str,
) -> None:  # fmt: skip
    path = write(tmp_path / "list.csv", "Member ID,RSVP,Joined Group on\n11,yes,2024-01-02 10:00\n")
    command = ("import", f"meetup-{kind}", str(path), "--source", "meetup", "--set")
    found = re.search(advice, vitals(place, *command, option, status=2))
    assert found
    vitals(place, *command, found.expand(right))


def test_the_files_of_each_discord_server_go_into_a_source_of_its_own(
    tmp_path: Path, vitals: Vitals
) -> None:
    place = Installation(tmp_path / "place", kind="discord", keys=['server = "7"'])
    folder = place.folder / "exports"
    channels = {"7": "1234567", "8": "7654321"}
    paths = {
        server: discord.export(
            folder, discord.message(number), name=f"{server}.json",
            guild={"id": server, "name": "Made Up"}, channel={"id": channel},
        )
        for number, (server, channel) in enumerate(channels.items())
    }  # fmt: skip
    command = ("import", "discord-export")
    said = vitals(place, *command, str(folder), "--source", "discord", status=1)
    assert said.endswith("Import the files of each server into a source of its own\n")
    other = '[[sources]]\nname = "other"\nkind = "discord"\nserver = "8"\n'
    place.config.write_text(f"{place.config.read_text()}{other}")
    for server, name in (("7", "discord"), ("8", "other")):
        said = vitals(place, *command, str(paths[server]), "--source", name)
        assert "would add other people" not in said
    rows = vitals(place, "metric", "channels", "--format", "csv").splitlines()
    assert sorted(row.split(",")[0] for row in rows[1:]) == ["discord", "other"]


def test_no_file_of_discord_is_exported_as_json(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place", kind="discord", keys=['server = "7"'])
    (page := tmp_path / "exports" / "general.html").parent.mkdir()
    page.write_text("<html>")
    advice = "Export as JSON, and name the files, their folder or a zip"
    assert bring(place, "discord-export", page.parent).endswith(advice)
    path = discord.export(page.parent, discord.message(1))
    (packed := tmp_path / "exports.zip").touch()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, path.name)
    for given in (path, page.parent, packed):
        assert bring(place, "discord-export", given) == "taken"


def test_a_slack_export_without_ids_is_imported_with_one_that_has_them(tmp_path: Path) -> None:
    nameless = {name: content for name, content in SMALL.items() if name != "channels.json"}
    alone = write_folder(tmp_path / "alone", nameless)
    listed = write_folder(tmp_path / "listed", SMALL | {"general/2024-05-01.json": []})
    place = Installation(tmp_path / "place")
    said = bring(place, "slack-export", alone)
    assert said.endswith("import this together with an export that has a channels.json")
    assert bring(place, "slack-export", alone, listed) == "taken"
    assert place.facts_of("select channel_id from facts.activities") == [("slack:C1",)]


def test_an_hour_of_gh_archive_is_downloaded_again_or_left_out(tmp_path: Path) -> None:
    place = GitHubInstallation(tmp_path / "place", ["makers/tiny"])
    star = b"""{"id": "1", "type": "WatchEvent", "actor": {"id": 1, "login": "ada"}, "repo":
        {"id": 7, "name": "makers/tiny"}, "payload": {"action": "started"},
        "created_at": "2025-05-01T12:00:00Z"}""".replace(b"\n", b"")
    good, cut = (tmp_path / f"2025-05-01-{hour}.json.gz" for hour in (12, 13))
    good.write_bytes(gzip.compress(star))
    cut.write_bytes(gzip.compress(star * 20)[:-12])
    said = bring(place, "github-archive", good, cut)
    assert "Download this hour again, or leave the file out" in said
    assert place.counts() == {}
    assert bring(place, "github-archive", good) == "taken"
    cut.write_bytes(gzip.compress(star))
    assert bring(place, "github-archive", good, cut) == "taken"


# Archives and folders: what is wrong, and the file or folder that the advice asks for.


def no_export(folder: Path) -> tuple[Path, str, Path]:
    good = write_zip(folder / "good.zip", SMALL)
    bad = folder / "unknown.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("beach.txt", "sand")
    return bad, "Give the .zip that Slack's Import/Export page made", good


def damaged(folder: Path) -> tuple[Path, str, Path]:
    bad = write_zip(folder / "cut.zip", SMALL)
    bad.write_bytes(bad.read_bytes()[:-30])
    advice = "Give the .zip as it was downloaded, or the folder that it unpacks to"
    return bad, advice, write_folder(folder / "unpacked", SMALL)


def suspicious(folder: Path) -> tuple[Path, str, Path]:
    day = '[{"ts": "1714636800.000100", "user": "U1"}' + " " * 200_000 + "]"
    bad = write_zip(folder / "big.zip", SMALL | {"general/2024-05-02.json": day})
    with zipfile.ZipFile(bad) as archive:
        archive.extractall(folder / "big")
    return bad, "If you trust it, unpack it and give the folder", folder / "big"


def broken(folder: Path) -> tuple[Path, str, Path]:
    bad = write_folder(folder / "broken", SMALL | {"general/2024-05-02.json": '[{"ts'})
    return bad, "Export or download it again", write_folder(folder / "again", SMALL)


def among_others(folder: Path) -> tuple[Path, str, Path]:
    export = write_folder(folder / "Downloads" / "export", SMALL)
    for number in range(bounds.MOST_FILES):
        (folder / "Downloads" / f"{number}.txt").touch()
    return folder / "Downloads", "Give the folder of the export alone", export


def empty(folder: Path) -> tuple[Path, str, Path]:
    bad = write_folder(folder / "empty", {"channels.json": [], "users.json": []})
    advice = "Export the workspace again, with its public channels"
    return bad, advice, write_folder(folder / "again", SMALL)


def with_a_huge_file(folder: Path) -> tuple[Path, str, Path]:
    huge = {"general/2024-05-03.json": "[" + " " * bounds.MOST_FILE_BYTES}
    bad = write_folder(folder / "huge", SMALL | huge)
    return bad, "general/2024-05-03.json has", write_folder(folder / "without", SMALL)


@pytest.mark.parametrize(
    "make", [no_export, damaged, suspicious, broken, among_others, empty, with_a_huge_file]
)
def test_an_export_is_let_in_as_the_error_asks_for_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], tuple[Path, str, Path]],
) -> None:
    monkeypatch.setattr(bounds, "RATIO_COUNTS_FROM_BYTES", 1000)
    monkeypatch.setattr(bounds, "MOST_FILE_BYTES", 500_000)
    monkeypatch.setattr(bounds, "MOST_FILES", 10)
    place = Installation(tmp_path / "place")
    bad, advice, good = make(tmp_path)
    assert advice in bring(place, "slack-export", bad)
    assert bring(place, "slack-export", good) == "taken"


def test_a_kind_and_a_source_that_an_error_names_are_good(tmp_path: Path, vitals: Vitals) -> None:
    second = '[[sources]]\nname = "meetings"\nkind = "meetup"'
    place = Installation(tmp_path / "place", more=second)
    path = str(write_folder(tmp_path / "export", SMALL))
    said = vitals(place, "import", "slack", path, "--source", "slack", status=2)
    assert "slack-export" in said.partition("Write one of:")[2]
    command = ("import", "slack-export", path, "--source")
    said = vitals(place, *command, "meetings", status=2)
    assert "for a source of the kind slack" in said
    assert "Name another one with --source" in said
    vitals(place, *command, "slack")
