"""A report in words and numbers of a locale: what the PDF and the page show."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from dashboard.report.content import Column, Report, Row, Section, Value
from dashboard.report.errors import BadReportCall

NOT_SHOWN, NOT_KNOWN, NO_CHANGE = "not shown", "not known", "n/a"
MANY_FOLD = 10  # From here on a change reads better as a multiple.
LEAST = 0.005  # What is less is rounded to 0%.
REGIONS = {"Africa": "002", "Americas": "019", "Asia": "142", "Europe": "150", "Oceania": "009"}
NUMBERS = frozenset({"count", "share", "change", "money"})


class BadLocale(BadReportCall):
    """There is no such locale."""


class Table(NamedTuple):
    """One table as it is printed: its heads, which are numbers, and its cells."""

    section: Section
    heads: list[str]
    are_numbers: list[bool]
    rows: list[list[str]]


class Printed:
    """One report in the words of a locale."""

    def __init__(self, report: Report, locale: str) -> None:
        self.report = report
        try:
            self.locale = Locale.parse(locale.replace("-", "_"))
        except (UnknownLocaleError, ValueError) as error:
            raise BadLocale(f"{locale!r} is no locale. Write one like en, en_GB or fr") from error

    @cached_property
    def subtitle(self) -> str:
        """The time that the report is of."""
        if self.report.is_of_event:
            return self._day(self.report.from_date)
        last = self.report.to_date - timedelta(days=1)
        return f"{self._day(self.report.from_date)} \u2013 {self._day(last)}"

    @cached_property
    def state(self) -> str:
        """What every page says of a report that is not whole; "" where it is."""
        if not self.report.is_over:
            what = "This event" if self.report.is_of_event else "This quarter"
            return f"{what} is not over: all numbers here are provisional."
        if not self.report.is_complete:
            return "The data does not cover the whole quarter: the numbers are too low."
        return ""

    @cached_property
    def privacy(self) -> str:
        """How small groups are kept from being seen."""
        return (
            f"A number of fewer than {self.report.min_group_size} people is not shown, nor is"
            f' another from which it could be computed: such a cell says "{NOT_SHOWN}". A cell that'
            f' says "{NOT_KNOWN}" was not measured. Neither is zero.'
        )

    @cached_property
    def published(self) -> str:
        """When the snapshot was published, in the community's time zone."""
        at = self.report.published_at.astimezone(ZoneInfo(self.report.timezone))
        return format_datetime(at, "long", locale=self.locale, tzinfo=at.tzinfo)

    @cached_property
    def tables(self) -> list[Table]:
        """Every section as a table."""
        return [
            Table(
                section=section,
                heads=[column.label for column in section.columns],
                are_numbers=[column.kind in NUMBERS for column in section.columns],
                rows=[list(self._cells(section, row)) for row in section.rows],
            )
            for section in self.report.sections
        ]

    def _cells(self, section: Section, row: Row) -> Iterable[str]:
        return (self.cell(column, row) for column in section.columns)

    def cell(self, column: Column, row: Row) -> str:
        """One value as it is read."""
        value = row.values[column.name]
        if value is None and column.kind == "change":
            return NO_CHANGE
        if value is None:
            return NOT_SHOWN if column.name in row.hidden else NOT_KNOWN
        if column.kind == "money":
            return self._money(value, row.values.get("currency"))
        return self.value(column, value)

    def value(self, column: Column, value: Value) -> str:
        """A value that is known, as it is read."""
        if isinstance(value, int | float):
            if column.kind == "share" and 0 < value < LEAST:
                return f"<{format_percent(0.01, '#,##0%', locale=self.locale)}"
            if column.kind == "change" and abs(value) < LEAST:  # Neither +0% nor -0%.
                return str(format_percent(0, "#,##0%", locale=self.locale))
            if column.kind == "share":
                return str(format_percent(value, "#,##0%", locale=self.locale))
            if column.kind == "change" and value + 1 >= MANY_FOLD:
                return f"{format_decimal(round(value + 1), locale=self.locale)}-fold"
            if column.kind == "change":
                return str(format_percent(value, "+#,##0%;-#,##0%", locale=self.locale))
            return str(format_decimal(value, locale=self.locale))
        if column.kind == "country":
            return str(self.locale.territories.get(str(value), value))
        if column.kind == "region":
            return str(self.locale.territories.get(REGIONS.get(str(value), ""), value))
        if column.kind == "day":
            return self._local_day(str(value))
        if column.kind == "quarter":
            day = date.fromisoformat(str(value))
            return f"{day.year} Q{(day.month + 2) // 3}"
        return str(value)

    def _money(self, value: Value, currency: Value) -> str:
        return str(format_currency(float(value or 0), str(currency), locale=self.locale))

    def _day(self, day: date) -> str:
        return str(format_date(day, "long", locale=self.locale))

    def _local_day(self, text: str) -> str:
        """A day, or the day of a time in UTC in the community's time zone."""
        if "T" not in text:
            day = date.fromisoformat(text)
        else:
            at = datetime.fromisoformat(text).replace(tzinfo=UTC)
            day = at.astimezone(ZoneInfo(self.report.timezone)).date()
        return str(format_date(day, "medium", locale=self.locale))
