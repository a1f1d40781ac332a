"""Who is where: a row per set of sources, with dots for the sources and a bar for the people."""

import plotly.graph_objects as go

from dashboard import text
from dashboard.charts import figure as figures
from dashboard.charts.figure import Series
from dashboard.data import Row
from dashboard.view import View

MATRIX, BARS = [0, 0.34], [0.39, 1]
ABSENT = "rgba(127, 139, 153, 0.25)"
JOINED_BY = "+"


def upset(view: View, rows: list[Row], by: str, series: Series, several: str) -> go.Figure:
    """A row per set of sources, the first on top; `several` colours the bars of sets of several.

    `by` is the column with the names of the sources, joined by a plus.
    """
    sets = [row[by].split(JOINED_BY) for row in rows]
    sources = sorted({source for one in sets for source in one})
    shades = view.source_shades(sources)
    figure = figures.blank(height=100 + 34 * len(rows), has_legend=False)
    figure.add_scatter(
        x=[place for one in sets for place in [*_places(one, sources), None]],
        y=[number for number, one in enumerate(sets) for _ in [*one, None]],
        mode="lines",
        line={"color": several, "width": 2},
        hoverinfo="skip",
    )
    for place, source in enumerate(sources):
        figure.add_scatter(
            **figures.marks(figures.numbered(rows), lambda row: _hover(row, by, series)),
            x=[place] * len(rows),
            y=list(range(len(rows))),
            mode="markers",
            marker={
                "size": 12,
                "color": [shades[source] if source in one else ABSENT for one in sets],
                "opacity": 1,
            },
        )
    figure.add_bar(
        **figures.marks(figures.numbered(rows), lambda row: _hover(row, by, series)),
        marker=figures.bar([several if len(one) > 1 else shades[one[0]] for one in sets]),
        orientation="h",
        y=list(range(len(rows))),
        x=[row[series.column] for row in rows],
        text=[series.said(row) for row in rows],
        textposition="auto",
        xaxis="x2",
    )
    names = [text.chart_label(source) for source in sources]
    figure.update_layout(
        xaxis={
            "domain": MATRIX,
            "side": "top",
            "tickvals": list(range(len(sources))),
            "ticktext": names,
            "tickangle": -60,
            "range": [-0.5, len(sources) - 0.5],
            "showgrid": False,
            "zeroline": False,
        },
        xaxis2={
            "domain": BARS,
            "rangemode": "tozero",
            "tickformat": ",d",
            "nticks": 4,
            "fixedrange": True,
        },
        yaxis={"range": [len(rows) - 0.5, -0.5], "showticklabels": False, "showgrid": False},
    )
    figure.update_yaxes(zeroline=False, nticks=None, tickvals=[])
    return figure


def _places(one: list[str], sources: list[str]) -> list[int]:
    return [sources.index(source) for source in one]


def _hover(row: Row, by: str, series: Series) -> str:
    where = text.chart_text(row[by].replace(JOINED_BY, " + "))
    return f"{where}<br>{series.value(row)}{_range(row)}"


def _range(row: Row) -> str:
    """How many they were in the two other worlds of who is who, where the row knows."""
    if "low" not in row:
        return ""
    return (
        "<br>"
        f"{text.count(row['low'])} if every suggestion were true,"
        f" {text.count(row['high'])} if no account were joined"
    )
