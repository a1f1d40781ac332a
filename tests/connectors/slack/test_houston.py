"""A real community's export: every number equals a count in plain Python from the raw JSON."""

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.installations import Installation, every_metric
from tests.support.paths import SHARED
from tests.support.plain.reach import ExportWithReach as Export
from tests.support.samples import pairs
from warehouse.query import GRAINS, Selection, catalogue
from warehouse.snapshots import Snapshot

HOUSTON = SHARED / "data" / "slack_houston_datavis" / "export"
pytestmark = pytest.mark.skipif(not HOUSTON.is_dir(), reason=f"there is no {HOUSTON}")

ZONES = ["America/Chicago", "Asia/Kolkata"]
COUNTED = [name for name in catalogue() if hasattr(Export, name)]


@pytest.fixture(scope="module", params=ZONES)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    place = Installation(tmp_path_factory.mktemp("houston"), timezone=request.param)
    place.import_export(HOUSTON)
    return place


@pytest.fixture(scope="module")
def snapshot(place: Installation) -> Iterator[Snapshot]:
    snapshot = place.publish()
    yield snapshot
    snapshot.close()


@pytest.fixture(scope="module")
def export(place: Installation) -> Export:
    return Export(HOUSTON, place.settings.community.timezone)


def same(counted: Iterable[tuple[Any, ...]], told: list[tuple[Any, ...]]) -> None:
    """Equal row by row; floating point to nine digits."""
    for plain, row in zip(counted, told, strict=True):
        assert row == tuple(
            pytest.approx(v, rel=1e-9) if isinstance(v, float) else v for v in plain
        )


def told(snapshot: Snapshot, name: str, selection: Selection) -> list[tuple[Any, ...]]:
    table = snapshot.metric(name, selection)
    if name == "freshness":
        table = table.drop_columns(["last_success_at"])
    return [tuple(row.values()) for row in table.to_pylist()]


@pytest.mark.parametrize(("name", "grain"), pairs(COUNTED, GRAINS))
def test_metric_equals_the_plain_count(
    snapshot: Snapshot, export: Export, name: str, grain: str
) -> None:
    same(getattr(export, name)(grain), told(snapshot, name, Selection(grain=grain)))


@pytest.mark.parametrize("grain", ["week", "month"])
def test_unbounded_retention_equals_the_plain_count(
    snapshot: Snapshot, export: Export, grain: str
) -> None:
    selection = Selection(grain=grain, unbounded=True)
    same(export.retention(grain, unbounded=True), told(snapshot, "retention", selection))


def test_every_metric_of_the_contract_is_counted() -> None:
    # The dashboard's, beyond the contract.
    own = {"blind_spots", "coverage", "drifting", "intake", "sync_cost", "unanswered"}
    own |= {"moved_up", "newcomers_waiting"}
    own |= {"sponsorships"}  # there are none
    pages = {name: metric.page for name, metric in catalogue().items()}
    not_of_slack_alone = {name for name, page in pages.items() if page in ("code", "events")}
    assert {*COUNTED, *own, *not_of_slack_alone} == set(catalogue())


def test_the_account_of_the_rows_adds_up(place: Installation, export: Export) -> None:
    outcome = Installation(place.folder / "again").import_export(HOUSTON).outcome
    rows = [row for file in HOUSTON.glob("*/*.json") for row in json.loads(file.read_text())]
    assert outcome.read == len(rows) == outcome.taken + sum(outcome.left_out.values())
    assert outcome.taken == len(export.participations)
    for subtype in ("channel_join", "channel_purpose", "pinned_item"):
        assert outcome.left_out[subtype] == sum(row.get("subtype") == subtype for row in rows)


def test_the_names_of_day_files_say_nothing(tmp_path: Path, snapshot: Snapshot) -> None:
    """Day files are cut in the exporter's time zone: here all are one file of another year."""
    for folder in [f for f in HOUSTON.iterdir() if f.is_dir()]:
        rows = [
            row for file in sorted(folder.glob("*.json")) for row in json.loads(file.read_text())
        ]
        (tmp_path / "export" / folder.name).mkdir(parents=True)
        (tmp_path / "export" / folder.name / "2001-01-01.json").write_text(json.dumps(rows))
    for name in ("channels.json", "users.json"):
        shutil.copy(HOUSTON / name, tmp_path / "export" / name)
    place = Installation(tmp_path, timezone=snapshot.settings()["timezone"])
    place.import_export(tmp_path / "export")
    assert every_metric(place.publish()) == every_metric(snapshot)
