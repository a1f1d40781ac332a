"""Interruptions, faults of GraphQL, and a Meetup that has changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Changed, Denied, Retryable
from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.places import Place
from tests.support.places.meetup import MeetupPlace, tiny_world
from tests.support.tiny.meetup import TinyMeetup, event, group, member, rsvp, serving

HTML = b"<!DOCTYPE html><html><body>Gone fishing</body></html>"
TWO_GROUPS = 'groups = ["lagos-data", "abuja-data"]'


@pytest.fixture
def tiny() -> Iterator[TinyMeetup]:
    with serving(tiny_world()) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, tiny: TinyMeetup) -> MeetupPlace:
    return MeetupPlace(tmp_path, tiny)


def wide_world() -> TinyMeetup:
    """Two groups, sixty events each, some with RSVPs: several pages of each list."""
    groups = {}
    for number in (1, 2):
        made = group(number, f"group-{number}")
        made["members"] = [member(n, f"2025-{n % 12 + 1:02}-05") for n in range(1, 230)]
        made["events"] = [
            event(n + 100 * number, f"2025-{n // 28 + 1:02}-{n % 28 + 1:02}") for n in range(60)
        ]
        for n in range(0, 60, 6):
            made["events"][n]["rsvps"] = [rsvp(1000 * number + n, n + 1)]
        groups[f"group-{number}"] = made
    return TinyMeetup(groups)


def test_an_interrupted_sync_goes_on_where_it_stopped(tmp_path: Path) -> None:
    keys = 'groups = ["group-1", "group-2"]'
    with serving(wide_world()) as tiny:
        undisturbed = MeetupPlace(tmp_path / "undisturbed", tiny, keys)
        requests = undisturbed.sync().requests
        for cut in range(1, requests, 7):
            place = MeetupPlace(tmp_path / str(cut), tiny, keys)
            tiny.asked.clear()
            tiny.breaks_after = cut
            with pytest.raises(Retryable):
                place.sync()
            assert place.raw()
            tiny.asked.clear()
            tiny.breaks_after = None
            place.sync()
            assert place.raw() == undisturbed.raw()
            assert len(tiny.asked) <= requests - cut + 5, "what starting a list again costs"
            tiny.asked.clear()
            place.sync()
            assert tiny.asked == ["Groups"], "and nothing was left out"


def test_data_that_is_missing_for_a_moment_is_asked_for_again(
    place: MeetupPlace, tiny: TinyMeetup
) -> None:
    error = {
        "message": "Exception while fetching data",
        "path": ["g0"],
        "extensions": {"classification": "DataFetchingException"},
    }
    in_part = json.dumps({"data": {"g0": None}, "errors": [error]}).encode()
    tiny.oddities = [(200, b'{"data": null}'), (200, in_part)]
    place.sync()
    assert place.counts()["rsvps"] == 6


# An API that is switched off.


@pytest.mark.parametrize(
    ("status", "body"),
    [(410, b""), (410, HTML), (404, HTML), (404, b'{"message": "not found"}')],
)
def test_the_end_of_the_api_is_said_at_once(
    place: MeetupPlace, tiny: TinyMeetup, status: int, body: bytes
) -> None:
    tiny.oddities = [(status, body)]
    with pytest.raises(Denied, match=r"switched this API off.*vitals import meetup-members"):
        place.sync()
    assert len(tiny.asked) == 1


def test_a_web_page_that_stays_is_the_end_of_the_api(place: MeetupPlace, tiny: TinyMeetup) -> None:
    tiny.oddities = [(200, HTML)] * 10
    with pytest.raises(Denied, match="switched this API off"):
        place.sync()


def test_the_end_of_the_api_in_a_sync_keeps_what_was_landed(tmp_path: Path) -> None:
    options = Options(limits=False, platforms=("meetup",))
    with serve(make_world(members=20, days=60), options) as sandbox:
        place = Place(tmp_path, sandbox, kind="meetup")
        sandbox.fault("gone", skip=4)
        with pytest.raises(Denied, match="switched this API off"):
            place.sync()
        assert sandbox.stats()["faults"]["gone"] == 1
    assert place.raw()


def test_a_redirect_is_not_followed(place: MeetupPlace, tiny: TinyMeetup) -> None:
    tiny.oddities = [(302, b"")]
    with pytest.raises(Denied, match="another address"):
        place.sync()
    assert len(tiny.asked) == 1


# A schema that has changed.


def test_a_changed_schema_is_one_clear_message(place: MeetupPlace, tiny: TinyMeetup) -> None:
    message = (
        "Validation error (FieldUndefined@[groupByUrlname/events]): Field 'events' is undefined"
    )
    error = {"message": message, "extensions": {"classification": "ValidationError"}}
    tiny.oddities = [(200, json.dumps({"errors": [error] * 3}).encode())]
    with pytest.raises(Changed) as caught:
        place.sync()
    assert str(caught.value) == (
        f"Meetup changed its schema: {message} [meetup, groups, HTTP 200]. Update Community Vitals"
    )
    assert len(tiny.asked) == 1


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("Groups", "g0.name"),
        ("Groups", "g0.events.edges"),
        ("Events", "groupByUrlname.events.edges.0.node.token"),
        ("Events", "groupByUrlname.events.edges.0.node.status"),
        ("Members", "groupByUrlname.members.edges.0.node.id"),
        ("Rsvps", "event.rsvps.edges.0.node.status"),
        ("Rsvps", "event.rsvps.edges.0.node.member"),
    ],
)
def test_a_null_where_a_value_must_be_is_named_with_its_path(
    place: MeetupPlace, tiny: TinyMeetup, query: str, path: str
) -> None:
    *way, last = path.split(".")

    def put_null(name: str, body: dict[str, Any]) -> None:
        if name == query:
            found: Any = body["data"]
            for step in way:
                found = found[int(step) if step.isdigit() else step]
            found[last] = None

    tiny.alter = put_null
    with pytest.raises(Changed, match=rf"unknown shape: .*got `null`.*{last}`"):
        place.sync()


def test_an_unknown_status_is_a_changed_schema(place: MeetupPlace, tiny: TinyMeetup) -> None:
    def put_unknown(name: str, body: dict[str, Any]) -> None:
        body |= json.loads(json.dumps(body).replace('"NO"', '"PERHAPS"'))

    tiny.alter = put_unknown
    with pytest.raises(Changed, match="PERHAPS"):
        place.sync()


def test_a_refusal_of_one_group_spares_the_others(tmp_path: Path, tiny: TinyMeetup) -> None:
    def refuse(name: str, body: dict[str, Any]) -> None:
        if "g1" in body["data"]:
            body["data"]["g1"] = None
            forbidden = {"classification": "FORBIDDEN"}
            body["errors"] = [{"message": "no", "path": ["g1"], "extensions": forbidden}]

    tiny.groups["abuja-data"] = group(43, "abuja-data")
    tiny.alter = refuse
    place = MeetupPlace(tmp_path, tiny, TWO_GROUPS)
    place.sync()
    assert place.counts()["groups"] == 1
