"""Code: is the building open to visitors?"""

import streamlit as st

from dashboard import cards, charts, colours, facts, numbers, standouts, words
from dashboard.data import Row
from dashboard.facts import Fact, headline
from dashboard.frame import View

HOUR = 3600
NO_REPOSITORY = """\
None of the chosen sources has a repository. Choose one that has above, or add one to vitals.toml,
and run `vitals sync`, or bring in its history with `vitals import github-archive`:"""
EXAMPLE = """\
[[sources]]
name = "github"
kind = "github"
token = "env:GITHUB_TOKEN"
repositories = ["org/repo", "org/*"]"""


def headlines(view: View) -> list[Fact]:
    """Who contributes, how soon they are answered and merged, and who likes it."""
    grain = view.grain
    stars = view.run_up_rows("stars")
    rows = facts.with_completeness(view.run_up_rows("code"), stars)
    responses = facts.with_completeness(view.run_up_rows("code_response"), stars)
    main = facts.largest(responses, "kind", "openers")
    own = [row for row in responses if row["kind"] == main]
    soon = f"Answer to {words.kinds(main)}" if main else "First response"
    return [
        headline(rows, "Contributors", "code", "contributors", "count", "up", grain),
        headline(rows, "New contributors", "code", "new_contributors", "count", "up", grain),
        headline(own, soon, "code_response", "median_hours", "hours", "down", grain),
        headline(rows, "Time to merge", "code", "median_hours_to_merge", "hours", "down", grain),
        headline(stars, "New stars", "stars", "stars", "count", "up", grain),
    ]


def coming_and_going(view: View, rows: list[Row], what: str, done: str) -> None:
    """Issues or pull requests: opened above zero, closed or merged below."""
    column = what.replace(" ", "_")
    opened, gone = f"{column}s_opened", f"{column}s_{done}"
    last = headline(rows, "", "code", opened, "count", "up", view.grain).now
    title = words.sentence(f"{what}s opened and {done}")
    if last:
        known = "an unknown number" if last[gone] is None else words.count(last[gone])
        title = (
            f"{words.plural(last[opened], what)} opened and {known} {done}"
            f" {words.during(last['period'], view.grain)}"
        )
    palette = {opened: colours.GREEN[view.is_dark], gone: colours.PURPLE[view.is_dark]}
    series = [
        charts.Series(opened, "Opened"),
        charts.Series(gone, done.capitalize(), below_zero=True),
    ]
    figure = charts.bars(rows, series, view.grain, view.is_dark, palette)
    note = f"Below zero: {done}. Hatched: not over yet."
    cards.card(view, "code", title, rows, figure, note=note, suffix=column)


def responses(view: View, periods: list[Row]) -> None:
    """How soon another person answers, by kind."""
    rows = facts.with_completeness(view.chosen(view.run_up_rows("code_response")), periods)
    marked = [row | {"what": words.kinds(row["kind"])} for row in rows]
    openers = sum(row["openers"] for row in rows)
    title = "How soon is the first response?"
    if openers:
        part = words.share(sum(row["answered"] for row in rows) / openers)
        title = f"{part} of what is opened gets a response"
    names = sorted({row["what"] for row in marked}, reverse=True)
    figure = charts.bars_by(
        marked,
        "what",
        charts.Series("median_hours", "until the first response, median", "hours"),
        view.grain,
        colours.named(names, view.is_dark),
        stacked=False,
    )
    charts.duration_axis(figure, [row["median_hours"] for row in rows], HOUR)
    note = "Median over those with a response, by when they were opened. A gap: none."
    cards.card(view, "code_response", title, rows, figure, note=note)


def merging(view: View, rows: list[Row]) -> None:
    """How long a pull request takes until it is merged."""
    last = headline(rows, "", "code", "median_hours_to_merge", "hours", "down", view.grain)
    title = "How long does merging take?"
    if last.now is not None and last.value is not None:
        title = (
            f"Half of the pull requests merged {words.during(last.now['period'], view.grain)}"
            f" took no longer than {words.number(last.value, 'hours')}"
        )
    series = charts.Series("median_hours_to_merge", "from opening to merging, median", "hours")
    palette = {series.column: colours.BLUE[view.is_dark]}
    figure = charts.bars(rows, [series], view.grain, view.is_dark, palette)
    charts.duration_axis(figure, [row[series.column] for row in rows], HOUR)
    note = "By when they were merged. A gap: nothing was merged. Hatched: not over yet."
    cards.card(view, "code", title, rows, figure, note=note, suffix="merging")


def contributors(view: View, rows: list[Row]) -> None:
    """New and returning contributors."""
    split = [
        row
        | {
            "new": row["new_contributors"],
            "returning": row["contributors"] - row["new_contributors"],
        }
        for row in rows
    ]
    last = headline(split, "", "code", "new", "count", "up", view.grain).now
    title = "New and returning contributors"
    if last:
        people = words.plural(last["contributors"], "person", "people")
        title = (
            f"{people} contributed {words.during(last['period'], view.grain)},"
            f" {words.count(last['new'])} for the first time"
        )
    series = [charts.Series("returning", "Returning"), charts.Series("new", "New")]
    figure = charts.bars(split, series, view.grain, view.is_dark)
    note = "Returning: contributed in any period before. Hatched: not over yet."
    cards.card(view, "code", title, split, figure, note=note, suffix="contributors")


def concentration(view: View, periods: list[Row]) -> None:
    """How much of the work hangs on a few."""
    rows = facts.with_completeness(view.rows("code_concentration"), periods)
    last = headline(rows, "", "code_concentration", "top10_share", "share", "down", view.grain).now
    title = "How much hangs on a few people"
    if last and last["absence_factor"]:
        title = f"{standouts.absence(last)} ({view.period(last['period'])})"
    series = charts.Series("absence_factor", "people make half of all contributions")
    palette = {series.column: colours.AMBER[view.is_dark]}
    figure = charts.bars(rows, [series], view.grain, view.is_dark, palette)
    note = "The fewest people who make half of all contributions. Hatched: not over yet."
    cards.card(view, "code_concentration", title, rows, figure, note=note)


def stars(view: View, rows: list[Row]) -> None:
    """All stars so far, and the periods with a release."""
    title = "Stars"
    if rows:
        given = words.plural(sum(row["stars"] for row in rows), "star")
        title = f"{given} given in this time, {words.count(rows[-1]['stars_total'])} in all"
    total = charts.Series("stars_total", "stars in all")
    palette = {total.column: colours.BLUE[view.is_dark]}
    figure = charts.lines(rows, "period", [total], palette, view.period)
    figure = charts.marked(
        figure,
        rows,
        "period",
        total.column,
        charts.Series("releases", "Releases"),
        colours.VERMILION[view.is_dark],
    )
    note = "Stars that were taken back are not seen. A diamond: something was released."
    cards.card(view, "stars", title, rows, figure, note=note)


def show(view: View) -> None:
    """Draws the page."""
    st.header("Is the building open to visitors?")
    if not view.rows("code", view.between(None, None)):
        st.markdown(NO_REPOSITORY)
        st.code(EXAMPLE, language="toml")
        return
    numbers.row(view, headlines(view))
    periods = view.chosen(view.run_up_rows("stars"))
    rows = facts.with_completeness(view.chosen(view.run_up_rows("code")), periods)
    left, right = st.columns(2)
    with left:
        coming_and_going(view, rows, "issue", "closed")
        responses(view, periods)
        contributors(view, rows)
    with right:
        coming_and_going(view, rows, "pull request", "merged")
        merging(view, rows)
        concentration(view, periods)
    stars(view, periods)


show(st.session_state.view)
