"""How long the dashboard's pages take to paint at ten thousand and at ten million activities."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from pipelines.steps import open_warehouse, publish_snapshot
from tests.benchmarks.community import Community
from tests.benchmarks.measure import Row, compared
from tests.support.dashboard.server import CHROMIUM, dashboard_server
from warehouse.build import build_marts

SAME = 1.5
AS_FAST = 1.2  # what a repetition alone moves it by
PAGES = ("today", "overview", "engagement", "retention", "conversations", "code")
WARM_UP = "?period=4+weeks"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAINTED = """() => {
    const state = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
    return state === 'notRunning' && document.querySelector('[data-testid=stHeading]')
        && !document.querySelector('[data-testid=stSkeleton]')
        && charts.every(chart => chart.querySelector('.main-svg'))
}"""


def rows(
    few: int = 10_000, many: int = 10_000_000, repetitions: int = 3, pages: Sequence[str] = PAGES
) -> Iterator[Row]:
    """Seconds from asking for a page to its last chart, which no reader has asked for yet."""
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        before = painted(_published(few, Path(small)), repetitions, pages)
        after = painted(_published(many, Path(large)), repetitions, pages)
    for page in pages:
        what = f"{page} painted at {many:,} activities, against {few:,}"
        yield compared(what, "{:.2f} s", after[page], before[page], at_most=SAME)
    if {"today", "overview"} <= set(pages):
        what = f"today painted at {many:,} activities, against overview"
        yield compared(what, "{:.2f} s", after["today"], after["overview"], at_most=AS_FAST)


def painted(warehouse: Path, repetitions: int, pages: Sequence[str]) -> dict[str, float]:
    """Median seconds by page, each time of a server that has asked for nothing yet."""
    seconds: dict[str, list[float]] = {page: [] for page in pages}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for _ in range(repetitions):
            with dashboard_server(warehouse) as address:
                for page, taken in _visit_all(browser, address, pages).items():
                    seconds[page].append(taken)
        browser.close()
    return {page: median(taken) for page, taken in seconds.items()}


def _published(activities: int, folder: Path) -> Path:
    settings = Community(activities).write_facts(folder)
    with open_warehouse(settings).marts() as con:
        build_marts(con, None)
    publish_snapshot(settings)
    return settings.warehouse_path


def _visit_all(browser: Browser, address: str, pages: Sequence[str]) -> dict[str, float]:
    """Seconds by page, once the browser has the scripts and the server its imports."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        for name in pages:
            _seconds_to_paint(page, f"{address}/{_path(name)}{WARM_UP}")
        return {name: _seconds_to_paint(page, f"{address}/{_path(name)}") for name in pages}


def _path(page: str) -> str:
    return "" if page == PAGES[0] else page


def _seconds_to_paint(page: Page, url: str) -> float:
    started = time.monotonic()
    page.goto(url)
    page.wait_for_function(PAINTED, timeout=120_000)
    return time.monotonic() - started
