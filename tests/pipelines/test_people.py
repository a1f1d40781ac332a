"""`vitals people`: decisions in the file, what they move, and that undo restores everything."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.people import decisions
from pipelines.settings import SettingsError
from tests.support.hand_made.slack import THREE, write_folder
from tests.support.in_process import Vitals
from tests.support.installations import Installation, every_metric
from tests.support.persons import robot_place
from tests.support.samples import some
from tests.support.worlds import World
from warehouse.configuration import Decision
from warehouse.snapshots import open_current

ADA, BO, CEM = "slack:U1", "slack:U2", "slack:U3"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Ada, Bo and Cem, who all wrote on Slack."""
    place = Installation(tmp_path_factory.mktemp("built"))
    place.import_export(write_folder(place.folder / "export", THREE))
    place.publish().close()
    return place


@pytest.fixture
def place(tmp_path: Path, built: Installation) -> Installation:
    """A place of one's own."""
    place = Installation(tmp_path / "place")
    place.goes_on_from(built)
    return place


People = Callable[..., str]


@pytest.fixture
def people(place: Installation, vitals: Vitals) -> People:
    """Runs `vitals people …` there, and returns what it says."""
    return partial(vitals, place, "people")


def accounts(people: People) -> list[list[str]]:
    """The accounts of every person."""
    return [row["accounts"] for row in json.loads(people("list", "--format", "json"))]


def rows_of(said: str) -> Any:
    """The rows that a command printed as JSON, before what it says about its work."""
    return json.JSONDecoder().raw_decode(said)[0]


def test_a_merge_says_what_it_moves_and_undo_takes_it_back(
    place: Installation, people: People
) -> None:
    before = every_metric(place.publish())
    told = people("merge", ADA, "slack:bo", "--yes", "--why", "they said so")
    [persons] = [line for line in told.splitlines() if line.startswith("persons")]
    assert persons.split()[-2:] == ["3", "2"]
    assert accounts(people) == [[ADA, BO], [CEM]]
    people("undo", "--yes")
    assert accounts(people) == [[ADA], [BO], [CEM]]
    assert every_metric(place.publish()) == before
    listed = json.loads(people("decisions", "--format", "json"))
    assert [(row["number"], row["what"], row["why"], row["is_undone"]) for row in listed] == [
        (1, "merge", "they said so", True),
        (2, "undo 1", None, False),
    ]


def test_a_preview_decides_nothing(place: Installation, people: People) -> None:
    moved = rows_of(people("merge", ADA, BO, "--preview", "--format", "json"))
    [persons] = [row for row in moved if row["metric"] == "persons"]
    assert (persons["before"], persons["after"]) == (3, 2)
    assert not decisions.read(place.settings)


def test_a_merge_names_all_accounts_of_the_persons(place: Installation, people: People) -> None:
    people("merge", ADA, BO, "--yes")
    people("merge", BO, CEM, "--yes")
    assert decisions.read(place.settings)[-1].accounts == [ADA, BO, CEM]
    people("split", ADA, "--yes")
    assert accounts(people) == [[ADA], [BO, CEM]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["merge", ADA, "slack:nobody"], "no account is called 'slack:nobody'. Name one of: "),
        (["merge", ADA, "slack:ada"], "are the same account. Name two different ones"),
        (["split", ADA], "slack:U1 is the only account of its person"),
        (["not-bot", "slack:nobody"], "no account is called 'slack:nobody'. Name one of: "),
        (["undo"], "nothing can be undone. Decisions in force: none"),
        (["undo", "7"], "decision 7 is not in force"),
    ],
)
def test_what_cannot_be_decided_is_one_clear_error(
    place: Installation, people: People, arguments: list[str], message: str
) -> None:
    said = people(*arguments, "--yes", status=2)
    assert message in said
    assert not place.settings.people_path.exists()


def test_what_was_rejected_stays_rejected(place: Installation, people: People) -> None:
    people("reject", ADA, BO, "--yes")
    said = people("merge", ADA, BO, "--yes", status=2)
    assert "are of different people by decision 1" in said
    people("undo", "1", "--yes")
    people("merge", ADA, BO, "--yes")
    assert accounts(people) == [[ADA, BO], [CEM]]


def test_a_robot_is_proposed_until_somebody_decides(tmp_path: Path, vitals: Vitals) -> None:
    place = robot_place(tmp_path)
    people = partial(vitals, place, "people")

    def listed() -> list[dict[str, Any]]:
        return json.loads(people("robots", "--format", "json"))

    before = every_metric(place.publish())
    [robot] = listed()
    assert robot == {
        "account_id": "slack:U9",
        "name": "Leo Marsh",
        "reasons": ["30 of 30 posts at minute 35 of the hour"],
        "posts": 30,
        "answered": 0,
        "answers": 0,
        "first_date": "2026-01-01",
        "last_date": "2026-01-02",
    }
    people("bot", "slack:leo", "--yes")
    assert (listed(), accounts(people)) == ([], [])
    refused = people("not-bot", "slack:leo", "--yes", status=2)
    assert "slack:U9 is a bot by its platform, by " in refused
    people("undo", "--yes")
    assert listed() == [robot]
    people("not-bot", "slack:leo", "--yes", "--why", "he is like that")
    assert (listed(), accounts(people)) == ([], [["slack:U9"]])
    assert decisions.read(place.settings)[-1].what == "not-bot"
    assert every_metric(place.publish()) == before
    people("undo", "--yes")
    assert listed() == [robot]


def test_robots_are_listed_as_a_table_and_as_csv(tmp_path: Path, vitals: Vitals) -> None:
    people = partial(vitals, robot_place(tmp_path), "people")
    named = "account_id,name,reasons,posts,answered,answers,first_date,last_date"
    [head, row] = people("robots", "--format", "csv").splitlines()
    assert head == named
    assert row.startswith("slack:U9,Leo Marsh,30 of 30 posts at minute 35 of the hour,30,0,0,")
    assert people("robots").split()[:8] == named.split(",")


def test_nothing_is_decided_where_nobody_confirms_it(place: Installation, people: People) -> None:
    people("merge", ADA, BO, status=1)
    assert not place.settings.people_path.exists()


HAND_WRITTEN = """\
# Ours, please keep.
[[decisions]]
what = "merge"   # seen at the meetup
accounts = ["slack:U1", "slack:gone"]
"""


def test_a_file_written_by_hand_keeps_its_comments_and_stops_no_build(
    place: Installation, people: People
) -> None:
    path = place.settings.people_path
    path.write_text(HAND_WRITTEN)
    said = people("reject", ADA, BO, "--yes")
    assert "decision 1: no account is called slack:gone. It is kept" in said
    assert path.read_text().startswith(HAND_WRITTEN)
    assert [d.number for d in decisions.read(place.settings)] == [1, 2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[decisions]\n", "it is not valid TOML"),
        ("[people]\n", "people is not known. Each decision begins with [[decisions]]"),
        ("decisions = 3\n", "write each one under its own [[decisions]]"),
        ('[[decisions]]\nwhat = "join"\n', "[[decisions]] 1: what: "),
        ('[[decisions]]\nwhat = "merge"\naccounts = ["slack:U1"]\n', "merge needs at least 2"),
        ('[[decisions]]\nwhat = "undo"\nundoes = 4\n', "it can only undo one before it"),
        ('[[decisions]]\nwhat = "undo"\n', "an undo, and nothing else, names a decision there"),
        ('[[decisions]]\nnumber = 5\nwhat = "undo"\nundoes = 4\n', "there is no decision 4"),
        (
            '[[decisions]]\nnumber = 1\nwhat = "split"\naccounts = ["slack:U1"]\n' * 2,
            "[[decisions]] 2: number 1 is used twice. Give one of them another",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    place = Installation(tmp_path)
    place.settings.people_path.write_text(content)
    with pytest.raises(SettingsError) as caught:
        decisions.read(place.settings)
    assert message in str(caught.value)
    assert str(place.settings.people_path) in str(caught.value)


def test_somebody_elses_decision_meanwhile_is_not_overwritten(place: Installation) -> None:
    mine = decisions.next_decision([], "reject", [ADA, BO])
    theirs = decisions.next_decision([], "merge", [ADA, BO])
    decisions.write(place.settings, place.warehouse, theirs)
    with pytest.raises(SettingsError, match="somebody else has decided something meanwhile"):
        decisions.write(place.settings, place.warehouse, mine)
    assert [d.what for d in decisions.read(place.settings)] == ["merge"]


ACCOUNT = st.sampled_from([f"{source}:{name}" for source in ("slack", "github") for name in "abc"])
STEP = st.one_of(
    st.tuples(st.sampled_from(["merge", "reject"]), st.lists(ACCOUNT, min_size=2, max_size=3)),
    st.tuples(st.just("split"), st.lists(ACCOUNT, min_size=1, max_size=1)),
    st.tuples(st.sampled_from(["bot", "not-bot"]), st.lists(ACCOUNT, min_size=1, max_size=1)),
    st.tuples(st.just("undo"), st.integers(1, 6)),
)


def marts(decided: list[Decision]) -> dict[str, list[Any]]:
    """The rows of every mart of a small world with these decisions, but for the decisions."""
    world = World()
    for source in ("slack", "github"):
        world.source(source, source)
        for place, name in enumerate("abc"):
            world.account(name, source)
            first = world.act(name, f"2024-05-0{place + 1} 10:00", source=source)
            world.act("a", "2024-05-06 10:00", answers=first, source=source)
    world.clue("a", "email", "email:1")
    world.clue("b", "email", "email:1", source="github")
    for one in decided:
        world.decide(one.what, *one.accounts, is_undone=one.is_undone)
    with duckdb.connect() as con:
        world.build(con)
        tables = con.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
            " and table_name not in ('decisions', '_memory')"
        ).fetchall()
        return {
            table: sorted(con.execute(f"from marts.{table}").fetchall(), key=repr)
            for (table,) in tables
        }


@pytest.fixture(scope="module")
def undecided() -> dict[str, list[Any]]:
    return marts([])


@pytest.mark.parametrize("examples", some([4, 15], 1))
def test_undoing_everything_in_any_order_restores_every_row(
    undecided: dict[str, list[Any]], examples: int
) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(steps=st.lists(STEP, max_size=6), order=st.randoms(use_true_random=False))
    def restores(steps: list[Any], order: Any) -> None:
        assert marts(made_and_undone(steps, order)) == undecided

    restores()


def made_and_undone(steps: list[Any], order: Any) -> list[Decision]:
    decided: list[Decision] = []
    for what, told in steps:
        if what != "undo":
            new = decisions.next_decision(decided, what, told)
        elif any(one.number == told and not one.is_undone for one in decided):
            new = decisions.next_decision(decided, "undo", undoes=told)
        else:
            continue
        decided = decisions.with_one_more(decided, new)
    while in_force := [one for one in decided if one.what != "undo" and not one.is_undone]:
        new = decisions.next_decision(decided, "undo", undoes=order.choice(in_force).number)
        decided = decisions.with_one_more(decided, new)
    return decided


def test_a_build_says_how_many_persons_were_merged_or_split(
    place: Installation, people: People, vitals: Vitals
) -> None:
    told = "(persons since the snapshot before: "
    assert f"{told}1 merged into others, 0 split off)" in people("merge", ADA, BO, "--yes")
    place.settings.people_path.unlink()
    assert f"{told}0 merged into others, 1 split off)" in vitals(place, "build")
    assert told not in vitals(place, "build")


def test_a_full_build_gives_the_same_rows(
    place: Installation, people: People, vitals: Vitals
) -> None:
    people("merge", ADA, BO, "--yes")
    before = every_metric(place.publish())
    vitals(place, "build", "--full")
    assert every_metric(open_current(place.settings.warehouse_path)) == before
