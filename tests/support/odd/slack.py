"""A Slack whose every list has rows with something odd in one field."""

from copy import deepcopy
from itertools import count
from typing import Any

from tests.support.hand_made.slack import ADA, BO, GENERAL
from tests.support.odd.files import MAY, slack_message
from tests.support.odd.values import Many, Row, Rows

KEYS: list[str] = []


def member(number: int) -> Row:
    profile = {"real_name": "Cem", "email": "cem@made.invalid", "start_date": "2020-01-01"}
    about = {"name": "cem", "updated": MAY, "deleted": False, "is_bot": False, "tz": "UTC"}
    return deepcopy({"id": f"U{number}", "team_id": "T1", "profile": profile} | about)


def channel(number: int) -> Row:
    return GENERAL | {"id": f"C{number}", "name": f"c{number}", "is_member": True}


def reply(number: int) -> Row:
    row: Row = {"ts": f"{MAY + number}.000200", "thread_ts": f"{MAY}.000100", "user": "U2"}
    return row | {"reactions": [{"name": "wave", "count": 1, "users": ["U1"]}]}


def lists(many: Many) -> dict[str, Rows]:
    """The rows of each list, the sound ones first."""
    root = slack_message(0)
    messages = [*many(slack_message)]
    return {
        "members": Rows([ADA, BO], [*many(member, count(10))]),
        "channels": Rows([GENERAL | {"is_member": True}], [*many(channel, count(10))]),
        "messages": Rows([root], messages),
        "replies": Rows([root, reply(-1)], [*many(reply, count(5000))]),
    }


def answer(path: str, query: Row, found: dict[str, Rows]) -> Any:
    """The body of a response."""
    method = path.rpartition("/")[2]
    if method == "auth.test":
        return {"ok": True, "url": "https://made.invalid/", "bot_id": "B1"}
    if method == "users.list":
        return {"ok": True, "members": found["members"].all}
    if method == "conversations.list":
        return {"ok": True, "channels": found["channels"].all}
    if query["channel"] != GENERAL["id"]:
        return {"ok": True, "messages": []}
    if method == "conversations.history":
        return {"ok": True, "messages": found["messages"].all[::-1]}
    if query["ts"] == slack_message(0)["ts"]:
        return {"ok": True, "messages": found["replies"].all}
    return {
        "ok": True,
        "messages": [row for row in found["messages"].all if row["ts"] == query["ts"]],
    }
