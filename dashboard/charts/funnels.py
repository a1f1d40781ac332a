"""Funnels: a bar from the left per step."""

from typing import NamedTuple

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.charts import figure as figures


class Step(NamedTuple):
    """A step of a funnel; `state` is that of the people behind its bar."""

    label: str
    value: int | None
    colour: tuple[str, str]
    state: str | None = None


def funnel_bars(steps: list[Step], is_dark: bool) -> go.Figure:
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
            marker={"color": shade, "line": {"width": 0}},
            insidetextfont={"color": colours.ink(shade)},
            hovertext=[f"{step.label}<br><b>{'not known' if step.value is None else said}</b>"],
            hoverinfo="text",
        )
    figure.update_layout(barmode="overlay", showlegend=False)
    figures.count_axis(figure)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=[step.label for step in steps],
        autorange="reversed",
        nticks=None,
    )
    return figure
