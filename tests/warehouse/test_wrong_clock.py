"""A clock that was wrong once: nothing later is hidden, and it is said."""

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from pipelines import steps
from pipelines.steps import Reporter
from tests.support.hand_made.slack import ADA, SMALL, write_folder
from tests.support.installations import Installation
from warehouse import publishing
from warehouse.landing import Run, end_load, write_run
from warehouse.publishing import KEPT_SNAPSHOTS
from warehouse.snapshots import current_path, list_snapshots

FUTURE, LONG_AGO = datetime(2099, 1, 1), datetime(2001, 1, 1)


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """A place whose only success so far was an import; it has a token, to be stale without one."""
    place = Installation(tmp_path / "place", base_url="http://127.0.0.1:9")
    place.import_export(write_folder(tmp_path / "export", SMALL))
    place.rows("delete from raw.runs")
    return place


def ran(place: Installation, at: datetime, error: str | None = None) -> None:
    with place.warehouse.landing() as con:
        write_run(con, Run("slack", "sync", at, at, covered_to=at, error=error))


def freshness(place: Installation) -> tuple[object, ...]:
    [row] = place.publish().metric("freshness").to_pylist()
    return row["last_success_at"], row["is_stale"], row["state"], row["last_error"]


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@pytest.mark.parametrize("wrong", [FUTURE, LONG_AGO], ids=["ahead", "behind"])
def test_a_failure_after_a_wrong_clock_is_shown(place: Installation, wrong: datetime) -> None:
    ran(place, wrong)
    ran(place, now(), error="the token is refused")
    success, is_stale, _, error = freshness(place)
    assert success == (None if wrong is FUTURE else LONG_AGO)
    assert (is_stale, error) == (True, "the token is refused")


def test_the_last_run_is_the_one_that_was_written_last(place: Installation) -> None:
    ran(place, now(), error="it was a fault of the network")
    ran(place, LONG_AGO)
    assert freshness(place) == (LONG_AGO, True, "stale", None)


def test_a_run_from_the_future_is_told_until_two_later_ones_succeeded(
    place: Installation,
) -> None:
    ran(place, FUTURE)
    success, is_stale, _, error = freshness(place)
    assert (success, is_stale) == (None, True)
    assert "2099-01-01 by a wrong clock" in str(error)
    for told in ([True], [True], []):
        warnings: list[str] = []
        steps.build(place.settings, Reporter(warn=warnings.append))
        assert [("ended on 2099-01-01 by a wrong clock" in line) for line in warnings] == told
        ran(place, now())
    assert freshness(place)[1:] == (False, "ok", None)


def publish_at(place: Installation, moment: datetime) -> Path:
    """Publish while the clock says so."""
    with patch.object(publishing, "datetime", wraps=datetime) as clock:
        clock.now.return_value = moment
        return publishing.publish(place.warehouse)


@pytest.mark.parametrize("wrong", [FUTURE, LONG_AGO], ids=["ahead", "behind"])
def test_a_snapshot_of_a_wrong_clock_takes_no_place(place: Installation, wrong: datetime) -> None:
    days = [datetime(2026, 1, day) for day in range(1, 9)]
    place.publish().close()
    list_snapshots(place.warehouse.path)[0].unlink()
    sound = [publish_at(place, day) for day in days[:3]]
    odd = publish_at(place, wrong)
    assert current_path(place.warehouse.path) == odd
    assert sound[-1] in list_snapshots(place.warehouse.path), "it may still be opened"
    sound.append(publish_at(place, days[3]))
    assert current_path(place.warehouse.path) == sound[-1], "the newer one is the current one"
    assert odd in list_snapshots(place.warehouse.path), "it may still be opened"
    sound += [publish_at(place, day) for day in days[4:7]]
    assert list_snapshots(place.warehouse.path) == sound[: -KEPT_SNAPSHOTS - 1 : -1]


def test_a_file_from_the_future_gives_way_to_a_newer_one(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place")
    old, new = ADA | {"updated": 1}, ADA | {"real_name": "Ada Lovelace"}
    place.import_export(write_folder(tmp_path / "old", SMALL | {"users.json": [old]}))
    future = "timestamp '2099-01-01'"
    place.rows(f"update raw.records set as_of = {future}, first_seen_at = {future}")
    place.import_export(write_folder(tmp_path / "new", SMALL | {"users.json": [new]}))
    [(payload,)] = place.rows("select payload from raw.records where key = 'U1'")
    assert "Lovelace" in payload


def test_what_the_platform_says_is_landed_by_its_clock_not_by_a_wrong_one(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place")
    said = datetime(2020, 5, 1, tzinfo=UTC)
    with place.warehouse.landing() as con:
        end_load(con, "slack", 1, 0, int(said.timestamp() * 1_000_000))
    [(landed_at,)] = place.rows("select landed_at from raw.loads")
    assert landed_at == datetime(2020, 5, 2), "a day later at most"
