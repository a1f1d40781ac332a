"""Lines, the marks on them, and the band behind them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import plotly.graph_objects as go

from dashboard import text
from dashboard.charts import figure as figures
from dashboard.charts.figure import Series
from dashboard.data import Row

MOST_MARKERS = 40


def lines(
    rows: list[Row],
    x: str,
    series: Sequence[Series],
    is_dark: bool,
    x_words: Callable[[Any], str] = str,
) -> go.Figure:
    """Lines; an unknown value is a gap."""
    figure = figures.blank()
    for one in series:
        figures.add_points(
            figure,
            figures.numbered(rows),
            partial(_hover, x_words=x_words, x=x, series=one),
            x=[row[x] for row in rows],
            y=[row[one.column] for row in rows],
            name=text.chart_text(one.label),
            mode="lines+markers" if len(rows) < MOST_MARKERS else "lines",
            connectgaps=False,
            line={"color": one.shade(is_dark), "width": 2},
        )
    figures.with_legend(figure, len(series) > 1)
    figures.unit_axis(figure, series[0].unit)
    return figure


def _hover(row: Row, x_words: Callable[[Any], str], x: str, series: Series) -> str:
    return f"{x_words(row[x])}<br>{series.value(row)}"


def add_marks(
    figure: go.Figure, rows: list[Row], x: str, y: str, series: Series, is_dark: bool
) -> None:
    """Adds a diamond to a line where the series is more than 0."""
    own = [row for row in figures.numbered(rows) if row[series.column]]
    name = text.chart_text(series.label)
    figures.add_points(
        figure,
        own,
        lambda row: f"{name}: <b>{text.count(row[series.column])}</b>",
        x=[row[x] for row in own],
        y=[row[y] for row in own],
        name=name,
        mode="markers",
        meta=series.column,
        marker={"symbol": "diamond", "size": 11, "color": series.shade(is_dark)},
    )
    figures.with_legend(figure, bool(own))


def add_band(figure: go.Figure, rows: list[Row], x: str, low: str, high: str, colour: str) -> None:
    """Adds the range from low to high behind the lines."""
    known = [row for row in rows if row[low] is not None and row[high] is not None]
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    figure.add_scatter(
        x=[row[x] for row in known] + [row[x] for row in reversed(known)],
        y=[row[high] for row in known] + [row[low] for row in reversed(known)],
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},0.18)",
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.data = (figure.data[-1], *figure.data[:-1])
