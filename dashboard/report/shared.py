"""What both kinds of reports have: the community, sponsorships, columns, and what is not known."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from dashboard.report.content import Column, Definition
from dashboard.report.errors import BadReportCall

MEASURED = "checked_in"
STATES = {
    "waiting": "was never read",
    "failed": "could not be read at the last try",
    "stale": "has not been read for more than a day",
    "ended": "has ended",
}
EVENT_COLUMNS = (
    Column("title", "Event", "text"),
    Column("starts_at", "Day", "day"),
    Column("group", "Chapter", "text"),
    Column("invited", "Invited"),
    Column("yes", "Said yes"),
    Column("attended", "Came"),
    Column("no_show_rate", "Stayed away", "share"),
    Column("first_timers", "First time"),
)
SPONSORSHIP_COLUMNS = (
    Column("period", "From", "day"),
    Column("to_date", "Before", "day"),
    Column("amount", "Amount", "money"),
    Column("events", "Events"),
    Column("unmeasured_events", "Unmeasured"),
    Column("confirmed_attendees", "Confirmed"),
    Column("cost_per_confirmed", "Cost per confirmed", "money"),
    Column("reached", "People reached"),
)


class NothingToReport(BadReportCall):
    """There is no such sponsor or event; the message lists what there is."""


class Aggregated(Protocol):
    """What a report reads: see `warehouse.aggregates.Aggregates`."""

    @property
    def id(self) -> str: ...

    @property
    def as_of(self) -> datetime: ...

    def rows(self, table: str) -> list[dict[str, Any]]: ...


def community_of(aggregates: Aggregated) -> dict[str, Any]:
    """The community: name, timezone, min_group_size."""
    return aggregates.rows("community")[0]


def local_day(moment: datetime, timezone: str) -> date:
    """The day of a time in UTC, in the community's time zone."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()


def basis_of(aggregates: Aggregated) -> dict[str, int | None]:
    """The counts of what the snapshot rests on; None is not shown."""
    return {name: n for name, n in aggregates.rows("basis")[0].items() if name != "hidden"}


def is_over(as_of: datetime, end: date, timezone: str) -> bool:
    """Whether the day `end` had begun in the community's time zone when the data was published."""
    return as_of.astimezone(ZoneInfo(timezone)).date() >= end


def measured(event: dict[str, Any]) -> dict[str, Any]:
    """An event's row without what nobody measured: who came, where nobody was checked in."""
    if event["attendance_basis"] == MEASURED:
        return event
    return event | dict.fromkeys(("attended", "walk_ins", "first_timers", "returning"))


def definitions_of(aggregates: Aggregated, metrics: Sequence[str]) -> tuple[Definition, ...]:
    """How these metrics are counted, in this order."""
    found = {row["metric"]: row for row in aggregates.rows("definitions")}
    return tuple(
        Definition(
            metric=name,
            version=found[name]["version"],
            title=found[name]["title"],
            definition=" ".join(found[name]["definition"].split()),
            caveats=" ".join(found[name]["caveats"].split()),
        )
        for name in metrics
    )


def sponsorships_of(
    aggregates: Aggregated, sponsor: str, start: date, end: date
) -> list[dict[str, Any]]:
    """A sponsor's sponsorships that touch the days from `start` to before `end`.

    Raises NothingToReport where there is no sponsor of this name.
    """
    rows = aggregates.rows("sponsorships")
    sponsors = sorted({row["sponsor"] for row in rows})
    if sponsor not in sponsors:
        names = ", ".join(sponsors) or "none"
        raise NothingToReport(f"there is no sponsor {sponsor!r}. The sponsors are: {names}")
    return [
        row
        for row in rows
        if row["sponsor"] == sponsor and row["period"] < end and row["to_date"] > start
    ]


def known_times(aggregates: Aggregated) -> Iterable[str]:
    """Of each source that is not up to date what its state is and to when it is known."""
    for row in aggregates.rows("sources"):
        if row["state"] in STATES:
            known = row["covered_to"]
            until = f", known to {known.date():%Y-%m-%d}" if known else ""
            yield f"{row['source']} ({row['kind'].capitalize()}) {STATES[row['state']]}{until}."
