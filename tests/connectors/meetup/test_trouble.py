"""Interruptions, faults of GraphQL, and a Meetup that has changed."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Changed, Denied, Retryable
from connectors.meetup import groups, queries
from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.installations import Installation
from tests.support.installations.meetup import MeetupInstallation
from tests.support.tiny.meetup import TinyMeetup, group, member, rsvp

NO_TIME = "2026-02-30T19:00Z"
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
    ],
)
def test_a_null_where_a_value_must_be_is_named_with_its_path(
    place: MeetupInstallation, tiny: TinyMeetup, query: str, path: str
) -> None:
    tiny.alter = partial(put, query, path, None)
    with pytest.raises(Changed, match=rf"unknown shape: .*got `null`.*{path.split('.')[-1]}`"):
        place.sync()


def put(query: str, path: str, value: object, name: str, body: dict[str, Any]) -> None:
    """Change a value in the response to a query."""
    if name == query:
        *way, last = path.split(".")
        found: Any = body["data"]
        for step in way:
            found = found[int(step) if step.isdigit() else step]
        found[last] = value


@pytest.mark.parametrize(
    ("query", "path", "value", "counts"),
    [
        ("Events", "groupByUrlname.events.edges.0.node.token", None, ("events", 2)),
        ("Events", "groupByUrlname.events.edges.0.node", None, ("events", 2)),
        ("Events", "groupByUrlname.events.edges.0.node.status", "PERHAPS", ("events", 2)),
        ("Events", "groupByUrlname.events.edges.0.node.maxTickets", "many", ("events", 3)),
        ("Events", "groupByUrlname.events.edges.0.node.maxTickets", 10**30, ("events", 3)),
        ("Events", "groupByUrlname.events.edges.0.node.dateTime", NO_TIME, ("events", 3)),
        ("Members", "groupByUrlname.members.edges.0.metadata.joinTime", NO_TIME, ("members", 3)),
        ("Events", "groupByUrlname.events.edges.0.node.title", "Caf\ud800", ("events", 3)),
        ("Members", "groupByUrlname.members.edges.0.node.id", None, ("members", 2)),
        ("Members", "groupByUrlname.members.edges.0.node.id", 3, ("members", 3)),
        ("Members", "groupByUrlname.members.edges.0.node.name", 7, ("members", 3)),
        ("Members", "groupByUrlname.members.edges.0.node.name", "A\udfff", ("members", 3)),
        ("Answers", "event.rsvps.edges.0.node.member", None, ("rsvps", 4)),
        ("Answers", "event.rsvps.edges.0.node.status", "PERHAPS", ("rsvps", 4)),
        ("Answers", "event.rsvps.edges.0.node.guestsCount", -5, ("rsvps", 7)),
        ("Answers", "event.rsvps.edges.0.node.guestsCount", 10**30, ("rsvps", 7)),
    ],
)
def test_an_odd_item_is_left_out_alone(
    place: MeetupInstallation,
    tiny: TinyMeetup,
    query: str,
    path: str,
    value: object,
    counts: tuple[str, int],
) -> None:
    """A field that nobody needs does not count, and what is not shown is said; all can be built."""
    tiny.groups["lagos-data"]["events"][2]["rsvps"] += [rsvp(32, 2)]
    tiny.alter = partial(put, query, path, value)
    stream, number = counts
    all_of_it = 7 if stream == "rsvps" else 3
    place.sync()
    assert place.counts()[stream] == number
    [(spots,)] = place.rows("select blind_spots from raw.runs")
    assert bool(spots) == (number < all_of_it)
    place.publish()


def test_an_odd_field_of_a_group_takes_nothing_of_its_lists(
    tmp_path: Path, tiny: TinyMeetup
) -> None:
    tiny.network = "data-africa"
    place = MeetupInstallation(tmp_path, tiny, 'network = "data-africa"')
    place.sync()
    tiny.groups["lagos-data"]["members"] += [member(7, "2026-05-31")]
    path = "proNetwork.groupsSearch.edges.0.node.lat"
    tiny.alter = partial(put, "Network", path, "north")
    place.sync()
    assert place.counts()["members"] == 4


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


# What fails alone.


def refuse_for(urlname: str, status: int = 500) -> Any:
    """Answer with a fault whatever is asked of one group."""
    return lambda name, variables: (status, b"{}") if urlname in variables.values() else None


@pytest.mark.parametrize("first", [True, False])
def test_a_group_that_always_fails_spares_the_others(
    tmp_path: Path, tiny: TinyMeetup, first: bool
) -> None:
    tiny.groups["abuja-data"] = group(43, "abuja-data")
    names = ["abuja-data", "lagos-data"][:: 1 if first else -1]
    place = MeetupInstallation(tmp_path, tiny, f"groups = {json.dumps(names)}")
    tiny.fault = refuse_for("abuja-data")
    synced = place.sync()
    assert synced.unread_lists == ("the group abuja-data",)
    assert place.counts()["rsvps"] == 6
    tiny.fault = None
    assert place.sync().unread_lists == ()
    assert place.counts()["groups"] == 2


def test_a_group_that_is_asked_for_alone_and_fails_spares_the_others(
    tmp_path: Path, tiny: TinyMeetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "GROUPS_AT_ONCE", 1)
    tiny.groups |= {name: group(n, name) for n, name in ((43, "abuja-data"), (44, "jos-data"))}
    place = MeetupInstallation(tmp_path, tiny, 'groups = ["lagos-data", "abuja-data", "jos-data"]')
    tiny.fault = refuse_for("abuja-data")
    assert place.sync().unread_lists == ("the group abuja-data",)
    assert place.counts()["groups"] == 2


@pytest.mark.parametrize(
    ("query", "unread"),
    [
        ("Members", ["the members of Lagos Data"]),
        ("Events", ["the events of Lagos Data"]),
        ("Answers", [f"the RSVPs of Evening {n} (tok{n})" for n in (1, 2, 3)]),
    ],
)
def test_a_list_that_fails_is_named_and_read_the_next_time(
    place: MeetupInstallation, tiny: TinyMeetup, query: str, unread: list[str]
) -> None:
    tiny.fault = lambda name, variables: (500, b"{}") if name == query else None
    assert list(place.sync().unread_lists) == unread
    tiny.fault = None
    assert place.sync().unread_lists == ()
    assert place.counts()["members"] == 3
    assert place.counts()["rsvps"] == 6


def test_a_server_that_is_down_is_no_list_that_fails(
    place: MeetupInstallation, tiny: TinyMeetup
) -> None:
    tiny.fault = lambda name, variables: (500, b"{}") if len(tiny.asked) > 1 else None
    with pytest.raises(Retryable, match="the platform has a fault"):
        place.sync()


def test_a_group_that_turned_private_spares_the_others(tmp_path: Path, tiny: TinyMeetup) -> None:
    """Its lists are refused, what was landed of it stays."""
    tiny.groups["abuja-data"] = group(43, "abuja-data")
    place = MeetupInstallation(tmp_path, tiny, 'groups = ["lagos-data", "abuja-data"]')
    place.sync()

    def hide(name: str, body: dict[str, Any]) -> None:
        if "g0" in body["data"]:
            body["data"]["g0"] |= {"memberships": None, "events": None}
            forbidden = {"classification": "FORBIDDEN"}
            paths = [["g0", "memberships"], ["g0", "events"]]
            body["errors"] = [{"message": "no", "path": p, "extensions": forbidden} for p in paths]

    tiny.alter = hide
    synced = place.sync()
    assert (synced.landed.gone, synced.unread_lists) == (0, ())
    [(spots,)] = place.rows("select blind_spots from raw.runs order by finished_at desc limit 1")
    assert [spot["what"] for spot in spots] == [
        "the members of Lagos Data",
        "the events of Lagos Data",
    ]


@pytest.mark.parametrize(
    ("path", "unread"),
    [
        ("g0.memberships", "the members of Lagos Data"),
        ("g0.events", "the events of Lagos Data"),
    ],
)
def test_a_list_of_which_nothing_is_understood_fails_alone(
    place: MeetupInstallation, tiny: TinyMeetup, path: str, unread: str
) -> None:
    place.sync()
    tiny.alter = partial(put, "Pulses", f"{path}.edges", [5])
    synced = place.sync()
    assert synced.unread_lists == (unread,)
    assert synced.landed.gone == 0
