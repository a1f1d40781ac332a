"""The counts of sponsorships, and how they depend on events, groups, quarters and each other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from warehouse.aggregates.suppression.cells import Cells
from warehouse.aggregates.suppression.gatherings import Event
from warehouse.aggregates.suppression.quarters import Counts, Rows

SPONSORSHIP = 10.0


class Crowd(NamedTuple):
    """A published count of the known persons who came to some events, as bits, or more of them."""

    events: int
    cell: int


@dataclass(frozen=True)
class Sponsored:
    """One sponsorship: its row, its events and those that are measured as bits, its counts."""

    row: Mapping[str, Any]
    events: int
    measured: int
    confirmed: int
    reached: int
    came: int | None


def add_sponsorships(
    cells: Cells,
    tables: Mapping[str, Rows],
    events: Sequence[Event],
    crowds: Sequence[Crowd],
    reach: Counts,
    by_source: Counts,
) -> list[int]:
    """Add the counts of every sponsorship; return those of confirmed attendees, by row."""
    bits = {event.row["event_id"]: number for number, event in enumerate(events)}
    of_number = defaultdict(list)
    for row in tables["sponsored_events"]:
        if row["event_id"] in bits:
            of_number[row["number"]].append(bits[row["event_id"]])
    found: list[Sponsored] = []
    for place, row in enumerate(tables["sponsorships"]):
        numbers = sorted(of_number[row["number"]])
        own = [events[number] for number in numbers]
        each = _add(cells, place, row, own, numbers)
        _tie_events(cells, each, own)
        _tie_crowds(cells, each, crowds)
        _tie_quarters(cells, each, own, reach, by_source)
        for other in found:
            _tie_each_other(cells, each, other)
            _tie_each_other(cells, other, each)
        found.append(each)
    return [each.confirmed for each in found]


def _add(
    cells: Cells, place: int, row: Mapping[str, Any], own: Sequence[Event], numbers: Iterable[int]
) -> Sponsored:
    when = row["period"]
    confirmed, reached = (
        cells.published(row[column], [("sponsorships", place, column)], SPONSORSHIP, when)
        for column in ("confirmed_attendees", "reached")
    )
    assert confirmed is not None
    assert reached is not None
    pairs = list(zip(numbers, own, strict=True))
    measured = [pair for pair in pairs if pair[1].row["attendance_basis"] == "checked_in"]
    came: int | None = confirmed
    if any(event.nameless for _, event in measured):
        came = None
    elif reached != confirmed:
        cells.within(reached, confirmed)
    return Sponsored(row, _bits(pairs), _bits(measured), confirmed, reached, came)


def _bits(pairs: Iterable[tuple[int, Event]]) -> int:
    return sum(1 << number for number, _ in pairs)


def _tie_events(cells: Cells, each: Sponsored, own: Sequence[Event]) -> None:
    """Everybody confirmed was at one of the events, everybody reached on one of the lists."""
    measured = [event for event in own if event.row["attendance_basis"] == "checked_in"]
    cells.unite(each.confirmed, [event.counts["attended"] for event in measured])
    lists = [event.listed for event in own]
    if each.row["is_of_sources"]:
        for listed in lists:
            cells.within(each.reached, listed)
    else:
        cells.unite(each.reached, lists)


def _tie_crowds(cells: Cells, each: Sponsored, crowds: Sequence[Crowd]) -> None:
    """The same for groups, sources and quarters all of whose events it is for, or more."""
    if not each.measured:
        return
    inside = [crowd for crowd in crowds if crowd.events & each.measured == crowd.events]
    for crowd in crowds:
        if each.measured & crowd.events == each.measured:
            cells.within(crowd.cell, each.came)
    for crowd in inside:
        cells.within(each.came, crowd.cell)
    largest, covered = [], 0
    for crowd in sorted(inside, key=lambda crowd: -crowd.events.bit_count()):
        if crowd.events & covered != crowd.events:  # Of a group, a source and all: one is enough.
            largest.append(crowd.cell)
            covered |= crowd.events
    if covered == each.measured:
        cells.unite(each.came, largest)


def _tie_quarters(
    cells: Cells, each: Sponsored, own: Sequence[Event], reach: Counts, by_source: Counts
) -> None:
    """Whom it reached in one quarter, or on one source, is among those reached there."""
    sources = set(each.row["sources"]) if each.row["is_of_sources"] else set()
    if not each.row["is_of_sources"]:
        sources = {event.row["source"] for event in own}
        quarters = {event.row["period"] for event in own}
    else:
        first, last = each.row["period"], each.row["to_date"]
        quarters = {_quarter(first), _quarter(date.fromordinal(last.toordinal() - 1))}
    if len(quarters) == 1:
        [quarter] = quarters
        cells.within(reach.get((quarter, "reached")), each.reached)
        if len(sources) == 1:
            cells.within(by_source.get((quarter, *sources, "reached")), each.reached)


def _quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _tie_each_other(cells: Cells, small: Sponsored, large: Sponsored) -> None:
    """Whom a sponsorship reached is among those of another that is for all that it is for."""
    if small.measured and small.measured & large.measured == small.measured:
        if small.measured == large.measured:
            cells.unite(large.confirmed, [small.confirmed])
        cells.within(large.confirmed, small.confirmed)
    if _is_for_all_of(large, small):
        if _is_for_all_of(small, large):
            cells.unite(large.reached, [small.reached])
        cells.within(large.reached, small.reached)


def _is_for_all_of(large: Sponsored, small: Sponsored) -> bool:
    """Tell whether one sponsorship is for everything that another is for."""
    if not small.events and not small.row["is_of_sources"]:
        return False
    if small.events & large.events != small.events:
        return False
    if not small.row["is_of_sources"]:
        return True
    wanted, given = set(small.row["sources"]), set(large.row["sources"])
    return (
        large.row["is_of_sources"]
        and large.row["period"] <= small.row["period"]
        and small.row["to_date"] <= large.row["to_date"]
        and (not given or (bool(wanted) and wanted <= given))
    )
