"""Charts of events: who said yes and came to each, how many to expect, chapters side by side."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.charts import figure as figures
from dashboard.data import Row
from dashboard.view import View

MOST_EVENTS = 40
CHECKED_IN, RSVP = "checked_in", "rsvp"
NOT_CHECKED = "nobody was checked in"
PLACE = "place from left to right"


class _Part(NamedTuple):
    column: str
    label: str
    colour: tuple[str, str]
    state: str | None = None


_PARTS = (
    _Part("came", "Said yes and came", colours.BLUE, "attended"),
    _Part("counted", "Came: the total alone is known", colours.SKY),
    _Part("walk_ins", "Walked in", colours.GREEN, "attended"),
    _Part("missed", "Said yes and did not come", colours.VERMILION, "did not"),
    _Part("unmeasured", "Said yes or interested: not known who came", colours.GREY),
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

    The newest MOST_EVENTS that have begun, and where there is room the next ones to come.
    """
    figure = figures.blank(height=340)
    drawn = _drawn(rows, to_come)
    for part in _PARTS:
        _add_part(figure, [row for row in drawn if row[part.column]], part, view)
    _add_yes_marks(figure, drawn, view)
    figure.update_layout(barmode="relative")
    figures.with_legend(figure, is_shown=True)
    figure.update_layout(margin={"t": 56})
    figure.update_yaxes(tickformat=",d")
    ticks = drawn[:: -max(1, -(-len(drawn) // 6))]
    figure.update_xaxes(
        tickvals=[row[PLACE] for row in ticks],
        ticktext=[f"{(at := view.start_of(row)).day} {at:%b}<br>{at:%Y}" for row in ticks],
        tickangle=0,
        range=[-0.6, max(len(drawn), 4) - 0.4],
        showgrid=False,
    )
    return figure


def _drawn(rows: list[Row], to_come: Collection[str]) -> list[Row]:
    """The rows that are drawn, with their places from left to right."""
    numbered = figures.numbered(rows)
    begun = [row for row in numbered if row["event_id"] not in to_come]
    ahead = [row for row in numbered[::-1] if row["event_id"] in to_come]
    shown = sorted((begun + ahead)[:MOST_EVENTS], key=lambda row: -row[figures.NUMBER])
    return [row | {PLACE: place} for place, row in enumerate(shown)]


def _add_part(figure: go.Figure, drawn: Sequence[Row], part: _Part, view: View) -> None:
    """Adds bars; hatched: nobody was marked at the door, or the event is to come."""
    if not drawn:
        return
    sign = -1 if part.column == "missed" else 1
    figures.add_bars(
        figure,
        view.shade(part.colour),
        drawn,
        lambda row: _hover(row, view),
        {"pattern": figures.hatched([row["attendance_basis"] != CHECKED_IN for row in drawn])},
        x=[row[PLACE] for row in drawn],
        y=[sign * row[part.column] for row in drawn],
        name=part.label,
        meta=part.state,
    )


def _add_yes_marks(figure: go.Figure, drawn: Sequence[Row], view: View) -> None:
    """Adds a line at how many had said yes, where the bar tells who came."""
    known = [row for row in drawn if row["unmeasured"] is None and row["yes"] is not None]
    if known:
        line = {"width": 3, "color": view.shade(colours.SLATE)}
        figures.add_points(
            figure,
            known,
            lambda row: _hover(row, view),
            x=[row[PLACE] for row in known],
            y=[row["yes"] for row in known],
            name="Said yes",
            mode="markers",
            marker={"symbol": "line-ew", "size": 18, "line": line},
        )


def _hover(row: Row, view: View) -> str:
    """An event's numbers, one a line; what is not known is left out, or said."""
    lines = [f"<b>{text.chart_text(row['title'])}</b>", view.begins(row)]
    for column, label in _HOVER_LINES.items():
        if row[column] is not None:
            lines.append(f"{text.count(row[column])} {label}")
    if row["attendance_basis"] == RSVP:
        lines.append(NOT_CHECKED)
    return "<br>".join(lines)


def expected(rows: list[Row], view: View) -> go.Figure:
    """Events to come: who said yes as a grey bar, and how many to expect as a range on it."""
    figure = figures.blank(height=90 + 46 * len(rows))
    numbered = figures.numbered(rows)
    figures.add_bars(
        figure,
        view.shade(colours.GREY),
        numbered,
        lambda row: _forecast(row, view),
        orientation="h",
        x=[row["yes_now"] for row in rows],
        y=list(range(len(rows))),
        name="Said yes",
    )
    known = [row for row in numbered if row["expected"] is not None]
    values, lows, highs = ([row[end] for row in known] for end in ("expected", "low", "high"))
    figures.add_points(
        figure,
        known,
        lambda row: _forecast(row, view),
        x=values,
        y=[row[figures.NUMBER] for row in known],
        name="Expected, and where it lies four times out of five",
        mode="markers",
        marker={"size": 11, "color": view.shade(colours.BLUE)},
        error_x=figures.interval(values, lows, highs) | {"thickness": 3, "width": 6},
    )
    figures.with_legend(figure, is_shown=True)
    figures.count_axis(figure)
    figures.named_rows(figure, [text.chart_label(row["title"]) for row in rows])
    return figure


def _forecast(row: Row, view: View) -> str:
    return (
        f"<b>{text.chart_text(row['title'])}</b><br>{view.begins(row)}"
        f"<br>{text.number(row['yes_now'], 'count')} said yes<br>{text.expectation(row)}"
    )


def side_by_side(rows: list[Row], groups: dict[str, str], view: View) -> go.Figure:
    """How many came to each event, a line per group; hollow: nobody was checked in."""
    figure = figures.blank()
    came = [row for row in figures.numbered(rows)[::-1] if row["attended"] is not None]
    for place, (group_id, name) in enumerate(groups.items()):
        own = [row for row in came if row["group_id"] == group_id]
        shade = view.shade(colours.ALL[place % len(colours.ALL)])
        fills = {True: shade, False: view.shade(colours.BACKGROUND)}
        figures.add_points(
            figure,
            own,
            lambda row: _came(row, view),
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
    figures.with_legend(figure, is_shown=True)
    figure.update_yaxes(rangemode="tozero", tickformat=",d")
    return figure


def _came(row: Row, view: View) -> str:
    lines = [
        f"<b>{text.chart_text(row['title'])}</b>",
        view.begins(row),
        f"{text.count(row['attended'])} came",
    ]
    return "<br>".join([*lines, *([NOT_CHECKED] if row["attendance_basis"] == RSVP else [])])
