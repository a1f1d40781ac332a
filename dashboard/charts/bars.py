"""Bars: over time, by a value over time, and ranked from top to bottom."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import text
from dashboard.charts import figure as figures
from dashboard.charts.figure import Series
from dashboard.data import Row

LIFECYCLE = (
    Series("returning", "Returning"),
    Series("new", "New"),
    Series("resurrected", "Back again"),
    Series("dormant", "Gone quiet", below_zero=True),
)


def over_time(
    rows: list[Row], series: Sequence[Series], grain: str, is_dark: bool, stacked: bool = True
) -> go.Figure:
    """Bars over time; unfinished periods are hatched, unknown values are gaps."""
    figure = figures.blank()
    for one in series:
        name = text.chart_text(one.label)
        shade = one.shade(is_dark)
        _add(figure, figures.numbered(rows), one, grain, shade, name=name, meta=one.column)
    return _finished(figure, rows, series[0].unit, grain, stacked, len(series) > 1)


def over_time_by(
    rows: list[Row],
    by: str,
    series: Series,
    grain: str,
    palette: dict[str, str],
    stacked: bool = True,
) -> go.Figure:
    """Bars over time with a series for each value of a column."""
    figure = figures.blank()
    for value, shade in palette.items():
        named = Series(series.column, f"{series.label} · {value}", series.unit)
        own = [row for row in figures.numbered(rows) if row[by] == value]
        _add(figure, own, named, grain, shade, name=text.chart_text(value))
    return _finished(figure, rows, series.unit, grain, stacked, len(palette) > 1)


def _add(
    figure: go.Figure, rows: list[Row], series: Series, grain: str, shade: str, **trace: str
) -> None:
    sign = -1 if series.below_zero else 1
    values = [row[series.column] for row in rows]
    running = [not row.get("is_complete", True) for row in rows]
    figures.add_bars(
        figure,
        shade,
        rows,
        lambda row: _hover(row, series, grain),
        {"opacity": [0.55 if one else 1 for one in running], "pattern": figures.hatched(running)},
        x=[row["period"] for row in rows],
        y=[None if value is None else sign * value for value in values],
        **trace,
    )


def _hover(row: Row, series: Series, grain: str) -> str:
    running = "" if row.get("is_complete", True) else "<br>not over yet, or not covered"
    return f"{text.period(row['period'], grain)}<br>{series.value(row)}{running}"


def _finished(
    figure: go.Figure, rows: list[Row], unit: str, grain: str, stacked: bool, has_legend: bool
) -> go.Figure:
    figure.update_layout(barmode="relative" if stacked else "group")
    figures.with_legend(figure, has_legend)
    figures.time_axis(figure, sorted({row["period"] for row in rows}), grain)
    figures.unit_axis(figure, unit)
    return figure


def ranked(rows: list[Row], by: str, series: Series, shades: Sequence[str]) -> go.Figure:
    """Bars from left to right, a row each, with its number; the first row is on top."""
    figure = figures.blank(height=60 + 38 * len(rows))
    figures.add_bars(
        figure,
        list(shades),
        figures.numbered(rows),
        lambda row: f"{text.chart_text(row[by])}<br>{series.value(row)}",
        orientation="h",
        y=[text.chart_text(row[by]) for row in rows],
        x=[row[series.column] for row in rows],
        text=[text.number(row[series.column], series.unit) for row in rows],
        textposition="auto",
    )
    figures.count_axis(figure)
    figure.update_yaxes(type="category", autorange="reversed", nticks=None)
    return figure
