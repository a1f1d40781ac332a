"""The Discord connector keeps the limits in Discord's responses, and loses no time by that."""

from pathlib import Path

import pytest
import requests

from connectors.discord.rate_limits import BucketPacer
from connectors.discord.sandbox.guild import Guild
from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.installations import Installation

SHARE_OF_ALLOWED_TIME = 1.05


def test_no_call_is_rejected_and_no_time_is_lost(tmp_path: Path) -> None:
    """A sync waits for the bucket of the longest channel, or for the limit of all calls.

    The next sync starts a minute later and knows nothing of the calls before it.
    """
    world = make_world(members=150, days=200)
    with serve(world, Options()) as sandbox:
        place = Installation(tmp_path, sandbox, kind="discord")
        synced = place.sync()
        waited = place.waited
        sandbox.advance(seconds=60)
        place.sync()
        statuses = sandbox.stats()["statuses"]
    odd = {name: number for name, number in statuses.items() if not name.endswith(" 200")}
    # A message that a channel names as its last, and does not show, is asked for once, by its id.
    assert all(name.removeprefix("discord/").removesuffix(" 404").isdecimal() for name in odd)
    assert set(odd.values()) <= {1}
    pages = max(
        len(list(channel.after(0, world.end))) // 100 + 1
        for channel in Guild(world).channels.values()
    )
    longest_channel = (pages - 1) // 5 * 5.0
    all_calls = (synced.requests - 1) // 50 * 1.0
    allowed = max(longest_channel, all_calls)
    assert allowed > 10
    assert waited <= SHARE_OF_ALLOWED_TIME * allowed


# What the headers of responses mean.


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
    ("body", "retry_after", "wait_here", "wait_elsewhere"),
    [
        ('{"retry_after": 64.57, "global": false}', "65", 64.6, 0),
        ('{"retry_after": 3.2, "global": true}', "4", 3.2, 3.2),
        ('{"message": "slow"}', "7", 7.0, 0),
        ("<html>", "300", 300, 300),
        ("<html>", None, 600, 600),
    ],
    ids=["bucket", "all calls", "header alone", "ban", "ban of unknown length"],
)
def test_wait_after_too_many_requests(
    pacer: BucketPacer, body: str, retry_after: str | None, wait_here: float, wait_elsewhere: float
) -> None:
    headers = {"Retry_After": retry_after} if retry_after else {}
    pacer.note(ONE, response(429, body.encode(), **headers), 0.0)
    assert (wait(pacer, ONE), wait(pacer, OTHER)) == (wait_here, wait_elsewhere)


def test_all_calls_of_a_second_are_limited(pacer: BucketPacer) -> None:
    for _ in range(50):
        assert pacer.delay(ONE, None, 0.0) == 0
        pacer.note(ONE, response(), 0.0)
    assert wait(pacer, OTHER) == 1.0
    pacer.note(ONE, response(RateLimit_Policy='"none";q=1000000;w=1'), 0.0)
    assert wait(pacer, OTHER) == 0


def test_rejected_calls_stop_before_discord_bans(
    pacer: BucketPacer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.discord.rate_limits.MOST_INVALID", 3)
    for second, scope in enumerate(("user", "shared", "user", "shared")):
        rejected = response(429, b'{"retry_after": 0}', X_RateLimit_Scope=scope)
        pacer.note(ONE, rejected, float(second))
    assert wait(pacer, OTHER, 3.0) == 0
    pacer.note(ONE, response(403), 4.0)
    assert wait(pacer, OTHER, 10.0) == 590.0
