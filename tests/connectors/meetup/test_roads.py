"""Meetup's files and its API tell of the same chapters: both roads count nothing twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.meetup.sandbox.files import write_archive, write_downloads
from connectors.meetup.sandbox.world import MeetupWorld
from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from pipelines.imports import import_files
from tests.support.places import Place
from warehouse.snapshots import Snapshot

SAME = ("event_attendance", "event_trend", "repeat_attendance", "members", "active_members")


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=60, days=120)


@pytest.fixture(scope="module")
def sandbox(world: World) -> Iterator[Running]:
    with serve(world, Options(limits=False, platforms=("meetup",))) as running:
        yield running


@pytest.fixture(scope="module")
def synced(sandbox: Running, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    place = Place(tmp_path_factory.mktemp("synced"), sandbox, kind="meetup")
    place.sync()
    return place.publish()


@pytest.fixture(scope="module")
def files(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    meetup = MeetupWorld(world)
    write_downloads(meetup, folder / "lists", now=world.end)
    write_archive(meetup, folder / "archive", now=world.end)
    return folder


def bring_in(place: Place, files: Path) -> None:
    members = sorted((files / "lists").glob("*/members*"))
    attendees = sorted((files / "lists").glob("*/attendees*"))
    for path in members:
        import_files(place.settings, "meetup-members", [path], "meetup")
    import_files(place.settings, "meetup-attendees", attendees, "meetup")
    import_files(place.settings, "meetup-archive", [files / "archive"], "meetup")


@pytest.mark.parametrize("files_first", [True, False])
def test_both_roads_count_nothing_twice(
    files_first: bool, sandbox: Running, synced: Snapshot, files: Path, tmp_path: Path
) -> None:
    place = Place(tmp_path, sandbox, kind="meetup")
    if files_first:
        bring_in(place, files)
        place.sync()
    else:
        place.sync()
        bring_in(place, files)
    both = place.publish()
    for name in SAME:
        assert both.metric(name).to_pylist() == synced.metric(name).to_pylist(), name
