"""What is known of each source, in any state and with any holes, against a plain rule."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.plain.calendar import begin_of, local_date, next_of, utc_time
from tests.support.worlds import World
from warehouse.query import GRAINS, Selection, catalogue, metric_table

ASKED_AT = datetime(2024, 7, 20, 15)
STATES = ("ok", "stale", "failed", "waiting", "ended")
ALWAYS = datetime(1, 1, 1)
Stretch = tuple[datetime, datetime]


class Told(NamedTuple):
    """One source: its state, the stretches that were read of it, and when somebody took part.

    Of one that waits, acts were landed by a sync that failed.
    """

    state: str
    is_file: bool
    stretches: list[Stretch]
    acts: list[datetime]
    until: date | None


moments = st.datetimes(datetime(2024, 1, 1), datetime(2024, 7, 15)).map(
    lambda moment: moment.replace(minute=0, second=0, microsecond=0)
)
stretches = st.lists(
    st.tuples(moments, st.integers(1, 2000)).map(
        lambda pair: (pair[0], min(pair[0] + timedelta(hours=pair[1]), ASKED_AT))
    )
    | st.tuples(moments, st.just(ASKED_AT)),
    min_size=1,
    max_size=4,
)
told = st.builds(
    Told,
    st.sampled_from(STATES),
    st.booleans(),
    stretches,
    st.lists(moments, max_size=4),
    st.none() | st.dates(date(2024, 2, 1), date(2024, 8, 2)),
)
zones = st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York", "Asia/Tokyo"])


@settings(max_examples=100, deadline=None)
@given(st.lists(told, min_size=1, max_size=3), zones, st.sampled_from(GRAINS), st.booleans())
def test_completeness_and_the_ends_of_series_follow_a_plain_rule(
    sources: list[Told], zone: str, grain: str, is_one_chosen: bool
) -> None:
    named = {f"s{number}": source for number, source in enumerate(sources)}
    chosen = ("s0",) if is_one_chosen else tuple(named)
    selection = Selection(grain, sources=chosen if is_one_chosen else (), asked_at=ASKED_AT)
    with duckdb.connect() as con:
        make(named, zone).build(con)
        expected = plain([named[name] for name in chosen], ZoneInfo(zone), grain)
        for name in PARTICIPATION:
            found = metric_table(con, name, selection).to_pylist()
            is_complete = {row["period"]: row["is_complete"] for row in found}
            assert is_complete == expected, name
        activity = [row["active_members"] for row in ask(con, "active_members", selection)]
        assert None not in activity
        assert activity[:1] != [0]
        for name in OTHERS:
            rows = ask(con, name, selection)
            key = next(iter(catalogue()[name].columns))
            assert {row[key]: row["is_complete"] for row in rows}.items() <= expected.items(), name


# Of these every period has a row; others begin with the first of what they count.
PARTICIPATION = ("active_members", "lifecycle", "concentration", "levels", "level_flow")
# Cells and the month of `stickiness` are judged by more than their own period.
OTHERS = [
    name
    for name, metric in catalogue().items()
    if "is_complete" in metric.columns
    and next(iter(metric.columns)) in ("period", "cohort")
    and name not in (*PARTICIPATION, "retention", "stickiness")
]


def ask(con: duckdb.DuckDBPyConnection, name: str, selection: Selection) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = metric_table(con, name, selection).to_pylist()
    return rows


def make(sources: dict[str, Told], zone: str) -> World:
    world = World(timezone=zone)
    for name, source in sources.items():
        columns: dict[str, Any] = {"has_token": not source.is_file, "until": until_text(source)}
        if source.state == "waiting":
            world.source(name, covered_to=None, last_success_at=None, **columns)
            take_part(world, name, source)
            continue
        if source.is_file:
            columns["covered"] = [(str(begin), str(end)) for begin, end in source.stretches]
        else:
            begin, end = source.stretches[0]
            is_all = source.stretches[1:] == []
            columns |= {"covered_to": str(end), "covered_from": None if is_all else str(begin)}
        if source.state == "failed":
            columns["last_error"] = "429"
        world.source(name, **columns)
        take_part(world, name, source)
    return world


def take_part(world: World, name: str, source: Told) -> None:
    """Ada writes and opens issues in turn, and is at an event with the first of these acts."""
    for number, moment in enumerate(source.acts):
        world.act("Ada", str(moment), kind=("message", "issue")[number % 2], source=name)
    for moment in source.acts[:1]:
        event = world.event(f"Night {name}", str(moment), group=f"Group {name}", source=name)
        world.rsvp(event, "Ada", "yes", "attended")


def until_text(source: Told) -> str | None:
    return source.until.isoformat() if source.until and source.state == "ended" else None


def plain(sources: Sequence[Told], zone: ZoneInfo, grain: str) -> dict[date, bool]:
    """Whether each period is complete, from the first participation to the end of the data."""
    known = [source for source in sources if source.state != "waiting"]
    days = [local_date(act, zone) for source in sources for act in source.acts]
    if not days:
        return {}
    first = min(days)
    ends = [
        local_date(data_end(source, zone) - timedelta(microseconds=1), zone) for source in known
    ]
    last = max(days + ends)
    periods = {}
    period = begin_of(first, grain)
    while period <= last:
        after = next_of(period, grain)
        periods[period] = is_whole(known, utc_time(period, zone), utc_time(after, zone), zone)
        period = after
    return periods


def is_whole(sources: Sequence[Told], begin: datetime, end: datetime, zone: ZoneInfo) -> bool:
    if end > ASKED_AT:
        return False
    judged = 0
    for source in sources:
        until = until_text(source)
        stops = utc_time(date.fromisoformat(until), zone) if until else None
        if stops is None and source.is_file:
            stops = data_end(source, zone)
            needed = end
        else:
            needed = min(end, stops) if stops else end
        if stops is not None and begin >= stops:
            continue
        judged += 1
        if not holds(merged(read_of(source)), begin, needed):
            return False
    return judged > 0


def read_of(source: Told) -> list[Stretch]:
    if source.is_file:
        return source.stretches
    begin, end = source.stretches[0]
    return [(ALWAYS if source.stretches[1:] == [] else begin, end)]


def merged(stretches: list[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for begin, end in sorted(stretches):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def holds(stretches: list[Stretch], begin: datetime, end: datetime) -> bool:
    return any(first <= begin and end <= last for first, last in stretches)


def data_end(source: Told, zone: ZoneInfo) -> datetime:
    days = [utc_time(local_date(act, zone) + timedelta(days=1), zone) for act in source.acts]
    return min(max([end for _, end in read_of(source)] + days), ASKED_AT)
