"""One member: accounts, level, timeline over all platforms, events, and who they talk with."""

from datetime import timedelta

import pyarrow as pa
import streamlit as st

from dashboard import command, data, decide, text
from dashboard.components import tables
from dashboard.data import Row
from dashboard.sections import deciding
from dashboard.view import View
from warehouse.query import Selection

PAGE, MOST_TALKS = 25, 20
NO_SUCH = "This person is not in the data. Find them by name or handle on People."


def number_cards(view: View, accounts: list[Row], account_id: str) -> None:
    """Level now, since when, and how active."""
    day = view.newest or data.opened(view.path).as_of.date()
    newest = Selection("week", day - timedelta(days=day.weekday()))
    level = data.opened(view.path).level_of(account_id, newest)
    joined = [row["joined_date"] for row in accounts if row["joined_date"]]
    firsts = [row["first_date"] for row in accounts if row["first_date"]]
    lasts = [row["last_date"] for row in accounts if row["last_date"]]
    shown = [
        ("Level now", text.sentence(level) if level else text.DASH),
        ("Member since", text.day(min(joined)) if joined else text.DASH),
        ("First took part", text.day(min(firsts)) if firsts else text.DASH),
        ("Last took part", text.day(max(lasts)) if lasts else text.DASH),
    ]
    with st.container(horizontal=True):
        for label, value in shown:
            st.metric(label, value, border=True)


def accounts_of(accounts: list[Row], *, is_asked: bool) -> None:
    """Every account, with the button that splits it off."""
    with st.container(border=True):
        title = text.plural(len(accounts), "account")
        st.markdown(f"##### {title}")
        for row in accounts:
            with st.container(horizontal=True, vertical_alignment="center"):
                handle = text.markdown(row["handle"] or row["account_id"])
                source, name = text.markdown(row["source"]), text.markdown(row["name"])
                taken = text.plural(row["participations"], "participation")
                left = f", left {text.day(row['left_date'])}" if row["left_date"] else ""
                st.markdown(
                    f"**{source}** {handle}  \n{name} :gray[· {taken}{left}]", width="stretch"
                )
                if len(accounts) > 1 and command.is_possible():
                    key = f"split-{row['account_id']}"
                    if st.button("Split off", key=key, type="tertiary", disabled=is_asked):
                        words = f"{row['name']} on {row['source']} is somebody else"
                        deciding.ask(words, "split", row["account_id"])
        if len(accounts) > 1 and not command.is_possible():
            st.caption("If one is somebody else's, say so in a terminal, beside `vitals.toml`:")
            st.code(decide.command("split", accounts[-1]["account_id"]), "bash")


def joined_by(links: list[Row]) -> None:
    """What joins the accounts, and why."""
    if not links:
        return
    with st.container(border=True):
        st.markdown("##### Why these are one person")
        for row in links:
            why = f"{row['evidence']} says so" if row["rule"] == "decision" else row["evidence"]
            pair = f"{text.markdown(row['account_a'])} and {text.markdown(row['account_b'])}"
            since = f" :gray[· since {text.day(row['since_at'])}]" if row["since_at"] else ""
            st.markdown(f"- {pair}: {text.markdown(why)}{since}")


def timeline(view: View, account_id: str) -> None:
    """All that the person did, newest first, a page at a time."""
    with st.container(border=True):
        st.markdown("##### What they did, on all platforms")
        number = int(st.session_state.get("timeline-page", 1))
        found = data.safe_links(
            data.opened(view.path).timeline(account_id, PAGE + 1, PAGE * (number - 1))
        )
        if not found.num_rows and number == 1:
            st.caption("Nothing is known of what they did.")
            return
        kinds = [text.sentence(kind.replace("_", " ")) for kind in found["kind"].to_pylist()]
        found = found.set_column(found.column_names.index("kind"), "kind", pa.array(kinds))
        tables.show(found.slice(0, PAGE), view, found.column_names, most_height=930)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Newer", disabled=number == 1, on_click=_turn, args=(number - 1,))
            st.button("Older", disabled=found.num_rows <= PAGE, on_click=_turn, args=(number + 1,))
            st.caption(f"Page {number}", width="content")


def _turn(number: int) -> None:
    st.session_state["timeline-page"] = number


def events_of(view: View, account_id: str) -> None:
    """The events that they said yes to or came to."""
    found = data.opened(view.path).events_of(account_id)
    came = found["has_come"].to_pylist().count(True)
    with st.container(border=True):
        st.markdown(
            f"##### {text.plural(came, 'event')} attended" if came else "##### No events attended"
        )
        if found.num_rows:
            tables.show(found, view, ["title", "starts_at", "answer", "has_come"])


def talks_with(view: View, account_id: str) -> None:
    """Whom they answer, and who answers them."""
    found = data.opened(view.path).talks_with(account_id, MOST_TALKS)
    with st.container(border=True):
        st.markdown("##### Who they talk with")
        if not found.num_rows:
            st.caption("No answers from them or to them are known.")
            return
        names = ["name", "they answered", "answered them"]
        shown = found.rename_columns(["person_id", *names])
        tables.show(shown, view, names)


view: View = st.session_state.view
query = st.query_params.to_dict()
account_id = query.pop("person", None)
back = ":material/arrow_back:"
st.page_link("app_pages/people.py", label="People", icon=back, query_params=query)
accounts = data.opened(view.path).member(account_id) if account_id else []
if account_id is None or not accounts:
    st.header("Which member?")
    st.markdown(NO_SUCH)
    st.stop()
if st.session_state.get("timeline-of") != account_id:
    st.session_state["timeline-of"] = account_id
    _turn(1)
st.header(text.markdown(accounts[0]["person"]))
marks = [word for word in ("bot", "staff") if any(row[f"is_{word}"] for row in accounts)]
if marks:
    st.caption(f"Counts nowhere: {text.join(marks)}.")
is_asked = deciding.draw()
number_cards(view, accounts, account_id)
left, right = st.columns(2)
with left:
    accounts_of(accounts, is_asked=is_asked)
    joined_by(data.opened(view.path).links_of(account_id))
    events_of(view, account_id)
with right:
    talks_with(view, account_id)
timeline(view, account_id)
