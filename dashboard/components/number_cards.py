"""Number cards: a value, its change in words, a small line, and its passport."""

from typing import Literal

import streamlit as st

from dashboard import text
from dashboard.components import passport, tables
from dashboard.components.headline import Headline
from dashboard.view import View
from warehouse.query import catalogue

_ARROWS: dict[int, Literal["up", "down", "off"]] = {1: "up", -1: "down", 0: "off"}
_COLOURS: dict[bool | None, Literal["green", "red"]] = {True: "green", False: "red"}


def row(view: View, headlines: list[Headline]) -> None:
    """The cards beside each other; on a narrow screen below each other."""
    for column, headline in zip(st.columns(len(headlines)), headlines, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.metric(
                headline.label,
                None if not headline.now or headline.value is None else headline.said(headline.now),
                delta=headline.change or None,
                delta_arrow=_ARROWS[headline.way],
                delta_color=_COLOURS.get(headline.is_better, "gray"),
                chart_data=headline.line if len(headline.line) > 1 else None,
            )
            st.caption(_small_line(headline))
            with st.popover("Counted how?", icon=":material/info:", type="tertiary"):
                name, rows = headline.metric, list(headline.rows)
                selection = headline.selection or view.with_run_up
                passport.show(view, catalogue()[name], selection, len(rows))
                key, columns = f"{name}-{headline.column}-number", list(rows[0]) if rows else []
                tables.download(f"{name}.csv", rows, columns, key, is_quiet=False)


def _small_line(headline: Headline) -> str:
    """The value's period, the one it is held against, what the running one has so far, its note."""
    now, before, running = headline.now, headline.before, headline.running
    said = ["No finished period yet"] if now is None else []
    if now is not None and "period" in now:
        said = [text.sentence(text.period(now["period"], headline.grain).removeprefix("the "))]
        if headline.value is None:
            said[0] += f": {text.UNKNOWN}"
        if before is not None and headline.change:
            said[0] += f" against {text.period(before['period'], headline.grain)}"
    if running is not None and running[headline.column] is not None:
        so_far = headline.said(running)
        period = text.period(running["period"], headline.grain)
        said.append(f"{text.sentence(period)} so far: {so_far}")
    if headline.note:
        said.append(headline.note)
    return text.markdown(". ".join(said))
