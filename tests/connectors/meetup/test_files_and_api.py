"""Meetup's files and its API describe the same groups: together they count nothing twice."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.meetup.sandbox.files import write_archive, write_downloads
from connectors.meetup.sandbox.world import MeetupWorld
from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from pipelines.imports import import_files
from tests.support.installations import Installation
from tests.support.installations.meetup import write
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
    place = Installation(tmp_path_factory.mktemp("synced"), sandbox, kind="meetup")
    place.sync()
    return place.publish()


@pytest.fixture(scope="module")
def files(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    meetup = MeetupWorld(world)
    write_downloads(meetup, folder / "lists", now=world.end)
    write_archive(meetup, folder / "archive", now=world.end)
    return folder


def import_all(place: Installation, files: Path) -> None:
    for path in sorted((files / "lists").glob("*/members*")):
        import_files(place.settings, "meetup-members", [path], "meetup")
    attendees = sorted((files / "lists").glob("*/attendees*"))
    import_files(place.settings, "meetup-attendees", attendees, "meetup")
    import_files(place.settings, "meetup-archive", [files / "archive"], "meetup")


@pytest.mark.parametrize("files_first", [True, False])
def test_nothing_is_counted_twice(
    files_first: bool, sandbox: Running, synced: Snapshot, files: Path, tmp_path: Path
) -> None:
    place = Installation(tmp_path, sandbox, kind="meetup")
    if files_first:
        import_all(place, files)
    place.sync()
    if not files_first:
        import_all(place, files)
    both = place.publish()
    for name in SAME:
        assert both.metric(name).to_pylist() == synced.metric(name).to_pylist(), name


@pytest.mark.parametrize("files_first", [True, False])
def test_a_group_known_by_its_address_is_the_one_of_the_api(
    files_first: bool, sandbox: Running, world: World, tmp_path: Path
) -> None:
    """An event that the API has no more, of a group that the archive knows by its address alone."""
    group = MeetupWorld(world).groups[0]
    event = {
        "id": "1",
        "title": "Long ago",
        "dateTime": "2014-05-01T18:00+01:00",
        "status": "PAST",
        "group": {"urlname": group.urlname.upper()},
        "rsvps": {"yesCount": 3},
    }
    path = write(tmp_path / "events.json", json.dumps([event]))
    place = Installation(tmp_path / "place", sandbox, kind="meetup")
    steps = [place.sync, lambda: import_files(place.settings, "meetup-archive", [path], "meetup")]
    for step in reversed(steps) if files_first else steps:
        step()
        snapshot = place.publish()
    names = [row["group"] for row in snapshot.metric("chapters").to_pylist()]
    assert group.name in names
    assert len(names) == len(set(names))
    assert group.urlname not in [name.lower() for name in names]
