"""Who is who: which accounts are one person's, by evidence and by decisions."""

from collections.abc import Callable

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.worlds import World
from warehouse.persons import APART, joined

PERSONS = """
select list(account_id order by account_id) from marts.authors
group by person_id having count(*) > 1 order by 1
"""


def persons(world: World) -> list[list[str]]:
    """The accounts of each person who has several."""
    with duckdb.connect() as con:
        world.build(con)
        return [accounts for (accounts,) in con.execute(PERSONS).fetchall()]


def address(*names: str) -> Callable[[World], None]:
    """Accounts, as `slack ada`, of which the platforms verified one address."""

    def tell(world: World) -> None:
        for name in names:
            source, _, handle = name.partition(" ")
            world.clue(handle, "email", "email:1", source=source)

    return tell


@pytest.fixture
def everywhere() -> World:
    """Ada, Bo and Cem, each with an account on three platforms."""
    world = World()
    for source in ("slack", "github", "meetup"):
        world.source(source, source)
        for name in ("Ada", "Bo", "Cem"):
            world.account(name, source)
    return world


def test_nobody_is_joined_by_a_name_or_a_handle(everywhere: World) -> None:
    assert persons(everywhere) == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (address("slack ada", "github ada"), [["github:ada", "slack:ada"]]),
        (
            address("slack ada", "github bo", "meetup cem"),
            [["github:bo", "meetup:cem", "slack:ada"]],
        ),
        (address("slack ada"), []),
        # A mailbox that two people of one platform share tells nothing of anybody.
        (address("slack ada", "slack bo", "github ada"), []),
    ],
)
def test_a_verified_address_joins_accounts(
    everywhere: World, told: Callable[[World], None], expected: list[list[str]]
) -> None:
    told(everywhere)
    assert persons(everywhere) == expected


def test_an_address_that_a_former_account_had_as_well_still_joins(everywhere: World) -> None:
    everywhere.account("Ada2", left_at="2024-01-01 00:00")
    address("slack ada", "slack ada2", "github ada")(everywhere)
    assert persons(everywhere) == [["github:ada", "slack:ada", "slack:ada2"]]


def test_who_names_an_account_as_their_own_has_it(everywhere: World) -> None:
    everywhere.clue("Ada", "stated", "github:Bo")
    everywhere.clue("Cem", "stated", "meetup:nobody")
    assert persons(everywhere) == [["github:bo", "slack:ada"]]


def test_an_account_that_two_name_as_theirs_is_nobodys(everywhere: World) -> None:
    everywhere.clue("Ada", "stated", "github:bo")
    everywhere.clue("Cem", "stated", "github:bo")
    assert persons(everywhere) == []


def written(world: World, *names: str) -> None:
    """Accounts of commits, of which nothing is known but the address of `address`."""
    for name in names:
        world.account(name, "github", is_listed=False)
        world.clue(name, "written", "email:1", source="github")


def test_an_address_in_commits_is_its_owner_s_on_the_same_source(everywhere: World) -> None:
    address("slack ada", "github ada")(everywhere)
    written(everywhere, "email:1")
    assert persons(everywhere) == [["github:ada", "github:email:1", "slack:ada"]]


@pytest.mark.parametrize("owners", [("slack ada",), ("github ada", "github bo"), ()])
def test_an_address_in_commits_is_nobody_s_where_nobody_or_several_have_it(
    everywhere: World, owners: tuple[str, ...]
) -> None:
    """Anybody can write any address into a commit: what Slack verified says nothing of it."""
    address(*owners)(everywhere)
    written(everywhere, "email:1")
    assert persons(everywhere) == []


@pytest.mark.parametrize("ids", [("#5", "#9"), ("#9", "#5")])
def test_a_handle_that_two_had_joins_nobody(ids: tuple[str, str]) -> None:
    """Kofi, number 5, is kofi-dev by now, and number 9 took the handle that was free."""
    world = World()
    world.account("kofi-dev", "github", also_id="github:#5")
    for id in ids:
        world.account("kofi", "github", also_id=f"github:{id}")
        world.rows["accounts"][id] = world.rows["accounts"].pop("github:kofi")
    assert persons(world) == []


def test_who_names_two_accounts_of_one_platform_names_none(everywhere: World) -> None:
    """Two groups of Meetup, or an old file and the API, each with an introduction of its own."""
    for name in ("github:ada", "github:bo"):
        everywhere.clue("Ada", "stated", name, source="meetup")
    everywhere.clue("Ada", "stated", "slack:ada", source="meetup")
    assert persons(everywhere) == [["meetup:ada", "slack:ada"]]


def test_evidence_never_joins_two_accounts_in_use_on_one_platform(everywhere: World) -> None:
    everywhere.clue("Ada", "stated", "github:cem")
    everywhere.clue("Bo", "stated", "github:cem", source="meetup")
    everywhere.clue("Bo", "email", "email:1", source="meetup")
    everywhere.clue("Bo", "email", "email:1", source="slack")
    # meetup:bo and slack:bo share an address, which is the stronger link; then github:cem, which
    # both sides name, goes to the first of them.
    assert persons(everywhere) == [["github:cem", "meetup:bo", "slack:bo"]]


def test_a_bot_is_joined_to_nobody(everywhere: World) -> None:
    everywhere.account("Robo", is_bot=True)
    address("slack robo", "github ada")(everywhere)
    assert persons(everywhere) == []


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        (
            [("merge", "slack:bo", "github:bo")],
            [["github:ada", "slack:ada"], ["github:bo", "slack:bo"]],
        ),
        ([("split", "slack:ada")], []),
        ([("reject", "github:ada", "slack:ada")], []),
        (
            [("split", "slack:ada"), ("merge", "slack:ada", "github:ada")],
            [["github:ada", "slack:ada"]],
        ),
        # Evidence adds no second account in use on a platform, to a decision neither.
        ([("merge", "slack:bo", "github:ada")], [["github:ada", "slack:bo"]]),
        (
            [("merge", "slack:bo", "github:ada", "slack:ada")],
            [["github:ada", "slack:ada", "slack:bo"]],
        ),
        (
            [("reject", "slack:bo", "github:ada"), ("merge", "slack:bo", "slack:ada")],
            [["slack:ada", "slack:bo"]],
        ),
        # Whoever is not there (any more) stops nothing.
        ([("merge", "slack:gone", "github:ada")], [["github:ada", "slack:ada"]]),
    ],
)
def test_a_decision_goes_before_evidence(
    everywhere: World, decisions: list[tuple[str, ...]], expected: list[list[str]]
) -> None:
    address("slack ada", "github ada")(everywhere)
    for what, *accounts in decisions:
        everywhere.decide(what, *accounts)
    assert persons(everywhere) == expected


def test_a_decision_that_is_undone_counts_for_nothing(everywhere: World) -> None:
    everywhere.decide("merge", "slack:ada", "github:ada", is_undone=True)
    assert persons(everywhere) == []


def test_an_account_that_was_called_a_bot_counts_nowhere(everywhere: World) -> None:
    everywhere.decide("bot", "slack:ada")
    with duckdb.connect() as con:
        everywhere.build(con)
        bots = con.execute("select account_id from marts.authors where is_bot").fetchall()
    assert bots == [("slack:ada",)]


@pytest.mark.parametrize(
    ("decision", "is_open"),
    [
        (None, True),
        (("reject", "slack:ada", "github:ada"), False),
        (("merge", "slack:ada", "github:ada"), False),
        (("split", "slack:ada"), False),
        (("bot", "slack:ada"), False),
        (("merge", "slack:ada", "meetup:ada"), True),
    ],
)
def test_a_suggestion_is_open_until_it_is_decided(
    everywhere: World, decision: tuple[str, ...] | None, is_open: bool
) -> None:
    everywhere.suggest("github:ada", "slack:ada")
    if decision:
        everywhere.decide(decision[0], *decision[1:])
    with duckdb.connect() as con:
        everywhere.build(con)
        assert con.execute("select count(*) from marts.suggestions").fetchall() == [(is_open,)]


def test_all_open_suggestions_are_taken_as_true_at_once() -> None:
    """Two accounts of one platform that are both in use come together over a third: no number can
    turn out lower. Less than 10% is not open.
    """
    world = World()
    for name in ("Ada", "Bo", "Cem"):
        world.account(name)
    world.account("Dev", "github")
    world.suggest("github:dev", "slack:ada", 0.9)
    world.suggest("github:dev", "slack:bo", 0.1)
    world.suggest("github:dev", "slack:cem", 0.0999)
    with duckdb.connect() as con:
        world.build(con)
        persons = con.execute("from marts.suggested_persons order by all").fetchall()
        is_open = "select account_b, is_open from marts.suggestions order by all"
        assert con.execute(is_open).fetchall() == [
            ("slack:ada", True),
            ("slack:bo", True),
            ("slack:cem", False),
        ]
    assert persons == [(name, "github:dev") for name in ("github:dev", "slack:ada", "slack:bo")]


ACCOUNTS = st.sampled_from([f"{source}:{name}" for source in "abc" for name in "xyz"])
RULES = st.sampled_from(["decision", "renamed", "email", "stated"])
PAIRS = st.tuples(ACCOUNTS, ACCOUNTS).filter(lambda pair: pair[0] != pair[1])


@settings(max_examples=200)
@given(apart=st.lists(PAIRS, max_size=4), links=st.lists(st.tuples(PAIRS, RULES), max_size=12))
def test_who_is_kept_apart_never_comes_together(
    apart: list[tuple[str, str]], links: list[tuple[tuple[str, str], str]]
) -> None:
    told = [(pair, APART) for pair in apart] + links
    table = joined([(a, b, rule, a[0], b[0], True, True) for (a, b), rule in told])
    person = dict(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))
    assert all(person.get(a, a) != person.get(b, b) for a, b in apart)
    # By evidence alone nobody has two accounts in use on one platform.
    if all(rule in ("email", "stated") for _, rule in links):
        assert len({(one, account[0]) for account, one in person.items()}) == len(person)
    assert all(one == min(a for a in person if person[a] == one) for one in person.values())
