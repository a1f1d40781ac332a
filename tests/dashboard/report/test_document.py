"""The document stays right and readable, whatever a community holds."""

import io
import json
from html import escape
from pathlib import Path

import msgspec
import pdfplumber
import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from dashboard.report.content import Logo, Report
from dashboard.report.errors import BadReportCall
from dashboard.report.event import event_report
from dashboard.report.forms import ENDINGS, Style, render
from dashboard.report.logos import BadLogo, read_logo
from dashboard.report.pdf import CannotTypeset
from dashboard.report.printed import BadLocale
from dashboard.report.quarter import Quarter, quarter
from tests.dashboard.report.conftest import Publish, cells_of_csv, tables_of_html, text_of_pdf
from tests.support.worlds import World

A4, LETTER = (595, 842), (612, 792)  # points
COUNTRIES = ("KE", "DE", "US", "GB", "FR", "IN", "BR", "JP", "ZA", "GH", "CM", "CI")
NAMES = {
    "Cyrillic": "Встреча в Варне",
    "Greek": "Βραδιά δεδομένων",
    "Arabic": "أمسية البيانات",
    "Hebrew": "ערב נתונים",
    "Devanagari": "डेटा शाम",
    "Japanese": "データの夕べ",
    "Chinese": "数据之夜",
    "Korean": "데이터의 밤",
}


@pytest.mark.parametrize("paper", [("a4", A4), ("us-letter", LETTER)])
def test_paper(world: World, publish: Publish, paper: tuple[str, tuple[int, int]]) -> None:
    form = render(publish(world).report(), "pdf", Style(paper=paper[0]))  # type: ignore[arg-type]
    page = PdfDocument(form)[0]
    assert (round(page.get_width()), round(page.get_height())) == paper[1]
    page.close()


def test_names_in_any_script(world: World, publish: Publish) -> None:
    """The letters are on the page; those from right to left come out in the order of the page."""
    for day, name in enumerate(NAMES.values(), start=1):
        world.event(name, f"2024-08-{day:02} 18:00", "Lagos")
    pages = " ".join(text_of_pdf(render(publish(world).report(), "pdf", Style())))
    for script, name in NAMES.items():
        if script in ("Arabic", "Devanagari"):  # Their letters are joined, and read back otherwise.
            assert any(letter in pages for letter in name if letter != " "), script
            continue
        words = name.split()
        shown = [word[::-1] if script == "Hebrew" else word for word in words]
        assert all(word in pages for word in shown), script


def test_a_letter_that_no_font_has_is_an_error_that_names_it(
    world: World, publish: Publish
) -> None:
    world.event("ምሽት", "2024-08-08 18:00", "Lagos")
    with pytest.raises(CannotTypeset, match=r"ም.*\[report\] fonts"):
        render(publish(world).report(), "pdf", Style())


def test_pictures_in_a_title_are_left_out_of_the_pdf_alone(world: World, publish: Publish) -> None:
    world.event("🚀 Launch 🇳🇬 night 👩‍💻", "2024-08-08 18:00", "Lagos")
    report = publish(world).report()
    assert "Launch night" in " ".join(text_of_pdf(render(report, "pdf", Style())))
    assert "🚀 Launch 🇳🇬 night 👩‍💻" in render(report, "html", Style()).decode()


def test_three_hundred_events_and_long_titles(world: World, publish: Publish) -> None:
    for number in range(300):
        title = f"Evening {number:03} " + "of a title without an end " * 20
        event = world.event(title, f"2024-08-{number % 28 + 1:02} 18:00", "Lagos")
        world.rsvp(event, "Ada", "yes", "attended")
    report = publish(world).report()
    pages = text_of_pdf(render(report, "pdf", Style()))
    assert all(f"Evening {number:03} of" in " ".join(pages) for number in range(300))
    assert all("Stayed away" in page for page in pages if page.count("Evening") > 5)
    rows = load_workbook(io.BytesIO(render(report, "xlsx", Style())))["Events"].max_row
    assert rows == 303


def test_a_word_without_a_break_stays_in_its_column(world: World, publish: Publish) -> None:
    """No letter of it is beyond the page's margin, or right of where the next column begins."""
    world.event("Evening_" * 30, "2024-08-08 18:00", "Lagos")
    form = render(publish(world).report(), "pdf", Style())
    with pdfplumber.open(io.BytesIO(form)) as pdf:
        [(page, day)] = [
            (page, word)
            for page in pdf.pages
            for word in page.extract_words()
            if word["text"] == "Day"
        ]
        parts = [word for word in page.extract_words() if "vening_" in word["text"]]
        assert len(parts) > 2
        assert max(word["x1"] for word in parts) < day["x0"]


def test_a_title_with_control_characters(world: World, publish: Publish) -> None:
    world.event("\ufeffOne\x0bevening\x1b of\u0000data", "2024-08-08 18:00", "Lagos")
    report = publish(world).report()
    assert "One evening of data" in " ".join(text_of_pdf(render(report, "pdf", Style())))
    load_workbook(io.BytesIO(render(report, "xlsx", Style())))


def test_a_title_that_no_cell_of_a_workbook_can_hold(world: World, publish: Publish) -> None:
    world.event("Evening " + "x" * 40_000, "2024-08-08 18:00", "Lagos")
    sheet = load_workbook(io.BytesIO(render(publish(world).report(), "xlsx", Style())))["Events"]
    assert max(len(str(row[0].value)) for row in sheet) == 32_767


def test_sheets_have_names_that_every_program_takes(world: World, publish: Publish) -> None:
    sponsor = "Acme: [Data] / Open? * 'Community' and everything else that is long"
    world.sponsorship(sponsor, "2024-07-01", "2024-10-01", groups=["Lagos"])
    report = publish(world).report(sponsor=sponsor)
    names = load_workbook(io.BytesIO(render(report, "xlsx", Style()))).sheetnames
    assert "Sponsorships" in names
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_a_chart_says_what_it_leaves_out(world: World, publish: Publish) -> None:
    for number, country in enumerate(
        ["KE", "DE", "US", "GB", "FR", "IN", "BR", "JP", "ZA", "GH", "CM", "CI"]
    ):
        world.group(country, country=country)
        event = world.event(country, "2024-08-08 18:00", country)
        for guest in range(number + 1):
            world.rsvp(event, f"{country} {guest}", "yes")
    report = publish(world).report()
    places = report.section("places")
    assert places is not None
    assert len(places.rows) == 14  # Nigeria, and those whose country is not known
    words = "The chart has 12 of the 14 rows of the table."
    assert words in " ".join(text_of_pdf(render(report, "pdf", Style())))
    assert render(report, "html", Style()).decode().count("The chart has") == 1
    assert words in render(report, "html", Style()).decode()


def test_a_chart_of_which_nothing_is_shown_is_left_out(world: World, publish: Publish) -> None:
    world.rows["settings"]["one"]["min_group_size"] = 50
    report = publish(world).report()
    assert report.section("sources") is not None
    for ending in ENDINGS:
        render(report, ending, Style())
    assert "<svg" not in render(report, "html", Style()).decode()
    book = load_workbook(io.BytesIO(render(report, "xlsx", Style())))
    assert not any(sheet._charts for sheet in book)
    assert not any("list of members" in line for line in report.not_measured)


def test_words_from_right_to_left_stand_in_their_own_direction(
    world: World, publish: Publish
) -> None:
    """A Hebrew title that ends in a Latin word has it on the left."""
    world.event("ערב Python", "2024-08-08 18:00", "Lagos")
    form = render(publish(world).report(), "pdf", Style())
    with pdfplumber.open(io.BytesIO(form)) as pdf:
        words = [word for page in pdf.pages for word in page.extract_words()]
    [latin] = [word["x0"] for word in words if word["text"] == "Python"]
    [hebrew] = [word["x0"] for word in words if word["text"] == "ערב"[::-1]]
    assert latin < hebrew


def test_markup_in_a_title_stays_text(world: World, publish: Publish) -> None:
    world.event("<script>alert(1)</script>", "2024-08-08 18:00", "Lagos")
    world.event("#set text(red) $x$ *b* {{ 7 }}", "2024-08-09 18:00", "Lagos")
    report = publish(world).report()
    html = render(report, "html", Style()).decode()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    pages = " ".join(text_of_pdf(render(report, "pdf", Style())))
    for markup in ("<script>alert(1)</script>", "#set text(red) $x$ *b* {{ 7 }}"):
        assert escape(markup) in html
        assert markup in pages


def test_the_page_loads_nothing_from_anywhere(world: World, publish: Publish) -> None:
    html = render(publish(world).report(), "html", Style()).decode()
    for word in ("<script", "<link", "@import", 'src="http', "url("):
        assert word not in html
    assert "default-src 'none'" in html


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("2019-Q1", "Nothing is known of this quarter"),
        ("2031-Q1", "This quarter is not over"),
        ("2024-Q4", "The data does not cover the whole quarter"),
    ],
)
def test_what_is_not_whole_says_so(world: World, publish: Publish, subject: str, says: str) -> None:
    world.source("slack", covered_to="2024-11-02 00:00")
    world.act("Ada", "2024-10-05 10:00")
    report = publish(world).report(subject)
    for ending in ENDINGS:
        render(report, ending, Style())
    pages = text_of_pdf(render(report, "pdf", Style()))
    assert says in pages[0]
    if report.is_over and report.is_complete:
        return
    if subject != "2019-Q1":
        assert all(says in page for page in pages)


def test_without_events_lists_and_meetup(publish: Publish) -> None:
    world = World(covered_to="2024-10-01 00:00")
    world.rows["settings"]["one"]["min_group_size"] = 1
    world.act("Ada", "2024-08-02 10:00")
    report = publish(world).report()
    for ending in ENDINGS:
        render(report, ending, Style())
    cells = cells_of_csv(render(report, "csv", Style()))
    assert cells["figures", "events", "value"] == "not known"
    assert cells["figures", "attendees", "value"] == "not known"
    assert cells["figures", "audience", "value"] == "not known"
    assert cells["figures", "reached", "value"] == "1"
    assert report.section("events") is None


def test_the_report_of_an_event(world: World, publish: Publish) -> None:
    published = publish(world)
    [id] = [row["event_id"] for row in published.aggregates.rows("events") if row["attended"] == 2]
    report = event_report(published.aggregates, id, "Acme")
    steps, after, paid = tables_of_html(render(report, "html", Style()))
    assert steps == [
        ["Invited: members of the chapter", "not known"],
        ["Said yes", "3"],
        ["On the waiting list", "0"],
        ["Said no", "0"],
        ["Came", "2"],
        ["of them without a yes", "0"],
        ["of them for the first time", "2"],
        ["of them not for the first time", "0"],
    ]
    assert after[:2] == [
        ["Stayed away, of those who said yes", "33%"],
        ["Took part online within 30 days, of those who came", "50%"],
    ]
    assert paid[0][0] == "Acme"
    assert paid[0][5:8] == ["1", "2", "€125.00"]
    assert len(text_of_pdf(render(report, "pdf", Style()))) <= 2


def test_an_event_that_nobody_measured(world: World, publish: Publish) -> None:
    published = publish(world)
    [id] = [row["event_id"] for row in published.aggregates.rows("events") if row["yes"] == 1]
    steps, *_ = tables_of_html(render(event_report(published.aggregates, id), "html", Style()))
    assert dict(steps)["Came"] == "not known"
    assert dict(steps)["of them for the first time"] == "not known"


def test_the_document_is_tagged_and_names_its_language(world: World, publish: Publish) -> None:
    """PDF/UA-1 as typst writes it: it refuses to write what it knows to break the standard."""
    form = render(publish(world).report(), "pdf", Style(locale="de"))
    assert b"pdfuaid" in form
    for entry in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"/DisplayDocTitle true"):
        assert entry in form


def test_locale(world: World, publish: Publish) -> None:
    world.sponsorship("Beta", "2024-07-01", "2024-10-01", groups=["Lagos"], amount=1234567)
    html = render(publish(world).report(sponsor="Beta"), "html", Style(locale="de-DE")).decode()
    assert "1.234.567,00\N{NO-BREAK SPACE}€" in html
    assert "1. Juli 2024" in html
    with pytest.raises(BadLocale, match="'xx' is no locale"):
        render(publish(world).report(), "html", Style(locale="xx"))


def test_logos(world: World, publish: Publish, tmp_path: Path) -> None:
    picture = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9"/></svg>'
    )
    (tmp_path / "acme.svg").write_bytes(picture)
    logo = read_logo(tmp_path / "acme.svg", "Acme")
    assert logo == Logo("Acme", "svg", picture)
    report = msgspec.structs.replace(publish(world).report(), logos=(logo,))
    assert (
        'alt="Logo of Acme" src="data:image/svg+xml;base64,'
        in render(report, "html", Style()).decode()
    )
    assert len(render(report, "pdf", Style())) != len(render(_bare(report), "pdf", Style()))
    for name, words in (("acme.gif", "a logo is a"), ("none.png", "cannot be read")):
        with pytest.raises(BadLogo, match=words):
            read_logo(tmp_path / name, "Acme")


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    for name in ("acme.png", "acme.jpg", "acme.svg"):
        (tmp_path / name).write_bytes(b"<html>Not found</html>")
        with pytest.raises(BadLogo, match=f"{name} holds no"):
            read_logo(tmp_path / name, "Acme")


def test_a_wide_logo_is_not_cut(world: World, publish: Publish) -> None:
    """Its blue end is on the page."""
    picture = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="40">'
        b'<rect width="4000" height="40" fill="red"/>'
        b'<rect x="3900" width="100" height="40" fill="blue"/></svg>'
    )
    logos = (Logo("Made Up", "svg", picture), Logo("Acme", "svg", picture))
    report = msgspec.structs.replace(publish(world).report(), logos=logos)
    page = PdfDocument(render(report, "pdf", Style()))[0]
    colours = {colour for _, colour in page.render().to_pil().getcolors(1 << 24)}
    page.close()
    assert {(255, 0, 0), (0, 0, 255)} <= colours


def _bare(report: Report) -> Report:
    return msgspec.structs.replace(report, logos=())


@pytest.mark.parametrize("words", ["2026", "2026-Q5", "Q3", "2026-3", "0000-Q1", "x" * 100])
def test_no_quarter(words: str) -> None:
    with pytest.raises(BadReportCall, match="Write one like 2026-Q3"):
        quarter(words)


def test_quarters() -> None:
    assert quarter("2026-q3") == Quarter(2026, 3)
    assert str(quarter("2026Q3").after(-3)) == "2025-Q4"
    assert [one.isoformat() for one in (Quarter(2026, 4).start, Quarter(2026, 4).end)] == [
        "2026-10-01",
        "2027-01-01",
    ]


def test_nobody_is_named(world: World, publish: Publish) -> None:
    """Neither names nor handles nor ids of people are in any form, nor in what is frozen."""
    published = publish(world)
    report = published.report(sponsor="Acme")
    content = json.dumps(msgspec.to_builtins(report))
    html = render(report, "html", Style()).decode()
    for name in ("Ada", "Bo", "Cem", "Dee"):
        for word in (f'"{name}"', f"slack:{name.lower()}", f"meetup:{name.lower()}", f">{name}<"):
            assert word not in content
            assert word not in html
