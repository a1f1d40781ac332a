"""Engagement: who takes part, how, when, and how much hangs on a few?"""

import streamlit as st

from dashboard import cards, charts, colours, facts, heatmaps, standouts, words
from dashboard.data import Row
from dashboard.frame import View

ROLLING = (
    charts.Series("mau", "In 28 days"),
    charts.Series("wau", "In 7 days"),
    charts.Series("dau", "On the day"),
)
LEVELS = ("core", "regular", "occasional")


def rolling(view: View) -> None:
    """People active on a day, in a week, in four weeks."""
    rows = view.rows("rolling_active")
    shades = dict(
        zip(("mau", "wau", "dau"), (colours.BLUE, colours.AMBER, colours.GREY), strict=True)
    )
    palette = {name: pair[view.is_dark] for name, pair in shades.items()}
    title = "How many people take part"
    if rows:
        last = rows[-1]
        people = words.plural(last["mau"], "person", "people")
        title = f"{people} took part in the 28 days up to {words.day(last['date'])}"
    figure = charts.lines(rows, "date", ROLLING, palette, words.day)
    cards.card(view, "rolling_active", title, rows, figure)


def lifecycle(view: View) -> None:
    """New, returning, back again; gone quiet below zero."""
    rows = view.rows("lifecycle")
    last = facts.headline(rows, "", "lifecycle", "new", "count", "up", view.grain).now
    title = "Who is new, who returns, who went quiet"
    if last:
        came = last["new"] + last["resurrected"]
        title = (
            f"{words.sentence(words.during(last['period'], view.grain))}, {words.count(came)} came"
            f" or came back and {words.count(last['dormant'])} went quiet"
        )
    cards.card(
        view,
        "lifecycle",
        title,
        rows,
        charts.bars(rows, charts.LIFECYCLE, view.grain, view.is_dark),
        note="Below zero: active the period before and not in this one. Hatched: not over yet.",
    )


def volume(view: View, active: list[Row]) -> None:
    """What people do: by kind on one source, by source where there are several."""
    rows = facts.with_completeness(view.rows("activity_volume"), active)
    several = len({row["source"] for row in rows}) > 1
    marked = [
        row | {"what": row["source"] if several else words.kinds(row["kind"])} for row in rows
    ]
    totals: dict[str, int] = {}
    for row in marked:
        totals[row["what"]] = totals.get(row["what"], 0) + row["activities"]
    names = sorted(totals, key=lambda name: -totals[name])
    title = "What people do"
    if names and (whole := sum(totals.values())):
        part, first = words.share(totals[names[0]] / whole), words.markdown(names[0])
        title = f"{words.sentence(first)} are {part} of all activity"
        if several:
            title = f"{part} of all activity is on {first}"
    by_source = {
        name: colour
        for name, colour in colours.sources(view.kinds, view.is_dark).items()
        if name in totals
    }
    figure = charts.bars_by(
        marked,
        "what",
        charts.Series("activities", "activities"),
        view.grain,
        by_source if several else colours.named(names, view.is_dark),
    )
    cards.card(view, "activity_volume", title, rows, figure, note="Hatched: not over yet.")


def concentration(view: View, active: list[Row]) -> None:
    """How much hangs on a few, and what that means."""
    rows = facts.with_completeness(view.rows("concentration"), active)
    last = facts.headline(rows, "", "concentration", "top10_share", "share", "down", view.grain).now
    title = "How much hangs on a few people"
    if last and last["absence_factor"]:
        title = f"{standouts.absence(last)} ({view.period(last['period'])})"
    figure = charts.bars(
        rows,
        [charts.Series("top10_share", "of all contributions by the ten most active", "share")],
        view.grain,
        view.is_dark,
        palette={"top10_share": colours.PURPLE[view.is_dark]},
    )
    figure.update_yaxes(range=[0, 1])
    cards.card(
        view,
        "concentration",
        title,
        rows,
        figure,
        note="Share of all contributions by the ten most active. Hatched: not over yet.",
    )


def levels(view: View, active: list[Row]) -> None:
    """Core, regular and occasional members at each period's end."""
    rows = facts.with_completeness(view.rows("levels"), active)
    title = "Core, regular and occasional members"
    if rows:
        last = max(row["period"] for row in rows)
        core = sum(
            row["members"] for row in rows if row["period"] == last and row["level"] == "core"
        )
        regular = sum(
            row["members"] for row in rows if row["period"] == last and row["level"] == "regular"
        )
        title = (
            f"{words.plural(core, 'core member')} and {words.plural(regular, 'regular')}"
            f" at the end of {view.period(last)}"
        )
    palette = colours.named(list(LEVELS), view.is_dark)
    figure = charts.bars_by(rows, "level", charts.Series("members", "people"), view.grain, palette)
    cards.card(view, "levels", title, rows, figure)


def stickiness(view: View) -> None:
    """On how many days of a month an active member is there."""
    rows = view.rows("stickiness")
    last = facts.headline(rows, "", "stickiness", "dau_mau", "share", "up", "month").now
    title = "How often an active member is there"
    if last and last["dau_mau"] is not None:
        days = words.plural(round(last["dau_mau"] * 30.4), "day")
        title = f"An active member is there on about {days} a month"
    figure = charts.bars(
        rows,
        [charts.Series("dau_mau", "of the month's days", "share")],
        "month",
        view.is_dark,
        palette={"dau_mau": colours.GREEN[view.is_dark]},
    )
    cards.card(view, "stickiness", title, rows, figure, note="Always by month.")


def show(view: View) -> None:
    """Draws the page."""
    st.header("Who takes part, how, when, and how much hangs on a few?")
    active = view.rows("active_members")
    rolling(view)
    left, right = st.columns(2)
    with left:
        lifecycle(view)
        concentration(view, active)
        levels(view, active)
    with right:
        volume(view, active)
        heatmaps.hours(view)
        stickiness(view)


show(st.session_state.view)
