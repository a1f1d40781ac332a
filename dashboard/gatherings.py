"""Events in words: when they begin by their own clock, who will come, what numbers rest on."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dashboard import words
from dashboard.data import Row
from dashboard.frame import View

CHECKED_IN, RSVP = "checked_in", "rsvp"
NOT_CHECKED = "nobody was checked in"


def own_clock(view: View, moment: datetime, utc_offset_minutes: int | None) -> datetime:
    """A UTC time by an event's own clock; where that is not known, by the community's."""
    if utc_offset_minutes is None:
        return view.local(moment).replace(tzinfo=None)
    return moment + timedelta(minutes=utc_offset_minutes)


def begins(view: View, row: Row) -> str:
    """When an event begins, by its own clock: Thu 26 Nov 2026, 18:30."""
    moment = own_clock(view, row["starts_at"], row["utc_offset_minutes"])
    return f"{moment:%a} {words.clock(moment)}"


def are_known(view: View) -> bool:
    """Whether the chosen sources have any event, in the chosen time or at any other."""
    return bool(
        view.rows("event_attendance")
        or view.rows("event_attendance", view.between(None, None), limit=1)
    )


def found(view: View, event_id: str | None) -> Row | None:
    """An event that was not cancelled: looked for in the chosen time, then in all."""
    for selection in (view.selection, view.between(None, None)):
        for row in view.rows("event_attendance", selection):
            if row["event_id"] == event_id:
                return row
    return None


def to_come(view: View) -> list[Row]:
    """The events to come with their forecasts, the next one first."""
    rows = sorted(view.rows("attendance_forecast"), key=lambda row: row["starts_at"])
    if not rows:
        return []
    first = view.local(rows[0]["starts_at"]).date()
    known = {
        row["event_id"]: row for row in view.rows("event_attendance", view.between(first, None))
    }
    return [known[row["event_id"]] | row for row in rows]


def announcement(view: View, row: Row) -> str:
    """An event to come as Markdown: what, when, where, who said yes, how many to expect."""
    said = [f"**{words.markdown(row['title'])}**, {begins(view, row)}"]
    if row["group"]:
        said[0] += f", {words.markdown(row['group'])}"
    if row["yes_now"] is not None:
        said.append(f"{words.count(row['yes_now'])} said yes")
    elif row["interested"] is not None:
        said.append(f"{words.count(row['interested'])} interested")
    said.append(expectation(row))
    return " · ".join(said)


def expectation(row: Row) -> str:
    """How many will come, four times out of five, or why that is not known."""
    if row["expected"] is None:
        return f"how many will come is not known: {words.markdown(row['basis'])}"
    if row["low"] == row["high"]:
        return f"expect {words.count(row['low'])}"
    return f"expect {words.count(row['low'])} to {words.count(row['high'])}"


def basis(rows: Iterable[Row]) -> str:
    """How many of the events of a trend rest on marks at the door, on answers, on nothing."""
    totals = {"events": 0, "checked_in_events": 0, "rsvp_events": 0}
    for row in rows:
        for name in totals:
            totals[name] += row[name]
    events, checked, answered = totals.values()
    if not events:
        return ""
    parts = [
        f"{words.count(checked)} {'rests' if checked == 1 else 'rest'} on check-ins at the door",
        f"{words.count(answered)} on RSVPs alone, where a yes counts as having come",
    ]
    if unknown := events - checked - answered:
        parts.append(f"of {words.count(unknown)} it is not known who came")
    return f"Of {words.plural(events, 'event')} in this time, {'; '.join(parts)}."


def split(row: Row) -> Row:
    """An event with its attendance apart: who came of those who said yes, and who did not.

    `counted` is who came where only the total is known, not who of them had said yes. `unmeasured`
    is who said yes, or is interested, where nothing from the door tells who came.
    """
    by_name = row["walk_ins"] is not None
    came = row["attended"] - row["walk_ins"] if by_name else None
    is_counted = row["attendance_basis"] == CHECKED_IN and row["attended"] is not None
    asked = row["interested"] if row["yes"] is None else row["yes"]
    return row | {
        "came": came,
        "missed": row["yes"] - came if by_name else None,
        "counted": row["attended"] if is_counted and not by_name else None,
        "unmeasured": None if is_counted else asked,
    }


def where(row: Row) -> str:
    """The venue with its city and country; "" where nothing is known of it."""
    parts = [row["venue"], row["city"], row["country"] and row["country"].upper()]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def told(row: Row, reach: Row, view: View) -> str:
    """When, where, how many places, and whose event it is, as Markdown."""
    parts = [begins(view, row)]
    if reach["ends_at"]:
        ends = own_clock(view, reach["ends_at"], row["utc_offset_minutes"])
        parts[0] += f" to {ends:%H:%M}"
    parts[0] += (
        " by its own clock" if row["utc_offset_minutes"] is not None else f" ({view.zone.key})"
    )
    if row["group"]:
        parts.append(words.markdown(row["group"]))
    if row["is_online"]:
        parts.append("online")
    if place := where(reach):
        parts.append(words.markdown(place))
    if row["capacity"] is not None:
        parts.append(words.plural(row["capacity"], "place"))
    return " · ".join(parts)


def rests_on(row: Row) -> str:
    """What the numbers of an event rest on."""
    if row["attendance_basis"] == CHECKED_IN:
        if row["walk_ins"] is None:
            return "Who came was counted at the door; names are not known."
        return "Who came was checked in at the door."
    if row["attendance_basis"] == RSVP:
        return "Nobody was checked in: a yes counts as having come, which is too many."
    return "Who came is not known."
