"""Members and their accounts: links to their pages, and one account in a few lines."""

from urllib.parse import urlencode, urljoin

import streamlit as st

from dashboard import text
from dashboard.data import Row


def link(account_id: str, label: str) -> None:
    """A link to the page of an account's person, under the same filters."""
    st.page_link(
        "app_pages/member.py",
        label=text.markdown(label),
        icon=":material/person:",
        query_params=st.query_params.to_dict() | {"person": account_id},
    )


def account(row: Row) -> None:
    """One account that waits for a decision: name, handle, platform, how active and when."""
    link(row["account_id"], row["name"])
    handle = row["handle"] or row["account_id"]
    st.markdown(f"{text.markdown(handle)} on {text.markdown(row['source'])}")
    taken = text.plural(row["participations"], "participation")
    if row["first_date"]:
        first, last = text.day(row["first_date"]), text.day(row["last_date"])
        taken = f"{taken}, {first} to {last}" if first != last else f"{taken}, {first}"
    st.caption(taken)
    if row["person"] != row["name"]:
        st.caption(f"Already joined with {text.markdown(row['person'])}")


def address(account_id: str | None) -> str | None:
    """The address of the page of an account's person, for a table."""
    query = st.query_params.to_dict() | {"person": account_id}
    return account_id and urljoin(st.context.url or "/", f"member?{urlencode(query)}")
