"""The file that sponsors may read: its tables, and how it is published beside the snapshot."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.samples import some
from tests.support.worlds import World
from warehouse import aggregates, publishing
from warehouse.aggregates import Aggregates, NoAggregates, open_current
from warehouse.snapshots import current_path, list_snapshots


@pytest.fixture
def world() -> World:
    """Two events of Lagos in one quarter, one of them without check-ins, and talk on Slack."""
    world = World()
    world.rows["settings"]["one"]["min_group_size"] = 1
    for name in ("slack", "meetup"):
        world.source(name, name, covered_to="2024-07-01 00:00")
    world.group("Lagos", country="NG")
    first, second = (
        world.event(f"Evening {number}", f"2024-02-0{number} 18:00") for number in (1, 2)
    )
    for name in ("Ada", "Bo"):
        world.account(name, "meetup")
        world.join(name, "2024-01-05 10:00", "Lagos", "meetup")
        world.rsvp(first, name, "yes", "attended")
    world.rsvp(first, "Cem", "yes", "no_show")
    world.rsvp(second, "Ada", "yes")
    world.decide("merge", "slack:ada", "meetup:ada")
    world.act("Ada", "2024-02-03 10:00")
    world.act("Dee", "2024-02-04 10:00", kind="reaction")
    world.sponsorship("Acme", "2024-01-01", "2024-04-01", groups=["Lagos"], logo="acme.svg")
    return world


@contextmanager
def published(world: World, folder: Path) -> Iterator[Aggregates]:
    opened = open_current(world.publish(folder).path)
    yield opened
    opened.close()


def plain(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_what_metrics_do_not_have_by_quarter(world: World, tmp_path: Path) -> None:
    quarter = date(2024, 1, 1)
    with published(world, tmp_path) as found:
        assert plain(found.rows("overlap"), "period", "sources", "reached") == [
            (quarter, "meetup", 2),  # Bo and Cem
            (quarter, "meetup+slack", 1),  # Ada
            (quarter, "slack", 1),  # Dee
        ]
        columns = ("period", "source", "group", "events", "yes", "attendees", "unmeasured_events")
        assert plain(found.rows("chapters"), *columns, "audience") == [
            (quarter, "meetup", "Lagos", 2, 4, 2, 1, 2),
            (date(2024, 4, 1), "meetup", "Lagos", 0, 0, 0, 0, 2),
        ]


def test_events_and_sponsorships(world: World, tmp_path: Path) -> None:
    with published(world, tmp_path) as found:
        columns = ("event_id", "invited", "yes", "attended", "walk_ins", "first_timers", "followed")
        assert plain(found.rows("events"), "period", *columns) == [
            (date(2024, 1, 1), "meetup:evening 1", 2, 3, 2, 0, 2, 1),
            (date(2024, 1, 1), "meetup:evening 2", 2, 1, 1, None, 0, 1),
        ]
        columns = ("number", "sponsor", "period", "to_date", "confirmed_attendees", "reached")
        assert plain(found.rows("sponsorships"), *columns, "logo") == [
            (1, "Acme", date(2024, 1, 1), date(2024, 4, 1), 2, 3, "acme.svg")
        ]
        assert plain(found.rows("sponsored_events"), "number", "event_id") == [
            (1, "meetup:evening 1"),
            (1, "meetup:evening 2"),
        ]


def test_an_event_to_come_is_not_in_it(world: World, tmp_path: Path) -> None:
    world.event("Later", "2099-02-01 18:00", status="planned")
    with published(world, tmp_path) as found:
        assert len(found.rows("events")) == 2


def test_what_it_was_counted_from(world: World, tmp_path: Path) -> None:
    with published(world, tmp_path) as found:
        assert found.rows("basis") == [
            {"activities": 5, "check_ins": 3, "accounts": 5, "joined_accounts": 1, "forgotten": 0}
            | {"hidden": []}
        ]
        [community] = found.rows("community")
        assert (community["name"], community["min_group_size"]) == ("Made Up", 1)
        assert community["snapshot"] == found.id == current_path(tmp_path / "vitals.duckdb").stem
        assert community["published_at"] == found.as_of.replace(tzinfo=None)
        assert datetime.now(UTC) >= found.as_of
        assert plain(found.rows("sources"), "source", "kind") == [
            ("meetup", "meetup"),
            ("slack", "slack"),
        ]
        meant = {row["metric"]: row["title"] for row in found.rows("definitions")}
        assert meant["reach"] == "Reach"
        assert meant["overlap"] == "Reach on several sources"


def test_it_cannot_be_written_and_reaches_nothing_else(world: World, tmp_path: Path) -> None:
    with published(world, tmp_path) as found, found._con.cursor() as con:
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("create table more (a int)")
        with pytest.raises(duckdb.PermissionException):
            con.execute(f"attach '{current_path(tmp_path / 'vitals.duckdb')}'")
        with pytest.raises(NoAggregates, match="there is no table 'people' of aggregates"):
            found.rows("people")


def test_it_goes_together_with_its_snapshot(world: World, tmp_path: Path) -> None:
    for _ in range(publishing.KEPT_SNAPSHOTS + 1):
        warehouse = world.publish(tmp_path)
    kept = {path.name for path in list_snapshots(warehouse.path)}
    assert len(kept) == publishing.KEPT_SNAPSHOTS
    folder = aggregates.aggregates_folder(warehouse.path)
    assert {path.name for path in folder.iterdir()} == kept | {"CURRENT"}


def test_the_aggregates_of_before_somebody_was_forgotten_are_gone(
    world: World, tmp_path: Path
) -> None:
    world.publish(tmp_path)
    world.forget("slack:dee")
    warehouse = world.publish(tmp_path)
    [kept] = aggregates.aggregates_folder(warehouse.path).glob("*.duckdb")
    assert kept == aggregates.current(warehouse.path)


@pytest.mark.parametrize("point", some([4, 2, 1, 3], 2))
def test_killed_in_between_both_pointers_name_complete_files(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: int
) -> None:
    """It stops before the n-th file takes its place, as if it were killed there: four do."""
    warehouse = world.publish(tmp_path)
    before = current_path(warehouse.path).name
    moves = 0

    class Killed(BaseException):
        pass

    def stop(path: Path, draft: Path) -> None:
        nonlocal moves
        moves += 1
        if moves == point:
            raise Killed
        replace(path, draft)

    replace = publishing.replace
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "replace", stop)
        patched.setattr(publishing, "_remove_drafts", lambda *_: None)
        with pytest.raises(Killed):
            publishing.publish(warehouse)
    names = [current_path(warehouse.path).name, aggregates.current(warehouse.path).name]
    assert [name == before for name in names] == [point < 4, True]
    open_current(warehouse.path).close()
    publishing.publish(warehouse)
    assert current_path(warehouse.path).name == aggregates.current(warehouse.path).name
    left = {path.name for path in aggregates.aggregates_folder(warehouse.path).iterdir()}
    assert left == {path.name for path in list_snapshots(warehouse.path)} | {"CURRENT"}


@pytest.mark.parametrize(
    ("files", "advice"),
    [
        ({}, "run `vitals build` first"),
        ({"CURRENT": "1.duckdb"}, "run `vitals build`"),
        ({"CURRENT": "1.duckdb", "1.duckdb": "no database"}, "run `vitals build`"),
    ],
    ids=["nothing published", "pointer to nothing", "broken file"],
)
def test_it_says_what_to_do(tmp_path: Path, files: dict[str, str], advice: str) -> None:
    (tmp_path / "aggregates").mkdir()
    for name, text in files.items():
        (tmp_path / "aggregates" / name).write_text(text)
    with pytest.raises(NoAggregates, match=advice):
        open_current(tmp_path / "vitals.duckdb")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("update written_by set layout = 99", "layout 99"),
        ("drop table reach", "older version"),
        ("alter table reach drop column hidden", "older version"),
        ("drop table written_by; drop table community", "is no file of aggregates"),
    ],
)
def test_files_of_other_layouts_are_refused(
    world: World, tmp_path: Path, change: str, message: str
) -> None:
    path = aggregates.current(world.publish(tmp_path).path)
    with duckdb.connect(str(path)) as con:
        con.execute(change)
    with pytest.raises(NoAggregates, match=message):
        open_current(tmp_path / "vitals.duckdb")
