"""The sandbox's Slack is as strict and as awkward as the real one."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from connectors.sandbox.community import World, make_world
from connectors.sandbox.identities import identities
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import SCOPES, Options
from connectors.slack.sandbox.rows import message_row
from connectors.slack.sandbox.workspace import Workspace
from tests.support.sandbox.client import PlainSlack
from tests.support.specifications import spec_check


@pytest.fixture(scope="module")
def slack() -> Iterator[PlainSlack]:
    with serve(make_world(), Options(limits=False)) as running:
        yield PlainSlack(running)


@pytest.fixture
def fresh(sandbox: Running) -> PlainSlack:
    return PlainSlack(sandbox)


@pytest.fixture(scope="module")
def channel(slack: PlainSlack) -> str:
    return slack.channels()["help"]["id"]


@pytest.fixture(scope="module")
def history(slack: PlainSlack, channel: str) -> list[dict[str, Any]]:
    return slack.items("conversations.history", "messages", channel=channel, limit=200)


def test_first_calls(slack: PlainSlack) -> None:
    answer = slack.get("auth.test")
    assert answer.json()["team_id"] == slack.body("team.info")["team"]["id"]
    assert answer.headers["x-oauth-scopes"] == ",".join(SCOPES)
    assert answer.headers["x-slack-req-id"]
    assert answer.headers["Date"] == "Mon, 01 Jun 2026 00:00:00 GMT"


def test_tokens(fresh: PlainSlack) -> None:
    assert PlainSlack(fresh.running, "xoxb-wrong").error("auth.test") == "invalid_auth"
    del fresh.session.headers["Authorization"]
    assert fresh.error("auth.test") == "not_authed"
    assert fresh.error("auth.test", token="xoxb-in-the-query") == "not_authed"
    fresh.running.set_token(revoked=True)
    assert PlainSlack(fresh.running).error("auth.test") == "token_revoked"


def test_missing_scopes_are_named(fresh: PlainSlack) -> None:
    channel = fresh.channels()["general"]["id"]
    fresh.running.set_token(scopes=["users:read"])
    refused = fresh.body("conversations.history", channel=channel)
    assert refused["error"] == "missing_scope"
    assert (refused["needed"], refused["provided"]) == ("channels:history", "users:read")
    assert fresh.error("team.info") == "missing_scope"
    assert fresh.error("conversations.list") == "missing_scope"
    assert "email" not in fresh.body("users.list")["members"][0]["profile"]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.nonsense", {}, "unknown_method"),
        ("conversations.history", {}, "invalid_arguments"),
        ("conversations.history", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("conversations.history", {"channel": "C", "since": "1"}, "invalid_arguments"),
        ("conversations.history", {"channel": "C", "limit": "1000"}, "invalid_limit"),
        ("conversations.history", {"channel": "C", "limit": "0"}, "invalid_limit"),
        ("conversations.history", {"channel": "C", "limit": "many"}, "invalid_limit"),
        ("conversations.history", {"channel": "C", "oldest": "May"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": "C", "latest": "1e9"}, "invalid_ts_latest"),
        ("conversations.history", {"channel": "C", "inclusive": "yes"}, "invalid_arguments"),
        ("conversations.history", {"channel": "C", "cursor": "???"}, "invalid_cursor"),
        ("conversations.history", {"channel": "C", "token": "xoxb-"}, "invalid_arguments"),
        ("conversations.replies", {"channel": "C"}, "invalid_arguments"),
        ("conversations.members", {"channel": "C", "limit": "1000"}, "invalid_limit"),
        ("conversations.list", {"types": "public"}, "invalid_types"),
        ("conversations.list", {"types": "private_channel"}, "missing_scope"),
        ("users.list", {"limit": "1001"}, "invalid_limit"),
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("auth.test", {"colour": "blue"}, "invalid_arguments"),
    ],
)
def test_refusals(slack: PlainSlack, method: str, arguments: dict[str, str], error: str) -> None:
    assert slack.error(method, **arguments) == error


def test_a_form_is_taken_and_json_is_not(slack: PlainSlack, channel: str) -> None:
    url = f"{slack.running.slack_url}/conversations.history"
    form = slack.session.post(url, data={"channel": channel, "limit": 3}, timeout=10)
    assert form.json() == slack.body("conversations.history", channel=channel, limit=3)
    refused = slack.session.post(url, json={"channel": channel}, timeout=10)
    assert refused.json()["error"] == "invalid_post_type"


def test_a_big_team_needs_a_limit() -> None:
    with serve(make_world(members=600, days=30), Options(limits=False)) as running:
        slack = PlainSlack(running)
        assert slack.error("users.list") == "limit_required"
        assert len(slack.items("users.list", "members", limit=200)) > 500


def test_members(slack: PlainSlack) -> None:
    users = slack.items("users.list", "members", limit=50, include_locale="true")
    world = make_world()
    joined = [n for n in identities(world, "slack") if world.people[n].joined_at < world.end]
    assert len({user["id"] for user in users}) == len(users) == len(joined) + 7
    assert [user["is_bot"] for user in users].count(True) == 2
    assert next(user for user in users if user["id"] == "USLACKBOT")["is_bot"] is False
    assert sum(user["deleted"] for user in users) > 5
    assert sum(user.get("is_restricted", False) for user in users) > 5
    assert all(user["locale"] for user in users)
    one = slack.body("users.info", user=users[0]["id"])["user"]
    assert one == {key: value for key, value in users[0].items() if key != "locale"}


def test_channels(slack: PlainSlack) -> None:
    rows = slack.channels()
    assert rows["machine-learning"]["previous_names"] == ["deep-learning"]
    assert rows["hackathon-winter"]["is_archived"]
    assert "hackathon-winter" not in {
        row["name"]
        for row in slack.items("conversations.list", "channels", exclude_archived="true")
    }
    assert "organisers" not in rows, "private"
    closed = rows["founders-corner"]
    assert not closed["is_member"]
    assert slack.error("conversations.history", channel=closed["id"]) == "not_in_channel"
    members = slack.items("conversations.members", "members", channel=closed["id"], limit=7)
    assert len(members) == len(set(members)) == closed["num_members"]
    assert rows["general"]["updated"] > 10**12, "milliseconds, unlike every other time"


def test_filters_come_after_paging(slack: PlainSlack) -> None:
    pages = slack.pages("conversations.list", limit=4, exclude_archived="true")
    assert any(len(page["channels"]) < 4 for page in list(pages)[:-1])


def test_history_is_newest_first_and_without_replies(history: list[dict[str, Any]]) -> None:
    assert all(one["ts"] > other["ts"] for one, other in pairwise(history))
    replies = [row for row in history if row.get("thread_ts", row["ts"]) != row["ts"]]
    assert replies
    assert all(row["subtype"] == "thread_broadcast" and "root" in row for row in replies)


@pytest.mark.parametrize("limit", [1, 7, 15, 100, 999])
def test_every_limit_gives_the_same(
    slack: PlainSlack, channel: str, history: list[dict[str, Any]], limit: int
) -> None:
    since = history[300]["ts"]
    pages = list(slack.pages("conversations.history", channel=channel, limit=limit, oldest=since))
    assert [row for page in pages for row in page["messages"]] == history[:300]
    assert all(page["has_more"] for page in pages[:-1])
    assert not pages[-1]["has_more"]
    cursors = [page["response_metadata"]["next_cursor"] for page in pages[:-1]]
    assert all("=" in cursor for cursor in cursors)


def test_some_pages_are_short_or_empty_and_not_the_last(slack: PlainSlack, channel: str) -> None:
    pages = list(slack.pages("conversations.history", channel=channel, limit=20))
    sizes = [len(page["messages"]) for page in pages[:-1]]
    assert 0 in sizes
    assert any(0 < size < 20 for size in sizes)
    assert sizes.count(20) > len(sizes) / 2
    slack.running.set_limits(uneven_pages=False)
    even = list(slack.pages("conversations.history", channel=channel, limit=20))
    slack.running.set_limits(uneven_pages=True)
    assert {len(page["messages"]) for page in even[:-1]} == {20}


def test_a_cursor_is_valid_for_its_own_list_only(slack: PlainSlack, channel: str) -> None:
    page = slack.body("conversations.history", channel=channel, limit=20)
    cursor = page["response_metadata"]["next_cursor"]
    again = {"channel": channel, "cursor": cursor}
    assert slack.error("conversations.history", limit=21, **again) == "invalid_cursor"
    assert slack.error("conversations.history", limit=20, oldest="1", **again) == "invalid_cursor"
    assert slack.error("conversations.members", limit=20, **again) == "invalid_cursor"
    assert slack.body("conversations.history", limit=20, **again)["ok"]


def test_bounds_are_outside_unless_inclusive(
    slack: PlainSlack, channel: str, history: list[dict[str, Any]]
) -> None:
    span = {"channel": channel, "latest": history[2]["ts"], "oldest": history[5]["ts"]}
    outside = slack.items("conversations.history", "messages", **span)
    inside = slack.items("conversations.history", "messages", **span, inclusive="1")
    assert outside == history[3:5]
    assert inside == history[2:6]


def test_threads(slack: PlainSlack, channel: str, history: list[dict[str, Any]]) -> None:
    parent = max(history, key=lambda row: row.get("reply_count", 0))
    call = {"channel": channel, "ts": parent["ts"]}
    whole = slack.body("conversations.replies", **call)["messages"]
    assert whole[0] == parent
    replies = whole[1:]
    assert len(replies) == parent["reply_count"] > 5
    assert all(one["ts"] < other["ts"] for one, other in pairwise(whole))
    assert replies[-1]["ts"] == parent["latest_reply"]
    assert len({row["user"] for row in replies}) == parent["reply_users_count"]
    assert {row["thread_ts"] for row in whole} == {parent["ts"]}
    assert slack.thread(channel, parent["ts"], limit=3) == replies
    later = slack.body("conversations.replies", oldest=replies[2]["ts"], **call)["messages"]
    assert later == [parent, *replies[3:]]
    lonely = slack.body("conversations.replies", channel=channel, ts=replies[0]["ts"])
    assert lonely["messages"] == [replies[0]]
    assert slack.error("conversations.replies", channel=channel, ts="1.5") == "thread_not_found"


def test_messages_have_what_a_client_must_see_through(slack: PlainSlack) -> None:
    rows = [
        row
        for channel in slack.channels().values()
        if channel["name"] != "founders-corner"
        for row in slack.everything(channel["id"]).values()
    ]
    listed = {user["id"]: user for user in slack.items("users.list", "members", limit=200)}
    subtypes = {row.get("subtype") for row in rows}
    assert subtypes >= {None, "bot_message", "channel_join", "channel_name", "channel_topic"}
    assert subtypes >= {
        "me_message",
        "file_share",
        "huddle_thread",
        "thread_broadcast",
        "tombstone",
    }
    strangers = {row["user"] for row in rows if "user" in row} - set(listed)
    assert len(strangers) == 2
    assert slack.body("users.info", user=min(strangers))["user"]["is_stranger"]
    human_looking = [row for row in rows if "bot_id" in row and "subtype" not in row]
    assert any(not listed[row["user"]]["is_bot"] for row in human_looking)
    reactions = [reaction for row in rows for reaction in row.get("reactions", ())]
    assert any(len(reaction["users"]) < reaction["count"] for reaction in reactions)
    assert any(row.get("edited") for row in rows)
    room = next(row["room"] for row in rows if row.get("subtype") == "huddle_thread")
    assert room["has_ended"]
    assert room["date_end"] > room["date_start"]
    assert room["participant_history"]


# What it shows is a function of its clock.


def test_a_running_huddle_has_no_end(world: World) -> None:
    workspace = Workspace(world)
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
    assert max(after) > max(before), "news"
    assert fresh.get("auth.test").headers["Date"] == "Sun, 26 Jul 2026 00:00:00 GMT"


# What it takes and sends agrees with Slack's published specification of 2021.


@pytest.fixture(scope="module")
def check() -> Any:
    return spec_check("slack/slack.web.v2.harness.json")


def violations(check: Any, fresh: PlainSlack, method: str, **arguments: Any) -> list[str]:
    answer = fresh.get(method, **arguments)
    url = answer.url.replace(fresh.running.slack_url, "https://slack.com/api")
    found: list[str] = check.request("GET", url)
    found += check.response("GET", url, answer.status_code, "application/json", answer.json())
    return found


def test_answers_agree(check: Any, fresh: PlainSlack) -> None:
    user = fresh.items("users.list", "members")[0]["id"]
    channel = fresh.channels()["help"]["id"]
    for method, arguments in (
        ("auth.test", {}),
        ("team.info", {}),
        ("users.list", {"limit": 200, "include_locale": "true"}),
        ("users.info", {"user": user}),
        ("conversations.list", {"limit": 200, "types": "public_channel"}),
        ("conversations.members", {"channel": channel, "limit": 200}),
    ):
        assert violations(check, fresh, method, **arguments) == [], method


def test_messages_agree(check: Any, fresh: PlainSlack) -> None:
    """Pages are made even: the specification forbids the empty ones, which are real."""
    fresh.running.set_limits(uneven_pages=False)
    for channel in [row for row in fresh.channels().values() if row["is_member"]]:
        call = {"channel": channel["id"], "limit": 999}
        assert violations(check, fresh, "conversations.history", **call) == []
        for row in fresh.items("conversations.history", "messages", **call)[:40]:
            if row.get("reply_count"):
                call["ts"] = row["ts"]
                assert violations(check, fresh, "conversations.replies", **call) == []


def test_refusals_agree(check: Any, fresh: PlainSlack) -> None:
    """The specification files them under `default`, though they come with status 200.

    It knows neither not_in_channel nor invalid_limit nor invalid_arguments, which today's Slack
    sends: those are not compared.
    """
    for arguments in ({"channel": "C0NOWHERE1"}, {"channel": "C0NOWHERE1", "oldest": "x"}):
        body = fresh.body("conversations.history", **arguments)
        found = check.response("GET", "/conversations.history", 0, "application/json", body)
        assert found == []
