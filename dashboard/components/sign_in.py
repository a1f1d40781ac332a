"""The way in and out: a button for each provider, why somebody is not let in, and signing out."""

import streamlit as st
from streamlit.errors import StreamlitAuthError

from dashboard import access, text
from dashboard.roles import Viewer

NOT_SET_UP = "Signing in is not set up here: the log of the dashboard says what is missing."


def page(viewer: Viewer) -> None:
    """All that a stranger sees."""
    st.header("Sign in" if _providers() else "Not for you")
    if viewer.why:
        st.markdown(text.markdown(f"{viewer.who}: {viewer.why}" if viewer.who else viewer.why))
    _way_in()
    _way_out(viewer)


def sidebar(viewer: Viewer) -> None:
    """Who somebody is here, in a line, with the way in or out."""
    with st.sidebar:
        if viewer.who:
            st.caption(f"{text.markdown(viewer.who)}, {viewer.role}")
            _way_out(viewer)
        else:
            _way_in()


def _providers() -> tuple[str, ...]:
    found = access.configured()
    return found.provider if found else ()


def _way_in() -> None:
    for provider in _providers():
        name = text.markdown(provider.capitalize())
        if st.button(f"Sign in with {name}", key=f"sign-in-{provider}", type="primary"):
            try:
                st.login(provider)
            except StreamlitAuthError:
                st.warning(NOT_SET_UP, icon=":material/warning:")


def _way_out(viewer: Viewer) -> None:
    if viewer.who and st.button("Sign out", key="sign-out", icon=":material/logout:"):
        st.logout()
