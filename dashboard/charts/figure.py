"""What every chart shares: an empty figure in the house style, its axes, its marks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.data import Row

CONFIG = {"displaylogo": False, "showSendToCloud": False, "displayModeBar": False}
HATCH = "/"
NUMBER = "number of the row"
_DURATION_STEPS = (60, 300, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800)


@dataclass(frozen=True)
class Series:
    """One column of a metric as one series of a chart; without a colour it has a named one.

    `whole` is the column that a share is of.
    """

    column: str
    label: str
    unit: str = "count"
    below_zero: bool = False
    colour: tuple[str, str] | None = None
    whole: str = ""

    def shade(self, is_dark: bool) -> str:
        """The colour of the series in a theme."""
        return (self.colour or colours.NAMED[self.column])[is_dark]

    def value(self, row: Row) -> str:
        """What a row has of it, as a chart shows it on hovering."""
        return f"<b>{self.said(row)}</b> {text.chart_text(self.label)}"

    def said(self, row: Row) -> str:
        """The same without what it is: 412, 56%, 1 of 4."""
        if self.whole:
            return text.share_of(row[self.column], row[self.whole])
        return text.number(row[self.column], self.unit)


def blank(height: int = 300, has_legend: bool | None = None) -> go.Figure:
    """An empty figure in the house style; the theme gives fonts, grid and background.

    A legend stands above the chart, and has room there; None leaves it to Plotly.
    """
    return go.Figure(
        layout={
            "height": height,
            "margin": {"l": 8, "r": 8, "t": 36 if has_legend else 12, "b": 8},
            "showlegend": has_legend,
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


def bar(shade: str | Sequence[str], **look: object) -> dict[str, Any]:
    """The look of bars."""
    return {"color": shade, "line": {"width": 0}, **look}


def marks(rows: Sequence[Row], hover: Callable[[Row], str]) -> dict[str, Any]:
    """What the marks of numbered rows carry, and say on hovering."""
    return {
        "customdata": [row[NUMBER] for row in rows],
        "hovertext": [hover(row) for row in rows],
        "hoverinfo": "text",
    }


def step(marks: Sequence[object], most: int) -> int:
    """Of how many marks one has a tick, so that there are no more ticks than `most`."""
    return max(1, -(-len(marks) // most))


def running(row: Row) -> str:
    """What a mark of an unfinished period adds on hovering."""
    return "" if row.get("is_complete", True) else "<br>not over yet, or not covered"


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
    names = [text.duration(one) for one in ticks]
    figure.update_yaxes(tickvals=[one / each for one in ticks], ticktext=names)


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
