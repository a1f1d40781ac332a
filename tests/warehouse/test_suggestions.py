"""Which accounts are suggested as one person's, and which never."""

import duckdb
import pytest

from tests.support.worlds import World
from warehouse.build import build_marts
from warehouse.suggestions import MOST_OF_A_KEY, suggest

Told = list[tuple[str, str, str]]


def suggested(world: World) -> Told:
    """The open suggestions: two accounts and the reason."""
    with duckdb.connect() as con:
        world.build(con)
        suggest(con)
        build_marts(con, None)
        query = "select account_a, account_b, reasons[1] from marts.suggestions order by all"
        return con.execute(query).fetchall()


@pytest.fixture
def world() -> World:
    """Kofi Agyeman on Slack, on a sound footing; the others come in the tests."""
    world = World()
    for source in ("slack", "github", "meetup"):
        world.source(source, source)
    world.account("U1", handle="kofi.agyeman", name="Kofi Agyeman")
    return world


@pytest.mark.parametrize(
    ("handle", "name", "reason"),
    [
        ("kofi-agyeman", "Kofi Agyeman", "same name and same handle"),
        ("kodes", "KOFI  Agyeman", "same name, which nobody else has"),
        ("kodes", "Kófi Agyeman", "same name, which nobody else has"),
        ("kodes", "Agyeman Kofi", "same name"),
        ("kodes", "Kofi A.", "same first name and initial"),
        ("kofi_agyeman1", "K.", "same handle"),
        # One word is no name that tells people apart.
        ("kodes", "kofiagyeman", "same name"),
        ("kodes", "kofi.agyeman", "same name, which nobody else has"),
        ("agyeman", "K. Agyeman", None),
        ("kodes", "Kofi Mensah", None),
        ("ama", "Ama Mensah", None),
        ("123456", "", None),
    ],
)
def test_names_and_handles_that_are_alike(
    world: World, handle: str, name: str, reason: str | None
) -> None:
    world.account("G1", "github", handle=handle, name=name)
    expected = [("github:g1", "slack:u1", reason)] if reason else []
    assert suggested(world) == expected


def test_a_name_in_its_own_script(world: World) -> None:
    world.account("U2", handle="hanako", name="山田 花子")
    world.account("M2", "meetup", handle="22", name="山田 花子")
    assert suggested(world) == [("meetup:m2", "slack:u2", "same name, which nobody else has")]


def test_a_name_that_two_people_of_a_platform_have_says_less(world: World) -> None:
    world.account("U2", handle="kofi2", name="Kofi Agyeman")
    world.account("M1", "meetup", handle="11", name="Kofi Agyeman")
    assert suggested(world) == [
        ("meetup:m1", "slack:u1", "same name"),
        ("meetup:m1", "slack:u2", "same name"),
    ]


def test_two_accounts_of_one_platform_and_bots_are_never_suggested(world: World) -> None:
    world.account("U2", handle="kofi.agyeman", name="Kofi Agyeman")
    world.account("G1", "github", handle="kofi-agyeman", name="Kofi Agyeman", is_bot=True)
    assert suggested(world) == []


def test_who_has_an_account_there_already_is_somebody_else(world: World) -> None:
    world.account("G1", "github", handle="kofi-agyeman", name="Kofi Agyeman")
    world.account("G2", "github", handle="kofi", name="Kofi")
    world.decide("merge", "slack:u1", "github:g2")
    assert suggested(world) == []


def test_a_name_that_very_many_have_makes_no_pairs(world: World) -> None:
    for number in range(MOST_OF_A_KEY):
        world.account(f"M{number}", "meetup", handle=str(number), name="Kofi Agyeman")
    assert suggested(world) == []
