"""Community Vitals: `vitals dashboard` runs this with VITALS_WAREHOUSE set."""

from pathlib import Path

import streamlit as st

from dashboard import access, audit, data, sponsor_view
from dashboard.components import frame, sign_in
from warehouse.aggregates import NoAggregates
from warehouse.snapshots import NoSnapshot

PAGES = {
    "today": ("Today", ":material/today:"),
    "overview": ("Overview", ":material/monitor_heart:"),
    "engagement": ("Engagement", ":material/groups:"),
    "retention": ("Retention", ":material/repeat:"),
    "conversations": ("Conversations", ":material/forum:"),
    "code": ("Code", ":material/code:"),
    "events": ("Events", ":material/event:"),
    "people": ("People", ":material/badge:"),
    "sponsors": ("Sponsors", ":material/handshake:"),
    "metrics": ("Metrics", ":material/menu_book:"),
    "data": ("Data", ":material/database:"),
    "reach": ("Reach", ":material/diversity_3:"),
    "reports": ("Reports", ":material/description:"),
}
WITHOUT_MENU = {"event": "Event", "member": "Member"}
FIRST = ("today", "reach")
FOLDER = Path(__file__).parent
NOT_FOR_YOU = "This page is not for you. Choose another one in the menu."

st.set_page_config(
    page_title="Community Vitals",
    page_icon=str(FOLDER / "icon.svg"),
    layout="wide",
    initial_sidebar_state=220,
)
viewer = access.viewer()
if st.session_state.get("viewer", viewer) != viewer:
    st.session_state.clear()
st.session_state.viewer = viewer
allowed = access.pages_of(viewer, {*PAGES, *WITHOUT_MENU})
first = next((name for name in FIRST if name in allowed), FIRST[0])
pages = {
    name: st.Page(
        FOLDER / "app_pages" / f"{name}.py",
        title=title,
        icon=icon,
        default=name == first,
        visibility="visible" if name in allowed else "hidden",
    )
    for name, (title, icon) in PAGES.items()
}
pages |= {
    name: st.Page(FOLDER / "app_pages" / f"{name}.py", title=title, visibility="hidden")
    for name, title in WITHOUT_MENU.items()
}
page = st.navigation(list(pages.values()))
name = next(name for name, one in pages.items() if one is page)
is_allowed = name in allowed
if st.session_state.get("logged") != (name, is_allowed):
    st.session_state.logged = name, is_allowed
    access.log(viewer, audit.OPENED if is_allowed else audit.REFUSED, "page", name)
if not allowed:
    sign_in.page(viewer)
    st.stop()
sign_in.sidebar(viewer)
if not is_allowed:
    st.header("Not for you")
    st.text(NOT_FOR_YOU)
    st.stop()
try:
    if viewer.reads_names:
        st.session_state.view = frame.draw(
            data.current(data.warehouse()),
            st.session_state.get("view"),
            has_period=name != FIRST[0],
        )
    else:
        st.session_state.view = sponsor_view.given_to(viewer)
except (NoSnapshot, NoAggregates) as nothing:
    st.header("Nothing to show yet")
    if viewer.reads_names:
        st.text(str(nothing))
        st.code("vitals sync\nvitals import slack-export PATH --source slack", language="bash")
    st.stop()
page.run()
