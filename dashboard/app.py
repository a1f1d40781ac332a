"""Community Vitals: `vitals dashboard` runs this with VITALS_WAREHOUSE set."""

from pathlib import Path

import streamlit as st

from dashboard import data
from dashboard.components import frame
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
}
FIRST = "today"
FOLDER = Path(__file__).parent

st.set_page_config(
    page_title="Community Vitals",
    page_icon=str(FOLDER / "icon.svg"),
    layout="wide",
    initial_sidebar_state=220,
)
page = st.navigation(
    [
        st.Page(FOLDER / "app_pages" / f"{name}.py", title=title, icon=icon, default=name == FIRST)
        for name, (title, icon) in PAGES.items()
    ]
    + [
        st.Page(FOLDER / "app_pages" / f"{title.lower()}.py", title=title, visibility="hidden")
        for title in ("Event", "Member")
    ]
)
try:
    snapshot = data.current(data.warehouse())
except NoSnapshot as nothing:
    st.header("Nothing to show yet")
    st.text(str(nothing))
    st.code("vitals sync\nvitals import slack-export PATH --source slack", language="bash")
    st.stop()
st.session_state.view = frame.draw(
    snapshot, st.session_state.get("view"), has_period=page.title != PAGES[FIRST][0]
)
page.run()
