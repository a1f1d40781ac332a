"""The sandbox keeps the platforms' limits, and plays the faults that are switched on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import requests

from connectors.sandbox.community import World
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Clock, Limiter, Options
from tests.support.sandbox.client import PlainSlack


@pytest.fixture
def make(world: World) -> Iterator[Callable[[Options], PlainSlack]]:
    """Starts sandboxes that end with the test."""
    with ExitStack() as stack:
        yield lambda options: PlainSlack(stack.enter_context(serve(world, options)))


@pytest.fixture
def slack(sandbox: Running) -> PlainSlack:
    return PlainSlack(sandbox)


@pytest.mark.parametrize(
    ("method", "per_minute"),
    [("users.list", 20), ("team.info", 50), ("conversations.members", 100)],
)
def test_tiers(make: Callable[[Options], PlainSlack], method: str, per_minute: int) -> None:
    slack = make(Options())
    statuses = [slack.get(method, limit="1").status_code for _ in range(per_minute + 1)]
    assert statuses == [200] * per_minute + [429]
    refused = slack.get(method)
    assert refused.json() == {"ok": False, "error": "ratelimited"}
    assert 55 <= int(refused.headers["Retry-After"]) <= 60
    assert slack.get("auth.test").status_code == 200, "each method has its own limit"
    slack.running.advance(seconds=int(refused.headers["Retry-After"]))
    assert slack.get(method).status_code == 200
    stats = slack.running.stats()
    assert stats["requests"][f"slack/{method}"] == per_minute + 3
    assert stats["statuses"][f"slack/{method} 429"] == 2


class ClockByHand(Clock):
    """Moves only when a test moves it."""

    seconds = 0.0

    def platform_seconds(self) -> float:
        return self.seconds


def test_a_client_that_keeps_the_tier_is_never_refused(world: World) -> None:
    clock = ClockByHand(world.end, is_ticking=False, rate_scale=1)
    limiter = Limiter(clock)
    for step in range(500):
        clock.seconds = step * 1.2 + (step % 7) * 0.01
        assert limiter.wait_for("history", 50) is None, step


def test_no_more_than_the_tier_in_any_minute(world: World) -> None:
    clock = ClockByHand(world.end, is_ticking=False, rate_scale=1)
    limiter = Limiter(clock)
    taken = []
    for second in range(600):
        clock.seconds = second
        wait = limiter.wait_for("history", 50)
        if wait is None:
            taken.append(second)
        else:
            assert second + wait - taken[-50] >= 60
    assert all(later - earlier > 59 for earlier, later in zip(taken, taken[50:], strict=False))
    assert len(taken) == 500


def test_throttled(make: Callable[[Options], PlainSlack]) -> None:
    slack = make(Options(throttled=True))
    call = {"channel": slack.channels()["general"]["id"], "limit": 200}
    page = slack.body("conversations.history", **call)
    assert len(page["messages"]) <= 15
    assert page["has_more"]
    refused = slack.get("conversations.history", **call)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 55
    assert slack.get("users.list").status_code == 200


@pytest.mark.parametrize(("rate_scale", "wait"), [(1, 60), (6, 10), (100, 1)])
def test_minutes_can_be_made_short(world: World, rate_scale: float, wait: int) -> None:
    limiter = Limiter(ClockByHand(world.end, is_ticking=False, rate_scale=rate_scale))
    waits = [limiter.wait_for("users", 20) for _ in range(21)]
    assert waits == [None] * 20 + [wait]


@pytest.mark.parametrize(
    ("fault", "status", "begins"),
    [
        ("too_many", 429, '{"ok":false,"error":"ratelimited"}'),
        ("too_many_with_200", 200, '{"ok":false,"error":"ratelimited"}'),
        ("server_error", 500, '{"ok":false'),
        ("html_error", 503, "<!DOCTYPE"),
        ("html_with_200", 200, "<!DOCTYPE"),
        ("gone", 410, "<!DOCTYPE"),
        ("other_shape", 200, "[7]"),
    ],
)
def test_faults_that_are_responses(slack: PlainSlack, fault: str, status: int, begins: str) -> None:
    slack.running.fault(fault, count=1, seconds=7)
    response = slack.get("team.info")
    assert response.status_code == status
    assert response.text.startswith(begins)
    assert response.headers.get("Retry-After") == ("7" if fault == "too_many" else None)
    assert slack.body("team.info")["ok"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("cut_json", requests.exceptions.JSONDecodeError),
        ("cut_body", requests.exceptions.ChunkedEncodingError),
        ("reset", requests.exceptions.ConnectionError),
        ("stall", requests.exceptions.ReadTimeout),
    ],
)
def test_faults_that_break_a_response(
    slack: PlainSlack, fault: str, error: type[Exception]
) -> None:
    slack.running.fault(fault, count=1, seconds=0.5)
    url = f"{slack.running.slack_url}/users.list"
    with pytest.raises(error):
        slack.session.get(url, timeout=0.2 if fault == "stall" else 10).json()
    assert slack.body("users.list")["ok"]


def test_faults_go_by_method_chance_and_count(slack: PlainSlack) -> None:
    slack.running.fault("server_error", methods=["users.list"], skip=1, count=2)
    assert [slack.get("users.list").status_code for _ in range(4)] == [200, 500, 500, 200]
    slack.running.fault("server_error", probability=0.3)
    failed = sum(slack.get("team.info").status_code == 500 for _ in range(40))
    assert 3 < failed < 25
    slack.running.clear_faults()
    assert slack.get("team.info").status_code == 200
    assert slack.running.stats()["faults"]["server_error"] == failed + 2


def test_unknown_changes_are_refused(slack: PlainSlack) -> None:
    url = f"{slack.running.url}/sandbox/faults"
    assert requests.post(url, json={"kind": "earthquake"}, timeout=5).status_code == 400
    assert requests.post(url, json={"kind": "reset", "often": 1}, timeout=5).status_code == 400


def test_concurrency_is_counted(slack: PlainSlack) -> None:
    slack.running.fault("stall", seconds=0.2, count=3)
    calls = [threading.Thread(target=slack.get, args=("auth.test",)) for _ in range(3)]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    assert slack.running.stats()["max_concurrency"] == 3


def test_a_process_of_its_own(world: World) -> None:
    with serve(world, Options(limits=False), in_process=False) as running:
        other = PlainSlack(running).items("users.list", "members", limit=20)
    with serve(world, Options(limits=False)) as running:
        assert PlainSlack(running).items("users.list", "members", limit=20) == other
