"""The frame of every page: whose data, how fresh, and the filters, which live in the URL."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data, text
from dashboard.data import Row
from dashboard.view import View, period_start
from warehouse.query import GRAINS, Selection

WEEKS = {"4 weeks": 4, "12 weeks": 12, "26 weeks": 26, "52 weeks": 52, "all": None}
DEFAULT_WEEKS = "12 weeks"
DEFAULT_GRAIN = "week"
OLD = timedelta(days=2)
QUIET = timedelta(days=7)


def draw() -> View:
    """Draws the frame and returns what the page shows. Raises NoSnapshot."""
    path = data.current_snapshot()
    snapshot = data.opened(path)
    settings = snapshot.settings()
    zone = ZoneInfo(settings["timezone"])
    top = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )
    top.markdown(f"**{text.markdown(settings['community'])}**", width="content")
    kinds = {row["source"]: row["kind"] for row in snapshot.sources()}
    weeks, grain, sources = _filters(list(kinds))
    freshness = data.metric(path, "freshness", Selection(sources=sources)).to_pylist()
    as_of = f"Data as of {text.clock(snapshot.as_of.astimezone(zone))}"
    top.caption(" · ".join([as_of, *(_state(row, zone) for row in freshness)]), width="content")
    newest = _newest(freshness, zone)
    start = None
    if newest and weeks:
        start = period_start(newest - timedelta(weeks=weeks), grain)
    return View(
        path=path,
        selection=Selection(grain=grain, start=start, sources=sources),
        freshness=tuple(freshness),
        kinds=kinds,
        zone=zone,
        newest=newest,
        is_dark=st.context.theme.type == "dark",
    )


def _filters(sources: list[str]) -> tuple[int | None, str, tuple[str, ...]]:
    """The chosen weeks, grain and sources; of a value in the URL that is no option the default."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        weeks = st.selectbox(
            "Period",
            list(WEEKS),
            index=list(WEEKS).index(DEFAULT_WEEKS),
            key="period",
            bind="query-params",
            width=140,
        )
        grain = st.segmented_control(
            "By",
            GRAINS,
            default=DEFAULT_GRAIN,
            required=True,
            key="grain",
            bind="query-params",
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


def _newest(freshness: list[Row], zone: ZoneInfo) -> date | None:
    times = [row["newest_activity_at"] for row in freshness if row["newest_activity_at"]]
    return max(times).replace(tzinfo=UTC).astimezone(zone).date() if times else None


def _state(row: Row, zone: ZoneInfo) -> str:
    """A source's freshness in words: ok, how old, stale since when, or nothing yet."""
    name = text.markdown(row["source"])
    if row["last_success_at"] is None:
        return f":orange[:material/warning: {name} has no data yet]"
    success_at = row["last_success_at"].replace(tzinfo=UTC)
    since = f"stale since {text.clock(success_at.astimezone(zone))}"
    if row["last_error"]:
        return f":orange[:material/warning: {name} failed, {since}]"
    if row["is_stale"]:
        return f":orange[:material/warning: {name} is {since}]"
    age = datetime.now(UTC) - success_at
    if age > OLD:
        return f":orange[:material/warning: {name} is {text.age(age)} old]"
    return f":green[:material/check: {name} ok]{_quiet(row['newest_activity_at'])}"


def _quiet(newest: datetime | None) -> str:
    """That a source's newest activity is long ago, as in an imported history."""
    if newest is None or datetime.now(UTC) - newest.replace(tzinfo=UTC) < QUIET:
        return ""
    return f", newest from {text.day(newest)}"
