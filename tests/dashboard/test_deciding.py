"""What a decision moves, in words."""

from typing import Any

import pytest

from dashboard.sections import deciding


def moved(metric: str, row: str, number: str, before: float | None) -> dict[str, Any]:
    return {"metric": metric, "row": row, "number": number, "before": before, "after": 2.0}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (moved("persons", "", "persons", 3), "Persons: from 3 to **2**"),
        (
            moved("active_members", "2026-10-01", "active_members", 3),
            "Active members, Q4 2026: from 3 to **2**",
        ),
        (
            moved("active_members", "2026-10-01", "high", 3),
            "Active members, Q4 2026, high: from 3 to **2**",
        ),
        (
            moved("overlap", "a+b", "members", None),
            "Where people are, a\\+b, members: from — to **2**",
        ),
    ],
)
def test_a_number_that_moves_is_told_in_words(row: dict[str, Any], said: str) -> None:
    assert deciding.moves(row) == said
