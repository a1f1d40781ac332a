"""The report of a quarter: how many different people the community reached, and a sponsor's part.

It reads the published aggregates alone. All numbers are theirs; changes are made of them.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from dashboard.report.content import Chart, Column, Logo, Report, Row, Section, Value, section_of
from dashboard.report.quarter import Quarter
from dashboard.report.shared import (
    EVENT_COLUMNS,
    MEASURED,
    SPONSORSHIP_COLUMNS,
    Aggregated,
    basis_of,
    community_of,
    definitions_of,
    is_over,
    known_times,
    measured,
    sponsorships_of,
)
from dashboard.report.words import number_of, plural

METRICS = ("reach", "reach_by_source", "reach_places", "event_attendance", "sponsorships")
FIGURES = {
    "audience": "Members at the end of the quarter",
    "reached": "People reached",
    "active": "People who took part",
    "attendees": "People at events",
    "events": "Events",
    "new_people": "New people",
    "countries": "Countries",
}
SHOWN_QUARTERS = 8

Found = dict[str, Any]


def quarter_report(
    aggregates: Aggregated, quarter: Quarter, sponsor: str = "", logos: Sequence[Logo] = ()
) -> Report:
    """The report of a quarter, with the sponsorships of a sponsor.

    Raises NothingToReport for a sponsor without any sponsorship.
    """
    community = community_of(aggregates)
    reach = {row["period"]: row for row in aggregates.rows("reach")}
    events = [measured(row) for row in _rows(aggregates, "events", quarter)]
    events.sort(key=lambda row: (row["starts_at"], row["event_id"]))
    own = sponsorships_of(aggregates, sponsor, quarter.start, quarter.end) if sponsor else []
    sections = [
        _figures(reach, quarter),
        *_sponsored(aggregates, own, events, sponsor),
        _by_source(aggregates, quarter),
        _overlap(aggregates, quarter),
        _chapters(aggregates, quarter),
        _places(aggregates, quarter),
        _events(events),
        _growth(reach, quarter),
    ]
    row = reach.get(quarter.start)
    return Report(
        subject=str(quarter),
        is_of_event=False,
        title=f"Reach report, {quarter.year} Q{quarter.number}",
        community=community["name"],
        timezone=community["timezone"],
        sponsor=sponsor,
        from_date=quarter.start,
        to_date=quarter.end,
        snapshot=aggregates.id,
        published_at=aggregates.as_of,
        is_over=is_over(aggregates.as_of, quarter.end, community["timezone"]),
        is_complete=bool(row and row["is_complete"]),
        min_group_size=community["min_group_size"],
        summary=tuple(_summary(row, events, own)),
        sections=tuple(section for section in sections if section.rows),
        not_measured=tuple(_not_measured(aggregates, row, events)),
        definitions=definitions_of(aggregates, METRICS),
        basis=basis_of(aggregates),
        logos=tuple(logos),
    )


def _summary(row: Found | None, events: list[Found], own: list[Found]) -> Iterable[str]:
    if row is None:
        yield "Nothing is known of this quarter: it lies before the data, or after it."
        return
    if row["reached"] is not None:
        people = plural(row["reached"], "different person", "different people")
        yield f"The community reached {people}."
    low, high = row["reached_low"], row["reached_high"]
    if low is not None and high is not None and low < high:
        yield (
            f"Some people may have several accounts: they are at least {number_of(low)} and at"
            f" most {number_of(high)}."
        )
    if row["active"] is not None:
        yield f"{plural(row['active'], 'person', 'people')} took part."
    if events:
        measured = sum(event["attendance_basis"] == MEASURED for event in events)
        yield (
            f"{plural(len(events), 'event')} took place; at {number_of(measured)} of them people"
            " were checked in."
        )
    if len(own) > 1:  # Not added up: who came to the events of two would count twice.
        yield f"You have {number_of(len(own))} sponsorships in this quarter."
    elif own and own[0]["confirmed_attendees"] is not None:
        came = plural(own[0]["confirmed_attendees"], "confirmed attendee")
        yield f"Your sponsorship: {came}."


def _change(now: Value, before: Value, is_whole: bool) -> float | None:
    if not is_whole or not isinstance(now, int | float) or not isinstance(before, int | float):
        return None
    return now / before - 1 if before else None


def _figures(reach: dict[date, Found], quarter: Quarter) -> Section:
    now = reach.get(quarter.start)
    rows = []
    for name in FIGURES if now else ():
        values: dict[str, Value] = {"figure": name, "label": FIGURES[name]}
        hidden = []
        for column, quarters in (("value", 0), ("before", -1), ("year_before", -4)):
            found = reach.get(quarter.after(quarters).start)
            values[column] = found[name] if found else None
            if found and name in found["hidden"]:
                hidden.append(column)
        for column, quarters in (("before", -1), ("year_before", -4)):
            found = reach.get(quarter.after(quarters).start)
            is_whole = bool(now and found and now["is_complete"] and found["is_complete"])
            values[f"change_{column}"] = _change(values["value"], values[column], is_whole)
        rows.append(Row(values, tuple(hidden)))
    return Section(
        name="figures",
        title="The quarter in numbers",
        text="Each person counts once, on however many platforms.",
        columns=(
            Column("label", "", "text"),
            Column("value", "This quarter"),
            Column("before", "Quarter before"),
            Column("change_before", "Change", "change"),
            Column("year_before", "Year before"),
            Column("change_year_before", "Change", "change"),
        ),
        rows=tuple(rows),
        keys=("figure",),
        metric="reach",
    )


def _sponsored(
    aggregates: Aggregated, own: list[Found], events: list[Found], sponsor: str
) -> Iterable[Section]:
    yield section_of(
        own,
        name="sponsorships",
        title=f"What {sponsor} made possible",
        text=(
            "Each sponsorship over its whole time. Confirmed attendees were checked in; events"
            " where nobody was are unmeasured, and add nobody."
        ),
        columns=SPONSORSHIP_COLUMNS,
        keys=("number", "currency"),
        metric="sponsorships",
    )
    numbers = {row["number"] for row in own}
    theirs = {
        row["event_id"] for row in aggregates.rows("sponsored_events") if row["number"] in numbers
    }
    yield section_of(
        [row for row in events if row["event_id"] in theirs],
        name="sponsored_events",
        title="The sponsored events of this quarter",
        text="",
        columns=EVENT_COLUMNS,
        keys=("event_id",),
        metric="event_attendance",
    )


def _rows(aggregates: Aggregated, table: str, quarter: Quarter) -> list[Found]:
    return [row for row in aggregates.rows(table) if row["period"] == quarter.start]


def _most_first(rows: list[Found], name: str) -> list[Found]:
    """The rows by a number, the biggest first, those that are not known or shown at the end."""
    return sorted(rows, key=lambda row: -1 if row[name] is None else row[name], reverse=True)


def _by_source(aggregates: Aggregated, quarter: Quarter) -> Section:
    columns = (
        Column("source", "Platform", "text"),
        Column("audience", "Members"),
        Column("reached", "Reached"),
        Column("active", "Took part"),
        Column("attendees", "At events"),
    )
    rows = _most_first(_rows(aggregates, "reach_by_source", quarter), "reached")
    return section_of(
        rows,
        name="sources",
        title="By platform",
        text="Who is on several platforms counts on each: do not add the rows up.",
        columns=columns,
        keys=("source",),
        metric="reach_by_source",
        chart=Chart("source", ("reached", "active")),
    )


def _overlap(aggregates: Aggregated, quarter: Quarter) -> Section:
    columns = (Column("sources", "On exactly these platforms", "text"), Column("reached", "People"))
    rows = _most_first(_rows(aggregates, "overlap", quarter), "reached")
    return section_of(
        rows,
        name="overlap",
        title="Who is on several platforms",
        text="Each person reached stands in one row.",
        columns=columns,
        keys=("sources",),
        metric="reach",
        chart=Chart("sources", ("reached",), is_of_sets=True),
    )


def _chapters(aggregates: Aggregated, quarter: Quarter) -> Section:
    columns = (
        Column("group", "Chapter", "text"),
        Column("source", "Platform", "text"),
        Column("audience", "Members"),
        Column("events", "Events"),
        Column("unmeasured_events", "Unmeasured"),
        Column("yes", "Said yes"),
        Column("attendees", "People who came"),
    )
    rows = _most_first(_rows(aggregates, "chapters", quarter), "attendees")
    return section_of(
        rows,
        name="chapters",
        title="By chapter",
        text="Who is in several chapters counts in each.",
        columns=columns,
        keys=("source", "group"),
        metric="event_attendance",
    )


def _places(aggregates: Aggregated, quarter: Quarter) -> Section:
    columns = (
        Column("country", "Country", "country"),
        Column("region", "Region", "region"),
        Column("reached", "People reached"),
        Column("share", "Share", "share"),
    )
    rows = _most_first(_rows(aggregates, "reach_places", quarter), "reached")
    rows.sort(key=lambda row: row["country"] is None)
    return section_of(
        rows,
        name="places",
        title="Where people are",
        text=(
            "By the groups that people are in. The last row counts those of whom no country is"
            " known: the shares of the others rest on what is known."
        ),
        columns=columns,
        keys=("region", "country"),
        metric="reach_places",
        chart=Chart("country", ("reached",)),
    )


def _events(events: list[Found]) -> Section:
    return section_of(
        events,
        name="events",
        title="The events of the quarter",
        text="Where nobody was checked in, who came is not measured.",
        columns=EVENT_COLUMNS,
        keys=("event_id",),
        metric="event_attendance",
    )


def _growth(reach: dict[date, Found], quarter: Quarter) -> Section:
    columns = (
        Column("period", "Quarter", "quarter"),
        Column("audience", "Members"),
        Column("reached", "Reached"),
        Column("active", "Took part"),
        Column("attendees", "At events"),
        Column("new_people", "New"),
        Column("change_reached", "Change of reached", "change"),
    )
    last = [
        reach[period]
        for period in sorted(reach)
        if quarter.after(1 - SHOWN_QUARTERS).start <= period <= quarter.start
    ]
    return section_of(
        last,
        name="growth",
        title="Quarter by quarter",
        text="",
        columns=columns,
        keys=("period",),
        metric="reach",
        chart=Chart("period", ("reached", "active"), is_over_time=True),
    )


def _not_measured(aggregates: Aggregated, row: Found | None, events: list[Found]) -> Iterable[str]:
    yield from known_times(aggregates)
    unmeasured = sum(event["attendance_basis"] != MEASURED for event in events)
    if unmeasured:
        yield (
            f"At {plural(unmeasured, 'event')} of {number_of(len(events))} nobody was checked in."
            " There, who came is not measured; in the number of people at events, who said yes"
            " stands for who came."
        )
    if row is not None and not row["is_complete"]:
        yield "The data does not cover the whole quarter: its numbers are too low."
    if row is not None and row["audience"] is None and "audience" not in row["hidden"]:
        yield "No list of members was ever seen, so that the number of members is not known."
