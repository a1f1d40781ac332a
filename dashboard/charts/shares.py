"""Shares from left to right with their 95% intervals."""

from collections.abc import Callable

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.charts import figure as figures
from dashboard.charts.figure import Series
from dashboard.data import Row

Say = Callable[[Row], str]


def shares(rows: list[Row], name: Say, series: Series, hover: Say, is_dark: bool) -> go.Figure:
    """A bar per row with its share beside its name, the first row on top.

    A share that is not known has no bar, and a dash beside its name.
    """
    figure = figures.blank(height=70 + 42 * len(rows))
    add_shares(figure, rows, name, series, hover, is_dark)
    figures.with_legend(figure, is_shown=False)
    labels = [
        f"{text.chart_label(name(row))}  <b>{text.or_dash(row[series.column], 'share')}</b>"
        for row in rows
    ]
    figures.named_rows(figure, labels)
    return figure


def add_shares(
    figure: go.Figure,
    rows: list[Row],
    name: Say,
    series: Series,
    hover: Say,
    is_dark: bool,
    has_interval: bool = True,
) -> None:
    """Adds a bar per row; `low` and `high` of a row are its interval."""
    figures.add_bars(
        figure,
        series.shade(is_dark),
        figures.numbered(rows),
        lambda row: f"{text.chart_text(name(row))}<br>{text.chart_text(hover(row))}",
        orientation="h",
        x=[row[series.column] for row in rows],
        y=list(range(len(rows))),
        name=series.label,
        error_x=_interval(rows, series.column, is_dark) if has_interval else None,
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1.02], nticks=5)
    figures.named_rows(figure, [text.chart_text(name(row)) for row in rows])


def _interval(rows: list[Row], column: str, is_dark: bool) -> dict[str, object]:
    values, lows, highs = ([row[end] or 0 for row in rows] for end in (column, "low", "high"))
    look = {"color": colours.SLATE[is_dark], "thickness": 1.5, "width": 4}
    return figures.interval(values, lows, highs) | look
