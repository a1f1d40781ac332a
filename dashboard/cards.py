"""The card: a chart or table with its passport, the people and records behind it, and its CSV."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from dashboard import charts, data, passport, tables, words
from dashboard.data import Row
from dashboard.frame import View
from warehouse.query import Metric, Selection, catalogue

NOTHING = "Nothing in this time. Choose a longer period or more sources above."
NO_PERSON = (
    "The chosen sources tell of no person: files of events hold counts alone. Sync, or import lists"
    " of members and attendees."
)
CHART, TABLE = ":material/bar_chart: Chart", ":material/table_rows: Table"
PEOPLE, RECORDS = "People", "Records"
# Ids come last behind a row, and only in the CSV of a metric: names and links say more.
IDS = ("activity_id", "person_id", "event_id", "group_id")
# What stands for an id in words, where the row has it.
NAMED_BY = {"event_id": "title", "group_id": "group"}
NOBODY = "Nobody and nothing is behind this mark."


@st.fragment
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
    """Draws a metric's rows as a chart, a table, or either; marks carry the index of their row.

    `suffix` tells two cards of one metric on a page apart; the table begins with the columns
    `first`.
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
                st.caption(empty or nothing(view))
                return
            picked = (
                _chart(figure, title, key) if as_chart else _table(view, metric, rows, key, first)
            )
            if note:
                st.caption(note)
        if picked is not None and picked.row < len(rows):
            _behind(view, metric, selection, rows[picked.row], picked.state, key)


def nothing(view: View, otherwise: str = NOTHING) -> str:
    """What to do about an empty card that counts people: no period helps where there are none."""
    return otherwise if data.population(view.path, view.selection.sources)["persons"] else NO_PERSON


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


@dataclass(frozen=True)
class Picked:
    """What the reader chose: a row, and the state (new, left …) whose mark was clicked."""

    row: int
    state: str | None = None


def _chart(figure: go.Figure | None, title: str, key: str) -> Picked | None:
    """The mark that was clicked."""
    event = st.plotly_chart(
        figure,
        key=f"{key}-chart",
        on_select="rerun",
        selection_mode="points",
        config=charts.CONFIG,
        alt=title,
    )
    return picked_mark(figure, event)


def picked_mark(figure: go.Figure | None, event: Any) -> Picked | None:
    """The row and the state that the selected mark of a figure carries."""
    points = event["selection"]["points"] if event else []
    if not points or figure is None:
        return None
    trace = figure.data[points[-1]["curve_number"]]
    index = points[-1]["point_index"]
    return None if trace.customdata is None else Picked(int(trace.customdata[index]), trace.meta)


def _table(
    view: View, metric: Metric, rows: list[Row], key: str, first: Sequence[str]
) -> Picked | None:
    """The row that was chosen."""
    table = tables.readable(pa.Table.from_pylist(rows, view.schema(metric.name)), view)
    event = st.dataframe(
        table,
        hide_index=True,
        column_config=tables.column_config(table, metric.columns, view),
        column_order=[
            name for name in dict.fromkeys([*first, *table.column_names]) if name not in IDS
        ],
        key=f"{key}-table",
        on_select="rerun",
        selection_mode="single-row",
        placeholder=words.DASH,
        height=min(38 + 35 * len(rows), 390),
    )
    chosen: list[int] = event["selection"]["rows"]
    return Picked(chosen[0]) if chosen else None


def _behind(
    view: View, metric: Metric, selection: Selection, row: Row, state: str | None, key: str
) -> None:
    """The people or the records behind one row; never what they wrote. An event has its page."""
    event = row.get("event_id")
    if event is not None and event != st.query_params.get("event"):
        st.page_link(
            "app_pages/event.py",
            label=f"Open {words.markdown(row['title'])}",
            icon=":material/arrow_forward:",
            query_params=st.query_params.to_dict() | {"event": event},
        )
    what = st.segmented_control(
        f"Behind {describe(view, metric, row)}",
        [PEOPLE, RECORDS],
        default=PEOPLE,
        required=True,
        key=f"{key}-behind",
    )
    if what == RECORDS:
        found = data.records(view.path, metric.name, selection, row, state)
    else:
        found = data.people(view.path, metric.name, selection, row, state)
    if not found.num_rows:
        st.caption(NOBODY)
        return
    taken = found.slice(0, data.BEHIND_LIMIT)
    shown = tables.readable(taken, view)
    st.dataframe(
        shown,
        hide_index=True,
        column_config=tables.column_config(shown, {}, view),
        column_order=sorted(shown.column_names, key=lambda name: name in IDS),
        placeholder="",
        key=f"{key}-rows",
        height=min(38 + 35 * shown.num_rows, 300),
    )
    if found.num_rows > data.BEHIND_LIMIT:
        st.caption(f"The first {data.BEHIND_LIMIT} are shown; there are more.")
    file_name = f"{metric.name}-{what}.csv".lower()
    download(file_name, taken.to_pylist(), taken.column_names, f"{key}-{what}")


def describe(view: View, metric: Metric, row: Row) -> str:
    """What a row stands for, from the columns that its people are found by."""
    names = dict.fromkeys(re.findall(r"\$(\w+)", metric.people_sql))
    return words.markdown(", ".join(_part(view, name, row) for name in names))


def _part(view: View, name: str, row: Row) -> str:
    value = row[name]
    if name in NAMED_BY:
        return str(row.get(NAMED_BY[name]) or value)
    if name in ("period", "cohort"):
        return view.period(value)
    if isinstance(value, date):
        return words.day(value)
    return f"{words.label(name).lower()} {value}"
