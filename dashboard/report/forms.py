"""The forms of a report, by the ending of the file: all are made of the same content."""

from pathlib import Path
from typing import Literal, NamedTuple

from dashboard.report.content import Report
from dashboard.report.csv_file import to_csv
from dashboard.report.errors import BadReportCall
from dashboard.report.printed import Printed

ENDINGS = ("pdf", "html", "xlsx", "csv")
Paper = Literal["a4", "us-letter"]


class UnknownForm(BadReportCall):
    """There is no form of this ending; lists those that there are."""


class Style(NamedTuple):
    """How a report looks: its paper, its locale, and a folder of fonts that comes first."""

    paper: Paper = "a4"
    locale: str = "en"
    fonts: Path | None = None


def ending_of(path: Path) -> str:
    """Which form a file has by its name. Raises UnknownForm."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        known = ", ".join(f".{one}" for one in ENDINGS)
        raise UnknownForm(f"{path.name}: a report has no form of this ending. Use one of: {known}")
    return ending


def render(report: Report, ending: str, style: Style) -> bytes:
    """The bytes of one form: the same for the same report, style and version of the program.

    Raises CannotTypeset for a letter that no font has, and BadLocale.
    """
    if ending == "csv":
        return to_csv(report)
    printed = Printed(report, style.locale)
    if ending == "xlsx":
        from dashboard.report.workbook import to_xlsx

        return to_xlsx(printed)
    if ending == "html":
        from dashboard.report.page import to_html

        return to_html(printed)
    from dashboard.report.pdf import to_pdf

    return to_pdf(printed, style.paper, style.fonts)
