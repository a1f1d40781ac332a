"""The dashboard in a real Chromium: every page at two widths and in both themes."""

import csv
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.support.dashboard import world as dashboard_world
from tests.support.dashboard.server import CHROMIUM, dashboard_server
from tests.support.dashboard.world import PAGES
from tests.support.worlds import NOW, World
from warehouse.query import Selection
from warehouse.snapshots import Snapshot

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 23, 29)"}
SILENT = ["--disable-background-networking", "--no-first-run"]
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", *SILENT]
HEADINGS = PAGES | {"event": dashboard_world.CHECKED}
EVERYTHING = "?period=all&grain=month"
CHECKED_EVENT = f"&event={quote(f'meetup:{dashboard_world.CHECKED.lower()}')}"
SETTLED = """() => document.querySelector('[data-testid=stApp]')
    ?.getAttribute('data-test-script-state') === 'notRunning'"""
HAS_BACKGROUND = """background => background ===
    getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"""
HOVERS = 150
MARK = ".js-plotly-plot .bars path"


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    with dashboard_server(published) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def sized(
    request: pytest.FixtureRequest, chromium: "playwright.Browser"
) -> Iterator["playwright.BrowserContext"]:
    with chromium.new_context(viewport=SIZES[request.param]) as context:
        yield context


@pytest.fixture
def page(chromium: "playwright.Browser") -> Iterator["playwright.Page"]:
    with chromium.new_context(viewport=SIZES["desktop"], accept_downloads=True) as context:
        yield context.new_page()


def visit(page: "playwright.Page", address: str, name: str, query: str = EVERYTHING) -> None:
    page.goto(f"{address}/{'' if name == 'today' else name}{query}")
    page.get_by_role("heading", name=HEADINGS[name]).wait_for()
    page.wait_for_function(SETTLED)


def press_mark(page: "playwright.Page", number: int) -> None:
    """Clicks in the middle of one mark of the first chart, as a hand does.

    A page that still moves takes the mark away from under the hand; the label says it is there.
    """
    page.locator(MARK).first.wait_for(state="attached")
    chart = page.locator(".js-plotly-plot").first
    mark = chart.locator(".bars path").nth(number)
    for _ in range(HOVERS):
        if chart.locator(".hoverlayer .hovertext").count():
            break
        mark.scroll_into_view_if_needed()
        box = mark.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=2)
        page.wait_for_timeout(200)
    page.mouse.down()
    page.mouse.up()


# On a phone a page is the soonest too wide; the tests below open most pages on a desktop.
@pytest.mark.parametrize(
    ("sized", "name"),
    [
        pytest.param(size, name, marks=[pytest.mark.long] if is_seen_below else [])
        for size in SIZES
        for name in HEADINGS
        for is_seen_below in [size == "desktop" and name not in ("people", "sponsors")]
    ],
    indirect=["sized"],
)
def test_every_page_opens(sized: "playwright.BrowserContext", address: str, name: str) -> None:
    page = sized.new_page()
    hosts: set[str | None] = set()
    faults: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("pageerror", lambda error: faults.append(str(error)))
    visit(page, address, name, EVERYTHING + CHECKED_EVENT * (name == "event"))
    if name == "event":
        page.locator(MARK).first.wait_for(state="attached")
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_text(dashboard_world.COMMUNITY, exact=True).is_visible()
    for theme, background in BACKGROUNDS.items():
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(HAS_BACKGROUND, arg=background)
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= page.viewport_size["width"]
    assert not faults
    assert hosts - {None, ""} == {"127.0.0.1"}
    page.close()


def test_a_click_on_a_mark_shows_the_people_and_records(
    page: "playwright.Page", address: str, community: Snapshot
) -> None:
    visit(page, address, "conversations", EVERYTHING + "&source=slack")
    press_mark(page, 0)
    page.get_by_text("Behind January 2024, source slack").wait_for()
    page.get_by_text("Records", exact=True).first.click()
    with page.expect_download() as download:
        page.locator("[class*=st-key][class*=Records]").get_by_role("button").click()
    with download.value.path().open(newline="") as file:
        records = list(csv.DictReader(file))
    selection = Selection(sources=("slack",))
    row = community.metric("first_response", selection).to_pylist()[0]
    expected = community.records("first_response", selection, row).to_pylist()
    assert [one["activity_id"] for one in records] == [one["activity_id"] for one in expected]
    assert "text" not in records[0]


def test_a_download_is_the_metric_and_no_formula(
    page: "playwright.Page", address: str, community: Snapshot
) -> None:
    visit(page, address, "conversations")
    waiting = page.get_by_test_id("stVerticalBlock").filter(has_text="still wait for an answer")
    with page.expect_download() as download:
        waiting.last.get_by_role("button", name="CSV").last.click()
    with download.value.path().open(newline="") as file:
        rows = list(csv.DictReader(file))
    expected = community.metric("unanswered").to_pylist()
    assert [row["activity_id"] for row in rows] == [row["activity_id"] for row in expected]
    assert {row["name"] for row in rows if "HYPERLINK" in row["name"]} == {
        "'" + dashboard_world.HOSTILE[2]
    }


def test_filters_live_in_the_url_and_go_along(page: "playwright.Page", address: str) -> None:
    visit(page, address, "overview", "?grain=century&period=26+weeks")
    page.get_by_role("radio", name="month").or_(page.get_by_text("month", exact=True)).first.click()
    page.wait_for_url("**grain=month**")
    page.get_by_role("link", name="Retention").first.click()
    page.get_by_role("heading", name=PAGES["retention"]).wait_for()
    page.wait_for_function(SETTLED)
    assert "grain=month" in page.url
    assert "period=26+weeks" in page.url
    assert "century" not in page.url
    page.reload()
    page.get_by_text("in the next month").wait_for()


def test_names_are_text_in_charts(page: "playwright.Page", address: str) -> None:
    visit(page, address, "data")
    labels = page.locator(".js-plotly-plot .ytick text")
    labels.filter(has_text=dashboard_world.CHANNEL).first.wait_for()


def test_a_click_on_an_event_leads_to_its_page(page: "playwright.Page", address: str) -> None:
    visit(page, address, "events")
    press_mark(page, 0)
    page.get_by_role("link", name="Open First round").click()
    page.get_by_role("heading", name="First round").wait_for()
    page.wait_for_function(SETTLED)
    assert "event=meetup" in page.url
    assert "grain=month" in page.url
    page.get_by_role("link", name="All events").click()
    page.get_by_role("heading", name=PAGES["events"]).wait_for()
    page.wait_for_function(SETTLED)
    assert "event=" not in page.url


def test_a_tab_of_yesterday_is_redrawn_by_a_click_on_a_card(
    page: "playwright.Page", tmp_path: Path
) -> None:
    before = dashboard_world.build(tmp_path)
    before.close()
    with dashboard_server(tmp_path / "vitals.duckdb") as address:
        visit(page, address, "conversations")
        newer = before.path.rename(before.path.with_stem("20240621T060000000000"))
        (newer.parent / "CURRENT").write_text(newer.name)
        with page.context.browser.new_context() as other:  # the server lets go of the old one
            visit(other.new_page(), address, "code")
        page.get_by_text("Table", exact=True).first.click()
        page.get_by_text("Newer data was published").wait_for()
        page.wait_for_function(SETTLED)
        assert page.get_by_test_id("stException").count() == 0


def test_what_one_manager_has_done_another_sees_as_done(
    page: "playwright.Page", tmp_path: Path
) -> None:
    world = World(covered_to=NOW)
    world.source("slack", last_success_at=NOW)
    for name in ("Ada", "Bo"):
        world.act(name, NOW, channel="help")
    world.snapshot(tmp_path).close()
    with dashboard_server(tmp_path / "vitals.duckdb") as address:
        visit(page, address, "today", "")
        page.get_by_text("2 newcomers wait for you.").wait_for()
        line = page.get_by_test_id("stHorizontalBlock").filter(has_text="ada wrote")
        line.first.get_by_role("button", name="Done").click()
        page.get_by_text("1 newcomer waits for you.").wait_for()
        with page.context.browser.new_context(viewport=SIZES["phone"]) as context:
            other = context.new_page()
            visit(other, address, "today", "")
            other.get_by_text("1 newcomer waits for you.").wait_for()
            assert other.get_by_text("ada wrote").count() == 0
            other.get_by_text("Show what is done or put off").click()
            other.get_by_role("button", name="Take back").click()
            other.get_by_text("2 newcomers wait for you.").wait_for()
        visit(page, address, "today", "")
        page.get_by_text("2 newcomers wait for you.").wait_for()
