"""Builds at ten million activities against a bare scan, and after one day of news against anew."""

import tempfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from statistics import median

import msgspec

from connectors.model import Page, Raw
from pipelines.settings import Settings
from pipelines.steps import build, open_warehouse
from tests.benchmarks.community import END, Community
from tests.benchmarks.measure import Row, compared, spent_on
from warehouse.build import build_marts
from warehouse.landing import land

TIMES_A_SCAN = 15
INCREMENTAL = 1 / 20
SCAN = "select count(*), count(distinct account_id) from facts.activities"


def rows(
    activities: int = 10_000_000, records: int = 500_000, repetitions: int = 3
) -> Iterator[Row]:
    """All marts against a scan, a day's marts against all, and both with normalising."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _marts(Path(folder), activities, repetitions)
    with tempfile.TemporaryDirectory() as folder:
        yield _from_records(Path(folder), records, repetitions)


def _marts(folder: Path, activities: int, repetitions: int) -> Iterator[Row]:
    settings = Community(activities).write_facts(folder)
    with open_warehouse(settings).marts() as con:
        [(newest,)] = con.execute("select max(date) from facts.activities").fetchall()
        scan, whole, day = (
            median(spent_on(work) for _ in range(repetitions))
            for work in (
                lambda: con.execute(SCAN).fetchall(),
                lambda: build_marts(con, None),
                lambda: build_marts(con, {newest}),
            )
        )
    what = f"all marts of {activities:,} activities, against count(*), count(distinct person)"
    yield compared(what, "{:.2f} s", whole, scan, at_most=TIMES_A_SCAN)
    what = "the marts alone of one changed day, against all of them"
    yield compared(what, "{:.2f} s", day, whole)


def _from_records(folder: Path, records: int, repetitions: int) -> Row:
    """The first build of what was landed, then builds that each find another day of news."""
    settings = Community(records, has_reactions=False).write_records(folder)
    anew = spent_on(lambda: build(settings))
    news = []
    for number in range(repetitions):
        _land_a_day(settings, records // 1000, number)
        news.append(spent_on(lambda: build(settings)))
    what = f"a build after one day of news, against one of {records:,} records anew"
    return compared(what, "{:.2f} s", median(news), anew, at_most=INCREMENTAL)


def _land_a_day(settings: Settings, messages: int, number: int) -> None:
    begin = int(END.replace(tzinfo=UTC).timestamp()) - 86_400
    raws = []
    for second in range(messages):
        ts = f"{begin + second}.{number:06}"
        message = {"ts": ts, "user": f"U{second % 40}"}
        raws.append(Raw(ts, msgspec.json.encode(message)))
    page = Page("messages", "C1", raws, begin * 1_000_000)
    with open_warehouse(settings).landing() as con:
        land(con, "slack", [page], "api")
