"""Overview: is the community healthy, and what changed?"""

from datetime import UTC, timedelta

import streamlit as st

from dashboard import cards, charts, colours, data, facts, gatherings, numbers, standouts, words
from dashboard.facts import Fact, headline
from dashboard.frame import View, shift

NEAR = timedelta(days=14)


def headlines(view: View) -> list[Fact]:
    """Active people, new people, who came back, what was answered, how soon, and who came."""
    grain = view.grain
    lifecycle = view.run_up_rows("lifecycle")
    active = view.run_up_rows("active_members")
    responses = facts.with_completeness(view.run_up_rows("first_response"), active)
    main = facts.largest(responses, "source", "openers")
    soonest = [row for row in responses if row["source"] == main]
    where = f" on {words.markdown(main)}" if main and len(view.sources) > 1 else ""
    back = facts.returned(view.run_up_rows("retention"))
    together = facts.all_sources(responses)
    return [
        headline(active, "Active people", "active_members", "active_members", "count", "up", grain),
        headline(lifecycle, "New people", "lifecycle", "new", "count", "up", grain),
        headline(back, f"Came back next {grain}", "retention", "share", "share", "up", grain),
        headline(
            together, "Answered", "first_response", "share_answered", "share", "up", grain
        ),
        headline(
            soonest, f"First answer{where}", "first_response", "median_seconds",
            "seconds", "down", grain,
        ),
        *came(view),
    ]  # fmt: skip


def came(view: View) -> list[Fact]:
    """Who came to events, where there are any."""
    rows = [row for row in view.run_up_rows("event_trend") if row["events"]]
    if not rows:
        return []
    return [headline(rows, "Came to events", "event_trend", "attended", "count", "up", view.grain)]


def next_event(view: View) -> str:
    """The next event as Markdown, where it is within two weeks of the data."""
    as_of = data.opened(view.path).as_of.astimezone(UTC).replace(tzinfo=None)
    near = (row for row in gatherings.to_come(view) if as_of < row["starts_at"] < as_of + NEAR)
    row = next(near, None)
    return gatherings.announcement(view, row) if row else ""


def notes(view: View, active: Fact) -> list[standouts.Note]:
    """What stands out in the newest finished period, and in the chosen time."""
    found = standouts.of_sources(view.freshness)
    if active.now is not None:
        first = active.now["period"]
        this = view.between(first, shift(first, view.grain, 1))
        last = view.between(shift(first, view.grain, -1), first)
        when = words.during(first, view.grain)
        found += standouts.of_channels(
            view.rows("channels", this), view.rows("channels", last), when
        )
        [states] = [row for row in view.run_up_rows("lifecycle") if row["period"] == first]
        found += standouts.of_lifecycle(states, when)
        found += standouts.of_concentration(view.rows("concentration", this)[0])
    found += standouts.of_events(next_event(view))
    found += standouts.of_drifting(view.rows("drifting"))
    return found + standouts.of_waiting(view.chosen(view.run_up_rows("first_response")))


def people(view: View) -> None:
    """Active people by period."""
    rows = view.chosen(view.run_up_rows("active_members"))
    last = headline(rows, "", "active_members", "active_members", "count", "up", view.grain)
    title = "How many people take part"
    if last.now is not None:
        took = words.plural(int(last.value or 0), "person", "people")
        title = f"{took} took part {words.during(last.now['period'], view.grain)}"
    series = [charts.Series("active_members", "active people")]
    palette = {"active_members": colours.BLUE[view.is_dark]}
    figure = charts.bars(rows, series, view.grain, view.is_dark, palette)
    cards.card(view, "active_members", title, rows, figure, note="Hatched: not over yet.")


def members(view: View) -> None:
    """Who joined and who left, by the platforms' member lists."""
    rows = [row for row in view.rows("members") if row["members_total"] is not None]
    title = "Who joins, who leaves"
    if rows:
        title = f"{words.plural(rows[-1]['members_total'], 'person', 'people')} are members"
    palette = {"joined": colours.GREEN[view.is_dark], "left": colours.GREY[view.is_dark]}
    series = [charts.Series("joined", "Joined"), charts.Series("left", "Left", below_zero=True)]
    figure = charts.bars(rows, series, view.grain, view.is_dark, palette)
    cards.card(
        view, "members", title, rows, figure, note="Below zero: left. Hatched: not over yet."
    )


def where(view: View) -> None:
    """People by source, and on several."""
    found = sorted(view.rows("overlap"), key=lambda row: (-row["members"], row["sources"]))
    rows = [row | {"places": row["sources"].replace("+", " + ")} for row in found]
    own = colours.sources(view.kinds, view.is_dark)
    several = sum(row["members"] for row in rows if row["sources"] not in own)
    title = "Where people take part"
    if rows:
        people = words.plural(sum(row["members"] for row in rows), "person", "people")
        main = words.markdown(rows[0]["sources"])
        title = f"{words.count(rows[0]['members'])} of {people} take part on {main}"
        if several:
            title = f"{words.count(several)} of {people} take part on several sources"
    shades = [own.get(row["sources"], colours.SLATE[view.is_dark]) for row in rows]
    figure = charts.ranked(rows, "places", charts.Series("members", "people"), shades)
    cards.card(
        view,
        "overlap",
        title,
        rows,
        figure,
        note="Everybody once. Accounts on two sources are two people until they are joined.",
    )


def stands_out(view: View, active: Fact) -> None:
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


def show(view: View) -> None:
    """Draws the page."""
    active, new, back, answered, *others = headlines(view)
    st.header("Is the community healthy, and what changed?")
    st.markdown(standouts.sentence(active, new, back, answered))
    numbers.row(view, [active, new, back, answered, *others])
    chart, beside = st.columns([2, 1])
    with chart:
        rows = view.chosen(view.run_up_rows("lifecycle"))
        cards.card(
            view,
            "lifecycle",
            "Who is here: new, returning, back again, gone quiet",
            rows,
            charts.bars(rows, charts.LIFECYCLE, view.grain, view.is_dark),
            note="Below zero: active the period before and not in this one. Hatched: not over yet.",
        )
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


show(st.session_state.view)
