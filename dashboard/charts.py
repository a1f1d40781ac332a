"""Plotly figures out of a metric's rows. Every mark carries the index of its row as customdata."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from dashboard import colours, words
from dashboard.data import Row

CONFIG = {"displaylogo": False, "showSendToCloud": False, "displayModeBar": False}
# After the line break comes what changes rarely: Plotly writes it once per change.
TICKS = {"day": "%-d %b\n%Y", "week": "%-d %b\n%Y", "month": "%b\n%Y", "quarter": "Q%q\n%Y"}
HEIGHT = 300
HATCH = "/"


@dataclass(frozen=True)
class Series:
    """One column of a metric as one series of a chart."""

    column: str
    label: str
    unit: str = "count"
    below_zero: bool = False


LIFECYCLE = (
    Series("returning", "Returning"),
    Series("new", "New"),
    Series("resurrected", "Back again"),
    Series("dormant", "Gone quiet", below_zero=True),
)
_DURATION_STEPS = (60, 300, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800)


def blank(height: int = HEIGHT) -> go.Figure:
    """An empty figure in the house style; the theme gives fonts, grid and background."""
    return go.Figure(
        layout={
            "height": height,
            "margin": {"l": 8, "r": 8, "t": 12, "b": 8},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None},
            "hovermode": "closest",
            "dragmode": False,
            "bargap": 0.18,
            "xaxis": {"fixedrange": True, "title": None, "automargin": True},
            "yaxis": {"fixedrange": True, "title": None, "automargin": True, "nticks": 6},
        }
    )


def with_legend(figure: go.Figure, is_shown: bool) -> None:
    """Shows the legend above the chart and makes room for it, or hides it."""
    figure.update_layout(showlegend=is_shown, margin={"t": 36 if is_shown else 12})


def _time_axis(figure: go.Figure, firsts: Sequence[date], grain: str) -> None:
    """Few periods have a tick each; many are left to Plotly. Never a tick between two periods."""
    axis: dict[str, Any] = {"tickformat": TICKS[grain], "type": "date", "tickangle": 0}
    step = max(1, -(-len(firsts) // 8))
    if firsts:
        axis |= {"tickmode": "array", "tickvals": list(firsts)[::-1][::step]}
    figure.update_xaxes(**axis)


def _unit_axis(figure: go.Figure, unit: str) -> None:
    if unit == "share":
        figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    else:
        figure.update_yaxes(tickformat=",d" if unit == "count" else None, rangemode="tozero")


def duration_axis(figure: go.Figure, seconds: Sequence[float | None]) -> None:
    """Ticks at lengths of time that people use."""
    longest = max((one for one in seconds if one is not None), default=0)
    step = next((one for one in _DURATION_STEPS if longest <= 5 * one), 2_592_000)
    ticks = [step * number for number in range(int(longest // step) + 2)]
    figure.update_yaxes(tickvals=ticks, ticktext=[words.duration(one) for one in ticks])


def _hover(row: Row, series: Series, grain: str) -> str:
    running = "" if row.get("is_complete", True) else "<br>not over yet, or not covered"
    value = words.number(row[series.column], series.unit)
    name = words.chart_text(words.period(row["period"], grain))
    return f"{name}<br><b>{value}</b> {words.chart_text(series.label)}{running}"


def bars(
    rows: list[Row],
    series: Sequence[Series],
    grain: str,
    is_dark: bool,
    palette: dict[str, str] | None = None,
    stacked: bool = True,
) -> go.Figure:
    """Bars over time; unfinished periods are hatched, unknown values are gaps."""
    figure = blank()
    palette = palette or colours.named([one.column for one in series], is_dark)
    done = [row.get("is_complete", True) for row in rows]
    for one in series:
        sign = -1 if one.below_zero else 1
        figure.add_bar(
            x=[row["period"] for row in rows],
            y=[None if row[one.column] is None else sign * row[one.column] for row in rows],
            name=words.chart_text(one.label),
            customdata=list(range(len(rows))),
            meta=one.column,
            marker=_marker(palette[one.column], done),
            hovertext=[_hover(row, one, grain) for row in rows],
            hoverinfo="text",
        )
    figure.update_layout(barmode="relative" if stacked else "group")
    with_legend(figure, len(series) > 1)
    _time_axis(figure, sorted({row["period"] for row in rows}), grain)
    _unit_axis(figure, series[0].unit)
    return figure


def bars_by(
    rows: list[Row],
    by: str,
    series: Series,
    grain: str,
    palette: dict[str, str],
    stacked: bool = True,
) -> go.Figure:
    """Bars over time with a series for each value of a column."""
    figure = blank()
    for value in palette:
        own = [(index, row) for index, row in enumerate(rows) if row[by] == value]
        named = Series(series.column, f"{series.label} · {value}", series.unit)
        figure.add_bar(
            x=[row["period"] for _, row in own],
            y=[row[series.column] for _, row in own],
            name=words.chart_text(value),
            customdata=[index for index, _ in own],
            marker=_marker(palette[value], [row.get("is_complete", True) for _, row in own]),
            hovertext=[_hover(row, named, grain) for _, row in own],
            hoverinfo="text",
        )
    figure.update_layout(barmode="relative" if stacked else "group")
    with_legend(figure, len(palette) > 1)
    _time_axis(figure, sorted({row["period"] for row in rows}), grain)
    _unit_axis(figure, series.unit)
    return figure


def _marker(colour: str, done: Sequence[bool]) -> dict[str, object]:
    return {
        "color": colour,
        "opacity": [1 if one else 0.55 for one in done],
        "pattern": {"shape": ["" if one else HATCH for one in done], "size": 6, "solidity": 0.35},
        "line": {"width": 0},
    }


def lines(
    rows: list[Row],
    x: str,
    series: Sequence[Series],
    palette: dict[str, str],
    x_words: Callable[[Any], str] = str,
) -> go.Figure:
    """Lines; an unknown value is a gap."""
    figure = blank()
    for one in series:
        figure.add_scatter(
            x=[row[x] for row in rows],
            y=[row[one.column] for row in rows],
            name=words.chart_text(one.label),
            mode="lines+markers" if len(rows) < 40 else "lines",
            connectgaps=False,
            customdata=list(range(len(rows))),
            line={"color": palette[one.column], "width": 2},
            hovertext=[
                f"{x_words(row[x])}<br><b>{words.number(row[one.column], one.unit)}</b>"
                f" {words.chart_text(one.label)}"
                for row in rows
            ],
            hoverinfo="text",
        )
    with_legend(figure, len(series) > 1)
    _unit_axis(figure, series[0].unit)
    return figure


def band(rows: list[Row], x: str, low: str, high: str, colour: str, figure: go.Figure) -> go.Figure:
    """The figure with the range from low to high behind its lines."""
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
    return figure
