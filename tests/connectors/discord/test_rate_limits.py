"""The Discord connector keeps the limits that it is told, and loses no time by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from connectors.discord.rate_limits import BucketPacer
from connectors.discord.sandbox.guild import Guild, Thread
from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.places import Place

SHARE_OF_WHAT_LIMITS_ALLOW = 1.05


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=150, days=200)


@pytest.fixture
def polite(world: World, tmp_path: Path) -> Iterator[Place]:
    """A place whose sandbox keeps the limits, on a clock that only waiting moves."""
    with serve(world, Options()) as sandbox:
        place = Place(tmp_path, sandbox, kind="discord")
        yield place


def test_no_request_is_refused_and_no_time_is_lost(polite: Place, world: World) -> None:
    """The longest channel's bucket, or the limit of all calls, is what a sync has to wait for."""
    synced = polite.sync()
    assert polite.sandbox is not None
    statuses = polite.sandbox.stats()["statuses"]
    assert {name.rpartition(" ")[2] for name in statuses} == {"200"}
    guild = Guild(world)
    pages = max(
        len(list(place.after(0, world.end))) // 100 + 1
        for place in guild.channels.values()
        if not isinstance(place, Thread)
    )
    longest_channel = (pages - 1) // 5 * 5.0
    all_calls = (synced.requests - 1) // 50 * 1.0
    allowed = max(longest_channel, all_calls)
    assert allowed > 10
    assert polite.waited <= SHARE_OF_WHAT_LIMITS_ALLOW * allowed


def test_syncing_again_is_polite_too(polite: Place) -> None:
    """A new run knows nothing of what the last one used up: a minute lies between them."""
    assert polite.sandbox is not None
    polite.sync()
    polite.sandbox.advance(seconds=60)
    polite.sync()
    statuses = polite.sandbox.stats()["statuses"]
    assert {name.rpartition(" ")[2] for name in statuses} == {"200"}


# What the answers' headers mean.


def response(status: int = 200, body: bytes = b"{}", **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code, made._content = status, body
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


def bucket(name: str, remaining: int, after: str) -> dict[str, str]:
    return {
        "X_RateLimit_Bucket": name,
        "X_RateLimit_Remaining": str(remaining),
        "X_RateLimit_Reset_After": after,
    }


@pytest.fixture
def pacer() -> BucketPacer:
    return BucketPacer()


ONE, OTHER = "channels/1234567/messages", "channels/7654321/messages"


def wait(pacer: BucketPacer, path: str, now: float = 0.0) -> float:
    return round(pacer.delay(path, None, now), 1)


def test_a_bucket_is_kept_apart_by_the_channel(pacer: BucketPacer) -> None:
    pacer.note(ONE, response(**bucket("b", 0, "4.5")), 0.0)
    pacer.note(OTHER, response(**bucket("b", 3, "4.5")), 0.0)
    assert (wait(pacer, ONE), wait(pacer, OTHER), wait(pacer, ONE, 5.0)) == (4.5, 0, 0)


def test_routes_may_share_a_bucket(pacer: BucketPacer) -> None:
    pins = "channels/1234567/pins"
    pacer.note(pins, response(**bucket("b", 4, "5")), 0.0)
    pacer.note(ONE, response(**bucket("b", 0, "5")), 0.0)
    assert wait(pacer, pins) == 5.0


@pytest.mark.parametrize(
    ("body", "headers", "one", "other"),
    [
        (b'{"retry_after": 64.57, "global": false}', {"Retry_After": "65"}, 64.6, 0),
        (b'{"retry_after": 3.2, "global": true}', {"Retry_After": "4"}, 3.2, 3.2),
        (b'{"message": "slow"}', {"Retry_After": "7"}, 7.0, 0),
        (b"<html>", {"Retry_After": "300"}, 300, 300),
        (b"<html>", {}, 600, 600),
    ],
)
def test_refusals(
    pacer: BucketPacer, body: bytes, headers: dict[str, str], one: float, other: float
) -> None:
    pacer.note(ONE, response(429, body, **headers), 0.0)
    assert (wait(pacer, ONE), wait(pacer, OTHER)) == (one, other)


def test_so_many_calls_in_a_second_and_no_more(pacer: BucketPacer) -> None:
    for _ in range(50):
        assert pacer.delay(ONE, None, 0.0) == 0
        pacer.note(ONE, response(), 0.0)
    assert wait(pacer, OTHER) == 1.0
    pacer.note(ONE, response(RateLimit_Policy='"none";q=1000000;w=1'), 0.0)
    assert wait(pacer, OTHER) == 0


def test_too_many_refused_calls_stop_us_before_discord_does(
    pacer: BucketPacer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.discord.rate_limits.MOST_INVALID", 3)
    for second, scope in enumerate(("user", "shared", "user", "shared")):
        refusal = response(429, b'{"retry_after": 0}', X_RateLimit_Scope=scope)
        pacer.note(ONE, refusal, float(second))
    assert wait(pacer, OTHER, 3.0) == 0
    pacer.note(ONE, response(403), 4.0)
    assert wait(pacer, OTHER, 10.0) == 590.0
