"""Who is where in the made-up community, and what makes it hard to tell who is who."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from connectors.sandbox.community import World, make_world
from connectors.sandbox.conversation import BOTS
from connectors.sandbox.identities import Identity, identities
from connectors.sandbox.talk import talk
from connectors.sandbox.truth import account_page, truth, write_truth

PLATFORMS = ("discord", "github", "meetup", "slack")


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture(scope="module")
def known(world: World) -> dict[str, dict[int, Identity]]:
    return {platform: identities(world, platform) for platform in PLATFORMS}


def test_people_have_one_to_four_accounts(world: World) -> None:
    counts = Counter(Counter(person for person, _, _ in truth(world)).values())
    assert set(counts) == {1, 2, 3, 4}
    assert min(counts.values()) > 10


def test_every_account_has_one_owner(world: World, tmp_path: Path) -> None:
    write_truth(world, tmp_path / "truth.csv")
    lines = (tmp_path / "truth.csv").read_text().splitlines()
    assert lines[0] == "person,source,account_id"
    accounts = [line.split(",")[2] for line in lines[1:]]
    assert len(set(accounts)) == len(accounts) > 1000
    assert (
        account_page(world, "github", 0) == f"https://github.com/{accounts_of(world, 0)['github']}"
    )


def accounts_of(world: World, number: int) -> dict[str, str]:
    return {kind: account for person, kind, account in truth(world) if person == number}


def test_handles_are_unique_on_a_platform_and_not_across(
    known: dict[str, dict[int, Identity]],
) -> None:
    owners = defaultdict(set)
    for platform in PLATFORMS:
        handles = [one.handle for one in known[platform].values()]
        assert len(set(handles)) == len(handles), platform
        for number, one in known[platform].items():
            owners[one.handle].add(number)
    assert sum(len(numbers) > 1 for numbers in owners.values()) > 10


def test_names_addresses_and_claims_mislead(known: dict[str, dict[int, Identity]]) -> None:
    slack, github, meetup = (known[platform] for platform in ("slack", "github", "meetup"))
    assert max(Counter(one.name for one in slack.values()).values()) > 1, "shared names"
    assert sum(one.name.endswith(".") for one in meetup.values()) > 50, "nicknames"
    assert any(
        not slack[n].name.isascii() and github[n].name.isascii() for n in slack if n in github
    )
    assert max(Counter(one.email for one in slack.values()).values()) == 2, "a shared mailbox"
    assert any(one.email.startswith("info@") for one in github.values())
    assert sum(slack[n].email != meetup[n].email for n in slack if n in meetup) > 20, "changed"
    claims = Counter(account for one in slack.values() for account in one.names)
    assert sum(count == 2 for count in claims.values()) > 2
    assert sum(count == 1 for count in claims.values()) > 20


def test_robots_post_at_one_minute_and_are_never_answered(world: World) -> None:
    robots = {-10 - index for index, bot in enumerate(BOTS) if bot.every_hours}
    posts = [p for channel in talk(world, "slack") for p in channel.posts if p.author in robots]
    assert len(posts) > 1000
    assert all(post.root is None and not post.replies for post in posts)
    minutes = defaultdict(set)
    for post in posts:
        minutes[post.author].add(post.at // 60_000_000 % 60)
    assert [len(found) for found in minutes.values()] == [1, 1, 1]
