"""Bars from left to right, a row each: ranked, the steps of a funnel, shares with intervals."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.charts import figure as figures
from dashboard.charts.figure import Series
from dashboard.data import Row
from dashboard.view import View

Say = Callable[[Row], str]


class Step(NamedTuple):
    """A step of a funnel; `state` is that of the people behind its bar."""

    label: str
    value: int | None
    colour: tuple[str, str]
    state: str | None = None


def ranked(rows: list[Row], by: str, series: Series, shades: Sequence[str]) -> go.Figure:
    """A bar per row with its number; the first row is on top."""
    figure = figures.blank(height=60 + 38 * len(rows))
    names = [text.chart_text(row[by]) for row in rows]
    figure.add_bar(
        **figures.marks(
            figures.numbered(rows),
            lambda row: f"{names[row[figures.NUMBER]]}<br>{series.value(row)}",
        ),
        marker=figures.bar(list(shades)),
        orientation="h",
        y=names,
        x=[row[series.column] for row in rows],
        text=[text.number(row[series.column], series.unit) for row in rows],
        textposition="auto",
    )
    figures.count_axis(figure)
    figure.update_yaxes(type="category", autorange="reversed", nticks=None)
    return figure


def funnel(steps: list[Step], is_dark: bool) -> go.Figure:
    """The steps of one row, the first on top; an unknown one has a dash."""
    figure = figures.blank(height=70 + 44 * len(steps))
    for step in steps:
        said = text.or_dash(step.value, "count")
        shade = step.colour[is_dark]
        figure.add_bar(
            orientation="h",
            y=[step.label],
            x=[step.value or 0],
            text=[said],
            textposition="auto" if step.value else "outside",
            customdata=[0],
            meta=step.state,
            marker=figures.bar(shade),
            insidetextfont={"color": colours.ink(shade)},
            hovertext=[f"{step.label}<br><b>{'not known' if step.value is None else said}</b>"],
            hoverinfo="text",
        )
    figure.update_layout(barmode="overlay", showlegend=False)
    figures.count_axis(figure)
    order = {"categoryorder": "array", "categoryarray": [step.label for step in steps]}
    figure.update_yaxes(type="category", autorange="reversed", nticks=None, **order)
    return figure


def shares(view: View, rows: list[Row], name: Say, series: Series, hover: Say) -> go.Figure:
    """A bar per row with its share beside its name, the first row on top.

    A share that is not known has no bar, and a dash beside its name.
    """
    figure = figures.blank(height=70 + 42 * len(rows), has_legend=False)
    add_shares(figure, view, rows, name, series, hover)
    labels = [
        f"{text.chart_label(name(row))}"
        f"  <b>{text.DASH if row[series.column] is None else series.said(row)}</b>"
        for row in rows
    ]
    figures.named_rows(figure, labels)
    return figure


def add_shares(
    figure: go.Figure,
    view: View,
    rows: list[Row],
    name: Say,
    series: Series,
    hover: Say,
    has_interval: bool = True,
) -> None:
    """Adds a bar per row; `low` and `high` of a row are its interval."""
    ends = ([row[end] or 0 for row in rows] for end in (series.column, "low", "high"))
    look = {"color": view.shade(colours.SLATE), "thickness": 1.5, "width": 4}
    figure.add_bar(
        **figures.marks(
            figures.numbered(rows),
            lambda row: f"{text.chart_text(name(row))}<br>{text.chart_text(hover(row))}",
        ),
        marker=figures.bar(series.shade(view.is_dark)),
        orientation="h",
        x=[row[series.column] for row in rows],
        y=list(range(len(rows))),
        name=series.label,
        error_x=figures.interval(*ends) | look if has_interval else None,
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1.02], nticks=5)
    figures.named_rows(figure, [text.chart_text(name(row)) for row in rows])
