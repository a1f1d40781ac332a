"""Stretches of time on a line per source; what lies between two of them is not known."""

from datetime import datetime, timedelta

import plotly.graph_objects as go

from dashboard import text
from dashboard.charts import figure as figures
from dashboard.data import Row
from dashboard.view import View

# Of a source whose whole history is known, so much before the newest moment is drawn at least.
RUN_UP = timedelta(days=365)


def stretches(view: View, rows: list[Row]) -> go.Figure:
    """A bar from each row's `known_from` to its `known_to`; since ever begins at the left edge."""
    sources = list(dict.fromkeys(row["source"] for row in rows))
    shades = view.source_shades(sources)
    figure = figures.blank(height=60 + 34 * len(sources), has_legend=False)
    ends = [view.local(row["known_to"]) for row in rows]
    begins = [row["known_from"] and view.local(row["known_from"]) for row in rows]
    left = min([begin for begin in begins if begin] + [max(ends) - RUN_UP])
    starts = [begin or left for begin in begins]
    figure.add_bar(
        **figures.marks(figures.numbered(rows), lambda row: _said(view, row)),
        marker=figures.bar([shades[row["source"]] for row in rows]),
        orientation="h",
        base=[_plain(start) for start in starts],
        x=[
            (end - start) / timedelta(milliseconds=1)
            for start, end in zip(starts, ends, strict=True)
        ],
        y=[sources.index(row["source"]) for row in rows],
    )
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(type="date")
    figures.named_rows(figure, [text.chart_text(source) for source in sources])
    return figure


def _plain(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _said(view: View, row: Row) -> str:
    begin = row["known_from"]
    since = text.clock(view.local(begin)) if begin else "the beginning"
    until = text.clock(view.local(row["known_to"]))
    return f"{text.chart_text(row['source'])}<br>known from {since} to {until}"
