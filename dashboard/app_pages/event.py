"""One event: who was asked, who came, who was new, and what they did in the thirty days after."""

from datetime import timedelta

import streamlit as st

from dashboard import colours, data, text
from dashboard.charts import rows as charts
from dashboard.charts.events import RSVP
from dashboard.charts.figure import Series
from dashboard.charts.rows import Step
from dashboard.components import tables
from dashboard.components.cards import card
from dashboard.data import Row
from dashboard.sections import events
from dashboard.view import View
from warehouse.query import Selection

ANY = "*"
FIRST = "first time"
NO_SUCH = "This event is not in the chosen sources, or was cancelled. Choose it on Events."
TOOK_PART = Series("share", "", "share", colour=colours.PURPLE, whole="attendees")


def number_cards(row: Row, after: Row | None) -> None:
    """The event's numbers; a dash where one is not known."""
    came = ["By RSVPs alone"] if row["attendance_basis"] == RSVP else []
    if row["share_of_places"] is not None:
        came.append(text.share_of(row["share_of_places"], row["capacity"], "place"))
    share = after and after["share"]
    online = after and share is not None and text.certainty(after["low"], after["high"])
    known = row["returning"] is not None
    before = f"{text.count(row['returning'])} had come before" if known else ""
    shown = [
        ("Said yes", row["yes"], "count", _also(row)),
        ("Came", row["attended"], "count", ", ".join(came)),
        ("Show rate", row["show_rate"], "share", _missed(row)),
        ("First time", row["first_timers"], "count", before),
        ("Then took part online", share, "share", online or "Known 30 days after the event"),
    ]
    wholes = {"Show rate": row["yes"], "Then took part online": after and after["attendees"]}
    for column, (label, value, unit, note) in zip(st.columns(len(shown)), shown, strict=True):
        with column, st.container(border=True, height="stretch"):
            is_share = unit == "share" and value is not None
            said = text.share_of(value, wholes[label]) if is_share else text.or_dash(value, unit)
            st.metric(label, said)
            if note:
                st.caption(text.markdown(text.sentence(note)))


def _also(row: Row) -> str:
    also = {"waitlist": "waiting for a place", "no": "said no", "interested": "interested"}
    said = [f"{text.count(row[name])} {also[name]}" for name in also if row[name]]
    if row["guests"]:
        said.insert(0, f"{text.plural(row['guests'], 'guest')} with them")
    return ", ".join(said)


def _missed(row: Row) -> str:
    if row["missed"] is None:
        return "Not measured" if row["attended"] is not None else ""
    certainty = text.certainty(row["show_low"], row["show_high"])
    return f"{text.count(row['missed'])} of {text.count(row['yes'])} did not come. Rate {certainty}"


def funnel(view: View, row: Row, invited: Row, selection: Selection) -> None:
    """From the members of the group to who came."""
    title = "From the invitation to the room"
    if row["missed"] is not None:
        title = (
            f"{text.count(row['came'])} of {text.count(row['yes'])} who said yes came,"
            f" {text.count(row['walk_ins'])} walked in"
        )
    note = f"{text.DASH}: not known. Members: who had joined the group before it began."
    figure = charts.funnel(_steps(row, invited), view.is_dark)
    card(view, "event_attendance", title, [row], figure, note, selection)


def _steps(row: Row, invited: Row) -> list[Step]:
    came = Step("Said yes and came", row["came"], colours.BLUE, "attended")
    if row["counted"] is not None:
        came = Step("Came", row["counted"], colours.BLUE)
    elif row["attendance_basis"] == RSVP:
        label = "Said yes, nobody was checked in"
        came = Step(label, row["attended"], colours.GREY, "attended")
    return [
        Step("Members of the group", invited["invited"], colours.GREY),
        Step("Said yes", row["yes"], colours.SKY),
        came,
        Step("Said yes and did not come", row["missed"], colours.VERMILION, "did not"),
        Step("Walked in", row["walk_ins"], colours.GREEN, "attended"),
    ]


def afterwards(view: View, rows: list[Row], any_kind: Row | None, selection: Selection) -> None:
    """What the people who came did in the thirty days after."""
    title = "What they did in the thirty days after"
    if any_kind and any_kind["members"] is not None:
        took_part = (
            f"{text.count(any_kind['members'])} of {text.count(any_kind['attendees'])} took part"
        )
        title = f"{took_part} online in the thirty days after"
        if not any_kind["is_complete"]:
            title = f"{took_part} online so far: the thirty days are not over"
    ordered = sorted(rows, key=lambda row: (row["kind"] != ANY, -(row["members"] or 0)))
    figure = None
    if any_kind and any_kind["is_complete"]:
        figure = charts.shares(view, ordered, _kind, TOOK_PART, _took_part)
    note = "Lines: 95% certainty. They may have done so without the event."
    empty = "Nobody who came is known by name."
    card(view, "event_after", title, ordered, figure, note, selection, empty)


def _kind(row: Row) -> str:
    named = {ANY: "Anything online", "attended": "Another event", "reply": "Replies"}
    return named.get(row["kind"]) or text.sentence(text.kinds(row["kind"]))


def _took_part(row: Row) -> str:
    return (
        f"{text.number(row['members'], 'count')} of {text.count(row['attendees'])}"
        f" {text.certainty(row['low'], row['high'])}"
    )


def people(view: View, row: Row, selection: Selection) -> None:
    """Who came for the first time, and everybody known by name."""
    found = data.people(view.path, "event_attendance", selection, row)
    visits = found.slice(0, data.BEHIND_LIMIT).column("visit").to_pylist()
    first = [index for index, visit in enumerate(visits) if visit == FIRST]
    with st.container(border=True):
        title = "Nobody is known to have come for the first time"
        if row["attendance_basis"] is None:
            title = "Who answered"
        elif first:
            title = f"{text.plural(len(first), 'person', 'people')} came for the first time"
        st.markdown(f"##### {title}")
        if not visits:
            st.caption("Nobody is known by name.")
            return
        only = st.toggle("Only who came for the first time", value=bool(first), key="first")
        shown = found.take(first if only else list(range(len(visits))))
        tables.show(shown, view, ["name", "state", "answer", "visit"])
        tables.say_more(found)
        shown = tables.readable(shown, view)
        tables.download("event-people.csv", shown.to_pylist(), shown.column_names, "event-people")


def heading(view: View, row: Row, invited: Row) -> bool:
    """Draws what, when and where, and what the numbers rest on; whether it is still to come."""
    st.header(text.markdown(row["title"]))
    st.markdown(events.about(row, invited, view))
    coming = next((one for one in events.to_come(view) if one["event_id"] == row["event_id"]), None)
    if coming:
        expected, basis = text.expectation(coming), text.markdown(coming["basis"])
        st.markdown(f"Still to come: {expected}. {basis}.")
    else:
        st.markdown(events.rests_on(row))
    if row["url"] and row["url"].startswith(("https://", "http://")):
        st.link_button("Open on the platform", row["url"], icon=":material/open_in_new:")
    return coming is not None


def _of(event: Row, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["event_id"] == event["event_id"]]


view: View = st.session_state.view
query = st.query_params.to_dict()
found = events.find(view, query.pop("event", None))
back = ":material/arrow_back:"
st.page_link("app_pages/events.py", label="All events", icon=back, query_params=query)
if found is None:
    st.header("Which event?")
    st.markdown(NO_SUCH)
    st.stop()
day = view.local(found["starts_at"]).date()
selection = view.between(day, day + timedelta(days=1))
[row] = _of(found, events.attendance(view, selection))
[invited] = _of(found, view.rows("event_invited", selection))
after = _of(found, view.rows("event_after", selection))
any_kind = next((one for one in after if one["kind"] == ANY), None)
is_to_come = heading(view, row, invited)
number_cards(row, any_kind)
left, right = st.columns(2)
with left:
    funnel(view, row, invited, selection)
with right:
    if not is_to_come:
        afterwards(view, after, any_kind, selection)
people(view, row, selection)
