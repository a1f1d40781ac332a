"""What is issued is frozen; later data changes what is known, and the next report says so."""

import io
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.report import issued
from dashboard.report.content import from_json, to_json
from dashboard.report.forms import ENDINGS, Style
from dashboard.report.issued import BadReports, CannotIssue
from dashboard.report.restated import moved, reasons, with_restated
from tests.dashboard.report.conftest import THIRD_QUARTER, Publish
from tests.support.paths import ROOT
from tests.support.worlds import World

RENDER = """
import hashlib, sys
from pathlib import Path
from dashboard.report.content import from_json
from dashboard.report.forms import ENDINGS, Style, render
report = from_json(Path(sys.argv[1]).read_bytes())
for ending in ENDINGS:
    print(hashlib.sha256(render(report, ending, Style())).hexdigest())
"""


def test_the_same_bytes_again_elsewhere_and_later(
    world: World, publish: Publish, tmp_path: Path
) -> None:
    """In another process, time zone and locale, and with other seeds of Python's hashes."""
    content = tmp_path / "content.json"
    content.write_bytes(to_json(publish(world).report(sponsor="Acme")))
    said = set()
    for zone, locale, seed in (("Pacific/Apia", "C", "1"), ("America/Lima", "de_DE.UTF-8", "2")):
        environment = {"TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed, "HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-c", RENDER, str(content)],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        said.add(done.stdout)
    assert len(said) == 1
    assert len(said.pop().split()) == len(ENDINGS)


def test_content_comes_back_as_it_was(world: World, publish: Publish) -> None:
    report = publish(world).report(sponsor="Acme")
    assert from_json(to_json(report)) == report
    assert from_json(to_json(report)).id == report.id


def test_what_was_issued_stays_when_more_is_known(world: World, publish: Publish) -> None:
    before = publish(world)
    folder = issued.folder_of(before.warehouse)
    first = issued.issue(folder, before.report(sponsor="Acme"), Style())
    forms = {ending: issued.file(folder, first, ending) for ending in ENDINGS}
    world.rsvp(_second(world), "Eve", "yes", "attended")
    after = publish(world)
    again = issued.issue(folder, after.report(sponsor="Acme"), Style())
    assert again == first
    assert {ending: issued.file(folder, again, ending) for ending in ENDINGS} == forms
    assert issued.issued(folder) == [first]
    said = {
        number.words: (number.said, number.now)
        for number in moved(after.aggregates, issued.content(folder, first))
    }
    assert said["The quarter in numbers: People at events, This quarter"] == (2, 3)
    assert said["What Acme made possible: 2024-07-01, Confirmed"] == (2, 3)


def _second(world: World) -> str:
    return next(id for id, row in world.rows["events"].items() if row["title"].startswith("="))


def test_the_next_report_says_what_an_earlier_one_said(world: World, publish: Publish) -> None:
    before = publish(world)
    folder = issued.folder_of(before.warehouse)
    issued.issue(folder, before.report("2024-Q2"), Style())
    unchanged = with_restated(before.report(), before.aggregates, folder)
    assert unchanged.section("restated") is None
    world.act("Eve", "2024-05-20 10:00")
    after = publish(world)
    report = with_restated(after.report(), after.aggregates, folder)
    section = report.section("restated")
    assert section is not None
    assert [tuple(row.values.values()) for row in section.rows] == [
        # report, number, said, now, why
        ("2024-Q2", words, said, now, "activities came or went; accounts came or went")
        for words, said, now in (
            ("The quarter in numbers: People reached, This quarter", 1, 2),
            ("The quarter in numbers: People who took part, This quarter", 1, 2),
            ("The quarter in numbers: New people, This quarter", 1, 2),
            ("By platform: slack, Reached", 1, 2),
            ("By platform: slack, Took part", 1, 2),
            ("Who is on several platforms: slack, People", 1, 2),
            ("Where people are: NG, Share", 1.0, 0.5),
            ("Where people are: not known, People reached", None, 1),
            ("Where people are: not known, Share", None, 0.5),
        )
    ]


def test_a_quarter_that_is_not_over_is_not_issued(world: World, publish: Publish) -> None:
    now = datetime.now(UTC)
    report = publish(world).report(f"{now.year}-Q{(now.month + 2) // 3}")
    assert not report.is_over
    with pytest.raises(CannotIssue, match="is not over"):
        issued.issue(Path("nowhere"), report, Style())


def test_a_report_whose_basis_is_not_shown_can_be_read_again(
    world: World, publish: Publish
) -> None:
    world.rows["settings"]["one"]["min_group_size"] = 500
    published = publish(world)
    folder = issued.folder_of(published.warehouse)
    report = published.report()
    assert None in report.basis.values()
    assert issued.content(folder, issued.issue(folder, report, Style())) == report
    world.rows["settings"]["one"]["min_group_size"] = 1
    later = publish(world).report()
    assert reasons(report, later) == "not shown"


def test_verify(world: World, publish: Publish, tmp_path: Path) -> None:
    """Unchanged, altered in one letter, and never issued, for every form."""
    published = publish(world)
    folder = issued.folder_of(published.warehouse)
    one = issued.issue(folder, published.report(), Style())
    for ending in ENDINGS:
        form = issued.file(folder, one, ending)
        file = tmp_path / f"got.{ending}"
        file.write_bytes(form)
        assert issued.verify(folder, file) == ("issued and unchanged", one)
        file.write_bytes(_altered(form))
        assert issued.verify(folder, file) == ("issued and altered", one)
    (tmp_path / "letter.txt").write_text("Dear sponsor")
    assert issued.verify(folder, tmp_path / "letter.txt") == ("never issued", None)


def test_what_no_workbook_is_was_never_issued(
    world: World, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that cannot be unpacked, and far more packed than a report has."""
    folder = issued.folder_of(publish(world).warehouse)
    file = tmp_path / "got.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", b"a" * 10_000)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(whole[31:36], b"\xff\xff\xff\xff\xff", 1))
    assert issued.verify(folder, file) == ("never issued", None)
    monkeypatch.setattr(issued, "MOST_BYTES", 5_000)
    file.write_bytes(whole)
    assert issued.verify(folder, file) == ("never issued", None)
    assert sum(len(text) for text in issued._texts(whole)) == len(whole) + 5_000


def _altered(form: bytes) -> bytes:
    if form[:2] != b"PK":
        return form + b"\n"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"<v>2</v>", b"<v>2000</v>"))
    return made.getvalue()


def test_a_report_that_was_changed_on_the_disk_is_not_given_out(
    world: World, publish: Publish
) -> None:
    published = publish(world)
    folder = issued.folder_of(published.warehouse)
    one = issued.issue(folder, published.report(), Style())
    path = folder / one.folder / "report.csv"
    path.write_bytes(path.read_bytes().replace(b",2,", b",2000,"))
    with pytest.raises(BadReports, match="was changed"):
        issued.file(folder, one, "csv")


def test_sponsors_have_reports_of_their_own(world: World, publish: Publish) -> None:
    world.sponsorship("Beta", "2024-07-01", "2024-10-01")
    published = publish(world)
    folder = issued.folder_of(published.warehouse)
    for sponsor in ("", "Acme", "Beta"):
        issued.issue(folder, published.report(sponsor=sponsor), Style())
    assert [one.sponsor for one in issued.issued(folder, "Acme")] == ["Acme"]
    assert sorted(one.sponsor for one in issued.issued(folder)) == ["", "Acme", "Beta"]
    assert {one.subject for one in issued.issued(folder)} == {THIRD_QUARTER}
