"""Conversations: does anyone answer?"""

import streamlit as st

from dashboard import cards, charts, colours, data, facts, words
from dashboard.data import Row
from dashboard.frame import View


def answered(view: View, rows: list[Row]) -> None:
    """The share of openers that somebody else answered."""
    openers = sum(row["openers"] for row in rows)
    title = "Are openers answered?"
    if openers:
        part = sum(row["answered"] for row in rows) / openers
        title = f"{words.share(part)} of {words.plural(openers, 'opener')} got an answer"
    figure = charts.bars_by(
        rows,
        "source",
        charts.Series("share_answered", "answered", "share"),
        view.grain,
        {name: colour for name, colour in _palette(view).items() if name in view.sources},
        stacked=False,
    )
    cards.card(
        view,
        "first_response",
        title,
        rows,
        figure,
        note="By when it was opened. Hatched: not over yet, answers may still come.",
        suffix="answered",
    )


def speed(view: View, rows: list[Row]) -> None:
    """How soon the first answer comes, where one came."""
    main = facts.largest(rows, "source", "openers")
    own = [row for row in rows if row["source"] == main]
    finished = facts.headline(
        own, "", "first_response", "median_seconds", "seconds", "down", view.grain
    )
    title = "How soon does the first answer come?"
    if finished.value is not None and finished.now is not None:
        title = (
            f"Half of the answers come within {words.duration(finished.value)}"
            f" ({view.period(finished.now['period'])})"
        )
    figure = charts.bars_by(
        rows,
        "source",
        charts.Series("median_seconds", "until the first answer, median", "seconds"),
        view.grain,
        {name: colour for name, colour in _palette(view).items() if name in view.sources},
        stacked=False,
    )
    charts.duration_axis(figure, [row["median_seconds"] for row in rows])
    cards.card(
        view,
        "first_response",
        title,
        rows,
        figure,
        note="Median over the answered ones. A gap: nothing was answered.",
        suffix="speed",
    )


def _palette(view: View) -> dict[str, str]:
    return colours.sources(view.kinds, view.is_dark)


def channels(view: View) -> None:
    """Who carries the conversation, and which channels fall silent."""
    rows = sorted(view.rows("channels"), key=lambda row: -row["participations"])
    title = "Where it happens"
    if rows:
        whole = sum(row["participations"] for row in rows)
        top = sum(row["participations"] for row in rows[:3])
        busiest = words.join([words.channel(row, rows) for row in rows[:3]])
        title = f"{busiest} carry {words.share(top / whole)} of the conversation"
        title = title if len(rows) > 3 else f"{words.plural(len(rows), 'channel')} in use"
    cards.card(view, "channels", title, rows, note="A channel with an old last time fell silent.")


def waiting(view: View, number: int) -> None:
    """Openers that still wait, oldest first."""
    rows = view.rows("unanswered", limit=data.BEHIND_LIMIT)
    title = "Everything got an answer"
    if rows:
        waits = words.plural(number, "opener still waits", "openers still wait")
        oldest = f": the {len(rows)} oldest" if number > len(rows) else ""
        title = f"{waits} for an answer{oldest}"
    cards.card(
        view,
        "unanswered",
        title,
        rows,
        note="Announcements and chatter are among them: only a person can tell.",
        empty="No opener of this time waits for an answer.",
    )


def show(view: View) -> None:
    """Draws the page."""
    st.header("Does anyone answer?")
    rows = facts.with_completeness(view.rows("first_response"), view.rows("active_members"))
    left, right = st.columns(2)
    with left:
        answered(view, rows)
    with right:
        speed(view, rows)
    channels(view)
    waiting(view, facts.waiting(rows))


show(st.session_state.view)
