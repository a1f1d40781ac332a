"""`vitals report`: writes, issues, lists and verifies, and says in one line what is wrong."""

import json
from pathlib import Path

import pytest

from tests.support.in_process import Vitals
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


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Ada wrote in the spring and in the summer of 2024; Acme pays for the summer."""
    place = Installation(tmp_path_factory.mktemp("published"), more=SPONSORS)
    world = World(covered_to="2024-10-01 00:00")
    world.rows["settings"]["one"]["min_group_size"] = 1
    world.act("Ada", "2024-05-02 10:00")
    world.act("Ada", "2024-08-02 10:00")
    world.sponsorship("Acme", "2024-07-01", "2024-10-01")
    world.publish(place.warehouse.path.parent)
    return place


@pytest.fixture
def place(tmp_path: Path, published: Installation) -> Installation:
    """A copy of it."""
    place = Installation(tmp_path / "place", more=SPONSORS)
    place.goes_on_from(published)
    return place


def listed(place: Installation, vitals: Vitals) -> list[tuple[str, str | None, int]]:
    """Subject, sponsor and moved of every issued report."""
    said = json.loads(vitals(place, "report", "list", "--format", "json"))
    return [(row["subject"], row["sponsor"], row["moved"]) for row in said]


@pytest.mark.parametrize(
    ("ending", "start"),
    [("pdf", b"%PDF"), ("html", b"<!doct"), ("xlsx", b"PK"), ("csv", b"report")],
)
def test_every_form(place: Installation, vitals: Vitals, ending: str, start: bytes) -> None:
    out = place.config.with_name(f"report.{ending}")
    vitals(place, "report", "--quarter", "2024-Q3", "--out", str(out))
    assert out.read_bytes().startswith(start)
    assert listed(place, vitals) == []
    assert "never issued" in vitals(place, "report", "verify", str(out), status=1)


def test_issued_once_and_for_all(place: Installation, vitals: Vitals) -> None:
    out, later = place.config.with_name("a.pdf"), place.config.with_name("b.pdf")
    asked = ("report", "--quarter", "2024-Q3", "--sponsor", "Acme", "--out")
    vitals(place, *asked, str(out), "--issue")
    assert "stays as it is" in vitals(place, *asked, str(later), "--issue")
    assert out.read_bytes() == later.read_bytes()
    assert listed(place, vitals) == [("2024-Q3", "Acme", 0)]
    assert "issued and unchanged" in vitals(place, "report", "verify", str(out))
    out.write_bytes(out.read_bytes() + b" ")
    assert "issued and altered" in vitals(place, "report", "verify", str(out), status=1)


def test_when_more_is_known(place: Installation, vitals: Vitals) -> None:
    out = place.config.with_name("a.csv")
    asked = ("report", "--quarter", "2024-Q3", "--out", str(out))
    vitals(place, *asked, "--issue")
    said = out.read_bytes()
    world = World(covered_to="2024-10-01 00:00")
    world.rows["settings"]["one"]["min_group_size"] = 1
    for name in ("Ada", "Bo"):
        world.act(name, "2024-08-02 10:00")
    world.publish(place.warehouse.path.parent)
    assert "of its numbers are others by now" in vitals(place, *asked)
    assert out.read_bytes() == said
    [(_, _, moved)] = listed(place, vitals)
    assert moved > 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--out", "a.pdf"), "name a quarter or an event"),
        (("--quarter", "2024-Q3", "--event", "x", "--out", "a.pdf"), "name a quarter or an event"),
        (("--quarter", "2024-Q3"), "name the file: --out report.pdf"),
        (
            ("--quarter", "summer", "--out", "a.pdf"),
            "'summer' is no quarter. Write one like 2026-Q3",
        ),
        (("--quarter", "2024-Q3", "--out", "a.doc"), "Use one of: .pdf, .html, .xlsx, .csv"),
        (("--quarter", "2024-Q3", "--out", "a.pdf", "--sponsor", "Beta"), "The sponsors are: Acme"),
        (("--event", "meetup:1", "--out", "a.pdf"), "there is no event 'meetup:1'"),
    ],
)
def test_called_wrongly(
    place: Installation, vitals: Vitals, words: tuple[str, ...], says: str
) -> None:
    assert says in vitals(place, "report", *words, status=2)
    assert not Path("a.pdf").exists()


def test_a_folder_that_is_not_there(place: Installation, vitals: Vitals) -> None:
    out = place.config.parent / "none" / "a.pdf"
    said = vitals(place, "report", "--quarter", "2024-Q3", "--out", str(out), status=1)
    assert "is not there. Make it first" in said


def test_nothing_is_published(tmp_path: Path, vitals: Vitals) -> None:
    place = Installation(tmp_path / "empty")
    said = vitals(place, "report", "--quarter", "2024-Q3", "--out", "a.pdf", status=1)
    assert "nothing is published" in said
