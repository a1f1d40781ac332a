"""Retention: do people stay?"""

import streamlit as st

from dashboard import cards, charts, colours, heatmaps, words
from dashboard.data import Row
from dashboard.frame import View

ACTIVATION = (
    charts.Series("share_7d", "within 7 days", "share"),
    charts.Series("share_30d", "within 30 days", "share"),
)


def survival(view: View) -> None:
    """The share of people who are still active, with its band."""
    rows = view.rows("survival")
    colour = colours.BLUE[view.is_dark]
    series = [charts.Series("share_active", "still active", "share")]
    figure = charts.lines(
        rows,
        "weeks",
        series,
        {"share_active": colour},
        lambda weeks: f"{words.plural(weeks, 'week')} after the first time",
    )
    figure = charts.band(rows, "weeks", "low", "high", colour, figure)
    figure.update_xaxes(title="Weeks since the first participation")
    figure.update_yaxes(range=[0, 1.02])
    figure.update_traces(line_shape="hv")
    cards.card(
        view,
        "survival",
        _half_life(rows),
        rows,
        figure,
        note="Line: estimate. Band: where it lies with 95% certainty.",
    )


def _half_life(rows: list[Row]) -> str:
    """When half of the people have stopped taking part."""
    gone = next((row["weeks"] for row in rows if row["share_active"] <= 0.5), None)
    if not rows:
        return "How long people stay"
    if gone is None:
        return "More than half of all people stay for longer than the data can tell"
    when = f"after {words.plural(gone, 'week')}" if gone else "within a week"
    return f"Half of all people have stopped taking part {when}"


def activation(view: View) -> None:
    """Newcomers who spoke within a week, within a month."""
    rows = [
        row | {"period": row["cohort"]}
        for row in view.rows("activation")
        if row["joined"] is not None
    ]
    done = [row for row in rows if row["share_30d"] is not None]
    joined = sum(row["joined"] for row in done)
    title = "Do people who join speak up?"
    if joined:
        spoke = sum(row["activated_30d"] for row in done)
        title = f"{words.share(spoke / joined)} of those who join take part within a month"
    palette = {"share_7d": colours.SKY[view.is_dark], "share_30d": colours.GREEN[view.is_dark]}
    figure = charts.bars(rows, ACTIVATION, view.grain, view.is_dark, palette, stacked=False)
    cards.card(
        view,
        "activation",
        title,
        rows,
        figure,
        note="By when they joined. No bar: the 7 or 30 days are not over yet, or nobody joined.",
        empty=cards.nothing(
            view, "Nobody's joining is known in this time. Choose a longer period above."
        ),
    )


def drifting(view: View) -> None:
    """Regulars whose silence is long for them."""
    rows = view.rows("drifting")
    title = "Nobody is silent for longer than usual"
    if rows:
        regulars = words.plural(len(rows), "regular is", "regulars are")
        title = f"{regulars} silent for longer than usual for them"
    cards.card(
        view,
        "drifting",
        title,
        rows,
        note="A word to them now may bring them back. The link leads to their last words.",
        empty="No regular is drifting away in this time.",
    )


def show(view: View) -> None:
    """Draws the page."""
    st.header("Do people stay?")
    later = st.toggle(
        "Count who came back in that period or any later one",
        key="unbounded",
        bind="query-params",
        help="Off: active in exactly that period. On: also those who skipped it and came back.",
    )
    start = view.selection.start
    heatmaps.cohorts(view, view.between(start, None, unbounded=later))
    left, right = st.columns(2)
    with left:
        survival(view)
    with right:
        activation(view)
    drifting(view)


show(st.session_state.view)
