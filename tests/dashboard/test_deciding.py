"""A decision on a page: what it moves, in words, and why it was not made."""

from pathlib import Path
from typing import Any

import pytest

from dashboard import decide
from dashboard.access import CONFIG
from dashboard.command import CommandFailed
from dashboard.sections import deciding
from tests.support.installations import Installation

MISTAKES = """\
[[decisions]]
what = "marry"
[[decisions]]
what = "merge"
accounts = ["slack:U1"]
"""


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
            "Active members, Q4 2026 "
            "\\(How many they were if no account were joined to another\\): from 3 to **2**",
        ),
        (
            moved("overlap", "a+b", "members", None),
            "Where people are, a\\+b "
            "\\(Persons active on exactly these sources in the chosen time\\): from — to **2**",
        ),
    ],
)
def test_a_number_that_moves_is_told_in_words(row: dict[str, Any], said: str) -> None:
    assert deciding.moves(row) == said


def test_every_mistake_in_the_file_of_decisions_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Installation(tmp_path)
    place.publish().close()
    place.settings.people_path.write_text(MISTAKES)
    monkeypatch.setenv(CONFIG, str(place.config))
    with pytest.raises(CommandFailed) as refused:
        decide.decide("taken back", "undo", "1")
    [first, second] = str(refused.value).splitlines()
    assert first.startswith(f"{place.settings.people_path}: line 1: [[decisions]] 1: what: ")
    assert second.endswith("accounts: merge needs at least 2 different ones")
