"""Who is who, decided on a page: what a decision moves, its confirmation, and what was done."""

import streamlit as st

from dashboard import decide, text
from dashboard.data import Row
from dashboard.decide import Decided, DecisionError

ASKED, DONE, ERROR = "deciding-asked", "deciding-done", "deciding-error"
WORKING = "Building the numbers anew. This takes a moment."
COUNTING = "Counting what it moves."
MOST_MOVED = 12


def ask(words: str, *arguments: str) -> None:
    """Counts what a decision moves, and draws the page again with the question."""
    _forget()
    try:
        with st.spinner(COUNTING):
            st.session_state[ASKED] = words, arguments, decide.preview(*arguments)
    except DecisionError as error:
        st.session_state[ERROR] = str(error)
    st.rerun()


def do(words: str, *arguments: str) -> None:
    """Decides, and draws the page again on the new snapshot."""
    _forget()
    try:
        with st.spinner(WORKING):
            st.session_state[DONE] = decide.decide(words, *arguments)
    except DecisionError as error:
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


def _done(done: Decided) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f":green[:material/check:] {text.markdown(done.words)}"
        st.markdown(said, width="stretch")
        if st.button("Undo", key="undo-last", icon=":material/undo:", shortcut="u"):
            do(f"Taken back: {done.words}", "undo", str(done.number))


def _question(words: str, arguments: tuple[str, ...], moved: list[Row]) -> None:
    with st.container(border=True):
        st.markdown(f"##### {text.markdown(words)}?")
        st.markdown(
            "\n".join(f"- {moves(row)}" for row in moved[:MOST_MOVED]) or "No number moves."
        )
        if len(moved) > MOST_MOVED:
            st.caption(f"And {len(moved) - MOST_MOVED} more numbers.")
        with st.container(horizontal=True):
            if st.button("Confirm", key="confirm", type="primary", shortcut="y"):
                do(words, *arguments)
            if st.button("Cancel", key="cancel", shortcut="n"):
                _forget()
                st.rerun()


def moves(row: Row) -> str:
    """One number that a decision moves: Active members, 2026-10-01: from 3 to 2."""
    name = text.label(row["metric"])
    parts = [part for part in (row["row"], text.label(row["number"]).lower()) if part]
    named = text.markdown(", ".join([name, *(part for part in parts if part != name.lower())]))
    return f"{named}: from {_number(row['before'])} to **{_number(row['after'])}**"


def _number(value: float | None) -> str:
    return text.DASH if value is None else text.count(value)


def _forget() -> None:
    for key in (ASKED, DONE, ERROR):
        st.session_state.pop(key, None)
