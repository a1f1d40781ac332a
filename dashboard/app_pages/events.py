"""Events: who came, who comes back, who will come?"""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from dashboard import colours, text
from dashboard.charts import bars
from dashboard.charts import events as charts
from dashboard.charts.figure import Series
from dashboard.charts.rows import shares
from dashboard.components import number_cards
from dashboard.components.cards import card
from dashboard.components.headline import Headline, headline, newest_finished
from dashboard.data import Row
from dashboard.sections import chapters, conversions, events
from dashboard.view import View

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
NONE_AHEAD = "No event to come is known."
EACH_EVENT_NOTE = (
    f"The newest {charts.MOST_EVENTS} of the chosen time that have begun, those to come where"
    " there is room; by their own clocks; the table has all. Below zero: said yes and did not come."
    " Grey and hatched: nobody was marked at the door, or it is still to come, so who came was not"
    " measured. Press a bar to open its event."
)
CAME_AGAIN = Series("repeat_share", "", "share", colour=colours.BLUE, whole="attendees")
WHERE_THEY_CAME = (
    Series("mean_in_person", "Came per event in a room", colour=colours.AMBER),
    Series("mean_online", "Came per event online", colour=colours.SKY),
)


def headlines(view: View) -> list[Headline]:
    """Who came, kept their word, was new, came again, and then took part online."""
    return [
        newest_known(view, "Came per event", "mean_attended", "count", "up"),
        newest_known(view, "Show rate", "show_rate", "share", "up", "show"),
        newest_known(view, "First time", "first_timer_share", "share", "neutral", "first"),
        came_again(view),
        conversions.then_took_part(view),
    ]


def newest_known(
    view: View, label: str, column: str, unit: str, good: str, interval: str = ""
) -> Headline:
    """A number of the newest finished period with an event that tells it, and of the one before.

    `interval` is how the columns of its interval begin.
    """
    rows = view.run_up_rows("event_trend")
    known = [row for row in rows if row["events"] and row[column] is not None]
    found = headline(known, label, "event_trend", column, unit, good, view.grain)
    if found.now is None or not interval:
        return found
    certainty = text.certainty(found.now[f"{interval}_low"], found.now[f"{interval}_high"])
    return replace(found, note=text.sentence(certainty))


def came_again(view: View) -> Headline:
    """Who was at a second event in the chosen time, against the same length of time before."""
    start = view.selection.start
    before = None
    if start and view.newest:
        earlier = view.between(start - (view.newest - start + timedelta(days=1)), start)
        before = _together(view.rows("repeat_attendance", earlier))
    rows = view.rows("repeat_attendance")
    now = _together(rows)
    note = "Nobody came in the chosen time"
    if now:
        note = (
            f"{text.count(now['repeat_attendees'])} of"
            f" {text.plural(now['attendees'], 'person', 'people')} in the chosen time"
            f"{', against the same time before' * (before is not None)}."
            f" {text.sentence(text.certainty(now['low'], now['high']))}"
        )
    return Headline(
        "Came again", "repeat_attendance", "repeat_share", "share", "up", view.grain,
        rows=tuple(rows), now=now, before=before, note=note, selection=view.selection,
    )  # fmt: skip


def _together(rows: list[Row]) -> Row | None:
    return next((row for row in rows if row["group"] == ALL), None)


def coming(view: View, rows: list[Row]) -> None:
    """The next events, and how many to expect."""
    note = "Guests are not in it. What it rests on is in the table."
    if len(rows) > MOST_TO_COME:
        note = f"The next {MOST_TO_COME} of {len(rows)}; the table has all. {note}"
    figure = charts.expected(rows[:MOST_TO_COME], view)
    card(view, "attendance_forecast", "How many will really come", rows, figure, note)


def each_event(view: View, ahead: list[Row]) -> None:
    """Every event: said yes, came, did not, walked in."""
    rows = events.attendance(view)
    named = [row for row in rows if row["show_rate"] is not None]
    title = "Who said yes, who came"
    if named:
        total = view.total("event_attendance", named)
        title = (
            f"{text.count(total['came'])} of the {text.count(total['yes'])} who said yes came,"
            " where somebody was checked in"
        )
    elif rows:
        title = "Who said yes: nobody was checked in"
    figure = charts.each_event(rows, view, {row["event_id"] for row in ahead})
    card(view, "event_attendance", title, rows, figure, EACH_EVENT_NOTE)


def coming_back(view: View) -> None:
    """Who came to a second event, by group."""
    found = view.rows("repeat_attendance")
    rows = sorted(found, key=lambda row: (row["group"] != ALL, -row["attendees"], row["group"]))
    title = "Who comes back"
    if rows:
        title = (
            f"{text.share_of(rows[0]['repeat_share'], rows[0]['attendees'], 'person', 'people')}"
            " came to a second event in this time"
        )
    figure = shares(
        view,
        rows[:MOST_GROUPS],
        lambda row: "All together" if row["group"] == ALL else row["group"],
        CAME_AGAIN,
        lambda row: (
            f"{text.share_of(row['repeat_share'], row['attendees'], 'person', 'people')},"
            f" {text.certainty(row['low'], row['high'])}"
        ),
    )
    card(view, "repeat_attendance", title, rows, figure, note="Lines: 95% certainty.")


def online(view: View) -> None:
    """How many come online, and to a room."""
    rows = view.chosen(view.run_up_rows("event_trend"))
    last = newest_finished(rows)
    known = [row for row in rows if row["online_share"] is not None]
    title = "Online and in a room"
    if known and all(row["online_share"] == 0 for row in known):
        title = "Every event was in a room"
    elif last and last["online_share"] is not None:
        title = (
            f"{text.share_of(last['online_share'], last['placed_events'], 'event')} online"
            f" {text.during(last['period'], view.grain)}"
        )
    figure = bars.over_time(view, rows, WHERE_THEY_CAME, stacked=False)
    note = "No bar: no such event, or not known who came. Hatched: not over yet."
    card(view, "event_trend", title, rows, figure, note)


view: View = st.session_state.view
st.header("Who came, who comes back, who will come?")
if not events.are_known(view):
    st.markdown(NO_EVENT)
    st.code(EXAMPLE, language="toml")
    st.code(IMPORTS, language="bash")
    st.stop()
ahead = events.to_come(view)
st.markdown(f"Next: {events.announcement(view, ahead[0])}" if ahead else NONE_AHEAD)
number_cards.row(view, headlines(view))
st.caption(events.basis(view, view.chosen(view.run_up_rows("event_trend"))))
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
