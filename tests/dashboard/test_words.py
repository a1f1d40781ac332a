"""What the dashboard says in words, draws and hands out: rules that need no page."""

import csv
import io
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest

from dashboard import charts, colours, data, facts, passport, standouts, words
from dashboard.cards import Picked, picked_mark
from dashboard.frame import period_start, shift
from tests.support.dashboard_world import HOSTILE
from warehouse.query import Selection


@pytest.mark.parametrize(
    ("number", "said"),
    [(None, "not known yet"), (0, "0"), (412, "412"), (1234, "1,234"), (12_345, "12,300")],
)
def test_counts_are_rounded_as_people_say_them(number: float | None, said: str) -> None:
    assert words.count(number) == said


@pytest.mark.parametrize(
    ("part", "said"),
    [(0, "0%"), (0.004, "under 1%"), (0.555, "56%"), (0.997, "over 99%"), (1, "100%")],
)
def test_shares_do_not_round_to_nothing_or_everything(part: float, said: str) -> None:
    assert words.share(part) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(40, "40 s"), (2520, "42 min"), (18_000, "5 h"), (260_000, "3 days"), (None, "not known yet")],
)
def test_lengths_of_time(seconds: float | None, said: str) -> None:
    assert words.duration(seconds) == said
    assert words.number(None if seconds is None else seconds / 3600, "hours") == said


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [
        (109, 100, "count", "up 9%"),
        (5, 8, "count", "down from 8"),
        (0.56, 0.53, "share", "up 3 points"),
        (0.561, 0.564, "share", "no change"),
        (2520, 1800, "seconds", "up from 30 min"),
        (3, None, "count", ""),
        (None, 3, "count", ""),
    ],
)
def test_changes(now: float | None, before: float | None, unit: str, said: str) -> None:
    assert words.change(now, before, unit) == said


def test_markdown_keeps_no_markup() -> None:
    for name in HOSTILE:
        shown = words.markdown(name)
        for sign in "<>[]()$:*`":
            assert shown.count(sign) == shown.count("\\" + sign)


def test_chart_text_has_no_tags() -> None:
    assert words.chart_text("<b>&x") == "&lt;b&gt;&amp;x"


def test_csv_guards_text_and_leaves_numbers() -> None:
    names = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\uff1d1", "ok", "3-1"]
    rows = [{"name": name, "number": -5} for name in names]
    read = list(csv.DictReader(io.StringIO(data.to_csv(rows, ["name", "number"]), newline="")))
    assert [row["name"] for row in read] == [f"'{name}" for name in names[:-2]] + ["ok", "3-1"]
    assert {row["number"] for row in read} == {"-5"}


def test_only_web_addresses_become_links() -> None:
    table = pa.table({"link": ["https://x.example/1", "javascript:alert(1)", None]})
    assert data.safe_links(table).column("link").to_pylist() == ["https://x.example/1", None, None]


def test_a_headline_is_of_finished_neighbours() -> None:
    rows = [
        {"period": date(2024, month, 1), "n": month, "is_complete": month in done}
        for done in [(2, 3)]
        for month in (1, 2, 3, 4)
    ]
    fact = facts.headline(rows, "", "m", "n", "count", "up", "month")
    assert (fact.value, fact.value_before, fact.is_better) == (3, 2, True)
    assert fact.running == rows[3]
    assert fact.change_since == "up from 2 in February 2024"
    alone = facts.headline(rows[:2], "", "m", "n", "count", "up", "month")
    assert (alone.value, alone.value_before, alone.change) == (2, None, "")


def test_shares_of_all_sources_come_from_their_counts() -> None:
    may = date(2024, 5, 1)
    rows = [
        {"period": may, "openers": 10, "answered": 9},
        {"period": may, "openers": 30, "answered": 3},
    ]
    assert facts.all_sources(rows)[0]["share_answered"] == 0.3


def test_a_channel_stands_out_when_answers_fall() -> None:
    old = {"source": "s", "channel": "help", "openers": 20, "share_answered": 0.91}
    now = old | {"share_answered": 0.74}
    quiet = {"source": "s", "channel": "x", "openers": 0, "participations": 50}
    old["participations"] = 30
    notes = standouts.of_channels([now], [old, quiet], "in May 2024")
    assert [note.text for note in notes] == [
        r"**\#help**: answers fell from 91% to 74% in May 2024",
        r"**\#x** fell silent in May 2024, after 50 contributions before",
    ]
    assert standouts.of_channels([now | {"openers": 3}], [old], "") == []


def test_channels_of_several_sources_are_told_apart() -> None:
    slack, discord = {"source": "slack", "channel": "help"}, {"source": "discord", "channel": None}
    assert words.channel(slack, [slack]) == r"\#help"
    assert words.channel(slack, [slack, discord]) == r"\#help on slack"
    assert words.channel(discord, [slack, discord]) == "outside of channels on discord"


def test_marks_carry_their_row_and_state() -> None:
    rows = [
        {"period": date(2024, m, 1), "new": m, "dormant": 1, "is_complete": m < 3} for m in (2, 3)
    ]
    series = [charts.Series("new", "New"), charts.Series("dormant", "Quiet", below_zero=True)]
    figure = charts.bars(rows, series, "month", is_dark=False)
    event = {"selection": {"points": [{"curve_number": 1, "point_index": 1}]}}
    assert picked_mark(figure, event) == Picked(1, "dormant")
    assert list(figure.data[1].y) == [-1, -1]
    assert list(figure.data[0].marker.pattern.shape) == ["", "/"]


def test_the_longest_bar_is_on_top_and_in_its_colour() -> None:
    rows = [{"sources": "slack", "members": 1234}, {"sources": "<b>", "members": 1}]
    figure = charts.ranked(rows, "sources", charts.Series("members", "people"), ["#111", "#222"])
    assert list(figure.data[0].y) == ["slack", "&lt;b&gt;"]
    assert figure.layout.yaxis.autorange == "reversed"
    assert list(figure.data[0].text) == ["1,234", "1"]
    assert list(figure.data[0].marker.color) == ["#111", "#222"]


def test_releases_are_marked_on_the_line() -> None:
    rows = [{"period": date(2024, m, 1), "total": m, "releases": m % 2} for m in (1, 2, 3)]
    line = charts.lines(rows, "period", [charts.Series("total", "stars")], {"total": "#111111"})
    releases = charts.Series("releases", "Releases")
    figure = charts.marked(line, rows, "period", "total", releases, "#222222")
    event = {"selection": {"points": [{"curve_number": 1, "point_index": 1}]}}
    assert picked_mark(figure, event) == Picked(2, "releases")
    assert list(figure.data[1].y) == [1, 3]


def test_an_unknown_value_is_a_gap() -> None:
    rows = [{"period": date(2024, 5, 1), "share": None, "is_complete": True}]
    figure = charts.bars(rows, [charts.Series("share", "s", "share")], "month", is_dark=True)
    assert list(figure.data[0].y) == [None]


def test_a_source_keeps_its_colour_and_shares_it_with_none() -> None:
    both = colours.sources({"a": "slack", "b": "slack", "c": "github"}, is_dark=False)
    assert len(set(both.values())) == 3
    assert both["c"] == colours.sources({"c": "github"}, is_dark=False)["c"]


def test_the_command_asks_for_the_same_rows() -> None:
    selection = Selection("week", date(2024, 5, 6), None, ("my slack",), unbounded=True)
    assert passport.command("retention", selection) == (
        "vitals metric retention --grain week --from 2024-05-06 --source 'my slack' --unbounded"
    )


def test_periods_are_cut_and_moved() -> None:
    assert period_start(date(2024, 5, 15), "week") == date(2024, 5, 13)
    assert period_start(date(2024, 5, 15), "quarter") == date(2024, 4, 1)
    assert shift(date(2024, 1, 1), "month", -2) == date(2023, 11, 1)
    assert shift(date(2024, 10, 1), "quarter", 1) == date(2025, 1, 1)


def test_times_in_words() -> None:
    assert words.age(timedelta(days=3, hours=2)) == "3 days"
    assert words.clock(datetime(2026, 11, 20, 6, 0)) == "20 Nov 2026, 06:00"
    assert words.during(date(2026, 11, 9), "week") == "in the week of 9 Nov 2026"
