"""The pages of events as a reader gets them: they open, and say what the metrics say."""

import json
from datetime import datetime
from functools import partial

import pyarrow as pa
import pytest

from dashboard import text
from dashboard.charts import events as charts
from dashboard.charts import maps
from dashboard.components import tables
from dashboard.sections import conversions, events
from tests.support.dashboard.world import (
    CANCELLED,
    CHAPTER,
    CHECKED,
    NEXT,
    UNCHECKED,
    Open,
    numbers,
    row_of,
    texts,
)
from tests.support.samples import pairs
from tests.support.worlds import NOW, World
from warehouse.query import GRAINS
from warehouse.snapshots import Snapshot


@pytest.fixture
def open_page(open_page: Open) -> Open:
    return partial(open_page, period="all", grain="month")


def id_of(title: str) -> str:
    return f"meetup:{title.lower()}"


def test_number_cards_equal_the_metrics(open_page: Open, community: Snapshot) -> None:
    app = open_page("events")
    may = row_of(community, "event_trend", month=5)
    together = row_of(community, "repeat_attendance", group="*")
    shown = numbers(app)
    assert shown["Came per event"] == text.count(may["mean_attended"]) == "7"
    assert shown["Show rate"] == text.share(may["show_rate"]) == "80%"
    assert shown["First time"] == text.share_of(may["first_timer_share"], may["unique_attendees"])
    assert shown["Came again"] == text.share_of(together["repeat_share"], together["attendees"])
    certainty = text.certainty(may["show_low"], may["show_high"])
    assert text.sentence(certainty) in texts(app)
    april = row_of(community, "event_conversion", month=4)
    assert shown["Then took part online"] == text.share_of(april["share"], april["attendees"])
    overview = open_page("overview")
    assert numbers(overview)["Came to events"] == text.count(may["attended"])
    assert text.markdown(events.came_how(may)) in texts(overview)


def test_the_next_event_is_told_in_one_sentence(open_page: Open, community: Snapshot) -> None:
    coming = row_of(community, "attendance_forecast")
    told = f"Thu 27 Jun 2024, 18:30, {text.markdown(CHAPTER)} · 9 said yes"
    expected = f"expect {coming['low']} to {coming['high']}"
    assert f"Next: **{text.markdown(NEXT)}**, {told} · {expected}" in texts(open_page("events"))
    assert f"{told} · {expected}" in texts(open_page("overview"))


def test_without_check_ins_the_forecast_says_why_it_is_unknown(open_page: Open) -> None:
    world = World(covered_to="2024-06-01 00:00")
    world.source("meetup", kind="meetup", last_success_at=NOW)
    coming = world.event("Soon", "2024-06-05 18:00", status="planned")
    world.rsvp(coming, "Ada", "yes")
    said = texts(open_page("events", world))
    assert "1 said yes · how many will come is not known: no" in said


def test_it_is_said_what_the_numbers_rest_on(open_page: Open) -> None:
    said = texts(open_page("events"))
    assert "Of 11 events in this time, 9 rest on check-ins at the door; 1 on RSVPs alone" in said
    assert "of 1 it is not known who came" in said
    assert "41 of the 52 who said yes came, where somebody was checked in" in said


def test_without_events_it_says_how_to_bring_them_in(open_page: Open) -> None:
    app = open_page("events", source=["slack"])
    assert "None of the chosen sources has an event" in texts(app)
    assert 'kind = "meetup"' in app.code[0].value
    assert "vitals import meetup-attendees PATH --source meetup" in app.code[1].value
    assert not app.metric
    assert "Came to events" not in numbers(open_page("overview", source=["slack"]))


def test_a_time_without_events_opens(open_page: Open) -> None:
    assert open_page("events", period="4 weeks", grain="day").metric


@pytest.mark.parametrize(
    ("title", "grain"), pairs([CHECKED, UNCHECKED, NEXT, "Stage", "Round 2"], GRAINS)
)
def test_the_page_of_every_event_opens(open_page: Open, title: str, grain: str) -> None:
    app = open_page("event", event=id_of(title), grain=grain)
    assert [header.value for header in app.header] == [text.markdown(title)]
    assert title not in texts(app) or title == text.markdown(title)


def test_an_event_with_check_ins(open_page: Open, community: Snapshot) -> None:
    app = open_page("event", event=id_of(CHECKED))
    row = row_of(community, "event_attendance", event_id=id_of(CHECKED))
    shown = numbers(app)
    assert shown["Said yes"] == text.count(row["yes"]) == "8"
    assert shown["Came"] == text.count(row["attended"]) == "7"
    assert shown["Show rate"] == "5 of 8"
    assert shown["First time"] == text.count(row["first_timers"]) == "6"
    every = row_of(community, "event_after", event_id=id_of(CHECKED), kind="*")
    assert shown["Then took part online"] == f"{every['members']} of 6"
    said = texts(app)
    assert "5 of 8 who said yes came, 2 walked in" in said
    assert "3 of 8 did not come. Rate between 31% and 86% with 95% certainty" in said
    assert "4 of 6 took part online in the thirty days after" in said
    assert "Thu 8 Feb 2024, 18:30 by its own clock" in said
    assert text.markdown("Hall <1>") in said
    assert "58% of 12 places" in said


def test_what_was_not_measured_is_a_dash(open_page: Open) -> None:
    unchecked = open_page("event", event=id_of(UNCHECKED))
    assert numbers(unchecked)["Show rate"] == text.DASH
    assert "Nobody was checked in: a yes counts as having come" in texts(unchecked)
    ahead = numbers(open_page("event", event=id_of(NEXT)))
    assert ahead == {"Said yes": "9"} | dict.fromkeys(
        ("Came", "Show rate", "First time", "Then took part online"), text.DASH
    )
    interest = open_page("event", event=id_of("Stage"))
    assert set(numbers(interest).values()) == {text.DASH}
    assert "7 interested" in texts(interest)


@pytest.mark.parametrize("event", [id_of(CANCELLED), "'; drop table", ""])
def test_an_event_that_is_not_there_says_so(open_page: Open, event: str) -> None:
    app = open_page("event", event=event)
    assert [header.value for header in app.header] == ["Which event?"]
    assert "was cancelled" in texts(app)


def test_an_event_has_its_own_clock(open_page: Open) -> None:
    """The community is an hour ahead of Accra."""
    said = texts(open_page("event", event=id_of("Round 2")))
    assert "Fri 2 Feb 2024, 18:00 by its own clock" in said
    view = open_page("events").session_state.view
    moment = datetime(2024, 2, 2, 18)
    table = pa.table({"starts_at": [moment, moment], "utc_offset_minutes": [0, None]})
    shown = tables.readable(table, view).column("starts_at").to_pylist()
    assert shown == [moment, datetime(2024, 2, 2, 19)]


def test_counts_named_low_and_high_are_no_shares(open_page: Open) -> None:
    table = pa.table({"low": [41], "high": [55], "show_low": [0.5]})
    shown = tables.readable(table, open_page("events").session_state.view)
    assert shown.to_pylist() == [{"low": 41, "high": 55, "show_low": 50.0}]


def test_attendance_is_drawn_in_three_values(open_page: Open) -> None:
    view = open_page("events").session_state.view
    rows = events.attendance(view)
    drawn = {
        trace.name: {rows[i]["title"]: y for i, y in zip(trace.customdata, trace.y, strict=True)}
        for trace in charts.each_event(rows, view).data
    }
    unknown = drawn.pop("Said yes or interested: not known who came")
    assert unknown == {NEXT: 9, UNCHECKED: 9, "Stage": 7}
    assert drawn["Said yes and came"][CHECKED] == 5
    assert drawn["Walked in"] == {CHECKED: 2, "Retrieval": 2}
    assert drawn["Said yes and did not come"][CHECKED] == -3
    assert all(not set(unknown) & set(marks) for marks in drawn.values())


def test_events_that_have_begun_are_drawn_before_those_to_come(open_page: Open) -> None:
    world = World(covered_to="2024-06-01 00:00")
    months = {4: "past", 5: "past", 6: "planned"}
    for month, status in months.items():
        for day in range(1, 16):
            title = f"{month}/{day}"
            world.event(title, f"2024-{month:02}-{day:02} 18:00", status=status, stated_yes=3)
    view = open_page("events", world).session_state.view
    rows = events.attendance(view)
    to_come = {row["event_id"] for row in rows if row["title"].startswith("6/")}
    marks = charts.each_event(rows, view, to_come).data
    places = {x: rows[i]["title"] for m in marks for x, i in zip(m.x, m.customdata, strict=True)}
    drawn = [title for _, title in sorted(places.items())]
    begun = [f"{month}/{day}" for month in (4, 5) for day in range(1, 16)]
    assert drawn == begun + [f"6/{day}" for day in range(1, 11)]


def test_totals_without_names_tell_no_walk_ins(open_page: Open) -> None:
    world = World(covered_to="2024-06-01 00:00")
    world.event("Counted", "2024-04-05 18:00", stated_yes=8, stated_attended=5, stated_no_show=3)
    world.event("Missed", "2024-05-05 18:00", stated_yes=8, stated_no_show=3)
    world.event("Asked", "2024-05-06 18:00", stated_yes=4)
    world.event("Old", "2024-05-07 18:00", group="Accra")
    app = open_page("events", world)
    assert "Of 4 events in this time, 2 rest on check-ins" in texts(app)
    split = {row["title"]: row for row in events.attendance(app.session_state.view)}
    parts = ("came", "missed", "walk_ins", "counted", "unmeasured")
    assert {title: tuple(row[part] for part in parts) for title, row in split.items()} == {
        "Counted": (None, None, None, 5, None),
        "Missed": (None, None, None, None, 8),
        "Asked": (None, None, None, None, 4),
        "Old": (None, None, None, None, None),
    }
    for title, came in (("Counted", "5"), ("Missed", text.DASH), ("Old", text.DASH)):
        app.query_params["event"] = id_of(title)
        shown = numbers(app.switch_page("app_pages/event.py").run())
        assert (shown["Came"], shown["Show rate"]) == (came, text.DASH)


def test_the_map_is_drawn_of_the_data_alone(open_page: Open) -> None:
    view = open_page("events").session_state.view
    rows = view.rows("chapters")
    figure = maps.on_a_map([*rows, rows[0] | {"latitude": None}], view)
    assert {trace.type for trace in figure.data} == {"scatter"}
    places = {
        (rows[index]["group"], x)
        for trace in figure.data
        for index, x in zip(trace.customdata, trace.x, strict=True)
    }
    assert places == {(CHAPTER, 3.39), ("Accra", -0.19)}
    assert text.chart_text(CHAPTER) in {one for trace in figure.data for one in trace.text}


@pytest.mark.parametrize(
    ("trend", "is_fading", "said"),
    [(0.5, False, "grows"), (-0.5, False, "fades"), (0.05, False, "about the same"),
     (None, False, "too few events to tell"), (None, True, "fades")],
)  # fmt: skip
def test_chapters_grow_and_fade(trend: float | None, is_fading: bool, said: str) -> None:
    assert maps.way({"trend": trend, "is_fading": is_fading}) == said


def test_chapters_stand_side_by_side(open_page: Open, community: Snapshot) -> None:
    app = open_page("events")
    assert "2 chapters: 1 grows" in texts(app)
    assert set(app.multiselect(key="chapters").value) == {"meetup:#Accra", f"meetup:#{CHAPTER}"}
    app.multiselect(key="chapters").set_value(["meetup:#Accra"]).run()
    shown = app.dataframe[-1].value
    accra = row_of(community, "chapters", group="Accra")
    assert list(shown["group"]) == ["Accra"]
    assert list(shown["attendees"]) == [accra["attendees"]]
    app.multiselect(key="chapters").set_value([]).run()
    assert "Choose a chapter above." in texts(app)


def test_two_chapters_of_one_name_stand_side_by_side(open_page: Open) -> None:
    world = World()
    for source, city in (("meetup", "Lagos"), ("guild", None)):
        world.group("Lagos", source, city=city)
        world.rsvp(world.event(f"At {source}", "2024-05-01 18:00", source=source), "Ada", "yes")
    app = open_page("events", world)
    chosen = app.multiselect(key="chapters")
    assert sorted(chosen.options) == ["Lagos (Lagos, meetup)", "Lagos (guild)"]
    chosen.set_value(["guild:#Lagos"]).run()
    view = app.session_state.view
    rows = view.rows("event_attendance")
    figure = charts.side_by_side(rows, {"guild:#Lagos": "Lagos (guild)"}, view)
    assert [rows[trace.customdata[0]]["title"] for trace in figure.data] == ["At guild"]
    assert list(app.dataframe[-1].value["source"]) == ["guild"]


def test_what_no_joined_account_tells_is_said_and_not_drawn(open_page: Open) -> None:
    world = World(covered_to="2024-06-20 00:00")
    gathered = world.event("First", "2024-05-10 18:00")
    world.rsvp(gathered, "Ada", "yes", "attended")
    world.act("Bo", "2024-05-12 10:00")
    app = open_page("events", world)
    assert texts(app).count(conversions.UNKNOWN) == 2
    assert "Each step as a share" not in texts(app)


def test_of_many_events_to_come_the_next_ones_are_drawn(open_page: Open) -> None:
    world = World(covered_to="2024-05-01 00:00")
    world.source("meetup", kind="meetup", last_success_at=NOW)
    for day in range(2, 22):
        world.event(f"Day {day}", f"2024-05-{day:02} 18:00", status="planned")
    app = open_page("events", world)
    assert "The next 12 of 20; the table has all." in texts(app)
    axes = [json.loads(chart.proto.spec)["layout"]["yaxis"] for chart in app.get("plotly_chart")]
    [drawn] = [axis["ticktext"] for axis in axes if "Day 2" in axis.get("ticktext", [])]
    assert len(drawn) == 12
