"""Parts of pages: headlines, what stands out, the passport, and what is handed out as CSV."""

from datetime import date

import pyarrow as pa
import pytest

from dashboard import data
from dashboard.components import passport, tables
from dashboard.components.headline import Headline, headline
from dashboard.sections import events, standouts
from dashboard.view import period_start, shift
from warehouse.query import Metric, Selection, catalogue


def test_a_headline_is_of_finished_neighbours() -> None:
    rows = [
        {"period": date(2024, month, 1), "n": month, "is_complete": month in done}
        for done in [(2, 3)]
        for month in (1, 2, 3, 4)
    ]
    found = headline(rows, "", "active_members", "n", "count", "up", "month")
    assert (found.value, found.value_before, found.is_better) == (3, 2, True)
    assert found.running == rows[3]
    assert found.change_since == "up from 2 in February 2024"
    alone = headline(rows[:2], "", "active_members", "n", "count", "up", "month")
    assert (alone.value, alone.value_before, alone.change) == (2, None, "")


@pytest.mark.parametrize(
    ("openers", "said", "change", "way", "is_better", "line"),
    [
        ((10, 20), "75%", "up 25 points", 1, True, [0.5, 0.75]),
        ((10, 4), "3 of 4", "", 0, None, [0.5]),
        ((9, 20), "75%", "", 0, None, [0.75]),
    ],
)
def test_a_share_of_few_is_a_count_and_compared_with_nothing(
    openers: tuple[int, int],
    said: str,
    change: str,
    way: int,
    is_better: bool | None,
    line: list[float],
) -> None:
    rows = [
        {"period": date(2024, month, 1), "share_answered": part, "openers": of, "is_complete": True}
        for month, part, of in zip((1, 2), (0.5, 0.75), openers, strict=True)
    ]
    found = headline(rows, "", "first_response", "share_answered", "share", "up", "month")
    assert found.said(rows[1]) == said
    assert (found.change, found.change_since, found.way) == (change, found.change_since, way)
    assert (found.is_better, found.line) == (is_better, line)


def test_the_first_sentence_compares_no_shares_of_few() -> None:
    def of(metric: str, column: str, now: dict[str, object], before: dict[str, object]) -> Headline:
        months = zip((date(2024, 4, 1), date(2024, 5, 1)), (before, now), strict=True)
        rows = [{"period": first, "is_complete": True} | row for first, row in months]
        return headline(rows, "", metric, column, "share", "up", "month")

    active = of("active_members", "active_members", {"active_members": 9}, {"active_members": 8})
    new = of("lifecycle", "new", {"new": 4}, {"new": 2})
    back = of(
        "retention", "share", {"share": 0.25, "cohort_size": 4}, {"share": 0.5, "cohort_size": 2}
    )
    openers = {"share_answered": 0.75, "openers": 12}
    answered = of(
        "first_response", "share_answered", openers, {"share_answered": 0.5, "openers": 12}
    )
    said = standouts.sentence(active, new, back, answered)
    assert "1 of 4 newcomers of May 2024 came back in the month after." in said
    assert "75% of 12 openers got an answer, more than the 50% of the month before." in said


def test_a_table_tells_a_share_of_few_as_a_count() -> None:
    table = pa.table({"share": [0.25, None, 0.5], "cohort_size": [4, 0, 12], "n": [1, 2, 3]})
    shown = tables.readable(table, None, {"share": "cohort_size"})
    assert shown.column("share").to_pylist() == ["1 of 4", None, "50%"]
    many = table.slice(2)
    assert tables.readable(many, None, {"share": "cohort_size"}).column("share").to_pylist() == [50]


def test_what_came_rests_on_is_said() -> None:
    trend = {"attended": 54, "events": 4, "attended_checked_in": 11, "attended_rsvp": 43}
    assert events.came_how(trend) == "54 people at 4 events: 11 checked in, 43 said yes"
    assert events.came_how(trend | {"attended": None}) == events.came_how(None) == ""
    active = {"rsvp_only": 3}
    assert events.by_a_yes_alone(active) == "3 of them only said yes to an event without check-in"
    assert events.by_a_yes_alone({"rsvp_only": 0}) == ""


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
    unknown = {"share_answered": None}
    assert standouts.of_channels([now | unknown], [old | unknown], "") == []
    assert standouts.of_channels([now], [old | unknown], "") == []


def test_the_command_asks_for_the_same_rows() -> None:
    selection = Selection("week", date(2024, 5, 6), None, ("my slack",), unbounded=True)
    assert passport.command("retention", selection) == (
        "vitals metric retention --grain week --from 2024-05-06 --source 'my slack' --unbounded"
    )


def test_only_web_addresses_become_links() -> None:
    table = pa.table({"link": ["https://x.example/1", "javascript:alert(1)", None]})
    assert data.safe_links(table).column("link").to_pylist() == ["https://x.example/1", None, None]


def test_periods_are_cut_and_moved() -> None:
    assert period_start(date(2024, 5, 15), "week") == date(2024, 5, 13)
    assert period_start(date(2024, 5, 15), "quarter") == date(2024, 4, 1)
    assert shift(date(2024, 1, 1), "month", -2) == date(2023, 11, 1)
    assert shift(date(2024, 10, 1), "quarter", 1) == date(2025, 1, 1)


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_a_row_has_the_columns_that_say_what_is_behind_it(metric: Metric) -> None:
    assert set(metric.row_keys) <= set(metric.columns)


def test_the_keys_of_a_row_come_in_the_order_of_its_people() -> None:
    assert catalogue()["coverage"].row_keys == ("source", "channel", "month")
    assert catalogue()["freshness"].row_keys == ("source",)
