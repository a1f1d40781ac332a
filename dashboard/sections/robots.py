"""Accounts that act like bots, one by one: a bot, or a person."""

import streamlit as st

from dashboard import command, data, decide, text
from dashboard.components import members
from dashboard.data import Row
from dashboard.sections import deciding
from dashboard.view import View

LATER = "robots-later"
MOST = 20


def review(view: View, *, is_asked: bool) -> None:
    """The busiest account that acts like a bot, with its three answers; nothing where none does."""
    later: set[str] = st.session_state.setdefault(LATER, set())
    found = data.opened(view.path).robots_to_review(MOST + len(later))
    waiting = [row for row in found if row["account_id"] not in later]
    if not waiting:
        if later:
            _put_off(later)
        return
    row = waiting[0]
    left = row["open"] - len(found) + len(waiting)
    with st.container(border=True):
        acts = text.plural(left, "account acts", "accounts act")
        st.markdown(f"##### {acts} like a bot: is this one?")
        st.markdown(text.sentence(text.markdown(", ".join(row["reasons"]))))
        with st.container(border=True):
            members.account(row)
        if not command.is_possible():
            id = row["account_id"]
            st.code(f"{decide.command('bot', id)}\n{decide.command('not-bot', id)}", "bash")
        _answers(row, is_asked=is_asked)
        if is_asked:
            deciding.point_to_question()


def _answers(row: Row, *, is_asked: bool) -> None:
    """The three answers; a question that waits for its own answer goes before."""
    id, named = row["account_id"], f"{row['name']} ({row['source']})"
    with st.container(horizontal=True):
        if command.is_possible():
            if st.button("A bot", key="bot", type="primary", shortcut="b", disabled=is_asked):
                deciding.ask(f"{named} is a bot", "bot", id)
            if st.button("Not a bot", key="not-bot", shortcut="o", disabled=is_asked):
                deciding.do(f"{named} is not a bot", "not-bot", id)
        if st.button("Later", key="later-bot", shortcut="t", disabled=is_asked):
            st.session_state[LATER].add(id)
            st.rerun()


def _put_off(later: set[str]) -> None:
    with st.container(border=True):
        are = "is" if len(later) == 1 else "are"
        acts = text.plural(len(later), "account that acts", "accounts that act")
        st.caption(f"{acts} like a bot {are} put off.")
        if st.button("Show them again", key="bots-again"):
            later.clear()
            st.rerun()
