"""The sandbox's Discord is as strict as the real one, and agrees with its specification."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from connectors.discord.sandbox.call import CONNECT, READ_MESSAGE_HISTORY, VIEW_CHANNEL
from connectors.http import Client
from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from tests.support.installations import Installation
from tests.support.plain.discord import GUILD, REACTORS, WITH_MESSAGES, PlainDiscord
from tests.support.specifications import spec_check

MEDIA = 16


@pytest.fixture(scope="module")
def discord() -> Iterator[PlainDiscord]:
    with serve(make_world(members=60, days=120), Options(limits=False)) as running:
        yield PlainDiscord(running)


@pytest.fixture
def fresh(sandbox: Running) -> PlainDiscord:
    return PlainDiscord(sandbox)


@pytest.fixture(scope="module")
def general(discord: PlainDiscord) -> str:
    return str(discord.channels()["general"]["id"])


def test_tokens_and_clients(fresh: PlainDiscord) -> None:
    assert PlainDiscord(fresh.running, "wrong").error("users/@me") == (401, 0)
    fresh.session.headers["User-Agent"] = "python-requests"
    assert fresh.error("users/@me") == (403, 40333)


INVALID_FORM = (400, 50035)


@pytest.mark.parametrize(
    ("path", "query", "error"),
    [
        ("nonsense", "", (404, 0)),
        ("guilds/5", "", (404, 10004)),
        ("channels/5/messages", "", (404, 10003)),
        ("channels/GENERAL/messages", "limit=0", INVALID_FORM),
        ("channels/GENERAL/messages", "limit=101", INVALID_FORM),
        ("channels/GENERAL/messages", "since=5", INVALID_FORM),
        ("channels/GENERAL/messages", "after=May", INVALID_FORM),
        ("channels/GENERAL/messages", "after=5&before=7", INVALID_FORM),
        ("channels/GENERAL/messages", "after=5&after=6", INVALID_FORM),
        ("channels/GENERAL/threads/archived/public", "limit=1", INVALID_FORM),
        ("channels/GENERAL/threads/archived/public", "before=5", INVALID_FORM),
        (f"{GUILD}/members", "limit=1001", INVALID_FORM),
        (f"{GUILD}/scheduled-events/5/users", "", (404, 10070)),
    ],
)
def test_wrong_calls_get_discords_errors(
    discord: PlainDiscord, general: str, path: str, query: str, error: tuple[int, int]
) -> None:
    assert discord.error(f"{path.replace('GENERAL', general)}?{query}") == error


def test_pages_are_newest_first_in_every_direction(discord: PlainDiscord, general: str) -> None:
    path = f"channels/{general}/messages"
    ids = [int(row["id"]) for row in discord.everything(general)]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) > 200

    def page(**arguments: Any) -> list[int]:
        return [int(row["id"]) for row in discord.body(path, **arguments)]

    assert page() == ids[:50]
    assert page(after=0, limit=10) == ids[-10:]
    assert page(after=ids[100], limit=10) == ids[90:100]
    assert page(before=ids[100], limit=10) == ids[101:111]
    assert ids[100] in page(around=ids[100], limit=11)


def test_members_come_one_by_default_and_by_id(discord: PlainDiscord) -> None:
    assert len(discord.body(f"{GUILD}/members")) == 1
    everybody = discord.body(f"{GUILD}/members", limit=1000)
    ids = [int(row["user"]["id"]) for row in everybody]
    assert ids == sorted(ids)
    assert len({len(str(one)) for one in ids}) > 1, "ids differ in length"
    assert discord.body(f"{GUILD}/members", limit=5, after=ids[9]) == everybody[10:15]


def test_a_forum_holds_only_threads(discord: PlainDiscord) -> None:
    forum = discord.channels()["help"]
    assert discord.error(f"channels/{forum['id']}/messages") == (400, 50024)
    posts = discord.archived(forum["id"], limit=7)
    assert len({post["id"] for post in posts}) == len(posts) > 20
    opened = [discord.everything(post["id"]) for post in posts[:20]]
    assert any(messages and messages[-1]["id"] == post["id"]
               for messages, post in zip(opened, posts, strict=False))  # fmt: skip


def test_permissions_and_intents(fresh: PlainDiscord) -> None:
    channels = fresh.channels()
    founders, organisers = channels["founders-corner"]["id"], channels["organisers"]["id"]
    assert fresh.body(f"channels/{founders}/messages") == [], "no history is no error"
    assert fresh.error(f"channels/{organisers}/messages") == (403, 50001)
    fresh.change_bot(permissions=VIEW_CHANNEL | READ_MESSAGE_HISTORY)
    assert fresh.error(f"channels/{channels['meetups']['id']}/messages") == (403, 50001)
    fresh.change_bot(permissions=VIEW_CHANNEL | CONNECT)
    assert fresh.body(f"channels/{channels['general']['id']}/messages") == []
    fresh.change_bot(intents=[], permissions=VIEW_CHANNEL | READ_MESSAGE_HISTORY)
    assert fresh.error(f"{GUILD}/members", limit=1000) == (403, 50001)
    said = fresh.body(f"channels/{channels['general']['id']}/messages", limit=100)
    assert {row["content"] for row in said} == {""}


def test_limits_come_in_buckets(fresh: PlainDiscord) -> None:
    fresh.running.set_limits(limits=True)
    channels = list(fresh.channels().values())
    path = f"channels/{channels[0]['id']}/messages"
    responses = [fresh.get(path, limit=1) for _ in range(6)]
    assert [r.status_code for r in responses] == [200] * 5 + [429]
    assert [r.headers["X-RateLimit-Remaining"] for r in responses] == [*"43210", "0"]
    last = responses[-1]
    assert 0 < last.json()["retry_after"] <= 5
    assert (last.json()["global"], last.headers["X-RateLimit-Scope"]) == (False, "user")
    other = fresh.get(f"channels/{channels[1]['id']}/messages", limit=1)
    assert other.status_code == 200, "another channel has a bucket of its own"
    assert other.headers["X-RateLimit-Bucket"] == last.headers["X-RateLimit-Bucket"]
    fresh.running.advance(seconds=last.json()["retry_after"])
    assert fresh.get(path, limit=1).status_code == 200


def test_a_ban_comes_from_cloudflare(fresh: PlainDiscord) -> None:
    fresh.change_bot(bans=1)
    banned = fresh.get("users/@me")
    assert (banned.status_code, "Via" in banned.headers) == (429, False)
    assert banned.text.startswith("<!DOCTYPE")
    assert fresh.get("users/@me").headers["Via"]


def test_events_are_listed_until_they_are_over(fresh: PlainDiscord) -> None:
    path = f"{GUILD}/scheduled-events"
    first = min(fresh.body(path, with_user_count="true"), key=lambda e: e["scheduled_start_time"])
    users = fresh.body(f"{path}/{first['id']}/users", limit=100)
    assert len(users) == min(100, first["user_count"]) > 0
    fresh.running.advance(days=30)
    assert first["id"] not in {event["id"] for event in fresh.body(path)}
    assert fresh.error(f"{path}/{first['id']}/users") == (404, 10070)


# Requests and responses agree with Discord's own specification.


@pytest.fixture(scope="module")
def check() -> Any:
    return spec_check("discord/discord.v10.harness.json")


def violations(check: Any, discord: PlainDiscord, path: str, **arguments: Any) -> list[str]:
    """Return what breaks the specification, which lacks media channels."""
    response = discord.get(path, **arguments)
    url = response.url.replace(discord.running.discord_url, "https://discord.com/api/v10")
    body = response.json()
    if path.endswith("/channels"):
        body = [row for row in body if row["type"] != MEDIA]
    found: list[str] = check.request("GET", url)
    return found + check.response("GET", url, response.status_code, "application/json", body)


def test_responses_agree(check: Any, discord: PlainDiscord) -> None:
    channels, me = discord.channels(), discord.body("users/@me")["id"]
    calls: list[tuple[str, dict[str, Any]]] = [
        ("users/@me", {}),
        ("applications/@me", {}),
        (GUILD, {"with_counts": "true"}),
        (f"{GUILD}/channels", {}),
        (f"{GUILD}/members", {"limit": 1000, "after": "0"}),
        (f"{GUILD}/members/{me}", {}),
        (f"{GUILD}/threads/active", {}),
        (f"{GUILD}/scheduled-events", {"with_user_count": "true"}),
        (f"channels/{channels['help']['id']}/threads/archived/public", {"limit": 100}),
        ("channels/5/messages", {}),
    ]
    for event in discord.body(f"{GUILD}/scheduled-events"):
        calls.append((f"{GUILD}/scheduled-events/{event['id']}/users", {"limit": 100}))
    for path, arguments in calls:
        assert violations(check, discord, path, **arguments) == [], path


def test_messages_agree(check: Any, discord: PlainDiscord) -> None:
    channels = [c["id"] for c in discord.channels().values() if c["type"] in WITH_MESSAGES]
    channels += [thread["id"] for thread in discord.threads()[:60]]
    for channel in channels:
        path = f"channels/{channel}/messages"
        if discord.get(path).status_code == 200:
            assert violations(check, discord, path, limit=100, after="0") == []


def test_the_connectors_requests_agree(
    check: Any, fresh: PlainDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[str] = []
    send = Client._send

    def noted(client: Client, call: Any) -> requests.Response:
        urls.append(f"https://discord.com/api/v10/{call.path}?{urlencode(call.params)}")
        return send(client, call)

    monkeypatch.setattr(Client, "_send", noted)
    Installation(tmp_path, fresh.running, kind="discord", keys=REACTORS).sync()
    assert len(urls) > 100
    assert [found for url in urls for found in check.request("GET", url)] == []


def test_limits_agree(check: Any, fresh: PlainDiscord) -> None:
    fresh.running.set_limits(limits=True)
    path = f"channels/{fresh.channels()['general']['id']}/messages"
    for _ in range(6):
        assert violations(check, fresh, path, limit=1) == []
