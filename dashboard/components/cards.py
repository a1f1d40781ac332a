"""The card: a chart or table with its passport, the people and records behind it, and its CSV."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from dashboard import data, text
from dashboard.charts.figure import CONFIG
from dashboard.components import behind, passport, tables
from dashboard.components.behind import IDS, Picked
from dashboard.data import Row
from dashboard.view import View
from warehouse.query import Metric, Selection, catalogue

Card = ParamSpec("Card")

NOTHING = "Nothing in this time. Choose a longer period or more sources above."
NO_PERSON = (
    "The chosen sources tell of no person: files of events hold counts alone. Sync, or import lists"
    " of members and attendees."
)
# States of a source whose newest data is missing.
BEHIND = ("failed", "stale", "waiting")
CHART, TABLE = ":material/bar_chart: Chart", ":material/table_rows: Table"


def _drawn_alone(draw: Callable[Concatenate[View, Card], None]) -> Callable[..., None]:
    """A part of a page that a click draws again without the rest, from the rest's snapshot."""

    @st.fragment
    @wraps(draw)
    def drawn(view: View, *arguments: Card.args, **options: Card.kwargs) -> None:
        with data.held(view.path):
            draw(view, *arguments, **options)

    return drawn


@_drawn_alone
def card(
    view: View,
    name: str,
    title: str,
    rows: list[Row],
    figure: go.Figure | None = None,
    note: str = "",
    selection: Selection | None = None,
    empty: str = "",
    suffix: str = "",
    first: Sequence[str] = (),
) -> None:
    """Draws a metric's rows as a chart, a table, or either.

    `suffix` tells cards of one metric on a page apart; a table begins with the columns `first`.
    What was picked is of one snapshot: in another one the row may be somebody else's.
    """
    metric = catalogue()[name]
    selection = selection or view.selection
    key = f"{name}{suffix}-{selection}"
    with st.container(border=True):
        st.markdown(f"##### {title}")
        if late := [row["source"] for row in view.freshness if row["state"] in BEHIND]:
            names = text.markdown(text.join(late))
            st.caption(f":orange[:material/warning: Without the newest of {names}: see Data]")
        body = st.container()
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            chart = figure if rows and figure is not None and _is_chart_wanted(key) else None
            with st.popover("How this is counted", icon=":material/info:", type="tertiary"):
                passport.show(view, metric, selection, len(rows))
            tables.download(f"{name}.csv", rows, list(metric.columns), key)
        if not rows:
            body.caption(empty or nothing(view))
            return
        with body:
            if chart is None:
                picked = _table(view, metric, rows, key, first)
            else:
                event = st.plotly_chart(
                    chart,
                    key=f"{key}-chart-{view.path.stem}",
                    on_select="rerun",
                    selection_mode="points",
                    config=CONFIG,
                    alt=title,
                )
                picked = picked_mark(chart, event)
            if note:
                st.caption(note)
        if picked is not None and picked.row < len(rows):
            behind.show(view, metric, selection, rows[picked.row], picked.state, key)


def _is_chart_wanted(key: str) -> bool:
    """Draws the choice between chart and table."""
    form = st.segmented_control(
        "Form",
        [CHART, TABLE],
        default=CHART,
        required=True,
        key=f"{key}-form",
        label_visibility="collapsed",
    )
    return form == CHART


def nothing(view: View, otherwise: str = NOTHING) -> str:
    """What to do about an empty card that counts people: no period helps where there are none."""
    return otherwise if data.population(view.path, view.selection.sources)["persons"] else NO_PERSON


def picked_mark(figure: go.Figure, event: Any) -> Picked | None:
    """The row and the state that the selected mark of a figure carries."""
    points = event["selection"]["points"] if event else []
    if not points:
        return None
    trace = figure.data[points[-1]["curve_number"]]
    index = points[-1]["point_index"]
    return None if trace.customdata is None else Picked(int(trace.customdata[index]), trace.meta)


def _table(
    view: View, metric: Metric, rows: list[Row], key: str, first: Sequence[str]
) -> Picked | None:
    """Draws the rows and returns the one that was chosen."""
    table = pa.Table.from_pylist(rows, view.schema(metric.name))
    order = [name for name in dict.fromkeys([*first, *table.column_names]) if name not in IDS]
    key, meanings = f"{key}-table-{view.path.stem}", metric.columns
    event = tables.show(
        table, view, order, key=key, meanings=meanings, shares=metric.shares, on_select="rerun"
    )
    chosen: list[int] = event["selection"]["rows"]
    return Picked(chosen[0]) if chosen else None
