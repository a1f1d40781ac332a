"""What is known of each source, in any state and with any holes, against a plain rule."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.plain.calendar import begin_of, local_date, next_of, utc_time
from tests.support.samples import some
from tests.support.worlds import World
from warehouse.query import GRAINS, Selection, catalogue, metric_table

ASKED_AT = datetime(2024, 7, 20, 15)
STATES = ("ok", "stale", "failed", "waiting", "ended")
ALWAYS = datetime(1, 1, 1)
Stretch = tuple[datetime, datetime]


class Told(NamedTuple):
    """One source: its state, the stretches that were read of it, and when somebody took part.

    Of one with a token the first stretch is a sync's, which may see all since ever, and the others
    are of files. Of one that waits, acts were landed by a sync that failed.
    """

    state: str
    is_file: bool
    sees_all: bool
    stretches: list[Stretch]
    acts: list[datetime]
    until: date | None = None


def moments_in(zone: ZoneInfo) -> st.SearchStrategy[datetime]:
    """Full hours, and beginnings of days and months, where an error by a moment shows."""
    first, last = date(2024, 1, 1), date(2024, 7, 15)
    days = st.dates(first, last) | st.sampled_from([date(2024, month, 1) for month in range(1, 8)])
    hours = st.tuples(st.dates(first, last), st.integers(0, 23)).map(
        lambda pair: datetime.combine(pair[0], time(pair[1]))
    )
    return hours | days.map(lambda day: utc_time(day, zone))


def told_in(zone: ZoneInfo) -> st.SearchStrategy[Told]:
    untils = st.none() | st.dates(date(2024, 2, 1), date(2024, 8, 2))
    return untils.flatmap(lambda until: told_until(until, zone))


def told_until(until: date | None, zone: ZoneInfo) -> st.SearchStrategy[Told]:
    newest = min(utc_time(until, zone), ASKED_AT) if until else ASKED_AT
    ends = moments_in(zone) | st.sampled_from([newest, ASKED_AT])
    stretches = st.tuples(moments_in(zone), ends).filter(lambda pair: pair[0] < pair[1])
    return st.builds(
        Told,
        st.sampled_from(STATES),
        st.booleans(),
        st.booleans(),
        st.lists(stretches, min_size=1, max_size=4),
        st.lists(moments_in(zone), max_size=4),
        st.just(until),
    )


zones = st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York", "Asia/Tokyo"]).map(ZoneInfo)
communities = zones.flatmap(
    lambda zone: st.tuples(st.just(zone), st.lists(told_in(zone), min_size=1, max_size=3))
)

# Of these every period has a row; others begin with the first of what they count.
PARTICIPATION = ("active_members", "lifecycle", "concentration", "levels", "level_flow")
# Cells and the month of `stickiness` are judged by more than their own period; `moved_up` lists
# people, and has no row where nobody moved.
BY_PERIOD = [
    name
    for name, metric in catalogue().items()
    if "is_complete" in metric.columns
    and next(iter(metric.columns)) in ("period", "cohort")
    and name not in ("retention", "stickiness", "moved_up")
]


# Building a community costs as much as ten questions: few are built, and each is asked much.
@pytest.mark.parametrize("examples", some([10, 50], 1))
def test_completeness_and_the_ends_of_series_follow_a_plain_rule(examples: int) -> None:
    names = st.sets(st.sampled_from(BY_PERIOD), min_size=4, max_size=4)
    settings(max_examples=examples, deadline=None)(given(communities, names)(check_community))()


def check_community(community: tuple[ZoneInfo, list[Told]], names: set[str]) -> None:
    zone, sources = community
    named = {f"s{number}": source for number, source in enumerate(sources)}
    with duckdb.connect() as con:
        make(named, zone.key).build(con)
        for grain, name in zip(GRAINS, sorted(names), strict=True):
            everything = Selection(grain, asked_at=ASKED_AT)
            own_grain = catalogue()[name].grain or grain
            check(name, ask(con, name, everything), plain(sources, zone, own_grain))
            rows = ask(con, "active_members", everything)
            check("active_members", rows, plain(sources, zone, grain))
            activity = [row["active_members"] for row in rows]
            assert None not in activity
            assert activity[:1] != [0]
            one = Selection(grain, sources=("s0",), asked_at=ASKED_AT)
            expected = plain(sources[:1], zone, grain)
            check("active_members", ask(con, "active_members", one), expected)


@pytest.mark.parametrize("grain", GRAINS)
def test_every_number_by_period_follows_it(grain: str) -> None:
    zone = ZoneInfo("Asia/Tokyo")  # where the day before ASKED_AT has just ended
    january, march, june = (utc_time(date(2024, month, 1), zone) for month in (1, 3, 6))
    sources = [
        Told("ok", False, True, [(january, ASKED_AT)], [january, june]),
        Told("ok", False, False, [(march, ASKED_AT), (january, datetime(2024, 2, 10))], [march]),
        Told("ended", True, False, [(january, march), (datetime(2024, 3, 9), june)], [march]),
        Told(
            "ended", False, True, [(january, datetime(2024, 5, 23))], [january], date(2024, 5, 22)
        ),
        Told("waiting", False, False, [(january, march)], [january]),
    ]
    with duckdb.connect() as con:
        make({f"s{number}": source for number, source in enumerate(sources)}, zone.key).build(con)
        expected = plain(sources, zone, grain)
        assert set(expected.values()) == ({False} if grain == "quarter" else {True, False})
        for name in BY_PERIOD:
            rows = ask(con, name, Selection(grain, asked_at=ASKED_AT))
            assert rows, name
            check(name, rows, plain(sources, zone, catalogue()[name].grain or grain))


def check(name: str, rows: list[dict[str, Any]], expected: dict[date, bool]) -> None:
    key = next(iter(catalogue()[name].columns))
    is_complete = {row[key]: row["is_complete"] for row in rows}
    if name in PARTICIPATION:
        assert is_complete == expected, name
    else:
        assert is_complete.items() <= expected.items(), name


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
        files = source.stretches
        if not source.is_file:
            (begin, end), *files = source.stretches
            columns["covered_from"] = None if source.sees_all else str(begin)
            columns["covered_to"] = str(end)
        if files:
            columns["covered"] = [(str(begin), str(end)) for begin, end in files]
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
    (begin, end), *files = source.stretches
    return [(ALWAYS if source.sees_all else begin, end), *files]


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
