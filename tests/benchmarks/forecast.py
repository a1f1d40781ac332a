"""Backtest of the forecast: each checked-in event as it would have been forecast some days before.

Two communities, both made up: one whose groups differ in what their yes is worth and in how early
they say it, and so do the events of a group, where some answer in the last hours, some take their
yes back, some walk in; it is asked every 8 hours from 45 days before an event to its start. And the
sandbox's Meetup, synced day by day, so that a forecast knows what had been told by then alone.
"""

import math
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from pipelines.settings import Settings
from pipelines.steps import build, open_warehouse, sync_source
from tests.benchmarks.growth import configured
from tests.benchmarks.measure import Row, compared
from tests.support.worlds import World
from warehouse.query import EVERYTHING, metric_table

BEGINNING = datetime(2022, 1, 3, 18, tzinfo=UTC)
END = datetime(2025, 1, 1, tzinfo=UTC)
COVERAGE = 0.8
MOST_DAYS_BEFORE = 45
# With fewer, chance alone leads out of the bounds.
FEWEST_FORECASTS = 150
SANDBOX_END, WORLD_DAYS = date(2026, 6, 1), 500
# So long after an event its organisers note who came.
LATEST_MARK_DAYS = 25


@dataclass
class Forecast:
    """What was expected of one event some days before it, and what came of it."""

    yes: int
    expected: float
    low: int
    high: int
    at_average: float
    came: int = 0


def rows(
    groups: int = 20, seed: int = 7, members: int = 20_000, days: int = 40, hours_apart: int = 8
) -> Iterator[Row]:
    """Coverage of the interval, and the mean error against two simpler forecasts, of both."""
    with duckdb.connect() as con:
        _community(groups, random.Random(seed)).build(con)
        leads = [hours / 24 for hours in range(0, MOST_DAYS_BEFORE * 24 + 1, hours_apart)]
        yield from _at_all_leads({lead: list(_backtest(con, lead)) for lead in leads})
        yield from _errors("made-up events", list(_backtest(con, 1)))
    found = _synced(members, days)
    held = f"the interval of the forecast held {len(found)} events of the sandbox, a day before"
    yield compared(held, "{:.0%}", _covered(found), COVERAGE, at_least=0.9, at_most=1.15)
    yield from _errors("events of the sandbox", found)


def _at_all_leads(found: dict[float, list[Forecast]]) -> Iterator[Row]:
    most = max(len(forecasts) for forecasts in found.values())
    fewest = min(FEWEST_FORECASTS, most)
    covered = {lead: _covered(told) for lead, told in found.items() if len(told) >= fewest}
    for what, choose, bound in (
        ("least", min, {"at_least": 0.74 / COVERAGE}),
        ("most", max, {"at_most": 0.86 / COVERAGE}),
    ):
        lead = choose(covered, key=lambda lead: covered[lead])
        held = f"the interval held made-up events {what}, of {len(covered)} leads: {lead:.2f} days"
        yield compared(held, "{:.1%}", covered[lead], COVERAGE, **bound)


def _covered(found: list[Forecast]) -> float:
    return sum(f.low <= f.came <= f.high for f in found) / len(found)


def _errors(what: str, found: list[Forecast]) -> Iterator[Row]:
    ours = _mean_error([f.expected for f in found], found)
    for other_way, other in (
        ("that everyone comes who said yes", _mean_error([f.yes for f in found], found)),
        ("with the average rate until then", _mean_error([f.at_average for f in found], found)),
    ):
        error = f"mean error of the forecast of {what}, a day before, against one {other_way}"
        yield compared(error, "{:.2f} people", ours, other, at_most=1)


def _synced(members: int, days: int) -> list[Forecast]:
    """Forecasts by syncs at midnight, each of the events that begin on the day after the next."""
    world = make_world(members=members, days=WORLD_DAYS)
    options = Options(limits=False, platforms=("meetup",))
    told: dict[str, Forecast] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(world, options, in_process=False) as sandbox,
    ):
        settings = configured("meetup", sandbox.url, Path(folder))
        for day in range(days):
            midnight = datetime.combine(SANDBOX_END, time()) + timedelta(days=day)
            with _caught_up(settings) as con:
                told |= _told(con, midnight)
            sandbox.advance(days=1)
        sandbox.advance(days=LATEST_MARK_DAYS)
        with _caught_up(settings) as con:
            checked = _checked_in(con)
    found = {event["event_id"]: event["attended"] for event in checked}
    return [replace(told[event], came=found[event]) for event in told.keys() & found.keys()]


@contextmanager
def _caught_up(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    sync_source(settings, "meetup")
    build(settings)
    with open_warehouse(settings).marts() as con:
        yield con


def _told(con: duckdb.DuckDBPyConnection, midnight: datetime) -> dict[str, Forecast]:
    """By event what is told of it between one and two days before it begins."""
    checked = _checked_in(con)
    rate = sum(event["attended"] for event in checked) / sum(event["yes"] for event in checked)
    first, last = (midnight + timedelta(days=days) for days in (1, 2))
    return {
        event: forecast
        for event, starts_at, forecast in _forecasts(con, rate)
        if first <= starts_at < last
    }


def _checked_in(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    events = metric_table(con, "event_attendance", EVERYTHING).to_pylist()
    return [event for event in events if event["attendance_basis"] == "checked_in"]


def _forecasts(
    con: duckdb.DuckDBPyConnection, rate: float
) -> Iterator[tuple[str, datetime, Forecast]]:
    """Each event to come, when it begins, and its forecast; `rate` is how many came of a yes."""
    for row in metric_table(con, "attendance_forecast", EVERYTHING).to_pylist():
        if row["expected"] is not None:
            told = (row[name] for name in ("yes_now", "expected", "low", "high"))
            yield row["event_id"], row["starts_at"], Forecast(*told, row["yes_now"] * rate)


def _mean_error(expected: list[float], found: list[Forecast]) -> float:
    pairs = zip(expected, found, strict=True)
    return sum(abs(number - forecast.came) for number, forecast in pairs) / len(found)


def _backtest(con: duckdb.DuckDBPyConnection, lead_days: float) -> Iterator[Forecast]:
    """Forecasts of all checked-in events so many days before each, where there is one."""
    con.execute("set variable lead_days = ?::double", [lead_days])
    told = {event: forecast for event, _, forecast in _forecasts(con, 0)}
    came, said_yes = 0, 0
    for event in sorted(_checked_in(con), key=lambda event: event["starts_at"]):
        if forecast := told.get(event["event_id"]):
            at_average = forecast.yes * came / max(said_yes, 1)
            yield replace(forecast, at_average=at_average, came=event["attended"])
        came += event["attended"]
        said_yes += event["yes"]


def _community(groups: int, choice: random.Random) -> World:
    world = World(covered_to=f"{END:%Y-%m-%d %H:%M}")
    for number in range(groups):
        worth = choice.gauss(0.4, 0.5)
        size = choice.lognormvariate(3.3, 0.5)
        starts_at = BEGINNING + timedelta(days=choice.randrange(500), hours=number)
        every = timedelta(days=choice.choice([14, 28, 28, 60, 90]))
        pace = choice.choice([5, 10, 20])
        while starts_at < END:
            _event(world, f"Group {number}", starts_at, worth, size, pace, choice)
            starts_at += every
    return world


def _event(
    world: World,
    group: str,
    starts_at: datetime,
    worth: float,
    size: float,
    pace: float,
    choice: random.Random,
) -> None:
    """One event; a fifth of them is never checked in. Half answer 0.7 times `pace` days before."""
    event = world.event(f"{group} {starts_at:%Y%m%d}", f"{starts_at:%Y-%m-%d %H:%M}", group)
    is_checked_in = choice.random() < 0.8
    share = 1 / (1 + math.exp(-choice.gauss(worth, 0.35)))
    invited = max(4, round(size * choice.lognormvariate(0, 0.3)))
    for person in range(invited):
        name = f"Member{choice.randrange(400)}x{person}"
        days_before = choice.expovariate(1 / pace)
        told = {"rsvp_at": f"{starts_at - timedelta(days=days_before):%Y-%m-%d %H:%M}"}
        if choice.random() < 0.06:
            back = starts_at - timedelta(days=days_before * choice.random())
            until = f"{back:%Y-%m-%d %H:%M}"
            world.rsvp(event, name, "yes", superseded_at=until, **told)
            world.rsvp(event, name, "no", rsvp_at=until)
            continue
        comes = "attended" if choice.random() < share else "no_show"
        mark = comes if is_checked_in and choice.random() < 0.95 else None
        world.rsvp(event, name, "yes", mark, **told)
    for walk_in in range(round(choice.expovariate(1 / (0.06 * invited)))):
        if is_checked_in:
            name = None if choice.random() < 0.3 else f"Passerby{walk_in}"
            world.rsvp(event, name, "none", "attended")
