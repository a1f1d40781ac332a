"""What a later sync of Slack finds, and what it does not ask for again."""

from pathlib import Path

import msgspec
import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from connectors.slack.history import ChannelCursor
from tests.support.installations import Installation
from tests.support.tiny.slack import DAY, NOW, TinySlack


@pytest.fixture
def place(tmp_path: Path, tiny: TinySlack, sandbox: Running) -> Installation:
    return Installation(tmp_path, sandbox)


def activities(place: Installation) -> list[str]:
    """The activities' ids without the channel's."""
    return [row[1].removeprefix("slack:C1:") for row in place.facts()["activities"]]


def test_syncs_day_by_day_come_to_what_a_fresh_one_finds(tmp_path: Path) -> None:
    with serve(make_world(members=150, days=60), Options(limits=False)) as sandbox:
        place, fresh = (
            Installation(tmp_path / "place", sandbox),
            Installation(tmp_path / "fresh", sandbox),
        )
        place.sync()
        for days in (1, 3, 4):
            sandbox.advance(days=days)
            assert place.sync().landed.new > 0
        fresh.sync()
    incremental, anew = place.facts(), fresh.facts()
    for table in ("accounts", "channels", "joins", "activities"):
        assert incremental[table] == anew[table], table
    assert ("slack", "deleted") in incremental["left_out"]


def test_a_late_reply_to_an_old_thread_is_found_by_the_weekly_rescan(
    place: Installation, tiny: TinySlack
) -> None:
    root = tiny.say(60)
    tiny.say(0.5)
    place.sync()
    late = tiny.answer(root, days_ago=-1)
    tiny.days = 2
    place.sync()
    assert late not in activities(place), "the window of 30 days ends before the thread's root"
    tiny.days = 7.5
    place.sync()
    assert late in activities(place)
    [warning] = place.warnings
    assert "1 channels were read from their beginning in 2 requests" in warning


def test_a_late_reply_within_the_window_is_found_at_once(
    place: Installation, tiny: TinySlack
) -> None:
    root = tiny.say(29)
    tiny.say(0.5)
    place.sync()
    late = tiny.answer(root, days_ago=-1)
    tiny.days = 2
    place.sync()
    assert late in activities(place)


def test_edits_reactions_and_deletions_within_the_window_show(
    place: Installation, tiny: TinySlack
) -> None:
    first, second = tiny.say(20), tiny.say(10)
    reply = tiny.answer(second, 1)
    place.sync()
    assert activities(place) == [first, second, reply]
    tiny.messages = [m for m in tiny.messages if m["ts"] != first]
    tiny.threads[second][0]["reactions"] = [{"name": "wave", "users": ["U1"], "count": 1}]
    tiny.days = 1
    synced = place.sync()
    assert activities(place) == [second, reply, f"{reply}:reaction:wave:U1"]
    assert (synced.landed.new, synced.landed.changed, synced.landed.gone) == (0, 1, 1)


def test_a_thread_that_loses_its_last_reply_loses_it_here(
    place: Installation, tiny: TinySlack
) -> None:
    root = tiny.say(10)
    tiny.answer(root, 9)
    place.sync()
    tiny.threads.clear()
    place.sync()
    assert activities(place) == [root]


def test_the_replies_of_a_root_that_vanished_are_gone(place: Installation, tiny: TinySlack) -> None:
    kept = tiny.say(11)
    tiny.answer(tiny.say(10), 9)
    place.sync()
    tiny.messages.pop()
    place.sync()
    assert activities(place) == [kept]


def test_a_thread_that_vanishes_after_history_showed_it_stops_nothing(
    place: Installation, tiny: TinySlack
) -> None:
    tiny.answer(tiny.say(10), 9)
    tiny.answer(tiny.say(5), 4)
    older = tiny.say(20)
    tiny.refusals["conversations.replies"] = ["thread_not_found"]
    place.sync()
    assert older in activities(place)
    assert place.facts()["activities"]


def test_tombstones_are_no_activity_but_their_replies_are(
    place: Installation, tiny: TinySlack
) -> None:
    root = tiny.say(10, user="USLACKBOT", subtype="tombstone")
    reply = tiny.answer(root, 9)
    place.sync()
    assert activities(place) == [reply]
    assert place.facts()["left_out"] == [("slack", "tombstone")]


def test_a_rejected_cursor_loses_nothing(place: Installation, tiny: TinySlack) -> None:
    said = sorted(tiny.say(days) for days in range(1, 12))
    replies = [tiny.answer(said[0], 0.5 - n / 100, user=f"U{n}") for n in range(8)]
    tiny.refusals["conversations.history"] = ["", "", "invalid_cursor", "", "invalid_cursor"]
    tiny.refusals["conversations.replies"] = ["", "invalid_cursor", "", "invalid_cursor"]
    place.sync()
    assert sorted(activities(place)) == sorted(said + replies)


def asked_for_history(tiny: TinySlack) -> list[dict[str, str]]:
    """The parameters of each call of conversations.history since the last call of this function."""
    asked = [params for path, params in tiny.asked if path == "conversations.history"]
    tiny.asked.clear()
    return asked


def test_a_second_sync_reads_the_window_alone(place: Installation, tiny: TinySlack) -> None:
    for days in range(100):
        tiny.say(days)
    place.sync()
    assert len(asked_for_history(tiny)) == 34, "three to a page"
    place.sync()
    assert len(asked_for_history(tiny)) == 11, "31 messages of 30 days"


def test_an_interrupted_backfill_goes_on_where_it_stopped(
    place: Installation, tiny: TinySlack
) -> None:
    said = sorted(tiny.say(days) for days in range(100))
    tiny.refusals["conversations.history"] = [""] * 20 + ["internal_error"]
    assert place.sync().unread_lists == ("#general",)
    assert len(activities(place)) == 60
    asked_for_history(tiny)
    place.sync()
    asked = asked_for_history(tiny)
    assert asked[0]["latest"] == said[-60], "from the last landed message on"
    assert len(asked) == 14 + 11, "the rest, and then the window"
    assert activities(place) == said


def test_the_names_in_stored_cursors_stay() -> None:
    """Warehouses hold them: another name would read a backfill from its beginning again."""
    stored = (
        '{"newest":"1.000100","walk":{"top":"3.000100","down_to":"2.000100","floor":"1.000000"},'
        '"full_at":5,"hidden_before":"1.000100"}'
    )
    assert msgspec.json.encode(msgspec.json.decode(stored, type=ChannelCursor)).decode() == stored


# A free plan hides what is older than 90 days.


def test_hidden_history_is_a_blind_spot_and_not_deleted(
    place: Installation, tiny: TinySlack
) -> None:
    said = sorted(tiny.say(days) for days in (89, 88, 60, 59, 58))
    tiny.hidden_days = 90
    place.sync()
    snapshot = place.publish()
    [spot] = snapshot.metric("blind_spots").to_pylist()
    assert "free plan" in spot["reason"]
    assert "export" in spot["advice"]
    [source] = snapshot.sources()
    assert source["covered_from"].timestamp() == pytest.approx(NOW - 89 * DAY, abs=DAY)
    for tiny.days in (3, 20, 70):
        place.sync()
    assert activities(place) == said, "everything is hidden by now, and nothing was deleted"
