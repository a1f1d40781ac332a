"""The sandbox keeps the platforms' limits, and breaks what it is told to break."""

import threading
from collections.abc import Callable, Iterator

import pytest
import requests

from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Clock, Limiter, Options
from tests.support.sandbox.client import PlainSlack


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=40, days=60)


@pytest.fixture
def make(world: World) -> Iterator[Callable[[Options], PlainSlack]]:
    """Starts sandboxes that end with the test."""
    open_servers = []

    def start(options: Options) -> PlainSlack:
        server = serve(world, options)
        open_servers.append(server)
        return PlainSlack(server.__enter__())

    yield start
    for server in open_servers:
        server.__exit__(None, None, None)


@pytest.fixture
def slack(make: Callable[[Options], PlainSlack]) -> PlainSlack:
    return make(Options(limits=False))


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
    """Moves only when told to."""

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


def test_limits_can_be_switched_off(make: Callable[[Options], PlainSlack]) -> None:
    slack = make(Options())
    slack.running.set_limits(limits=False)
    assert {slack.get("users.list").status_code for _ in range(30)} == {200}


def test_too_many(slack: PlainSlack) -> None:
    slack.running.fault("too_many", seconds=7, count=1)
    refused = slack.get("team.info")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    slack.running.fault("too_many_with_200", count=1)
    assert slack.error("team.info") == "ratelimited"
    assert slack.body("team.info")["ok"]


def test_server_errors(slack: PlainSlack) -> None:
    for kind in ("server_error", "html_error", "html_with_200"):
        slack.running.fault(kind, count=1)
    answers = [slack.get("team.info") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [500, 503, 200, 200]
    assert [answer.text.startswith("<!DOCTYPE") for answer in answers] == [0, 1, 1, 0]


def test_answers_are_cut_off(slack: PlainSlack) -> None:
    slack.running.fault("cut_json", count=1)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        slack.body("users.list")
    slack.running.fault("cut_body", count=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        slack.get("users.list")
    assert slack.body("users.list")["ok"]


def test_connections_are_reset(slack: PlainSlack) -> None:
    slack.running.fault("reset", count=1)
    with pytest.raises(requests.exceptions.ConnectionError, match="reset by peer"):
        slack.get("users.list")
    assert slack.body("users.list")["ok"]


def test_answers_stall(slack: PlainSlack) -> None:
    slack.running.fault("stall", seconds=0.5, count=1)
    url = f"{slack.running.slack_url}/auth.test"
    with pytest.raises(requests.exceptions.ReadTimeout):
        slack.session.get(url, timeout=0.1)
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
        other = PlainSlack(running).walk("users.list", "members", limit=20)
    with serve(world, Options(limits=False)) as running:
        assert PlainSlack(running).walk("users.list", "members", limit=20) == other
