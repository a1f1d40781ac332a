"""Slack names only some of the people who reacted, and says how many there were."""

from typing import Any

import msgspec
import pytest

from connectors.model import Activity, Record, UnnamedActivities
from connectors.slack import SlackConnector


@pytest.mark.parametrize(
    ("reaction", "named", "unnamed"),
    [
        ({"count": 2, "users": ["U1", "U2"]}, 2, None),
        ({"count": 60, "users": ["U1", "U2"]}, 2, 58),
        ({"count": 3}, 0, 3),
        ({"users": ["U1"]}, 1, None),
        ({"count": 10**12, "users": ["U1"]}, 1, None),
    ],
)
def test_reactions(reaction: dict[str, Any], named: int, unnamed: int | None) -> None:
    message = {"ts": "1714550400.000100", "user": "U9", "reactions": [{"name": "wave"} | reaction]}
    payload = msgspec.json.encode(message).decode()
    record = Record("messages", "C1", "1714550400.000100", payload, 0, None)
    facts = list(SlackConnector.normalize("slack", record))
    kinds = [fact.kind for fact in facts if isinstance(fact, Activity)]
    assert kinds == ["message", *["reaction"] * named]
    amounts = [fact.amount for fact in facts if isinstance(fact, UnnamedActivities)]
    assert amounts == ([unnamed] if unnamed else [])
