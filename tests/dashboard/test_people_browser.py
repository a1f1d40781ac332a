"""The page People in a real Chromium: what waits is reviewed with the keyboard alone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashboard.access import CONFIG
from pipelines.people import decisions
from tests.support.dashboard.server import CHROMIUM, dashboard_server
from tests.support.installations import Installation
from tests.support.persons import deciding_place, robot_place

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
PHONE = {"width": 390, "height": 844}
# The script rests, and has rested for a second: a page that was just opened runs it twice.
SETTLED = """() => {
    const rests = document.querySelector('[data-testid=stApp]')
        ?.getAttribute('data-test-script-state') === 'notRunning';
    window.restsSince = rests ? window.restsSince || performance.now() : 0;
    return rests && performance.now() - window.restsSince > 1000;
}"""
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def phone(place: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator["playwright.Page"]:
    """A phone on the page People of a dashboard that may decide."""
    monkeypatch.setenv(CONFIG, str(place.config))
    with (
        dashboard_server(place.settings.warehouse_path) as address,
        playwright.sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport=PHONE)
        page.set_default_timeout(60_000)
        page.goto(f"{address}/people")
        page.get_by_text("Who is who?").wait_for()
        page.wait_for_function(SETTLED)
        yield page
        browser.close()


def fits(page: "playwright.Page") -> bool:
    """Nothing is wider than the phone."""
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    return int(wide) <= PHONE["width"]


def test_a_merge_is_reviewed_and_undone_with_the_keyboard_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = deciding_place(tmp_path)
    with phone(place, monkeypatch) as page:
        page.get_by_text("2 suggestions to review").wait_for()
        page.wait_for_function(SETTLED)
        page.keyboard.press("s")
        page.get_by_text(re.compile("^Persons: from 4 to 3$")).wait_for()
        assert fits(page)
        page.wait_for_function(SETTLED)
        assert not decisions.read(place.settings)
        page.keyboard.press("y")
        page.get_by_text("1 suggestion to review").wait_for()
        assert [one.what for one in decisions.read(place.settings)] == ["merge"]
        page.wait_for_function(SETTLED)
        page.keyboard.press("l")
        page.get_by_text("No suggestion waits for you").wait_for()
        page.wait_for_function(SETTLED)
        page.keyboard.press("u")
        page.get_by_text("1 suggestion to review").wait_for()
        assert decisions.read(place.settings)[0].is_undone


def test_a_robot_becomes_a_bot_and_a_person_with_the_keyboard_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = robot_place(tmp_path)
    question = "1 account acts like a bot: is this one?"
    with phone(place, monkeypatch) as page:
        page.get_by_text(question).wait_for()
        page.wait_for_function(SETTLED)
        assert fits(page)
        page.keyboard.press("b")
        page.get_by_text(re.compile("^Persons: from 1 to 0$")).wait_for()
        page.wait_for_function(SETTLED)
        page.get_by_role("link", name="at the top of the page").first.click()
        page.get_by_text("Leo Marsh (slack) is a bot?").wait_for()
        assert not decisions.read(place.settings)
        page.keyboard.press("y")
        page.get_by_text("Leo Marsh (slack) is a bot").wait_for()
        page.get_by_text(question).wait_for(state="detached")
        page.wait_for_function(SETTLED)
        page.keyboard.press("u")
        page.get_by_text(question).wait_for()
        page.wait_for_function(SETTLED)
        page.keyboard.press("o")
        page.get_by_text("Leo Marsh (slack) is not a bot").wait_for()
        page.get_by_text(question).wait_for(state="detached")
    made = [(one.what, one.is_undone) for one in decisions.read(place.settings)]
    assert made == [("bot", True), ("undo", False), ("not-bot", False)]
