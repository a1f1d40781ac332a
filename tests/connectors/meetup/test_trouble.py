"""Interruptions, faults of GraphQL, and a Meetup that has changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Changed, Denied
from connectors.meetup import queries
from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.installations import Installation
from tests.support.installations.meetup import MeetupInstallation
from tests.support.tiny.meetup import TinyMeetup, group

HTML = b"<!DOCTYPE html><html><body>Gone fishing</body></html>"


def test_the_end_of_the_api_in_a_sync_keeps_what_was_landed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With several pages of each list; the next sync goes on where it stopped."""
    for list_name, size in {"MEMBERS": 5, "EVENTS": 1, "RSVPS": 5}.items():
        monkeypatch.setattr(queries, f"{list_name}_PER_PAGE", size)
    options = Options(limits=False, platforms=("meetup",))
    with serve(make_world(members=20, days=60), options) as sandbox:
        undisturbed = Installation(tmp_path / "undisturbed", sandbox, kind="meetup")
        requests = undisturbed.sync().requests
        assert undisturbed.sync().requests == 1
        for cut in range(1, requests, 4):
            place = Installation(tmp_path / str(cut), sandbox, kind="meetup")
            sandbox.fault("gone", skip=cut)
            with pytest.raises(Denied, match="switched this API off"):
                place.sync()
            assert place.raw()
            sandbox.clear_faults()
            assert place.sync().requests <= requests - cut + 5, (
                "a list of events goes on in its midst"
            )
            assert place.raw() == undisturbed.raw()
            assert place.sync().requests == 1, "nothing was left out"


def test_data_that_is_missing_for_a_moment_is_asked_for_again(
    place: MeetupInstallation, tiny: TinyMeetup
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
    place: MeetupInstallation, tiny: TinyMeetup, status: int, body: bytes
) -> None:
    tiny.oddities = [(status, body)]
    with pytest.raises(Denied, match=r"switched this API off.*vitals import meetup-members"):
        place.sync()
    assert len(tiny.asked) == 1


def test_a_web_page_that_stays_is_the_end_of_the_api(
    place: MeetupInstallation, tiny: TinyMeetup
) -> None:
    tiny.oddities = [(200, HTML)] * 10
    with pytest.raises(Denied, match="switched this API off"):
        place.sync()


def test_a_redirect_is_not_followed(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    tiny.oddities = [(302, b"")]
    with pytest.raises(Denied, match="another address"):
        place.sync()
    assert len(tiny.asked) == 1


# A schema that has changed.


def test_a_changed_schema_is_one_clear_message(place: MeetupInstallation, tiny: TinyMeetup) -> None:
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
        ("Pulses", "g0.name"),
        ("Pulses", "g0.events.edges"),
        ("Events", "groupByUrlname.events.edges.0.node.token"),
        ("Events", "groupByUrlname.events.edges.0.node.status"),
        ("Members", "groupByUrlname.members.edges.0.node.id"),
        ("Answers", "event.rsvps.edges.0.node.status"),
        ("Answers", "event.rsvps.edges.0.node.member"),
    ],
)
def test_a_null_where_a_value_must_be_is_named_with_its_path(
    place: MeetupInstallation, tiny: TinyMeetup, query: str, path: str
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


def test_an_unknown_status_is_a_changed_schema(place: MeetupInstallation, tiny: TinyMeetup) -> None:
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
    place = MeetupInstallation(tmp_path, tiny, 'groups = ["lagos-data", "abuja-data"]')
    place.sync()
    assert place.counts()["groups"] == 1
