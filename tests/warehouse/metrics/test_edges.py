"""The edges at which community numbers go wrong elsewhere, one small world each."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.worlds import World, rows
from warehouse.query import BadQuestion, Selection


def test_a_late_evening_in_utc_is_the_next_day_further_east(tmp_path: Path) -> None:
    world = World(timezone="Asia/Tokyo")
    world.act("Ada", "2024-05-31 23:30")
    assert rows(world.snapshot(tmp_path).metric("active_members")) == [
        ("2024-06-01", 1, True, 0, 1, 1)
    ]


@pytest.mark.parametrize(
    ("grain", "first", "second", "covered_to"),
    [
        ("day", "2024-03-31", "2024-04-01", "2024-04-02 00:00"),
        ("week", "2024-03-25", "2024-04-01", "2024-04-08 00:00"),
        ("month", "2024-03-01", "2024-04-01", "2024-05-01 00:00"),
        ("quarter", "2024-01-01", "2024-04-01", "2024-07-01 00:00"),
    ],
)
def test_every_grain_begins_on_its_first_day(
    tmp_path: Path, grain: str, first: str, second: str, covered_to: str
) -> None:
    world = World(covered_to=covered_to)
    world.acts({"Ada": ["2024-03-31", "2024-04-01"], "Bo": ["2024-04-01"]})  # from Sunday on
    found = rows(world.snapshot(tmp_path).metric("active_members", Selection(grain)))
    assert found == [(first, 1, True, 0, 1, 1), (second, 2, True, 0, 2, 2)]


def test_bots_and_staff_are_not_counted_but_strangers_are(tmp_path: Path) -> None:
    world = World(bots=["slack:robo"], staff=["slack:host"])
    world.account("Robo")
    world.account("Flagged", is_bot=True)
    world.account("Host")
    world.acts({name: ["2024-05-01"] for name in ("Robo", "Flagged", "Host", "Stranger")})
    snapshot = world.snapshot(tmp_path)
    assert rows(snapshot.metric("active_members")) == [("2024-05-01", 1, True, 0, 1, 1)]
    people = snapshot.people("active_members", Selection(), {"period": date(2024, 5, 1)})
    assert rows(people) == [("slack:stranger", "stranger", 1)]


def test_an_answer_is_by_another_person_and_counts_when_it_was_asked(tmp_path: Path) -> None:
    world = World(staff=["slack:host"])
    for name in ("Ada", "Lovelace"):
        world.account(name, also_id="1815")
    asked = world.act("Lovelace", "2024-05-31 10:00")
    world.act("Ada", "2024-05-31 10:01", answers=asked)
    world.act("Host", "2024-06-01 10:00", answers=asked)
    world.act("Bo", "2024-06-01 11:00", answers=asked)
    world.act("Host", "2024-06-02 10:00")
    assert rows(world.snapshot(tmp_path).metric("first_response")) == [
        ("2024-05-01", "slack", 1, 1, 1.0, 86400.0, 86400.0, True),  # staff's answer, not one's own
        ("2024-06-01", "slack", 0, 0, None, None, None, True),  # staff's opener does not count
    ]


def test_an_answer_to_something_that_is_not_there_is_a_reply_all_the_same(
    world: World, tmp_path: Path
) -> None:
    world.act("Ada", "2024-05-01 10:00", answers="slack:gone")
    snapshot = world.snapshot(tmp_path)
    assert rows(snapshot.metric("activity_volume")) == [
        ("2024-05-01", "slack", "reply", 1, 1, True)
    ]
    assert rows(snapshot.metric("first_response")) == []


def test_a_period_is_complete_when_it_is_over_and_covered(tmp_path: Path) -> None:
    world = World(timezone="Africa/Lagos")
    world.source("slack", covered_from="2024-04-15 00:00", covered_to="2024-06-30 23:00")
    world.source("github", covered_to="2024-07-31 00:00")
    world.source("meetup", covered_to=None)
    world.acts({"Ada": ["2024-04-20", "2024-05-01", "2024-06-01", "2024-07-01"]})
    snapshot = world.snapshot(tmp_path)
    assert rows(snapshot.metric("active_members")) == [
        ("2024-04-01", 1, False, 0, 1, 1),  # before 15 April nothing can be seen
        ("2024-05-01", 1, True, 0, 1, 1),
        ("2024-06-01", 1, True, 0, 1, 1),  # covered to the last local midnight
        ("2024-07-01", 1, False, 0, 1, 1),
    ]


def test_nothing_covered_is_never_complete(tmp_path: Path) -> None:
    world = World(covered_to=None)
    world.act("Ada", "2024-05-01 10:00")
    assert rows(world.snapshot(tmp_path).metric("active_members")) == [
        ("2024-05-01", 1, False, 0, 1, 1)
    ]


def test_what_lies_before_the_chosen_time_still_makes_people_old(
    world: World, tmp_path: Path
) -> None:
    world.acts({"Ada": ["2024-04-01", "2024-06-01"], "Bo": ["2024-05-01", "2024-06-01"]})
    world.acts({"Cem": ["2024-06-01"]})
    june = Selection("month", date(2024, 6, 1), date(2024, 7, 1))
    snapshot = world.snapshot(tmp_path)
    assert rows(snapshot.metric("lifecycle", june)) == [("2024-06-01", 1, 1, 1, 0, True, 0)]
    assert rows(snapshot.metric("retention", june)) == [("2024-06-01", 0, 1, 1, 1.0, True)]


def test_first_ever_is_over_the_chosen_sources(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-04-01"]})
    world.acts({"Ada": ["2024-05-01"], "Bo": ["2024-05-02"]}, source="github")
    snapshot = world.snapshot(tmp_path)
    only = Selection(sources=("github",))
    assert rows(snapshot.metric("active_members", only)) == [("2024-05-01", 2, True, 0, 2, 2)]
    assert rows(snapshot.metric("lifecycle", only)) == [("2024-05-01", 2, 0, 0, 0, True, 0)]


def test_a_cell_that_is_not_over_is_not_complete(tmp_path: Path) -> None:
    world = World(covered_to="2024-06-15 00:00")
    world.acts({"Ada": ["2024-05-01", "2024-06-02"]})
    assert rows(world.snapshot(tmp_path).metric("retention")) == [
        ("2024-05-01", 0, 1, 1, 1.0, True),
        ("2024-05-01", 1, 1, 1, 1.0, False),
        ("2024-06-01", 0, 0, 0, None, False),
    ]


def test_newcomers_are_unknown_until_their_days_are_over(tmp_path: Path) -> None:
    world = World(covered_to="2024-06-10 00:00")
    world.account("Ada")
    world.join("Ada", "2024-05-20 10:00", channel="general")
    world.act("Ada", "2024-05-21 10:00")
    assert rows(world.snapshot(tmp_path).metric("activation")) == [
        ("2024-05-01", 1, 1, None, 1.0, None, True),
        ("2024-06-01", 0, None, None, None, None, False),
    ]


def test_dates_of_joining_where_the_platform_states_none(world: World, tmp_path: Path) -> None:
    late = "2024-08-01 00:00"
    world.account("Known", stated_joined_at="2024-01-10 00:00")
    world.join("Known", "2023-02-05 10:00", channel="general")
    world.act("Known", "2023-06-01 10:00")
    world.account("General", profile_joined_at="2020-01-01 00:00")
    world.join("General", "2024-03-05 10:00", channel="general")
    world.join("General", "2024-02-05 10:00", channel="random")
    world.account("Stated", profile_joined_at="2024-04-01 00:00")
    world.act("Stated", "2024-06-01 10:00")
    world.account("Acted")
    world.act("Acted", "2024-05-01 10:00", kind="reaction")
    world.act("Acted", "2024-06-01 10:00")
    world.account("Listed", first_seen_at=late)
    world.account("Unknown")
    world.act("Stranger", "2024-06-01 10:00")
    found = rows(world.snapshot(tmp_path).metric("members"))
    assert [row[:3] for row in found if row[1]] == [
        ("2024-01-01", 1, 0),
        ("2024-03-01", 1, 0),
        ("2024-04-01", 1, 0),
        ("2024-06-01", 1, 0),
        ("2024-08-01", 1, 0),
    ]
    assert found[-1][3] == 6


def test_an_empty_community_has_no_rows(tmp_path: Path) -> None:
    world = World(covered_to=None)
    world.source()
    snapshot = world.snapshot(tmp_path)
    for name in ("active_members", "lifecycle", "retention", "survival", "members", "levels"):
        assert rows(snapshot.metric(name)) == []
    assert [row[2] for row in rows(snapshot.metric("heatmap"))] == [0] * 168


def test_a_wrong_question_says_what_there_is(world: World, tmp_path: Path) -> None:
    world.act("Ada", "2024-05-01 10:00")
    snapshot = world.snapshot(tmp_path)
    with pytest.raises(BadQuestion, match=r"no metric 'active'; there are: activation, active_"):
        snapshot.metric("active")
    with pytest.raises(BadQuestion, match="no source 'slak'; there are: slack"):
        snapshot.metric("members", Selection(sources=("slak",)))
    with pytest.raises(BadQuestion, match="no grain 'year'; there are: day, week"):
        snapshot.metric("members", Selection("year"))
    with pytest.raises(BadQuestion, match="needs period; this one has date"):
        snapshot.people("active_members", Selection(), {"date": date(2024, 5, 1)})


def test_people_and_records_add_up_to_the_number(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-05-01", "2024-06-02"], "Bo": ["2024-05-03", "2024-05-04"]})
    snapshot = world.snapshot(tmp_path)
    row = snapshot.metric("active_members").to_pylist()[0]
    assert rows(snapshot.people("active_members", Selection(), row)) == [
        ("slack:bo", "bo", 2),
        ("slack:ada", "ada", 1),
    ]
    link = "https://slack.example/general/p1"
    assert rows(snapshot.records("active_members", Selection(), row, limit=1)) == [
        ("slack:1", "message", "2024-05-01 12:00", "slack:ada", "ada", "general", link)
    ]


def test_a_source_that_is_behind_does_not_make_people_of_others_silent(
    world: World, tmp_path: Path
) -> None:
    world.source("slack", covered_to="2024-03-01 00:00")
    world.source("github", covered_to="2024-09-01 00:00")
    world.acts({"Ada": ["2024-02-05", "2024-02-12", "2024-02-19", "2024-02-26"]})
    world.acts({"Bo": ["2024-08-01", "2024-08-02"], "Cem": ["2024-05-01"]}, source="github")
    snapshot = world.snapshot(tmp_path)
    august = Selection("month", date(2024, 8, 1))
    assert rows(snapshot.metric("levels", august)) == [
        ("2024-08-01", "core", 0, False),
        ("2024-08-01", "occasional", 1, False),
        ("2024-08-01", "regular", 0, False),
    ]
    survival = rows(snapshot.metric("survival"))
    assert [row[:3] for row in survival] == [
        (0, 3, 0.6667),  # Cem fell silent on 1 May, 123 days before GitHub's data ends; Bo did not
        (1, 1, 0.6667),
        (2, 1, 0.6667),
        (3, 1, 0.6667),  # Ada wrote in the last week of Slack's data
    ]
    assert rows(snapshot.metric("drifting")) == []
    waiting = {row["activity_id"]: row for row in snapshot.metric("unanswered").to_pylist()}
    assert waiting["slack:4"]["waiting_seconds"] == 3.5 * 86400


def test_records_can_be_narrowed_to_the_people_in_a_state(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-05-01", "2024-06-01"], "Bo": ["2024-05-02"], "Cem": ["2024-06-03"]})
    snapshot = world.snapshot(tmp_path)
    june = {"period": date(2024, 6, 1)}
    expected = {None: ["ada", "cem"], "new": ["cem"], "returning": ["ada"], "dormant": []}
    for state, names in expected.items():
        found = snapshot.records("lifecycle", Selection(), june, state=state)
        assert found["name"].to_pylist() == names, state


def test_newcomers_are_unknown_where_no_list_was_ever_seen(world: World, tmp_path: Path) -> None:
    world.acts({"Ada": ["2024-05-01"]})
    assert rows(world.snapshot(tmp_path).metric("activation")) == [
        ("2024-05-01", None, None, None, None, None, True)
    ]


def test_people_in_several_states_come_in_a_fixed_order(world: World, tmp_path: Path) -> None:
    for name in ("Ada", "Bo"):
        for kind in ("star", "issue", "fork"):
            world.act(name, "2024-05-01 10:00", kind=kind, source="github")
    people = world.snapshot(tmp_path).people("code", Selection(), {"period": date(2024, 5, 1)})
    states = ["forks", "issues_opened", "new", "stars"]
    assert people["state"].to_pylist() == 2 * states


@pytest.mark.parametrize(
    ("left", "found"),
    [
        ("2023-07-22 00:00", [("2024-01-01", 2, 0, 2), ("2024-02-01", 0, 1, 1)]),
        ("2024-02-20 00:00", [("2024-01-01", 2, 0, 2), ("2024-02-01", 0, 1, 1)]),
    ],
)
def test_nobody_leaves_before_joining_or_taking_part(
    tmp_path: Path, left: str, found: list[tuple[object, ...]]
) -> None:
    """Slack dates a deactivation with the last change of the profile."""
    world = World()
    world.account("Ada")
    world.account("Bo", left_at=left)
    world.acts({"Ada": ["2024-01-05", "2024-02-20"], "Bo": ["2024-01-06", "2024-02-11"]})
    members = rows(world.snapshot(tmp_path).metric("members"))
    assert [row[:4] for row in members if row[0] >= "2024"] == found
    assert min(row[3] for row in members) >= 0


def test_who_left_before_the_first_list_was_never_missing_from_it(tmp_path: Path) -> None:
    world = World()
    world.account("Ada", first_seen_at="2024-03-01 00:00")
    world.account("Bo", first_seen_at="2024-03-01 00:00", left_at="2024-01-10 00:00")
    world.act("Ada", "2024-03-05 10:00")
    members = rows(world.snapshot(tmp_path).metric("members"))
    assert [row[1:4] for row in members] == [(0, 1, 0), (0, 0, 0), (1, 0, 1)]


@pytest.mark.parametrize("listed", ["github:ADA-new", "github:ada-old"])
def test_staff_are_of_the_person_whatever_the_login(tmp_path: Path, listed: str) -> None:
    world = World(staff=[listed])
    for name in ("Ada-Old", "Ada-New"):
        world.account(name, source="github", also_id="7")
    world.acts({"Ada-Old": ["2024-05-01"], "Ada-New": ["2024-06-01"]}, source="github")
    world.acts({"Bo": ["2024-05-02", "2024-06-02"]}, source="github")
    found = rows(world.snapshot(tmp_path).metric("active_members"))
    assert [row[:2] for row in found] == [("2024-05-01", 1), ("2024-06-01", 1)]
