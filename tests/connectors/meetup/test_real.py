"""What is asked agrees with Meetup's schema, and answers that Meetup gave are understood.

Recorded questions asked for other fields than ours: what every event and every membership has is
added where it is missing, and nothing else.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest

from connectors.base import Changed, Context
from connectors.graphql import Edges, Query
from connectors.meetup.api import MeetupApi
from connectors.meetup.events import EVENT_STATUSES, NEVER_ANNOUNCED
from connectors.meetup.normalize import CHECK_INS, RSVPS, normalize
from connectors.meetup.queries import (
    QUERIES,
    EventEdge,
    EventRsvps,
    GroupNode,
    MeetupQueries,
    groups_query,
)
from connectors.meetup.records import (
    encode_event,
    encode_group,
    encode_member,
    encode_rsvp,
)
from connectors.meetup.shapes import (
    EventStatus,
    MemberEdge,
    RsvpStatus,
)
from connectors.meetup.token import GivenToken
from connectors.model import (
    Account,
    Attendance,
    Channel,
    Event,
    Fact,
    Group,
    Join,
    LeftOut,
    Raw,
    Record,
)
from connectors.timestamps import iso_microseconds
from tests.support.paths import SHARED
from tests.support.tiny.meetup import TinyMeetup, serving

RECORDED = SHARED / "fixtures/meetup/recorded_gql_ext"


@pytest.fixture(scope="module")
def schema() -> Any:
    if not SHARED.exists():
        pytest.skip("the schema is not here: ../shared is absent")
    graphql = pytest.importorskip("graphql")
    [path] = (SHARED / "specs/meetup").glob("*.graphql")
    return graphql.build_schema(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    """Every recorded body."""
    if not RECORDED.exists():
        pytest.skip("the recorded answers are not here: ../shared is absent")
    found = []
    for path in sorted(RECORDED.glob("*.json")):
        found += [call["response"]["body"] for call in json.loads(path.read_text("utf-8"))]
    return found


def under(answer: Any, *path: str) -> Any:
    """What lies at a path of an answer, {} where there is nothing."""
    for step in path:
        answer = (answer or {}).get(step)
    return answer or {}


def facts(stream: str, raw: Raw, partition: str = "42") -> Iterator[Fact]:
    record = Record(stream, partition, raw.key, raw.payload.decode(), 5, None)
    return normalize("meetup", record)


@pytest.mark.parametrize(
    "query", [*QUERIES, groups_query(3)], ids=lambda query: query.text.split("(")[0]
)
def test_queries_agree(schema: Any, query: Query[Any]) -> None:
    graphql = pytest.importorskip("graphql")
    assert graphql.validate(schema, graphql.parse(query.text)) == []


def test_every_state_of_the_schema_is_thought_of(schema: Any) -> None:
    states = set(schema.type_map["EventStatus"].values)
    assert states == set(get_args(EventStatus))
    assert states == EVENT_STATUSES.keys() | NEVER_ANNOUNCED.keys()
    states = set(schema.type_map["RsvpStatus"].values)
    assert states == set(get_args(RsvpStatus))
    assert states == RSVPS.keys() | CHECK_INS.keys() | {"HAVENT", "MAYBE"}


def test_recorded_members(answers: list[dict[str, Any]]) -> None:
    found: Counter[type] = Counter()
    for answer in answers:
        members = under(answer, "data", "groupByUrlname", "memberships")
        if "edges" not in members:
            continue
        page = msgspec.convert(members, Edges[MemberEdge])
        assert page.total_count
        for edge in page.edges:
            raw = encode_member(edge, str)
            assert raw
            found.update(type(fact) for fact in facts("members", raw))
    assert found == {Account: 886, Join: 886}


def test_recorded_groups(answers: list[dict[str, Any]]) -> None:
    cities = set()
    for answer in answers:
        for edge in under(answer, "data", "proNetwork", "groupsSearch").get("edges", []):
            node = {"status": "PAID", "events": {"edges": []}} | edge["node"]
            node["memberships"] = {"edges": []} | node["memberships"]
            found = msgspec.convert(node, GroupNode)
            raw = encode_group(found, found.memberships.total_count)
            channel, group = facts("groups", raw)
            assert isinstance(channel, Channel)
            assert isinstance(group, Group)
            assert channel.created_at == group.founded_at
            assert group.stated_members is not None
            cities.add((group.city, group.country))
    assert len(cities) > 200
    assert ("Lagos", "NG") in cities


def test_recorded_events(answers: list[dict[str, Any]]) -> None:
    found: dict[str, Event] = {}
    for answer in answers:
        for place in (("groupByUrlname", "events"), ("proNetwork", "eventsSearch")):
            for edge in under(answer, "data", *place).get("edges", []):
                node = {"token": edge["node"]["id"], "eventType": "PHYSICAL", "rsvps": {}}
                edge = msgspec.convert({"node": node | edge["node"]}, EventEdge)
                [event] = facts("events", encode_event(edge.node))
                assert isinstance(event, Event)
                found[event.event_id] = event
    first = found["meetup:264156061"]
    assert (first.status, first.utc_offset_minutes) == ("past", 60)
    assert first.starts_at == iso_microseconds("2019-09-21T08:00:00Z")
    assert first.ends_at == iso_microseconds("2019-09-21T15:00:00Z")
    assert first.city == "Lagos"
    assert Counter(event.status for event in found.values())["cancelled"] == 1
    assert len(found) >= 14


def test_recorded_rsvps(answers: list[dict[str, Any]]) -> None:
    """Ninety-seven are counted, ninety-two shown."""
    seen = []
    for answer in answers:
        event = under(answer, "data", "event")
        edges = under(event, "rsvps").get("edges", [])
        if edges and "status" in edges[0]["node"]:
            page = msgspec.convert({"token": event["id"]} | event, EventRsvps).rsvps
            seen.append((page.total_count, len(page.edges)))
            for edge in page.edges:
                [attendance] = facts("rsvps", encode_rsvp(edge.node), "42:103349942")
                assert isinstance(attendance, Attendance)
                assert attendance.rsvp == "yes"
                assert attendance.event_id == "meetup:103349942"
    assert seen == [(97, 92)]


def test_recorded_errors_are_a_changed_schema(answers: list[dict[str, Any]]) -> None:
    errors = [answer for answer in answers if "errors" in answer]
    assert len(errors) >= 3
    with serving(TinyMeetup()) as tiny:
        queries = MeetupQueries(
            MeetupApi(f"{tiny.url}/gql-ext", GivenToken("x"), Context("meetup", str)), "x"
        )
        for answer in errors:
            tiny.oddities = [(200, json.dumps(answer).encode())]
            with pytest.raises(Changed, match="Meetup changed its schema: Variable"):
                queries.groups(["a"], "2026-01-01T00:00:00Z")


# Small things that no recording shows.


def event_of(**more: Any) -> Fact:
    payload = {
        "token": "t",
        "id": "1",
        "title": "Evening",
        "status": "PAST",
        "type": "PHYSICAL",
        "starts": "2021-11-09T18:00-05:00",
    }
    raw = Raw("t", json.dumps(payload | more).encode())
    [fact] = facts("events", raw)
    return fact


@pytest.mark.parametrize(
    ("given", "minutes"),
    [
        ({"duration": "PT7H"}, 420),
        ({"duration": "PT1H30M"}, 90),
        ({"duration": "P1DT2H"}, 26 * 60),
        ({"duration": "PT90.5S"}, 1.5),
        ({"duration": "PT2H", "ends": "2021-11-09T19:00-05:00"}, 60),
        ({"duration": "a while"}, None),
        ({}, None),
    ],
)
def test_when_an_event_ends(given: dict[str, str], minutes: float | None) -> None:
    event = event_of(**given)
    assert isinstance(event, Event)
    lasts = None if event.ends_at is None else (event.ends_at - event.starts_at) / 60_000_000
    assert lasts == minutes
    assert event.utc_offset_minutes == -300
    assert event.starts_at == iso_microseconds("2021-11-09T23:00:00Z")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        *(({"status": status}, reason) for status, reason in NEVER_ANNOUNCED.items()),
        ({"starts": None}, "event without a date"),
    ],
)
def test_what_is_no_event(given: dict[str, Any], reason: str) -> None:
    assert event_of(**given) == LeftOut(reason)


def test_an_event_online_and_one_of_both() -> None:
    online, both = event_of(type="ONLINE"), event_of(type="HYBRID", capacity=0)
    assert isinstance(online, Event)
    assert isinstance(both, Event)
    assert (online.is_online, both.is_online, both.capacity) == (True, False, None)


@pytest.mark.parametrize("moment", ["2023-01-01", "2023-01-01T12:00:00", "yesterday"])
def test_a_time_without_an_offset_is_not_understood(moment: str) -> None:
    with pytest.raises(Changed, match=r"\$\.starts"):
        event_of(starts=moment)


def rsvp_of(status: str, gone_at: int | None = None) -> Fact:
    payload = {"id": "9", "status": status, "member": "1", "guests": 2, "is_host": True}
    text = json.dumps(payload | {"updated": "2021-11-09T18:00:00Z"})
    record = Record("rsvps", "42:tok", f"9:{status}", text, 5, gone_at)
    [fact] = normalize("meetup", record)
    return fact


@pytest.mark.parametrize(
    ("status", "answer", "mark"),
    [
        ("YES", "yes", None),
        ("YES_PENDING_PAYMENT", "yes", None),
        ("NO", "no", None),
        ("WAITLIST", "waitlist", None),
        ("ATTENDED", None, "attended"),
        ("NO_SHOW", None, "no_show"),
        ("EXCUSED_ABSENCE", None, "excused"),
    ],
)
def test_every_state_of_an_rsvp(status: str, answer: str | None, mark: str | None) -> None:
    answered_at = iso_microseconds("2021-11-09T18:00:00Z") if answer else None
    assert rsvp_of(status, gone_at=7) == Attendance(
        f"meetup:tok:9:{status}", "meetup:tok", "meetup:1", answer, mark, 2, True, answered_at, 7
    )


@pytest.mark.parametrize("status", ["HAVENT", "MAYBE"])
def test_no_answer_is_left_out(status: str) -> None:
    assert rsvp_of(status) == LeftOut(f"RSVP {status}")


def test_an_address_in_a_name_is_not_kept() -> None:
    edge = msgspec.json.decode(
        b'{"node": {"id": "1", "name": "Ada ada@mail.example.org", "email": ""},'
        b' "metadata": {"status": "ACTIVE"}}',
        type=MemberEdge,
    )
    raw = encode_member(edge, str)
    assert raw
    assert json.loads(raw.payload) == {"id": "1", "status": "ACTIVE", "name": "Ada ada"}
