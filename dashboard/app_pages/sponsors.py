"""Sponsors: how many different people were reached, and what the sponsors' money reached."""

import streamlit as st

from dashboard import colours, text
from dashboard.charts import bars
from dashboard.charts.figure import Series
from dashboard.charts.lines import add_band
from dashboard.charts.rows import ranked
from dashboard.components.cards import card
from dashboard.components.headline import newest_finished
from dashboard.data import Row
from dashboard.sections import reports
from dashboard.view import View

GRAIN = "quarter"
ALWAYS = "Always by quarter, over all that is known."
BAND = (
    "The band ends where every open suggestion of who is who were true, and where no account were"
    " joined. Hatched: not over yet."
)
REACHED = Series("reached", "people reached", colour=colours.BLUE)
SPONSORSHIP = """\
[[sponsorships]]
sponsor = "Acme"
from = 2026-07-01
to = 2026-10-01          # the first day after it
groups = ["Makers Lagos"]
amount = 2500
currency = "EUR"
"""
NOT_KNOWN = "not known"
NONE_YET = "No sponsorship is configured in this time. Write each into vitals.toml:"


def reach(view: View) -> None:
    """How many different people were reached, and how far that is certain."""
    whole = view.between(None, None)
    rows = view.rows("reach", whole)
    title = "How many people are reached"
    if last := newest_finished(rows):
        people = text.plural(last["reached"], "person", "people")
        title = f"{people} reached {text.during(last['period'], GRAIN)}"
    figure = bars.over_time(view, rows, [REACHED], GRAIN)
    add_band(figure, rows, "period", "reached_low", "reached_high", view.shade(colours.SLATE))
    card(view, "reach", title, rows, figure, f"{ALWAYS} {BAND}", whole)


def newest(rows: list[Row]) -> list[Row]:
    """The rows of the newest quarter that is over, else of the newest."""
    last = newest_finished(rows) or (rows[-1] if rows else None)
    return [row for row in rows if last and row["period"] == last["period"]]


def by_source(view: View) -> None:
    """Of the newest finished quarter: how many each source reached."""
    whole = view.between(None, None)
    rows = sorted(newest(view.rows("reach_by_source", whole)), key=lambda row: -row["reached"])
    title = "How many each source reaches"
    if rows:
        title = f"How many each source reached {text.during(rows[0]['period'], GRAIN)}"
    shades = view.source_shades([row["source"] for row in rows])
    figure = ranked(rows, "source", REACHED, [shades[row["source"]] for row in rows])
    note = "Who is on several sources counts on each: never add them up."
    card(view, "reach_by_source", title, rows, figure, note, whole)


def by_country(view: View) -> None:
    """Of the newest finished quarter: where the people reached are from."""
    whole = view.between(None, None)
    rows = sorted(newest(view.rows("reach_places", whole)), key=lambda row: -row["reached"])
    title = "Where the people reached are"
    if known := [row for row in rows if row["country"]]:
        countries = text.plural(len(known), "country", "countries")
        title = f"People from {countries} {text.during(known[0]['period'], GRAIN)}"
    shown = [row | {"place": text.country(row["country"]) or NOT_KNOWN} for row in rows]
    grey, blue = view.shade(colours.SLATE), view.shade(colours.BLUE)
    figure = ranked(shown, "place", REACHED, [blue if row["country"] else grey for row in rows])
    note = "By the groups whose lists they are on."
    card(view, "reach_places", title, shown, figure, note, whole)


def sponsorships(view: View) -> None:
    """What each sponsorship reached, and what an attendee cost."""
    rows = view.rows("sponsorships")
    if not rows:
        st.markdown(NONE_YET)
        st.code(SPONSORSHIP, language="toml")
        return
    sponsors = text.plural(len({row["sponsor"] for row in rows}), "sponsor")
    card(view, "sponsorships", f"What {sponsors} paid for", rows)


view: View = st.session_state.view
st.header("How many people does a sponsor reach?")
reach(view)
left, right = st.columns(2)
with left:
    by_source(view)
with right:
    by_country(view)
sponsorships(view)
st.subheader("The sponsors' report")
ever = view.rows("sponsorships", view.between(None, None))
reports.draw(view, sorted({row["sponsor"] for row in ever}))
