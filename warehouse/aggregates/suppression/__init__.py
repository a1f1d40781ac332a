"""Which published counts are hidden, so that nobody learns of a group of few people.

Primary suppression hides every count of 1 to `min_group_size` - 1 people. 0 is shown: it says
that there was nobody, and so nothing about anybody. Secondary suppression then hides further cells
until none of these counts can be computed: see `worlds`. So it is with groups that nobody
published, where the published numbers would tell their size: the rest of a whole beside its part,
those whom two groups have in common, those who are gone since a quarter. All sponsors' tables are
judged together, for sponsors may talk to each other. What is left is exactly what the metric says.

How many members there are at a time is published again and again. Of two numbers that follow each
other the later one is hidden where they differ by fewer people than that.

What this does not do: it looks at one publication. Who keeps the numbers of yesterday's may see
that one of a quarter that is not over has grown by one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pyarrow as pa

from warehouse.aggregates.suppression.cells import Cells, Place
from warehouse.aggregates.suppression.gatherings import (
    Event,
    add_chapters,
    add_comparisons,
    add_events,
    stocks,
)
from warehouse.aggregates.suppression.quarters import (
    Counts,
    Rows,
    add_parts,
    add_quarters,
    add_sources,
)
from warehouse.aggregates.suppression.sponsored import Crowd, add_sponsorships
from warehouse.aggregates.suppression.worlds import protect

JUDGED = (
    "basis",
    "chapters",
    "community",
    "events",
    "overlap",
    "reach",
    "reach_by_source",
    "reach_places",
    "sponsored_events",
    "sponsorships",
)
# A number that tells others, and what it tells.
Tells = tuple[Place, Sequence[int | None]]


def hidden_cells(tables: Mapping[str, pa.Table]) -> set[Place]:
    """Return the cells that have to be hidden, all tables judged together."""
    rows = {name: tables[name].to_pylist() for name in JUDGED}
    [community] = rows["community"]
    cells = Cells()
    lasting, tells = _add_all(cells, rows)
    _hide(cells, lasting, community["min_group_size"])
    hidden = {
        place
        for number, places in enumerate(cells.places)
        if cells.is_hidden[number]
        for place in places
    }
    for place, told in tells:
        if any(number is not None and cells.is_hidden[number] for number in told):
            hidden.add(place)
    return hidden


def _add_all(cells: Cells, rows: Mapping[str, Rows]) -> tuple[list[list[int]], list[Tells]]:
    """Add every count; return those that follow each other, and what tells others."""
    reach = add_quarters(cells, rows)
    by_source = add_sources(cells, rows, reach)
    places = add_parts(cells, rows, reach, by_source)
    events = add_events(cells, rows["events"], by_source)
    comparisons = add_comparisons(cells, rows["events"], reach)
    chapters = add_chapters(cells, rows["chapters"], events, reach, by_source)
    crowds = list(_crowds(rows, events, reach, by_source, chapters))
    confirmed = add_sponsorships(cells, rows, events, crowds, reach, by_source)
    _add_basis(cells, rows, reach)
    lasting = stocks(rows["chapters"], events, chapters)
    lasting += _audiences(rows, reach, by_source)
    return lasting, list(_tells(rows, reach, places, events, comparisons, confirmed))


def _crowds(
    rows: Mapping[str, Rows],
    events: Sequence[Event],
    reach: Counts,
    by_source: Counts,
    chapters: Counts,
) -> Iterable[Crowd]:
    """Yield the counts of who was at the events of a quarter: of all, of a source, of a group."""
    cells: dict[int, int] = {}
    for number, event in enumerate(events):
        quarter, source, group = (event.row[key] for key in ("period", "source", "group_id"))
        for cell in (
            reach.get((quarter, "attendees")),
            by_source.get((quarter, source, "attendees")),
            chapters.get((quarter, group, "attendees")),
        ):
            if cell is not None and event.came is not None:
                cells[cell] = cells.get(cell, 0) | 1 << number
    return (Crowd(bits, cell) for cell, bits in cells.items())


def _add_basis(cells: Cells, rows: Mapping[str, Rows], reach: Counts) -> None:
    """Of all accounts some are of one person; of all persons some were reached once."""
    [basis] = rows["basis"]
    counts = {
        column: cells.published(value, [("basis", 0, column)], 1, date.max)
        for column, value in basis.items()
    }
    persons = cells.within(counts["accounts"], counts["joined_accounts"])
    cells.within(persons, reach["ever",])


def _audiences(rows: Mapping[str, Rows], reach: Counts, by_source: Counts) -> list[list[int]]:
    """Every audience in the order of the quarters: of all, and of each source."""
    found: dict[str, list[int]] = {}
    for row in rows["reach"]:
        cell = reach[row["period"], "audience"]
        if cell is not None:
            found.setdefault("", []).append(cell)
    for row in rows["reach_by_source"]:
        cell = by_source[row["period"], row["source"], "audience"]
        if cell is not None:
            found.setdefault(row["source"], []).append(cell)
    return list(found.values())


def _tells(
    rows: Mapping[str, Rows],
    reach: Counts,
    places: Mapping[int, int | None],
    events: Sequence[Event],
    comparisons: Mapping[date, Sequence[int]],
    confirmed: Sequence[int],
) -> Iterable[Tells]:
    """Yield shares, rates and costs, each with the counts that it tells together with others."""
    before = None
    for number, row in enumerate(rows["reach"]):
        reached = reach[row["period"], "reached"]
        yield ("reach", number, "change_reached"), [before, reached]
        before = reached
    for number, row in enumerate(rows["reach_places"]):
        told = [places[number], reach.get((row["period"], "reached"))]
        yield ("reach_places", number, "share"), told
    for number, event in enumerate(events):
        counts = event.counts
        for column in ("show_rate", "no_show_rate"):
            came = [counts["yes"], counts["attended"], counts["walk_ins"]]
            yield ("events", number, column), came
        followed = [counts["followed"], counts["attended"]]
        if event.nameless:
            followed += [counts["first_timers"], counts["returning"]]
        yield ("events", number, "follow_share"), followed
        compared = comparisons.get(event.row["period"], ())
        yield ("events", number, "comparison_share"), compared
    for number, cell in enumerate(confirmed):
        yield ("sponsorships", number, "cost_per_confirmed"), [cell]


def _hide(cells: Cells, lasting: Sequence[Sequence[int]], least: int) -> None:
    """Hide every count of fewer people than that, and what else would tell one."""
    unsafe = [number for number, value in enumerate(cells.values) if 1 <= value < least]
    for number in unsafe:
        cells.hide(number)
    unsafe += _small_steps(cells, lasting, least)
    while unsafe:
        protect(cells, unsafe)
        unsafe = _small_steps(cells, lasting, least)


def _small_steps(cells: Cells, lasting: Sequence[Sequence[int]], least: int) -> list[int]:
    """Hide, of the numbers of members that follow each other, those that differ by few people."""
    found = []
    for numbers in lasting:
        last = None
        for number in numbers:
            if cells.is_hidden[number]:
                continue
            if last is not None and 0 < abs(cells.values[number] - cells.values[last]) < least:
                cells.hide(number)
                found.append(number)
            else:
                last = number
    return found
