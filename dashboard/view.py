"""What a page shows: one snapshot under the reader's filters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from dashboard import colours, data, text
from dashboard.data import Row
from warehouse.query import Selection

# The pages that show metrics, in the order of the navigation.
PAGES = (
    "today",
    "overview",
    "engagement",
    "retention",
    "conversations",
    "code",
    "events",
    "sponsors",
    "data",
)


@dataclass(frozen=True)
class View:
    """One snapshot under the reader's filters; `newest` is the day of its newest activity."""

    path: Path
    selection: Selection
    freshness: tuple[Row, ...]
    kinds: dict[str, str]
    zone: ZoneInfo
    newest: date | None
    is_dark: bool = False

    @property
    def grain(self) -> str:
        return self.selection.grain

    @property
    def sources(self) -> list[str]:
        """The chosen sources."""
        return [row["source"] for row in self.freshness]

    @property
    def with_run_up(self) -> Selection:
        """The selection and the two periods before it, for changes against the period before."""
        start = self.selection.start
        return self.between(start and shift(start, self.grain, -2), None)

    def between(
        self, start: date | None, end: date | None, *, unbounded: bool = False
    ) -> Selection:
        """The chosen grain and sources over other days, `end` excluded."""
        return Selection(self.grain, start, end, self.selection.sources, unbounded)

    def schema(self, name: str) -> pa.Schema:
        """The columns of a metric's rows, which are not asked for."""
        return data.metric(self.path, name, self.selection, limit=0).schema

    def rows(
        self, name: str, selection: Selection | None = None, limit: int | None = None
    ) -> list[Row]:
        """A metric's rows, or the first of them; those of a period say whether it is complete."""
        table = data.metric(self.path, name, selection or self.selection, limit)
        return self._with_completeness(table.to_pylist())

    def run_up_rows(self, name: str) -> list[Row]:
        """A metric's rows under the filters and of the two periods before them."""
        return self.rows(name, self.with_run_up)

    def chosen(self, rows: list[Row]) -> list[Row]:
        """Of rows by period, those under the filters: without what `run_up_rows` adds."""
        start = self.selection.start
        return [row for row in rows if start is None or row["period"] >= start]

    def total(self, name: str, rows: Sequence[Row]) -> Row:
        """What rows of a metric add up to."""
        [total] = self.totals(name, rows)
        return total

    def totals(self, name: str, rows: Sequence[Row], *by: str) -> list[Row]:
        """What rows of a metric add up to for each value of the columns `by`, sorted by them."""
        table = pa.Table.from_pylist(list(rows), self.schema(name))
        found = data.opened(self.path).totals(name, table, by)
        return self._with_completeness(found.to_pylist())

    def with_totals(self, name: str, rows: Sequence[Row], key: str) -> list[Row]:
        """Each row of a metric, known by one column, and what it adds up to by itself."""
        own = {total[key]: total for total in self.totals(name, rows, key)}
        return [own[row[key]] | row for row in rows]

    def largest(self, name: str, rows: Sequence[Row], by: str, total: str) -> str | None:
        """The value of the column `by` whose rows add up to most."""
        totals = self.totals(name, rows, by)
        return max(totals, key=lambda row: row[total] or 0)[by] if totals else None

    def _with_completeness(self, rows: list[Row]) -> list[Row]:
        if not rows or "period" not in rows[0] or "is_complete" in rows[0]:
            return rows
        complete = data.completeness(self.path, self.grain, self.selection.sources)
        return [row | {"is_complete": complete.get(row["period"], True)} for row in rows]

    def period(self, first: date) -> str:
        """A period of the chosen grain in words."""
        return text.period(first, self.grain)

    def local(self, moment: datetime) -> datetime:
        """A UTC time of the snapshot in the community's time zone."""
        return moment.replace(tzinfo=UTC).astimezone(self.zone)

    def own_clock(self, moment: datetime, utc_offset_minutes: int | None) -> datetime:
        """A UTC time by an event's own clock; where that is not known, by the community's."""
        if utc_offset_minutes is None:
            return self.local(moment).replace(tzinfo=None)
        return moment + timedelta(minutes=utc_offset_minutes)

    def start_of(self, event: Row) -> datetime:
        """When an event begins, by its own clock."""
        return self.own_clock(event["starts_at"], event["utc_offset_minutes"])

    def begins(self, event: Row) -> str:
        """When an event begins, by its own clock, in words: Thu 26 Nov 2026, 18:30."""
        moment = self.start_of(event)
        return f"{moment:%a} {text.clock(moment)}"

    def source_shades(self, names: Collection[str]) -> dict[str, str]:
        """The colours of some sources in the reader's theme."""
        shades = colours.sources(self.kinds, self.is_dark)
        return {name: shade for name, shade in shades.items() if name in names}

    def shade(self, colour: tuple[str, str]) -> str:
        """A colour in the reader's theme."""
        return colour[self.is_dark]


def shift(first: date, grain: str, periods: int) -> date:
    """The first day of the period that lies so many periods away."""
    if grain in ("day", "week"):
        return first + timedelta(days=periods * (7 if grain == "week" else 1))
    months = first.year * 12 + first.month - 1 + periods * (3 if grain == "quarter" else 1)
    return date(months // 12, months % 12 + 1, 1)


def period_start(day: date, grain: str) -> date:
    """The first day of the period that a day is in."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "day":
        return day
    month = day.month if grain == "month" else day.month - (day.month - 1) % 3
    return date(day.year, month, 1)
