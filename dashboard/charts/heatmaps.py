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

    def fill(self, is_dark: bool) -> str:
        """Its colour in a theme."""
        shade = colours.shade(self.part, is_dark)
        return colours.pale(shade, is_dark) if self.is_small else shade


def grid(
    cells: list[Cell], columns: dict[int, str], lines: dict[int, str], is_dark: bool
) -> go.Figure:
    """A heatmap with names for columns and lines; of bars, which Plotly can select and hatch."""
    fills = [cell.fill(is_dark) for cell in cells]
    shapes = ["" if cell.is_complete else figures.HATCH for cell in cells]
    hatch = {"fillmode": "overlay", "fgopacity": 0.25, "size": 7, "solidity": 0.15}
    figure = figures.blank(height=90 + 30 * len(lines))
    figure.add_bar(
        customdata=[cell.row for cell in cells],
        hovertext=[cell.hover for cell in cells],
        hoverinfo="text",
        marker=figures.bar(fills, pattern={"shape": shapes} | hatch),
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
    fitting = {"minsize": 9, "mode": "hide"}
    figure.update_layout(showlegend=False, barmode="overlay", uniformtext=fitting)
    figure.update_xaxes(**_axis(columns), tickangle=0, side="top")
    figure.update_yaxes(**_axis(lines, step=-1), nticks=None)
    return figure


def _axis(names: dict[int, str], step: int = 1) -> dict[str, object]:
    """An axis with names; a step of -1 puts the last one where an axis begins."""
    ends = [min(names, default=0) - 0.5, max(names, default=0) + 0.5]
    ticks = {"tickvals": list(names), "ticktext": list(names.values())}
    return {**ticks, "range": ends[::step], "showgrid": False, "zeroline": False}
