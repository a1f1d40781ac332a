"""The report as a workbook: a sheet for each section, with real numbers, formats and charts."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from babel.numbers import get_currency_precision

from dashboard import colours
from dashboard.report.charts import has_values
from dashboard.report.content import Section, Value
from dashboard.report.printed import Printed, Table

FORMATS = {"count": "#,##0", "share": "0.0%", "change": "+0.0%;-0.0%;0.0%", "day": "d mmm yyyy"}
MOST_NAME = 31  # characters of a sheet's name: Excel's own limit
WIDEST, NARROWEST = 60, 10


def to_xlsx(printed: Printed) -> bytes:
    """The workbook, the same bytes for the same report and locale. Text never is a formula."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    report = printed.report
    book.set_properties(
        {
            "title": f"{report.title}, {report.community}",
            "author": report.community,
            "keywords": report.id,
            "created": report.published_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    _about(book, printed)
    numbers = cache(lambda format: book.add_format({"num_format": format}))
    for table in printed.tables:
        _sheet(book, printed, table, numbers)
    _method(book, printed)
    book.close()
    return made.getvalue()


def _about(book: Any, printed: Printed) -> None:
    report = printed.report
    sheet = book.add_worksheet("Report")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90, wrapped)
    rows = [
        ("Report", report.title),
        ("Community", report.community),
        ("Time", printed.subtitle),
        ("Prepared for", report.sponsor),
        ("State", printed.state),
        ("In short", " ".join(report.summary)),
        ("Small numbers", printed.privacy),
        ("Snapshot", report.snapshot),
        ("Published", f"{printed.published} ({report.timezone})"),
        ("Number", report.id),
    ]
    for place, (name, text) in enumerate(row for row in rows if row[1]):
        sheet.write_string(place, 0, name, bold)
        sheet.write_string(place, 1, text, wrapped)


def _sheet(book: Any, printed: Printed, table: Table, numbers: Callable[[str], Any]) -> None:
    section = table.section
    sheet = book.add_worksheet(section.name.replace("_", " ").capitalize()[:MOST_NAME])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    soft = book.add_format({"italic": True, "font_color": colours.GREY[0], "align": "right"})
    for place, column in enumerate(section.columns):
        sheet.write_string(0, place, column.label, head)
        longest = max((len(cells[place]) for cells in table.rows), default=0)
        sheet.set_column(place, place, min(max(longest + 2, NARROWEST), WIDEST))
    for line, (row, cells) in enumerate(zip(section.rows, table.rows, strict=True), start=1):
        for place, column in enumerate(section.columns):
            value = row.values[column.name]
            if value is None:
                sheet.write_string(line, place, cells[place], soft)
            elif isinstance(value, int | float):
                format = FORMATS.get(column.kind) or _money_format(row.values.get("currency"))
                sheet.write_number(line, place, value, numbers(format))
            elif column.kind == "day":
                day = _local_day(str(value), printed.report.timezone)
                sheet.write_datetime(line, place, day, numbers(FORMATS["day"]))
            else:
                sheet.write_string(line, place, cells[place])
    sheet.freeze_panes(1, 0)
    _chart(book, sheet, section)


def _money_format(currency: Value) -> str:
    digits = get_currency_precision(str(currency))
    return f"[${currency}] #,##0{'.' + '0' * digits if digits else ''}"


def _local_day(text: str, timezone: str) -> datetime:
    if "T" not in text:
        return datetime.combine(date.fromisoformat(text), datetime.min.time())
    at = datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))
    return datetime(at.year, at.month, at.day)


def _chart(book: Any, sheet: Any, section: Section) -> None:
    if section.chart is None or not has_values(section):
        return
    names = [column.name for column in section.columns]
    by, last = names.index(section.chart.by), len(section.rows)
    drawn = book.add_chart({"type": "column"})
    for shade, name in zip((colours.BLUE[0], colours.GREEN[0]), section.chart.bars, strict=False):
        place = names.index(name)
        drawn.add_series(
            {
                "name": [sheet.get_name(), 0, place],
                "categories": [sheet.get_name(), 1, by, last, by],
                "values": [sheet.get_name(), 1, place, last, place],
                "fill": {"color": shade},
            }
        )
    drawn.set_title({"name": section.title})
    sheet.insert_chart(1, len(names) + 1, drawn, {"description": section.title})


def _method(book: Any, printed: Printed) -> None:
    sheet = book.add_worksheet("How it was counted")
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), {"text_wrap": True}
    text = book.add_format(wrapped)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100, text)
    lines = [("Not measured", line) for line in printed.report.not_measured]
    lines += [
        (f"{one.title} ({one.metric}, version {one.version})", f"{one.definition} {one.caveats}")
        for one in printed.report.definitions
    ]
    for place, (name, words) in enumerate(lines):
        sheet.write_string(place, 0, name, bold)
        sheet.write_string(place, 1, words, text)
