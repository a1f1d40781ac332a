"""Our queries agree with Meetup's schema, and responses that Meetup gave are understood.

The recorded queries asked for other fields than ours: what every event and every membership has is
added where it is missing, and nothing else.
"""

import json
from collections import Counter
from typing import Any, get_args

import graphql
import msgspec
import pytest

from connectors.base import Changed, Context
from connectors.graphql import Edges, Query
from connectors.meetup.api import MeetupApi
from connectors.meetup.events import EVENT_STATUSES, NEVER_ANNOUNCED
from connectors.meetup.normalize import CHECK_INS, RSVPS, normalize
from connectors.meetup.queries import QUERIES, MeetupQueries, RsvpsOfEvent, groups_query
from connectors.meetup.records import encode_event, encode_group, encode_member, encode_rsvp
from connectors.meetup.shapes import (
    Edge,
    EventNode,
    EventStatus,
    GroupNode,
    MemberEdge,
    RsvpNode,
    RsvpStatus,
    understood,
)
from connectors.meetup.token import Tokens
from connectors.model import (
    Account,
    Attendance,
    Channel,
    Event,
    Fact,
    Group,
    Join,
    Raw,
    Record,
)
from connectors.timestamps import iso_microseconds
from tests.support.paths import SHARED
from tests.support.tiny.meetup import TinyMeetup

RECORDED = SHARED / "fixtures/meetup/recorded_gql_ext"


@pytest.fixture(scope="module")
def schema() -> graphql.GraphQLSchema:
    if not SHARED.exists():
        pytest.skip("the schema is not here: ../shared is absent")
    [path] = (SHARED / "specs/meetup").glob("*.graphql")
    return graphql.build_schema(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def responses() -> list[dict[str, Any]]:
    """Every recorded body."""
    if not RECORDED.exists():
        pytest.skip("the recorded responses are not here: ../shared is absent")
    found = []
    for path in sorted(RECORDED.glob("*.json")):
        found += [call["response"]["body"] for call in json.loads(path.read_text("utf-8"))]
    return found


def under(value: Any, path: str) -> Any:
    """What lies at a path of a response, {} where there is nothing."""
    for step in path.split("."):
        value = (value or {}).get(step)
    return value or {}


def edges(responses: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    """The edges of all connections at a path."""
    return [edge for one in responses for edge in under(one, path).get("edges", [])]


def facts(stream: str, raw: Raw | None, partition: str = "42") -> list[Fact]:
    assert raw
    record = Record(stream, partition, raw.key, raw.payload.decode(), 5, None)
    return list(normalize("meetup", record))


@pytest.mark.parametrize(
    "query", [*QUERIES, groups_query(3)], ids=lambda query: query.text.split("(")[0]
)
def test_queries_agree(schema: graphql.GraphQLSchema, query: Query[Any]) -> None:
    assert graphql.validate(schema, graphql.parse(query.text)) == []


def test_every_status_of_the_schema_has_a_meaning(schema: Any) -> None:
    statuses = set(schema.type_map["EventStatus"].values)
    assert statuses == set(get_args(EventStatus))
    assert statuses == EVENT_STATUSES.keys() | NEVER_ANNOUNCED.keys()
    statuses = set(schema.type_map["RsvpStatus"].values)
    assert statuses == set(get_args(RsvpStatus))
    assert statuses == RSVPS.keys() | CHECK_INS.keys() | {"HAVENT", "MAYBE"}


def test_recorded_members(responses: list[dict[str, Any]]) -> None:
    found: Counter[type] = Counter()
    for response in responses:
        members = under(response, "data.groupByUrlname.memberships")
        if "edges" in members:
            page = msgspec.convert(members, Edges[MemberEdge])
            assert page.total_count
            for edge in page.edges:
                found.update(type(fact) for fact in facts("members", encode_member(edge, str)))
    assert found == {Account: 886, Join: 886}


def test_recorded_groups(responses: list[dict[str, Any]]) -> None:
    places = set()
    for edge in edges(responses, "data.proNetwork.groupsSearch"):
        node = {"status": "PAID", "events": {"edges": []}} | edge["node"]
        node["memberships"] = {"edges": []} | node["memberships"]
        found = msgspec.convert(node, GroupNode)
        raw = encode_group(found)
        channel, group = facts("groups", raw)
        assert isinstance(channel, Channel)
        assert isinstance(group, Group)
        assert channel.channel_id == group.group_id
        assert group.stated_members is not None
        places.add((group.city, group.country))
    assert len(places) > 200
    assert ("Lagos", "NG") in places


def test_recorded_events(responses: list[dict[str, Any]]) -> None:
    found: dict[str, Event] = {}
    for path in ("data.groupByUrlname.events", "data.proNetwork.eventsSearch"):
        for row in edges(responses, path):
            node = {"token": row["node"]["id"], "eventType": "PHYSICAL", "rsvps": {}}
            edge = msgspec.convert({"node": node | row["node"]}, Edge[EventNode])
            [event] = facts("events", encode_event(edge.node))
            assert isinstance(event, Event)
            found[event.event_id] = event
    first = found["meetup:264156061"]
    assert (first.status, first.utc_offset_minutes, first.city) == ("past", 60, "Lagos")
    assert first.starts_at == iso_microseconds("2019-09-21T08:00:00Z")
    assert first.ends_at == iso_microseconds("2019-09-21T15:00:00Z")
    assert Counter(event.status for event in found.values())["cancelled"] == 1
    assert len(found) >= 14


def test_recorded_rsvps(responses: list[dict[str, Any]]) -> None:
    """Ninety-seven are counted, ninety-two shown."""
    found = []
    for response in responses:
        event = under(response, "data.event")
        rows = under(event, "rsvps").get("edges", [])
        if rows and "status" in rows[0]["node"]:
            sent = msgspec.json.encode({"token": event["id"]} | event)
            page = understood(msgspec.json.decode(sent, type=RsvpsOfEvent).rsvps, Edge[RsvpNode])
            found.append((page.total_count, len(page.edges)))
            for edge in page.edges:
                [attendance] = facts("rsvps", encode_rsvp(edge.node), "42:103349942")
                assert isinstance(attendance, Attendance)
                assert attendance.rsvp == "yes"
                assert attendance.event_id == "meetup:103349942"
    assert found == [(97, 92)]


def test_recorded_errors_are_a_changed_schema(
    responses: list[dict[str, Any]], tiny: TinyMeetup
) -> None:
    errors = [response for response in responses if "errors" in response]
    assert len(errors) >= 3
    api = MeetupApi(f"{tiny.url}/gql-ext", Tokens("x"), Context("meetup", str))
    for response in errors:
        tiny.oddities = [(200, json.dumps(response).encode())]
        with pytest.raises(Changed, match="Meetup changed its schema: Variable"):
            MeetupQueries(api, "x").groups(["a"], "2026-01-01T00:00:00Z")
