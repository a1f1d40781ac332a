"""A sponsor's report of a quarter, in all its forms, over very many events and sponsorships."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from dashboard.report.content import Report
from dashboard.report.forms import ENDINGS, Style, render
from dashboard.report.quarter import Quarter
from dashboard.report.quarterly import quarter_report
from tests.benchmarks.measure import Row, compared, spent_on
from tests.support.worlds import World
from warehouse.aggregates import Aggregates, open_current

QUARTER = Quarter(2026, 2)
QUARTERS = 40
DAYS = 91  # of a quarter, about
CHAPTERS = 100
PEOPLE, GUESTS = 400, 6
SPONSOR = "Acme"
SECONDS = 5
TIMES = 10


def rows(
    events: int = 10_000, sponsorships: int = 200, in_one_quarter: int = 2_000
) -> Iterator[Row]:
    """CPU seconds, of all cores: of events over ten years, and of a quarter that has them all."""
    with tempfile.TemporaryDirectory() as name:
        _spent(_published(Path(name) / "first", TIMES, 1, 1))  # It alone pays for the imports.
        long = _spent(_published(Path(name) / "long", events, sponsorships, QUARTERS))
        few, many = (
            _spent(_published(Path(name) / str(number), number, 1, 1))
            for number in (in_one_quarter // TIMES, in_one_quarter)
        )
    what = f"a report over {events:,} events and {sponsorships:,} sponsorships, in all its forms"
    yield Row(f"{what}: CPU seconds", f"{long:.1f} s", "", long, at_most=SECONDS)
    what = f"a report of a quarter with {in_one_quarter:,} events, against a tenth of them"
    yield compared(f"{what}: CPU seconds", "{:.1f} s", many, few, at_most=TIMES)


def _spent(aggregates: Aggregates) -> float:
    def make() -> list[bytes]:
        report: Report = quarter_report(aggregates, QUARTER, SPONSOR)
        return [render(report, ending, Style()) for ending in ENDINGS]

    return spent_on(make)


def _published(folder: Path, events: int, sponsorships: int, quarters: int) -> Aggregates:
    """The aggregates of chapters whose events lie evenly over the quarters up to QUARTER.

    At two events of three people are checked in.
    """
    folder.mkdir()
    world = World(covered_to=f"{QUARTER.end} 00:00")
    for chapter in range(CHAPTERS):
        world.group(f"Chapter {chapter}", country="NG")
    end = datetime.fromisoformat(QUARTER.end.isoformat())
    for number in range(events):
        at = end - timedelta(days=DAYS * quarters * (number + 1) / (events + 1))
        chapter = f"Chapter {number % CHAPTERS}"
        event = world.event(f"Evening {number} about data", f"{at:%Y-%m-%d %H:%M}", chapter)
        for guest in range(GUESTS):
            name = f"Person {(number * GUESTS + guest) % PEOPLE}"
            world.rsvp(event, name, "yes", "attended" if number % 3 else None)
    for number in range(sponsorships):
        groups = [f"Chapter {number % CHAPTERS}"]
        start, before = QUARTER.start.isoformat(), QUARTER.end.isoformat()
        world.sponsorship(SPONSOR, start, before, groups=groups, amount=1_000 + number)
    return open_current(world.publish(folder).path)
