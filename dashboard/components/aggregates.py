"""What a sponsor's pages share: the frame, a card, and words for what is not shown."""

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import streamlit as st

from dashboard import text
from dashboard.charts.figure import CONFIG
from dashboard.components import tables
from dashboard.data import Row
from dashboard.sponsor_view import SponsorView
from dashboard.view import View
from warehouse.query import Selection

HIDDEN, UNKNOWN = "not shown", "not known"
EMPTY = "Nothing is known of this yet."


def frame(given: SponsorView) -> View:
    """Draws whose numbers these are, as of when; returns what charts need to be drawn."""
    [community] = given.rows("community")
    zone = ZoneInfo(community["timezone"])
    sources = given.rows("sources")
    top = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )
    top.markdown(f"**{text.markdown(community['name'])}**", width="content")
    states = [f"{text.markdown(row['source'])} {row['state']}" for row in sources]
    as_of = f"Data as of {text.clock(given.as_of.astimezone(zone))}"
    top.caption(" · ".join([as_of, *states]), width="content")
    return View(
        given.aggregates.path,
        Selection(grain="quarter"),
        (),
        {row["source"]: row["kind"] for row in sources},
        zone,
        None,
        st.context.theme.type == "dark",
    )


def privacy(given: SponsorView) -> str:
    """Why some numbers are not shown, in a sentence."""
    [community] = given.rows("community")
    least = community["min_group_size"]
    return (
        f"“{text.sentence(HIDDEN)}” stands for a group of fewer than {least} people, or for a"
        " number from which such a group could be worked out."
    )


def said(row: Row, column: str, unit: str = "count") -> str:
    """A number as text: what is not shown and what is not known are words, never 0."""
    if column in (row["hidden"] or ()):
        return HIDDEN
    return UNKNOWN if row[column] is None else text.number(row[column], unit)


def card(
    given: SponsorView,
    name: str,
    title: str,
    rows: Sequence[Row],
    columns: Mapping[str, str],
    figure: go.Figure | None = None,
    note: str = "",
    units: Mapping[str, str] | None = None,
) -> None:
    """Draws rows as a chart or a table, with how they are counted and their CSV.

    `columns` says what each shown column is called, `units` what those are that are no counts.
    """
    units = units or {}
    shown = [
        {label: _cell(row, column, units.get(column, "count")) for column, label in columns.items()}
        for row in rows
    ]
    with st.container(border=True):
        st.markdown(f"##### {title}")
        if not rows:
            st.caption(EMPTY)
            return
        if figure is None:
            _table(shown)
        else:
            st.plotly_chart(figure, key=f"{name}-chart", config=CONFIG, alt=title)
        if note:
            st.caption(note)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.popover("How this is counted", icon=":material/info:", type="tertiary"):
                _explain(given, name)
                if figure is not None:
                    _table(shown)
            tables.download(f"{name}.csv", shown, list(columns.values()), name)


def _cell(row: Row, column: str, unit: str) -> str:
    value = row[column]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return said(row, column, unit)
    if column in (row["hidden"] or ()):
        return HIDDEN
    return UNKNOWN if value is None else str(value)


def _table(shown: Iterable[Row]) -> None:
    st.dataframe(list(shown), hide_index=True, lazy=False)


def _explain(given: SponsorView, name: str) -> None:
    """Draws what a table's numbers mean, and of what state they are."""
    for meaning in given.rows("definitions"):
        if meaning["metric"] == name:
            st.markdown(text.markdown(meaning["definition"]))
            st.markdown(f"**Mind.** {text.markdown(meaning['caveats'])}")
            st.caption(f"Version {meaning['version']} of this definition.")
    st.caption(f"Snapshot {given.aggregates.id}.")
