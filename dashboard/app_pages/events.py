"""Events: who came, who comes back, who will come?"""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from dashboard import (
    cards,
    chapters,
    charts,
    colours,
    conversions,
    event_charts,
    gatherings,
    numbers,
    words,
)
from dashboard.data import Row
from dashboard.facts import Fact, headline
from dashboard.frame import View

NO_EVENT = """\
None of the chosen sources has an event. Choose one that has above. Meetup's come with a source in
vitals.toml and `vitals sync`; without access to its API, with the files that every organiser can
download. Discord's scheduled events come with a Discord source."""
EXAMPLE = """\
[[sources]]
name = "meetup"
kind = "meetup\""""
IMPORTS = """\
vitals import meetup-attendees PATH --source meetup
vitals import meetup-members PATH --source meetup
vitals import meetup-archive PATH --source meetup"""
MOST_GROUPS = 12
MOST_TO_COME = 12
ALL = "*"
EACH_EVENT_NOTE = (
    f"The newest {event_charts.MOST_EVENTS} of the chosen time that have begun, those to come where"
    " there is room; by their own clocks; the table has all. Below zero: said yes and did not come."
    " Grey and hatched: nobody was marked at the door, or it is still to come, so who came was not"
    " measured. Press a bar to open its event."
)


def headlines(view: View) -> list[Fact]:
    """Who came, kept their word, was new, came again, and then took part online."""
    return [
        newest_known(view, "Came per event", "mean_attended", "count", "up"),
        with_certainty(
            newest_known(view, "Show rate", "show_rate", "share", "up"), "show_low", "show_high"
        ),
        with_certainty(
            newest_known(view, "First time", "first_timer_share", "share", "neutral"),
            "first_low",
            "first_high",
        ),
        came_again(view),
        conversions.then_took_part(view),
    ]


def newest_known(view: View, label: str, column: str, unit: str, good: str) -> Fact:
    """A number of the newest finished period with an event that tells it, and of the one before."""
    rows = [row for row in view.run_up_rows("event_trend") if row["events"]]
    known = [row for row in rows if row[column] is not None]
    return headline(known, label, "event_trend", column, unit, good, view.grain)


def with_certainty(fact: Fact, low: str, high: str) -> Fact:
    """The fact with the interval that two columns of its row tell."""
    if fact.now is None:
        return fact
    return replace(fact, note=words.sentence(words.certainty(fact.now[low], fact.now[high])))


def came_again(view: View) -> Fact:
    """Who was at a second event in the chosen time, against the same length of time before."""
    start = view.selection.start
    before = None
    if start and view.newest:
        length = view.newest - start + timedelta(days=1)
        before = _together(view.rows("repeat_attendance", view.between(start - length, start)))
    rows = view.rows("repeat_attendance")
    now = _together(rows)
    parts = ["Nobody came in the chosen time"]
    if now:
        parts = [
            f"{words.count(now['repeat_attendees'])} of"
            f" {words.plural(now['attendees'], 'person', 'people')} in the chosen time"
        ]
        parts[0] += ", against the same time before" * (before is not None)
        parts.append(words.sentence(words.certainty(now["low"], now["high"])))
    return Fact(
        "Came again", "repeat_attendance", "repeat_share", "share", "up", view.grain,
        rows=tuple(rows), now=now, before=before, note=". ".join(parts), selection=view.selection,
    )  # fmt: skip


def _together(rows: list[Row]) -> Row | None:
    return next((row for row in rows if row["group"] == ALL), None)


def coming(view: View, rows: list[Row]) -> None:
    """The next events, and how many to expect."""
    note = "Guests are not in it. What it rests on is in the table."
    if len(rows) > MOST_TO_COME:
        note = f"The next {MOST_TO_COME} of {len(rows)}; the table has all. {note}"
    cards.card(
        view,
        "attendance_forecast",
        "How many will really come",
        rows,
        event_charts.expected(rows[:MOST_TO_COME], view),
        note=note,
    )


def each_event(view: View, ahead: list[Row]) -> None:
    """Every event: said yes, came, did not, walked in."""
    found = view.rows("event_attendance")
    rows = sorted(found, key=lambda row: row["starts_at"], reverse=True)
    named = [row for row in rows if row["show_rate"] is not None]
    title = "Who said yes, who came"
    if named:
        promised = sum(row["yes"] for row in named)
        came = sum(row["attended"] - row["walk_ins"] for row in named)
        title = (
            f"{words.count(came)} of the {words.count(promised)} who said yes came, where somebody"
            " was checked in"
        )
    elif rows:
        title = "Who said yes: nobody was checked in"
    figure = event_charts.each_event(rows, view, {row["event_id"] for row in ahead})
    cards.card(view, "event_attendance", title, rows, figure, EACH_EVENT_NOTE)


def coming_back(view: View) -> None:
    """Who came to a second event, by group."""
    found = view.rows("repeat_attendance")
    rows = sorted(found, key=lambda row: (row["group"] != ALL, -row["attendees"], row["group"]))
    title = "Who comes back"
    if rows:
        title = (
            f"{words.share(rows[0]['repeat_share'])} of"
            f" {words.plural(rows[0]['attendees'], 'person', 'people')} came to a second event in"
            " this time"
        )
    shown = rows[:MOST_GROUPS]
    told = [
        f"{words.count(row['repeat_attendees'])} of {words.count(row['attendees'])}:"
        f" {words.share(row['repeat_share'])}, {words.certainty(row['low'], row['high'])}"
        for row in shown
    ]
    names = ["All together" if row["group"] == ALL else row["group"] for row in shown]
    figure = event_charts.shares(shown, names, "repeat_share", told, colours.BLUE, view)
    cards.card(view, "repeat_attendance", title, rows, figure, note="Lines: 95% certainty.")


def online(view: View) -> None:
    """How many come online, and to a room."""
    rows = view.chosen(view.run_up_rows("event_trend"))
    last = headline(rows, "", "event_trend", "online_share", "share", "neutral", view.grain)
    known = [row for row in rows if row["online_share"] is not None]
    title = "Online and in a room"
    if known and all(row["online_share"] == 0 for row in known):
        title = "Every event was in a room"
    elif last.now is not None and last.value is not None:
        title = (
            f"{words.share(last.value)} of the events were online"
            f" {words.during(last.now['period'], view.grain)}"
        )
    palette = {
        "mean_in_person": colours.AMBER[view.is_dark],
        "mean_online": colours.SKY[view.is_dark],
    }
    series = [
        charts.Series("mean_in_person", "Came per event in a room"),
        charts.Series("mean_online", "Came per event online"),
    ]
    figure = charts.bars(rows, series, view.grain, view.is_dark, palette, stacked=False)
    note = "No bar: no such event, or not known who came. Hatched: not over yet."
    cards.card(view, "event_trend", title, rows, figure, note=note)


def show(view: View) -> None:
    """Draws the page."""
    st.header("Who came, who comes back, who will come?")
    if not gatherings.are_known(view):
        st.markdown(NO_EVENT)
        st.code(EXAMPLE, language="toml")
        st.code(IMPORTS, language="bash")
        return
    ahead = gatherings.to_come(view)
    if ahead:
        st.markdown(f"Next: {gatherings.announcement(view, ahead[0])}")
    else:
        st.markdown("No event to come is known.")
    numbers.row(view, headlines(view))
    st.caption(gatherings.basis(view.chosen(view.run_up_rows("event_trend"))))
    each_event(view, ahead)
    left, right = st.columns(2)
    with left:
        conversions.to_the_community(view)
        online(view)
    with right:
        coming_back(view)
        conversions.the_other_way(view)
        if ahead:
            coming(view, ahead)
    chapters.show(view)


show(st.session_state.view)
