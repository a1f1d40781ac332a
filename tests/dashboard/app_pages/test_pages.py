"""Pages as a reader gets them, without a browser: they open, and say what the metrics say."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from dashboard import text
from tests.support.dashboard import world as dashboard_world
from tests.support.dashboard.world import PAGES, Open, numbers, row_of, texts
from tests.support.samples import pairs
from tests.support.worlds import World
from warehouse.query import GRAINS, Selection, catalogue
from warehouse.snapshots import Snapshot


@pytest.mark.parametrize(("name", "grain"), pairs(PAGES, GRAINS))
def test_every_page_opens_at_every_grain(open_page: Open, name: str, grain: str) -> None:
    app = open_page(name, grain=grain, period="all")
    assert [header.value for header in app.header] == [PAGES[name]]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of a community of which nothing was read."""
    folder = tmp_path_factory.mktemp("empty")
    world = World()
    world.source("slack", covered_to=None, last_success_at=None)
    world.snapshot(folder).close()
    return folder / "vitals.duckdb"


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_community_opens_everywhere(open_page: Open, empty: Path, name: str) -> None:
    assert "slack waits: nothing was ever read" in texts(open_page(name, empty))


def test_without_a_snapshot_it_says_what_to_do(open_page: Open, tmp_path: Path) -> None:
    app = open_page("overview", tmp_path / "vitals.duckdb")
    assert [header.value for header in app.header] == ["Nothing to show yet"]
    assert "run `vitals sync` or `vitals import` first" in texts(app)


@pytest.mark.parametrize("name", ["engagement", "retention"])
def test_events_in_numbers_alone_are_no_matter_of_the_period(open_page: Open, name: str) -> None:
    world = World()
    world.event("Counted", "2024-04-05 18:00", stated_yes=8)
    said = texts(open_page(name, world))
    assert "The chosen sources tell of no person" in said
    assert "longer period" not in said


def test_number_cards_equal_the_metrics(open_page: Open, community: Snapshot) -> None:
    app = open_page(period="all", grain="month")
    active, lifecycle, retention = (
        [row for row in community.metric(name).to_pylist() if row["is_complete"]]
        for name in ("active_members", "lifecycle", "retention")
    )
    returned = [row for row in retention if row["age"] == 1]
    shown = numbers(app)
    assert shown["Active people"] == text.count(active[-1]["active_members"])
    assert shown["New people"] == text.count(lifecycle[-1]["new"])
    assert shown["Came back next month"] == text.share_of(
        returned[-1]["share"], returned[-1]["cohort_size"]
    )


def test_tables_equal_the_metrics(open_page: Open, community: Snapshot) -> None:
    shown = open_page("conversations", period="all").dataframe[0].value
    channels = community.metric("channels").to_pylist()
    assert sorted(shown["participations"]) == sorted(row["participations"] for row in channels)
    assert set(shown["channel"].dropna()) == {row["channel"] for row in channels} - {None}


def test_the_code_page_says_what_the_metrics_say(open_page: Open, community: Snapshot) -> None:
    may = row_of(community, "code", month=5)
    app = open_page("code", period="all", grain="month")
    shown = numbers(app)
    assert shown["Contributors"] == text.count(may["contributors"])
    assert shown["Time to merge"] == text.number(may["median_hours_to_merge"], "hours") == "2 days"
    assert shown["New stars"] == text.count(may["stars"])
    said = texts(app)
    assert "2 issues opened and 1 closed in May 2024" in said
    assert "5 stars given in this time, 5 in all" in said


def test_a_passport_says_whom_a_number_counts_and_leaves_out(open_page: Open) -> None:
    said = texts(open_page("engagement", source=["slack"]))
    assert "Out of 17 people of" in said
    assert "0 accounts of bots" in said


def test_without_a_repository_the_code_page_says_how_to_add_one(open_page: Open) -> None:
    app = open_page("code", source=["slack"])
    assert "None of the chosen sources has a repository" in texts(app)
    assert "github" in app.code[0].value
    assert not app.metric


def test_overlap_is_shown_where_there_are_several_sources(open_page: Open) -> None:
    assert "people take part on several sources" in texts(open_page(period="all"))
    assert "people take part on" not in texts(open_page(period="all", source=["slack"]))


def test_overview_says_how_far_numbers_hang_on_who_is_who(open_page: Open, tmp_path: Path) -> None:
    """Ada's accounts are joined, two of them on Slack; Bo's are only suggested; Cem has one."""
    world = World()
    for name in ("Ada", "Bo"):
        world.act(name, "2024-05-01 10:00")
        world.act(name, "2024-05-02 10:00", kind="issue", source="github")
    world.acts({"Ada2": ["2024-05-03"], "Cem": ["2024-05-03"]})
    world.decide("merge", "slack:ada", "slack:ada2", "github:ada")
    world.suggest("github:bo", "slack:bo")
    said = texts(open_page("overview", world, period="all", grain="month"))
    assert "May 2024. Between 3 and 6 by who is who" in said
    assert (
        "By who is who: slack between 1 and 4, github between 0 and 2, "
        r"github \+ slack between 0 and 2." in said
    )
    alone = open_page("overview", tmp_path / "vitals.duckdb", period="all", source=["slack"])
    assert "who is who" not in texts(alone)


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([], ["merge"], r"1 person was merged into another"),
        (["merge"], [], r"1 person was split off"),
        (["merge"], ["merge"], ""),
    ],
)
def test_overview_says_beside_the_people_who_was_merged_or_split(
    open_page: Open, tmp_path: Path, before: list[str], now: list[str], said: str
) -> None:
    for what in (before, now):
        world = World()
        for source in ("slack", "github"):
            world.act("Ada", "2024-05-01 10:00", source=source)
            world.act("Bo", "2024-05-01 11:00", source=source)
        for one in what:
            world.decide(one, "slack:ada", "github:ada")
        warehouse = world.publish(tmp_path)
    shown = texts(open_page("overview", warehouse.path))
    assert ("merged into" in shown or "split off" in shown) == bool(said)
    assert said in shown


def test_the_filters_come_from_the_url_and_bad_values_fall_back(open_page: Open) -> None:
    view = open_page(period="26 weeks", grain="month", source=["slack"]).session_state.view
    assert view.selection == Selection("month", date(2023, 12, 1), sources=("slack",))
    assert view.newest.isoformat() == "2024-06-11"
    fallen = open_page(period="'; drop", grain="century", source=["nowhere"])
    assert fallen.session_state.view.selection.grain == "week"
    assert fallen.session_state.view.selection.sources == ()


def test_rows_of_a_period_say_whether_it_is_complete(open_page: Open, community: Snapshot) -> None:
    view = open_page(period="all", grain="month").session_state.view
    active = community.metric("active_members").to_pylist()
    complete = {row["period"]: row["is_complete"] for row in active}
    assert set(complete.values()) == {True, False}
    for name in ("first_response", "levels", "concentration"):
        rows = view.rows(name)
        assert {row["period"]: row["is_complete"] for row in rows} == complete, name


def test_filters_stay_from_page_to_page(open_page: Open) -> None:
    app = open_page("engagement", grain="week", period="26 weeks")
    assert app.session_state.view.grain == "week"
    assert app.segmented_control(key="grain").value == "week"


def test_names_are_text(open_page: Open) -> None:
    for name in PAGES:
        app = open_page(name, period="all")
        said = texts(app)
        assert text.markdown(dashboard_world.COMMUNITY) in said
        assert dashboard_world.COMMUNITY not in said
        assert dashboard_world.CHANNEL not in said


def test_the_page_data_says_what_profiles_cost(open_page: Open) -> None:
    said = [part.value for part in open_page("data").main if part.type in ("caption", "markdown")]
    costs = [number for label, number in pairwise(said) if label == "Of them for profiles"]
    assert sorted(costs) == ["1", "nothing yet", "nothing yet"]


def test_a_failed_source_is_named_on_every_card(open_page: Open) -> None:
    said = texts(open_page("engagement"))
    assert said.count("Without the newest of github") == 8
    assert "github failed" in said
    alone = texts(open_page("engagement", source=["slack"]))
    assert "github" not in alone
    assert "make a new token" in texts(open_page("data"))


def test_a_new_snapshot_shows_on_the_next_run(open_page: Open, tmp_path: Path) -> None:
    world = World(covered_to="2024-05-06 00:00")
    world.act("Ada", "2024-05-01 10:00")
    world.snapshot(tmp_path, "20240601T060000000000").close()
    app = open_page("overview", tmp_path / "vitals.duckdb", period="all")
    assert app.metric[0].value == "1"
    world.act("Bo", "2024-05-01 10:00")
    world.snapshot(tmp_path, "20240602T060000000000").close()
    assert app.run().metric[0].value == "2"


def test_the_catalogue_is_searched_by_every_word(open_page: Open) -> None:
    app = open_page("metrics")
    app.text_input(key="search").set_value("absence half").run()
    assert [entry.label for entry in app.expander if "Concentration" in entry.label]
    assert len(app.expander) < len(catalogue())
    app.text_input(key="search").set_value("zebra crossing").run()
    assert "No metric has all of these words" in texts(app)


def test_the_data_page_counts_what_was_left_out(open_page: Open) -> None:
    app = open_page("data")
    assert "7 records left out" in texts(app)
    assert "69 records landed = 40 taken as activity + 7 left out + 22 that tell" in texts(app)
    assert "1 blind spot" in texts(app)
    commands = [code.value for code in app.code]
    assert "vitals metric intake --grain week" in commands, "every table says how it is counted"
    assert "vitals metric blind_spots --grain week" in commands
    assert "vitals metric sync_cost --grain week" in commands
