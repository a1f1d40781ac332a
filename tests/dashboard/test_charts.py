"""Charts: what is drawn of a metric's rows, and what a click on a mark finds."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard import colours
from dashboard.charts import bars
from dashboard.charts import rows as row_charts
from dashboard.charts.figure import Series
from dashboard.charts.lines import add_marks, lines
from dashboard.components.behind import Picked
from dashboard.components.cards import picked_mark
from dashboard.view import View
from warehouse.query import Selection

VIEW = View(Path(), Selection("month"), (), {}, ZoneInfo("UTC"), newest=None)


def test_marks_carry_their_row_and_state() -> None:
    rows = [
        {"period": date(2024, m, 1), "new": m, "dormant": 1, "is_complete": m < 3} for m in (2, 3)
    ]
    series = [Series("new", "New"), Series("dormant", "Quiet", below_zero=True)]
    figure = bars.over_time(VIEW, rows, series)
    event = {"selection": {"points": [{"curve_number": 1, "point_index": 1}]}}
    assert picked_mark(figure, event) == Picked(1, "dormant")
    assert list(figure.data[1].y) == [-1, -1]
    assert list(figure.data[0].marker.pattern.shape) == ["", "/"]


def test_the_longest_bar_is_on_top_and_in_its_colour() -> None:
    rows = [{"sources": "slack", "members": 1234}, {"sources": "<b>&", "members": 1}]
    figure = row_charts.ranked(rows, "sources", Series("members", "people"), ["#111", "#222"])
    assert list(figure.data[0].y) == ["slack", "&lt;b&gt;&amp;"]
    assert figure.layout.yaxis.autorange == "reversed"
    assert list(figure.data[0].text) == ["1,234", "1"]
    assert list(figure.data[0].marker.color) == ["#111", "#222"]


def test_releases_are_marked_on_the_line() -> None:
    rows = [{"period": date(2024, m, 1), "total": m, "releases": m % 2} for m in (1, 2, 3)]
    total = Series("total", "stars", colour=colours.BLUE)
    releases = Series("releases", "Releases", colour=colours.GREEN)
    figure = lines(VIEW, rows, "period", [total], VIEW.period)
    add_marks(figure, VIEW, rows, "period", "total", releases)
    event = {"selection": {"points": [{"curve_number": 1, "point_index": 1}]}}
    assert picked_mark(figure, event) == Picked(2, "releases")
    assert list(figure.data[1].y) == [1, 3]


def test_an_unknown_value_is_a_gap() -> None:
    rows = [{"period": date(2024, 5, 1), "share": None, "is_complete": True}]
    share = Series("share", "s", "share", colour=colours.BLUE)
    figure = bars.over_time(VIEW, rows, [share])
    assert list(figure.data[0].y) == [None]


def test_a_source_keeps_its_colour_and_shares_it_with_none() -> None:
    both = colours.sources({"a": "slack", "b": "slack", "c": "github"}, is_dark=False)
    assert len(set(both.values())) == 3
    assert both["c"] == colours.sources({"c": "github"}, is_dark=False)["c"]
