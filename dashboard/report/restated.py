"""Numbers of issued reports that are others by now, and why they may have moved.

What was issued never changes: the next report lists what it would say today.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from dashboard.report import issued as issuing
from dashboard.report.content import Column, Report, Row, Section, Value
from dashboard.report.csv_file import row_name
from dashboard.report.event import event_report
from dashboard.report.issued import Issued
from dashboard.report.printed import NOT_KNOWN, NOT_SHOWN
from dashboard.report.quarter import quarter
from dashboard.report.quarterly import quarter_report
from dashboard.report.shared import Aggregated, NothingToReport

NOT_RESTATED = ("growth", "restated")  # They show other times, which have reports of their own.
CHANGES = ("change_before", "change_year_before", "before", "year_before")
REASONS = {
    "check_ins": "check-ins came or went",
    "activities": "activities came or went",
    "accounts": "accounts came or went",
    "joined_accounts": "accounts were joined to persons, or parted",
    "forgotten": "people were forgotten",
}


class Moved(NamedTuple):
    """One number of an issued report that is another one by now. None: not known or not shown."""

    words: str
    said: Value
    now: Value


def moved(aggregates: Aggregated, said: Report) -> list[Moved]:
    """The numbers of an issued report that its snapshot and the published one have otherwise."""
    now = again(aggregates, said)
    before, after = _numbers(said), _numbers(now) if now else {}
    return [
        Moved(words, before.get(place, (words, None))[1], after.get(place, (words, None))[1])
        for place, (words, _) in (after | before).items()
        if not _is_same(before.get(place, (words, None))[1], after.get(place, (words, None))[1])
    ]


def again(aggregates: Aggregated, said: Report) -> Report | None:
    """The same report over what is published now; None: its event or sponsor is not there."""
    try:
        if said.is_of_event:
            return event_report(aggregates, said.subject, said.sponsor)
        return quarter_report(aggregates, quarter(said.subject), said.sponsor)
    except NothingToReport:
        return None


def reasons(said: Report, now: Report | None) -> str:
    """What happened between two snapshots that may have moved numbers, in words."""
    if now is None:
        return "what it is of is no longer there"
    versions = {one.metric: one.version for one in said.definitions}
    found = [
        f"{one.metric} is counted by its version {one.version}"
        for one in now.definitions
        if versions.get(one.metric, one.version) != one.version
    ]
    unknown = False
    for name, words in REASONS.items():
        before, after = said.basis.get(name), now.basis.get(name)
        if before is None or after is None:
            unknown = True
        elif before != after:
            found.append(words)
    return "; ".join(found) or (NOT_SHOWN if unknown else "other settings")


def with_restated(report: Report, aggregates: Aggregated, folder: Path) -> Report:
    """The report with a section of what earlier reports for the same sponsor said otherwise."""
    rows = [
        row
        for one in issuing.issued(folder, report.sponsor)
        if one.subject != report.subject
        for row in _rows(one, issuing.content(folder, one), aggregates)
    ]
    if not rows:
        return report
    section = Section(
        name="restated",
        title="What earlier reports said",
        text="What was issued stays as it is. These of its numbers are others by now.",
        columns=(
            Column("subject", "Report", "text"),
            Column("number", "Number", "text"),
            Column("said", "Said"),
            Column("now", "Known now"),
            Column("why", "Since then", "text"),
        ),
        rows=tuple(rows),
        keys=("subject", "number"),
    )
    return msgspec.structs.replace(report, sections=(*report.sections, section))


def _rows(one: Issued, said: Report, aggregates: Aggregated) -> Iterable[Row]:
    now = again(aggregates, said)
    why = reasons(said, now)
    for number in moved(aggregates, said):
        yield Row(
            {
                "subject": one.subject,
                "number": number.words,
                "said": number.said,
                "now": number.now,
                "why": why,
            },
            (),
        )


def _numbers(report: Report) -> dict[tuple[str, str, str], tuple[str, Value]]:
    """Every number of a report by its section, row and column, with its words."""
    return {
        (section.name, row_name(section, row), column.name): (
            f"{section.title}: {_named(section, row)}{column.label}",
            row.values[column.name],
        )
        for section in report.sections
        if section.name not in NOT_RESTATED
        for row in section.rows
        for column in section.columns
        if column.kind in ("count", "share", "money") and column.name not in CHANGES
    }


def _named(section: Section, row: Row) -> str:
    """The words in the first column of a row, before the label of one of its numbers."""
    words = row.values[section.columns[0].name]
    return f"{NOT_KNOWN if words is None else words}, "


def _is_same(said: Value, now: Value) -> bool:
    if isinstance(said, float) and isinstance(now, float):
        return abs(said - now) <= 1e-9 * max(abs(said), 1)
    return said == now
