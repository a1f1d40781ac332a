"""Interruptions, limits, tokens that end, and a Meetup that is not what it was."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Changed, Context, Denied, Retryable
from connectors.meetup.api import GAP_SECONDS, PER_MINUTE, MeetupApi, PointsPacer
from connectors.meetup.token import GivenToken
from tests.support.places.meetup import MeetupPlace, tiny_world
from tests.support.tiny.meetup import TinyMeetup, event, group, member, rsvp, serving

HTML = b"<!DOCTYPE html><html><body>Gone fishing</body></html>"


@pytest.fixture
def tiny() -> Iterator[TinyMeetup]:
    with serving(tiny_world()) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, tiny: TinyMeetup) -> MeetupPlace:
    return MeetupPlace(tmp_path, tiny)


# Interruption.


def wide_world() -> TinyMeetup:
    """Two groups, sixty events each, some with RSVPs."""
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
        whole = MeetupPlace(tmp_path / "whole", tiny, keys)
        requests = whole.sync().requests
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
            assert place.raw() == whole.raw()
            assert len(tiny.asked) <= requests - cut + 5, "what a walk that began anew costs"
            tiny.asked.clear()
            place.sync()
            assert tiny.asked == ["Groups"], "and nothing was left out"


# Limits, on a clock that waiting moves.


def test_the_limit_of_points_is_waited_for(place: MeetupPlace, tiny: TinyMeetup) -> None:
    tiny.points = 4
    synced = place.sync()
    assert place.counts() == {"groups": 1, "members": 3, "events": 3, "rsvps": 6}
    assert synced.waited_seconds == pytest.approx(60, abs=2)
    assert any("asks to wait 60 s" in warning for warning in place.warnings)


@pytest.mark.parametrize("reset_at", [None, "soon", 5])
def test_a_limit_without_a_time_is_a_minute(
    place: MeetupPlace, tiny: TinyMeetup, reset_at: object
) -> None:
    extensions = {"code": "RATE_LIMITED", "resetAt": reset_at}
    problem = {"message": "Too many requests", "extensions": extensions}
    tiny.oddities = [(200, json.dumps({"errors": [problem]}).encode())]
    assert place.sync().waited_seconds == pytest.approx(60, abs=2)


def test_points_are_kept_under_and_meetup_itself_gets_a_rest() -> None:
    pacer, now, calls = PointsPacer(GAP_SECONDS), 0.0, []
    while now < 120:
        now += pacer.delay("gql-ext", None, now)
        calls.append(now)
        pacer.note("gql-ext", None, now)
    gaps = [then - first for first, then in pairwise(calls)]
    assert min(gaps) >= 0.25
    pacer, now = PointsPacer(0.0), 0.0
    for _ in range(PER_MINUTE):
        assert pacer.delay("gql-ext", None, now) == 0
        pacer.note("gql-ext", None, now)
    assert pacer.delay("gql-ext", None, now) == pytest.approx(60, abs=1)


@pytest.mark.parametrize(
    ("url", "gap"),
    [
        ("https://api.meetup.com/gql-ext", GAP_SECONDS),
        ("https://notmeetup.com/gql-ext", 0),
        ("http://127.0.0.1:1/meetup/api/gql-ext", 0),
    ],
)
def test_only_meetup_itself_gets_a_rest(url: str, gap: float) -> None:
    api = MeetupApi(url, GivenToken("made-up"), Context("meetup", str))
    pacer = api._client._pacer
    pacer.note("gql-ext", None, 10.0)
    assert pacer.delay("gql-ext", None, 10.0) == gap


def test_faults_are_survived(place: MeetupPlace, tiny: TinyMeetup) -> None:
    half = b'{"data": {"g0": '
    fault = {"message": "Exception while fetching data", "path": ["g0"]}
    fault["extensions"] = {"classification": "DataFetchingException"}  # type: ignore[assignment]
    partial = json.dumps({"data": {"g0": None}, "errors": [fault]}).encode()
    tiny.oddities = [
        (503, HTML),
        (200, HTML),
        (200, half),
        (200, b'{"data": null}'),
        (200, partial),
    ]
    place.sync()
    assert place.counts()["rsvps"] == 6


# A Meetup that is not what it was.


@pytest.mark.parametrize(
    ("status", "body"),
    [(410, b""), (410, HTML), (404, HTML), (404, b'{"message": "not found"}')],
)
def test_a_sunset_is_said_at_once(
    place: MeetupPlace, tiny: TinyMeetup, status: int, body: bytes
) -> None:
    tiny.oddities = [(status, body)]
    with pytest.raises(Denied, match=r"switched this API off.*vitals import meetup-members"):
        place.sync()
    assert len(tiny.asked) == 1


def test_a_web_page_that_stays_is_a_sunset(place: MeetupPlace, tiny: TinyMeetup) -> None:
    tiny.oddities = [(200, HTML)] * 10
    with pytest.raises(Denied, match="switched this API off"):
        place.sync()


def test_a_changed_schema_is_one_clear_message(place: MeetupPlace, tiny: TinyMeetup) -> None:
    message = (
        "Validation error (FieldUndefined@[groupByUrlname/events]): Field 'events' is undefined"
    )
    problem = {"message": message, "extensions": {"classification": "ValidationError"}}
    tiny.oddities = [(200, json.dumps({"errors": [problem] * 3}).encode())]
    with pytest.raises(Changed) as caught:
        place.sync()
    assert str(caught.value) == (
        f"Meetup changed its schema: {message} [meetup, groups, HTTP 200]. Update Community Vitals"
    )
    assert len(tiny.asked) == 1


def drop(answer: Any, path: str) -> None:
    *way, last = path.split(".")
    for step in way:
        answer = answer[int(step) if step.isdigit() else step]
    answer[last] = None


@pytest.mark.parametrize(
    ("operation", "path", "words"),
    [
        ("Groups", "g0.name", "name"),
        ("Groups", "g0.events.edges", "edges"),
        ("Events", "groupByUrlname.events.edges.0.node.token", "token"),
        ("Events", "groupByUrlname.events.edges.0.node.status", "status"),
        ("Members", "groupByUrlname.members.edges.0.node.id", "id"),
        ("Rsvps", "event.rsvps.edges.0.node.status", "status"),
        ("Rsvps", "event.rsvps.edges.0.node.member", "member"),
    ],
)
def test_a_null_where_a_value_must_be_is_named_with_its_path(
    place: MeetupPlace, tiny: TinyMeetup, operation: str, path: str, words: str
) -> None:
    ask = tiny.ask

    def holed(question: dict[str, Any]) -> dict[str, Any]:
        answer = ask(question)
        if f"query {operation}(" in question["query"]:
            drop(answer["data"], path)
        return answer

    tiny.ask = holed  # type: ignore[method-assign]
    with pytest.raises(Changed, match=rf"unknown shape: .*got `null`.*{words}`"):
        place.sync()


def test_a_state_that_we_do_not_know_is_a_changed_schema(
    place: MeetupPlace, tiny: TinyMeetup
) -> None:
    ask = tiny.ask

    def newer(question: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(ask(question)).replace('"NO"', '"PERHAPS"')
        return dict(json.loads(text))

    tiny.ask = newer  # type: ignore[method-assign]
    with pytest.raises(Changed, match="PERHAPS"):
        place.sync()


def test_a_refusal_of_one_group_spares_the_others(tmp_path: Path, tiny: TinyMeetup) -> None:
    tiny.groups["abuja-data"] = group(43, "abuja-data")
    place = MeetupPlace(tmp_path, tiny, 'groups = ["lagos-data", "abuja-data"]')
    ask = tiny.ask

    def refusing(question: dict[str, Any]) -> dict[str, Any]:
        answer = ask(question)
        if "g1" in answer["data"]:
            answer["data"]["g1"] = None
            forbidden = {"classification": "FORBIDDEN"}
            answer["errors"] = [{"message": "no", "path": ["g1"], "extensions": forbidden}]
        return answer

    tiny.ask = refusing  # type: ignore[method-assign]
    place.sync()
    assert place.counts()["groups"] == 1


def test_a_redirect_is_not_followed(place: MeetupPlace, tiny: TinyMeetup) -> None:
    tiny.oddities = [(302, b"")]
    with pytest.raises(Denied, match="another address"):
        place.sync()
    assert len(tiny.asked) == 1
