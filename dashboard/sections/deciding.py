"""Who is who, decided on a page: what a decision moves, its confirmation, and what was done."""

import re
from datetime import date

import streamlit as st

from dashboard import decide, text
from dashboard.command import CommandFailed
from dashboard.data import Row
from dashboard.decide import Decided
from warehouse.query import catalogue

ASKED, DONE, ERROR = "deciding-asked", "deciding-done", "deciding-error"
WORKING = "Building the numbers anew. This takes a moment."
COUNTING = "Counting what it moves."
SHOWN_MOVED = 5
FIRST = ("persons", "active_members")
DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def ask(words: str, *arguments: str) -> None:
    """Counts what a decision moves, and draws the page again with the question."""
    _forget()
    try:
        with st.spinner(COUNTING):
            st.session_state[ASKED] = words, arguments, decide.preview(*arguments)
    except CommandFailed as error:
        st.session_state[ERROR] = str(error)
    st.rerun()


def do(words: str, *arguments: str) -> None:
    """Decides, and draws the page again on the new snapshot."""
    _forget()
    try:
        with st.spinner(WORKING):
            st.session_state[DONE] = decide.decide(words, *arguments)
    except CommandFailed as error:
        st.session_state[ERROR] = str(error)
    st.rerun()


def draw() -> bool:
    """Draws what was done or went wrong, and a decision to confirm; whether one waits for that."""
    if error := st.session_state.get(ERROR):
        st.warning(text.markdown(error), icon=":material/warning:")
    if done := st.session_state.get(DONE):
        _done(done)
    asked = st.session_state.get(ASKED)
    if asked:
        _question(*asked)
    return asked is not None


def point_to_question() -> None:
    """Says further down the page that a question waits for its answer, with the way there."""
    st.caption("A question waits for your answer [at the top of the page](#who-is-who).")


def _done(done: Decided) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f":green[:material/check:] {text.markdown(done.words)}"
        st.markdown(said, width="stretch")
        if st.button("Undo", key="undo-last", icon=":material/undo:", shortcut="u"):
            do(f"Taken back: {done.words}", "undo", str(done.number))


def _question(words: str, arguments: tuple[str, ...], moved: list[Row]) -> None:
    with st.container(border=True):
        st.markdown(f"##### {text.markdown(words)}?")
        lines = [f"- {moves(row)}" for row in sorted(moved, key=_place)]
        st.markdown("\n".join(lines[:SHOWN_MOVED]) or "No number moves.")
        if rest := lines[SHOWN_MOVED:]:
            with st.expander(f"{text.plural(len(rest), 'more number')}"):
                st.markdown("\n".join(rest))
        with st.container(horizontal=True):
            if st.button("Confirm", key="confirm", type="primary", shortcut="y"):
                do(words, *arguments)
            if st.button("Cancel", key="cancel", shortcut="n"):
                _forget()
                st.rerun()


def moves(row: Row) -> str:
    """One number that a decision moves: Active members, Q4 2026: from 3 to 2.

    A number that is not what its metric is named for says what it counts, in brackets.
    """
    metric = catalogue().get(row["metric"])
    name = metric.title if metric else text.label(row["metric"])
    named = ", ".join(part for part in (name, _row_in_words(row["row"])) if part)
    if metric and row["number"] != row["metric"]:
        named += f" ({metric.columns[row['number']]})"
    change = f"from {_number(row['before'])} to **{_number(row['after'])}**"
    return f"{text.markdown(named)}: {change}"


def _place(row: Row) -> tuple[int, str]:
    """How far down a number stands: persons and active members before all others."""
    name = row["metric"]
    return (FIRST.index(name) if name in FIRST else len(FIRST)), name


def _row_in_words(named: str) -> str:
    """What a row stands for, with quarters as people write them: Q4 2026 took part."""
    days = DAY.sub(lambda day: text.period(date.fromisoformat(day[0]), "quarter"), named)
    return days.replace("_", " ")


def _number(value: float | None) -> str:
    return text.DASH if value is None else text.count(value)


def _forget() -> None:
    for key in (ASKED, DONE, ERROR):
        st.session_state.pop(key, None)
