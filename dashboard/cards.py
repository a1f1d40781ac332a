"""The card: a chart or table with its passport, the people and records behind it, and its CSV."""

import re
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from dashboard import charts, data, passport, tables, words
from dashboard.data import Row
from dashboard.frame import View
from warehouse.metrics import Metric, Selection, catalogue

NOTHING = "Nothing in this time. Choose a longer period or more sources above."
CHART, TABLE = ":material/bar_chart: Chart", ":material/table_rows: Table"
PEOPLE, RECORDS = "People", "Records"
# Of use to a program, and in the CSV and behind a row; in a table of people only in the way.
IDS = ("activity_id", "person_id")
CLEAR = "Nothing is behind this mark."


@st.fragment
def card(
    view: View,
    name: str,
    title: str,
    rows: list[Row],
    figure: go.Figure | None = None,
    note: str = "",
    selection: Selection | None = None,
    empty: str = NOTHING,
    suffix: str = "",
) -> None:
    """Draws a metric's rows as a chart, a table, or either; marks carry the index of their row.

    `suffix` tells two cards of one metric on a page apart.
    """
    metric = catalogue()[name]
    selection = selection or view.selection
    key = f"{name}{suffix}-{selection}"
    with st.container(border=True):
        st.markdown(f"##### {title}")
        _warn_of_stale(view)
        body = st.container()
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            as_chart = figure is not None and _wants_chart(key, bool(rows))
            with st.popover("How this is counted", icon=":material/info:", type="tertiary"):
                passport.show(view, metric, selection, len(rows))
            download(f"{name}.csv", rows, list(metric.columns), key)
        with body:
            if not rows:
                st.caption(empty)
                return
            picked = _chart(figure, title, key) if as_chart else _table(view, metric, rows, key)
            if note:
                st.caption(note)
        if picked is not None and picked < len(rows):
            _behind(view, metric, selection, rows[picked], key)


def _warn_of_stale(view: View) -> None:
    late = [row["source"] for row in view.freshness if row["is_stale"]]
    if late:
        names = words.markdown(words.join(late))
        st.caption(f":orange[:material/warning: Without the newest of {names}: see Data]")


def _wants_chart(key: str, is_shown: bool) -> bool:
    if not is_shown:
        return True
    form = st.segmented_control(
        "Form",
        [CHART, TABLE],
        default=CHART,
        required=True,
        key=f"{key}-form",
        label_visibility="collapsed",
    )
    return bool(form != TABLE)


def download(file_name: str, rows: list[Row], columns: list[str], key: str) -> None:
    """A button for rows as CSV, made when it is pressed."""
    st.download_button(
        "CSV",
        lambda: data.to_csv(rows, columns),
        file_name,
        "text/csv",
        key=f"{key}-csv",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        disabled=not rows,
    )


def _chart(figure: go.Figure | None, title: str, key: str) -> int | None:
    """The index of the row whose mark was clicked."""
    event = st.plotly_chart(
        figure,
        key=f"{key}-chart",
        on_select="rerun",
        selection_mode="points",
        config=charts.CONFIG,
        alt=title,
    )
    return picked_mark(figure, event)


def picked_mark(figure: go.Figure | None, event: Any) -> int | None:
    """The row index that the selected mark of a figure carries."""
    points = event["selection"]["points"] if event else []
    if not points or figure is None:
        return None
    trace = figure.data[points[-1]["curve_number"]]
    index = points[-1]["point_index"]
    return None if trace.customdata is None else int(trace.customdata[index])


def _table(view: View, metric: Metric, rows: list[Row], key: str) -> int | None:
    """The index of the row that was chosen."""
    schema = view.table(metric.name).schema
    table = tables.readable(pa.Table.from_pylist(rows, schema=schema), view)
    event = st.dataframe(
        table,
        hide_index=True,
        column_config=tables.column_config(table, metric.columns, view),
        column_order=[name for name in table.column_names if name not in IDS],
        key=f"{key}-table",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
        height=min(38 + 35 * len(rows), 390),
    )
    picked: list[int] = event["selection"]["rows"]
    return picked[0] if picked else None


def _behind(view: View, metric: Metric, selection: Selection, row: Row, key: str) -> None:
    """The people or the records behind one row; never what they wrote."""
    what = st.segmented_control(
        f"Behind {describe(view, metric, row)}",
        [PEOPLE, RECORDS],
        default=PEOPLE,
        required=True,
        key=f"{key}-behind",
    )
    found = data.behind(view.path, (what or PEOPLE).lower(), metric.name, selection, row)
    shown = tables.readable(found.slice(0, data.BEHIND_LIMIT), view)
    if not shown.num_rows:
        st.caption(CLEAR)
        return
    st.dataframe(
        shown,
        hide_index=True,
        column_config=tables.column_config(shown, {}, view),
        placeholder="",
        key=f"{key}-rows",
        height=min(38 + 35 * shown.num_rows, 300),
    )
    if found.num_rows > data.BEHIND_LIMIT:
        st.caption(f"The first {data.BEHIND_LIMIT} are shown; there are more.")
    download(f"{metric.name}-{what}.csv".lower(), shown.to_pylist(), shown.column_names, f"{key}-b")


def describe(view: View, metric: Metric, row: Row) -> str:
    """What a row stands for, from the columns that its people are found by."""
    names = dict.fromkeys(re.findall(r"\$(\w+)", metric.people_sql))
    parts = [
        view.period(row[name])
        if name in ("period", "cohort")
        else f"{words.label(name).lower()} {row[name]}"
        for name in names
    ]
    return words.markdown(", ".join(parts))
