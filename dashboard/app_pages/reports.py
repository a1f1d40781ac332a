"""Reports: the issued reports of a sponsor's own sponsorships, to be downloaded."""

import streamlit as st

from dashboard import access, text
from dashboard.components import aggregates
from dashboard.report import issued
from dashboard.report.errors import ReportError
from dashboard.report.issued import Issued
from dashboard.sponsor_view import SponsorView

NONE_YET = "No report was issued for you yet."
UNREADABLE = "The reports cannot be read now. Ask who sent you here."


def draw(report: Issued) -> None:
    """One report with a button for each form of it."""
    with st.container(border=True):
        st.markdown(f"##### {text.markdown(report.title)}")
        on = text.day(report.issued_at.astimezone(look.zone).date())
        whom = text.markdown(report.sponsor)
        st.caption(f"{text.markdown(report.subject)} for {whom}, issued on {on}: {report.id}")
        with st.container(horizontal=True):
            for ending in sorted(report.hashes):
                button(report, ending)


def button(report: Issued, ending: str) -> None:
    """A button for exactly the issued file."""
    name = f"reach-{report.subject}-{report.sponsor}.{ending}"
    st.download_button(
        ending.upper(),
        access.download(name, lambda: issued.file(folder, report, ending)),
        name,
        key=f"{report.id}-{ending}",
        on_click="ignore",
        icon=":material/download:",
    )


given: SponsorView = st.session_state.view
look = aggregates.frame(given)
folder = issued.folder_of(access.warehouse())
st.header("Your reports")
try:
    own = [one for sponsor in given.sponsors for one in issued.issued(folder, sponsor)]
except ReportError:
    st.warning(UNREADABLE, icon=":material/warning:")
    st.stop()
for report in sorted(own, key=lambda one: one.issued_at, reverse=True):
    draw(report)
if not own:
    st.caption(NONE_YET)
