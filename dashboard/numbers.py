"""Number cards: a value, its change in words, a small line, and its passport."""

from typing import Literal

import streamlit as st

from dashboard import data, passport, words
from dashboard.facts import Fact
from dashboard.frame import View
from warehouse.query import catalogue

_ARROWS: dict[int, Literal["up", "down", "off"]] = {1: "up", -1: "down", 0: "off"}
_COLOURS: dict[bool | None, Literal["green", "red", "gray"]] = {
    True: "green",
    False: "red",
    None: "gray",
}


def row(view: View, facts: list[Fact]) -> None:
    """The cards beside each other; on a narrow screen below each other."""
    for column, fact in zip(st.columns(len(facts)), facts, strict=True):
        with column, st.container(border=True, height="stretch"):
            _card(view, fact)


def _card(view: View, fact: Fact) -> None:
    st.metric(
        fact.label,
        None if fact.value is None else words.number(fact.value, fact.unit),
        delta=fact.change or None,
        delta_arrow=_ARROWS[fact.way],
        delta_color=_COLOURS[fact.is_better],
        chart_data=fact.line if len(fact.line) > 1 else None,
    )
    st.caption(_when(fact))
    with st.popover("Counted how?", icon=":material/info:", type="tertiary"):
        rows = [dict(one) for one in fact.rows]
        passport.show(view, catalogue()[fact.metric], fact.selection or view.with_run_up, len(rows))
        st.download_button(
            "CSV",
            lambda: data.to_csv(rows, list(rows[0])),
            f"{fact.metric}.csv",
            "text/csv",
            key=f"{fact.metric}-{fact.column}-number",
            on_click="ignore",
            icon=":material/download:",
            disabled=not rows,
        )


def _when(fact: Fact) -> str:
    """The value's period, the one it is held against, what the running one has so far, its note."""
    said = ["No finished period yet"]
    if fact.now is not None and "period" not in fact.now:
        said = []
    elif fact.now is not None:
        against = fact.before if fact.change else None
        said = [words.sentence(words.period(fact.now["period"], fact.grain).removeprefix("the "))]
        if fact.value is None:
            said[0] += f": {words.UNKNOWN}"
        if against is not None:
            said[0] += f" against {words.period(against['period'], fact.grain)}"
    if fact.running is not None and fact.running[fact.column] is not None:
        so_far = words.number(fact.running[fact.column], fact.unit)
        running = words.period(fact.running["period"], fact.grain)
        said.append(f"{words.sentence(running)} so far: {so_far}")
    if fact.note:
        said.append(fact.note)
    return words.markdown(". ".join(said))
