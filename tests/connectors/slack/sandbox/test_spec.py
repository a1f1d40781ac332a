"""What the sandbox takes and sends agrees with Slack's published specification of 2021."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.sandbox.client import PlainSlack
from tests.support.specifications import spec_check


@pytest.fixture(scope="module")
def check() -> Any:
    return spec_check("slack/slack.web.v2.harness.json")


@pytest.fixture(scope="module")
def slack() -> Iterator[PlainSlack]:
    with serve(make_world(members=60, days=120), Options(limits=False)) as running:
        yield PlainSlack(running)


def violations(check: Any, slack: PlainSlack, method: str, **arguments: Any) -> list[str]:
    answer = slack.get(method, **arguments)
    url = answer.url.replace(slack.running.slack_url, "https://slack.com/api")
    found: list[str] = check.request("GET", url)
    found += check.response("GET", url, answer.status_code, "application/json", answer.json())
    return found


def test_answers_agree(check: Any, slack: PlainSlack) -> None:
    user = slack.items("users.list", "members")[0]["id"]
    channel = slack.channels()["help"]["id"]
    for method, arguments in (
        ("auth.test", {}),
        ("team.info", {}),
        ("users.list", {"limit": 200, "include_locale": "true"}),
        ("users.info", {"user": user}),
        ("conversations.list", {"limit": 200, "types": "public_channel"}),
        ("conversations.members", {"channel": channel, "limit": 200}),
    ):
        assert violations(check, slack, method, **arguments) == [], method


def test_messages_agree(check: Any, slack: PlainSlack) -> None:
    """Pages are made even: the specification forbids the empty ones, which are real."""
    slack.running.set_limits(uneven_pages=False)
    for channel in [row for row in slack.channels().values() if row["is_member"]]:
        call = {"channel": channel["id"], "limit": 999}
        assert violations(check, slack, "conversations.history", **call) == []
        for row in slack.items("conversations.history", "messages", **call)[:40]:
            if row.get("reply_count"):
                call["ts"] = row["ts"]
                assert violations(check, slack, "conversations.replies", **call) == []


def test_refusals_agree(check: Any, slack: PlainSlack) -> None:
    """The specification files them under `default`, though they come with status 200.

    It knows neither not_in_channel nor invalid_limit nor invalid_arguments, which today's Slack
    sends: those are not compared.
    """
    for arguments in ({"channel": "C0NOWHERE1"}, {"channel": "C0NOWHERE1", "oldest": "x"}):
        body = slack.body("conversations.history", **arguments)
        found = check.response("GET", "/conversations.history", 0, "application/json", body)
        assert found == []
