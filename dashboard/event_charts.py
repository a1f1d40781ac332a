"""Charts of events: each one's attendance, shares with their intervals, chapters on a map."""

from collections.abc import Collection, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard import charts, colours, gatherings, words
from dashboard.data import Row
from dashboard.frame import View

MOST_EVENTS = 40
_PARTS = (
    ("came", "Said yes and came", colours.BLUE, "attended"),
    ("counted", "Came: the total alone is known", colours.SKY, None),
    ("walk_ins", "Walked in", colours.GREEN, "attended"),
    ("missed", "Said yes and did not come", colours.VERMILION, "did not"),
    ("unmeasured", "Said yes or interested: not known who came", colours.GREY, None),
)


def each_event(rows: list[Row], view: View, to_come: Collection[str] = ()) -> go.Figure:
    """Bars per event, oldest at left; `rows` come newest first, `to_come` are ids of them.

    The newest MOST_EVENTS that have begun, and where there is room the next ones to come.
    """
    figure = charts.blank(height=340)
    numbered = list(enumerate(rows))
    begun = [one for one in numbered if one[1]["event_id"] not in to_come]
    ahead = [one for one in numbered[::-1] if one[1]["event_id"] in to_come]
    shown = sorted((begun + ahead)[:MOST_EVENTS], key=lambda one: -one[0])
    split = [(index, gatherings.split(row)) for index, row in shown]
    for column, label, colour, state in _PARTS:
        known = [(place, *one) for place, one in enumerate(split) if one[1][column]]
        if not known:
            continue
        sign = -1 if column == "missed" else 1
        figure.add_bar(
            x=[place for place, _, _ in known],
            y=[sign * row[column] for _, _, row in known],
            name=label,
            customdata=[index for _, index, _ in known],
            meta=state,
            marker={
                "color": colour[view.is_dark],
                "line": {"width": 0},
                "pattern": {
                    "shape": [_hatch(row) for _, _, row in known],
                    "size": 6,
                    "solidity": 0.35,
                },
            },
            hovertext=[_told(row, view) for _, _, row in known],
            hoverinfo="text",
        )
    _yes_marks(figure, split, view)
    figure.update_layout(barmode="relative")
    charts.with_legend(figure, is_shown=True)
    figure.update_layout(margin={"t": 56})
    figure.update_yaxes(tickformat=",d")
    step = max(1, -(-len(shown) // 6))
    places = range(len(shown) - 1, -1, -step)
    figure.update_xaxes(
        tickvals=list(places),
        ticktext=[_short(split[place][1], view) for place in places],
        tickangle=0,
        range=[-0.6, max(len(shown), 4) - 0.4],
        showgrid=False,
    )
    return figure


def _yes_marks(figure: go.Figure, split: list[tuple[int, Row]], view: View) -> None:
    """A line at how many had said yes, where the bar tells who came."""
    known = [
        (place, index, row)
        for place, (index, row) in enumerate(split)
        if row["unmeasured"] is None and row["yes"] is not None
    ]
    if known:
        figure.add_scatter(
            x=[place for place, _, _ in known],
            y=[row["yes"] for _, _, row in known],
            name="Said yes",
            mode="markers",
            customdata=[index for _, index, _ in known],
            marker={
                "symbol": "line-ew",
                "size": 18,
                "line": {"width": 3, "color": colours.SLATE[view.is_dark]},
            },
            hovertext=[_told(row, view) for _, _, row in known],
            hoverinfo="text",
        )


def _hatch(row: Row) -> str:
    """Hatched: nobody was marked at the door, or the event is to come."""
    return "" if row["attendance_basis"] == gatherings.CHECKED_IN else charts.HATCH


def _short(row: Row, view: View) -> str:
    moment = gatherings.own_clock(view, row["starts_at"], row["utc_offset_minutes"])
    return f"{moment.day} {moment:%b}<br>{moment:%Y}"


def _told(row: Row, view: View) -> str:
    """An event's numbers, one a line; what is not known is left out, or said."""
    lines = [f"<b>{words.chart_text(row['title'])}</b>", gatherings.begins(view, row)]
    for column, label in (
        ("yes", "said yes"),
        ("interested", "interested"),
        ("came", "of them came"),
        ("counted", "came"),
        ("missed", "of them did not come"),
        ("walk_ins", "walked in"),
    ):
        if row[column] is not None:
            lines.append(f"{words.count(row[column])} {label}")
    if row["attendance_basis"] == gatherings.RSVP:
        lines.append(gatherings.NOT_CHECKED)
    return "<br>".join(lines)


def shares(
    rows: list[Row],
    names: Sequence[str],
    column: str,
    told: Sequence[str],
    colour: tuple[str, str],
    view: View,
) -> go.Figure:
    """Bars of shares from left to right with their intervals, the first row on top.

    A share that is not known has no bar, and a dash beside its name.
    """
    figure = charts.blank(height=70 + 42 * len(rows))
    with_shares(figure, rows, names, column, told, colour, "", view)
    charts.with_legend(figure, is_shown=False)
    values = [words.DASH if row[column] is None else words.share(row[column]) for row in rows]
    figure.update_yaxes(
        ticktext=[
            f"{shortened(name)}  <b>{value}</b>" for name, value in zip(names, values, strict=True)
        ]
    )
    return figure


def with_shares(
    figure: go.Figure,
    rows: list[Row],
    names: Sequence[str],
    column: str,
    told: Sequence[str],
    colour: tuple[str, str],
    label: str,
    view: View,
) -> None:
    """Adds a bar per row; `low` and `high` of a row are the interval of any but a comparison."""
    figure.add_bar(
        orientation="h",
        x=[row[column] for row in rows],
        y=list(range(len(rows))),
        name=label,
        customdata=list(range(len(rows))),
        marker={"color": colour[view.is_dark], "line": {"width": 0}},
        error_x=None if column == "comparison_share" else _interval(rows, column, view),
        hovertext=[
            f"{words.chart_text(name)}<br>{words.chart_text(one)}"
            for name, one in zip(names, told, strict=True)
        ],
        hoverinfo="text",
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1.02], nticks=5)
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[words.chart_text(name) for name in names],
        autorange="reversed",
        nticks=None,
    )


def _interval(rows: list[Row], column: str, view: View) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [(row["high"] or 0) - (row[column] or 0) for row in rows],
        "arrayminus": [(row[column] or 0) - (row["low"] or 0) for row in rows],
        "color": colours.SLATE[view.is_dark],
        "thickness": 1.5,
        "width": 4,
    }


def expected(rows: list[Row], view: View) -> go.Figure:
    """Events to come: who said yes as a grey bar, and how many to expect as a range on it."""
    figure = charts.blank(height=90 + 46 * len(rows))
    places = list(range(len(rows)))
    told = [
        f"<b>{words.chart_text(row['title'])}</b><br>{gatherings.begins(view, row)}"
        f"<br>{words.number(row['yes_now'], 'count')} said yes<br>{gatherings.expectation(row)}"
        for row in rows
    ]
    figure.add_bar(
        orientation="h",
        x=[row["yes_now"] for row in rows],
        y=places,
        name="Said yes",
        customdata=places,
        marker={"color": colours.GREY[view.is_dark], "line": {"width": 0}},
        hovertext=told,
        hoverinfo="text",
    )
    known = [place for place in places if rows[place]["expected"] is not None]
    figure.add_scatter(
        x=[rows[place]["expected"] for place in known],
        y=known,
        name="Expected, and where it lies four times out of five",
        mode="markers",
        customdata=known,
        marker={"size": 11, "color": colours.BLUE[view.is_dark]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [rows[place]["high"] - rows[place]["expected"] for place in known],
            "arrayminus": [rows[place]["expected"] - rows[place]["low"] for place in known],
            "thickness": 3,
            "width": 6,
        },
        hovertext=[told[place] for place in known],
        hoverinfo="text",
    )
    charts.with_legend(figure, is_shown=True)
    figure.update_xaxes(rangemode="tozero", tickformat=",d", nticks=5)
    figure.update_yaxes(
        tickvals=places,
        ticktext=[shortened(row["title"]) for row in rows],
        autorange="reversed",
        nticks=None,
    )
    return figure


def shortened(name: str, most: int = 24) -> str:
    """A name as a chart's label, cut where it is long."""
    return words.chart_text(name if len(name) <= most else f"{name[: most - 1].rstrip()}…")
