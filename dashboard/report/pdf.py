"""The report as a PDF: typeset by typst from one template, tagged for PDF/UA-1.

No font of the system is used, so that the same report is the same bytes on any machine: typst's own
fonts hold Latin, Greek, Cyrillic, Hebrew, Arabic and Devanagari, a Noto font Chinese, Japanese and
Korean; a folder of fonts that the configuration names comes first.
"""

import json
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import Any, Literal

import typst
from noto_cjk_sans_jp_regular import FONT_PATH

from dashboard.report import charts
from dashboard.report.errors import ReportError
from dashboard.report.printed import Printed, Table

TEMPLATE = Path(__file__).with_name("report.typ")
STANDARD: Literal["ua-1"] = "ua-1"
FONTS = ["Libertinus Serif", "Noto Sans CJK JP", "New Computer Modern", "DejaVu Sans Mono"]
WIDE = ("text", "country", "region")
MOST_LETTERS = 90  # of a cell; the whole text is in the workbook
FEWEST, WIDER = 8, 40  # letters: columns of words are as wide to each other as their longest cells
# A word that is longer than a narrow column may break anywhere, without a hyphen.
_LONG_WORD = re.compile(r"\S{20,}")
BREAK, LETTERS_A_BREAK = "\u200b", 10
WIDEST = 480.0  # points: the text's width on either paper
_WIDTH = re.compile(r'<svg[^>]* width="([\d.]+)"')
_NO_GLYPH = re.compile(r"the text `(?:raw\()?(\".*?\")\)?` could not be displayed")
# Pictures within text, their joiners and their selectors: a title reads the same without them.
_PICTURES = {"So", "Cs", "Co", "Cn"}
_JOINERS = {"\u200d", "\ufe0f", "\ufe0e", "\u20e3"}
_BYTE_ORDER_MARK = "\ufeff"  # PDF/UA allows none.


class CannotTypeset(ReportError):
    """The report cannot be set with the fonts at hand; says what to do."""


def to_pdf(printed: Printed, paper: str, fonts: Path | None) -> bytes:
    """The PDF, the same bytes for the same report, paper and fonts. Raises CannotTypeset."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        content = _content(printed, place) | {"paper": paper}
        folders = [fonts] if fonts else []
        found = typst.Fonts(
            include_system_fonts=False, font_paths=[*folders, Path(FONT_PATH).parent]
        )
        own = typst.Fonts(False, False, folders).families() if folders else []
        content["fonts"] = [*own, *FONTS]
        (place / "report.json").write_text(json.dumps(content), encoding="utf-8")
        (place / "report.typ").write_bytes(TEMPLATE.read_bytes())
        try:
            pdf = typst.compile(
                place / "report.typ",
                root=place,
                font_paths=found,
                pdf_standards=[STANDARD],
                timestamp=int(printed.report.published_at.timestamp()),
            )
        except typst.TypstError as error:
            raise CannotTypeset(_reason(error, fonts)) from error
    assert isinstance(pdf, bytes)
    return pdf


def _reason(error: typst.TypstError, fonts: Path | None) -> str:
    missing = _NO_GLYPH.search(error.message)
    if missing is None:
        return f"the report could not be typeset: {error.message}"
    where = f"the fonts of {fonts}" if fonts else "the fonts that come with Community Vitals"
    return (
        f"no letter for {missing[1]} is in {where}. Name a folder with a font that has it:"
        ' [report] fonts = "fonts"'
    )


def _content(printed: Printed, place: Path) -> dict[str, Any]:
    """What the template needs, as text; pictures lie as files in a folder."""
    report = printed.report
    sections = []
    for number, table in enumerate(printed.tables):
        chart = charts.drawn(table.section, printed)
        if chart:
            (place / f"chart-{number}.svg").write_text(chart, encoding="utf-8")
        sections.append(
            {
                "name": table.section.name,
                "title": table.section.title,
                "text": table.section.text,
                "chart": f"chart-{number}.svg" if chart else None,
                "width": _width(chart),
                "alternative": charts.alternative(table.section) if chart else "",
                "left_out": charts.left_out(table.section) if chart else "",
                "heads": table.heads,
                "numbers": table.are_numbers,
                "wide": _wide(table),
                "rows": [[_cut(cell) for cell in row] for row in table.rows],
            }
        )
    logos = []
    for number, logo in enumerate(report.logos):
        (place / f"logo-{number}.{logo.ending}").write_bytes(logo.picture)
        logos.append({"file": f"logo-{number}.{logo.ending}", "of": logo.of})
    at = report.published_at
    made: dict[str, Any] = _settable(
        {
            "language": printed.locale.language,
            "date": [at.year, at.month, at.day],
            "title": report.title,
            "short_title": _cut(report.title),
            "community": report.community,
            "sponsor": report.sponsor,
            "subtitle": printed.subtitle,
            "state": printed.state,
            "privacy": printed.privacy,
            "published": printed.published,
            "timezone": report.timezone,
            "summary": report.summary,
            "logos": logos,
            "sections": sections,
            "not_measured": report.not_measured,
            "definitions": [
                {
                    "title": one.title,
                    "name": f"{one.metric}, version {one.version}",
                    "definition": one.definition,
                    "caveats": one.caveats,
                }
                for one in report.definitions
            ],
        }
    )
    return made | {"id": report.id, "snapshot": report.snapshot}  # To be found: without breaks.


def _wide(table: Table) -> list[int]:
    """How wide columns of words are to each other, in letters; 0 for those of numbers."""
    return [
        min(max([FEWEST, *(len(cells[place]) for cells in table.rows)]), WIDER)
        if column.kind in WIDE
        else 0
        for place, column in enumerate(table.section.columns)
    ]


def _cut(cell: str) -> str:
    return cell if len(cell) <= MOST_LETTERS else f"{cell[:MOST_LETTERS].rstrip()} …"


def _width(chart: str) -> float:
    """How many points wide a chart is set, from its pixels."""
    found = _WIDTH.search(chart)
    return min(float(found[1]), WIDEST) if found else 0


def _settable(value: Any) -> Any:
    """A value whose texts have no pictures and control characters, and may break in long words."""
    if isinstance(value, dict):
        return {key: _settable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_settable(one) for one in value]
    if not isinstance(value, str):
        return value
    kept = (
        " " if unicodedata.category(letter) == "Cc" else letter
        for letter in value
        if unicodedata.category(letter) not in _PICTURES
        and letter not in _JOINERS
        and letter != _BYTE_ORDER_MARK
    )
    return _LONG_WORD.sub(_with_breaks, "".join(kept).strip())


def _with_breaks(word: re.Match[str]) -> str:
    letters = word[0]
    starts = range(0, len(letters), LETTERS_A_BREAK)
    return BREAK.join(letters[start : start + LETTERS_A_BREAK] for start in starts)
