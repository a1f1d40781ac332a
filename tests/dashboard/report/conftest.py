"""A small community whose report can be checked by eye, and what reads a report's forms."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import openpyxl
import pdfplumber
import pytest

from dashboard.report.content import Report
from dashboard.report.quarter import quarter
from dashboard.report.quarterly import quarter_report
from tests.support.worlds import World
from warehouse.aggregates import Aggregates, open_current
from warehouse.snapshots import list_snapshots

THIRD_QUARTER = "2024-Q3"


class Published(NamedTuple):
    """A published world: where it lies, and its aggregates."""

    warehouse: Path
    aggregates: Aggregates

    def report(self, subject: str = THIRD_QUARTER, sponsor: str = "") -> Report:
        return quarter_report(self.aggregates, quarter(subject), sponsor)


Publish = Callable[[World], Published]


@pytest.fixture(scope="session")
def lagos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the world that no test has changed was published once."""
    folder = tmp_path_factory.mktemp("lagos")
    two_evenings().publish(folder)
    return folder


@pytest.fixture
def publish(tmp_path: Path, lagos: Path) -> Publish:
    """Publishes a world in this test's folder, after what was published there before."""

    def published(world: World) -> Published:
        path = tmp_path / "vitals.duckdb"
        if world.rows == two_evenings().rows and not list_snapshots(path):
            copytree(lagos, tmp_path, dirs_exist_ok=True)
        else:
            world.publish(tmp_path)
        return Published(path, open_current(path))

    return published


@pytest.fixture
def world() -> World:
    return two_evenings()


def two_evenings() -> World:
    """Two evenings in Lagos: Ada and Bo are checked in at the first, nobody at the second.

    Ada also writes on Slack, as she did in the spring, and Dee writes there alone. Groups of one
    may be seen.
    """
    world = World("Africa/Lagos", covered_to="2024-10-01 00:00")
    world.rows["settings"]["one"]["min_group_size"] = 1
    world.source("slack")
    world.source("meetup", "meetup")
    world.group("Lagos", country="NG")
    for name in ("Ada", "Dee"):
        world.account(name)
    world.act("Ada", "2024-05-02 10:00")
    world.act("Ada", "2024-08-02 10:00")
    world.act("Dee", "2024-08-03 10:00")
    evening = world.event("An evening", "2024-07-31 23:30", "Lagos")
    world.rsvp(evening, "Ada", "yes", "attended")
    world.rsvp(evening, "Bo", "yes", "attended")
    world.rsvp(evening, "Cem", "yes", "no_show")
    second = world.event("=1+1 Une soirée", "2024-09-10 18:00", "Lagos")
    world.rsvp(second, "Bo", "yes")
    world.decide("merge", "slack:ada", "meetup:ada")
    world.sponsorship("Acme", "2024-07-01", "2024-10-01", groups=["Lagos"], amount=250)
    return world


def cells_of_csv(form: bytes) -> dict[tuple[str, str, str], str]:
    """The value, or else the state, of every section, row and column."""
    return {
        (line["section"], line["row"], line["column"]): line["value"] or line["state"]
        for line in csv.DictReader(io.StringIO(form.decode()))
    }


def rows_of_xlsx(form: bytes) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every sheet, below its head."""
    book = openpyxl.load_workbook(io.BytesIO(form))
    return {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book}


def tables_of_html(form: bytes) -> list[list[list[str]]]:
    """The cells of every row of every table."""
    return [
        [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(<td.*?)</tr>", table)]
        for table in re.findall(r"<table>.*?</table>", form.decode(), re.S)
    ]


def text_of_pdf(form: bytes) -> list[str]:
    """The text of every page, blanks as one."""
    with pdfplumber.open(io.BytesIO(form)) as pdf:
        return [" ".join((page.extract_text() or "").split()) for page in pdf.pages]
