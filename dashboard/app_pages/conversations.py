"""Conversations: does anyone answer?"""

import plotly.graph_objects as go
import streamlit as st

from dashboard import data, text
from dashboard.charts import bars
from dashboard.charts.figure import Series, duration_axis
from dashboard.components.cards import card
from dashboard.components.headline import newest_finished
from dashboard.data import Row
from dashboard.view import View

ANSWERED = Series("share_answered", "answered", "share", whole="openers")
SPEED = Series("median_seconds", "until the first answer, median", "seconds")
BUSIEST = 3


def answered(view: View, rows: list[Row], total: Row) -> None:
    """The share of openers that somebody else answered."""
    title = "Are openers answered?"
    if total["openers"]:
        part = text.share_of(total["share_answered"], total["openers"], "opener")
        title = f"{part} got an answer"
    note = "By when it was opened. Hatched: not over yet, answers may still come."
    figure = _by_source(view, rows, ANSWERED)
    card(view, "first_response", title, rows, figure, note, suffix="answered")


def speed(view: View, rows: list[Row]) -> None:
    """How soon the first answer comes, where one came."""
    main = view.largest("first_response", rows, "source", "openers")
    last = newest_finished(row for row in rows if row["source"] == main)
    title = "How soon does the first answer come?"
    if last and last["median_seconds"] is not None:
        title = (
            f"Half of the answers come within {text.duration(last['median_seconds'])}"
            f" ({view.period(last['period'])})"
        )
    figure = _by_source(view, rows, SPEED)
    duration_axis(figure, [row["median_seconds"] for row in rows])
    note = "Median over the answered ones. A gap: nothing was answered."
    card(view, "first_response", title, rows, figure, note, suffix="speed")


def _by_source(view: View, rows: list[Row], series: Series) -> go.Figure:
    palette = view.source_shades(view.sources)
    return bars.over_time_by(view, rows, "source", series, palette, stacked=False)


def channels(view: View) -> None:
    """Who carries the conversation, and which channels fall silent."""
    rows = sorted(view.rows("channels"), key=lambda row: -row["participations"])
    title = "Where it happens"
    if len(rows) > BUSIEST:
        busiest = text.join([text.channel(row, rows) for row in rows[:BUSIEST]])
        part = text.share(view.total("channels", rows)["busiest_share"])
        title = f"{busiest} carry {part} of the conversation"
    elif rows:
        title = f"{text.plural(len(rows), 'channel')} in use"
    card(view, "channels", title, rows, note="A channel with an old last time fell silent.")


def waiting(view: View, number: int) -> None:
    """Openers that still wait, oldest first."""
    rows = view.rows("unanswered", limit=data.BEHIND_LIMIT)
    title = "Everything got an answer"
    if rows:
        waits = text.plural(number, "opener still waits", "openers still wait")
        oldest = f": the {len(rows)} oldest" if number > len(rows) else ""
        title = f"{waits} for an answer{oldest}"
    note = "Announcements and chatter are among them: only a person can tell."
    empty = "No opener of this time waits for an answer."
    card(view, "unanswered", title, rows, note=note, empty=empty)


view: View = st.session_state.view
st.header("Does anyone answer?")
rows = view.rows("first_response")
total = view.total("first_response", rows)
left, right = st.columns(2)
with left:
    answered(view, rows, total)
with right:
    speed(view, rows)
channels(view)
waiting(view, total["waiting"])
