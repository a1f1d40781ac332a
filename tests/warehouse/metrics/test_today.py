"""The worked examples of the metrics that the page Today is made of, acted out."""

from datetime import date
from pathlib import Path

from tests.support.worlds import World, rows
from warehouse.query import Selection


def test_drifting(tmp_path: Path) -> None:
    world = World(covered_to="2024-06-20 00:00")
    ada = [f"2024-{month:02}-{day:02}" for month in (4, 5) for day in range(1, 32, 3)]
    ada.remove("2024-04-31")
    bo = ["2024-04-05", "2024-04-19", "2024-05-03", "2024-05-17", "2024-05-31"]
    world.acts({"Ada": ada, "Bo": bo, "Cem": ["2024-05-31"]})
    link = f"https://slack.example/general/p{len(ada)}"
    assert rows(world.snapshot(tmp_path).metric("drifting")) == [
        ("2024-05-31 12:00", "slack:ada", "ada", 3.0, 3, 20, 21, link)
    ]


def test_unanswered(tmp_path: Path) -> None:
    world = World(covered_to="2024-05-04 10:00")
    asked = world.act("Ada", "2024-05-01 10:00")
    world.act("Ada", "2024-05-01 10:05", answers=asked)
    other = world.act("Bo", "2024-05-01 11:00")
    world.act("Ada", "2024-05-01 11:05", answers=other)
    link = "https://slack.example/general/p1"
    assert rows(world.snapshot(tmp_path).metric("unanswered")) == [
        ("2024-05-01 10:00", asked, "slack", "general", "slack:ada", "ada", 259200.0, link)
    ]


def test_newcomers_waiting(tmp_path: Path) -> None:
    world = World(covered_to="2024-05-04 10:00")
    world.act("Dee", "2024-01-02 10:00")
    hello = [world.act(name, "2024-05-01 10:00") for name in ("Ada", "Bo", "Cem")]
    world.act("Dee", "2024-05-01 10:05", answers=hello[0])
    world.act("Dee", "2024-05-01 10:00", kind="reaction", answers=hello[1])
    world.act("Dee", "2024-05-02 10:00")
    link = "https://slack.example/general/p4"
    may = Selection(start=date(2024, 4, 20))
    assert rows(world.snapshot(tmp_path).metric("newcomers_waiting", may)) == [
        ("2024-05-01 10:00", hello[2], "slack", "general", "slack:cem", "cem", 259200.0, link)
    ]


def test_who_notices_a_newcomer(tmp_path: Path) -> None:
    """Not the newcomer, not a bot; staff do. One who joined lately and wrote before is new, too."""
    world = World(covered_to="2024-05-04 10:00", bots=["slack:robot"], staff=["slack:sam"])
    asked = world.act("Dee", "2024-01-02 10:00")
    hello = {name: world.act(name, "2024-05-01 10:00") for name in ("Own", "Bot", "Staff")}
    in_thread = {
        name: world.act(name, f"2024-05-02 {hour}:00", answers=asked)
        for name, hour in (("First", "10"), ("Last", "11"))
    }
    world.account("Late", stated_joined_at="2024-05-01 09:00")
    world.act("Late", "2024-03-01 10:00")
    late = world.act("Late", "2024-05-03 10:00")
    world.account("Silent", stated_joined_at="2024-05-01 09:00")
    world.act("Own", "2024-05-01 10:05", answers=hello["Own"])
    world.act("Robot", "2024-05-01 10:05", answers=hello["Bot"])
    world.act("Sam", "2024-05-01 10:05", answers=hello["Staff"])
    may = Selection(start=date(2024, 4, 20))
    waiting = world.snapshot(tmp_path).metric("newcomers_waiting", may).to_pylist()
    assert [row["activity_id"] for row in waiting] == [
        hello["Own"], hello["Bot"], in_thread["Last"], late
    ]  # fmt: skip


def test_moved_up(tmp_path: Path) -> None:
    world = World(covered_to="2024-06-03 00:00")
    world.acts({"Ada": ["2024-05-07", "2024-05-14", "2024-05-21", "2024-05-28"]})
    world.acts({"Bo": ["2024-05-01", "2024-05-07", "2024-05-14", "2024-05-21", "2024-05-28"]})
    snapshot = world.snapshot(tmp_path)
    week = Selection(grain="week", start=date(2024, 5, 27), end=date(2024, 6, 3))
    link = "https://slack.example/general/p4"
    [row] = snapshot.metric("moved_up", week).to_pylist()
    assert rows(snapshot.metric("moved_up", week)) == [
        (
            "2024-05-27",
            "slack:ada",
            "ada",
            "occasional",
            "regular",
            4,
            "2024-05-28 12:00",
            link,
            True,
        )
    ]
    assert rows(snapshot.people("moved_up", week, row)) == [("slack:ada", "ada", 4)]
    assert snapshot.records("moved_up", week, row).num_rows == 4
