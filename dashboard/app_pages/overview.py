"""Overview: is the community healthy, and what changed?"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, timedelta

import streamlit as st

from dashboard import colours, data, text
from dashboard.charts import bars, upset
from dashboard.charts.figure import Series
from dashboard.components import number_cards
from dashboard.components.cards import card
from dashboard.components.headline import Headline, headline, newest_finished
from dashboard.data import Row
from dashboard.sections import activity, events, standouts
from dashboard.view import View, shift

NEAR = timedelta(days=14)
MOST_OPEN = 3
BY_WHO_IS_WHO = "by who is who"
PEOPLE = Series("active_members", "active people", colour=colours.BLUE)
MEMBERS = (
    Series("joined", "Joined", colour=colours.GREEN),
    Series("left", "Left", below_zero=True, colour=colours.GREY),
)


def headlines(view: View) -> list[Headline]:
    """Active people, new people, who came back, what was answered, how soon, and who came."""
    grain = view.grain
    active = view.run_up_rows("active_members")
    lifecycle = view.run_up_rows("lifecycle")
    later = [row for row in view.run_up_rows("retention") if row["age"] == 1]
    back = [row | {"period": row["cohort"]} for row in later]
    responses = view.run_up_rows("first_response")
    together = view.totals("first_response", responses, "period")
    main = view.largest("first_response", responses, "source", "openers")
    soonest = [row for row in responses if row["source"] == main]
    where = f" on {text.markdown(main)}" if main and len(view.sources) > 1 else ""
    held = [row for row in view.run_up_rows("event_trend") if row["events"]]
    people = headline(
        active, "Active people", "active_members", "active_members", "count", "up", grain
    )
    found = [
        replace(people, note=_notes_of_people(view, people.now)),
        headline(lifecycle, "New people", "lifecycle", "new", "count", "up", grain),
        headline(back, f"Came back next {grain}", "retention", "share", "share", "up", grain),
        headline(
            together, "Answered", "first_response", "share_answered", "share", "up", grain
        ),
        headline(
            soonest, f"First answer{where}", "first_response", "median_seconds",
            "seconds", "down", grain,
        ),
    ]  # fmt: skip
    if held:
        came = headline(held, "Came to events", "event_trend", "attended", "count", "up", grain)
        found.append(replace(came, note=events.came_how(came.now)))
    return found


def _notes_of_people(view: View, active: Row | None) -> str:
    """How far the active people hang on yeses alone and, over several sources, on who is who; and
    who was merged or split since the snapshot before.
    """
    found = [events.by_a_yes_alone(active), _changes(view)]
    if active is not None and len(view.sources) > 1:
        between = text.between(active["low"], active["active_members"], active["high"])
        found.append(between and f"{text.sentence(between)} {BY_WHO_IS_WHO}")
    return ". ".join(note for note in found if note)


def _changes(view: View) -> str:
    """How many people were merged or split since the snapshot before, in one sentence."""
    changes = data.opened(view.path).person_changes()
    said = []
    if changes.merged:
        were = "was" if changes.merged == 1 else "were"
        people = text.plural(changes.merged, "person", "people")
        said.append(f"{people} {were} merged into {'another' if changes.merged == 1 else 'others'}")
    if changes.split:
        people = text.plural(changes.split, "person", "people")
        said.append(f"{people} {'was' if changes.split == 1 else 'were'} split off")
    if not said or changes.since is None:
        return ""
    return f"{text.join(said)} since {text.day(view.local(changes.since).date())}"


def notes(view: View, active: Headline) -> list[standouts.Note]:
    """What stands out in the newest finished period, in the chosen time, and soon after it."""
    found = standouts.of_sources(view.freshness)
    if active.now is not None:
        first = active.now["period"]
        this = view.between(first, shift(first, view.grain, 1))
        last = view.between(shift(first, view.grain, -1), first)
        when = text.during(first, view.grain)
        found += standouts.of_channels(
            view.rows("channels", this), view.rows("channels", last), when
        )
        states = [row for row in view.run_up_rows("lifecycle") if row["period"] == first]
        [with_totals] = view.with_totals("lifecycle", states, "period")
        found += standouts.of_people(with_totals, view.rows("concentration", this)[0], when)
    as_of = data.opened(view.path).as_of.astimezone(UTC).replace(tzinfo=None)
    near = [row for row in events.to_come(view) if as_of < row["starts_at"] < as_of + NEAR]
    if near:
        found.append(standouts.Note(f"Next event: {events.announcement(view, near[0])}", "events"))
    if silent := len(view.rows("drifting")):
        found.append(standouts.Note(standouts.drifting(silent), "retention"))
    responses = view.chosen(view.run_up_rows("first_response"))
    return found + standouts.of_waiting(view.total("first_response", responses))


def people(view: View) -> None:
    """Active people by period."""
    rows = view.chosen(view.run_up_rows("active_members"))
    title = "How many people take part"
    if last := newest_finished(rows):
        took = text.plural(last["active_members"], "person", "people")
        title = f"{took} took part {text.during(last['period'], view.grain)}"
    figure = bars.over_time(view, rows, [PEOPLE])
    card(view, "active_members", title, rows, figure, "Hatched: not over yet.")


def members(view: View) -> None:
    """Who joined and who left, by the platforms' member lists."""
    rows = [row for row in view.rows("members") if row["members_total"] is not None]
    title = "Who joins, who leaves"
    if rows:
        title = f"{text.plural(rows[-1]['members_total'], 'person', 'people')} are members"
    figure = bars.over_time(view, rows, MEMBERS)
    card(view, "members", title, rows, figure, note="Below zero: left. Hatched: not over yet.")


def where(view: View) -> None:
    """People by source, and on several."""
    rows = sorted(view.rows("overlap"), key=lambda row: (-row["members"], row["sources"]))
    title = "Where people take part"
    note = "Everybody once. Accounts on two sources are two people until they are joined."
    if rows:
        places = Counter[int]()
        for row in rows:
            places[len(row["sources"].split(upset.JOINED_BY))] += row["members"]
        people = text.plural(places.total(), "person", "people")
        title = f"{text.count(places.total() - places[1])} of {people} take part on several sources"
        if places.total() == places[1]:
            main = text.markdown(rows[0]["sources"])
            title = f"{text.count(rows[0]['members'])} of {people} take part on {main}"
        counted = [f"{text.count(places[number])} on {number}" for number in sorted(places)]
        note = f"Sources at once: {text.join(counted)}. {note}"
    possible = [
        f"{text.markdown(row['sources'].replace('+', ' + '))} {between}"
        for row in rows
        if (between := text.between(row["low"], row["members"], row["high"]))
    ]
    if possible:
        note = f"{note} {text.sentence(BY_WHO_IS_WHO)}: {', '.join(possible[:MOST_OPEN])}."
    series = Series("members", "people")
    figure = upset.upset(view, rows, "sources", series, view.shade(colours.SLATE))
    card(view, "overlap", title, rows, figure, note)


def stands_out(view: View, active: Headline) -> None:
    """What is unusual, and the pages that show why."""
    with st.container(border=True):
        st.markdown("##### What stands out")
        found = notes(view, active)
        st.markdown("\n".join(f"- {note.text}" for note in found))
        if not found:
            st.caption("Nothing unusual by the rules that we look for.")
        for page in dict.fromkeys(note.page for note in found):
            st.page_link(
                f"app_pages/{page}.py",
                label=f"See {page.capitalize()}",
                icon=":material/arrow_forward:",
                query_params=st.query_params.to_dict(),
            )


view: View = st.session_state.view
active, new, back, answered, *others = headlines(view)
st.header("Is the community healthy, and what changed?")
st.markdown(standouts.sentence(active, new, back, answered))
number_cards.row(view, [active, new, back, answered, *others])
chart, beside = st.columns([2, 1])
with chart:
    rows = view.chosen(view.run_up_rows("lifecycle"))
    activity.lifecycle(view, rows, "Who is here: new, returning, back again, gone quiet")
with beside:
    if len(view.sources) > 1:
        where(view)
    else:
        stands_out(view, active)
if len(view.sources) > 1:
    stands_out(view, active)
left, right = st.columns(2)
with left:
    people(view)
with right:
    members(view)
