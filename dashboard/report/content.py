"""What a report says, as data: every form of it is made of this and of nothing else.

A report is frozen as this, too: it holds no clock, no path and no locale.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

import msgspec

Value = str | int | float | bool | None
Kind = Literal["text", "count", "share", "change", "money", "day", "quarter", "country", "region"]
PREFIX = "vitals-report-"


class Column(msgspec.Struct, frozen=True):
    """One column of a section: its name in the data, its words, and what its values are."""

    name: str
    label: str
    kind: Kind = "count"


class Row(msgspec.Struct, frozen=True):
    """One row. A value that is null is not known; one whose column is in `hidden` is not shown."""

    values: dict[str, Value]
    hidden: tuple[str, ...] = ()


class Chart(msgspec.Struct, frozen=True):
    """A chart of a section's rows: bars of some columns for each value of another.

    `sources` holds a column's sources joined by `+`: then each bar stands over the sources that it
    is of (an UpSet plot).
    """

    by: str
    bars: tuple[str, ...]
    is_over_time: bool = False
    is_of_sets: bool = False


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One table with its words. `keys` are the columns that tell its rows apart."""

    name: str
    title: str
    text: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    keys: tuple[str, ...]
    metric: str = ""
    chart: Chart | None = None

    def column(self, name: str) -> Column:
        [found] = [column for column in self.columns if column.name == name]
        return found


class Definition(msgspec.Struct, frozen=True):
    """How a metric of the report is counted."""

    metric: str
    version: int
    title: str
    definition: str
    caveats: str


class Logo(msgspec.Struct, frozen=True):
    """A picture: `png`, `jpg` or `svg`."""

    of: str
    ending: str
    picture: bytes


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One report. `subject` is a quarter (`2026-Q3`) or an event's id; `sponsor` "" is none.

    `published_at` is the time of the snapshot, UTC: what the report knows. `basis` are counts of
    what the snapshot rests on, to tell later why a number moved; None is not shown.
    """

    subject: str
    is_of_event: bool
    title: str
    community: str
    timezone: str
    sponsor: str
    from_date: date
    to_date: date
    snapshot: str
    published_at: datetime
    is_over: bool
    is_complete: bool
    min_group_size: int
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    not_measured: tuple[str, ...]
    definitions: tuple[Definition, ...]
    basis: dict[str, int | None]
    logos: tuple[Logo, ...] = ()

    @property
    def id(self) -> str:
        """What tells this content from any other; every form of the report carries it."""
        return PREFIX + hashlib.sha256(to_json(self)).hexdigest()[:24]

    def section(self, name: str) -> Section | None:
        return next((section for section in self.sections if section.name == name), None)


def to_json(report: Report) -> bytes:
    """The content as JSON, the same bytes for the same content."""
    return msgspec.json.encode(report, order="deterministic")


def from_json(content: bytes) -> Report:
    """The content of `to_json`. Raises msgspec.DecodeError for anything else."""
    return msgspec.json.decode(content, type=Report)


def row_of(found: Mapping[str, Any], columns: tuple[Column, ...], keys: tuple[str, ...]) -> Row:
    """A row of aggregates as a row of a report: its columns and keys, times as text."""
    names = dict.fromkeys((*keys, *(column.name for column in columns)))
    values = {name: _plain(found[name]) for name in names}
    return Row(values, tuple(name for name in names if name in found["hidden"]))


def section_of(rows: Iterable[Mapping[str, Any]], **of: Any) -> Section:
    """A section of rows of aggregates; `of` are its other fields."""
    made = tuple(row_of(row, of["columns"], of["keys"]) for row in rows)
    return Section(rows=made, **of)


def _plain(value: Any) -> Value:
    if isinstance(value, date):
        return value.isoformat()
    found: Value = value
    return found
