"""Events: which there are, what is known of their attendance, and how they are announced."""

from dashboard import text
from dashboard.charts.events import CHECKED_IN, RSVP
from dashboard.data import Row
from dashboard.view import View
from warehouse.query import Selection


def attendance(view: View, selection: Selection | None = None) -> list[Row]:
    """The events of a time, newest first: who came of those who said yes, and who did not.

    `counted` is who came where only the total is known, not who of them had said yes. `unmeasured`
    is who said yes, or is interested, where nothing from the door tells who came.
    """
    found = view.rows("event_attendance", selection)
    rows = view.with_totals("event_attendance", found, "event_id")
    for row in rows:
        is_counted = row["attendance_basis"] == CHECKED_IN and row["attended"] is not None
        asked = row["interested"] if row["yes"] is None else row["yes"]
        row["counted"] = row["attended"] if is_counted and row["walk_ins"] is None else None
        row["unmeasured"] = None if is_counted else asked
    return sorted(rows, key=lambda row: row["starts_at"], reverse=True)


def are_known(view: View) -> bool:
    """Whether the chosen sources have any event, in the chosen time or at any other."""
    return bool(
        view.rows("event_attendance")
        or view.rows("event_attendance", view.between(None, None), limit=1)
    )


def find(view: View, event_id: str | None) -> Row | None:
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
    return f"{invitation(view, row)} · {text.expectation(row)}"


def invitation(view: View, row: Row) -> str:
    """An event to come as Markdown: what, when, where, who said yes."""
    said = [f"**{text.markdown(row['title'])}**, {view.begins(row)}"]
    if row["group"]:
        said[0] += f", {text.markdown(row['group'])}"
    if row["yes_now"] is not None:
        said.append(f"{text.count(row['yes_now'])} said yes")
    elif row["interested"] is not None:
        said.append(f"{text.count(row['interested'])} interested")
    return " · ".join(said)


def came_how(trend: Row | None) -> str:
    """What the number who came rests on: 54 people at 4 events: 11 checked in, 43 said yes."""
    if trend is None or not trend["attended"]:
        return ""
    came = text.plural(trend["attended"], "person", "people")
    at = f"{came} at {text.plural(trend['events'], 'event')}"
    checked_in, said_yes = (text.count(trend[f"attended_{how}"]) for how in ("checked_in", "rsvp"))
    return f"{at}: {checked_in} checked in, {said_yes} said yes"


def by_a_yes_alone(active: Row | None) -> str:
    """How many of the active people are so by a yes alone; "" for none."""
    if active is None or not active["rsvp_only"]:
        return ""
    only = text.count(active["rsvp_only"])
    return f"{only} of them only said yes to an event without check-in"


def basis(view: View, trend: list[Row]) -> str:
    """How many of the events of a trend rest on check-ins, on RSVPs, on nothing."""
    total = view.total("event_trend", trend)
    if not total["events"]:
        return ""
    checked, unknown = total["checked_in_events"], total["unknown_events"]
    parts = [
        f"{text.count(checked)} {'rests' if checked == 1 else 'rest'} on check-ins at the door",
        f"{text.count(total['rsvp_events'])} on RSVPs alone, where a yes counts as having come",
    ]
    if unknown:
        parts.append(f"of {text.count(unknown)} it is not known who came")
    said = f"Of {text.plural(total['events'], 'event')} in this time, {'; '.join(parts)}."
    return f"{said} {how}." if (how := came_how(total)) else said


def about(row: Row, invited: Row, view: View) -> str:
    """When, where, how many places, and whose event it is, as Markdown."""
    parts = [view.begins(row)]
    if invited["ends_at"]:
        ends = view.own_clock(invited["ends_at"], row["utc_offset_minutes"])
        parts[0] += f" to {ends:%H:%M}"
    has_own_clock = row["utc_offset_minutes"] is not None
    parts[0] += " by its own clock" if has_own_clock else f" ({view.zone.key})"
    if row["group"]:
        parts.append(text.markdown(row["group"]))
    if row["is_online"]:
        parts.append("online")
    country = invited["country"] and invited["country"].upper()
    if place := [part for part in (invited["venue"], invited["city"], country) if part]:
        parts.append(text.markdown(", ".join(dict.fromkeys(place))))
    if row["capacity"] is not None:
        parts.append(text.plural(row["capacity"], "place"))
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
