"""The counts of whole quarters, of sources and of places, and how they depend on each other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from warehouse.aggregates.suppression.cells import Cells

Rows = Sequence[Mapping[str, Any]]
Counts = dict[tuple[Any, ...], int | None]

REACH = {
    "audience": 40.0,
    "reached": 50.0,
    "reached_low": 6.0,
    "reached_high": 6.0,
    "active": 20.0,
    "attendees": 20.0,
    "new_people": 10.0,
}
BY_SOURCE = {"audience": 8.0, "reached": 8.0, "active": 6.0, "attendees": 6.0}
PLACE, OVERLAP = 3.0, 3.0


def add_quarters(cells: Cells, tables: Mapping[str, Rows]) -> Counts:
    """Add the counts of `reach`: keys are (quarter, column)."""
    counts: Counts = {}
    before = None
    everywhere = defaultdict(list)
    for number, row in enumerate(tables["reach_places"]):
        everywhere[row["period"]].append(("reach_places", number, "reached_everywhere"))
    for number, row in enumerate(tables["reach"]):
        quarter = row["period"]
        for column, weight in REACH.items():
            places = [("reach", number, column)]
            if column == "reached":
                places += everywhere[quarter]
            counts[quarter, column] = cells.published(row[column], places, weight, quarter)
        reached, new = counts[quarter, "reached"], counts[quarter, "new_people"]
        cells.within(reached, counts[quarter, "active"])
        cells.within(reached, counts[quarter, "attendees"])
        cells.within(counts[quarter, "active"], counts[quarter, "attendees"])
        cells.within(reached, counts[quarter, "reached_low"])
        cells.within(counts[quarter, "reached_high"], reached)
        # Who was reached before is among all who ever were; the others of those have gone.
        if before is None:
            # In the first quarter everybody is new, and whoever is on a list has joined in it.
            cells.unite(reached, [new])
            cells.within(reached, counts[quarter, "audience"])
        else:
            cells.within(before, cells.within(reached, new))
        ever = cells.derived(
            (0 if before is None else cells.values[before]) + row["new_people"], quarter
        )
        cells.add_up(ever, [before, new])
        before = ever
    counts["ever",] = before
    return counts


def add_sources(cells: Cells, tables: Mapping[str, Rows], reach: Counts) -> Counts:
    """Add the counts of `reach_by_source`: keys are (quarter, source, column)."""
    counts: Counts = {}
    listed = defaultdict(list)
    rows = tables["reach_by_source"]
    for number, row in enumerate(rows):
        quarter, source = row["period"], row["source"]
        listed[quarter].append(source)
        for column, weight in BY_SOURCE.items():
            place = ("reach_by_source", number, column)
            counts[quarter, source, column] = cells.published(row[column], [place], weight, quarter)
        active, reached = counts[quarter, source, "active"], counts[quarter, source, "reached"]
        if quarter == rows[0]["period"]:
            cells.within(reached, counts[quarter, source, "audience"])
        cells.within(reached, active)
        # Where nobody took part otherwise, nobody may be able to: that is no rest to be unsure of.
        attendees = counts[quarter, source, "attendees"]
        if row["active"] == row["attendees"]:
            cells.add_up(active, [attendees])
        else:
            cells.within(active, attendees)
    for quarter, sources in listed.items():
        on_several = {
            column: cells.unite(
                reach.get((quarter, column)),
                [counts[quarter, source, column] for source in sources],
            )
            for column in BY_SOURCE
        }
        # Who is active on several sources was reached on them.
        cells.within(on_several["reached"], on_several["active"])
        cells.within(on_several["active"], on_several["attendees"])
        if quarter == rows[0]["period"]:
            cells.within(on_several["reached"], on_several["audience"])
        _count_accounts(cells, quarter, reach, [counts[quarter, s, "reached"] for s in sources])
    return counts


def _count_accounts(
    cells: Cells, quarter: date, reach: Counts, reached: Sequence[int | None]
) -> None:
    """Nobody has fewer accounts than sources: the rest are second accounts on one source."""
    numbers = [number for number in reached if number is not None]
    high = reach.get((quarter, "reached_high"))
    if high is not None and numbers:
        by_source = cells.derived(sum(cells.values[number] for number in numbers), quarter)
        cells.add_up(by_source, numbers)
        cells.within(high, by_source)


def add_parts(
    cells: Cells, tables: Mapping[str, Rows], reach: Counts, by_source: Counts
) -> dict[int, int | None]:
    """Add `overlap` and `reach_places`, whose rows add up; return the latter's counts by row."""
    sets, places = defaultdict(list), defaultdict(list)
    of_rows: dict[int, int | None] = {}
    for number, row in enumerate(tables["overlap"]):
        place = ("overlap", number, "reached")
        cell = cells.published(row["reached"], [place], OVERLAP, row["period"])
        sets[row["period"]].append((cell, row["sources"].split("+")))
    for number, row in enumerate(tables["reach_places"]):
        place = ("reach_places", number, "reached")
        of_rows[number] = cells.published(row["reached"], [place], PLACE, row["period"])
        places[row["period"]].append(of_rows[number])
    for quarter, parts in places.items():
        cells.add_up(reach.get((quarter, "reached")), parts)
    for quarter, parts_of_sources in sets.items():
        cells.add_up(reach.get((quarter, "reached")), [cell for cell, _ in parts_of_sources])
        for when, source, column in by_source:
            if when == quarter and column == "reached":
                on_it = [cell for cell, sources in parts_of_sources if source in sources]
                cells.add_up(by_source[quarter, source, "reached"], on_it)
    return of_rows
