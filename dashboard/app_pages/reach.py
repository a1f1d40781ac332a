"""Reach: what a sponsor sees of the community and of the own sponsorships, in aggregates."""

import streamlit as st
from babel.numbers import format_currency

from dashboard import colours, text
from dashboard.charts import bars, upset
from dashboard.charts.figure import Series
from dashboard.charts.lines import add_band
from dashboard.charts.rows import ranked
from dashboard.components import aggregates
from dashboard.components.headline import newest_finished
from dashboard.data import Row
from dashboard.sponsor_view import SponsorView
from dashboard.view import View

GRAIN = "quarter"
REACHED = Series("reached", "people reached", colour=colours.BLUE)
BAND = (
    "Each person once, over all platforms. The band says how far that is certain: who is on several"
    " platforms is not always known. Hatched: not over yet."
)
NUMBERS = {
    "reached": "People reached",
    "audience": "Members",
    "active": "Took part",
    "attendees": "Came to events",
    "new_people": "New people",
    "countries": "Countries",
}
BASIS = {"checked_in": "check-ins", "rsvp": "who said yes", None: "not known"}
LOCALE = "en"
CARD_PIXELS = 158  # six abreast on a desktop, two on a phone


def newest(rows: list[Row]) -> list[Row]:
    """The rows of the newest quarter that is over, else of the newest."""
    over = {row["period"] for row in quarters if row["is_complete"]}
    periods = [row["period"] for row in rows]
    last = max((one for one in periods if one in over), default=max(periods, default=None))
    return [row for row in rows if row["period"] == last]


def shown(rows: list[Row], column: str = "reached") -> list[Row]:
    """Rows with a number to draw, the largest first."""
    return sorted((row for row in rows if row[column] is not None), key=lambda row: -row[column])


def left_out(rows: list[Row], drawn: list[Row]) -> str:
    """How many rows a chart does not show, as a sentence after another one."""
    number = len(rows) - len(drawn)
    return f" {text.plural(number, 'row is', 'rows are')} not shown." if number else ""


def headline(last: Row | None) -> str:
    """The newest finished quarter in a sentence."""
    if last is None:
        return "No quarter is over yet."
    during = text.during(last["period"], GRAIN)
    if last["reached"] is None:
        return f"How many people were reached {during} is not shown."
    ends = (last["reached_low"], last["reached_high"])
    certain = "" if None in ends else text.between(*ends)
    people = text.plural(last["reached"], "person was", "people were")
    return f"{people} reached {during}, each counted once{f' ({certain})' if certain else ''}."


def numbers(last: Row) -> None:
    """The newest finished quarter, number by number; what is not known is said."""
    with st.container(horizontal=True):
        for column, label in NUMBERS.items():
            key = f"number-{column}"
            with st.container(border=True, width=CARD_PIXELS, gap="xsmall", key=key):
                st.caption(label)
                st.subheader(aggregates.said(last, column), anchor=False)
                if column == "reached" and last["change_reached"] is not None:
                    st.caption(change(last["change_reached"]))


def change(share: float) -> str:
    """A change against the quarter before, in words: up 22% on the quarter before."""
    way = "up" if share >= 0 else "down"
    return f"{way} {text.share(abs(share))} on the quarter before"


def over_time() -> None:
    """How many people were reached, by quarter."""
    figure = bars.over_time(look, quarters, [REACHED], GRAIN)
    add_band(figure, quarters, "period", "reached_low", "reached_high", look.shade(colours.SLATE))
    columns = {"period": "Quarter", "reached": "Reached", "reached_low": "At least"}
    columns |= {"reached_high": "At most", **NUMBERS, "events": "Events"}
    title = "People reached by quarter"
    aggregates.card(given, "reach", title, named(quarters), columns, figure, BAND)


def by_source() -> None:
    """The newest finished quarter, by platform."""
    rows = shown(newest(given.rows("reach_by_source")))
    shades = look.source_shades([row["source"] for row in rows])
    figure = ranked(rows, "source", REACHED, [shades[row["source"]] for row in rows])
    columns = {"period": "Quarter", "source": "Platform", "audience": "Members"}
    columns |= {"reached": "Reached", "active": "Took part", "attendees": "Came to events"}
    title = f"By platform {when(rows)}".strip()
    note = "Who is on several platforms counts on each: never add them up."
    all_rows = named(newest(given.rows("reach_by_source")))
    aggregates.card(given, "reach_by_source", title, all_rows, columns, figure, note)


def overlap() -> None:
    """The newest finished quarter: who is on which platforms at once."""
    rows = newest(given.rows("overlap"))
    known = shown(rows)
    figure = upset.upset(look, known, "sources", REACHED, look.shade(colours.SLATE))
    columns = {"period": "Quarter", "sources": "On exactly these platforms", "reached": "Reached"}
    title = f"On several platforms at once {when(rows)}".strip()
    note = f"Everybody once.{left_out(rows, known)}"
    aggregates.card(given, "overlap", title, named(rows), columns, figure, note)


def places() -> None:
    """The newest finished quarter, by country."""
    rows = newest(given.rows("reach_places"))
    named_rows = [
        row | {"place": text.country(row["country"]) or aggregates.UNKNOWN} for row in rows
    ]
    known = shown(named_rows)
    blue, grey = look.shade(colours.BLUE), look.shade(colours.SLATE)
    figure = ranked(known, "place", REACHED, [blue if row["country"] else grey for row in known])
    columns = {"period": "Quarter", "region": "Region", "place": "Country"}
    columns |= {"reached": "Reached", "share": "Share"}
    title = f"By country {when(rows)}".strip()
    note = f"By the groups whose lists people are on.{left_out(rows, known)}"
    units = {"share": "share"}
    aggregates.card(given, "reach_places", title, named(named_rows), columns, figure, note, units)


def sponsorships() -> None:
    """The own sponsorships: what was paid, and what it reached."""
    rows = [
        row
        | {
            "time": f"{text.day(row['period'])} to {text.day(row['to_date'])}",
            "paid": money(row["amount"], row["currency"]),
            "cost": row["cost_per_confirmed"]
            if row["cost_per_confirmed"] is None
            else money(row["cost_per_confirmed"], row["currency"]),
            "hidden": [*(row["hidden"] or ()), *(["cost"] if is_hidden(row) else [])],
        }
        for row in given.rows("sponsorships")
    ]
    columns = {"sponsor": "Sponsor", "time": "From, to (excluded)", "paid": "Paid"}
    columns |= {"events": "Events", "unmeasured_events": "Not measured"}
    columns |= {"confirmed_attendees": "Checked in", "cost": "Cost per checked-in person"}
    columns |= {"reached": "Reached"}
    note = "Not measured: events at which nobody was checked in. They count in no other column."
    aggregates.card(given, "sponsorships", "Your sponsorships", rows, columns, note=note)


def is_hidden(row: Row) -> bool:
    """Whether what a confirmed attendee cost is not shown."""
    return "cost_per_confirmed" in (row["hidden"] or ())


def is_measured(event: Row) -> bool:
    """Whether somebody was checked in at an event."""
    return bool(event["attendance_basis"] == "checked_in")


def events() -> None:
    """The events of the own sponsorships."""
    own = {row["event_id"] for row in given.rows("sponsored_events")}
    rows = [
        row
        | {
            "time": text.clock(look.local(row["starts_at"])),
            "attended": row["attended"] if is_measured(row) else "not measured",
            "basis": BASIS[row["attendance_basis"]],
        }
        for row in given.rows("events")
        if row["event_id"] in own
    ]
    columns = {"title": "Event", "time": "Time", "group": "Group", "yes": "Said yes"}
    columns |= {"attended": "Came", "show_rate": "Of those who said yes", "basis": "Rests on"}
    columns |= {"first_timers": "First time", "followed": "Took part within 30 days"}
    note = (
        "Where nobody was checked in, who came was not measured: those who said yes stand for them"
        " in the columns after it."
    )
    units = {"show_rate": "share"}
    aggregates.card(given, "events", "Events that you sponsored", rows, columns, None, note, units)


def named(rows: list[Row]) -> list[Row]:
    """Rows with their quarter in words."""
    return [row | {"period": text.period(row["period"], GRAIN)} for row in rows]


def when(rows: list[Row]) -> str:
    """The quarter of rows, for a title."""
    return text.during(rows[0]["period"], GRAIN) if rows else ""


def money(amount: float, currency: str) -> str:
    """An amount in its currency: €2,500.00."""
    return format_currency(amount, currency, locale=LOCALE)


given: SponsorView = st.session_state.view
look: View = aggregates.frame(given)
quarters = given.rows("reach")
last = newest_finished(quarters)
st.header("How many people does the community reach?")
st.markdown(text.markdown(headline(last)))
if last:
    numbers(last)
over_time()
left, right = st.columns(2)
with left:
    by_source()
    places()
with right:
    overlap()
if given.sponsors:
    sponsorships()
    events()
st.caption(aggregates.privacy(given))
