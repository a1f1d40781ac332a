"""Several exports of one workspace: the newest counts, and each covers its own time."""

from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Context, SourceSettings
from connectors.slack.export import SlackExport
from connectors.timestamps import iso_microseconds
from tests.support.hand_made.slack import ADA, BO, GENERAL, SMALL, write_folder, write_zip
from tests.support.installations import Installation
from tests.support.samples import pairs

MAY_1 = 1_714_550_400


def ts(second: int) -> str:
    return f"{MAY_1 + second}.000100"


def row(second: int, **more: Any) -> dict[str, Any]:
    return {"type": "message", "ts": ts(second), "text": "…"} | more


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """A source for files alone."""
    return Installation(tmp_path / "place")


def quarter(month: int, users: list[Any], name: str, day: int = 5) -> dict[str, Any]:
    """An export of a month, with who was a member and how C1 was called at its end."""
    time = datetime(2024, month, day, tzinfo=UTC).timestamp()
    reaction = {"name": name, "users": ["U2"]}
    said = {"ts": f"{int(time)}.000100", "user": "U1", "text": "…", "reactions": []}
    return {
        "users.json": users,
        "channels.json": [GENERAL | {"name": name}],
        f"{name}/2024-{month:02}-{day:02}.json": [said],
        # The same old message stands in all of them, and its reactions are of the export's time.
        f"{name}/2023-12-01.json": [
            {
                "ts": "1701388800.000100",
                "user": "U1",
                "reactions": [reaction],
            }
        ],
    }


QUARTERS = {
    "jan": quarter(1, [ADA, BO], "first"),
    "apr": quarter(4, [ADA, BO | {"deleted": True, "updated": 1_712_000_000}], "second"),
    "aug": quarter(8, [ADA], "third"),
}


@pytest.fixture(scope="module")
def rows_of_quarters(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    folder = tmp_path_factory.mktemp("quarters")
    return rows_after(folder, [[write_zip(folder / f"{n}.zip", q)] for n, q in QUARTERS.items()])


def rows_after(folder: Path, imports: list[list[Path]]) -> list[tuple[Any, ...]]:
    place = Installation(folder / "place")
    for paths in imports:
        place.import_export(*paths)
    for paths in imports:
        again = place.import_export(*paths)
        assert (again.landed.new, again.landed.changed, again.landed.gone) == (0, 0, 0)
    first_seen = place.rows("select key, first_seen_at from raw.records where stream = 'members'")
    return [*place.raw(), *sorted(first_seen), *place.facts()["accounts"]]


@pytest.mark.parametrize(
    ("order", "form"),
    pairs(permutations(QUARTERS), ["one by one", "together", "in one folder", "zips in a folder"]),
)
def test_the_same_exports_in_any_order_give_the_same_rows(
    tmp_path: Path, rows_of_quarters: list[tuple[Any, ...]], order: tuple[str, ...], form: str
) -> None:
    if form in ("in one folder", "zips in a folder"):
        for number, name in enumerate(order):
            place = tmp_path / "all" / f"{number} {name}"
            if form == "in one folder":
                write_folder(place, QUARTERS[name])
            else:
                place.parent.mkdir(exist_ok=True)
                write_zip(place.with_suffix(".zip"), QUARTERS[name])
        imports = [[tmp_path / "all"]]
    else:
        paths = [write_zip(tmp_path / f"{name}.zip", QUARTERS[name]) for name in order]
        imports = [paths] if form == "together" else [[path] for path in paths]
    assert rows_after(tmp_path, imports) == rows_of_quarters


def test_the_newest_export_counts(rows_of_quarters: list[tuple[Any, ...]]) -> None:
    payloads = {row[3]: row[4] for row in rows_of_quarters if len(row) == 6 and row[1] != "replies"}
    assert '"third"' in payloads["C1"]
    assert '"deleted":true' in payloads["U2"], "the newest export is silent about Bo"
    assert '"third"' in payloads["1701388800.000100"]


def test_a_zip_that_is_no_export_is_passed_over_and_said(place: Installation) -> None:
    folder = write_folder(place.folder / "exports", {f"a/{n}": c for n, c in SMALL.items()})
    write_zip(folder / "holiday.zip", {"photo.txt": "…"})
    assert place.import_export(folder).outcome.taken == 1
    [warning] = place.warnings
    assert "holiday.zip: passed over" in warning


def test_a_channel_without_an_id_is_said_and_takes_that_of_another_export(
    place: Installation,
) -> None:
    nameless = {n: c for n, c in SMALL.items() if n != "channels.json"}
    alone = write_zip(place.folder / "alone.zip", nameless)
    listed = write_zip(place.folder / "listed.zip", SMALL | {"general/2024-05-01.json": []})
    place.import_export(alone, listed)
    assert {activity[4] for activity in place.facts()["activities"]} == {"slack:C1"}
    assert place.warnings == []
    other = Installation(place.folder / "other")
    other.import_export(alone)
    [warning] = other.warnings
    assert "no channels.json tells the id of general" in warning


@pytest.mark.parametrize(
    ("timezone", "begin"),
    [("UTC", "2024-05-01T00:00"), ("Africa/Lagos", "2024-04-30T23:00")],
)
def test_an_export_covers_its_first_day_to_its_newest_message(
    tmp_path: Path, timezone: str, begin: str
) -> None:
    """Each of several its own; private channels, absurd times and the years between cover none."""
    day = [row(86_400, user="U1"), {"ts": "95000000000.000100", "user": "U1"}, row(-MAY_1 + 9)]
    later = {name: content for name, content in SMALL.items() if not name.startswith("general")}
    later["general/2026-05-01.json"] = [{"ts": "1777640400.000100", "user": "U1"}]
    first = SMALL | {"general/2024-05-02.json": day, "D0ABCDEFGH/2020-01-01.json": [row(5)]}
    context = Context("slack", str, timezone=timezone)
    paths = [write_zip(tmp_path / "later.zip", later), write_zip(tmp_path / "first.zip", first)]
    reader = SlackExport(paths, context, SourceSettings(name="slack", kind="slack"))
    list(reader.pages())
    assert len(reader.covered) == 2
    covered_from, covered_to = reader.covered[0]
    assert covered_from == iso_microseconds(f"{begin}:00+00:00")
    assert covered_to == (MAY_1 + 86_400) * 1_000_000 + 101
    assert reader.covered[1][1] == 1_777_640_400_000_101


def test_an_export_of_members_alone_covers_nothing(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", {"users.json": [ADA | {"updated": MAY_1}]})
    reader = SlackExport([path], Context("slack", str), SourceSettings(name="slack", kind="slack"))
    assert any(page.records for page in reader.pages())
    assert reader.covered == []
