"""The counts of events and of groups, and how they depend on those of the quarter."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from warehouse.aggregates.suppression.cells import Cells
from warehouse.aggregates.suppression.quarters import Counts, Rows

EVENT = {
    "invited": 1.0,
    "yes": 2.0,
    "no": 1.0,
    "waitlist": 1.0,
    "attended": 2.0,
    "walk_ins": 1.0,
    "first_timers": 1.0,
    "returning": 1.0,
    "followed": 1.0,
}
FIRST_EVENTS = 20
CHAPTER = {"yes": 2.0, "attendees": 3.0, "audience": 3.0}
COMPARISON = {"comparison_persons": 4.0, "comparison_share": 1.0}


@dataclass(frozen=True)
class Event:
    """One event: its row, its published counts, and the known persons who came or answered."""

    row: Mapping[str, Any]
    counts: Mapping[str, int | None]
    came: int | None
    listed: int | None

    @property
    def nameless(self) -> bool:
        """Some who came are nobody known."""
        return self.came != self.counts["attended"]


def add_events(cells: Cells, rows: Rows, by_source: Counts) -> list[Event]:
    """Add the counts of every event, in the order of the rows."""
    found = []
    for number, row in enumerate(rows):
        quarter = row["period"]
        counts = {
            column: cells.published(row[column], [("events", number, column)], weight, quarter)
            for column, weight in EVENT.items()
        }
        came = _add_crowd(cells, row, counts)
        listed = _add_answers(cells, row, counts)
        cells.within(by_source.get((quarter, row["source"], "reached")), listed)
        found.append(Event(row, counts, came, listed))
    _add_visitors(cells, found)
    return found


def _add_visitors(cells: Cells, events: Sequence[Event]) -> None:
    """Whoever returns was new at one of the events before: of the first events that tells much."""
    new: list[int] = []
    for event in sorted(events, key=lambda event: event.row["starts_at"])[:FIRST_EVENTS]:
        ever = cells.derived(sum(cells.values[number] for number in new), event.row["period"])
        cells.add_up(ever, new)
        cells.within(ever, event.counts["returning"])
        if event.counts["first_timers"] is not None:
            new.append(event.counts["first_timers"])


def _add_crowd(
    cells: Cells, row: Mapping[str, Any], counts: Mapping[str, int | None]
) -> int | None:
    """Who came: with a yes or without, for the first time or again; return the known persons."""
    attended, yes = counts["attended"], counts["yes"]
    if row["attendance_basis"] == "rsvp":
        cells.within(yes, attended)
    elif row["walk_ins"] is not None:
        with_yes = cells.within(attended, counts["walk_ins"])
        cells.within(yes, with_yes)
    if row["first_timers"] is None or row["returning"] is None:
        return None
    known = row["first_timers"] + row["returning"]
    came = attended if known == row["attended"] else cells.derived(known, row["period"])
    cells.within(attended, came)
    cells.add_up(came, [counts["first_timers"], counts["returning"]])
    cells.within(came, counts["followed"])
    return came


def _add_answers(
    cells: Cells, row: Mapping[str, Any], counts: Mapping[str, int | None]
) -> int | None:
    """Who is on the event's list: with a yes, or with another answer or none."""
    if not row["listed"]:
        return None
    listed = cells.derived(row["listed"], row["period"])
    others = cells.within(listed, counts["yes"])
    cells.within(others, counts["walk_ins"])
    if others is not None and row["no"] is not None and row["waitlist"] is not None:
        answers = [counts["no"], counts["waitlist"]]
        silent = cells.values[others] - row["no"] - row["waitlist"]
        if silent and silent == row["walk_ins"]:
            answers.append(counts["walk_ins"])
        elif silent > 0:
            answers.append(cells.derived(silent, row["period"]))
        cells.add_up(others, answers)
    return listed


def add_comparisons(cells: Cells, rows: Rows, reach: Counts) -> dict[date, tuple[int, int]]:
    """Add whom attendees are compared with: by quarter the persons, and those who took part."""
    of_quarter = defaultdict(list)
    for number, row in enumerate(rows):
        if row["comparison_persons"] is not None:
            of_quarter[row["period"]].append(number)
    found = {}
    for quarter, numbers in of_quarter.items():
        row = rows[numbers[0]]
        places = {
            column: [("events", number, column) for number in numbers] for column in COMPARISON
        }
        persons = cells.published(
            row["comparison_persons"],
            places["comparison_persons"],
            COMPARISON["comparison_persons"],
            quarter,
        )
        assert persons is not None
        reached, attendees = reach.get((quarter, "reached")), reach.get((quarter, "attendees"))
        strangers = cells.within(reached, attendees)
        cells.within(reached, persons)
        cells.within(strangers, persons)
        if row["comparison_share"] is not None:
            active = cells.published(
                round(row["comparison_share"] * row["comparison_persons"]),
                places["comparison_share"],
                COMPARISON["comparison_share"],
                quarter,
            )
            assert active is not None
            cells.within(persons, active)
            found[quarter] = (persons, active)
    return found


def add_chapters(
    cells: Cells, rows: Rows, events: Sequence[Event], reach: Counts, by_source: Counts
) -> Counts:
    """Add the counts of groups; keys are (quarter, group's id, column)."""
    held = defaultdict(list)
    homeless = defaultdict(list)
    for event in events:
        held[event.row["period"], event.row["group_id"]].append(event)
        if event.row["group_id"] is None:
            homeless[event.row["period"], event.row["source"]].append(event.came)
    _add_newcomers(cells, events, reach)
    counts: Counts = {}
    members: dict[tuple[date, str], list[int | None]] = defaultdict(list)
    visitors: dict[tuple[date, str], list[int | None]] = defaultdict(list)
    for number, row in enumerate(rows):
        quarter, group = row["period"], row["group_id"]
        own = {
            column: cells.published(row[column], [("chapters", number, column)], weight, quarter)
            for column, weight in CHAPTER.items()
        }
        counts |= {(quarter, group, column): cell for column, cell in own.items()}
        cells.add_up(own["yes"], [event.counts["yes"] for event in held[quarter, group]])
        cells.unite(own["attendees"], [event.came for event in held[quarter, group]])
        members[quarter, row["source"]].append(own["audience"])
        if row["events"]:
            visitors[quarter, row["source"]].append(own["attendees"])
    for (quarter, source), parts in members.items():
        cells.unite(by_source.get((quarter, source, "audience")), parts)
    for (quarter, source), parts in visitors.items():
        whole = by_source.get((quarter, source, "attendees"))
        cells.unite(whole, parts + homeless[quarter, source])
    return counts


def _add_newcomers(cells: Cells, events: Sequence[Event], reach: Counts) -> None:
    """Nobody comes for the first time twice; where nobody came before, these are all who came."""
    new = defaultdict(list)
    for event in events:
        if event.counts["first_timers"] is not None:
            new[event.row["period"]].append(event.counts["first_timers"])
    for quarter, numbers in new.items():
        attendees = reach.get((quarter, "attendees"))
        total = sum(cells.values[number] for number in numbers)
        if attendees is not None and total <= cells.values[attendees]:
            earlier = cells.values[attendees] - total
            rest = [cells.derived(earlier, quarter)] if earlier else []
            cells.add_up(attendees, [*numbers, *rest])


def stocks(rows: Rows, events: Sequence[Event], chapters: Counts) -> list[list[int]]:
    """The members of each group in the order of time: when events began, and at quarters' ends."""
    of_group = defaultdict(list)
    for place, event in enumerate(events):
        if event.counts["invited"] is not None:
            at = event.row["starts_at"]
            of_group[event.row["group_id"]].append((at, place, event.counts["invited"]))
    for place, row in enumerate(rows):
        audience = chapters[row["period"], row["group_id"], "audience"]
        if audience is not None:
            of_group[row["group_id"]].append((_end_of(row["period"]), place, audience))
    return [[cell for *_, cell in sorted(entries)] for entries in of_group.values()]


def _end_of(quarter: date) -> datetime:
    return datetime(quarter.year + quarter.month // 10, (quarter.month + 2) % 12 + 1, 1)
