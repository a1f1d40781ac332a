"""Links to a member's page."""

from urllib.parse import urlencode, urljoin

import streamlit as st

from dashboard import text


def link(account_id: str, label: str) -> None:
    """A link to the page of an account's person, under the same filters."""
    st.page_link(
        "app_pages/member.py",
        label=text.markdown(label),
        icon=":material/person:",
        query_params=st.query_params.to_dict() | {"person": account_id},
    )


def address(account_id: str | None) -> str | None:
    """The address of the page of an account's person, for a table."""
    query = st.query_params.to_dict() | {"person": account_id}
    return account_id and urljoin(st.context.url or "/", f"member?{urlencode(query)}")
