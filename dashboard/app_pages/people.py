"""People: which accounts are one person's, and what was decided about it."""

import streamlit as st

from dashboard import command, data, decide, text
from dashboard.components import members
from dashboard.components.cards import card
from dashboard.data import Row
from dashboard.sections import deciding, robots
from dashboard.view import View

LATER = "people-later"
FOUND, DECISIONS, MOST_DECISIONS = 20, 5, 50
NONE_OPEN = "No suggestion waits for you"
# To look at less likely ones one by one would be lost time: of ten, nine or more are wrong.
UNLIKELY = "Those less likely than 10% are not asked here: `vitals people suggest` lists all."
RULES = {
    "email": "the same verified e-mail address",
    "written": "commits with an address that the other verified",
    "stated": "an account that names another as its own",
    "renamed": "the same lasting id",
    "decision": "a decision",
    "forgotten": "having been forgotten together",
}
WORDS = {
    "merge": "Same person",
    "split": "Split off",
    "reject": "Different people",
    "bot": "A bot",
    "not-bot": "Not a bot",
}
COMMANDS = "This dashboard only reads. Decide in a terminal, beside `vitals.toml`:"


def counted(view: View) -> None:
    """How many accounts are how many persons, and by what."""
    rows = view.rows("identities")
    whole = next((row for row in rows if row["rule"] == "*"), None)
    title = "Who is who"
    if whole:
        accounts = text.plural(whole["links"], "account")
        title = f"{accounts} are {text.plural(whole['persons'], 'person', 'people')}"
    joined = [
        f"{text.plural(row['persons'], 'person', 'people')} by {RULES[row['rule']]}"
        for row in rows
        if row["rule"] != "*"
    ]
    note = f"Joined: {text.join(joined)}." if joined else "No accounts are joined yet."
    card(view, "identities", title, rows, note=note)


def review(suggestions: list[Row], is_asked: bool) -> None:
    """The likeliest open suggestion, with its three answers."""
    later: set[tuple[str, str]] = st.session_state.setdefault(LATER, set())
    waiting = [row for row in suggestions if _pair(row) not in later]
    with st.container(border=True):
        if not waiting:
            st.markdown(f"##### {NONE_OPEN}")
            if later:
                st.caption(f"{text.plural(len(later), 'suggestion')} put off.")
                if st.button("Show them again", key="again"):
                    later.clear()
                    st.rerun()
            return
        row = waiting[0]
        left = row["open"] - len(suggestions) + len(waiting)
        st.markdown(f"##### {text.plural(left, 'suggestion')} to review: is this one person?")
        reasons = text.markdown("; ".join(row["reasons"]))
        st.markdown(f"{text.share(row['probability'])} likely: {reasons}")
        for column, side in zip(st.columns(2), ("a", "b"), strict=True):
            with column, st.container(border=True):
                members.account(row[side])
        if not command.is_possible():
            pair = _pair(row)
            st.code(f"{decide.command('merge', *pair)}\n{decide.command('reject', *pair)}", "bash")
        answers(row, is_asked=is_asked)
        st.caption(UNLIKELY)


def answers(row: Row, *, is_asked: bool) -> None:
    """The three answers to a suggestion; a question that waits for its own answer goes before."""
    pair = _pair(row)
    names = f"{_named(row['a'])} and {_named(row['b'])}"
    with st.container(horizontal=True):
        if command.is_possible():
            if st.button(
                "Same person", key="same", type="primary", shortcut="s", disabled=is_asked
            ):
                deciding.ask(f"{names} are one person", "merge", *pair)
            if st.button("Different people", key="different", shortcut="d", disabled=is_asked):
                deciding.do(f"{names} are different people", "reject", *pair)
        if st.button("Later", key="later", shortcut="l", disabled=is_asked):
            st.session_state[LATER].add(pair)
            st.rerun()


def search(view: View) -> None:
    """Persons by a part of a name or handle."""
    words = st.text_input("Find a person", placeholder="A name or a handle", key="find").strip()
    if not words:
        return
    found = data.opened(view.path).persons_called(words, FOUND + 1)
    for row in found[:FOUND]:
        members.link(row["person_id"], f"{row['name']} ({', '.join(row['accounts'])})")
    if not found:
        st.caption("Nobody is called so.")
    if len(found) > FOUND:
        st.caption(f"The first {FOUND} are shown. Write more of the name.")


def decided(view: View, *, is_asked: bool) -> None:
    """What was decided, newest first, each with its undo."""
    rows = data.opened(view.path).decisions()
    with st.container(border=True):
        st.markdown(f"##### {text.plural(len(rows), 'decision')}" if rows else "##### No decisions")
        shown = rows[:DECISIONS]
        if len(rows) > DECISIONS and st.toggle("Show earlier ones", key="earlier"):
            shown = rows[:MOST_DECISIONS]
        for row in shown:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(said(view, row), width="stretch")
                can_be = command.is_possible() and row["what"] != "undo" and not row["is_undone"]
                key = f"undo-{row['number']}"
                if can_be and st.button("Undo", key=key, type="tertiary", disabled=is_asked):
                    undone = f"Undo decision {row['number']}"
                    deciding.ask(undone, "undo", str(row["number"]))
        if is_asked:
            deciding.point_to_question()
        if len(rows) > len(shown) == MOST_DECISIONS:
            st.caption("`vitals people decisions` lists all.")


def said(view: View, row: Row) -> str:
    """A decision in one line: what, about whom, by whom, when and why."""
    what = f"Undo of {row['undoes']}" if row["what"] == "undo" else WORDS[row["what"]]
    parts = [f"{row['number']}. {what}", text.markdown(", ".join(row["accounts"]))]
    about = [text.markdown(row["decided_by"] or "")]
    if row["decided_at"]:
        about.append(text.day(view.local(row["decided_at"]).date()))
    about += [text.markdown(row["why"] or ""), "undone" if row["is_undone"] else ""]
    gray = " · ".join(part for part in about if part)
    return ": ".join(part for part in parts if part) + (f" :gray[· {gray}]" if gray else "")


def _named(side: Row) -> str:
    return f"{side['name']} ({side['source']})"


def _pair(row: Row) -> tuple[str, str]:
    return row["account_a"], row["account_b"]


view: View = st.session_state.view
st.header("Who is who?")
is_asked = deciding.draw()
most = 20 + len(st.session_state.get(LATER, ()))
review(data.opened(view.path).suggestions(most), is_asked)
robots.review(view, is_asked=is_asked)
search(view)
counted(view)
decided(view, is_asked=is_asked)
if not command.is_possible():
    st.caption(COMMANDS)
    st.code("vitals people merge A B\nvitals people split A\nvitals people undo NUMBER", "bash")
