"""Chapters on a map, drawn from their rows alone: no coastline, no tile, no request."""

from math import cos, radians, sqrt

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.charts import figure as figures
from dashboard.data import Row
from dashboard.view import View

MOST_LABELS = 15
SOME_TREND = 0.1
LEAST_DEGREES = 1.0
WAYS = {
    "grows": colours.GREEN,
    "fades": colours.VERMILION,
    "about the same": colours.BLUE,
    "too few events to tell": colours.GREY,
}


def way(row: Row) -> str:
    """Whether a chapter grows, fades, or neither; by its trend and its last event."""
    if row["is_fading"]:
        return "fades"
    if row["trend"] is None:
        return "too few events to tell"
    if abs(row["trend"]) < SOME_TREND:
        return "about the same"
    return "grows" if row["trend"] > 0 else "fades"


def is_placed(row: Row) -> bool:
    """Whether it is known where a chapter is."""
    return row["latitude"] is not None and row["longitude"] is not None


def on_a_map(rows: list[Row], view: View) -> go.Figure:
    """Chapters at their longitude and latitude, larger where more come, coloured by their trend.

    `rows` may hold places unknown.
    """
    figure = figures.blank(height=380, has_legend=True)
    known = [row for row in figures.numbered(rows) if is_placed(row)]
    most = max((row["mean_attended"] or 0 for row in known), default=0) or 1
    for name, colour in WAYS.items():
        own = [row for row in known if way(row) == name]
        if not own:
            continue
        sizes = [12 + 26 * sqrt((row["mean_attended"] or 0) / most) for row in own]
        edge = {"width": 1, "color": view.shade(colours.BACKGROUND)}
        figure.add_scatter(
            **figures.marks(own, _hover),
            x=[row["longitude"] for row in own],
            y=[row["latitude"] for row in own],
            name=text.sentence(name),
            mode="markers+text" if len(known) <= MOST_LABELS else "markers",
            text=[text.chart_label(row["group"]) for row in own],
            textposition="top center",
            marker={"size": sizes, "color": view.shade(colour), "opacity": 0.85, "line": edge},
            cliponaxis=False,
        )
    _to_scale(figure, known)
    return figure


def _to_scale(figure: go.Figure, rows: list[Row]) -> None:
    """A degree east as long as it is at the middle latitude, and room around the outermost."""
    for axis, column in ((figure.update_xaxes, "longitude"), (figure.update_yaxes, "latitude")):
        low, high = min(row[column] for row in rows), max(row[column] for row in rows)
        room = max(0.15 * (high - low), LEAST_DEGREES)
        axis(range=[low - room, high + room], ticksuffix="°", nticks=6, zeroline=False)
    middle = sum(row["latitude"] for row in rows) / len(rows)
    figure.update_yaxes(
        scaleanchor="x", scaleratio=1 / max(0.2, cos(radians(middle))), constrain="domain"
    )
    figure.update_xaxes(constrain="domain")


def _hover(row: Row) -> str:
    mean = "not known" if row["mean_attended"] is None else f"{row['mean_attended']:.1f}"
    events = text.plural(row["events"], "event")
    name = text.chart_text(row["group"])
    return f"<b>{name}</b><br>{events}<br>came per event: {mean}<br>{way(row)}"
