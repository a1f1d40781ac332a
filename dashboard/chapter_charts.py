"""Charts of chapters: where they are, and how many came to each of their events."""

from math import cos, radians, sqrt

import plotly.graph_objects as go

from dashboard import charts, colours, gatherings, words
from dashboard.data import Row
from dashboard.event_charts import shortened
from dashboard.frame import View

MOST_LABELS = 15
SOME_TREND = 0.1
LEAST_DEGREES = 1.0
WAYS = {"grows": colours.GREEN, "fades": colours.VERMILION, "about the same": colours.BLUE}
UNKNOWN_WAY = "too few events to tell"


def way(row: Row) -> str:
    """Whether a chapter grows, fades, or neither; by its trend and its last event."""
    if row["is_fading"]:
        return "fades"
    if row["trend"] is None:
        return UNKNOWN_WAY
    if abs(row["trend"]) < SOME_TREND:
        return "about the same"
    return "grows" if row["trend"] > 0 else "fades"


def on_a_map(rows: list[Row], view: View) -> go.Figure:
    """Chapters at their longitude and latitude, larger where more come, coloured by their trend.

    Drawn from the rows alone: no coastline, no tile, no request. `rows` may hold places unknown.
    """
    figure = charts.blank(height=380)
    known = [
        (index, row)
        for index, row in enumerate(rows)
        if row["latitude"] is not None and row["longitude"] is not None
    ]
    most = max((row["mean_attended"] or 0 for _, row in known), default=0) or 1
    for name, colour in {**WAYS, UNKNOWN_WAY: colours.GREY}.items():
        own = [(index, row) for index, row in known if way(row) == name]
        if not own:
            continue
        figure.add_scatter(
            x=[row["longitude"] for _, row in own],
            y=[row["latitude"] for _, row in own],
            name=words.sentence(name),
            mode="markers+text" if len(known) <= MOST_LABELS else "markers",
            text=[shortened(row["group"]) for _, row in own],
            textposition="top center",
            customdata=[index for index, _ in own],
            marker={
                "size": [12 + 26 * sqrt((row["mean_attended"] or 0) / most) for _, row in own],
                "color": colour[view.is_dark],
                "opacity": 0.85,
                "line": {"width": 1, "color": colours.BACKGROUND[view.is_dark]},
            },
            hovertext=[_told(row) for _, row in own],
            hoverinfo="text",
            cliponaxis=False,
        )
    charts.with_legend(figure, is_shown=True)
    _to_scale(figure, [row for _, row in known])
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


def _told(row: Row) -> str:
    mean = "not known" if row["mean_attended"] is None else f"{row['mean_attended']:.1f}"
    lines = [
        f"<b>{words.chart_text(row['group'])}</b>",
        words.plural(row["events"], "event"),
        f"came per event: {mean}",
        way(row),
    ]
    return "<br>".join(lines)


def side_by_side(rows: list[Row], groups: dict[str, str], view: View) -> go.Figure:
    """How many came to each event, a line per group; hollow: nobody was checked in."""
    figure = charts.blank()
    for number, (group_id, name) in enumerate(groups.items()):
        own = [
            (index, row)
            for index, row in enumerate(rows)
            if row["group_id"] == group_id and row["attended"] is not None
        ][::-1]
        colour = colours.ALL[number % len(colours.ALL)][view.is_dark]
        figure.add_scatter(
            x=[
                gatherings.own_clock(view, row["starts_at"], row["utc_offset_minutes"])
                for _, row in own
            ],
            y=[row["attended"] for _, row in own],
            name=words.chart_text(name),
            mode="lines+markers",
            customdata=[index for index, _ in own],
            line={"color": colour, "width": 2},
            marker={
                "size": 9,
                "line": {"width": 2, "color": colour},
                "color": [
                    colour
                    if row["attendance_basis"] == gatherings.CHECKED_IN
                    else colours.BACKGROUND[view.is_dark]
                    for _, row in own
                ],
            },
            hovertext=[
                f"<b>{words.chart_text(row['title'])}</b><br>{gatherings.begins(view, row)}"
                f"<br>{words.count(row['attended'])} came"
                + (f"<br>{gatherings.NOT_CHECKED}" * (row["attendance_basis"] == gatherings.RSVP))
                for _, row in own
            ],
            hoverinfo="text",
        )
    charts.with_legend(figure, is_shown=True)
    figure.update_yaxes(rangemode="tozero", tickformat=",d")
    return figure
