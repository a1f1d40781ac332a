"""Heatmaps whose cells can be clicked."""

from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts import figure as figures


@dataclass(frozen=True)
class Cell:
    """One cell of a grid: where, how dark (0 to 1), what it says, and how sure it is."""

    column: int
    line: int
    part: float
    hover: str
    row: int
    label: str = ""
    is_complete: bool = True
    is_small: bool = False


def grid(
    cells: list[Cell], columns: dict[int, str], lines: dict[int, str], is_dark: bool
) -> go.Figure:
    """A heatmap with names for columns and lines; of bars, which Plotly can select and hatch."""
    fills = [_fill(cell, is_dark) for cell in cells]
    figure = figures.blank(height=90 + 30 * len(lines))
    figure.add_bar(
        customdata=[cell.row for cell in cells],
        hovertext=[cell.hover for cell in cells],
        hoverinfo="text",
        marker={"color": fills, "line": {"width": 0}, "pattern": _hatch(cells)},
        x=[cell.column for cell in cells],
        base=[cell.line - 0.48 for cell in cells],
        y=[0.96] * len(cells),
        width=0.96,
        text=[cell.label for cell in cells],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": [colours.ink(fill) for fill in fills]},
    )
    figure.update_layout(
        showlegend=False, barmode="overlay", uniformtext={"minsize": 9, "mode": "hide"}
    )
    left, right = _ends(columns)
    top, bottom = _ends(lines)
    figure.update_xaxes(**_axis(columns), tickangle=0, side="top", range=[left, right])
    figure.update_yaxes(**_axis(lines), nticks=None, range=[bottom, top])
    return figure


def _fill(cell: Cell, is_dark: bool) -> str:
    shade = colours.shade(cell.part, is_dark)
    return colours.pale(shade, is_dark) if cell.is_small else shade


def _ends(names: dict[int, str]) -> tuple[float, float]:
    return min(names, default=0) - 0.5, max(names, default=0) + 0.5


def _axis(names: dict[int, str]) -> dict[str, object]:
    ticks = {"tickvals": list(names), "ticktext": list(names.values())}
    return {**ticks, "showgrid": False, "zeroline": False}


def _hatch(cells: list[Cell]) -> dict[str, object]:
    return {
        "shape": ["" if cell.is_complete else figures.HATCH for cell in cells],
        "fillmode": "overlay",
        "fgopacity": 0.25,
        "size": 7,
        "solidity": 0.15,
    }
