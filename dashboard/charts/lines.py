"""Lines, the marks on them, and the band behind them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.charts import figure as figures
from dashboard.charts.figure import Series
from dashboard.data import Row
from dashboard.view import View

MOST_MARKERS = 40


def lines(
    view: View, rows: list[Row], x: str, series: Sequence[Series], x_words: Callable[[Any], str]
) -> go.Figure:
    """Lines; an unknown value is a gap."""
    figure = figures.blank(has_legend=len(series) > 1)

    def hover(series: Series, row: Row) -> str:
        return f"{x_words(row[x])}<br>{series.value(row)}"

    for one in series:
        figure.add_scatter(
            **figures.marks(figures.numbered(rows), partial(hover, one)),
            x=[row[x] for row in rows],
            y=[row[one.column] for row in rows],
            name=text.chart_text(one.label),
            mode="lines+markers" if len(rows) < MOST_MARKERS else "lines",
            connectgaps=False,
            line={"color": one.shade(view.is_dark), "width": 2},
        )
    figures.unit_axis(figure, series[0].unit)
    return figure


def add_marks(
    figure: go.Figure, view: View, rows: list[Row], x: str, y: str, series: Series
) -> None:
    """Adds a diamond to a line where the series is more than 0."""
    own = [row for row in figures.numbered(rows) if row[series.column]]
    name = text.chart_text(series.label)
    figure.add_scatter(
        **figures.marks(own, lambda row: f"{name}: <b>{text.count(row[series.column])}</b>"),
        x=[row[x] for row in own],
        y=[row[y] for row in own],
        name=name,
        mode="markers",
        meta=series.column,
        marker={"symbol": "diamond", "size": 11, "color": series.shade(view.is_dark)},
    )
    if own:
        figure.update_layout(showlegend=True, margin={"t": 36})


def add_band(figure: go.Figure, rows: list[Row], x: str, low: str, high: str, colour: str) -> None:
    """Adds the range from low to high behind the lines."""
    known = [row for row in rows if row[low] is not None and row[high] is not None]
    red, green, blue = colours.parts(colour)
    figure.add_scatter(
        x=[row[x] for row in known] + [row[x] for row in reversed(known)],
        y=[row[high] for row in known] + [row[low] for row in reversed(known)],
        mode="lines",
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},0.18)",
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.data = (figure.data[-1], *figure.data[:-1])
