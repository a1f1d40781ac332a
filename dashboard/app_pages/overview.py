"""Overview: is the community healthy, and what changed?"""

import streamlit as st

from dashboard import cards, charts, facts, numbers, standouts, words
from dashboard.facts import Fact, headline
from dashboard.frame import View, shift

def headlines(view: View) -> list[Fact]:
    """Active people, new people, who came back, what was answered, and how soon."""
    wide, grain = view.with_run_up, view.grain
    lifecycle = view.rows("lifecycle", wide)
    active = view.rows("active_members", wide)
    responses = facts.with_completeness(view.rows("first_response", wide), active)
    main = facts.largest(responses, "source", "openers")
    soonest = [row for row in responses if row["source"] == main]
    where = f" on {words.markdown(main)}" if main and len(view.sources) > 1 else ""
    back = facts.returned(view.rows("retention", wide))
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
    ]  # fmt: skip


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
        found += standouts.of_lifecycle(_only(view.rows("lifecycle", this)), when)
        found += standouts.of_concentration(_only(view.rows("concentration", this)))
    found += standouts.of_drifting(view.rows("drifting"))
    return found + standouts.of_waiting(view.table("unanswered").num_rows)


def _only(rows: list[facts.Row]) -> facts.Row | None:
    return rows[0] if rows else None


def show(view: View) -> None:
    """Draws the page."""
    active, new, back, answered, soon = headlines(view)
    st.header("Is the community healthy, and what changed?")
    st.markdown(standouts.sentence(active, new, back, answered))
    numbers.row(view, [active, new, back, answered, soon])
    chart, list_ = st.columns([2, 1])
    with chart:
        rows = view.rows("lifecycle")
        cards.card(
            view,
            "lifecycle",
            "Who is here: new, returning, back again, gone quiet",
            rows,
            charts.bars(rows, charts.LIFECYCLE, view.grain, view.is_dark),
            note="Below zero: active the period before and not in this one. Hatched: not over yet.",
        )
    with list_, st.container(border=True):
        st.markdown("##### What stands out")
        found = notes(view, active)
        for note in found:
            st.markdown(f"- {note.text}")
        if not found:
            st.caption("Nothing unusual by the rules that we look for.")
        for page in dict.fromkeys(note.page for note in found):
            st.page_link(
                f"app_pages/{page}.py",
                label=f"See {page.capitalize()}",
                icon=":material/arrow_forward:",
                query_params=st.query_params.to_dict(),
            )


show(st.session_state.view)
