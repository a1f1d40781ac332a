"""Data: can I trust it today?"""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from dashboard import cards, heatmaps, words
from dashboard.data import Row
from dashboard.frame import View


def source(view: View, row: Row, cost: Row, taken: int) -> None:
    """One source: how it stands, and what its last sync or import took."""
    with st.container(border=True):
        platform = view.kinds[row["source"]]
        kind = "" if platform == row["source"] else f" ({words.markdown(platform)})"
        st.markdown(f"##### {words.markdown(row['source'])}{kind}")
        if row["last_error"]:
            st.caption(":orange[:material/warning: The last attempt failed:]")
            st.text(row["last_error"])
        elif row["is_stale"]:
            st.caption(":orange[:material/warning: Behind the other sources. Run `vitals sync`.]")
        else:
            st.caption(":green[:material/check: Up to date]")
        with st.container(horizontal=True, gap="medium"):
            _figure("Last success", _moment(view, row["last_success_at"]))
            _figure("Newest activity", _moment(view, row["newest_activity_at"]))
            since = row["covered_from"]
            _figure("History since", _moment(view, since) if since else "the beginning")
            _figure("Complete until", _moment(view, cost["covered_to"]))
            _figure("Taken, of members", words.plural(taken, "activity", "activities"))
            _figure("Requests", _known(cost["requests"], words.count))
            _figure("Waited for limits", _known(cost["waited_seconds"], words.duration))


def _figure(label: str, value: str) -> None:
    with st.container(width="content", gap=None):
        st.caption(label)
        st.markdown(words.markdown(value))


def _moment(view: View, moment: datetime | None) -> str:
    return words.clock(view.local(moment)) if moment else "nothing yet"


def _known(value: float | None, say: Callable[[float | None], str]) -> str:
    return "nothing yet" if value is None else say(value)


def intake(view: View) -> None:
    """Every landed record once: taken as activity, left out for a reason, or no act at all."""
    ever = view.between(None, None)
    rows = view.rows("intake", ever)
    landed = sum(row["records"] for row in rows)
    taken = sum(row["records"] for row in rows if row["is_activity"])
    left_out = sum(row["records"] for row in rows if row["is_left_out"])
    rows.sort(key=lambda row: (row["source"], not row["is_left_out"], -row["records"]))
    cards.card(
        view,
        "intake",
        f"{words.plural(left_out, 'record')} left out, and why",
        rows,
        note=(
            f"{landed:,} records landed = {taken:,} taken as activity + {left_out:,} left out"
            f" + {landed - taken - left_out:,} that tell of people, places and events. Reactions"
            " come with the record that they are given to and are counted with the activities; what"
            " bots and staff did is taken, and not counted as of members."
        ),
        selection=ever,
        empty="Nothing has landed yet. Sync or import first.",
    )


def blind_spots(view: View) -> None:
    """What cannot be seen, why, and what to do about it."""
    ever = view.between(None, None)
    rows = view.rows("blind_spots", ever)
    cards.card(
        view,
        "blind_spots",
        words.plural(len(rows), "blind spot"),
        rows,
        selection=ever,
        empty="Nothing that we know of is hidden from us.",
    )


def show(view: View) -> None:
    """Draws the page."""
    st.header("Can I trust it today?")
    ever = view.between(None, None)
    costs = view.rows("sync_cost", ever)
    cost = {row["source"]: row for row in costs}
    taken: dict[str, int] = {}
    for row in view.rows("coverage", ever):
        taken[row["source"]] = taken.get(row["source"], 0) + row["activities"]
    for row in view.freshness:
        source(view, row, cost[row["source"]], taken.get(row["source"], 0))
    heatmaps.coverage(view)
    blind_spots(view)
    intake(view)
    cards.card(view, "freshness", "Freshness as a table", list(view.freshness))
    cards.card(view, "sync_cost", "What the last syncs took", costs, selection=ever)


show(st.session_state.view)
