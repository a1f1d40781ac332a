"""Rows as CSV."""

import csv
import io
from datetime import date, datetime

from warehouse.tables import to_csv


def test_text_is_guarded_and_numbers_are_not() -> None:
    names = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\uff1d1", "ok", "3-1"]
    rows = [{"name": name, "number": -5} for name in names]
    read = list(csv.DictReader(io.StringIO(to_csv(rows, ["name", "number"]), newline="")))
    assert [row["name"] for row in read] == [f"'{name}" for name in names[:-2]] + ["ok", "3-1"]
    assert {row["number"] for row in read} == {"-5"}


def test_times_are_iso_and_what_is_unknown_is_empty() -> None:
    row = {"on": date(2024, 5, 1), "at": datetime(2024, 5, 1, 9), "who": None, "note": "a\rb"}
    assert to_csv([row], ["on", "at", "who", "note"]) == (
        'on,at,who,note\n2024-05-01,2024-05-01T09:00:00Z,,"a\rb"\n'
    )
