"""One event: who was asked, who came, who was new, and what they did in the thirty days after."""

from datetime import timedelta

import plotly.graph_objects as go
import streamlit as st

from dashboard import cards, charts, colours, data, event_charts, gatherings, tables, words
from dashboard.data import Row
from dashboard.frame import View
from warehouse.query import Selection

ANY = "*"
FIRST = "first time"
NO_SUCH = "This event is not in the chosen sources, or was cancelled. Choose it on Events."


def selection_of(view: View, row: Row) -> Selection:
    """The day of an event alone, for metrics of this event."""
    day = view.local(row["starts_at"]).date()
    return view.between(day, day + timedelta(days=1))


def cards_of(row: Row, follow: Row | None) -> None:
    """The event's numbers; a dash where one is not known."""
    came = ["By RSVPs alone"] if row["attendance_basis"] == gatherings.RSVP else []
    if row["attended"] is not None and row["capacity"]:
        came.append(f"{words.share(row['attended'] / row['capacity'])} of the places")
    share = follow and follow["share"]
    online = follow and share is not None and words.certainty(follow["low"], follow["high"])
    shown = [
        ("Said yes", row["yes"], "count", _also(row)),
        ("Came", row["attended"], "count", ", ".join(came)),
        ("Show rate", row["show_rate"], "share", _missed(row)),
        ("First time", row["first_timers"], "count", _returning(row)),
        ("Then took part online", share, "share", online or "Known 30 days after the event"),
    ]
    for column, (label, value, unit, note) in zip(st.columns(len(shown)), shown, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.metric(label, words.DASH if value is None else words.number(value, unit))
            if note:
                st.caption(words.markdown(words.sentence(note)))


def _also(row: Row) -> str:
    told = [
        f"{words.count(row[column])} {label}"
        for column, label in (
            ("waitlist", "waiting for a place"),
            ("no", "said no"),
            ("interested", "interested"),
        )
        if row[column]
    ]
    if row["guests"]:
        told.insert(0, f"{words.plural(row['guests'], 'guest')} with them")
    return ", ".join(told)


def _missed(row: Row) -> str:
    missed = gatherings.split(row)["missed"]
    if missed is None:
        return "Not measured" if row["attended"] is not None else ""
    certainty = words.certainty(row["show_low"], row["show_high"])
    return f"{words.count(missed)} of {words.count(row['yes'])} did not come. Rate {certainty}"


def _returning(row: Row) -> str:
    return "" if row["returning"] is None else f"{words.count(row['returning'])} had come before"


def funnel(view: View, row: Row, reach: Row, selection: Selection) -> None:
    """From the members of the group to who came."""
    parts = gatherings.split(row)
    steps = [
        ("Members of the group", reach["invited"], colours.GREY, None),
        ("Said yes", row["yes"], colours.SKY, None),
        ("Said yes and came", parts["came"], colours.BLUE, "attended"),
        ("Said yes and did not come", parts["missed"], colours.VERMILION, "did not"),
        ("Walked in", row["walk_ins"], colours.GREEN, "attended"),
    ]
    if parts["counted"] is not None:
        steps[2] = ("Came", parts["counted"], colours.BLUE, None)
    elif row["attendance_basis"] == gatherings.RSVP:
        steps[2] = ("Said yes, nobody was checked in", row["attended"], colours.GREY, "attended")
    figure = charts.blank(height=70 + 44 * len(steps))
    names = [label for label, *_ in steps]
    for label, value, colour, state in steps:
        told = words.DASH if value is None else words.count(value)
        figure.add_bar(
            orientation="h",
            y=[label],
            x=[0 if value is None else value],
            text=[told],
            textposition="auto" if value else "outside",
            customdata=[0],
            meta=state,
            marker={"color": colour[view.is_dark], "line": {"width": 0}},
            insidetextfont={"color": colours.ink(colour[view.is_dark])},
            hovertext=[f"{label}<br><b>{told if value is not None else 'not known'}</b>"],
            hoverinfo="text",
        )
    _by_name(figure, names)
    title = "From the invitation to the room"
    if parts["missed"] is not None:
        title = (
            f"{words.count(parts['came'])} of {words.count(row['yes'])} who said yes came,"
            f" {words.count(row['walk_ins'])} walked in"
        )
    cards.card(
        view,
        "event_attendance",
        title,
        [row],
        figure,
        note=f"{words.DASH}: not known. Members: who had joined the group before it began.",
        selection=selection,
    )


def _by_name(figure: go.Figure, names: list[str]) -> None:
    figure.update_layout(barmode="overlay", showlegend=False)
    figure.update_xaxes(rangemode="tozero", tickformat=",d", nticks=5)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=names,
        autorange="reversed",
        nticks=None,
    )


def afterwards(view: View, rows: list[Row], selection: Selection) -> None:
    """What the people who came did in the thirty days after."""
    any_act = next((row for row in rows if row["kind"] == ANY), None)
    title = "What they did in the thirty days after"
    if any_act and any_act["members"] is not None:
        part = f"{words.count(any_act['members'])} of {words.count(any_act['attendees'])} took part"
        title = f"{part} online in the thirty days after"
        if not any_act["is_complete"]:
            title = f"{part} online so far: the thirty days are not over"
    ordered = sorted(rows, key=lambda row: (row["kind"] != ANY, -(row["members"] or 0)))
    figure = None
    if any_act and any_act["is_complete"]:
        told = [
            f"{words.number(row['members'], 'count')} of {words.count(row['attendees'])}"
            f" {words.certainty(row['low'], row['high'])}"
            for row in ordered
        ]
        names = [_kind(row["kind"]) for row in ordered]
        figure = event_charts.shares(ordered, names, "share", told, colours.PURPLE, view)
    cards.card(
        view,
        "event_after",
        title,
        ordered,
        figure,
        note="Lines: 95% certainty. They may have done so without the event.",
        selection=selection,
        empty="Nobody who came is known by name.",
    )


def _kind(kind: str) -> str:
    named = {ANY: "Anything online", "attended": "Another event", "reply": "Replies"}
    return named.get(kind) or words.sentence(words.kinds(kind))


def people(view: View, row: Row, selection: Selection) -> None:
    """Who came for the first time, and everybody known by name."""
    found = data.people(view.path, "event_attendance", selection, row)
    every = [one | {"event": row["title"]} for one in found.to_pylist()]
    first = [one for one in every if one["visit"] == FIRST]
    with st.container(border=True):
        title = "Nobody is known to have come for the first time"
        if row["attendance_basis"] is None:
            title = "Who answered"
        elif first:
            title = f"{words.plural(len(first), 'person', 'people')} came for the first time"
        st.markdown(f"##### {title}")
        if not every:
            st.caption("Nobody is known by name.")
            return
        only = st.toggle("Only who came for the first time", value=bool(first), key="first")
        shown = found.take([i for i, one in enumerate(every) if not only or one["visit"] == FIRST])
        shown = tables.readable(shown, view)
        st.dataframe(
            shown,
            hide_index=True,
            column_config=tables.column_config(shown, {}, view),
            column_order=["name", "state", "answer", "visit"],
            placeholder=words.DASH,
            height=min(38 + 35 * max(shown.num_rows, 1), 390),
        )
        if found.num_rows > data.BEHIND_LIMIT:
            st.caption(f"The first {data.BEHIND_LIMIT} are shown; there are more.")
        cards.download("event-people.csv", shown.to_pylist(), shown.column_names, "event-people")


def show(view: View) -> None:
    """Draws the page."""
    wanted = st.query_params.get("event")
    row = gatherings.found(view, wanted)
    query = {name: value for name, value in st.query_params.to_dict().items() if name != "event"}
    st.page_link(
        "app_pages/events.py",
        label="All events",
        icon=":material/arrow_back:",
        query_params=query,
    )
    if row is None:
        st.header("Which event?")
        st.markdown(NO_SUCH)
        return
    selection = selection_of(view, row)
    [reach] = [
        one for one in view.rows("event_invited", selection) if one["event_id"] == row["event_id"]
    ]
    followed = [
        one for one in view.rows("event_after", selection) if one["event_id"] == row["event_id"]
    ]
    st.header(words.markdown(row["title"]))
    st.markdown(gatherings.told(row, reach, view))
    ahead = {one["event_id"]: one for one in gatherings.to_come(view)}
    if row["event_id"] in ahead:
        coming = ahead[row["event_id"]]
        st.markdown(
            f"Still to come: {gatherings.expectation(coming)}. {words.markdown(coming['basis'])}."
        )
    else:
        st.markdown(gatherings.rests_on(row))
    if row["url"] and row["url"].startswith(("https://", "http://")):
        st.link_button("Open on the platform", row["url"], icon=":material/open_in_new:")
    cards_of(row, next((one for one in followed if one["kind"] == ANY), None))
    left, right = st.columns(2)
    with left:
        funnel(view, row, reach, selection)
    with right:
        if row["event_id"] not in ahead:
            afterwards(view, followed, selection)
    people(view, row, selection)


show(st.session_state.view)
