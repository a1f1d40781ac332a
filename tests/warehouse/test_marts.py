"""Building marts: whole, piecemeal, and not at all when something is wrong."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.samples import some
from tests.support.worlds import World
from warehouse.build import MARTS, BuildError, Mart, build_marts
from warehouse.sqlfile import BadSqlFile, in_order, read_described, read_folder

HEADER = (
    '/*\ngrain = "One row."\nunique = ["day"]\nnot_null = ["day"]\n[columns]\nday = "A day"\n*/\n'
)
MAY_1 = "select date '2024-05-01' as day"


@dataclass
class Marts:
    """A folder of marts, and the database that they are built in."""

    con: duckdb.DuckDBPyConnection
    folder: Path

    def write(self, name: str, select: str, header: str = HEADER) -> None:
        (self.folder / f"{name}.sql").write_text(header + select, encoding="utf-8")

    def build(self, select: str = MAY_1, header: str = HEADER, whole: bool = True) -> None:
        self.write("days", select, header)
        build_marts(self.con, None if whole else set(), self.folder)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()


@pytest.fixture
def marts(tmp_path: Path) -> Iterator[Marts]:
    with duckdb.connect() as con:
        World().write_facts(con)
        yield Marts(con, tmp_path)


def everything(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: sorted(con.execute(f"from marts.{name}").fetchall(), key=repr)
        for name in read_folder(MARTS, Mart)
    }


def test_a_mart_is_described_in_the_database(marts: Marts) -> None:
    marts.build()
    comments = "select column_name, comment from duckdb_columns() where table_name = 'days'"
    assert marts.ask(comments) == [("day", "A day")]


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ("select date '2024-05-01' as date", "describes the columns day; the SELECT gives date"),
        ("select null::date as day", "day: never null, but found: None"),
        (f"{MAY_1} from range(2)", "day is unique, but found: 2024-05-01"),
        ("select dya as day from facts.settings", 'marts/days.sql: .*"dya" not found'),
    ],
    ids=["columns", "null", "double", "typo"],
)
def test_a_bad_mart_is_never_live(marts: Marts, select: str, message: str) -> None:
    marts.build()
    marts.con.execute("begin")
    with pytest.raises(BuildError, match=message):
        marts.build(select)
    marts.con.execute("rollback")
    assert marts.ask("from marts.days") == [(date(2024, 5, 1),)]


def test_marts_come_after_those_that_they_read(marts: Marts) -> None:
    marts.write("z_days", MAY_1)
    marts.build("with z as (from marts.z_days) from z")
    assert marts.ask("from marts.days") == [(date(2024, 5, 1),)]


def test_a_mart_without_a_file_goes(marts: Marts) -> None:
    marts.build()
    (marts.folder / "days.sql").unlink()
    build_marts(marts.con, None, marts.folder)
    tables = "select table_name from duckdb_tables() where schema_name = 'marts'"
    assert marts.ask(tables) == [("_memory",)]


def test_a_mart_that_was_a_view_becomes_a_table_and_a_view_again(marts: Marts) -> None:
    of_views = HEADER.replace("[columns]", "is_view = true\n[columns]")
    kinds = "select table_type from information_schema.tables where table_name = 'days'"
    for header, kind in ((of_views, "VIEW"), (HEADER, "BASE TABLE"), (of_views, "VIEW")):
        marts.build(header=header)
        assert marts.ask(kinds) == [(kind,)]
        assert marts.ask("from marts.days") == [(date(2024, 5, 1),)]


def test_a_circle_is_named() -> None:
    with pytest.raises(BadSqlFile, match="read each other in a circle: "):
        in_order({"a": ["b"], "b": ["a"]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select 1", "begins without a header"),
        ("/* grain = */ select 1", "days.sql: Invalid value"),
        ('/* grain = "x"\ncolums = {} */ select 1', "days.sql: Object .* `colums`"),
    ],
    ids=["no header", "no TOML", "unknown key"],
)
def test_a_bad_header_names_the_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "days.sql"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSqlFile, match=message):
        read_described(path, Mart)


def test_changed_sql_is_built_anew_whatever_changed(marts: Marts) -> None:
    header = HEADER.replace("[columns]", 'refresh_by = "day"\n[columns]')
    marts.build(header=header)
    marts.build("select date '2024-05-02' as day", header, whole=False)
    assert marts.ask("from marts.days") == [(date(2024, 5, 2),)]


def test_only_changed_dates_are_touched() -> None:
    world = World()
    world.acts({"Ada": ["2024-05-01", "2024-06-01"]})
    with duckdb.connect() as con:
        world.build(con)
        con.execute("update marts.account_days set participations = 77 where date = '2024-05-01'")
        world.act("Ada", "2024-06-01 13:00")
        world.build(con, {date(2024, 6, 1)})
        found = con.execute("select date, participations from marts.account_days order by date")
        assert found.fetchall() == [(date(2024, 5, 1), 77), (date(2024, 6, 1), 2)]


@pytest.mark.parametrize("is_listed", [True, False])
def test_who_is_forgotten_is_a_stranger_again(is_listed: bool) -> None:
    world = World()
    world.act("Ada", "2024-05-01 10:00")
    ada = world.account("Ada", is_listed=is_listed)
    with duckdb.connect() as con:
        world.build(con)
        del world.rows["accounts"][ada]
        world.build(con, set())
        found = con.execute("select account_id, is_stranger from marts.authors")
        assert found.fetchall() == [(ada, True)]


def test_an_event_on_another_day_takes_who_was_there_along() -> None:
    world = World()
    world.rsvp(world.event("One", "2024-02-03 18:00"), "Ada", "yes", "attended")
    with duckdb.connect() as con:
        world.build(con)
        world.event("One", "2024-03-10 18:00")
        world.build(con, set())
        days = con.execute("select date from marts.account_days").fetchall()
        months = con.execute("select month from marts.reached_months").fetchall()
        assert (days, months) == ([(date(2024, 3, 10),)], [(date(2024, 3, 1),)])


def test_a_check_in_that_is_gone_leaves_a_yes() -> None:
    world = World()
    bo = world.rsvp(world.event("One", "2024-02-03 18:00"), "Bo", "yes", "attended")
    world.rsvp(world.event("Two", "2024-02-04 18:00"), "Bo", "yes", "attended")
    with duckdb.connect() as con:
        world.build(con)
        world.rows["attendances"][bo]["check_in"] = None
        world.build(con, set())
        found = con.execute("""
            select title, attendance_basis
            from marts.attendance_bases join marts.events using (event_key) order by title
        """)
        assert found.fetchall() == [("One", "rsvp"), ("Two", "checked_in")]


CHANGES = ["act", "act", "delete", "edit", "name", "forget", "close", "drop", "event", "rsvp"]
CHANGES += ["rsvp", "take back", "date anew"]


def change(world: World, choice: random.Random) -> set[date]:
    """Changes the world at random and gives the dates that changed, as staging would.

    How an item stands changes no date: closing it is no act of anybody's. Which events changed is
    found by the build.
    """
    activities, items = world.rows["activities"], world.rows["work_items"]
    changed: set[date] = set()
    for _ in range(choice.randint(1, 4)):
        what = choice.choice(CHANGES)
        if what == "act" or not activities:
            answers = choice.choice([None, *activities])
            name = choice.choice(["Ada", "Bo", "Cem", "Stranger", "Passerby"])
            made = world.act(name, _moment(choice), answers=answers)
            changed |= _dates(world, activities[made])
        elif what == "delete":
            changed |= _dates(world, activities.pop(choice.choice([*activities])))
        elif what == "edit":
            edited = activities[choice.choice([*activities])]
            edited["kind"] = choice.choice(["message", "reaction", "huddle", "issue", "star"])
            changed |= _dates(world, edited)
        elif what == "date anew":
            moved = choice.choice([*activities])
            changed |= _dates(world, activities[moved])
            other = activities.pop(world.act("Ada", _moment(choice)))
            activities[moved] |= {name: other[name] for name in ("occurred_at", "date", "hour")}
            changed |= _dates(world, activities[moved])
        elif what == "event":
            status = choice.choice(["past", "past", "planned", "cancelled"])
            title = choice.choice(["One", "Two", "Three"])
            world.event(title, _moment(choice), status=status)
        elif what == "rsvp":
            event = choice.choice([*world.rows["events"], world.event("Four", "2024-03-01 18:00")])
            rsvp = choice.choice(["yes", "no", "interested", "none"])
            check_in = choice.choice([None, None, "attended", "no_show"])
            world.rsvp(event, choice.choice(["Ada", "Bo", "Eve"]), rsvp, check_in)
        elif what == "take back":
            world.rows["attendances"].pop(choice.choice([*world.rows["attendances"], None]), None)
        elif what == "close":
            world.stands(choice.choice([*activities]), choice.choice([None, "2024-04-01 10:00"]))
        elif what == "drop":
            items.pop(choice.choice([*items, None]), None)
        elif what == "forget":
            world.rows["accounts"].pop(choice.choice(["slack:ada", "slack:stranger"]), None)
        else:
            world.account(
                choice.choice(["Stranger", "Dee"]),
                is_bot=choice.random() < 0.3,
                is_listed=choice.random() < 0.5,
            )
    return changed


def _moment(choice: random.Random) -> str:
    when = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=choice.randrange(24 * 90))
    return f"{when:%Y-%m-%d %H:%M}"


def _dates(world: World, touched: dict[str, Any]) -> set[date]:
    """The date of an act, and of what it answers."""
    answered = world.rows["activities"].get(touched["parent_id"])
    return {touched["date"]} | ({answered["date"]} if answered else set())


@pytest.mark.parametrize("examples", some([3, 10], 1))
def test_piecemeal_equals_whole(examples: int) -> None:
    settings(max_examples=examples, deadline=None)(given(st.integers(0, 2**32))(check_piecemeal))()


def check_piecemeal(seed: int) -> None:
    choice = random.Random(seed)
    world = World(timezone="Asia/Kolkata")
    for name in ("Ada", "Bo", "Cem"):
        world.account(name)
    with duckdb.connect() as refreshed, duckdb.connect() as rebuilt:
        change(world, choice)
        world.build(refreshed)
        for _ in range(3):
            world.build(refreshed, change(world, choice))
            if choice.random() < 0.3:
                world.rows["settings"]["one"]["staff"] = ["slack:bo"]
                world.build(refreshed, set())
            world.build(rebuilt)
            assert everything(refreshed) == everything(rebuilt)
