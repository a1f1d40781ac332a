"""Which accounts are proposed as bots, with which reasons, and which neighbours never are."""

from datetime import date, timedelta

import duckdb
import pytest

from tests.support.worlds import World
from warehouse.build import build_marts
from warehouse.robots import ROBOTS

FIRST = date(2024, 1, 1)
SILENT = "never answered and never answers"
NAME = "a name that says bot"
# A minute of its own for every post: 7 and 60 share no factor.
MINUTES = [f"{number * 7 % 60:02}" for number in range(60)]


def proposed(world: World) -> dict[str, list[str]]:
    """The accounts that are proposed, with their reasons."""
    with duckdb.connect() as con:
        world.build(con)
        found = con.execute(f"select account_id, reasons from ({ROBOTS})").fetchall()
    return dict(found)


def post(
    world: World,
    name: str,
    posts: int,
    minute: str = "",
    every: int = 1,
    **where: str,
) -> list[str]:
    """Posts of one account at ten o'clock, every so many days; without a minute at any."""
    days = (FIRST + timedelta(days=every * number) for number in range(posts))
    return [
        world.act(name, f"{day} 10:{minute or MINUTES[number % 60]}", **where)
        for number, day in enumerate(days)
    ]


@pytest.fixture
def world() -> World:
    """Ada asks 20 questions in #general, each of which Bo answers: there people get answers."""
    world = World()
    for name in ("Ada", "Bo"):
        world.account(name)
    for opener in post(world, "Ada", 20):
        world.act("Bo", f"{FIRST + timedelta(days=30)} 11:00", answers=opener)
    return world


def test_people_are_not_proposed(world: World) -> None:
    assert proposed(world) == {}


def test_posts_at_the_same_minute_every_day(world: World) -> None:
    world.account("Leo")
    post(world, "Leo", 20, "35", channel="news")
    assert proposed(world) == {"slack:leo": ["20 of 20 posts at minute 35 of the hour"]}


def test_posts_at_the_same_minute_of_every_hour(world: World) -> None:
    """On one day a week, at twelve hours of it."""
    world.account("Leo")
    for number in range(24):
        day = FIRST + timedelta(days=number // 12 * 7)
        world.act("Leo", f"{day} {number % 12 + 8:02}:35", channel="news")
    assert proposed(world) == {"slack:leo": ["24 of 24 posts at minute 35 of the hour"]}


def test_somebody_who_posts_by_a_timer_once_a_week_is_a_person(world: World) -> None:
    world.account("Leo")
    post(world, "Leo", 20, "00", every=7)
    assert proposed(world) == {}


def test_nineteen_posts_tell_nothing(world: World) -> None:
    world.account("Leo")
    post(world, "Leo", 19, "35")
    world.account("Release bot")
    post(world, "Release bot", 3, "35")
    assert proposed(world) == {}


@pytest.mark.parametrize("kind", ["reply", "reaction", "huddle"])
def test_who_answers_reacts_or_is_in_a_huddle_is_a_person(world: World, kind: str) -> None:
    world.account("Leo")
    post(world, "Leo", 30, "35")
    assert "slack:leo" in proposed(world)
    asked = world.act("Ada", "2024-02-01 10:00")
    world.act("Leo", "2024-02-01 10:01", kind, answers=asked if kind == "reply" else None)
    assert proposed(world) == {}


def test_who_comes_to_events_is_a_person(world: World) -> None:
    post(world, "Leo", 30, "35", source="meetup")
    assert "meetup:leo" in proposed(world)
    world.rsvp(world.event("Meet", "2024-02-01 18:00"), "Leo", "no")
    assert proposed(world) == {}


def test_hundreds_of_posts_and_no_replies(world: World) -> None:
    """One in twenty is answered, where Ada always is."""
    world.account("Ines")
    for opener in post(world, "Ines", 200)[::20]:
        world.act("Bo", "2024-09-01 10:00", answers=opener)
    assert proposed(world) == {"slack:ines": ["200 posts and not one reply"]}


def test_a_talker_who_is_answered_like_others_is_a_person(world: World) -> None:
    world.account("Ines")
    for opener in post(world, "Ines", 200):
        world.act("Bo", "2024-09-01 10:00", answers=opener)
    assert proposed(world) == {}


def test_an_announcer_is_a_person(world: World) -> None:
    """Nobody answers in #announcements, so the silence there says nothing."""
    world.account("Efua")
    post(world, "Efua", 250, channel="announcements")
    post(world, "Ada", 20, channel="announcements")
    # In #general it would: but 100 posts are too few.
    world.account("Yaw")
    post(world, "Yaw", 100)
    assert proposed(world) == {}


def test_where_nobody_uses_replies_silence_says_nothing() -> None:
    """As in an export from before there were threads."""
    world = World()
    for name in ("Ada", "Bo", "Cem bot"):
        world.account(name)
        post(world, name, 250)
    assert proposed(world) == {}


@pytest.mark.parametrize("name", ["Release bot", "release-bot", "ReleaseBot", "Build Robot", "bot"])
def test_a_name_that_says_bot_and_silence(world: World, name: str) -> None:
    world.account(name)
    post(world, name, 20)
    assert proposed(world) == {f"slack:{name.lower()}": [SILENT, NAME]}


@pytest.mark.parametrize(
    "name", ["Abbot", "Talbot", "Ann Abbot", "Chabot", "Botao", "Dicebot", "Robota", "Both"]
)
def test_a_name_that_only_has_these_letters_says_nothing(world: World, name: str) -> None:
    world.account(name)
    post(world, name, 20)
    assert proposed(world) == {}


def test_a_name_alone_says_nothing(world: World) -> None:
    world.account("Kala Bot")
    post(world, "Kala Bot", 20, channel="announcements")
    asked = world.act("Ada", "2024-02-01 10:00")
    world.account("Some bot")
    post(world, "Some bot", 20)
    world.act("Some bot", "2024-02-01 10:01", answers=asked)
    assert proposed(world) == {}


def test_posts_only_in_a_feed(world: World) -> None:
    world.account("Site")
    post(world, "Site", 20, "00", every=7, channel="feed-github")
    world.account("Esi")
    post(world, "Esi", 20, "00", every=7, channel="feedback")
    world.account("Kofi")
    post(world, "Kofi", 20, channel="feed-github")
    reasons = ["20 of 20 posts at minute 0 of the hour", "posts only in a feed"]
    assert proposed(world) == {"slack:site": reasons}


def test_a_robot_that_only_answers(world: World) -> None:
    for name in ("ci-bot", "ciara", "new-bot"):
        world.account(name, "github")
        for number in range(100 if name != "new-bot" else 99):
            day = FIRST + timedelta(days=number)
            at = f"{day} 10:{MINUTES[number % 60]}"
            asked = world.act("Ada", at, "issue", "app", source="github")
            world.act(name, f"{day} 11:00", "comment", "app", asked, source="github")
    assert proposed(world) == {"github:ci-bot": ["100 replies and nothing else", NAME]}


@pytest.mark.parametrize("decision", ["bot", "not-bot"])
def test_who_is_decided_about_is_not_proposed(world: World, decision: str) -> None:
    world.account("Leo")
    post(world, "Leo", 20, "35")
    world.decide(decision, "slack:leo")
    assert proposed(world) == {}
    world.rows["decisions"][1]["is_undone"] = True
    assert set(proposed(world)) == {"slack:leo"}


def test_the_last_of_bot_and_not_bot_counts(world: World) -> None:
    for what in ("bot", "not-bot"):
        world.decide(what, "slack:ada")
    for what in ("not-bot", "bot"):
        world.decide(what, "slack:bo")
    with duckdb.connect() as con:
        world.build(con)
        bots = con.execute("select account_id from marts.authors where is_bot").fetchall()
    assert bots == [("slack:bo",)]


def test_known_bots_staff_and_people_with_several_accounts_are_not_proposed() -> None:
    world = World(bots=["slack:efua"], staff=["slack:yaw"])
    world.account("Leo", is_bot=True)
    for name in ("Efua", "Yaw", "Kofi"):
        world.account(name)
    world.account("Kofi", "github")
    world.decide("merge", "slack:kofi", "github:kofi")
    for name in ("Leo", "Efua", "Yaw", "Kofi"):
        post(world, name, 20, "35")
    assert proposed(world) == {}


def test_a_piecemeal_build_finds_the_same(world: World) -> None:
    world.account("Leo")
    posts = post(world, "Leo", 20, "35")
    newest = world.rows["activities"].pop(posts[-1])
    with duckdb.connect() as con:
        world.build(con)
        assert con.execute(f"from ({ROBOTS})").fetchall() == []
        world.rows["activities"][posts[-1]] = newest
        world.build(con, {newest["date"]})
        rows = con.execute(f"from ({ROBOTS})").fetchall()
        build_marts(con, None)
        assert con.execute(f"from ({ROBOTS})").fetchall() == rows
    assert [row[0] for row in rows] == ["slack:leo"]
