"""The page Sponsors: a manager looks at a report, issues it, and sees whether it still holds."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import CONFIG
from dashboard.report import issued
from tests.support.dashboard.world import Open, texts
from tests.support.installations import Installation
from tests.support.worlds import World

SPONSORS = """
[[sponsorships]]
sponsor = "Acme"
from = 2024-07-01
to = 2024-10-01
amount = 100
currency = "EUR"
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Ada and Bo wrote in the summer of 2024, which is over; Acme pays for it."""
    place = Installation(tmp_path / "place", more=SPONSORS)
    monkeypatch.setenv(CONFIG, str(place.config))
    world().publish(place.warehouse.path.parent)
    return place


def world() -> World:
    world = World(covered_to="2024-10-01 00:00")
    world.rows["settings"]["one"]["min_group_size"] = 1
    for name in ("Ada", "Bo"):
        world.act(name, "2024-08-02 10:00")
    world.sponsorship("Acme", "2024-07-01", "2024-10-01")
    return world


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_report_is_looked_at_and_issued(place: Installation, open_page: Open) -> None:
    app = open_page("sponsors", place.warehouse.path)
    assert "Issue and freeze" in buttons(app)
    assert "What was issued" not in texts(app)
    app.selectbox(key="report-sponsor").select("Acme").run()
    app.button(key="report-issue").click().run()
    assert not app.exception
    assert "Issue and freeze" not in buttons(app)
    assert "and frozen: this is the file that was issued." in texts(app)
    [table] = [found.value for found in app.dataframe if "number" in found.value.columns]
    assert table[["report", "for", "today"]].values.tolist() == [["2024-Q3", "Acme", "as issued"]]
    [one] = issued.issued(issued.folder_of(place.warehouse.path))
    assert (one.subject, one.sponsor) == ("2024-Q3", "Acme")


def test_what_was_issued_and_is_others_by_now(place: Installation, open_page: Open) -> None:
    app = open_page("sponsors", place.warehouse.path)
    app.button(key="report-issue").click().run()
    more = world()
    more.act("Cem", "2024-08-03 10:00")
    more.publish(place.warehouse.path.parent)
    app = open_page("sponsors", place.warehouse.path)
    [table] = [found.value for found in app.dataframe if "number" in found.value.columns]
    [said] = table["today"].tolist()
    assert said.endswith("numbers moved")


def test_without_a_configuration_nothing_is_made(
    place: Installation, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CONFIG)
    app = open_page("sponsors", place.warehouse.path)
    assert "vitals report --quarter 2026-Q3 --out report.pdf" in texts(app)
    assert buttons(app).count("Issue and freeze") == 0


def test_a_snapshot_without_aggregates_says_what_to_do(
    place: Installation, open_page: Open
) -> None:
    """As after an update, before the next build."""
    for file in place.warehouse.path.with_name("aggregates").iterdir():
        file.unlink()
    app = open_page("sponsors", place.warehouse.path)
    assert "vitals build" in texts(app)
