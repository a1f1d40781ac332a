"""The frame of every page: whose data, how fresh, and the filters, which live in the URL."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import streamlit as st

from dashboard import data, words
from dashboard.data import Row
from warehouse.query import GRAINS, Selection

WEEKS = {"4 weeks": 4, "12 weeks": 12, "26 weeks": 26, "52 weeks": 52, "all": None}
DEFAULT_WEEKS = "12 weeks"
DEFAULT_GRAIN = "week"
OLD = timedelta(days=2)
QUIET = timedelta(days=7)


@dataclass(frozen=True)
class View:
    """What a page shows: one snapshot through the reader's filters."""

    path: Path
    selection: Selection
    freshness: tuple[Row, ...]
    kinds: dict[str, str]
    zone: ZoneInfo
    newest: date | None
    is_dark: bool = False

    @property
    def grain(self) -> str:
        return self.selection.grain

    @property
    def sources(self) -> list[str]:
        """The chosen sources."""
        return [row["source"] for row in self.freshness]

    @property
    def with_run_up(self) -> Selection:
        """The selection and the two periods before it, for changes against the period before."""
        start = self.selection.start
        return self.between(start and shift(start, self.grain, -2), None)

    def between(
        self, start: date | None, end: date | None, *, unbounded: bool = False
    ) -> Selection:
        """The chosen grain and sources over other days, `end` excluded."""
        return Selection(self.grain, start, end, self.selection.sources, unbounded)

    def schema(self, name: str) -> pa.Schema:
        """The columns of a metric's rows, which are not asked for."""
        return data.metric(self.path, name, self.selection, limit=0).schema

    def rows(
        self, name: str, selection: Selection | None = None, limit: int | None = None
    ) -> list[Row]:
        """The same as Python values, or the first of them."""
        table = data.metric(self.path, name, selection or self.selection, limit)
        rows: list[Row] = table.to_pylist()
        return rows

    def run_up_rows(self, name: str) -> list[Row]:
        """A metric's rows under the filters and of the two periods before them."""
        return self.rows(name, self.with_run_up)

    def chosen(self, rows: list[Row]) -> list[Row]:
        """Of rows by period, those under the filters: without what `run_up_rows` adds."""
        start = self.selection.start
        return [row for row in rows if start is None or row["period"] >= start]

    def period(self, first: date) -> str:
        """A period of the chosen grain in words."""
        return words.period(first, self.grain)

    def local(self, moment: datetime) -> datetime:
        """A UTC time of the snapshot in the community's time zone."""
        return moment.replace(tzinfo=UTC).astimezone(self.zone)


def shift(first: date, grain: str, periods: int) -> date:
    """The first day of the period that lies so many periods away."""
    if grain in ("day", "week"):
        return first + timedelta(days=periods * (7 if grain == "week" else 1))
    months = first.year * 12 + first.month - 1 + periods * (3 if grain == "quarter" else 1)
    return date(months // 12, months % 12 + 1, 1)


def period_start(day: date, grain: str) -> date:
    """The first day of the period that a day is in."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "day":
        return day
    month = day.month if grain == "month" else day.month - (day.month - 1) % 3
    return date(day.year, month, 1)


def draw() -> View:
    """Draws the frame and returns what the page shows. Raises NoSnapshot."""
    path = data.current_snapshot()
    snapshot = data.opened(path)
    settings = snapshot.settings()
    zone = ZoneInfo(settings["timezone"])
    top = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )
    top.markdown(f"**{words.markdown(settings['community'])}**", width="content")
    chosen = _filters([row["source"] for row in snapshot.sources()])
    freshness = data.metric(path, "freshness", Selection(sources=chosen.sources)).to_pylist()
    as_of = words.clock(snapshot.as_of.astimezone(zone))
    top.caption(
        " · ".join([f"Data as of {as_of}", *(_state(row, zone) for row in freshness)]),
        width="content",
    )
    newest = _newest(freshness, zone)
    return View(
        path=path,
        selection=_since(chosen, newest),
        freshness=tuple(freshness),
        kinds={row["source"]: row["kind"] for row in snapshot.sources()},
        zone=zone,
        newest=newest,
        is_dark=st.context.theme.type == "dark",
    )


@dataclass(frozen=True)
class _Chosen:
    weeks: int | None
    grain: str
    sources: tuple[str, ...]


def _filters(sources: list[str]) -> _Chosen:
    """The filter row. Bound to the URL; a value there that is no option falls back by itself."""
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
            format_func=words.markdown,
            key="source",
            bind="query-params",
        )
    everything = not picked or len(picked) == len(sources)
    return _Chosen(WEEKS[weeks], grain or DEFAULT_GRAIN, () if everything else tuple(picked))


def _since(chosen: _Chosen, newest: date | None) -> Selection:
    start = None
    if chosen.weeks and newest:
        start = period_start(newest - timedelta(weeks=chosen.weeks), chosen.grain)
    return Selection(grain=chosen.grain, start=start, sources=chosen.sources)


def _newest(freshness: list[Row], zone: ZoneInfo) -> date | None:
    times = [row["newest_activity_at"] for row in freshness if row["newest_activity_at"]]
    return max(times).replace(tzinfo=UTC).astimezone(zone).date() if times else None


def _state(row: Row, zone: ZoneInfo) -> str:
    """A source's freshness in words: ok, how old, stale since when, or nothing yet."""
    name = words.markdown(row["source"])
    if row["last_success_at"] is None:
        return f":orange[:material/warning: {name} has no data yet]"
    success_at = row["last_success_at"].replace(tzinfo=UTC)
    since = f"stale since {words.clock(success_at.astimezone(zone))}"
    if row["last_error"]:
        return f":orange[:material/warning: {name} failed, {since}]"
    if row["is_stale"]:
        return f":orange[:material/warning: {name} is {since}]"
    age = datetime.now(UTC) - success_at
    if age > OLD:
        return f":orange[:material/warning: {name} is {words.age(age)} old]"
    return f":green[:material/check: {name} ok]{_quiet(row['newest_activity_at'])}"


def _quiet(newest: datetime | None) -> str:
    """That a source's newest activity is long ago, as in an imported history."""
    if newest is None or datetime.now(UTC) - newest.replace(tzinfo=UTC) < QUIET:
        return ""
    return f", newest from {words.day(newest)}"
