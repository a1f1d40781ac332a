"""Engagement: who takes part, how, when, and how much hangs on a few?"""

from collections import Counter

import streamlit as st

from dashboard import colours, text
from dashboard.charts import bars
from dashboard.charts.figure import Series
from dashboard.charts.heatmaps import Cell, grid
from dashboard.charts.lines import lines
from dashboard.charts.rows import ranked
from dashboard.components.cards import card
from dashboard.components.headline import newest_finished
from dashboard.data import Row
from dashboard.sections import activity
from dashboard.view import View

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ROLLING = (
    Series("mau", "In 28 days", colour=colours.BLUE),
    Series("wau", "In 7 days", colour=colours.AMBER),
    Series("dau", "On the day", colour=colours.GREY),
)
LEVELS = ("core", "regular", "occasional")
LEVELS_UP = ("none", "occasional", "regular", "core")
MOVES = {1: colours.GREEN, 0: colours.BLUE, -1: colours.VERMILION}
MADE_BY_TEN = "of all contributions by the ten most active"
TOP_TEN = Series("top10_share", MADE_BY_TEN, "share", colour=colours.PURPLE)
STICKINESS = Series("dau_mau", "of the month's days", "share", colour=colours.GREEN)


def rolling(view: View) -> None:
    """People active on a day, in a week, in four weeks."""
    rows = view.rows("rolling_active")
    title = "How many people take part"
    if rows:
        last = rows[-1]
        people = text.plural(last["mau"], "person", "people")
        title = f"{people} took part in the 28 days up to {text.day(last['date'])}"
    card(view, "rolling_active", title, rows, lines(view, rows, "date", ROLLING, text.day))


def lifecycle(view: View) -> None:
    """New, returning, back again; gone quiet below zero."""
    rows = view.with_totals("lifecycle", view.rows("lifecycle"), "period")
    title = "Who is new, who returns, who went quiet"
    if last := newest_finished(rows):
        title = (
            f"{text.sentence(text.during(last['period'], view.grain))}, {text.count(last['came'])}"
            f" came or came back and {text.count(last['dormant'])} went quiet"
        )
    activity.lifecycle(view, rows, title)


def volume(view: View) -> None:
    """What people do: by kind on one source, by source where there are several."""
    found = view.rows("activity_volume")
    several = len({row["source"] for row in found}) > 1
    by = "source" if several else "kind"
    totals = sorted(view.totals("activity_volume", found, by), key=lambda row: -row["activities"])
    title = "What people do"
    if totals and totals[0]["share"] is not None:
        part = text.share(totals[0]["share"])
        title = f"{part} of all activity is on {text.markdown(totals[0][by])}"
        if not several:
            most = text.sentence(text.markdown(text.kinds(totals[0][by])))
            title = f"{most} are {part} of all activity"
    rows = [row | {"what": row[by] if several else text.kinds(row[by])} for row in found]
    if several:
        palette = view.source_shades({row[by] for row in totals})
    else:
        palette = colours.named([text.kinds(row[by]) for row in totals], view.is_dark)
    series = Series("activities", "activities")
    figure = bars.over_time_by(view, rows, "what", series, palette)
    card(view, "activity_volume", title, rows, figure, note="Hatched: not over yet.")


def hours(view: View) -> None:
    """Participations by weekday and hour."""
    rows = view.rows("heatmap")
    most = max((row["participations"] for row in rows), default=0)
    title = "When people are here"
    if most:
        peak = max(rows, key=lambda row: (row["participations"], -row["weekday"], -row["hour"]))
        title = f"Most happens on {WEEKDAYS[peak['weekday'] - 1]}s around {peak['hour']}:00"
    cells = []
    for index, row in enumerate(rows):
        weekday, hour = row["weekday"], row["hour"]
        hover = (
            f"{WEEKDAYS[weekday - 1]}, {hour}:00 to {hour + 1}:00<br>"
            f"<b>{text.plural(row['participations'], 'contribution')}</b>"
            f" by {text.plural(row['members'], 'person', 'people')}"
        )
        part = row["participations"] / most if most else 0
        cells.append(Cell(hour, weekday, part, hover, row=index))
    marks = {hour: f"{hour}:00" for hour in range(0, 24, 6)} | {23: "23:00"}
    days = {number: name[:3] for number, name in enumerate(WEEKDAYS, start=1)}
    figure = grid(cells, marks, days, view.is_dark)
    figure.update_xaxes(range=[-0.5, 23.5])
    much = "brighter" if view.is_dark else "darker"
    note = f"Hours in {view.zone.key}. The {much}, the more."
    card(view, "heatmap", title, rows if most else [], figure, note)


def levels(view: View) -> None:
    """Core, regular and occasional members at each period's end."""
    rows = view.rows("levels")
    title = "Core, regular and occasional members"
    if rows:
        last = max(row["period"] for row in rows)
        members = {row["level"]: row["members"] for row in rows if row["period"] == last}
        title = (
            f"{text.plural(members['core'], 'core member')} and"
            f" {text.plural(members['regular'], 'regular')} at the end of {view.period(last)}"
        )
    palette = colours.named(list(LEVELS), view.is_dark)
    figure = bars.over_time_by(view, rows, "level", Series("members", "people"), palette)
    card(view, "levels", title, rows, figure)


def moves(view: View) -> None:
    """Who moved up a level, held it or moved down since the period before."""
    found = view.rows("level_flow")
    last = newest_finished(found)
    rows = [
        row | {"move": f"{row['from_level']} to {row['to_level']}"}
        for row in found
        if last and row["period"] == last["period"] and row["members"]
    ]
    rows.sort(key=lambda row: (-_steps(row), -row["members"]))
    title = "Who moved up a level, and who moved down"
    if rows:
        by_way = Counter[int]()
        for row in rows:
            by_way[_way(row)] += row["members"]
        up, held, down = (text.count(by_way[way]) for way in (1, 0, -1))
        when = text.during(rows[0]["period"], view.grain)
        title = f"{up} moved up a level {when}, {held} held theirs, {down} moved down"
    shades = [view.shade(MOVES[_way(row)]) for row in rows]
    figure = ranked(rows, "move", Series("members", "people"), shades)
    note = f"Since the {view.grain} before. Green: up, blue: held, orange: down. A bar names them."
    card(view, "level_flow", title, rows, figure, note)


def _steps(row: Row) -> int:
    """By how many levels the people of a row moved up."""
    return LEVELS_UP.index(row["to_level"]) - LEVELS_UP.index(row["from_level"])


def _way(row: Row) -> int:
    """1: the people of a row moved up, -1: down, 0: they held their level."""
    return (_steps(row) > 0) - (_steps(row) < 0)


def stickiness(view: View) -> None:
    """On how many days of a month an active member is there."""
    rows = view.with_totals("stickiness", view.rows("stickiness"), "period")
    title = "How often an active member is there"
    last = newest_finished(rows)
    if last and last["days_a_month"] is not None:
        days = text.plural(last["days_a_month"], "day")
        title = f"An active member is there on about {days} a month"
    figure = bars.over_time(view, rows, [STICKINESS], "month")
    card(view, "stickiness", title, rows, figure, note="Always by month.")


view: View = st.session_state.view
st.header("Who takes part, how, when, and how much hangs on a few?")
rolling(view)
left, right = st.columns(2)
with left:
    lifecycle(view)
    activity.concentration(view, "concentration", TOP_TEN, f"Share {MADE_BY_TEN}.", top=1)
    levels(view)
with right:
    volume(view)
    hours(view)
    stickiness(view)
    moves(view)
