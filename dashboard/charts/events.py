"""Charts of events: who said yes and came to each, how many to expect, chapters side by side."""

from collections.abc import Collection

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.charts import figure as figures
from dashboard.data import Row
from dashboard.view import View

MOST_EVENTS = 40
CHECKED_IN, RSVP = "checked_in", "rsvp"
NOT_CHECKED = "nobody was checked in"
PLACE = "place from left to right"


# The parts of an event's bar: their columns, labels, colours and the states of their people.
_PARTS = (
    ("came", "Said yes and came", colours.BLUE, "attended"),
    ("counted", "Came: the total alone is known", colours.SKY, None),
    ("walk_ins", "Walked in", colours.GREEN, "attended"),
    ("missed", "Said yes and did not come", colours.VERMILION, "did not"),
    ("unmeasured", "Said yes or interested: not known who came", colours.GREY, None),
)
_HOVER_LINES = {
    "yes": "said yes",
    "interested": "interested",
    "came": "of them came",
    "counted": "came",
    "missed": "of them did not come",
    "walk_ins": "walked in",
}


def each_event(rows: list[Row], view: View, to_come: Collection[str] = ()) -> go.Figure:
    """Bars per event, oldest at left; `rows` come newest first, `to_come` are ids of them.

    The newest MOST_EVENTS that have begun, and where there is room the next ones to come. Hatched:
    nobody was marked at the door, or the event is to come.
    """

    def hover(row: Row) -> str:
        known = {name: label for name, label in _HOVER_LINES.items() if row[name] is not None}
        return _lines(row, view, *(f"{text.count(row[name])} {known[name]}" for name in known))

    figure = figures.blank(height=340)
    numbered = figures.numbered(rows)
    begun = [row for row in numbered if row["event_id"] not in to_come]
    ahead = [row for row in numbered[::-1] if row["event_id"] in to_come]
    shown = sorted((begun + ahead)[:MOST_EVENTS], key=lambda row: -row[figures.NUMBER])
    drawn = [row | {PLACE: place} for place, row in enumerate(shown)]
    for column, label, colour, state in _PARTS:
        own = [row for row in drawn if row[column]]
        sign = -1 if column == "missed" else 1
        hatch = figures.hatched([row["attendance_basis"] != CHECKED_IN for row in own])
        if own:
            figure.add_bar(
                **figures.marks(own, hover),
                marker=figures.bar(view.shade(colour), pattern=hatch),
                x=[row[PLACE] for row in own],
                y=[sign * row[column] for row in own],
                name=label,
                meta=state,
            )
    # A line at how many had said yes, where the bar tells who came.
    if own := [row for row in drawn if row["unmeasured"] is None and row["yes"] is not None]:
        line = {"width": 3, "color": view.shade(colours.SLATE)}
        figure.add_scatter(
            **figures.marks(own, hover),
            x=[row[PLACE] for row in own],
            y=[row["yes"] for row in own],
            name="Said yes",
            mode="markers",
            marker={"symbol": "line-ew", "size": 18, "line": line},
        )
    figure.update_layout(barmode="relative", showlegend=True, margin={"t": 56})
    figure.update_yaxes(tickformat=",d")
    ticks = drawn[:: -figures.step(drawn, 6)]
    figure.update_xaxes(
        tickvals=[row[PLACE] for row in ticks],
        ticktext=[f"{(at := view.start_of(row)).day} {at:%b}<br>{at:%Y}" for row in ticks],
        tickangle=0,
        range=[-0.6, max(len(drawn), 4) - 0.4],
        showgrid=False,
    )
    return figure


def expected(rows: list[Row], view: View) -> go.Figure:
    """Events to come: who said yes as a grey bar, and how many to expect as a range on it."""
    figure = figures.blank(height=90 + 46 * len(rows), has_legend=True)
    numbered = figures.numbered(rows)

    def hover(row: Row) -> str:
        yes = f"{text.number(row['yes_now'], 'count')} said yes"
        title = text.chart_text(row["title"])
        return f"<b>{title}</b><br>{view.begins(row)}<br>{yes}<br>{text.expectation(row)}"

    figure.add_bar(
        **figures.marks(numbered, hover),
        marker=figures.bar(view.shade(colours.GREY)),
        orientation="h",
        x=[row["yes_now"] for row in rows],
        y=list(range(len(rows))),
        name="Said yes",
    )
    known = [row for row in numbered if row["expected"] is not None]
    values, lows, highs = ([row[end] for row in known] for end in ("expected", "low", "high"))
    figure.add_scatter(
        **figures.marks(known, hover),
        x=values,
        y=[row[figures.NUMBER] for row in known],
        name="Expected, and where it lies four times out of five",
        mode="markers",
        marker={"size": 11, "color": view.shade(colours.BLUE)},
        error_x=figures.interval(values, lows, highs) | {"thickness": 3, "width": 6},
    )
    figures.count_axis(figure)
    figures.named_rows(figure, [text.chart_label(row["title"]) for row in rows])
    return figure


def side_by_side(rows: list[Row], groups: dict[str, str], view: View) -> go.Figure:
    """How many came to each event, a line per group; hollow: nobody was checked in."""
    figure = figures.blank(has_legend=True)
    came = [row for row in figures.numbered(rows)[::-1] if row["attended"] is not None]
    for place, (group_id, name) in enumerate(groups.items()):
        own = [row for row in came if row["group_id"] == group_id]
        shade = view.shade(colours.ALL[place % len(colours.ALL)])
        fills = {True: shade, False: view.shade(colours.BACKGROUND)}
        figure.add_scatter(
            **figures.marks(
                own, lambda row: _lines(row, view, f"{text.count(row['attended'])} came")
            ),
            x=[view.start_of(row) for row in own],
            y=[row["attended"] for row in own],
            name=text.chart_text(name),
            mode="lines+markers",
            line={"color": shade, "width": 2},
            marker={
                "size": 9,
                "line": {"width": 2, "color": shade},
                "color": [fills[row["attendance_basis"] == CHECKED_IN] for row in own],
            },
        )
    figure.update_yaxes(rangemode="tozero", tickformat=",d")
    return figure


def _lines(row: Row, view: View, *numbers: str) -> str:
    """An event and its numbers, one a line."""
    lines = [f"<b>{text.chart_text(row['title'])}</b>", view.begins(row), *numbers]
    if row["attendance_basis"] == RSVP:
        lines.append(NOT_CHECKED)
    return "<br>".join(lines)
