"""Bars over time, by series or by the values of a column."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import text
from dashboard.charts import figure as figures
from dashboard.charts.figure import Series
from dashboard.data import Row
from dashboard.view import View

# After the line break comes what changes rarely: Plotly writes it once per change.
TICKS = {"day": "%-d %b\n%Y", "week": "%-d %b\n%Y", "month": "%b\n%Y", "quarter": "Q%q\n%Y"}


def over_time(
    view: View,
    rows: list[Row],
    series: Sequence[Series],
    grain: str | None = None,
    stacked: bool = True,
) -> go.Figure:
    """Bars over time; unfinished periods are hatched, unknown values are gaps.

    `grain` is that of the rows where it is not the chosen one.
    """
    figure = figures.blank(has_legend=len(series) > 1)
    grain = grain or view.grain
    for one in series:
        name, shade = text.chart_text(one.label), one.shade(view.is_dark)
        _add(figure, figures.numbered(rows), one, grain, shade, name=name, meta=one.column)
    return _finished(figure, rows, series[0].unit, grain, stacked)


def over_time_by(
    view: View,
    rows: list[Row],
    by: str,
    series: Series,
    palette: dict[str, str],
    stacked: bool = True,
) -> go.Figure:
    """Bars over time with a series for each value of a column."""
    figure = figures.blank(has_legend=len(palette) > 1)
    for value, shade in palette.items():
        named = Series(series.column, f"{series.label} · {value}", series.unit)
        own = [row for row in figures.numbered(rows) if row[by] == value]
        _add(figure, own, named, view.grain, shade, name=text.chart_text(value))
    return _finished(figure, rows, series.unit, view.grain, stacked)


def _add(
    figure: go.Figure, rows: list[Row], series: Series, grain: str, shade: str, **trace: str
) -> None:
    sign = -1 if series.below_zero else 1
    values = [row[series.column] for row in rows]
    running = [not row.get("is_complete", True) for row in rows]
    opacity = [0.55 if one else 1 for one in running]

    def hover(row: Row) -> str:
        period = text.period(row["period"], grain)
        return f"{period}<br>{series.value(row)}{figures.running(row)}"

    figure.add_bar(
        **figures.marks(rows, hover),
        marker=figures.bar(shade, opacity=opacity, pattern=figures.hatched(running)),
        x=[row["period"] for row in rows],
        y=[None if value is None else sign * value for value in values],
        **trace,
    )


def _finished(
    figure: go.Figure, rows: list[Row], unit: str, grain: str, stacked: bool
) -> go.Figure:
    """The figure with a tick for each period, or every second or third, never between two."""
    figure.update_layout(barmode="relative" if stacked else "group")
    figure.update_xaxes(tickformat=TICKS[grain], type="date", tickangle=0)
    if firsts := sorted({row["period"] for row in rows}, reverse=True):
        figure.update_xaxes(tickmode="array", tickvals=firsts[:: figures.step(firsts, 8)])
    figures.unit_axis(figure, unit)
    return figure
