"""What Slack refuses, and how its limits are kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.base import Denied
from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import SCOPES, Options
from tests.support.installations import Installation
from tests.support.tiny.slack import TinySlack

WINDOW = 60


@pytest.fixture(scope="module")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """What one sync lands when nothing goes wrong."""
    with serve(world, Options(limits=False)) as running:
        place = Installation(tmp_path_factory.mktemp("undisturbed"), running)
        place.sync()
    return place.raw()


# Refusals.


def test_a_channel_without_the_app_is_a_blind_spot(place: Installation, sandbox: Running) -> None:
    place.sync()
    [spot] = [
        s for s in place.publish().metric("blind_spots").to_pylist() if "/invite" in s["advice"]
    ]
    assert spot["what"].startswith("#")
    assert "not a member" in spot["reason"]


def test_not_in_channel_is_a_blind_spot_and_the_others_are_read(
    place: Installation, tiny: TinySlack
) -> None:
    tiny.say(1)
    tiny.refusals["conversations.history"] = ["not_in_channel"]
    place.sync()
    [spot] = place.publish().metric("blind_spots").to_pylist()
    assert (spot["what"], spot["reason"]) == ("#general", "not_in_channel")


def test_without_the_scope_for_addresses_everything_else_is_there(
    place: Installation, sandbox: Running, undisturbed: list[tuple[object, ...]]
) -> None:
    sandbox.set_token(scopes=[s for s in SCOPES if s != "users:read.email"])
    assert "users:read.email" in place.vitals("check").stdout
    place.sync()
    assert [row[:4] for row in place.raw()] == [row[:4] for row in undisturbed]
    rules = place.facts_of("select distinct rule from facts.clues")
    assert rules == [("stated",)]
    spots = {s["what"]: s for s in place.publish().metric("blind_spots").to_pylist()}
    assert "users:read.email" in spots["e-mail addresses of members"]["advice"]
    sandbox.set_token(scopes=list(SCOPES))
    assert "users:read.email" not in place.vitals("check").stdout
    place.sync()
    assert place.raw() == undisturbed


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ({"revoked": True}, ["token_revoked", "install the app again"]),
        ({"scopes": ["users:read"]}, ["lacks the scope channels:read", "OAuth & Permissions"]),
        (
            {"scopes": ["users:read", "channels:read"]},
            ["lacks the scope channels:history", "conversations.history"],
        ),
    ],
)
def test_a_bad_token_is_one_clear_error(
    place: Installation, sandbox: Running, token: dict[str, object], words: list[str]
) -> None:
    sandbox.set_token(**token)
    with pytest.raises(Denied) as caught:
        place.sync()
    assert all(word in str(caught.value) for word in ["slack", *words]), str(caught.value)
    [source] = place.publish().sources()
    assert source["last_error"] == str(caught.value)
    assert source["last_success_at"] is None


def test_check_names_a_missing_scope(place: Installation, sandbox: Running) -> None:
    sandbox.set_token(scopes=["users:read", "channels:read"])
    result = place.vitals("check")
    assert result.returncode == 1
    assert "channels:history" in result.stderr


def test_a_limit_with_status_200_is_waited_for(
    place: Installation, sandbox: Running, undisturbed: list[tuple[object, ...]]
) -> None:
    sandbox.fault("too_many_with_200", skip=30, count=25)
    place.sync()
    assert sandbox.stats()["faults"] == {"too_many_with_200": 25}
    assert place.raw() == undisturbed


# Limits, on a clock that waiting moves.


def allowed_seconds(sandbox: Running, per_minute: Callable[[str], int]) -> float:
    """The least time in which the limits allow what was asked."""
    asked = sandbox.stats()["requests"]
    return max(
        (count - 1) // per_minute(key.partition("/")[2]) * WINDOW for key, count in asked.items()
    )


def tier(method: str) -> int:
    return {"auth.test": 600, "users.list": 20, "conversations.list": 20}.get(method, 50)


def refused(sandbox: Running) -> int:
    return sum(n for key, n in sandbox.stats()["statuses"].items() if key.endswith("429"))


def test_a_polite_sync_is_never_refused_and_loses_no_time(
    tmp_path: Path, world: World, undisturbed: list[tuple[object, ...]]
) -> None:
    with serve(world, Options(limits=True)) as sandbox:
        place = Installation(tmp_path, sandbox)
        synced = place.sync()
        assert refused(sandbox) == 0
        assert place.waited > 3 * WINDOW
        assert place.waited <= 1.05 * allowed_seconds(sandbox, tier)
    assert synced.waited_seconds == pytest.approx(place.waited)
    assert [row[:4] for row in place.raw()] == [row[:4] for row in undisturbed]


def test_throttled_mode_is_recognised_explained_and_survived(tmp_path: Path) -> None:
    with serve(make_world(members=16, days=20), Options(limits=True, throttled=True)) as sandbox:
        place = Installation(tmp_path / "throttled", sandbox)
        place.sync()
        warnings = [w for w in place.warnings if "one request a minute" in w]
        assert len(warnings) == 1
        assert "internal app" in warnings[0]
        assert "export" in warnings[0]

        def throttled(method: str) -> int:
            return 1 if method in ("conversations.history", "conversations.replies") else 20

        assert refused(sandbox) <= 3, "only until it is recognised"
        # Two methods take turns: where one has no call to make, the other waits alone.
        assert place.waited <= 1.05 * allowed_seconds(sandbox, throttled) + 3 * WINDOW
        sandbox.set_limits(limits=False, throttled=False)
        plain = Installation(tmp_path / "plain", sandbox)
        plain.sync()
    assert place.facts()["activities"] == plain.facts()["activities"]


def test_long_waits_alone_tell_of_throttled_mode(place: Installation, sandbox: Running) -> None:
    sandbox.fault("too_many", methods=["conversations.history"], count=2, seconds=60)
    place.sync()
    assert len([w for w in place.warnings if "one request a minute" in w]) == 1
