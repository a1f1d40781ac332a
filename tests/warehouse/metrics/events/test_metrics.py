"""Events in numbers: the worked example of each metric's header, acted out."""

from datetime import date
from pathlib import Path

import duckdb

from tests.support.worlds import NOW, World, columns, make_one_person, rows
from warehouse.query import EVERYTHING, Selection, metric_table


def test_event_attendance(world: World, tmp_path: Path) -> None:
    before = world.event("Before", "2024-04-01 18:00")
    world.rsvp(before, "Ada", "yes")
    event = world.event("Night", "2024-05-01 18:00", capacity=40, utc_offset_minutes=60)
    world.rsvp(event, "Ada", "yes", "attended", guests=2)
    world.rsvp(event, "Bo", "yes", "no_show")
    world.rsvp(event, "Cem", "yes")
    world.rsvp(event, "Dee", "no")
    world.rsvp(event, "Eve", "none", "attended")
    assert columns(world.snapshot(tmp_path).metric("event_attendance")) == {
        "event_id": ["meetup:before", "meetup:night"],
        "source": ["meetup", "meetup"],
        "group": ["Lagos", "Lagos"],
        "title": ["Before", "Night"],
        "starts_at": ["2024-04-01 18:00", "2024-05-01 18:00"],
        "is_online": [False, False],
        "capacity": [None, 40],
        "yes": [1, 3],
        "no": [0, 1],
        "waitlist": [0, 0],
        "guests": [0, 2],
        "attended": [1, 2],
        "walk_ins": [None, 1],
        "attendance_basis": ["rsvp", "checked_in"],
        "show_rate": [None, 0.3333],
        "no_show_rate": [None, 0.6667],
        "first_timers": [1, 1],
        "returning": [0, 1],
        "interested": [None, None],
        "utc_offset_minutes": [None, 60],
        "url": [None, None],
        "show_low": [None, 0.0615],
        "show_high": [None, 0.7923],
        "group_id": ["meetup:#Lagos", "meetup:#Lagos"],
    }


def test_event_trend(world: World, tmp_path: Path) -> None:
    night = world.event("Night", "2024-05-01 18:00")
    for name, mark in (("Ada", "attended"), ("Bo", "attended"), ("Cem", "no_show")):
        world.rsvp(night, name, "yes", mark)
    online = world.event("Online", "2024-05-20 18:00", is_online=True)
    for name in ("Ada", "Bo", "Dee", "Eve"):
        world.rsvp(online, name, "yes")
    world.rsvp(world.event("Again", "2024-07-01 18:00"), "Ada", "yes")
    assert columns(world.snapshot(tmp_path).metric("event_trend")) == {
        "period": ["2024-05-01", "2024-06-01", "2024-07-01"],
        "events": [2, 0, 1],
        "yes": [7, 0, 1],
        "attended": [6, 0, 1],
        "unique_attendees": [4, 0, 1],
        "first_timer_share": [1.0, None, 0.0],
        "mean_attended": [3.0, None, 1.0],
        "show_rate": [0.6667, None, None],
        "online_share": [0.5, None, 0.0],
        "checked_in_events": [1, 0, 0],
        "rsvp_events": [1, 0, 1],
        "show_low": [0.2077, None, None],
        "show_high": [0.9385, None, None],
        "mean_online": [4.0, None, None],
        "mean_in_person": [2.0, None, 1.0],
        "checked_in_yes": [3, 0, 0],
        "placed_events": [2, 0, 1],
        "attended_checked_in": [2, 0, 0],
        "attended_rsvp": [4, 0, 1],
        "first_low": [0.5101, None, 0.0],
        "first_high": [1.0, None, 0.7935],
        "is_complete": [True, True, True],
    }


def test_repeat_attendance(world: World, tmp_path: Path) -> None:
    for group, title, names in (
        ("Lagos", "One", ("Ada", "Bo")),
        ("Lagos", "Two", ("Ada",)),
        ("Accra", "Three", ("Bo", "Cem")),
    ):
        event = world.event(title, "2024-05-01 18:00", group)
        for name in names:
            world.rsvp(event, name, "yes")
    assert rows(world.snapshot(tmp_path).metric("repeat_attendance", Selection())) == [
        ("*", 3, 2, 0.6667, 0.2077, 0.9385, "*"),
        ("Accra", 2, 0, 0.0, 0.0, 0.6576, "meetup:#Accra"),
        ("Lagos", 2, 1, 0.5, 0.0945, 0.9055, "meetup:#Lagos"),
    ]


def test_two_groups_of_one_name_stay_two(world: World, tmp_path: Path) -> None:
    for source, names in (("meetup", ("Ada", "Bo")), ("guild", ("Cem",))):
        for name in names:
            world.rsvp(world.event("Night", "2024-05-01 18:00", source=source), name, "yes")
    snapshot = world.snapshot(tmp_path)
    _, guild, meetup = snapshot.metric("repeat_attendance").to_pylist()
    assert (guild["group"], meetup["group"]) == ("Lagos", "Lagos")
    for row, people in ((guild, ["guild:cem"]), (meetup, ["meetup:ada", "meetup:bo"])):
        behind = snapshot.people("repeat_attendance", EVERYTHING, row)
        assert behind["person_id"].to_pylist() == people
        records = snapshot.records("repeat_attendance", EVERYTHING, row)
        assert records["person_id"].to_pylist() == people


def test_event_conversion(world: World) -> None:
    event = world.event("Night", "2024-05-05 18:00")
    for name in ("Ada", "Bo", "Cem"):
        world.rsvp(event, name, "yes")
    for name in ("Dee", "Eve"):
        world.account(name)
        world.join(name, "2024-05-06 10:00")
    world.acts({"Ada": ["2024-05-20"], "Bo": ["2024-06-20"], "Dee": ["2024-05-07"]})
    with duckdb.connect() as con:
        world.build(con)
        make_one_person(con, "slack:ada", "meetup:ada")
        make_one_person(con, "slack:bo", "meetup:bo")
        assert rows(metric_table(con, "event_conversion", EVERYTHING)) == [
            ("2024-05-01", 3, 1, 0.3333, 0.5, 0.0615, 0.7923, 2, True),
            ("2024-06-01", 0, None, None, None, None, None, 0, True),
        ]


def test_conversation_to_events(world: World) -> None:
    event = world.event("Night", "2024-05-05 18:00")
    for name in ("Ada", "Dee"):
        world.rsvp(event, name, "yes")
    world.acts({"Ada": ["2024-05-20"], "Bo": ["2024-05-20"], "Cem": ["2024-05-07", "2024-06-01"]})
    with duckdb.connect() as con:
        world.build(con)
        make_one_person(con, "slack:ada", "meetup:ada")
        assert rows(metric_table(con, "conversation_to_events", EVERYTHING)) == [
            ("2024-05-01", 3, 1, 0.3333, 0.5, 2, 0.0615, 0.7923, True),
            ("2024-06-01", 1, 0, 0.0, None, 0, 0.0, 0.7935, True),
        ]
        alone = rows(metric_table(con, "conversation_to_events", Selection(sources=("meetup",))))
        assert alone == [
            ("2024-05-01", *[None] * 4, 2, None, None, True),
            ("2024-06-01", *[None] * 4, 0, None, None, True),
        ], "nobody can tell"


def test_nothing_follows_from_an_event_where_nobody_of_it_is_known_elsewhere(
    world: World, tmp_path: Path
) -> None:
    event = world.event("Night", "2024-05-01 18:00")
    world.rsvp(event, "Ada", "yes")
    world.act("Ada", "2024-05-03 10:00")
    snapshot = world.snapshot(tmp_path)
    funnel = rows(snapshot.metric("conversion_funnel"))
    assert [row[:2] for row in funnel] == [
        ("came", 1),
        ("joined", None),
        ("took_part", None),
        ("contributed", None),
    ]
    assert [row[1:4] for row in rows(snapshot.metric("event_conversion"))] == [(1, None, None)]
    assert [row[1:4] for row in rows(snapshot.metric("conversation_to_events"))] == [
        (None, None, None)
    ]


def test_conversion_funnel(world: World) -> None:
    event = world.event("Night", "2024-05-01 18:00")
    for name in ("Ada", "Bo", "Cem", "Dee"):
        world.rsvp(event, name, "yes")
    for name, joined in (("Ada", "05-02"), ("Bo", "05-02"), ("Dee", "04-01"), ("Eve", "05-03")):
        world.account(name)
        world.join(name, f"2024-{joined} 10:00")
    world.account("Fay")
    world.join("Fay", "2024-05-04 10:00")
    world.act("Cem", "2024-05-02 10:00", kind="star", source="github")
    asked = world.act("Ada", "2024-05-03 10:00")
    world.act("Bo", "2024-05-03 11:00", answers=asked)
    world.act("Ada", "2024-05-03 12:00", answers=asked)
    world.act("Eve", "2024-05-04 11:00")
    with duckdb.connect() as con:
        world.build(con)
        for name in ("ada", "bo", "dee"):
            make_one_person(con, f"slack:{name}", f"meetup:{name}")
        make_one_person(con, "github:cem", "meetup:cem")
        assert rows(metric_table(con, "conversion_funnel", EVERYTHING)) == [
            ("came", 4, None, None, None, None, 2, None, None),
            ("joined", 3, 0.75, 1.0, 0.3006, 0.9544, 2, 4, 2),
            ("took_part", 2, 0.6667, 0.5, 0.2077, 0.9385, 1, 3, 2),
            ("contributed", 1, 0.5, 0.0, 0.0945, 0.9055, 0, 2, 1),
        ]


def test_attendance_forecast(tmp_path: Path) -> None:
    world = World(covered_to="2024-06-01 00:00")
    world.source("meetup", kind="meetup", last_success_at=NOW)
    for number, came in enumerate((10, 12, 14, 12)):
        event = world.event(f"Past{number}", f"2024-0{number + 1}-10 18:00")
        for person in range(20):
            mark = "attended" if person < came else "no_show"
            world.rsvp(event, f"Member{person}", "yes", mark)
    coming = world.event("Next", "2024-06-05 18:00", status="planned")
    for person in range(30):
        world.rsvp(coming, f"Member{person}", "yes")
    basis = "4 checked-in events of this group, 4 of the community"
    assert rows(world.snapshot(tmp_path).metric("attendance_forecast")) == [
        (coming, "Next", "2024-06-05 18:00", 30, 18.4, 14, 23, basis)
    ]


def check_in(world: World, when: str, group: str, came: int) -> None:
    """An event of a group to which so many came, always the same first ones."""
    event = world.event(f"{group} {when}", f"{when} 18:00", group)
    for person in range(came):
        world.rsvp(event, f"{group}{person}", "yes", "attended")


def test_chapters(tmp_path: Path) -> None:
    world = World(covered_to="2024-07-01 00:00")
    for when, group, came in (
        ("2024-01-02", "Lagos", 10),
        ("2024-05-10", "Lagos", 12),
        ("2024-06-10", "Lagos", 18),
        ("2023-11-10", "Accra", 8),
    ):
        check_in(world, when, group, came)
    world.group("Lagos", city="Lagos", stated_members=300)
    names = "group events attended attendees new_faces show_rate trend is_fading members city"
    assert rows(world.snapshot(tmp_path).metric("chapters").select(names.split())) == [
        ("Accra", 1, 8, 8, 8, 1.0, None, True, None, None),
        ("Lagos", 3, 40, 18, 18, 1.0, 0.5, False, 300, "Lagos"),
    ]


def test_a_chapter_is_judged_by_more_than_the_chosen_time(tmp_path: Path) -> None:
    world = World(covered_to="2024-07-01 00:00")
    for when, group, came in (
        ("2021-11-10", "Accra", 8),
        ("2023-10-02", "Lagos", 4),
        ("2024-06-10", "Lagos", 6),
    ):
        check_in(world, when, group, came)
    june = Selection("month", date(2024, 6, 1))
    names = "group events attended new_faces trend is_fading last_event_at"
    assert rows(world.snapshot(tmp_path).metric("chapters", june).select(names.split())) == [
        ("Accra", 0, 0, 0, None, True, "2021-11-10 18:00"),
        ("Lagos", 1, 6, 2, 0.5, False, "2024-06-10 18:00"),
    ]


def test_event_after(world: World) -> None:
    event = world.event("Night", "2024-05-05 18:00")
    for name in ("Ada", "Bo"):
        world.rsvp(event, name, "yes")
    world.acts({"Ada": ["2024-05-05", "2024-05-06", "2024-06-04"], "Bo": ["2024-06-10"]})
    world.act("Bo", "2024-05-07 10:00", kind="star", source="github")
    night = (event, "Night", "2024-05-05 18:00")
    with duckdb.connect() as con:
        world.build(con)
        make_one_person(con, "slack:ada", "meetup:ada")
        make_one_person(con, "slack:bo", "github:bo", "meetup:bo")
        found = rows(metric_table(con, "event_after", EVERYTHING))
        assert [(row[0], *row[2:4]) for row in found] == [night] * 4
        assert [(row[1], *row[4:]) for row in found] == [
            ("*", 2, 1, 2, 0.5, 0.0945, 0.9055, True),
            ("attended", 0, 0, 2, 0.0, 0.0, 0.6576, True),
            ("message", 2, 1, 2, 0.5, 0.0945, 0.9055, True),
            ("star", 1, 1, 2, 0.5, 0.0945, 0.9055, True),
        ]


def test_the_share_after_an_event_is_unknown_before_thirty_days(tmp_path: Path) -> None:
    world = World(covered_to="2024-06-01 00:00")
    event = world.event("Night", "2024-05-05 18:00")
    world.rsvp(event, "Ada", "yes")
    world.rsvp(world.event("Again", "2024-05-06 18:00"), "Ada", "yes")
    found = rows(world.snapshot(tmp_path).metric("event_after"))
    assert [(row[1], *row[4:]) for row in found if row[0] == event] == [
        ("*", None, None, 1, None, None, None, False),
        ("attended", 1, 1, 1, None, None, None, False),
    ]


def test_event_invited(world: World, tmp_path: Path) -> None:
    event = world.event("Night", "2024-05-01 18:00", venue="Hall 1", city="Lagos")
    for name, joined in (("Ada", "03-01"), ("Bo", "03-02"), ("Cem", "06-01")):
        world.account(name, "meetup")
        world.join(name, f"2024-{joined} 10:00", "Lagos", "meetup")
    world.rsvp(event, "Ada", "yes", "attended")
    world.rsvp(event, "Eve", "none", "attended")
    assert rows(world.snapshot(tmp_path).metric("event_invited")) == [
        (event, "Night", 2, 1, 1, "Hall 1", "Lagos", None, None)
    ]
