"""Which accounts are suggested as one person's, why and how likely, and which never."""

import random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tests.support.samples import some
from tests.support.worlds import World
from warehouse import suggestions
from warehouse.build import build_marts
from warehouse.suggestions import MOST_OF_A_KEY, suggest

Told = dict[tuple[str, str], tuple[float, list[str]]]


def suggested(world: World) -> Told:
    """The open suggestions: two accounts, how likely one person has both, and the reasons."""
    with duckdb.connect() as con:
        world.build(con)
        suggest(con)
        build_marts(con, None)
        rows = con.execute("from marts.suggestions").fetchall()
        return {(a, b): (probability, reasons) for a, b, probability, reasons, _ in rows}


@pytest.fixture
def world() -> World:
    """Kofi Agyeman on Slack; the others come in the tests."""
    return _world()


def _world() -> World:
    world = World()
    for source in ("slack", "github", "meetup"):
        world.source(source, source)
    world.account("U1", handle="kofi.agyeman", name="Kofi Agyeman")
    return world


READ = "both names read kofi agyeman, which nobody else has"
NEAR = "one is in a group near where the other lives"
MADE_OF_NAME = "the handle of one is the name of the other"


@pytest.mark.parametrize(
    ("handle", "name", "reasons"),
    [
        ("kofi-agyeman", "Kofi Agyeman", [READ, "the same handle", MADE_OF_NAME]),
        ("12", "KOFI  Agyeman 🌻", [READ, MADE_OF_NAME]),
        ("12", "Kófi Agyeman", [READ, MADE_OF_NAME]),
        (
            "12",
            "Agyeman Kofi",
            ["both names read agyeman kofi, which nobody else has", MADE_OF_NAME],
        ),
        ("12", "Кофі Агєман", ["both names sound alike"]),
        ("12", "Kofi A.", ["the same first name, and the initial fits", MADE_OF_NAME]),
        ("12", "kofiagyeman", ["both names read kofiagyeman"]),
        ("12", "Kofi", ["the same first name"]),
        ("kofia", "nix", ["the handle of one is made of the name of the other"]),
        ("kofi.agyeman-27", "nix", ["one handle begins with the other", MADE_OF_NAME]),
        ("12", "Ama Mensah", None),
        ("123456", "", None),
    ],
)
def test_names_and_handles_that_are_alike(
    world: World, handle: str, name: str, reasons: list[str] | None
) -> None:
    world.account("M1", "meetup", handle=handle, name=name)
    pairs = {pair: sorted(why) for pair, (_, why) in suggested(world).items()}
    assert pairs == ({("meetup:m1", "slack:u1"): sorted(reasons)} if reasons else {})


def test_the_likelier_the_more_is_alike() -> None:
    """From the same name and handle, over a name in another script, to a first name alone."""
    found = []
    for handle, name in (
        ("kofi-agyeman", "Kofi Agyeman"),
        ("12", "Кофі Агєман"),
        ("12", "Kofi B."),
    ):
        world = _world()
        world.account("M1", "meetup", handle=handle, name=name)
        found += [probability for probability, _ in suggested(world).values()]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.9
    assert found[-1] < 0.1


def test_a_name_in_its_own_script(world: World) -> None:
    """A family name that is written with a space on one platform only."""
    world.account("U2", handle="u2", name="山田花子")
    world.account("M2", "meetup", handle="22", name="山田 花子")
    [(pair, (_, reasons))] = suggested(world).items()
    assert pair == ("meetup:m2", "slack:u2")
    assert reasons == ["both names read shantian huazi, which nobody else has"]


def test_of_two_namesakes_each_is_less_likely(world: World) -> None:
    world.account("M1", "meetup", handle="11", name="Kofi Agyeman")
    [(alone, _)] = suggested(world).values()
    world.account("U2", handle="kofi2", name="Kofi Agyeman")
    both = suggested(world)
    assert both.keys() == {("meetup:m1", "slack:u1"), ("meetup:m1", "slack:u2")}
    assert sum(probability for probability, _ in both.values()) <= 1
    assert all(probability < alone for probability, _ in both.values())


def test_a_handle_that_another_person_has_elsewhere(world: World) -> None:
    """The name of one account and the handle of another: the name says more."""
    world.account("G1", "github", handle="kofi.agyeman", name="Ama Mensah")
    world.account("G2", "github", handle="kodes", name="Kofi Agyeman")
    found = suggested(world)
    by_handle, by_name = (found[f"github:g{number}", "slack:u1"][0] for number in (1, 2))
    assert by_handle < by_name


def test_places_hours_days_and_arrivals_are_reasons(world: World) -> None:
    """Kofi writes in Lagos, on Slack and on GitHub, on six evenings of a year."""
    world.account("U1", name="Kofi Agyeman", stated_joined_at="2025-01-01")
    world.account("U2", handle="kofi", name="Kofi A.", stated_joined_at="2026-01-01")
    world.account("G2", "github", handle="kodes", name="Kofi Agyeman")
    world.profile("U2", timezone="Africa/Lagos")
    world.profile("G2", "github", place="Lagos, Nigeria")
    for day in range(1, 7):
        world.act("U2", f"2026-01-0{day} 18:00")
        world.act("G2", f"2026-01-0{day} 18:01", source="github")
    assert set(suggested(world)["github:g2", "slack:u2"][1]) == {
        "both were active on the same 6 days",
        "both came on the same day",
        "the same first name, and the initial fits",
        "both write mostly around 18:00 UTC",
        "both are of lagos",
    }


def test_events_that_both_came_to(world: World) -> None:
    world.source("discord", "discord")
    world.account("D1", "discord", handle="kofi.agyeman", name="x")
    world.account("M1", "meetup", handle="1", name="Kofi Agyeman")
    for number in range(3):
        for source in ("discord", "meetup"):
            when = f"2026-01-0{number + 1} 18:00"
            event = world.event(f"{source} {number}", when, source=source)
            world.rsvp(event, "D1" if source == "discord" else "M1", "yes")
    assert "came to the same 3 events" in suggested(world)["discord:d1", "meetup:m1"][1]


def test_a_group_near_where_the_other_lives(world: World) -> None:
    """Who joined the group, and came to none of its events."""
    world.profile("U1", timezone="Africa/Lagos")
    world.account("M1", "meetup", handle="1", name="Kofi Agyeman")
    world.event("Evening", "2026-01-01 18:00", "Lagos", utc_offset_minutes=60)
    assert NEAR not in suggested(world)["meetup:m1", "slack:u1"][1]
    world.join("M1", "2026-01-01 10:00", "Lagos", "meetup")
    assert NEAR in suggested(world)["meetup:m1", "slack:u1"][1]


def test_two_accounts_of_one_platform_and_bots_are_never_suggested(world: World) -> None:
    world.account("U2", handle="kofi.agyeman", name="Kofi Agyeman")
    world.account("G1", "github", handle="kofi-agyeman", name="Kofi Agyeman", is_bot=True)
    assert suggested(world) == {}


def test_who_has_an_account_there_already_is_somebody_else(world: World) -> None:
    world.account("G1", "github", handle="kofi-agyeman", name="Kofi Agyeman")
    world.account("G2", "github", handle="kofi", name="Kofi")
    world.decide("merge", "slack:u1", "github:g2")
    assert suggested(world) == {}


def test_what_was_rejected_stays_rejected_with_all_accounts_of_the_two(world: World) -> None:
    world.account("M1", "meetup", handle="1", name="Kofi Agyeman")
    world.account("G1", "github", handle="kofi-agyeman", name="Kofi Agyeman")
    world.decide("merge", "slack:u1", "github:g1")
    assert suggested(world).keys() == {("github:g1", "meetup:m1"), ("meetup:m1", "slack:u1")}
    world.decide("reject", "slack:u1", "meetup:m1")
    assert suggested(world) == {}


def test_a_name_that_very_many_have_makes_no_pairs(world: World) -> None:
    for number in range(MOST_OF_A_KEY):
        world.account(f"M{number}", "meetup", handle=str(number), name="Kofi Agyeman")
    assert suggested(world) == {}


def test_pairs_come_and_go_with_how_many_have_a_name(world: World) -> None:
    """One namesake too many takes the pairs of all others away; without one they are back."""
    for number in range(MOST_OF_A_KEY):
        world.account(f"M{number}", "meetup", handle=str(number), name="Kofi Agyeman")
    count = "select count(*) from facts.compared_pairs"
    found = []
    with duckdb.connect() as con:
        world.write_facts(con)
        for change in (
            "select 1",
            "update facts.accounts set name = 'Ama' where account_id = 'meetup:m7'",
            "update facts.accounts set name = 'Kofi Agyeman' where account_id = 'meetup:m7'",
            "delete from facts.accounts where account_id = 'meetup:m7'",
        ):
            con.execute(change)
            suggest(con)
            found += con.execute(count).fetchall()
    assert found == [(0,), (MOST_OF_A_KEY - 1,), (0,), (MOST_OF_A_KEY - 1,)]


CHOICES: dict[str, tuple[Any, ...]] = {
    "source": ("slack", "github"),
    "handle": ("kofi", "kofi.agyeman", "ama2", "17"),
    "name": ("Kofi Agyeman", "Kofi A.", "Кофі Агєман", "Ama", "Ama Mensah", ""),
    "is_bot": (False, False, False, True),
    "other_name": (None, None, "Kofi Agyeman"),
    "place": (None, "Lagos", "Accra"),
    "joined": (None, "2025-01-01", "2025-06-01"),
    "days": (0, 3, 6),
    "event": (None, "Evening", "Evening", "Morning"),
}
KEPT = ("suggestions", *suggestions.KEPT)


@pytest.mark.parametrize("seed", some(range(12), 2))
def test_after_news_the_same_is_suggested_as_from_nothing(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accounts that are new, renamed, gone, busier, bots or otherwise; names that too many have
    and names that too many had. What is kept of others changes nothing.
    """
    monkeypatch.setattr(suggestions, "MOST_OF_A_KEY", 6)
    rng = random.Random(seed)
    people = [_anybody(rng) for _ in range(9)]
    with duckdb.connect() as con, duckdb.connect() as anew:
        for _ in range(3):
            _settle(people).write_facts(con)
            suggest(con)
            for somebody in rng.sample(people, 3):
                name = rng.choice([*CHOICES, "is_gone"])
                somebody[name] = rng.choice(CHOICES.get(name, (True, False)))
        _settle(people).write_facts(con)
        suggest(con)
        _settle(people).write_facts(anew)
        suggest(anew)
        for table in KEPT:
            every = f"from facts.{table} order by all"
            assert con.execute(every).fetchall() == anew.execute(every).fetchall(), table


def _anybody(rng: random.Random) -> dict[str, Any]:
    return {name: rng.choice(values) for name, values in CHOICES.items()} | {"is_gone": False}


def _settle(people: list[dict[str, Any]]) -> World:
    world = World()
    for source in CHOICES["source"]:
        world.source(source, source)
    days = {"Evening": 1, "Morning": 2}
    for number, one in enumerate(people):
        if one["is_gone"]:
            continue
        account, source = f"A{number}", one["source"]
        told = {name: one[name] for name in ("handle", "name", "is_bot")}
        world.account(account, source, stated_joined_at=one["joined"], **told)
        world.profile(account, source, place=one["place"], name=one["other_name"])
        for day in range(one["days"]):
            world.act(account, f"2026-01-0{day + 1} 12:00", source=source)
        if title := one["event"]:
            when = f"2026-01-0{days[title]} 18:00"
            event = world.event(f"{title} {source}", when, source=source)
            world.rsvp(event, account, "yes")
    return world


def test_only_what_changed_is_compared_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Splink sees the pairs of the account that was renamed, and none where nothing is new."""
    seen: list[list[str]] = []
    compared = suggestions.compared

    def spy(accounts: pa.Table, pairs: pa.Table, by: suggestions.Model) -> pa.Table:
        seen.append(pairs.column("account_a").to_pylist())
        return compared(accounts, pairs, by)

    monkeypatch.setattr(suggestions, "compared", spy)
    world.account("G1", "github", handle="12", name="Kofi Agyeman")
    world.account("U2", handle="ama", name="Ama Mensah")
    world.account("M2", "meetup", handle="22", name="Ama Mensah")
    with duckdb.connect() as con:
        world.build(con)
        suggest(con)
        suggest(con)
        con.execute("update facts.accounts set handle = 'mensah' where account_id = 'slack:u2'")
        suggest(con)
    assert [sorted(accounts) for accounts in seen] == [["github:g1", "meetup:m2"], ["meetup:m2"]]
