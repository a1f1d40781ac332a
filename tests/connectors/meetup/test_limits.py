"""The limit of points: kept without waste, and learnt from Meetup's own word."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from connectors.base import Context
from connectors.meetup import api as meetup_api
from connectors.meetup.api import GAP_SECONDS, PER_MINUTE, MeetupApi, PointsPacer
from connectors.meetup.sandbox import routes
from connectors.meetup.token import Tokens
from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.installations import Installation
from tests.support.installations.meetup import MeetupInstallation
from tests.support.tiny.meetup import TinyMeetup

POINTS = 10


@pytest.mark.parametrize("ours", [POINTS, 10 * POINTS])
def test_the_points_of_a_minute_are_used_up_and_not_exceeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: int
) -> None:
    """Whether we know the limit, or learn it from RATE_LIMITED alone."""
    monkeypatch.setattr(meetup_api, "PER_MINUTE", ours)
    monkeypatch.setattr(routes, "POINTS", POINTS)
    with serve(make_world(members=40, days=90), Options(platforms=("meetup",))) as sandbox:
        place = Installation(tmp_path, sandbox, kind="meetup")
        synced = place.sync()
        sandbox.set_limits(limits=False)
        again = place.sync(full=True)
    refused = sum("asks to wait" in warning for warning in place.warnings)
    minutes = (synced.requests - refused - 1) // POINTS
    assert minutes >= 2
    assert (refused > 0) == (ours > POINTS)
    assert synced.waited_seconds <= 60 * minutes * 1.05
    assert (again.landed.new, again.landed.changed) == (0, 0), "everything came, and nothing twice"


@pytest.mark.parametrize(
    ("reset_at", "seconds"),
    [("2026-06-01T12:00:20Z", 20), (None, 60), ("soon", 60), (5, 60)],
)
def test_the_platform_s_wait_is_kept_and_a_minute_where_it_says_none(
    place: MeetupInstallation, tiny: TinyMeetup, reset_at: object, seconds: int
) -> None:
    extensions = {"code": "RATE_LIMITED", "resetAt": reset_at}
    error = {"message": "Too many requests", "extensions": extensions}
    tiny.oddities = [(200, json.dumps({"errors": [error]}).encode())]
    assert place.sync().waited_seconds == pytest.approx(seconds, abs=2)
    assert any(f"asks to wait {seconds} s" in warning for warning in place.warnings)


def test_calls_are_spaced_and_kept_under_the_limit() -> None:
    pacer, now, calls = PointsPacer(GAP_SECONDS), 0.0, []
    while now < 120:
        now += pacer.delay("gql-ext", None, now)
        calls.append(now)
        pacer.note("gql-ext", None, now)
    assert min(then - first for first, then in pairwise(calls)) >= 0.25
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
def test_only_calls_to_meetup_itself_are_spaced(url: str, gap: float) -> None:
    api = MeetupApi(url, Tokens("made-up"), Context("meetup", str))
    pacer = api._client._pacer
    pacer.note("gql-ext", None, 10.0)
    assert pacer.delay("gql-ext", None, 10.0) == gap
