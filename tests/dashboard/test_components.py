"""Parts of pages: headlines, what stands out, the passport, and what is handed out as CSV."""

from datetime import date

import pyarrow as pa
import pytest

from dashboard import data
from dashboard.components import passport
from dashboard.components.headline import headline
from dashboard.sections import standouts
from dashboard.view import period_start, shift
from warehouse.query import Metric, Selection, catalogue


def test_a_headline_is_of_finished_neighbours() -> None:
    rows = [
        {"period": date(2024, month, 1), "n": month, "is_complete": month in done}
        for done in [(2, 3)]
        for month in (1, 2, 3, 4)
    ]
    found = headline(rows, "", "m", "n", "count", "up", "month")
    assert (found.value, found.value_before, found.is_better) == (3, 2, True)
    assert found.running == rows[3]
    assert found.change_since == "up from 2 in February 2024"
    alone = headline(rows[:2], "", "m", "n", "count", "up", "month")
    assert (alone.value, alone.value_before, alone.change) == (2, None, "")


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
