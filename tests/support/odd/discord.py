"""A Discord whose every list has rows with something odd in one field."""

from itertools import count
from typing import Any

from tests.support.odd.values import Many, Row, Rows
from tests.support.tiny import discord as tiny

KEYS = [f'server = "{tiny.SERVER}"']
DAY_MINUTES = 1440
EVENT = tiny.snowflake(50 * DAY_MINUTES)


def member(number: int) -> Row:
    user = {"username": "p", "global_name": "P", "bot": False, "system": False}
    row = tiny.member(number)
    return row | {"user": row["user"] | user, "nick": "p", "roles": ["7"]}


def role(number: int) -> Row:
    return {"id": str(number), "permissions": tiny.READABLE}


def channel(number: int) -> Row:
    overwrite = {"id": "999", "allow": "0", "deny": "0"}
    row = {"id": str(number), "type": 0, "name": f"c{number}", "parent_id": None}
    return row | {"last_message_id": None, "permission_overwrites": [overwrite]}


def message(number: int) -> Row:
    """Each a minute after the one before."""
    row = tiny.message(9 * DAY_MINUTES - number, message_reference={"message_id": "5", "type": 0})
    row["author"] |= {"bot": False, "global_name": "Ada"}
    return row | {"webhook_id": None, "content": "…", "reactions": [reaction()]}


def reaction() -> Row:
    return {"emoji": {"id": None, "name": "👋"}, "count": 2}


def active_thread(number: int) -> Row:
    return tiny.thread(number, "10") | {"owner_id": "21"}


def archived_thread(number: int) -> Row:
    return tiny.thread(number, "10", archived=number) | {"owner_id": "21"}


def event(number: int) -> Row:
    times = {"scheduled_start_time": tiny.moment(9000), "scheduled_end_time": tiny.moment(8000)}
    about = {"name": "Evening", "guild_id": tiny.SERVER, "status": 1, "entity_type": 3}
    moved = {"event_exception_id": str(number), "is_canceled": False} | times
    row = {"id": str(int(EVENT) + number), "entity_metadata": {"location": "Library"}}
    more = {"channel_id": None, "creator_id": "21", "user_count": 0, "recurrence_rule": None}
    return row | times | about | more | {"guild_scheduled_event_exceptions": [moved]}


def interested(number: int) -> Row:
    row = {"guild_scheduled_event_id": EVENT, "user_id": str(number), "response": 1}
    return row | {"guild_scheduled_event_exception_id": None}


def lists(many: Many) -> dict[str, Rows]:
    """The rows of each list, the sound ones first."""
    return {
        "roles": Rows([role(int(tiny.SERVER))], [*many(role, count(100))]),
        "members": Rows([member(1), member(21)], [*many(member, count(100))]),
        "channels": Rows([channel(10)], [*many(channel, count(100))]),
        "messages": Rows([message(0)], [*many(message)]),
        "active": Rows([active_thread(20)], [*many(active_thread, count(10_000))]),
        "archived": Rows([archived_thread(30)], [*many(archived_thread, count(20_000))]),
        "events": Rows([event(0)], [*many(event)]),
        "interested": Rows([interested(21)], [*many(interested, count(100))]),
    }


def answer(path: str, query: Row, found: dict[str, Rows]) -> Any:
    """The body of a response."""
    is_first = query.get("after", "0") == "0" and "before" not in query
    match path.split("/")[-4:]:
        case [*_, "users", "@me"]:
            return {"id": "1", "username": "bot", "bot": True}
        case [*_, "guilds", _]:
            return {"id": tiny.SERVER, "roles": found["roles"].all, "owner_id": "2"}
        case [*_, "members", user]:
            return {"user": {"id": user, "username": "bot", "bot": True}, "roles": []}
        case [*_, "members"]:
            return found["members"].all if is_first else []
        case [*_, "guilds", _, "channels"]:
            return found["channels"].all
        case [*_, "threads", "active"]:
            return {"threads": found["active"].all, "has_more": False}
        case [*_, "scheduled-events"]:
            return found["events"].all
        case ["scheduled-events", id, "users"] | [_, "scheduled-events", id, "users"]:
            return found["interested"].all if is_first and id == EVENT else []
        case [_, "channels", id, "messages"]:
            return found["messages"].all[::-1] if is_first and id == "10" else []
        case [id, "threads", "archived", "public"]:
            return {"threads": found["archived"].all if is_first and id == "10" else []}
    return None
