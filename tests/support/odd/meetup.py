"""A Meetup whose every list has rows with something odd in one field."""

import re
from itertools import count
from typing import Any

from tests.support.odd.values import Many, Row, Rows
from tests.support.tiny import meetup as tiny

KEYS = ['network = "made-up"']
COUNTS = (*tiny.COUNTS, "totalCount")
URLNAME = "g1"


def connection(edges: list[Row]) -> Row:
    page = {"hasNextPage": False, "endCursor": None}
    return {"totalCount": len(edges), "pageInfo": page, "edges": edges}


def group(number: int) -> Row:
    row = tiny.group(number, f"g{number}")
    del row["members"]
    return {"node": row | {"memberships": connection([]), "events": connection([])}}


def member(number: int) -> Row:
    return tiny.member(number, "2026-01-01")


def event(number: int) -> Row:
    row = tiny.event(number, "2026-05-01")
    del row["description"]
    rsvps = dict.fromkeys(COUNTS, 1 if number == 1 else 0) | {"edges": []}
    return {"node": row | {"rsvps": rsvps, "venues": [dict(tiny.VENUE)]}}


def rsvp(number: int) -> Row:
    return {"node": tiny.rsvp(number, number)}


def lists(many: Many) -> dict[str, Rows]:
    """The rows of each list, the sound ones first."""
    makers = {"groups": group, "members": member, "events": event, "rsvps": rsvp}
    return {name: Rows([make(1)], [*many(make, count(10))]) for name, make in makers.items()}


def answer(path: str, query: Row, found: dict[str, Rows]) -> Any:
    """The body of a response."""
    [kind] = re.findall(r"query (\w+)", query["query"])
    asked = query["variables"]
    if kind == "Network":
        groups = {"groupsSearch": connection(found["groups"].all)}
        return {"data": {"self": {"adminProNetworks": []}, "proNetwork": groups}}
    if kind == "Answers":
        is_first = asked["id"] == event(1)["node"]["id"]
        rsvps = connection(found["rsvps"].all if is_first else [])
        nodes = [row["node"] for row in found["events"].all if isinstance(row["node"], dict)]
        about = next((node for node in nodes if node.get("id") == asked["id"]), {})
        return {"data": {"event": {"token": about.get("token"), "rsvps": rsvps}}}
    if kind == "Pulses":
        return {"data": {"g0": group(1)["node"]}}
    name = kind.lower()
    rows = found[name].all if asked["urlname"] == URLNAME else []
    return {"data": {"groupByUrlname": {name: connection(rows)}}}
