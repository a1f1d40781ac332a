"""What the sandbox shows is a function of its clock."""

import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running
from connectors.slack.sandbox.rows import message_row
from connectors.slack.sandbox.workspace import Workspace
from tests.support.sandbox.client import PlainSlack


@pytest.fixture
def fresh(sandbox: Running) -> PlainSlack:
    return PlainSlack(sandbox)


def test_the_clock_reveals_news(fresh: PlainSlack) -> None:
    before = fresh.everything(fresh.channels()["general"]["id"])
    users = fresh.items("users.list", "members", limit=200)
    fresh.running.advance(days=40)
    after = fresh.everything(fresh.channels()["general"]["id"])
    newest = max(before)
    assert any(ts > newest for ts in after)
    assert any(
        after[ts].get("reply_count", 0) > before[ts].get("reply_count", 0)
        for ts in after
        if ts in before
    )
    assert len(fresh.items("users.list", "members", limit=200)) > len(users)
    assert fresh.get("auth.test").headers["Date"] == "Sat, 11 Jul 2026 00:00:00 GMT"


def test_a_running_huddle_has_no_end() -> None:
    workspace = Workspace(make_world(members=40, days=60))
    channel, post = next(
        (channel, post)
        for channel in workspace.channels
        for post in channel.posts
        if post.kind == "huddle" and len(post.huddle) > 2
    )
    early = message_row(workspace, channel, post, post.at)["room"]
    assert (early["has_ended"], early["date_end"], len(early["participants"])) == (False, 0, 1)
    late = message_row(workspace, channel, post, post.edited_at)
    assert late["room"]["has_ended"]
    assert late["room"]["participants"] == []
    assert len(late["room"]["participant_history"]) == len(post.huddle)
    assert late["edited"]["user"] == "USLACKBOT"


def test_edits_and_deletions_show_when_their_time_has_come(fresh: PlainSlack) -> None:
    def state() -> dict[str, tuple[object, object]]:
        return {
            ts: (row.get("edited"), row.get("subtype"))
            for channel in fresh.channels().values()
            if channel["is_member"]
            for ts, row in fresh.everything(channel["id"]).items()
        }

    before = state()
    fresh.running.advance(days=55)
    after = state()
    gone = [ts for ts in before if ts not in after or after[ts][1] == "tombstone"]
    edited = [ts for ts in before if ts in after and before[ts][0] != after[ts][0]]
    assert gone
    assert edited
