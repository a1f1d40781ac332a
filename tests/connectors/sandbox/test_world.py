"""The made-up community: always the same for the same seed, and textured like a real one."""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.sandbox.community import DAY, SECOND, World, make_world
from connectors.sandbox.conversation import Channel, Post
from connectors.sandbox.talk import talk
from connectors.slack.sandbox.export import write_export
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture(scope="module")
def channels(world: World) -> list[Channel]:
    return talk(world, "slack")


@pytest.fixture(scope="module")
def said(world: World, channels: list[Channel]) -> list[Post]:
    """What people had said by the end."""
    kinds = ("message", "me", "file")
    return [
        post
        for channel in channels
        for post in channel.posts
        if post.author >= 0 and post.kind in kinds and post.at <= world.end
    ]


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from connectors.sandbox.community import make_world;"
        "from connectors.slack.sandbox.export import write_export;"
        "write_export(make_world(5, 30, 60), Path(sys.argv[1]))"
    )
    for name, hash_seed in (("a.zip", "1"), ("b.zip", "2")):
        command = [sys.executable, "-c", program, str(tmp_path / name)]
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
    write_export(make_world(6, 30, 60), tmp_path / "other.zip")
    one, other, third = ((tmp_path / f"{name}.zip").read_bytes() for name in ("a", "b", "other"))
    assert one == other != third


def test_a_platform_has_chance_of_its_own(world: World) -> None:
    first = world.stream("slack").random()
    world.stream("discord").random()
    assert world.stream("slack").random() == first


@pytest.mark.parametrize(("members", "days"), [(1, 1), (3, 400), (40, 7)])
def test_small_worlds_work(members: int, days: int) -> None:
    small = make_world(members=members, days=days)
    assert sum(person.joined_at < small.end for person in small.people) == members
    assert talk(small, "slack")


def test_as_many_members_as_asked_for_have_joined_by_the_end(world: World) -> None:
    joined = [person for person in world.people if person.joined_at < world.end]
    assert len(joined) == 300
    assert len(world.people) > 300
    assert all(person.joined_at >= world.start for person in joined)


def test_people_differ(world: World, said: list[Post]) -> None:
    counts = Counter(post.author for post in said)
    joined = [person for person in world.people if person.joined_at < world.end]
    assert sum(person.number not in counts for person in joined) > 50, "join and never speak"
    assert sum(1 <= counts[person.number] <= 5 for person in joined) > 30, "come and go"
    top = sum(count for _, count in counts.most_common(10))
    assert 0.15 < top / len(said) < 0.7, "a few are very active"
    assert sum(person.left_at is not None for person in joined) > 5
    assert {person.role for person in joined} >= {"owner", "admin", "member", "guest"}
    assert len({person.timezone for person in joined}) > 10
    assert any(not person.name.isascii() for person in joined)
    assert sum(not 6 <= person.peak_hour < 22 for person in joined) > 15, "night owls"
    assert len({person.handle for person in world.people}) == len(world.people)


def test_people_speak_only_while_they_are_here(world: World, said: list[Post]) -> None:
    for post in said:
        person = world.people[post.author]
        assert person.joined_at < post.at
        assert post.root is None or post.root.at < post.at
        assert post.at < (person.left_at or world.horizon)


def test_holidays_and_weekends_are_quiet(said: list[Post]) -> None:
    days = Counter(datetime.fromtimestamp(post.at // SECOND, UTC).date() for post in said)
    usual = [days[date(2025, 12, 8)], days[date(2025, 12, 9)], days[date(2025, 12, 10)]]
    assert days[date(2025, 12, 25)] < min(usual) / 2
    weekday = Counter(day.weekday() >= 5 for day in days.elements())
    assert weekday[True] / 2 < weekday[False] / 5 * 0.7


def test_it_grows_and_slumps(world: World, said: list[Post]) -> None:
    months = Counter((post.at - world.start) // (30 * DAY) for post in said)
    assert months[11] > months[1]
    assert months[7] < 0.5 * (months[5] + months[9]) / 2


def test_threads_are_answered_soon_late_or_never(said: list[Post]) -> None:
    openers = [post for post in said if post.root is None and post.kind == "message"]
    answered = [post for post in openers if post.replies]
    assert 0.3 < len(answered) / len(openers) < 0.8
    delays = [post.replies[0].at - post.at for post in answered if post.replies]
    assert sum(delay < 3600 * SECOND for delay in delays) > 0.2 * len(delays)
    assert sum(delay > DAY for delay in delays) > 0.05 * len(delays)
    late = [post for post in said if post.root and post.at - post.root.at > 30 * DAY]
    assert len(late) > 10, "late replies to old threads"


def test_things_happen_to_messages_and_channels(world: World, channels: list[Channel]) -> None:
    posts = [post for channel in channels for post in channel.posts if post.at <= world.end]
    assert sum(post.edited_at > 0 for post in posts if post.kind == "message") > 100
    deleted = [post for post in posts if post.deleted_at]
    assert any(
        0 < post.deleted_at <= world.end and post.visible_replies(world.end) for post in posts
    )
    assert any(post.deleted_at > world.end for post in deleted), "deletions still to come"
    assert any(post.is_broadcast for post in posts)
    assert {post.kind for post in posts} >= {"me", "file", "huddle", "rename", "archive", "leave"}
    assert any(len(post.reactions) > 15 for post in posts)
    assert any(post.via >= 0 for post in posts)
    assert all(len(set(channel.post_times)) == len(channel.posts) for channel in channels)


def test_something_is_still_to_come(world: World, channels: list[Channel]) -> None:
    news = [post for channel in channels for post in channel.posts if post.at > world.end]
    assert len(news) > 1000
    assert any(post.root and post.root.at < world.end - 30 * DAY for post in news)
