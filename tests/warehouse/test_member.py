"""What a snapshot knows of one member, over all of their accounts."""

from collections.abc import Iterator

import pytest

from tests.support.worlds import World, rows
from warehouse.snapshots import Snapshot

ADA, CODE, GUEST = "slack:ada", "github:ada-dev", "meetup:ada d."


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Ada asks on Slack, opens an issue, and comes to events; Bo and a robot answer her."""
    world = World()
    for name in ("Ada", "Bo"):
        world.account(name)
    world.account("Robot", is_bot=True)
    asked = world.act("Ada", "2024-05-01 10:00")
    told = world.act("Bo", "2024-05-01 11:00", answers=asked)
    world.act("Robot", "2024-05-01 11:01", answers=asked)
    thanks = world.act("Ada", "2024-05-01 12:00", answers=told)
    world.act("Ada", "2024-05-01 12:01", answers=thanks)
    world.act("Ada-dev", "2024-05-02 10:00", kind="issue", channel="app", source="github")
    for title, day, check_in, status in (
        ("Came", "2024-05-03", "attended", "past"),
        ("Missed", "2024-05-04", "no_show", "past"),
        ("Rained off", "2024-05-05", None, "cancelled"),
    ):
        world.rsvp(world.event(title, f"{day} 18:00", status=status), "Ada D.", "yes", check_in)
    world.rsvp(world.event("Of Bo", "2024-05-06 18:00"), "Bo", "yes", "attended")
    world.decide("merge", ADA, CODE, GUEST)
    snapshot = world.snapshot(tmp_path_factory.mktemp("community"))
    yield snapshot
    snapshot.close()


@pytest.mark.parametrize("account", [ADA, CODE, GUEST])
def test_any_account_stands_for_its_person(snapshot: Snapshot, account: str) -> None:
    assert [row["account_id"] for row in snapshot.member(account)] == [CODE, GUEST, ADA]
    assert rows(snapshot.timeline(account, 10)) == [
        # occurred_at, source, kind, place, link
        ("2024-05-03 18:00", "meetup", "attended", "Came", None),
        ("2024-05-02 10:00", "github", "issue", "app", "https://github.example/app/p6"),
        ("2024-05-01 12:01", "slack", "reply", "general", "https://slack.example/general/p5"),
        ("2024-05-01 12:00", "slack", "reply", "general", "https://slack.example/general/p4"),
        ("2024-05-01 10:00", "slack", "message", "general", "https://slack.example/general/p1"),
    ]


def test_a_timeline_has_pages(snapshot: Snapshot) -> None:
    whole = rows(snapshot.timeline(ADA, 10))
    assert rows(snapshot.timeline(ADA, 2, 2)) == whole[2:4]


def test_events_are_those_that_one_came_to_or_meant_to(snapshot: Snapshot) -> None:
    found = snapshot.events_of(ADA).select(["title", "answer", "has_come"])
    assert rows(found) == [("Missed", "yes", False), ("Came", "yes", True)]


def test_one_talks_with_others_who_are_no_bots(snapshot: Snapshot) -> None:
    found = snapshot.talks_with(ADA, 10).select(["name", "answered", "answers"])
    assert rows(found) == [("Bo", 1, 1)]


def test_it_is_told_what_joins_the_accounts(snapshot: Snapshot) -> None:
    links = snapshot.links_of(CODE)
    assert {row["evidence"] for row in links} == {"decision 1"}
    assert {account for row in links for account in (row["account_a"], row["account_b"])} == {
        ADA,
        CODE,
        GUEST,
    }
    assert not snapshot.links_of("slack:bo")


def test_persons_are_found_by_a_part_of_a_name_a_handle_or_an_id(snapshot: Snapshot) -> None:
    assert [row["accounts"] for row in snapshot.persons_called("ADA", 10)] == [
        [CODE, GUEST, ADA],
    ]
    assert not snapshot.persons_called("a%", 10)
    assert not snapshot.persons_called("_", 10)


def test_nobody_has_no_page(snapshot: Snapshot) -> None:
    assert snapshot.member("slack:nobody") == []
    assert snapshot.timeline("slack:nobody", 10).num_rows == 0
