"""The sponsors' reports on a page: preview, download, issue, and whether what was issued holds."""

import tempfile
from datetime import date
from functools import partial
from pathlib import Path

import streamlit as st

from dashboard import access, command, data, text
from dashboard.command import CommandFailed
from dashboard.data import Row
from dashboard.report import issued
from dashboard.report.errors import ReportError
from dashboard.report.forms import ENDINGS
from dashboard.report.issued import Issued
from dashboard.report.quarter import Quarter
from dashboard.report.restated import moved
from dashboard.view import View
from warehouse.aggregates import Aggregates, NoAggregates, open_current

NOBODY = "The whole community"
PREVIEW_HEIGHT = 900
MADE = "Setting the report. This takes a moment."
FROZEN = "Issued on {day}, and frozen: this is the file that was issued."
HOLDS = "as issued"


def draw(view: View, sponsors: list[str]) -> None:
    """Draws one report that the reader chose, and what was issued."""
    if not command.is_possible():
        st.caption(
            "Managers make and issue reports here, or in a terminal:"
            " vitals report --quarter 2026-Q3 --out report.pdf"
        )
        return
    try:
        aggregates = open_current(data.warehouse())
    except NoAggregates as nothing:
        st.caption(text.markdown(text.sentence(str(nothing))))
        return
    try:
        periods = [row["period"] for row in aggregates.rows("reach")]
        if not periods:
            st.caption("There is nothing to report yet.")
            return
        _one(aggregates, periods, sponsors)
        _issued(aggregates, view)
    except ReportError as error:
        st.warning(text.markdown(str(error)), icon=":material/warning:")
    finally:
        aggregates.close()


def _one(aggregates: Aggregates, periods: list[date], sponsors: list[str]) -> None:
    """Draws the report of a quarter, of the last one that is over until another is chosen."""
    quarters = [Quarter.of(day) for day in reversed(periods)]
    as_of = aggregates.as_of.date()
    over = next((place for place, one in enumerate(quarters) if one.end <= as_of), 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        quarter = st.selectbox("Quarter", quarters, index=over, width=160, key="report-quarter")
        chosen = st.selectbox("For", [NOBODY, *sponsors], width=260, key="report-sponsor")
    sponsor = "" if chosen == NOBODY else chosen
    frozen = issued.find(issued.folder_of(data.warehouse()), str(quarter), sponsor)
    if frozen:
        st.caption(FROZEN.format(day=text.day(frozen.issued_at.date())))
    try:
        with st.spinner(MADE):
            page = _form(aggregates.id, quarter, sponsor, frozen, "html")
        _files(aggregates.id, quarter, sponsor, frozen)
    except CommandFailed as failed:
        st.warning(text.markdown(str(failed)), icon=":material/warning:")
        return
    st.iframe(page.decode(), height=PREVIEW_HEIGHT, alt="The report as a page")


def _files(snapshot: str, quarter: Quarter, sponsor: str, frozen: Issued | None) -> None:
    name = f"reach-{quarter}{'-' + sponsor if sponsor else ''}"
    with st.container(horizontal=True):
        for ending in ENDINGS:
            file_name = f"{name}.{ending}"
            st.download_button(
                ending.upper(),
                access.download(
                    file_name, partial(_form, snapshot, quarter, sponsor, frozen, ending)
                ),
                file_name,
                key=f"report-{ending}",
                on_click="ignore",
                icon=":material/download:",
            )
        if frozen is None and st.button("Issue and freeze", key="report-issue", type="primary"):
            with st.spinner(MADE):
                _command(str(quarter), sponsor, "csv", "--issue")
            st.rerun()


def _form(
    snapshot: str, quarter: Quarter, sponsor: str, frozen: Issued | None, ending: str
) -> bytes:
    """One form: what was issued, or as it would be over what is published."""
    if frozen:
        return issued.file(issued.folder_of(data.warehouse()), frozen, ending)
    return _made(snapshot, str(quarter), sponsor, ending)


@st.cache_data(max_entries=40, show_spinner=False)
def _made(snapshot: str, quarter: str, sponsor: str, ending: str) -> bytes:
    """A form of a report over a snapshot that is not issued."""
    return _command(quarter, sponsor, ending)


def _command(quarter: str, sponsor: str, ending: str, *options: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"report.{ending}"
        asked = ["report", "--quarter", quarter, "--out", str(out), *options]
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
