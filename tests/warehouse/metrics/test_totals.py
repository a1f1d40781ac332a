"""What rows of a metric add up to: the `[totals]` of each header, with rows made by hand."""

from typing import Any

import duckdb
import pyarrow as pa
import pytest

from warehouse.query import catalogue
from warehouse.totals import totals_table

Row = dict[str, Any]
COUNTED = (
    {"attended": 48, "attended_checked_in": 5, "attended_rsvp": 43},
    {"attended": 6, "attended_checked_in": 6, "attended_rsvp": 0},
)
ROWS: dict[str, list[Row]] = {
    "activation": [{"joined": 4, "activated_30d": 1}, {"joined": 6, "activated_30d": 3}],
    "activity_volume": [
        {"source": "slack", "activities": 30},
        {"source": "github", "activities": 5},
        {"source": "github", "activities": 5},
    ],
    "channels": [{"participations": number} for number in (10, 50, 20, 5, 15)],
    "code": [{"contributors": 7, "new_contributors": 2}],
    "code_response": [{"openers": 10, "answered": 9}, {"openers": 30, "answered": 3}],
    "coverage": [{"activities": 4}, {"activities": 0}, {"activities": 3}],
    "event_attendance": [
        {"yes": 8, "attended": 7, "walk_ins": 2, "capacity": 14},
        {"yes": 2, "attended": 1, "walk_ins": 0, "capacity": 6},
    ],
    "event_trend": [
        {"events": 3, "checked_in_events": 1, "rsvp_events": 1, **COUNTED[0]},
        {"events": 2, "checked_in_events": 2, "rsvp_events": 0, **COUNTED[1]},
    ],
    "first_response": [{"openers": 10, "answered": 9}, {"openers": 30, "answered": 3}],
    "intake": [
        {"records": 40, "is_activity": True, "is_left_out": False},
        {"records": 7, "is_activity": False, "is_left_out": True},
        {"records": 22, "is_activity": False, "is_left_out": False},
    ],
    "lifecycle": [{"new": 3, "resurrected": 1}],
    "overlap": [{"members": 3}, {"members": 2}],
    "retention": [{"retained": 2, "cohort_size": 3}, {"retained": 0, "cohort_size": 1}],
    "stars": [{"stars": 2}, {"stars": 3}],
    "stickiness": [{"dau_mau": 0.25}],
}
TOTALS: dict[str, Row] = {
    "activation": {"joined": 10, "share_30d": 0.4},
    "activity_volume": {"activities": 40, "share": 1.0},
    "channels": {"busiest_share": 0.85},
    "code": {"new": 2, "returning": 5},
    "code_response": {"openers": 40, "share_answered": 0.3},
    "coverage": {"activities": 7},
    "event_attendance": {"yes": 10, "came": 6, "missed": 4, "share_of_places": 0.4},
    "event_trend": {
        "events": 5,
        "checked_in_events": 3,
        "rsvp_events": 1,
        "unknown_events": 1,
        "attended": 54,
        "attended_checked_in": 11,
        "attended_rsvp": 43,
    },
    "first_response": {"openers": 40, "answered": 12, "share_answered": 0.3, "waiting": 28},
    "intake": {"records": 69, "activities": 40, "left_out": 7, "others": 22},
    "lifecycle": {"came": 4},
    "overlap": {"members": 5},
    "retention": {"cohort_size": 4, "share": 0.5},
    "stars": {"stars": 5},
    "stickiness": {"days_a_month": 8},
}


def totals(name: str, rows: list[Row], by: tuple[str, ...] = ()) -> list[Row]:
    with duckdb.connect() as con:
        table = totals_table(con, catalogue()[name], pa.Table.from_pylist(rows), by)
        return [dict(row) for row in table.to_pylist()]


@pytest.mark.parametrize("name", [metric.name for metric in catalogue().values() if metric.totals])
def test_rows_add_up_as_the_header_says(name: str) -> None:
    assert totals(name, ROWS[name]) == [TOTALS[name]]


def test_each_value_of_a_column_has_its_own_totals() -> None:
    assert totals("activity_volume", ROWS["activity_volume"], ("source",)) == [
        {"source": "github", "activities": 10, "share": 0.25},
        {"source": "slack", "activities": 30, "share": 0.75},
    ]


def test_what_is_not_known_adds_up_to_nothing() -> None:
    unknown = {"yes": 3, "attended": None, "walk_ins": None, "capacity": None}
    rows = [{"event_id": "a"} | row for row in ROWS["event_attendance"][:1]]
    table = [*rows, {"event_id": "b"} | unknown]
    assert totals("event_attendance", table, ("event_id",)) == [
        {"event_id": "a", "yes": 8, "came": 5, "missed": 3, "share_of_places": 0.5},
        {"event_id": "b", "yes": 3, "came": None, "missed": None, "share_of_places": None},
    ]
    assert totals("first_response", [{"openers": 0, "answered": 0}]) == [
        {"openers": 0, "answered": 0, "share_answered": None, "waiting": 0}
    ]
