"""The sandbox's Meetup is as strict, as forgetful and as limited as the real one."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.sandbox.meetup import EVENTS, MEMBERS, RSVP_STATUSES, RSVPS, PlainMeetup

LAGOS = "makers-lagos"
GROUPS = (LAGOS, "makers-berlin", "makers-new-york")
LATER = 32


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=300, days=365)


@pytest.fixture(scope="module")
def meetup(world: World) -> Iterator[PlainMeetup]:
    with serve(world, Options(limits=False)) as running:
        yield PlainMeetup(running)


@pytest.fixture
def fresh(world: World) -> Iterator[PlainMeetup]:
    """A sandbox for one test, which may change it."""
    with serve(world, Options(platforms=("meetup",))) as running:
        yield PlainMeetup(running)


@pytest.mark.parametrize(
    ("query", "variables", "message"),
    [
        ("{ groupByUrlname(urlname: 1) { id } }", {}, "String cannot represent"),
        ('{ groupByUrlname(urlname: "x") { pastEvents { id } } }', {}, "'pastEvents' on type 'Gro"),
        ('{ event(id: "1") { rsvps(input: {}) { totalCount } } }', {}, "Unknown argument 'input'"),
        ("query($id: ID!) { event(id: $id) { id } }", {}, "Variable 'id' has an invalid value"),
        (
            EVENTS,
            {"urlname": LAGOS, "filter": {"status": ["UPCOMING"]}},
            "Invalid input for enum 'EventStatus'. No value found for name 'UPCOMING'",
        ),
        (
            EVENTS,
            {"urlname": LAGOS, "filter": {"afterDateTime": "2026-01-01"}},
            "Failed to parse input value 2026-01-01 as ZonedDateTime",
        ),
        (
            EVENTS,
            {"urlname": LAGOS, "filter": {"afterDateTime": "2026-01-01T12:00:00"}},
            "Failed to parse input value 2026-01-01T12:00:00 as ZonedDateTime",
        ),
        ('{ event(id: "1") { id }', {}, "Syntax Error"),
    ],
)
def test_what_meetup_refuses_is_refused(
    meetup: PlainMeetup, query: str, variables: dict[str, object], message: str
) -> None:
    error = meetup.error(query, **variables)
    assert message in error["message"]
    expected = "InvalidSyntax" if message == "Syntax Error" else "ValidationError"
    assert error["extensions"]["classification"] == expected
    assert error["locations"][0]["line"] >= 1


def test_what_is_unknown_is_null(meetup: PlainMeetup) -> None:
    assert meetup.data('{ groupByUrlname(urlname: "nobody") { id } }') == {"groupByUrlname": None}
    assert meetup.data('{ event(id: "1") { id } }') == {"event": None}
    assert meetup.data('{ proNetwork(urlname: "nobody") { id } }') == {"proNetwork": None}


def test_a_variable_that_is_not_declared_is_ignored(meetup: PlainMeetup) -> None:
    """Recorded: Meetup responds to a query with a variable too many."""
    assert meetup.data("{ self { id } }", status=["UPCOMING"])["self"]["id"] == "100000000"


@pytest.mark.parametrize("order", ["JOIN_DATE", "NAME", "ROLE", "LAST_VISITED"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_every_member_comes_once_however_cut(
    meetup: PlainMeetup, order: str, direction: str
) -> None:
    sort = {"sortField": order, "sortOrder": direction}
    whole = meetup.members(LAGOS, first=1000, sort=sort)
    cut = meetup.members(LAGOS, first=7, sort=sort)
    assert [edge["node"]["id"] for edge in cut] == [edge["node"]["id"] for edge in whole]
    ids = [edge["node"]["id"] for edge in whole]
    assert len(set(ids)) == len(ids) > 60
    if order == "JOIN_DATE":
        times = [datetime.fromisoformat(edge["metadata"]["joinTime"]) for edge in whole]
        assert times == sorted(times, reverse=direction == "DESC")


def test_a_page_has_twenty_by_default(meetup: PlainMeetup) -> None:
    page = meetup.data(MEMBERS, urlname=LAGOS)["groupByUrlname"]["memberships"]
    assert len(page["edges"]) == 20
    assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"] == "MTk="


def test_members_are_filtered(meetup: PlainMeetup) -> None:
    everyone = meetup.members(LAGOS)
    some = [int(edge["node"]["id"]) for edge in everyone[:3]]
    assert len(meetup.members(LAGOS, filter={"memberIds": some})) == 3
    assert len(meetup.members(LAGOS, filter={"excludeMemberIds": some})) == len(everyone) - 3
    leaders = meetup.members(LAGOS, filter={"status": ["LEADER"]})
    assert [edge["metadata"]["role"] for edge in leaders] == [
        "ORGANIZER",
        "COORGANIZER",
        "EVENT_ORGANIZER",
    ]


def test_events_come_by_status_and_time(meetup: PlainMeetup) -> None:
    assert {event["status"] for event in meetup.events(LAGOS, "PAST", "ACTIVE")} == {
        "PAST",
        "ACTIVE",
    }
    page = meetup.data(EVENTS, urlname=LAGOS)["groupByUrlname"]["events"]
    assert {edge["node"]["status"] for edge in page["edges"]} == {"ACTIVE"}, "the default"
    past = meetup.events(LAGOS, "PAST")
    border = past[10]["dateTime"]
    asked = {"status": ["PAST"], "afterDateTime": border}
    later = meetup.edges(EVENTS, "groupByUrlname", "events", urlname=LAGOS, filter=asked)
    assert [edge["node"]["id"] for edge in later] == [event["id"] for event in past[10:]]
    assert all(event["dateTime"].endswith("+01:00") for event in past)
    lengths = {len(event["dateTime"]) for event in past}
    assert lengths == {len("2026-01-01T18:30:00+01:00"), len("2026-01-01T18:30+01:00")}


def test_rsvps_are_yes_and_attended_unless_named(meetup: PlainMeetup) -> None:
    statuses: set[str] = set()
    for event in meetup.events(LAGOS, "PAST"):
        usual = meetup.rsvps(event["id"], filter={})
        every = meetup.rsvps(event["id"], first=3)
        assert {row["status"] for row in usual} <= {"YES", "ATTENDED"}
        ids = [row["id"] for row in every]
        assert len(set(ids)) == len(ids), "every RSVP comes once"
        assert ids == sorted(ids, key=int)
        statuses |= {row["status"] for row in every}
    assert statuses == set(RSVP_STATUSES) - {"YES_PENDING_PAYMENT"}


def test_who_has_no_rsvp_comes_alone(meetup: PlainMeetup) -> None:
    event = meetup.events(LAGOS, "ACTIVE")[0]["id"]
    with_rsvp = {row["member"]["id"] for row in meetup.rsvps(event)}
    silent = meetup.rsvps(event, filter={"rsvpStatus": ["HAVENT", "YES"]})
    assert {row["status"] for row in silent} == {"HAVENT"}
    assert not with_rsvp & {row["member"]["id"] for row in silent}
    assert {row["updated"] for row in silent} == {None}


def test_the_total_counts_accounts_that_are_gone(meetup: PlainMeetup) -> None:
    missing = 0
    for event in [e for name in GROUPS for e in meetup.events(name, "PAST")]:
        pages = list(meetup.pages(RSVPS, "event", "rsvps", id=event["id"], first=5))
        shown = sum(len(page["edges"]) for page in pages)
        assert {page["totalCount"] for page in pages} == {pages[0]["totalCount"]}
        missing += pages[0]["totalCount"] - shown
        assert pages[0]["totalCount"] >= shown
    assert missing > 0


def test_addresses_are_shown_to_their_owner_and_the_network(meetup: PlainMeetup) -> None:
    assert {edge["node"]["email"] for edge in meetup.members(LAGOS)[1:]} == {""}
    search = """{ proNetwork(urlname: "made-up-makers") { membersSearch(input: {first: 5}) {
        edges { node { email } } } } }"""
    found = meetup.data(search)["proNetwork"]["membersSearch"]["edges"]
    assert all("@" in edge["node"]["email"] for edge in found)


@pytest.mark.parametrize("search", ["groupsSearch", "eventsSearch", "membersSearch", "rsvpsSearch"])
def test_the_network_lists_everything_once(meetup: PlainMeetup, search: str) -> None:
    query = f"""query($first: Int, $after: String) {{ proNetwork(urlname: "made-up-makers") {{
        {search}(input: {{first: $first, after: $after}}) {{ totalCount
        pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ id }} }} }} }} }}"""
    whole = meetup.edges(query, "proNetwork", search, first=1000)
    cut = meetup.edges(query, "proNetwork", search, first=11)
    assert [edge["node"]["id"] for edge in cut] == [edge["node"]["id"] for edge in whole]
    assert len({edge["node"]["id"] for edge in whole}) == len(whole)
    page = next(meetup.pages(query, "proNetwork", search, first=1))
    assert page["totalCount"] == len(whole)


def test_the_budget_of_points(fresh: PlainMeetup) -> None:
    for _ in range(500):
        assert "data" in fresh.post("{ self { id } }").json()
    response = fresh.post("{ self { id } }")
    assert response.status_code == 200
    assert not [name for name in response.headers if "limit" in name.lower()]
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["consumedPoints"] == 501
    assert re.fullmatch(r"2026-06-01T00:0[01]:\d\dZ", error["extensions"]["resetAt"])
    fresh.running.advance(seconds=61)
    assert "data" in fresh.post("{ self { id } }").json()
    fresh.running.set_limits(limits=False)
    assert all("data" in fresh.post("{ self { id } }").json() for _ in range(510))


def test_a_platform_can_be_served_alone(fresh: PlainMeetup) -> None:
    assert fresh.post("{ self { id } }").status_code == 200
    assert fresh.session.get(f"{fresh.running.slack_url}/auth.test").status_code == 404


def test_the_clock_brings_news(fresh: PlainMeetup) -> None:
    """Check-ins come late, plans become past, an id changes, its token stays."""
    fresh.running.set_limits(limits=False)
    before, members = everything(fresh)
    fresh.running.advance(days=LATER)
    after, left = everything(fresh)
    assert set(before) < set(after)
    plans = [token for token in before if before[token]["status"] == "ACTIVE"]
    assert {after[token]["status"] for token in plans} <= {"PAST", "CANCELLED"}
    moved = [token for token in before if before[token]["id"] != after[token]["id"]]
    assert moved
    for token in moved:
        assert after[token]["series"]
        assert fresh.data(RSVPS, id=before[token]["id"])["event"] is None, "the old id is gone"
    late = [
        token
        for token in before
        if before[token]["status"] == "PAST"
        and before[token]["rsvps"]["attendedCount"] < after[token]["rsvps"]["attendedCount"]
    ]
    assert late, "a past event was checked in later"
    assert members - left, "somebody has left"


def everything(meetup: PlainMeetup) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Every event by its token, and everybody's id."""
    statuses = ["ACTIVE", "PAST", "CANCELLED", "DRAFT"]
    events = [e for name in GROUPS for e in meetup.events(name, *statuses)]
    people = {edge["node"]["id"] for name in GROUPS for edge in meetup.members(name)}
    return {event["token"]: event for event in events}, people
