"""The worked example of each metric's header, acted out."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from tests.support.worlds import World, make_one_person, rows
from warehouse.query import Selection, metric_table

MONTHS = Selection("month")


def test_active_members(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-05-01", "2024-05-02", "2024-07-01"], "Bo": ["2024-05-03"]})
    world.act("Cem", "2024-05-03 12:00", kind="reaction")
    world.rsvp(world.event("With a list at the door", "2024-08-01 18:00"), "Ada", "yes", "attended")
    world.rsvp(world.event("Without one", "2024-08-02 18:00"), "Bo", "yes")
    for name in ("Ada", "Bo"):
        world.act(name, "2024-09-01 10:00")
        world.act(name, "2024-09-02 10:00", kind="issue", source="github")
    world.decide("merge", "slack:ada", "github:ada")
    world.suggest("github:bo", "slack:bo")
    assert rows(world.snapshot(tmp_path).metric("active_members")) == [
        # period, active_members, is_complete, rsvp_only, low, high
        ("2024-05-01", 2, True, 0, 2, 2),
        ("2024-06-01", 0, True, 0, 0, 0),
        ("2024-07-01", 1, True, 0, 1, 1),
        ("2024-08-01", 2, True, 1, 2, 2),
        ("2024-09-01", 3, True, 0, 2, 4),
    ]


def test_lifecycle(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-05-01", "2024-06-01", "2024-08-01"]})
    world.acts({"Bo": ["2024-05-31"], "Cem": ["2024-06-30"]})
    assert rows(world.snapshot(tmp_path).metric("lifecycle")) == [
        # period, new, returning, resurrected, dormant, is_complete, rsvp_only
        ("2024-05-01", 2, 0, 0, 0, True, 0),
        ("2024-06-01", 1, 1, 0, 1, True, 0),
        ("2024-07-01", 0, 0, 0, 2, True, 0),
        ("2024-08-01", 0, 0, 1, 0, True, 0),
    ]


def test_stickiness(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-04-01", "2024-04-02", "2024-04-03"]})
    world.acts({"Bo": ["2024-04-11", "2024-04-12", "2024-04-13"]})
    assert rows(world.snapshot(tmp_path).metric("stickiness")) == [
        # Ada is weekly active on 1 to 9 April, Bo on 11 to 19 April: 18 of 30 days
        ("2024-04-01", 0.2, 0.6, 2, 0.1, True)
    ]


def test_rolling_active(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-05-01", "2024-05-05"], "Bo": ["2024-05-03"], "Cem": ["2024-06-01"]})
    world.source("slack", covered_to="2024-06-02 00:00")
    found = rows(world.snapshot(tmp_path).metric("rolling_active"))
    assert [row for row in found if row[0][-2:] in ("05", "09", "10", "12", "30", "31")] == [
        ("2024-05-05", 1, 2, 2),
        ("2024-05-09", 0, 2, 2),
        ("2024-05-10", 0, 1, 2),
        ("2024-05-12", 0, 0, 2),
        ("2024-05-30", 0, 0, 2),
        ("2024-05-31", 0, 0, 1),
    ]
    assert (found[0][0], found[-1]) == ("2024-05-01", ("2024-06-01", 1, 1, 2))


def test_activity_volume(world: World, tmp_path: Path) -> None:
    hello = world.act("Ada", "2024-05-01 10:00")
    world.act("Ada", "2024-05-01 11:00")
    world.act("Bo", "2024-05-01 12:00", answers=hello)
    world.act("Bo", "2024-05-01 10:00", kind="reaction")
    assert rows(world.snapshot(tmp_path).metric("activity_volume")) == [
        ("2024-05-01", "slack", "message", 2, 1, True),
        ("2024-05-01", "slack", "reaction", 1, 1, True),
        ("2024-05-01", "slack", "reply", 1, 1, True),
    ]


def test_first_response(tmp_path: Path) -> None:
    world = World(bots=["slack:robo"])
    asked = world.act("Ada", "2024-05-01 10:00")
    world.act("Bo", "2024-05-01 10:10", answers=asked)
    world.act("Ada", "2024-05-01 10:01", answers=asked)
    alone = world.act("Cem", "2024-05-02 10:00")
    world.act("Cem", "2024-05-02 10:05", answers=alone)
    third = world.act("Dee", "2024-05-03 10:00")
    world.act("Robo", "2024-05-03 10:01", answers=third)
    world.act("Ada", "2024-05-03 10:30", answers=third)
    assert rows(world.snapshot(tmp_path).metric("first_response")) == [
        ("2024-05-01", "slack", 3, 2, 0.6667, 1200.0, 1680.0, True)
    ]


def test_concentration(world: World, tmp_path: Path) -> None:
    for number, count in enumerate((1000, 433, 343, 332, 202, 90, 42, 33)):
        for _ in range(count):
            world.act(f"Member{number}", "2024-05-01 10:00", channel=None)
    assert rows(world.snapshot(tmp_path).metric("concentration")) == [
        ("2024-05-01", 8, 2475, 1.0, 2, True)
    ]


def test_channels(world: World, tmp_path: Path) -> None:
    asked = world.act("Ada", "2024-05-01 10:00", channel="help")
    world.act("Ada", "2024-05-02 10:00", channel="help")
    world.act("Bo", "2024-05-03 10:00", channel="help", answers=asked)
    assert rows(world.snapshot(tmp_path).metric("channels")) == [
        ("slack", "help", 3, 2, 2, 0.5, "2024-05-03 10:00")
    ]


def test_heatmap(tmp_path: Path) -> None:
    world = World(timezone="Africa/Lagos")
    world.acts({"Ada": ["2024-05-06 08:10", "2024-05-13 08:50"], "Bo": ["2024-05-06 08:30"]})
    world.act("Cem", "2024-05-12 23:30")
    found = rows(world.snapshot(tmp_path).metric("heatmap"))
    assert len(found) == 7 * 24
    assert [row for row in found if row[2]] == [(1, 0, 1, 1), (1, 9, 3, 2)]


def test_levels(world: World, tmp_path: Path) -> None:
    days = ["04-08", "04-15", "04-22", "04-29", "05-06", "05-13", "05-20", "05-27"]
    mondays = [f"2024-{day}" for day in days]
    june = ["2024-06-03", "2024-06-24"]
    world.acts({"Ada": mondays + june, "Bo": [*mondays[:3], "2024-06-30"], "Cem": ["2024-06-01"]})
    world.acts({"Dee": ["2024-04-01", "2024-04-07"]})
    found = rows(world.snapshot(tmp_path).metric("levels"))
    assert found[-3:] == [
        ("2024-06-01", "core", 1, True),
        ("2024-06-01", "occasional", 1, True),  # Cem; Dee's week is the 13th back
        ("2024-06-01", "regular", 1, True),
    ]


def test_level_flow(world: World, tmp_path: Path) -> None:
    def mondays(first: date, weeks: int) -> list[str]:
        return [(first + timedelta(days=7 * week)).isoformat() for week in range(weeks)]

    # The windows of May and June are the twelve weeks from 11 March and from 8 April on.
    world.acts({"Ada": mondays(date(2024, 3, 11), 16), "Bo": mondays(date(2024, 3, 11), 5)})
    world.acts({"Cem": ["2024-03-11"], "Dee": ["2024-06-30"]})
    june = Selection("month", date(2024, 6, 1))
    found = rows(world.snapshot(tmp_path).metric("level_flow", june))
    assert len(found) == 15
    assert [row for row in found if row[3]] == [
        ("2024-06-01", "core", "core", 1, True),
        ("2024-06-01", "none", "occasional", 1, True),
        ("2024-06-01", "occasional", "none", 1, True),
        ("2024-06-01", "regular", "occasional", 1, True),
    ]


def test_members(world: World, tmp_path: Path) -> None:
    world.account("Ada")
    world.account("Bo", left_at="2024-07-20 09:00")
    world.account("Cem")
    for account in world.rows["accounts"].values():
        account["first_seen_at"] = "2024-06-10 09:00"
    world.join("Ada", "2024-05-02 10:00", channel="general")
    world.join("Bo", "2024-06-02 10:00", channel="general")
    world.act("Ada", "2024-05-03 10:00")
    assert rows(world.snapshot(tmp_path).metric("members")) == [
        # period, joined, left, members_total
        ("2024-05-01", 1, 0, 1, True),
        ("2024-06-01", 1, 0, 3, True),
        ("2024-07-01", 0, 1, 2, True),
    ]


def test_activation(world: World, tmp_path: Path) -> None:
    world.source("slack", covered_to="2024-07-01 00:00")
    for name, joined in (("Ada", "05-02"), ("Bo", "05-03"), ("Cem", "05-04")):
        world.account(name)
        world.join(name, f"2024-{joined} 10:00", channel="general")
    world.acts({"Ada": ["2024-05-05"], "Bo": ["2024-05-25"]})
    assert rows(world.snapshot(tmp_path).metric("activation")) == [
        ("2024-05-01", 3, 1, 2, 0.3333, 0.6667, True),
        ("2024-06-01", 0, None, None, None, None, True),  # the days after June are not over
    ]


def test_retention(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-05-01", "2024-07-01"], "Bo": ["2024-05-31"]})
    snapshot = world.snapshot(tmp_path)
    bounded = rows(snapshot.metric("retention"))
    assert bounded[:3] == [
        ("2024-05-01", 0, 2, 2, 1.0, True),
        ("2024-05-01", 1, 2, 0, 0.0, True),
        ("2024-05-01", 2, 2, 1, 0.5, True),
    ]
    assert bounded[3:] == [
        ("2024-06-01", 0, 0, 0, None, True),
        ("2024-06-01", 1, 0, 0, None, True),
        ("2024-07-01", 0, 0, 0, None, True),
    ]
    unbounded = rows(snapshot.metric("retention", Selection(unbounded=True)))
    came_back = ("2024-05-01", 1, 2, 1, 0.5, True)
    assert unbounded == [bounded[0], came_back, *bounded[2:]]


def test_survival(tmp_path: Path) -> None:
    world = World(covered_to="2024-07-01 00:00")
    world.acts(
        {
            "Ada": ["2024-01-01"],
            "Bo": ["2024-01-01", "2024-01-16"],
            "Cem": ["2024-01-01", "2024-02-07"],
            "Dee": ["2024-05-20", "2024-06-10"],
        }
    )
    found = rows(world.snapshot(tmp_path).metric("survival"))
    assert [row[:3] for row in found] == [
        (0, 4, 0.75),
        (1, 3, 0.75),
        (2, 3, 0.5),
        (3, 2, 0.5),
        (4, 1, 0.5),
        (5, 1, 0.0),
    ]
    # ln 0.75 = -0.2877, variance 1/12: width 1.96 x 0.2887 / 0.2877 = 1.9667
    assert found[0][3:] == (0.1279, 0.9605)
    assert found[-1][3:] == (None, None)


def test_freshness(world: World, tmp_path: Path) -> None:
    world.source("slack", last_success_at="2024-05-10 06:00")
    world.source("github", last_success_at="2024-05-07 06:00", covered_from="2024-01-01 00:00")
    world.source("forum", last_success_at="2023-05-20 12:00", has_token=False)
    world.source("guild", last_success_at="2024-05-10 05:00", last_error="429")
    world.source("irc", last_success_at="2024-05-01 05:00", until="2024-05-01")
    world.source("meetup", last_success_at=None, covered_to=None)
    world.act("Ada", "2024-05-09 10:00")
    friday = Selection(asked_at=datetime(2024, 5, 10, 10))
    assert rows(world.snapshot(tmp_path).metric("freshness", friday)) == [
        ("forum", "2023-05-20 12:00", None, None, False, None, "ended"),
        ("github", "2024-05-07 06:00", None, "2024-01-01 00:00", True, None, "stale"),
        ("guild", "2024-05-10 05:00", None, None, False, "429", "failed"),
        ("irc", "2024-05-01 05:00", None, None, False, None, "ended"),
        ("meetup", None, None, None, True, None, "waiting"),
        ("slack", "2024-05-10 06:00", "2024-05-09 10:00", None, False, None, "ok"),
    ]


def test_sync_cost(tmp_path: Path) -> None:
    world = World(covered_to=None)
    cost = {"requests": 75, "waited_seconds": 30.0, "profile_requests": 1}
    world.source("slack", covered_to="2024-05-10 06:00", **cost)
    world.source("github")
    world.acts({"Ada": ["2024-05-01", "2024-05-02"]})
    snapshot = world.snapshot(tmp_path)
    assert rows(snapshot.metric("sync_cost")) == [
        ("github", None, None, None, None),
        ("slack", "2024-05-10 06:00", 75, 30.0, 1),
    ]
    slack = Selection(sources=("slack",), start=date(2025, 1, 1))
    [row] = snapshot.metric("sync_cost", slack).to_pylist()
    assert rows(snapshot.people("sync_cost", MONTHS, row)) == [("slack:ada", "ada", 2)]


def test_known_times(tmp_path: Path) -> None:
    world = World(covered_to=None)
    months = [("2024-01-01 00:00", "2024-02-01 00:00"), ("2024-03-03 00:00", "2024-06-01 00:00")]
    world.source("slack", covered=months)
    world.source("github", covered_to="2024-06-01 00:00")
    world.source("meetup")
    world.acts({"Ada": ["2024-01-05", "2024-02-05", "2024-03-05"]})
    snapshot = world.snapshot(tmp_path)
    assert rows(snapshot.metric("known_times")) == [
        ("github", None, "2024-06-01 00:00"),
        ("slack", "2024-01-01 00:00", "2024-02-01 00:00"),
        ("slack", "2024-03-03 00:00", "2024-06-01 00:00"),
    ]
    [_, january, _] = snapshot.metric("known_times").to_pylist()
    assert rows(snapshot.people("known_times", MONTHS, january)) == [("slack:ada", "ada", 1)]


def test_coverage(world: World, tmp_path: Path) -> None:
    for when in ("2024-05-01", "2024-05-02", "2024-05-03", "2024-07-01"):
        world.act("Ada", f"{when} 10:00", channel="help")
    assert rows(world.snapshot(tmp_path).metric("coverage")) == [
        ("slack", "help", "2024-05-01", 3),
        ("slack", "help", "2024-06-01", 0),
        ("slack", "help", "2024-07-01", 1),
    ]


def test_blind_spots(world: World, tmp_path: Path) -> None:
    world.act("Ada", "2024-05-01 10:00", channel="help")
    world.source("github")
    spots = [
        ("slack", "#plans", "not_in_channel", "invite the app"),
        ("slack", "#help", "not_in_channel", "invite the app"),
        ("github", "makers/vanished", "it is gone", "take it out"),
    ]
    for spot in spots:
        columns = ("source", "what", "reason", "advice")
        world.rows["blind_spots"][spot] = dict(zip(columns, spot, strict=True))
    snapshot = world.snapshot(tmp_path)
    assert rows(snapshot.metric("blind_spots")) == sorted(spots)
    on_slack = Selection(sources=("slack",), start=date(2025, 1, 1))
    helping, plans = snapshot.metric("blind_spots", on_slack).to_pylist()
    assert rows(snapshot.people("blind_spots", MONTHS, helping)) == [("slack:ada", "ada", 1)]
    assert snapshot.records("blind_spots", MONTHS, helping).num_rows == 1
    assert snapshot.people("blind_spots", MONTHS, plans).num_rows == 0


def test_intake(tmp_path: Path) -> None:
    world = World(bots=["slack:robo"])
    asked = world.act("Ada", "2024-05-01 10:00")
    world.act("Bo", "2024-05-01 11:00", answers=asked)
    world.act("Bo", "2024-05-01 10:00", kind="reaction")
    world.act("Robo", "2024-05-01 12:00")
    world.source("github")
    judged = [
        ("github", "bot", 4, False, True),
        ("slack", "channel_join", 2, False, True),
        ("slack", "of people, places and events", 1, False, False),
        ("slack", "taken as activity", 3, True, False),
    ]
    for row in reversed(judged):
        columns = ("source", "outcome", "records", "is_activity", "is_left_out")
        world.rows["intake"][row] = dict(zip(columns, row, strict=True))
    snapshot = world.snapshot(tmp_path)
    assert rows(snapshot.metric("intake")) == judged
    on_slack = Selection(sources=("slack",), start=date(2025, 1, 1))
    joined, _, taken = snapshot.metric("intake", on_slack).to_pylist()
    # of the three that were taken one is the bot's, and the reaction is no record of its own
    assert rows(snapshot.people("intake", MONTHS, taken)) == [
        ("slack:ada", "ada", 1),
        ("slack:bo", "bo", 1),
    ]
    assert snapshot.records("intake", MONTHS, taken).num_rows == 2
    assert snapshot.people("intake", MONTHS, joined).num_rows == 0


def test_overlap(world: World) -> None:
    world.act("Ada", "2024-05-01 10:00")
    world.act("Ada", "2024-05-02 10:00", kind="issue", source="github")
    world.act("Bo", "2024-05-02 10:00")
    world.act("Cem", "2024-05-02 10:00", kind="star", source="github")
    with duckdb.connect() as con:
        world.build(con)
        make_one_person(con, "github:ada", "slack:ada")
        # sources, members, low, high
        found = rows(metric_table(con, "overlap", MONTHS))
        assert found == [("github+slack", 1, 1, 0), ("slack", 1, 1, 2)]


def test_overlap_if_what_is_suggested_were_true(world: World) -> None:
    for name in ("Ada", "Bo"):
        world.act(name, "2024-05-01 10:00")
    world.act("Ada", "2024-05-02 10:00", kind="issue", source="github")
    world.act("Bo", "2024-05-02 10:00", kind="issue", source="github")
    world.decide("merge", "slack:ada", "github:ada")
    world.suggest("github:bo", "slack:bo")
    with duckdb.connect() as con:
        world.build(con)
        found = rows(metric_table(con, "overlap", MONTHS))
    assert found == [("github", 1, 0, 2), ("github+slack", 1, 2, 0), ("slack", 1, 0, 2)]


def test_identities(world: World) -> None:
    world.account("Ada")
    world.account("Ada", "github", also_id="github:#1")
    world.account("Lovelace", "github", also_id="github:#1")
    world.account("Robo", is_bot=True)
    world.act("Bo", "2024-05-01 10:00")
    world.clue("Ada", "email", "email:1")
    world.clue("Ada", "email", "email:1", source="github")
    world.clue("Ada", "stated", "github:ada")
    world.decide("merge", "slack:bo", "github:ada")
    world.decide("reject", "slack:bo", "slack:ada")
    with duckdb.connect() as con:
        world.build(con)
        # Bo was merged with an account that is Ada's, and later kept apart from Ada.
        assert rows(metric_table(con, "identities", MONTHS)) == [
            # rule, links, persons
            ("*", 4, 2),
            ("decision", 1, 1),
            ("renamed", 1, 1),
        ]
