"""Code: can newcomers contribute?"""

import streamlit as st

from dashboard import colours, text
from dashboard.charts import bars
from dashboard.charts.figure import Series, duration_axis
from dashboard.charts.lines import add_marks, lines
from dashboard.components import number_cards
from dashboard.components.cards import card
from dashboard.components.headline import Headline, headline, newest_finished
from dashboard.data import Row
from dashboard.sections import activity
from dashboard.view import View

HOUR = 3600
NO_REPOSITORY = """\
None of the chosen sources has a repository. Choose one that has above, or add one to vitals.toml
as below. Then run `vitals sync`, or `vitals import github-archive PATH --source github`:"""
EXAMPLE = """\
[[sources]]
name = "github"
kind = "github"
token = "env:GITHUB_TOKEN"
repositories = ["org/repo", "org/*"]"""
RESPONSE = Series("median_hours", "until the first response, median", "hours")
MERGE = "median_hours_to_merge"
MERGING = Series(MERGE, "from opening to merging, median", "hours", colour=colours.BLUE)
CONTRIBUTORS = (Series("returning", "Returning"), Series("new", "New"))
FEWEST = Series("absence_factor", "people make half of all contributions", colour=colours.AMBER)
STARS = Series("stars_total", "stars in all", colour=colours.BLUE)
RELEASES = Series("releases", "Releases", colour=colours.VERMILION)


def headlines(view: View) -> list[Headline]:
    """Who contributes, how soon they are answered and merged, and who likes it."""
    grain = view.grain
    rows, stars = view.run_up_rows("code"), view.run_up_rows("stars")
    responses = view.run_up_rows("code_response")
    main = view.largest("code_response", responses, "kind", "openers")
    own = [row for row in responses if row["kind"] == main]
    soon = f"Answer to {text.kinds(main)}" if main else "First response"
    return [
        headline(rows, "Contributors", "code", "contributors", "count", "up", grain),
        headline(rows, "New contributors", "code", "new_contributors", "count", "up", grain),
        headline(own, soon, "code_response", "median_hours", "hours", "down", grain),
        headline(rows, "Time to merge", "code", MERGE, "hours", "down", grain),
        headline(stars, "New stars", "stars", "stars", "count", "up", grain),
    ]


def coming_and_going(view: View, rows: list[Row], what: str, done: str) -> None:
    """Issues or pull requests: opened above zero, closed or merged below."""
    column = what.replace(" ", "_")
    opened, gone = f"{column}s_opened", f"{column}s_{done}"
    title = text.sentence(f"{what}s opened and {done}")
    if last := newest_finished(rows):
        known = "an unknown number" if last[gone] is None else text.count(last[gone])
        title = (
            f"{text.plural(last[opened], what)} opened and {known} {done}"
            f" {text.during(last['period'], view.grain)}"
        )
    series = [
        Series(opened, "Opened", colour=colours.GREEN),
        Series(gone, done.capitalize(), below_zero=True, colour=colours.PURPLE),
    ]
    note = f"Below zero: {done}. Hatched: not over yet."
    card(view, "code", title, rows, bars.over_time(view, rows, series), note, suffix=column)


def responses(view: View) -> None:
    """How soon another person answers, by kind."""
    found = view.chosen(view.run_up_rows("code_response"))
    rows = [row | {"what": text.kinds(row["kind"])} for row in found]
    total = view.total("code_response", rows)
    title = "How soon is the first response?"
    if total["openers"]:
        part = text.share_of(total["share_answered"], total["openers"], "item")
        title = f"{part} opened got a response"
    names = sorted({row["what"] for row in rows}, reverse=True)
    palette = colours.named(names, view.is_dark)
    figure = bars.over_time_by(view, rows, "what", RESPONSE, palette, stacked=False)
    duration_axis(figure, [row["median_hours"] for row in rows], HOUR)
    note = "Median over those with a response, by when they were opened. A gap: none."
    card(view, "code_response", title, rows, figure, note)


def merging(view: View, rows: list[Row]) -> None:
    """How long a pull request takes until it is merged."""
    title = "How long does merging take?"
    last = newest_finished(rows)
    if last and last[MERGE] is not None:
        title = (
            f"Half of the pull requests merged {text.during(last['period'], view.grain)}"
            f" took no longer than {text.number(last[MERGE], 'hours')}"
        )
    figure = bars.over_time(view, rows, [MERGING])
    duration_axis(figure, [row[MERGE] for row in rows], HOUR)
    note = "By when they were merged. A gap: nothing was merged. Hatched: not over yet."
    card(view, "code", title, rows, figure, note, suffix="merging")


def contributors(view: View, code: list[Row]) -> None:
    """New and returning contributors."""
    rows = view.with_totals("code", code, "period")
    title = "New and returning contributors"
    if last := newest_finished(rows):
        people = text.plural(last["contributors"], "person", "people")
        title = (
            f"{people} contributed {text.during(last['period'], view.grain)},"
            f" {text.count(last['new'])} for the first time"
        )
    figure = bars.over_time(view, rows, CONTRIBUTORS)
    note = "Returning: contributed in any period before. Hatched: not over yet."
    card(view, "code", title, rows, figure, note, suffix="contributors")


def stars(view: View) -> None:
    """All stars so far, and the periods with a release."""
    rows = view.chosen(view.run_up_rows("stars"))
    title = "Stars"
    if rows:
        given = text.plural(view.total("stars", rows)["stars"], "star")
        title = f"{given} given in this time, {text.count(rows[-1]['stars_total'])} in all"
    figure = lines(view, rows, "period", [STARS], view.period)
    add_marks(figure, view, rows, "period", STARS.column, RELEASES)
    note = "Stars that were taken back are not seen. A diamond: something was released."
    card(view, "stars", title, rows, figure, note)


view: View = st.session_state.view
st.header("Can newcomers contribute?")
if not view.rows("code", view.between(None, None)):
    st.markdown(NO_REPOSITORY)
    st.code(EXAMPLE, language="toml")
    st.stop()
number_cards.row(view, headlines(view))
rows = view.chosen(view.run_up_rows("code"))
left, right = st.columns(2)
with left:
    coming_and_going(view, rows, "issue", "closed")
    responses(view)
    contributors(view, rows)
with right:
    coming_and_going(view, rows, "pull request", "merged")
    merging(view, rows)
    note = "The fewest people who make half of all contributions."
    activity.concentration(view, "code_concentration", FEWEST, note)
stars(view)
