"""GitHub's limits, on a clock that waiting moves."""

import json
from collections import Counter
from pathlib import Path

import pytest

from connectors.github import api
from connectors.github.sandbox import call, routes
from connectors.sandbox.community import World
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.installations import Installation
from tests.support.installations.github import GitHubInstallation
from tests.support.tiny.github import NAME, Response, TinyGitHub


def test_the_limit_of_an_hour_is_waited_for_and_nothing_more(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "PER_HOUR", 9)
    with serve(world, Options(limits=True)) as sandbox:
        synced = Installation(tmp_path, sandbox, kind="github").sync()
        stats = sandbox.stats()
    asked: Counter[str] = Counter()
    for key, count in stats["requests"].items():
        asked["graphql" if key.endswith("graphql") else "core"] += count
    hours = max((count - 1) // 9 for count in asked.values())
    refused = sum(count for key, count in stats["statuses"].items() if key.endswith("403"))
    assert refused == 0, "GitHub tells what is left, so no call is lost"
    assert 3600 * hours * 0.99 <= synced.waited_seconds <= 3600 * hours * 1.05


def test_the_points_of_a_minute_are_kept_and_used_up(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REST and GraphQL have a minute each; nothing is refused, and no longer waited than needed."""
    for module in (api, routes):
        monkeypatch.setattr(module, "REST_PER_MINUTE", 10)
        monkeypatch.setattr(module, "GRAPHQL_PER_MINUTE", 12)
    with serve(world, Options(limits=True)) as sandbox:
        synced = Installation(tmp_path, sandbox, kind="github").sync()
        stats = sandbox.stats()
    rest = sum(n for key, n in stats["requests"].items() if not key.endswith("graphql"))
    minutes = max((rest - 1) // 10, (synced.requests - rest - 1) // 12)
    assert minutes >= 2
    assert not [key for key in stats["statuses"] if key.endswith((" 403", " 429"))]
    assert synced.waited_seconds <= 60 * minutes * 1.05


@pytest.mark.parametrize(
    ("status", "headers", "message", "seconds"),
    [
        (403, {"Retry-After": "30"}, "You have exceeded a secondary rate limit", 30),
        (429, {}, "You have exceeded a secondary rate limit", 60),
        (403, {}, "You have triggered an abuse detection mechanism", 60),
    ],
)
def test_secondary_limits_are_waited_for(
    place: GitHubInstallation,
    tiny: TinyGitHub,
    status: int,
    headers: dict[str, str],
    message: str,
    seconds: float,
) -> None:
    body = json.dumps({"message": message}).encode()
    tiny.oddities[f"/repos/{NAME}/forks"] = [Response(status, headers, body)]
    place.sync()
    assert place.waited == pytest.approx(seconds, abs=1)


def test_graphql_tells_its_limit_with_status_200(
    place: GitHubInstallation, tiny: TinyGitHub
) -> None:
    body = b'{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}'
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}
    tiny.oddities["/graphql"] = [Response(200, headers, body)]
    place.sync()
    assert place.counts()["reviews"] == 3
    assert place.waited > 0
