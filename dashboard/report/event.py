"""The report of one event: who was invited, said yes, came, stayed away, and what came after.

It reads the published aggregates alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.report.content import Chart, Column, Logo, Report, Row, Section, Value, section_of
from dashboard.report.shared import (
    MEASURED,
    SPONSORSHIP_COLUMNS,
    Aggregated,
    NothingToReport,
    basis_of,
    community_of,
    definitions_of,
    is_over,
    known_times,
    local_day,
    measured,
)
from dashboard.report.words import number_of, plural

METRICS = ("event_attendance", "event_invited", "event_after", "sponsorships")
DAYS_AFTER = 30
MOST_NAMED = 10

Found = dict[str, Any]

_STEPS = {
    "invited": "Invited: members of the chapter",
    "yes": "Said yes",
    "waitlist": "On the waiting list",
    "no": "Said no",
    "attended": "Came",
    "walk_ins": "of them without a yes",
    "first_timers": "of them for the first time",
    "returning": "of them not for the first time",
}


def event_report(
    aggregates: Aggregated, event_id: str, sponsor: str = "", logos: Sequence[Logo] = ()
) -> Report:
    """The report of one event, with the sponsorships that it is part of: of one sponsor, or of all.

    Raises NothingToReport for an event that is not there, or not the sponsor's.
    """
    event = measured(_event(aggregates, event_id))
    community = community_of(aggregates)
    numbers = {
        row["number"]
        for row in aggregates.rows("sponsored_events")
        if row["event_id"] == event["event_id"]
    }
    paid = [
        row
        for row in aggregates.rows("sponsorships")
        if row["number"] in numbers and row["sponsor"] == (sponsor or row["sponsor"])
    ]
    if sponsor and not paid:
        raise NothingToReport(f"{sponsor!r} did not sponsor the event {event_id!r}")
    is_measured = event["attendance_basis"] == MEASURED
    sections = [_steps(event), _after(event, is_measured), _paid(paid)]
    day = local_day(event["starts_at"], community["timezone"])
    return Report(
        subject=event["event_id"],
        is_of_event=True,
        title=event["title"] or "An event without a title",
        community=community["name"],
        timezone=community["timezone"],
        sponsor=sponsor,
        from_date=day,
        to_date=day,
        snapshot=aggregates.id,
        published_at=aggregates.as_of,
        is_over=is_over(aggregates.as_of, day, community["timezone"]),
        is_complete=True,
        min_group_size=community["min_group_size"],
        summary=tuple(_summary(event, is_measured)),
        sections=tuple(section for section in sections if section.rows),
        not_measured=tuple(_not_measured(aggregates, event, is_measured)),
        definitions=definitions_of(aggregates, METRICS),
        basis=basis_of(aggregates),
        logos=tuple(logos),
    )


def _event(aggregates: Aggregated, event_id: str) -> Found:
    rows = aggregates.rows("events")
    for row in rows:
        if row["event_id"] == event_id:
            return row
    newest = [f"{row['event_id']} ({row['title']})" for row in rows[-MOST_NAMED:]]
    names = "; ".join(newest) or "there is none"
    raise NothingToReport(f"there is no event {event_id!r} that took place. The newest: {names}")


def _summary(event: Found, is_measured: bool) -> Iterable[str]:
    group = f" of {event['group']}" if event["group"] else ""
    yield f"An event{group}{', online' if event['is_online'] else ''}."
    if event["yes"] is not None:
        yield f"{plural(event['yes'], 'person', 'people')} said yes."
    if not is_measured:
        yield "Nobody was checked in, so that who came is not measured."
    elif event["attended"] is not None:
        yield f"{plural(event['attended'], 'person', 'people')} came."
    if is_measured and event["first_timers"] is not None:
        yield f"For {number_of(event['first_timers'])} of them it was the first event."


def _steps(event: Found) -> Section:
    rows = [
        Row(
            {"step": name, "label": label, "value": event[name]},
            ("value",) if name in event["hidden"] else (),
        )
        for name, label in _STEPS.items()
    ]
    return Section(
        name="steps",
        title="From the invitation to the room",
        text="",
        columns=(Column("label", "", "text"), Column("value", "People")),
        rows=tuple(rows),
        keys=("step",),
        metric="event_attendance",
        chart=Chart("label", ("value",)),
    )


def _after(event: Found, is_measured: bool) -> Section:
    rows = []
    for name, label in (
        ("no_show_rate", "Stayed away, of those who said yes"),
        ("follow_share", f"Took part online within {DAYS_AFTER} days, of those who came"),
        ("comparison_share", "The same, of people who did not come"),
    ):
        values: dict[str, Value] = {"share": name, "label": label, "value": event[name]}
        if name != "comparison_share" and not is_measured:
            values["value"] = None
        rows.append(Row(values, ("value",) if name in event["hidden"] else ()))
    return Section(
        name="after",
        title=f"Staying away, and the {DAYS_AFTER} days after",
        text="Who comes may have taken part anyway: compare with those who did not come.",
        columns=(Column("label", "", "text"), Column("value", "Share", "share")),
        rows=tuple(rows),
        keys=("share",),
        metric="event_after",
    )


def _paid(paid: list[Found]) -> Section:
    columns = (Column("sponsor", "Sponsor", "text"), *SPONSORSHIP_COLUMNS)
    return section_of(
        paid,
        name="sponsorships",
        title="Who sponsored it",
        text="Each sponsorship over its whole time and all its events.",
        columns=columns,
        keys=("number", "currency"),
        metric="sponsorships",
    )


def _not_measured(aggregates: Aggregated, event: Found, is_measured: bool) -> Iterable[str]:
    yield from known_times(aggregates)
    if not is_measured:
        yield (
            "Nobody was checked in at this event: who came, stayed away or came for the first time"
            " is not known. Who said yes is no measure of it."
        )
    if event["follow_share"] is None and "follow_share" not in event["hidden"]:
        yield (
            f"What those who came did in the {DAYS_AFTER} days after is not known: the days are not"
            " over, or no account of theirs is known elsewhere."
        )
