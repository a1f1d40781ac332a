"""The frame of every page: whose data, how fresh, and the filters, which live in the URL."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data, text
from dashboard.data import Row
from dashboard.view import View, period_start
from warehouse.query import GRAINS, Selection
from warehouse.snapshots import Snapshot

WEEKS = {"4 weeks": 4, "12 weeks": 12, "26 weeks": 26, "52 weeks": 52, "all": None}
DEFAULT_GRAIN = "week"
NEWER = ":material/update: Newer data was published, and this page shows it now."
QUIET = timedelta(days=7)


def draw(snapshot: Snapshot, before: View | None, *, has_period: bool = True) -> View:
    """Draws the frame and returns what the page shows; `before` is what it showed last.

    A page without a period keeps what was chosen on others, and lets nobody choose.
    """
    path = snapshot.path
    settings = snapshot.settings()
    zone = ZoneInfo(settings["timezone"])
    top = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )
    top.markdown(f"**{text.markdown(settings['community'])}**", width="content")
    kinds = {row["source"]: row["kind"] for row in snapshot.sources()}
    weeks, grain, sources = _filters(list(kinds), has_period)
    freshness = data.metric(path, "freshness", Selection(sources=sources)).to_pylist()
    as_of = f"Data as of {text.clock(snapshot.as_of.astimezone(zone))}"
    top.caption(" · ".join([as_of, *(_state(row, zone) for row in freshness)]), width="content")
    if before and before.path != path:
        st.caption(NEWER)
    times = [row["newest_activity_at"] for row in freshness if row["newest_activity_at"]]
    newest = max(times).replace(tzinfo=UTC).astimezone(zone).date() if times else None
    start = period_start(newest - timedelta(weeks=weeks), grain) if newest and weeks else None
    selection = Selection(grain=grain, start=start, sources=sources)
    is_dark = st.context.theme.type == "dark"
    return View(path, selection, tuple(freshness), kinds, zone, newest, is_dark)


def _filters(sources: list[str], has_period: bool) -> tuple[int | None, str, tuple[str, ...]]:
    """The chosen weeks, grain and sources; of a value in the URL that is no option the default."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        weeks = st.selectbox(
            "Period",
            list(WEEKS),
            index=list(WEEKS).index("12 weeks"),
            key="period",
            bind="query-params",
            width=140,
            disabled=not has_period,
        )
        grain = st.segmented_control(
            "By",
            GRAINS,
            default=DEFAULT_GRAIN,
            required=True,
            key="grain",
            bind="query-params",
            disabled=not has_period,
        )
        picked = st.pills(
            "Sources",
            sources,
            selection_mode="multi",
            default=sources,
            format_func=text.markdown,
            key="source",
            bind="query-params",
        )
    everything = not picked or len(picked) == len(sources)
    return WEEKS[weeks], grain or DEFAULT_GRAIN, () if everything else tuple(picked)


def _state(row: Row, zone: ZoneInfo) -> str:
    """A source's state in words: ok, stale or failed since when, waiting, or ended."""
    name = text.markdown(row["source"])
    if row["state"] == "waiting":
        return f":orange[:material/warning: {name} waits: nothing was ever read]"
    now, success_at = datetime.now(UTC), row["last_success_at"].replace(tzinfo=UTC)
    since = f"stale since {text.clock(success_at.astimezone(zone))}"
    if row["state"] == "failed":
        return f":orange[:material/warning: {name} failed, {since}]"
    if row["state"] == "stale":
        return f":orange[:material/warning: {name} is {since}]"
    newest = row["newest_activity_at"]
    is_old = newest is not None and now - newest.replace(tzinfo=UTC) >= QUIET
    # In an imported history the newest activity is long ago.
    said = f", newest from {text.day(newest)}" if is_old else ""
    if row["state"] == "ended":
        return f":gray[:material/history: {name} ended]{said}"
    return f":green[:material/check: {name} ok]{said}"
