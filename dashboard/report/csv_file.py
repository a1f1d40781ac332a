"""The report as a CSV file for machines: one line for each value, without any locale."""

from collections.abc import Iterator

from dashboard.report.content import Report, Row, Section, Value
from dashboard.report.printed import NOT_KNOWN, NOT_SHOWN
from warehouse.tables import to_csv as as_csv

COLUMNS = ("report", "section", "metric", "row", "column", "value", "state")


def to_csv(report: Report) -> bytes:
    """Lines of report, section, metric, row, column, value, state.

    `row` are the values that tell the section's rows apart, joined by ` | `. `state` is empty where
    there is a value, else `not shown` or `not known`.
    """
    return as_csv(_lines(report), COLUMNS).encode()


def _lines(report: Report) -> Iterator[dict[str, Value]]:
    number = report.id  # Of all the content: asked once, not for each line.
    for section in report.sections:
        for row in section.rows:
            name = row_name(section, row)
            for column in section.columns:
                value = row.values[column.name]
                state = NOT_SHOWN if column.name in row.hidden else NOT_KNOWN
                yield {
                    "report": number,
                    "section": section.name,
                    "metric": section.metric,
                    "row": name,
                    "column": column.name,
                    "value": value,
                    "state": state if value is None else "",
                }


def row_name(section: Section, row: Row) -> str:
    """What tells a row of a section apart, as text."""
    return " | ".join(
        "" if row.values[key] is None else str(row.values[key]) for key in section.keys
    )
