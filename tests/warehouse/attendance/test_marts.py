"""What several records tell of one event becomes one event, and only changed events are built."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.worlds import World, rows
from warehouse.build import build_marts
from warehouse.query import EVERYTHING, Selection, metric_table

COUNTS = ("yes", "no", "waitlist", "guests", "attended", "walk_ins", "attendance_basis")


def counts(world: World, *columns: str) -> dict[str, tuple[Any, ...]]:
    """By title, the numbers of each event."""
    with duckdb.connect() as con:
        world.build(con)
        found = metric_table(con, "event_attendance", EVERYTHING).to_pylist()
    return {row["title"]: tuple(row[column] for column in columns or COUNTS) for row in found}


def test_totals_alone_are_the_numbers_and_invent_nobody(world: World) -> None:
    world.event("Told", "2024-05-01 18:00", stated_yes=12, stated_waitlist=3, stated_guests=2)
    world.event("Checked", "2024-05-02 18:00", stated_yes=9, stated_attended=5, stated_no_show=4)
    world.event("Empty", "2024-05-03 18:00", stated_yes=0)
    world.event("Silent", "2024-05-04 18:00")
    assert counts(world) == {
        "Told": (12, None, 3, 2, 12, None, "rsvp"),
        "Checked": (9, None, None, None, 5, None, "checked_in"),
        "Empty": (0, None, None, None, 0, None, "rsvp"),
        "Silent": (None, None, None, None, None, None, None),
    }
    assert counts(world, "show_rate", "first_timers")["Checked"] == (None, None)
    with duckdb.connect() as con:
        world.build(con)
        assert con.execute("from marts.activities").fetchall() == []
        [may] = rows(metric_table(con, "event_trend", EVERYTHING))
        assert may[:7] == ("2024-05-01", 4, 21, 17, None, None, 5.6667)


def test_interest_is_no_attendance(world: World) -> None:
    event = world.event("Talk", "2024-05-01 18:00", source="discord")
    world.rsvp(event, "Ada", "interested")
    assert counts(world, *COUNTS, "interested") == {"Talk": (*[None] * 7, 1)}
    with duckdb.connect() as con:
        world.build(con)
        [may] = rows(metric_table(con, "event_trend", EVERYTHING))
        assert may[1:5] == (1, None, None, None)


def test_a_file_and_the_platform_tell_of_one_event(world: World) -> None:
    listed = {"is_from_file": True}
    world.event("77", "2024-05-01 18:00", stated_attended=1, capacity=30, url="old", **listed)
    world.event("Night", "2024-05-01 18:00", also_id="meetup:77", url="new")
    world.rsvp("meetup:night", "Ada", "yes")
    world.rsvp("meetup:night", "Bo", "no")
    world.rsvp("meetup:77", "Ada", "yes", "attended", **listed)
    world.rsvp("meetup:77", "Bo", "yes", **listed)
    world.rsvp("meetup:77", "Cem", "yes", "no_show", **listed)
    assert counts(world, *COUNTS, "capacity", "url") == {
        "Night": (2, 1, 0, 0, 1, 0, "checked_in", 30, "new")
    }


def test_doubles_count_once_and_the_newest_rsvp_holds(world: World) -> None:
    event = world.event("Night", "2024-05-01 18:00")
    for day, rsvp in (("28", "yes"), ("30", "no"), ("29", "waitlist")):
        world.rsvp(event, "Ada", rsvp, rsvp_at=f"2024-04-{day} 10:00")
    world.rsvp(event, "Bo", "yes")
    world.rsvp(event, "Bo", "yes")
    world.rsvp(event, "Cem", "yes", superseded_at="2024-04-30 10:00")
    assert counts(world)["Night"] == (1, 1, 0, 0, 1, None, "rsvp"), "Cem is gone from the list"


def test_an_event_near_midnight_falls_into_the_local_month(tmp_path: Path) -> None:
    world = World(timezone="Asia/Tokyo")
    world.rsvp(world.event("Night", "2024-05-31 16:00"), "Ada", "yes")
    snapshot = world.snapshot(tmp_path)
    assert [row[:3] for row in rows(snapshot.metric("event_trend"))] == [("2024-06-01", 1, 1)]
    assert rows(snapshot.metric("active_members")) == [("2024-06-01", 1, True, 1, 1, 1)]
    june = Selection(start=date(2024, 6, 1))
    assert snapshot.metric("event_attendance", june).num_rows == 1


def test_a_planned_event_takes_place_when_the_data_passes_its_start(world: World) -> None:
    world.source("meetup", "meetup", covered_to="2024-05-01 12:00")
    event = world.event("Night", "2024-05-01 18:00", status="planned")
    world.rsvp(event, "Ada", "yes")
    with duckdb.connect() as con:
        world.build(con)
        assert attended(con) == []
        world.source("meetup", "meetup", covered_to="2024-05-01 19:00")
        world.build(con, set())
        assert attended(con) == [("meetup:night:meetup:ada", date(2024, 5, 1))]
        assert active_dates(con) == [date(2024, 5, 1)]


def attended(con: duckdb.DuckDBPyConnection) -> list[tuple[str, date]]:
    return con.execute(
        "select activity_id, date from marts.activities where kind = 'attended' order by all"
    ).fetchall()


def active_dates(con: duckdb.DuckDBPyConnection) -> list[date]:
    found = con.execute("select distinct date from marts.account_days order by date").fetchall()
    return [day for (day,) in found]


def test_only_changed_events_are_written(world: World) -> None:
    for title, day in (("One", 1), ("Two", 2), ("Three", 3)):
        world.rsvp(world.event(title, f"2024-05-0{day} 18:00"), "Ada", "yes")
    with duckdb.connect() as con:
        world.build(con)
        con.execute("update marts.attendances set guests = 9")
        build_marts(con, set())
        assert guests(con) == {"one": 9, "two": 9, "three": 9}, "nothing to do, nothing done"
        con.execute("update facts.attendances set rsvp = 'no' where event_id = 'meetup:two'")
        con.execute(
            "update facts.events set starts_at = '2024-05-09 18:00' where event_id = 'meetup:three'"
        )
        build_marts(con, set())
        assert guests(con) == {"one": 9, "two": 0, "three": 0}
        assert attended(con) == [
            ("meetup:one:meetup:ada", date(2024, 5, 1)),
            ("meetup:three:meetup:ada", date(2024, 5, 9)),
        ]
        assert active_dates(con) == [date(2024, 5, 1), date(2024, 5, 9)]


def guests(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    query = "select split_part(event_id, ':', 2), guests from marts.attendances"
    return dict(con.execute(query).fetchall())


def test_an_event_that_is_gone_leaves_nothing(world: World) -> None:
    event = world.event("One", "2024-05-01 18:00")
    world.rsvp(event, "Ada", "yes")
    with duckdb.connect() as con:
        world.build(con)
        world.rows["events"].clear()
        world.rows["attendances"].clear()
        world.build(con, set())
        assert (attended(con), active_dates(con)) == ([], [])


def test_a_person_on_two_accounts_is_counted_once(world: World) -> None:
    event = world.event("Night", "2024-05-01 18:00")
    world.rsvp(event, "Ada", "yes", "attended")
    world.rsvp(event, "Ada2", "no")
    with duckdb.connect() as con:
        world.build(con)
        con.execute("update marts.authors set person_key = 1, has_several_accounts = true")
        [row] = metric_table(con, "event_attendance", EVERYTHING).to_pylist()
        assert [row[name] for name in (*COUNTS[:2], "attended", "first_timers")] == [1, 0, 1, 1]


def test_records_lead_to_the_events(world: World, tmp_path: Path) -> None:
    url = "https://meetup.example/Lagos/events/77/"
    event = world.event("Night", "2024-05-01 18:00", url=url)
    world.rsvp(event, "Ada", "yes")
    snapshot = world.snapshot(tmp_path)
    [row] = snapshot.metric("event_attendance").to_pylist()
    [record] = snapshot.records("event_attendance", EVERYTHING, row).to_pylist()
    assert (record["channel"], record["link"]) == ("Lagos", url.rstrip("/"))
    assert rows(snapshot.people("event_attendance", EVERYTHING, row)) == [
        ("meetup:ada", "ada", 1, "attended", "yes", "first time")
    ]


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter"])
def test_who_is_active_by_a_yes_alone_is_told_apart(tmp_path: Path, grain: str) -> None:
    world = World()
    unmarked = world.event("Unmarked", "2024-05-06 18:00")
    checked = world.event("Checked", "2024-05-06 19:00")
    for name in ("Ada", "Bo", "Cem", "Dee"):
        world.rsvp(unmarked, name, "yes")
    world.rsvp(unmarked, "Eve", "no")
    world.rsvp(checked, "Bo", "yes", "attended")
    world.rsvp(checked, "Fay", "yes", "no_show")
    world.act("Cem", "2024-05-06 10:00", source="meetup")
    snapshot = world.snapshot(tmp_path)
    active, *_ = snapshot.metric("active_members", Selection(grain)).to_pylist()
    states, *_ = snapshot.metric("lifecycle", Selection(grain)).to_pylist()
    assert (active["active_members"], active["rsvp_only"]) == (4, 2), "Ada and Dee"
    assert (states["new"], states["rsvp_only"]) == (4, 2)


def test_a_yes_no_longer_counts_alone_once_somebody_is_checked_in(tmp_path: Path) -> None:
    world = World()
    event = world.event("Night", "2024-05-06 18:00")
    for name in ("Ada", "Bo"):
        world.rsvp(event, name, "yes")
    with duckdb.connect() as con:
        world.build(con)
        world.rsvp(event, "Cem", "yes", "attended")
        world.build(con, changed_dates=set())
        found = rows(metric_table(con, "active_members", Selection()))
    assert found == [("2024-05-01", 1, True, 0, 1, 1)]


def test_what_nobody_measured_is_null_and_never_0(tmp_path: Path) -> None:
    world = World()
    unmarked = world.event("Unmarked", "2024-05-06 18:00")
    world.rsvp(unmarked, "Ada", "yes")
    silent = world.event("Silent", "2024-06-06 18:00", "Accra", stated_interested=7)
    snapshot = world.snapshot(tmp_path)
    measured = ("walk_ins", "show_rate", "no_show_rate", "show_low", "show_high")
    counted = ("attended", "first_timers", "returning", "attendance_basis")
    found = {row["event_id"]: row for row in snapshot.metric("event_attendance").to_pylist()}
    assert [found[unmarked][name] for name in measured] == [None] * 5
    assert [found[silent][name] for name in (*measured, *counted, "yes")] == [None] * 10
    _, june = snapshot.metric("event_trend").to_pylist()
    unknown = ("yes", "attended", "unique_attendees", "first_timer_share", "mean_attended")
    basis = ("show_rate", "attended_checked_in", "attended_rsvp", "first_low", "first_high")
    assert [june[name] for name in (*unknown, *basis)] == [None] * 10
    accra, lagos = snapshot.metric("chapters").to_pylist()
    assert [lagos[name] for name in ("show_rate", "show_low", "show_high")] == [None] * 3
    no_one = ("attended", "attendees", "new_faces", "mean_attended", "show_rate")
    assert [accra[name] for name in no_one] == [None] * 5
    assert {row["group"] for row in snapshot.metric("repeat_attendance").to_pylist()} == {
        "*",
        "Lagos",
    }
    after = snapshot.metric("event_after").to_pylist()
    assert {(row["event_id"], row["share"]) for row in after if row["kind"] == "*"} == {
        (unmarked, None)
    }
