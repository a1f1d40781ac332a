"""Data: can I trust it today?"""

from datetime import date, datetime

import plotly.graph_objects as go
import streamlit as st

from dashboard import text
from dashboard.charts import figure as figures
from dashboard.charts.heatmaps import Cell, grid
from dashboard.charts.stretches import stretches
from dashboard.components.cards import card
from dashboard.data import Row
from dashboard.view import View

STRIPS = 15
NOTHING = "nothing yet"
STATES = {
    "ok": ":green[:material/check: Up to date]",
    "stale": ":orange[:material/warning: Not read for more than a day. Run `vitals sync`.]",
    "failed": ":orange[:material/warning: The last attempt failed:]",
    "waiting": ":orange[:material/warning: Waiting: nothing was ever read. Sync or import first.]",
    "ended": ":gray[:material/history: Ended: later periods are counted without it.]",
}


def source(view: View, row: Row, cost: Row, taken: int) -> None:
    """One source: how it stands, and what its last sync or import took."""
    with st.container(border=True):
        platform = view.kinds[row["source"]]
        kind = "" if platform == row["source"] else f" ({text.markdown(platform)})"
        st.markdown(f"##### {text.markdown(row['source'])}{kind}")
        st.caption(STATES[row["state"]])
        if row["last_error"]:
            st.text(row["last_error"])
        numbers = {
            "Last success": _moment(view, row["last_success_at"]),
            "Newest activity": _moment(view, row["newest_activity_at"]),
            "History since": _moment(view, row["covered_from"], "the beginning"),
            "Complete until": _moment(view, cost["covered_to"]),
            "Taken, of members": text.plural(taken, "activity", "activities"),
            "Requests": _known(cost["requests"], "count"),
            "Of them for profiles": _known(cost["profile_requests"], "count"),
            "Waited for limits": _known(cost["waited_seconds"], "seconds"),
        }
        with st.container(horizontal=True, gap="medium"):
            for label, value in numbers.items():
                with st.container(width="content", gap=None):
                    st.caption(label)
                    st.markdown(text.markdown(value))


def _moment(view: View, moment: datetime | None, otherwise: str = NOTHING) -> str:
    return text.clock(view.local(moment)) if moment else otherwise


def _known(value: float | None, unit: str) -> str:
    return NOTHING if value is None else text.number(value, unit)


def known_times(view: View) -> None:
    """A line per source with the times of which everything is known; gaps are holes."""
    ever = view.between(None, None)
    rows = view.rows("known_times", ever)
    title = "From when to when everything is known"
    note = "A gap is a time that nobody read: its periods are hatched everywhere."
    figure = stretches(view, rows) if rows else None
    card(view, "known_times", title, rows, figure, note, selection=ever)


def coverage(view: View) -> None:
    """A strip per channel: from which months there is data, the busiest channels first."""
    every = view.rows("coverage")
    channels = view.totals("coverage", every, "source", "channel")
    channels.sort(key=lambda row: (-row["activities"], str((row["source"], row["channel"]))))
    shown = [(row["source"], row["channel"]) for row in channels[:STRIPS]]
    rows = [row for row in every if (row["source"], row["channel"]) in shown]
    months = sorted({row["month"] for row in rows})
    figure = _strips(rows, shown, months, view)
    of = text.plural(len(channels), "channel")
    title = f"Data from {of} over {text.plural(len(months), 'month')}"
    absent = "No mark: nothing is there, or it was not seen."
    note = f"The {len(shown)} busiest channels, by month. {absent}"
    card(view, "coverage", title, rows, figure, note)


def _strips(
    rows: list[Row], shown: list[tuple[str, str | None]], months: list[date], view: View
) -> go.Figure:
    """A line per channel and a column per month; the more activities, the darker."""
    most = max((row["activities"] for row in rows), default=0)
    names = [text.chart_text(text.shortened(text.channel_name(channel))) for _, channel in shown]
    if len(view.sources) > 1:
        sources = [text.chart_text(source) for source, _ in shown]
        names = [f"{source} {name}" for source, name in zip(sources, names, strict=True)]
    cells = []
    for index, row in enumerate(rows):
        line, number = shown.index((row["source"], row["channel"])), row["activities"]
        part = 0.15 + 0.85 * (number / most) ** 0.5 if number else 0
        said = f"{row['month']:%B %Y}: <b>{text.count(number)}</b> activities"
        hover = f"{names[line]}<br>{said}"
        cells.append(Cell(months.index(row["month"]), line, part, hover, row=index))
    step = figures.step(months, 5)
    ticks = {at: f"{first:%b}<br>{first:%Y}" for at, first in enumerate(months) if not at % step}
    figure = grid(cells, ticks, dict(enumerate(names)), view.is_dark)
    figure.update_xaxes(range=[-0.5, len(months) - 0.5])
    return figure.update_layout(height=90 + 22 * len(shown))


def intake(view: View) -> None:
    """Every landed record once: taken as activity, left out for a reason, or no act at all."""
    ever = view.between(None, None)
    rows = view.rows("intake", ever)
    total = view.total("intake", rows)
    rows.sort(key=lambda row: (row["source"], not row["is_left_out"], -row["records"]))
    title = f"{text.plural(total['left_out'], 'record')} left out, and why"
    note = (
        f"{total['records']:,} records landed = {total['activities']:,} taken as activity"
        f" + {total['left_out']:,} left out + {total['others']:,} that tell of people, places and"
        " events. Reactions come with the record that they are given to and are counted with the"
        " activities; what bots and staff did is taken, and not counted as of members."
    )
    empty = "Nothing has landed yet. Sync or import first."
    card(view, "intake", title, rows, note=note, selection=ever, empty=empty)


view: View = st.session_state.view
st.header("Can I trust it today?")
ever = view.between(None, None)
costs = view.rows("sync_cost", ever)
cost = {row["source"]: row for row in costs}
hidden = view.rows("blind_spots", ever)
unknown = "Nothing that we know of is hidden from us."
totals = view.totals("coverage", view.rows("coverage", ever), "source")
taken = {row["source"]: row["activities"] for row in totals}
for row in view.freshness:
    source(view, row, cost[row["source"]], taken.get(row["source"], 0))
known_times(view)
coverage(view)
title = text.plural(len(hidden), "blind spot")
card(view, "blind_spots", title, hidden, selection=ever, empty=unknown)
intake(view)
card(view, "freshness", "Freshness as a table", list(view.freshness))
card(view, "sync_cost", "What the last syncs took", costs, selection=ever)
