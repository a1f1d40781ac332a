"""The sponsors' reports on a page: preview, download, issue, and whether what was issued holds."""

import tempfile
from datetime import date
from pathlib import Path

import streamlit as st

from dashboard import command, data, text
from dashboard.command import CommandFailed
from dashboard.data import Row
from dashboard.report import issued
from dashboard.report.forms import ENDINGS
from dashboard.report.issued import Issued
from dashboard.report.quarter import Quarter
from dashboard.report.restated import moved
from dashboard.view import View
from warehouse.aggregates import Aggregates, open_current

NOBODY = "The whole community"
PREVIEW_HEIGHT = 900
MADE = "Setting the report. This takes a moment."
FROZEN = "Issued on {day}, and frozen: this is the file that was issued."
HOLDS = "as issued"


def draw(view: View, sponsors: list[str]) -> None:
    """Draws one report that the reader chose, and what was issued."""
    aggregates = open_current(data.warehouse())
    try:
        periods = [row["period"] for row in aggregates.rows("reach")]
        if not periods:
            st.caption("There is nothing to report yet.")
            return
        if not command.can_write():
            st.caption("Reports are made where the configuration lies: vitals report --help")
            return
        _one(aggregates, list(reversed(periods)), sponsors)
        _issued(aggregates, view)
    finally:
        aggregates.close()


def _one(aggregates: Aggregates, periods: list[date], sponsors: list[str]) -> None:
    quarters = [Quarter(period.year, (period.month + 2) // 3) for period in periods]
    as_of = aggregates.as_of.date()
    over = next((place for place, one in enumerate(quarters) if one.end <= as_of), 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        quarter = st.selectbox("Quarter", quarters, index=over, width=160, key="report-quarter")
        sponsor = st.selectbox("For", [NOBODY, *sponsors], width=260, key="report-sponsor")
    sponsor = "" if sponsor == NOBODY else sponsor
    folder = issued.folder_of(data.warehouse())
    frozen = issued.find(folder, str(quarter), sponsor)
    if frozen:
        st.caption(FROZEN.format(day=text.day(frozen.issued_at.date())))
    try:
        _files(aggregates.id, folder, quarter, sponsor, frozen)
    except CommandFailed as failed:
        st.warning(text.markdown(str(failed)), icon=":material/warning:")


def _files(
    snapshot: str, folder: Path, quarter: Quarter, sponsor: str, frozen: Issued | None
) -> None:
    with st.spinner(MADE):
        if frozen:
            forms = {ending: issued.file(folder, frozen, ending) for ending in ENDINGS}
        else:
            forms = {ending: _made(snapshot, str(quarter), sponsor, ending) for ending in ENDINGS}
    name = f"reach-{quarter}{'-' + sponsor if sponsor else ''}"
    with st.container(horizontal=True):
        for ending, form in forms.items():
            st.download_button(
                ending.upper(), form, f"{name}.{ending}", key=f"report-{ending}", on_click="ignore"
            )
        if frozen is None and st.button("Issue and freeze", key="report-issue", type="primary"):
            with st.spinner(MADE):
                _command(quarter, sponsor, "csv", "--issue")
            st.rerun()
    st.iframe(forms["html"].decode(), height=PREVIEW_HEIGHT)


@st.cache_data(max_entries=40, show_spinner=False)
def _made(snapshot: str, quarter: str, sponsor: str, ending: str) -> bytes:
    """A form of a report over a snapshot that is not issued."""
    return _command(quarter, sponsor, ending)


def _command(quarter: Quarter | str, sponsor: str, ending: str, *options: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"report.{ending}"
        asked = ["report", "--quarter", str(quarter), "--out", str(out), *options]
        command.run([*asked, *(["--sponsor", sponsor] if sponsor else [])])
        return out.read_bytes()


def _issued(aggregates: Aggregates, view: View) -> None:
    folder = issued.folder_of(data.warehouse())
    reports = issued.issued(folder)
    if not reports:
        return
    st.subheader("What was issued")
    st.dataframe(
        [_line(aggregates, folder, one, view) for one in reports],
        hide_index=True,
        column_order=("report", "for", "issued", "today", "number"),
    )


def _line(aggregates: Aggregates, folder: Path, one: Issued, view: View) -> Row:
    others = len(moved(aggregates, issued.content(folder, one)))
    return {
        "report": one.title if one.is_of_event else one.subject,
        "for": one.sponsor or NOBODY,
        "issued": view.local(one.issued_at.replace(tzinfo=None)).date(),
        "today": f"{text.plural(others, 'number')} moved" if others else HOLDS,
        "number": one.id,
    }
