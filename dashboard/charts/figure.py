"""What every chart shares: an empty figure in the house style, its axes, its marks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.data import Row

CONFIG = {"displaylogo": False, "showSendToCloud": False, "displayModeBar": False}
# After the line break comes what changes rarely: Plotly writes it once per change.
TICKS = {"day": "%-d %b\n%Y", "week": "%-d %b\n%Y", "month": "%b\n%Y", "quarter": "Q%q\n%Y"}
HEIGHT = 300
HATCH = "/"
NUMBER = "number of the row"
_DURATION_STEPS = (60, 300, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800)


@dataclass(frozen=True)
class Series:
    """One column of a metric as one series of a chart; without a colour it has a named one."""

    column: str
    label: str
    unit: str = "count"
    below_zero: bool = False
    colour: tuple[str, str] | None = None

    def shade(self, is_dark: bool) -> str:
        """The colour of the series in a theme."""
        return (self.colour or colours.NAMED[self.column])[is_dark]

    def value(self, row: Row) -> str:
        """What a row has of it, as a chart shows it on hovering."""
        value = text.number(row[self.column], self.unit)
        return f"<b>{value}</b> {text.chart_text(self.label)}"


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


def numbered(rows: Iterable[Row]) -> list[Row]:
    """The rows with their numbers, which marks carry, so that a click on one finds its row."""
    return [row | {NUMBER: number} for number, row in enumerate(rows)]


def add_bars(
    figure: go.Figure,
    shade: str | Sequence[str],
    rows: Sequence[Row],
    hover: Callable[[Row], str],
    look: Mapping[str, object] | None = None,
    **trace: Any,
) -> None:
    """Adds a bar for each numbered row; `look` is more of their marker."""
    marker = {"color": shade, "line": {"width": 0}, **(look or {})}
    figure.add_bar(marker=marker, **_marks(rows, hover), **trace)


def add_points(
    figure: go.Figure, rows: Sequence[Row], hover: Callable[[Row], str], **trace: Any
) -> None:
    """Adds a point for each numbered row."""
    figure.add_scatter(**_marks(rows, hover), **trace)


def _marks(rows: Sequence[Row], hover: Callable[[Row], str]) -> dict[str, Any]:
    return {
        "customdata": [row[NUMBER] for row in rows],
        "hovertext": [hover(row) for row in rows],
        "hoverinfo": "text",
    }


def with_legend(figure: go.Figure, is_shown: bool) -> None:
    """Shows the legend above the chart and makes room for it, or hides it."""
    figure.update_layout(showlegend=is_shown, margin={"t": 36 if is_shown else 12})


def time_axis(figure: go.Figure, firsts: Sequence[date], grain: str) -> None:
    """Few periods have a tick each, many every second or third, and never between two periods."""
    axis: dict[str, Any] = {"tickformat": TICKS[grain], "type": "date", "tickangle": 0}
    step = max(1, -(-len(firsts) // 8))
    if firsts:
        axis |= {"tickmode": "array", "tickvals": list(firsts)[::-1][::step]}
    figure.update_xaxes(**axis)


def unit_axis(figure: go.Figure, unit: str) -> None:
    """An upright axis from 0 in percent or in whole numbers."""
    tickformat = {"share": ".0%", "count": ",d"}.get(unit)
    figure.update_yaxes(tickformat=tickformat, rangemode="tozero")


def count_axis(figure: go.Figure) -> None:
    """A level axis from 0 in whole numbers."""
    figure.update_xaxes(rangemode="tozero", tickformat=",d", nticks=5)


def named_rows(figure: go.Figure, names: Sequence[str]) -> None:
    """An upright axis with a name for each row, the first on top."""
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=list(names), autorange="reversed", nticks=None
    )


def duration_axis(figure: go.Figure, lengths: Sequence[float | None], each: int = 1) -> None:
    """Ticks at lengths of time that people use; `each` is how many seconds 1 is."""
    longest = max((one * each for one in lengths if one is not None), default=0)
    step = next((one for one in _DURATION_STEPS if longest <= 5 * one), 2_592_000)
    ticks = [step * number for number in range(int(longest // step) + 2)]
    figure.update_yaxes(
        tickvals=[one / each for one in ticks],
        ticktext=[text.duration(one) for one in ticks],
    )


def hatched(is_hatched: Sequence[bool]) -> dict[str, Any]:
    """The pattern of bars of which some are hatched."""
    return {"shape": [HATCH * one for one in is_hatched], "size": 6, "solidity": 0.35}


def interval(
    values: Sequence[float], lows: Sequence[float], highs: Sequence[float]
) -> dict[str, Any]:
    """Lines from each value down to its low end and up to its high end."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, high in zip(values, highs, strict=True)],
        "arrayminus": [value - low for value, low in zip(values, lows, strict=True)],
    }
