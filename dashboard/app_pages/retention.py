"""Retention: do people stay?"""

from datetime import date

import plotly.graph_objects as go
import streamlit as st

from dashboard import colours, text
from dashboard.charts import bars
from dashboard.charts.figure import Series, running
from dashboard.charts.heatmaps import Cell, grid
from dashboard.charts.lines import add_band, lines
from dashboard.components.cards import card, nothing
from dashboard.data import Row
from dashboard.sections import standouts
from dashboard.view import View

# How many cohorts are shown, by grain.
COHORTS = {"day": 21, "week": 26, "month": 24, "quarter": 16}
ACTIVATION = (
    Series("share_7d", "within 7 days", "share", colour=colours.SKY, whole="joined"),
    Series("share_30d", "within 30 days", "share", colour=colours.GREEN, whole="joined"),
)
STILL_ACTIVE = Series("share_active", "still active", "share", colour=colours.BLUE)


def cohorts(view: View, unbounded: bool) -> None:
    """Of each period's newcomers, the share that was active so many periods later."""
    selection = view.between(view.selection.start, None, unbounded=unbounded)
    every = view.rows("retention", selection)
    firsts = sorted({row["cohort"] for row in every if row["age"] > 0 and row["cohort_size"]})
    shown = firsts[-COHORTS[view.grain] :]
    rows = [row for row in every if row["cohort"] in set(shown)]
    cells = [
        _cell(view, row, index, shown)
        for index, row in enumerate(rows)
        if row["age"] > 0 and row["share"] is not None
    ]
    left_out = f" The newest {len(shown)} of {len(firsts)} cohorts." if shown != firsts else ""
    figure = _cohort_grid(view, rows, cells, shown)
    note = (
        f"Rows: when people first took part, and how many they were. Columns: {view.grain}s later."
        f" Hatched: not over yet. Pale: fewer than {text.FEWEST_FOR_A_SHARE} people.{left_out}"
    )
    title = _title(view, rows, unbounded)
    card(view, "retention", title, rows if cells else [], figure, note, selection)


def _title(view: View, rows: list[Row], unbounded: bool) -> str:
    """What the finished first cells say, all cohorts together."""
    first = [row for row in rows if row["age"] == 1 and row["is_complete"]]
    total = view.total("retention", first)
    if total["share"] is None:
        return "Do newcomers come back?"
    when = f"in a later {view.grain}" if unbounded else f"in the next {view.grain}"
    part = text.share_of(total["share"], total["cohort_size"], "newcomer")
    return f"{part} came back {when}"


def _cohort_grid(view: View, rows: list[Row], cells: list[Cell], shown: list[date]) -> go.Figure:
    sizes = {row["cohort"]: row["cohort_size"] for row in rows if row["age"] == 0}
    names = {
        line: f"{_short(first, view.grain)} · {text.count(sizes.get(first))}"
        for line, first in enumerate(shown)
    }
    ages = sorted({cell.column for cell in cells})
    return grid(cells, {age: f"+{age}" for age in ages}, names, view.is_dark)


def _short(first: date, grain: str) -> str:
    if grain == "month":
        return f"{first:%b %Y}"
    return text.period(first, grain).removeprefix("the week of ")


def _cell(view: View, row: Row, index: int, shown: list[date]) -> Cell:
    later = text.plural(row["age"], view.grain)
    of = text.plural(row["cohort_size"], "person", "people")
    is_few = text.is_few(row["cohort_size"])
    percent = "" if is_few else f", {text.share(row['share'])}"
    return Cell(
        column=row["age"],
        line=shown.index(row["cohort"]),
        part=row["share"],
        label=text.share_of(row["share"], row["cohort_size"]),
        hover=(
            f"First active {text.during(row['cohort'], view.grain)}<br>"
            f"{later} later: <b>{text.count(row['retained'])} of {of}</b>{percent}{running(row)}"
        ),
        row=index,
        is_complete=row["is_complete"],
        is_small=is_few,
    )


def survival(view: View) -> None:
    """The share of people who are still active, with its band."""
    rows = view.rows("survival")
    title = "How long people stay"
    if rows:
        # When half of the people have stopped taking part.
        gone = next((row["weeks"] for row in rows if row["share_active"] <= 0.5), None)
        when = f"after {text.plural(gone, 'week')}" if gone else "within a week"
        title = f"Half of all people have stopped taking part {when}"
        if gone is None:
            title = "More than half of all people stay for longer than the data can tell"
    figure = lines(
        view,
        rows,
        "weeks",
        [STILL_ACTIVE],
        lambda weeks: f"{text.plural(weeks, 'week')} after the first time",
    )
    add_band(figure, rows, "weeks", "low", "high", view.shade(colours.BLUE))
    figure.update_xaxes(title="Weeks since the first participation")
    figure.update_yaxes(range=[0, 1.02])
    figure.update_traces(line_shape="hv")
    note = "Line: estimate. Band: where it lies with 95% certainty."
    card(view, "survival", title, rows, figure, note)


def activation(view: View) -> None:
    """Newcomers who spoke within a week, within a month."""
    rows = [
        row | {"period": row["cohort"]}
        for row in view.rows("activation")
        if row["joined"] is not None
    ]
    done = [row for row in rows if row["activated_30d"] is not None]
    total = view.total("activation", done)
    title = "Do people who join speak up?"
    if total["share_30d"] is not None:
        part = text.share_of(total["share_30d"], total["joined"], "newcomer")
        title = f"{part} took part within a month"
    figure = bars.over_time(view, rows, ACTIVATION, stacked=False)
    unknown = "Nobody's joining is known in this time. Choose a longer period above."
    note = "By when they joined. No bar: the 7 or 30 days are not over yet, or nobody joined."
    card(view, "activation", title, rows, figure, note, empty=nothing(view, unknown))


def drifting(view: View) -> None:
    """Regulars whose silence is long for them."""
    rows = view.rows("drifting")
    title = standouts.drifting(len(rows)) if rows else "Nobody is silent for longer than usual"
    note = "A word to them now may bring them back. The link leads to their last words."
    empty = "No regular is drifting away in this time."
    card(view, "drifting", title, rows, note=note, empty=empty)


view: View = st.session_state.view
st.header("Do people stay?")
later = st.toggle(
    "Count who came back in that period or any later one",
    key="unbounded",
    bind="query-params",
    help="Off: active in exactly that period. On: also those who skipped it and came back.",
)
cohorts(view, later)
left, right = st.columns(2)
with left:
    survival(view)
with right:
    activation(view)
drifting(view)
