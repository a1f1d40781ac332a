"""How many persons were merged or split between two publications."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.worlds import World
from warehouse.db import Warehouse
from warehouse.person_changes import PersonChanges
from warehouse.publishing import publish
from warehouse.snapshots import list_snapshots, open_current

ADA, BO, CEM = "slack:ada", "slack:bo", "slack:cem"
ADA_2, BO_2 = "github:ada", "github:bo"
Decisions = Sequence[tuple[str, ...]]


def small_world(*decisions: tuple[str, ...]) -> World:
    """Ada and Bo on Slack and on GitHub, and Cem on Slack: five accounts that nobody joins."""
    world = World()
    for source in ("slack", "github"):
        for name in ("Ada", "Bo"):
            world.account(name, source)
    world.account("Cem")
    for what, *accounts in decisions:
        world.decide(what, *accounts)
    return world


def published(world: World, folder: Path) -> PersonChanges:
    """What the next snapshot says, once this world is published."""
    return changes_of(world.publish(folder))


def changes_of(warehouse: Warehouse) -> PersonChanges:
    with closing(open_current(warehouse.path)) as snapshot:
        return snapshot.person_changes()


def counts(before: World, now: World, folder: Path) -> tuple[int | None, int | None]:
    """Persons merged and split between two worlds that are published after each other."""
    published(before, folder)
    changes = published(now, folder)
    return changes.merged, changes.split


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], [], (0, 0)),
        ([], [("merge", ADA, ADA_2)], (1, 0)),
        ([], [("merge", ADA, ADA_2), ("merge", BO, BO_2)], (2, 0)),
        ([], [("merge", ADA, ADA_2, CEM)], (2, 0)),
        # What an undo took back is split again.
        ([("merge", ADA, ADA_2)], [], (0, 1)),
        ([("merge", ADA, ADA_2, CEM)], [], (0, 2)),
        ([("merge", ADA, ADA_2, CEM)], [("merge", ADA, ADA_2)], (0, 1)),
        # Cem leaves Ada and comes to Bo.
        ([("merge", ADA, CEM)], [("merge", BO, CEM)], (1, 1)),
        ([("merge", ADA, ADA_2)], [("merge", ADA, ADA_2)], (0, 0)),
        # A bot is no person: nobody was merged or split.
        ([], [("bot", CEM)], (0, 0)),
        ([("merge", ADA, ADA_2)], [("merge", ADA, ADA_2), ("bot", ADA)], (0, 0)),
        ([], [("merge", ADA, CEM), ("bot", CEM)], (0, 0)),
    ],
)
def test_persons_that_were_merged_or_split(
    tmp_path: Path, before: Decisions, now: Decisions, expected: tuple[int, int]
) -> None:
    assert counts(small_world(*before), small_world(*now), tmp_path) == expected


def test_an_account_that_came_in_is_no_merge(tmp_path: Path) -> None:
    now = small_world(("merge", ADA, "meetup:ada"))
    now.account("Ada", "meetup")
    now.account("Dan")
    assert counts(small_world(), now, tmp_path) == (0, 0)


def test_an_account_that_came_in_may_join_two_who_were_there(tmp_path: Path) -> None:
    now = small_world(("merge", ADA, "meetup:ada"), ("merge", ADA_2, "meetup:ada"))
    now.account("Ada", "meetup")
    assert counts(small_world(), now, tmp_path) == (1, 0)


def test_an_account_that_is_gone_or_forgotten_is_no_split(tmp_path: Path) -> None:
    """Forgotten accounts have other ids: to the next snapshot they are new ones."""
    now = small_world()
    del now.rows["accounts"][ADA_2]
    now.account("forgotten-1")
    assert counts(small_world(("merge", ADA, ADA_2)), now, tmp_path) == (0, 0)


def test_nothing_is_known_without_a_snapshot_before_that_can_be_read(tmp_path: Path) -> None:
    assert published(small_world(), tmp_path) == PersonChanges(None, None, None)
    [first] = list_snapshots(tmp_path / "vitals.duckdb")
    merged = published(small_world(("merge", ADA, ADA_2)), tmp_path)
    since = datetime.strptime(first.stem, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    assert merged == PersonChanges(since.replace(tzinfo=None), 1, 0)
    assert merged
    newest, *_ = list_snapshots(tmp_path / "vitals.duckdb")
    newest.write_text("no database")
    unknown = published(small_world(), tmp_path)
    assert unknown == PersonChanges(None, None, None)
    assert not unknown


def test_the_next_publication_counts_anew(tmp_path: Path) -> None:
    world = small_world(("merge", ADA, ADA_2))
    assert counts(small_world(), world, tmp_path) == (1, 0)
    warehouse = Warehouse(tmp_path / "vitals.duckdb")
    publish(warehouse)
    assert changes_of(warehouse)[1:] == (0, 0)
