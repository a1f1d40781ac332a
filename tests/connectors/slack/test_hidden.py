"""What Slack does not show is not deleted: hidden threads, people who were only invited."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from connectors.base import SourceError
from connectors.sandbox.server import Running
from tests.support.hand_made.slack import ADA, GENERAL, write_folder
from tests.support.installations import Installation
from tests.support.tiny.slack import NOW, TinySlack, ts

ROOT, FIRST, SECOND, BROADCAST = ts(120), ts(119.5), ts(119), ts(5)


@pytest.fixture
def place(tmp_path: Path, tiny: TinySlack, sandbox: Running) -> Installation:
    return Installation(tmp_path / "place", sandbox)


def answering(tiny: TinySlack, method: str, body: dict[str, Any]) -> Any:
    """Let Slack answer one method so."""
    plain = tiny._body
    return patch.object(
        tiny, "_body", lambda path, params: body if path == method else plain(path, params)
    )


def living(place: Installation) -> list[str]:
    query = (
        "select key from raw.records where gone_at is null and stream in ('messages', 'replies')"
    )
    return sorted(key for (key,) in place.rows(query))


def import_history(place: Installation) -> None:
    """An export of before the free plan's 90 days: a root and two replies."""
    rows = [
        {"ts": ROOT, "user": "U1", "thread_ts": ROOT, "reply_count": 2, "latest_reply": SECOND},
        {"ts": FIRST, "user": "U2", "thread_ts": ROOT},
        {"ts": SECOND, "user": "U2", "thread_ts": ROOT},
    ]
    files = {"users.json": [ADA], "channels.json": [GENERAL], "general/2026-01-28.json": rows}
    place.import_export(write_folder(place.folder / "export", files))


@pytest.mark.parametrize("is_imported", [True, False])
@pytest.mark.parametrize("shown", ["nothing", "the broadcast", "a shorter thread"])
def test_a_thread_whose_root_is_hidden_keeps_its_replies(
    place: Installation, tiny: TinySlack, is_imported: bool, shown: str
) -> None:
    if is_imported:
        import_history(place)
    else:
        tiny.say(120)
        tiny.answer(ROOT, 119.5)
        tiny.answer(ROOT, 119)
        place.sync()
    tiny.messages.clear()
    tiny.threads.clear()
    tiny.say(5, thread_ts=ROOT, subtype="thread_broadcast")
    visible = [{"ts": BROADCAST, "user": "U1", "thread_ts": ROOT, "subtype": "thread_broadcast"}]
    if shown == "a shorter thread":
        visible.insert(0, {"ts": ROOT, "user": "U1", "reply_count": 3, "latest_reply": BROADCAST})
    body = {"messages": visible}
    if shown == "nothing":
        body = {"ok": False, "error": "thread_not_found"}
    with answering(tiny, "conversations.replies", body):
        for full in (False, True, False):
            assert place.sync(full=full).unread_lists == ()
    assert living(place) == [ROOT, FIRST, SECOND, BROADCAST]


def test_a_young_thread_that_slack_no_longer_finds_is_gone(
    place: Installation, tiny: TinySlack
) -> None:
    root = tiny.say(10)
    gone = tiny.answer(root, 9)
    place.sync()
    tiny.messages.clear()
    broadcast = tiny.say(5, thread_ts=root, subtype="thread_broadcast")
    place.sync()
    assert broadcast in living(place)
    assert gone not in living(place)


def test_who_was_only_invited_is_a_member_from_the_first_sign_in_on(
    place: Installation, tiny: TinySlack
) -> None:
    ada, bo = {"id": "U1", "name": "ada"}, {"id": "U2", "name": "bo"}
    with answering(tiny, "users.list", {"members": [ada, bo | {"is_invited_user": True}]}):
        place.sync()
    assert [account[1] for account in place.facts()["accounts"]] == ["slack:U1"]
    tiny.days = 3
    place.sync()
    found = place.facts_of(
        "select epoch_us(first_seen_at) // 1_000_000 from facts.accounts order by account_id"
    )
    assert [at for (at,) in found] == [NOW, NOW + 3 * 86_400]


def test_an_address_counts_as_slack_shows_it_now(place: Installation, tiny: TinySlack) -> None:
    found = []
    for address in ("ada@first.invalid", "ada@second.invalid", "ADA@second.invalid"):
        ada = {"id": "U1", "name": "ada", "profile": {"email": address}}
        with answering(tiny, "users.list", {"members": [ada]}):
            place.sync()
        found.append(place.facts_of("select value from facts.clues"))
    assert [len(clues) for clues in found] == [1, 1, 1]
    assert found[0] != found[1] == found[2]


def test_a_field_of_an_unknown_shape_costs_one_row_at_most(
    place: Installation, tiny: TinySlack
) -> None:
    rows: list[Any] = [
        {"ts": ts(1), "user": "U1", "reply_count": "x", "reactions": None},
        {"ts": float(ts(2)), "user": 5, "room": []},
        None,
        {"user": "U1"},
        {"ts": ts(3), "user": "U1", "subtype": {}, "reactions": [None, {"name": "wave"}]},
        {"ts": "yesterday", "user": "U1"},
    ]
    with answering(tiny, "conversations.history", {"messages": rows}):
        assert place.sync().unread_lists == ()
    assert living(place) == sorted([ts(1), ts(2), ts(3)])
    [spot] = place.publish().metric("blind_spots").to_pylist()
    assert spot["what"] == "slack, conversations.history, C1: 3 rows left out"


@pytest.mark.parametrize("latest", [{}, {"latest_reply": None}, {"latest_reply": "yesterday"}])
def test_a_root_that_does_not_tell_its_newest_reply(
    place: Installation, tiny: TinySlack, latest: dict[str, Any]
) -> None:
    root = {"ts": ts(3), "user": "U1", "reply_count": 1} | latest
    tiny.say(3)
    reply = tiny.answer(ts(3), 2)
    with answering(tiny, "conversations.history", {"messages": [root]}):
        assert place.sync().unread_lists == ()
    assert living(place) == [ts(3), reply]


def test_a_row_of_a_known_shape_without_an_id_is_named(
    place: Installation, tiny: TinySlack
) -> None:
    rows = [{"ts": ts(1), "user": "U1"}, {"ts": "yesterday", "user": "U1"}]
    with answering(tiny, "conversations.history", {"messages": rows}):
        assert place.sync().unread_lists == ()
    [spot] = place.publish().metric("blind_spots").to_pylist()
    assert spot["what"] == "slack, conversations.history, C1: 1 rows left out"


@pytest.mark.parametrize("is_every_thread_bad", [False, True])
def test_threads_that_fail_between_others_are_not_all_of_slack(
    place: Installation, tiny: TinySlack, is_every_thread_bad: bool
) -> None:
    roots = [tiny.say(days) for days in range(3, 21)]
    for root in roots:
        tiny.answer(root, 2)
    bad = roots if is_every_thread_bad else roots[::2]
    plain = tiny._body

    def body(path: str, params: dict[str, str]) -> dict[str, Any]:
        is_bad = path == "conversations.replies" and params["ts"] in bad
        return {"ok": False, "error": "never_seen_before"} if is_bad else plain(path, params)

    with patch.object(tiny, "_body", body):
        if is_every_thread_bad:
            with pytest.raises(SourceError, match="never_seen_before"):
                place.sync()
            return
        assert len(place.sync().unread_lists) == len(bad)
    assert set(roots) < set(living(place))
