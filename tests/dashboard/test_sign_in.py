"""Signing in and out in a real Chromium, with a real OpenID provider on this machine."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.dashboard import aggregates, reports
from tests.support.dashboard import world as dashboard_world
from tests.support.dashboard.door import (
    IN_GROUP,
    MANAGER,
    ORGANISER,
    PEOPLE,
    SPONSOR,
    STRANGER,
    UNVERIFIED,
    Door,
    identity_provider,
)
from tests.support.dashboard.server import CHROMIUM

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
NUMBERS = [
    "People reached 120 up 22% on the quarter before",
    "Members 400",
    "Took part 80",
    "Came to events 30",
    "New people 21",
    "Countries not known",
]
FIRST_OF_MANAGERS = dashboard_world.PAGES["today"]
FIRST_OF_SPONSORS = "How many people does the community reach?"
SHOWN = "Is the community healthy, and what changed?"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    dashboard_world.build(folder).close()
    aggregates.write(folder)
    reports.write(folder)
    with identity_provider(PEOPLE) as provider:
        door = Door(folder, provider)
        door.configure()
        with door.served():
            yield door


@pytest.fixture(scope="module")
def chromium() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: "playwright.Browser") -> Iterator["playwright.Page"]:
    """A page of a browser that nobody has used."""
    with chromium.new_context(viewport=SIZES["desktop"], accept_downloads=True) as context:
        yield context.new_page()


def sign_in(page: "playwright.Page", door: Door, who: str, provider: str = "Staff") -> None:
    page.goto(door.address)
    page.get_by_role("button", name=f"Sign in with {provider}").click()
    page.get_by_role("button", name=who, exact=True).click()
    page.wait_for_url(f"{door.address}/**")


@pytest.mark.parametrize(
    ("who", "provider", "heading", "menu"),
    [
        (MANAGER, "Staff", FIRST_OF_MANAGERS, ["Today", "Overview", "People"]),
        (ORGANISER, "Partners", FIRST_OF_MANAGERS, ["Today", "Overview"]),
        (IN_GROUP, "Staff", FIRST_OF_MANAGERS, ["Today", "Overview"]),
        (SPONSOR, "Partners", FIRST_OF_SPONSORS, ["Reach", "Reports"]),
    ],
)
def test_somebody_who_is_listed_is_let_in(
    page: "playwright.Page", door: Door, who: str, provider: str, heading: str, menu: list[str]
) -> None:
    sign_in(page, door, who, provider)
    page.get_by_role("heading", name=heading).wait_for()
    links = page.get_by_test_id("stSidebarNavLink").all_inner_texts()
    names = [link.split("\n")[-1] for link in links]
    assert [name for name in ("Today", "Overview", "People", "Reach", "Reports") if name in names] \
        == menu  # fmt: skip
    assert len(names) == (2 if heading == FIRST_OF_SPONSORS else 10 + ("People" in menu))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{door.provider}/oauth2/end_session**")
    page.goto(door.address)
    page.get_by_role("heading", name="Sign in").wait_for()


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (STRANGER, "not on the list of this dashboard. Ask whoever gave you its address"),
        (UNVERIFIED, "does not say that your e-mail address is verified"),
    ],
)
def test_a_stranger_sees_one_sentence(
    page: "playwright.Page", door: Door, who: str, said: str
) -> None:
    sign_in(page, door, who)
    page.get_by_text(said).wait_for()
    shown = page.get_by_test_id("stApp").inner_text()
    for name in (*dashboard_world.HOSTILE, "Member", dashboard_world.COMMUNITY, "Overview"):
        assert name not in shown
    assert page.get_by_test_id("stSidebarNavLink").count() == 0


def test_a_page_by_its_address_is_refused_in_words(page: "playwright.Page", door: Door) -> None:
    sign_in(page, door, SPONSOR)
    page.get_by_role("heading", name=FIRST_OF_SPONSORS).wait_for()
    page.goto(f"{door.address}/people")
    page.get_by_text("This page is not for you").wait_for()
    assert (SPONSOR, "people") in door.refused()


@pytest.mark.parametrize("size", SIZES)
def test_the_reach_page_fits_and_says_what_is_not_shown(
    chromium: "playwright.Browser", door: Door, size: str
) -> None:
    with chromium.new_context(viewport=SIZES[size]) as context:
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        sign_in(page, door, SPONSOR)
        page.get_by_text("Not shown” stands for a group of fewer than 5 people").wait_for()
        assert page.get_by_text("120 people were reached in Q1 2024").is_visible()
        cards = page.locator("[class*=st-key-number-]")
        playwright.expect(cards).to_have_text(NUMBERS, use_inner_text=True)
        for card in cards.all():
            assert card.evaluate("card => card.scrollWidth <= card.clientWidth")
        assert page.get_by_text("1 row is not shown").is_visible()
        assert page.get_by_test_id("stException").count() == 0
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= SIZES[size]["width"]
        assert not faults


def test_what_is_downloaded_is_what_is_shown(page: "playwright.Page", door: Door) -> None:
    sign_in(page, door, SPONSOR)
    page.get_by_role("heading", name="Your sponsorships").wait_for()
    with page.expect_download() as waited:
        page.get_by_role("button", name="CSV").nth(4).click()
    text = Path(waited.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["Paid"], row["Checked in"], row["Not measured"]) for row in rows] == [
        ("€2,500.00", "31", "1"),
        ("€900.00", "not shown", "1"),
    ]
    page.get_by_role("link", name="Reports").click()
    page.get_by_role("heading", name="Reach for Acme").wait_for()
    with page.expect_download() as waited:
        page.get_by_role("button", name="PDF").click()
    assert Path(waited.value.path()).read_bytes() == reports.content("Acme")
    assert waited.value.suggested_filename == "reach-2024-Q1-Acme.pdf"


def test_a_manager_downloads_as_before(page: "playwright.Page", door: Door) -> None:
    sign_in(page, door, MANAGER)
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("heading", name=SHOWN).wait_for()
    with page.expect_download() as waited:
        page.get_by_role("button", name="CSV").first.click()
    assert Path(waited.value.path()).read_bytes()
