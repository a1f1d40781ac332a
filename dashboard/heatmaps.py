"""Heatmaps whose cells can be clicked: hours of the week, cohorts, coverage."""

from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from dashboard import cards, charts, colours, facts, words
from dashboard.data import Row
from dashboard.frame import View
from warehouse.query import Selection

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COHORTS = {"day": 21, "week": 26, "month": 24, "quarter": 16}
SMALL = 10
STRIPS = 15


@dataclass(frozen=True)
class Cell:
    """One cell of a grid: where, how dark (0 to 1), what it says, and how sure it is."""

    column: int
    line: int
    part: float
    label: str
    hover: str
    row: int
    is_complete: bool = True
    is_small: bool = False


def grid(
    cells: list[Cell], columns: dict[int, str], lines: dict[int, str], is_dark: bool
) -> go.Figure:
    """A heatmap whose cells can be clicked; drawn of bars, which Plotly can select and hatch."""
    shades = [colours.shade(cell.part, is_dark) for cell in cells]
    fills = [
        colours.pale(shade, is_dark) if cell.is_small else shade
        for cell, shade in zip(cells, shades, strict=True)
    ]
    figure = charts.blank(height=90 + 30 * len(lines))
    figure.add_bar(
        x=[cell.column for cell in cells],
        base=[cell.line - 0.48 for cell in cells],
        y=[0.96] * len(cells),
        width=0.96,
        customdata=[cell.row for cell in cells],
        text=[cell.label for cell in cells],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": [colours.ink(fill) for fill in fills]},
        hovertext=[cell.hover for cell in cells],
        hoverinfo="text",
        marker={
            "color": fills,
            "line": {"width": 0},
            "pattern": {
                "shape": ["" if cell.is_complete else charts.HATCH for cell in cells],
                "fillmode": "overlay",
                "fgopacity": 0.25,
                "size": 7,
                "solidity": 0.15,
            },
        },
    )
    figure.update_layout(
        showlegend=False, barmode="overlay", uniformtext={"minsize": 9, "mode": "hide"}
    )
    figure.update_xaxes(
        tickvals=list(columns),
        ticktext=list(columns.values()),
        tickangle=0,
        side="top",
        showgrid=False,
        zeroline=False,
        range=[min(columns, default=0) - 0.5, max(columns, default=0) + 0.5],
    )
    figure.update_yaxes(
        tickvals=list(lines),
        ticktext=list(lines.values()),
        nticks=None,
        showgrid=False,
        zeroline=False,
        range=[max(lines, default=0) + 0.5, min(lines, default=0) - 0.5],
    )
    return figure


def hours(view: View) -> None:
    """Participations by weekday and hour."""
    rows = view.rows("heatmap")
    most = max((row["participations"] for row in rows), default=0)
    title = "When people are here"
    if most:
        peak = max(rows, key=lambda row: (row["participations"], -row["weekday"], -row["hour"]))
        title = f"Most happens on {WEEKDAYS[peak['weekday'] - 1]}s around {peak['hour']}:00"
    cells = [
        Cell(
            column=row["hour"],
            line=row["weekday"],
            part=row["participations"] / most if most else 0,
            label="",
            hover=(
                f"{WEEKDAYS[row['weekday'] - 1]}, {row['hour']}:00 to {row['hour'] + 1}:00<br>"
                f"<b>{words.plural(row['participations'], 'contribution')}</b>"
                f" by {words.plural(row['members'], 'person', 'people')}"
            ),
            row=index,
        )
        for index, row in enumerate(rows)
    ]
    marks = {hour: f"{hour}:00" for hour in range(0, 24, 6)} | {23: "23:00"}
    days = {number: name[:3] for number, name in enumerate(WEEKDAYS, start=1)}
    figure = grid(cells, marks, days, view.is_dark)
    figure.update_xaxes(range=[-0.5, 23.5])
    much = "brighter" if view.is_dark else "darker"
    note = f"Hours in {view.zone.key}. The {much}, the more."
    cards.card(view, "heatmap", title, rows if most else [], figure, note=note)


def cohorts(view: View, selection: Selection) -> None:
    """Of each period's newcomers, the share that was active so many periods later."""
    every = view.rows("retention", selection)
    firsts = sorted({row["cohort"] for row in every if row["age"] > 0 and row["cohort_size"]})
    shown = firsts[-COHORTS[view.grain] :]
    rows = [row for row in every if row["cohort"] in set(shown)]
    cells = [_cell(view, row, index, shown) for index, row in enumerate(rows) if row["age"] > 0]
    cells = [cell for cell in cells if cell.label]
    sizes = {row["cohort"]: row["cohort_size"] for row in rows if row["age"] == 0}
    names = {
        line: f"{_short(first, view.grain)} · {words.count(sizes.get(first))}"
        for line, first in enumerate(shown)
    }
    ages = sorted({cell.column for cell in cells})
    figure = grid(cells, {age: f"+{age}" for age in ages}, names, view.is_dark)
    left_out = f" The newest {len(shown)} of {len(firsts)} cohorts." if shown != firsts else ""
    cards.card(
        view,
        "retention",
        _title(view, rows, selection.unbounded),
        rows if cells else [],
        figure,
        note=(
            "Rows: when people first took part, and how many they were."
            f" Columns: {view.grain}s later. Hatched: not over yet."
            f" Pale: fewer than {SMALL} people.{left_out}"
        ),
        selection=selection,
    )


def _cell(view: View, row: Row, index: int, shown: list[date]) -> Cell:
    later = words.plural(row["age"], view.grain)
    running = "" if row["is_complete"] else "<br>not over yet, or not covered"
    of = words.plural(row["cohort_size"], "person", "people")
    return Cell(
        column=row["age"],
        line=shown.index(row["cohort"]),
        part=row["share"] or 0,
        label="" if row["share"] is None else words.share(row["share"]),
        hover=(
            f"First active {words.during(row['cohort'], view.grain)}<br>"
            f"{later} later: <b>{words.count(row['retained'])} of {of}</b>,"
            f" {words.share(row['share'])}{running}"
        ),
        row=index,
        is_complete=row["is_complete"],
        is_small=row["cohort_size"] < SMALL,
    )


def coverage(view: View) -> None:
    """A strip per channel: from which months there is data, the busiest channels first."""
    every = view.rows("coverage")
    totals: dict[tuple[str, str | None], int] = {}
    for row in every:
        key = (row["source"], row["channel"])
        totals[key] = totals.get(key, 0) + row["activities"]
    shown = sorted(totals, key=lambda key: (-totals[key], str(key)))[:STRIPS]
    rows = [row for row in every if (row["source"], row["channel"]) in shown]
    most = max((row["activities"] for row in rows), default=0)
    months = sorted({row["month"] for row in rows})
    cells = [
        Cell(
            column=months.index(row["month"]),
            line=shown.index((row["source"], row["channel"])),
            part=0.15 + 0.85 * (row["activities"] / most) ** 0.5 if row["activities"] else 0,
            label="",
            hover=(
                f"{words.chart_text(_place(row['source'], row['channel'], view))}<br>"
                f"{row['month']:%B %Y}: <b>{words.count(row['activities'])}</b> activities"
            ),
            row=index,
        )
        for index, row in enumerate(rows)
    ]
    step = max(1, -(-len(months) // 5))
    ticks = {at: f"{first:%b}<br>{first:%Y}" for at, first in enumerate(months) if not at % step}
    names = {at: words.chart_text(_place(*key, view)) for at, key in enumerate(shown)}
    figure = grid(cells, ticks, names, view.is_dark)
    figure.update_xaxes(range=[-0.5, len(months) - 0.5])
    figure.update_layout(height=90 + 22 * len(shown))
    channels = words.plural(len(totals), "channel")
    title = f"Data from {channels} over {words.plural(len(months), 'month')}"
    cards.card(
        view,
        "coverage",
        title,
        rows,
        figure,
        note=(
            f"The {len(shown)} busiest channels, by month. No mark: nothing is there, or it was"
            " not seen."
        ),
    )


def _place(source: str, channel: str | None, view: View) -> str:
    name = f"#{channel}" if channel else "outside of channels"
    name = name if len(name) <= 24 else f"{name[:23]}…"
    return f"{source} {name}" if len(view.sources) > 1 else name


def _short(first: date, grain: str) -> str:
    if grain == "month":
        return f"{first:%b %Y}"
    return words.period(first, grain).removeprefix("the week of ")


def _title(view: View, rows: list[Row], unbounded: bool) -> str:
    """What the finished first cells say, all cohorts together."""
    first = [row for row in facts.returned(rows) if row["is_complete"]]
    size = sum(row["cohort_size"] for row in first)
    if not size:
        return "Do newcomers come back?"
    back = sum(row["retained"] for row in first) / size
    when = f"in a later {view.grain}" if unbounded else f"in the next {view.grain}"
    return f"{words.share(back)} of newcomers come back {when}"
