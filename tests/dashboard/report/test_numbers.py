"""All forms of a report say the same numbers, and these are the metrics' own."""

from datetime import date, datetime

import pytest

from dashboard.report.content import Column, Kind
from dashboard.report.forms import ENDINGS, Style, render
from dashboard.report.printed import Printed
from tests.dashboard.report.conftest import (
    Publish,
    cells_of_csv,
    rows_of_xlsx,
    tables_of_html,
    text_of_pdf,
)
from tests.support.worlds import World
from warehouse.query import Selection
from warehouse.snapshots import open_current

EVENINGS = ["An evening", "=1+1 Une soirée"]


def test_the_quarter_in_numbers(world: World, publish: Publish) -> None:
    [figures] = [one for one in publish(world).report().sections if one.name == "figures"]
    assert [tuple(row.values.values())[1:] for row in figures.rows] == [
        # label, this quarter, the quarter before, the year before, changes
        ("Members at the end of the quarter", 2, 1, None, 1.0, None),
        ("People reached", 4, 1, None, 3.0, None),
        ("People who took part", 3, 1, None, 2.0, None),
        ("People at events", 2, 0, None, None, None),
        ("Events", 2, 0, None, None, None),
        ("New people", 3, 1, None, 2.0, None),
        ("Countries", 1, 1, None, 0.0, None),
    ]


def test_every_number_is_the_metrics_own(world: World, publish: Publish) -> None:
    published = publish(world)
    report, snapshot = published.report(sponsor="Acme"), open_current(published.warehouse)
    for name, metric, keys in (
        ("growth", "reach", ("period",)),
        ("sources", "reach_by_source", ("source",)),
        ("places", "reach_places", ("region", "country")),
        ("sponsorships", "sponsorships", ()),
    ):
        section = report.section(name)
        assert section is not None
        found = snapshot.metric(metric, Selection("quarter")).to_pylist()
        shown = (date(2024, 4, 1), date(2024, 7, 1))[0 if name == "growth" else 1 :]
        rows = [row for row in found if row["period"] in shown]
        assert len(section.rows) == len(rows) > 0
        for row in section.rows:
            [own] = [one for one in rows if all(_text(one[key]) == row.values[key] for key in keys)]
            shared = [column.name for column in section.columns if column.name in own]
            assert {n: row.values[n] for n in shared} == {n: _text(own[n]) for n in shared}


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


def test_all_forms_say_the_same(world: World, publish: Publish) -> None:
    report = publish(world).report(sponsor="Acme")
    forms = {ending: render(report, ending, Style(locale="en_GB")) for ending in ENDINGS}
    printed = Printed(report, "en_GB")
    csv_cells, sheets = cells_of_csv(forms["csv"]), rows_of_xlsx(forms["xlsx"])
    pages = " ".join(text_of_pdf(forms["pdf"]))
    html = tables_of_html(forms["html"])
    assert len(html) == len(report.sections) == len(sheets) - 2  # what it is, and the method
    for number, (section, table) in enumerate(zip(report.sections, printed.tables, strict=True)):
        assert html[number] == table.rows
        sheet = list(sheets.values())[number + 1]
        for row, cells, line in zip(section.rows, table.rows, sheet, strict=False):
            for place, column in enumerate(section.columns):
                value = row.values[column.name]
                assert cells[place] in pages
                [in_csv] = [
                    text
                    for (name, of, what), text in csv_cells.items()
                    if (name, what) == (section.name, column.name) and of == _key(section, row)
                ]
                if isinstance(value, int | float):
                    assert float(in_csv) == value
                    assert line[place] == pytest.approx(value, rel=1e-15)
                elif value is None:
                    assert in_csv == "not known"


def _key(section: object, row: object) -> str:
    from dashboard.report.csv_file import row_name

    return row_name(section, row)  # type: ignore[arg-type]


def test_who_came_is_not_zero_where_nobody_was_checked_in(world: World, publish: Publish) -> None:
    report = publish(world).report()
    section = report.section("events")
    assert section is not None
    came = {row.values["title"]: row.values["attended"] for row in section.rows}
    assert came == {"An evening": 2, "=1+1 Une soirée": None}
    assert "At 1 event of 2 nobody was checked in." in " ".join(report.not_measured)
    assert "not known" in " ".join(text_of_pdf(render(report, "pdf", Style())))


def test_no_cell_is_a_formula(world: World, publish: Publish) -> None:
    report = publish(world).report()
    rows = rows_of_xlsx(render(report, "xlsx", Style()))["Events"]
    assert [row[0] for row in rows] == EVENINGS
    titles = [
        text
        for (section, _, column), text in cells_of_csv(render(report, "csv", Style())).items()
        if (section, column) == ("events", "title")
    ]
    assert titles == ["An evening", "'=1+1 Une soirée"]


def test_days_are_those_of_the_community(world: World, publish: Publish) -> None:
    """The first evening begins at half past midnight in Lagos."""
    html = render(publish(world).report(), "html", Style()).decode()
    assert "Aug 1, 2024" in html
    assert "Jul 31, 2024" not in html
    rows = rows_of_xlsx(render(publish(world).report(), "xlsx", Style()))["Events"]
    assert rows[0][1] == datetime(2024, 8, 1)


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("change", 0.0, "0%"),
        ("change", -0.0, "0%"),
        ("change", -0.003, "0%"),
        ("change", 0.003, "0%"),
        ("change", -0.02, "-2%"),
        ("change", 8.9, "+890%"),
        ("change", 9.0, "10-fold"),
        ("share", 0.0, "0%"),
        ("share", 0.003, "<1%"),
        ("share", 0.02, "2%"),
    ],
)
def test_small_numbers(world: World, publish: Publish, kind: Kind, value: float, read: str) -> None:
    assert Printed(publish(world).report(), "en").value(Column("", "", kind), value) == read


def test_sponsorships_of_the_same_events_are_not_added_up(world: World, publish: Publish) -> None:
    assert (
        "Your sponsorship: 2 confirmed attendees." in publish(world).report(sponsor="Acme").summary
    )
    world.sponsorship("Acme", "2024-07-01", "2024-10-01", groups=["Lagos"], currency="USD")
    summary = " ".join(publish(world).report(sponsor="Acme").summary)
    assert "You have 2 sponsorships in this quarter." in summary
    assert "confirmed" not in summary
