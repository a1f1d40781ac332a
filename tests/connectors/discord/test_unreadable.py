"""One thing that Discord does not give leaves its neighbours be, and is named."""

from pathlib import Path
from typing import Any

import pytest

from connectors.base import Retryable, SourceError
from connectors.discord.lists import MOST_FAILURES_IN_A_ROW
from tests.support.installations import Installation
from tests.support.samples import pairs
from tests.support.tiny.discord import KEYS, TinyDiscord, message, moment, snowflake, thread

HTML = "<!DOCTYPE html><title>Bad gateway</title>"
DEEP = '{"x": ' + "[" * 9000 + "]" * 9000 + "}"
FORBIDDEN = (403, '{"code": 50001, "message": "Missing Access"}')
UNKNOWN_CHANNEL = (404, '{"code": 10003, "message": "Unknown Channel"}')
PEOPLE = "select kind, count(*)::int from facts.activities group by kind order by kind"


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITALS_TEST_TOKEN", "made-up")


@pytest.fixture
def tiny() -> TinyDiscord:
    tiny = TinyDiscord()
    tiny.channels += [{"id": "11", "type": 0, "name": "help"}]
    tiny.active = [thread(n, "10") for n in (500, 501)]
    tiny.messages = {
        key: [message(minutes), message(minutes - 1)]
        for key, minutes in {"10": 100, "11": 200, "500": 300, "501": 400}.items()
    }
    return tiny


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "place", kind="discord", keys=KEYS)


def sync(tiny: TinyDiscord, place: Installation, *, full: bool = False) -> tuple[str, ...]:
    """Sync, and return the lists that failed."""
    with tiny.served():
        return place.sync(full=full).unread_lists


def blind(place: Installation) -> list[str]:
    [(spots,)] = place.rows("select blind_spots from raw.runs order by finished_at desc limit 1")
    return [spot["what"] for spot in spots]


def written(place: Installation) -> int:
    [(count,)] = place.rows("select count(*) from raw.records where stream like '%messages'")
    return int(count)


CHANNEL, THREAD = ("11", "#help"), ("501", "the thread 501 in #general")
ANSWERS = [
    ((500, HTML), True),
    ((500, "{}"), True),
    ((200, HTML), True),
    ((200, '{"messages": []}'), True),
    ((200, "null"), True),
    ((200, f"[{DEEP}]"), True),
    ((403, DEEP), True),
    ((400, HTML), True),
    ((403, HTML), True),
    ((400, '{"code": 50024}'), False),
    (FORBIDDEN, False),
    (UNKNOWN_CHANNEL, False),
]


@pytest.mark.parametrize(("answer", "listed"), pairs(ANSWERS, [CHANNEL, THREAD]))
def test_a_channel_or_a_thread_that_cannot_be_read(
    tiny: TinyDiscord,
    place: Installation,
    answer: tuple[tuple[int, str], bool],
    listed: tuple[str, str],
) -> None:
    (given, fails), (what, called) = answer, listed
    tiny.statuses = {f"channels/{what}/messages": given}
    assert sync(tiny, place) == ((called,) if fails else ())
    assert blind(place) == [called]
    assert written(place) == 6
    tiny.statuses = {}
    assert sync(tiny, place, full=not fails) == ()
    assert written(place) == 8, "the cursor stayed"


def test_where_discord_is_down_the_source_is(tiny: TinyDiscord, place: Installation) -> None:
    tiny.statuses = {"channels/11/messages": (500, HTML), "users/@me": (200, '{"id": "1"}')}
    assert sync(tiny, place) == ("#help",)
    tiny.statuses = {".*": (500, HTML)}
    with pytest.raises(SourceError):
        sync(tiny, place)


@pytest.mark.parametrize(
    "answer", [(400, '{"code": 10014}'), (404, '{"code": 10014}'), (500, HTML)]
)
def test_a_reaction_whose_people_are_unknown(
    tmp_path: Path, tiny: TinyDiscord, answer: tuple[int, str]
) -> None:
    place = Installation(tmp_path / "place", kind="discord", keys=[*KEYS, "reactors = true"])
    wave, odd = ({"emoji": {"id": None, "name": name}, "count": 2} for name in ("wave", "odd"))
    tiny.messages["10"] = [message(9, reactions=[wave]), message(8, reactions=[wave, odd])]
    tiny.reactors = [{"id": "21"}, {"id": "22"}]
    assert sync(tiny, place) == ()
    known = place.facts()["activities"]
    assert place.facts_of(PEOPLE) == [("message", 6), ("reaction", 6), ("reply", 2)]

    tiny.statuses = {".*/reactions/odd": answer}
    assert sync(tiny, place, full=True) == ()
    assert blind(place) == ["who gave some reactions"]
    assert place.facts()["activities"] == known, "who is known to have reacted stays known"

    fresh = Installation(tmp_path / "fresh", kind="discord", keys=[*KEYS, "reactors = true"])
    assert sync(tiny, fresh) == ()
    assert fresh.facts_of(PEOPLE) == [("message", 6), ("reaction", 4), ("reply", 2)]


def test_a_message_that_is_hidden_is_not_deleted(tiny: TinyDiscord, place: Installation) -> None:
    sync(tiny, place)
    kept = tiny.messages["10"]
    tiny.messages["10"] = []
    tiny.statuses = {r"channels/10/messages/\d+": FORBIDDEN}
    assert sync(tiny, place) == ()
    assert "messages" not in place.counts(gone=True)
    assert blind(place) == ["#general"]
    tiny.statuses, tiny.messages["10"] = {}, kept[:1]
    assert sync(tiny, place) == ()
    assert place.counts(gone=True) == {"messages": 1}, "Discord says that it has no such message"


def test_an_event_that_is_hidden_is_not_cancelled(tiny: TinyDiscord, place: Installation) -> None:
    event = {"id": "900", "name": "Talk", "scheduled_start_time": moment(-9000), "status": 1}
    tiny.events, tiny.interested = [event], {"900": []}
    sync(tiny, place)
    tiny.events, tiny.statuses = [], {".*/scheduled-events/900": FORBIDDEN}
    for _ in range(2):
        assert sync(tiny, place) == ()
        assert place.facts_of("select status from facts.events") == [("planned",)]
    tiny.statuses = {}
    sync(tiny, place)
    assert place.facts_of("select status from facts.events") == [("cancelled",)]


@pytest.mark.parametrize("stated", [None, "1", snowflake(9 * 24 * 60)])
def test_a_channel_is_read_whatever_its_last_message_is_said_to_be(
    tiny: TinyDiscord, place: Installation, stated: str | None
) -> None:
    old = 20 * 24 * 60
    tiny.messages["10"] = [message(old)]
    tiny.channels[0]["last_message_id"] = tiny.messages["10"][0]["id"]
    sync(tiny, place)
    tiny.messages["10"] += [message(old - 60)]
    tiny.channels[0]["last_message_id"] = stated
    sync(tiny, place)
    assert place.counts()["messages"] == 4


def test_a_thread_with_a_row_twice_keeps_its_root(tiny: TinyDiscord, place: Installation) -> None:
    tiny.active = [thread(500, "10")]
    tiny.messages["500"] = [message(900 - n) for n in range(150)]
    tiny.faults["channels/500/messages"] = lambda number, rows: [*rows[:-1], rows[-2]]
    assert sync(tiny, place) == ("the thread 500 in #general",)
    roots = "select distinct parent_id from facts.activities where kind = 'reply'"
    assert place.facts_of(roots) == [(f"discord:{tiny.messages['500'][0]['id']}",)]


def test_a_thread_archived_in_the_future_hides_none(tiny: TinyDiscord, place: Installation) -> None:
    tiny.archived["10"] = [thread(600, "10", archived=-9000)]
    tiny.messages["600"] = []
    sync(tiny, place)
    tiny.archived["10"] += [thread(601, "10", archived=-1)]
    tiny.messages["601"] = [message(5)]
    sync(tiny, place)
    assert written(place) == 9


def test_a_thread_that_was_reopened_meanwhile_is_not_gone(
    tiny: TinyDiscord, place: Installation
) -> None:
    tiny.archived["10"], tiny.messages["600"] = [thread(600, "10", archived=90)], [message(95)]
    sync(tiny, place)
    tiny.archived["10"] = []
    reopened, no_thread = thread(600, "10"), {"id": None}
    path = "guilds/7/threads/active"
    tiny.faults[path] = lambda number, rows: [*rows, no_thread] if number else rows
    assert sync(tiny, place, full=True) == ("#general",)
    tiny.faults[path] = lambda number, rows: [*rows, reopened] if number else rows
    assert sync(tiny, place, full=True) == ()
    assert place.counts(gone=True) == {}


def test_odd_rows_of_the_api(tiny: TinyDiscord, place: Installation) -> None:
    odd: list[dict[str, Any]] = [
        {"reactions": None, "message_reference": None, "author": {"id": 31, "username": None}},
        {"type": "0", "author": {"id": "32", "username": "\ud83d half", "bot": None}},
        {"reactions": [None, {"emoji": None}, {"emoji": {"name": "x"}, "count": 10**30}]},
        {"timestamp": "yesterday"},
        {"timestamp": None},
        {"id": None},
        {"id": "9" * 50},
    ]
    tiny.messages["10"] = [message(60 - n) | row for n, row in enumerate(odd[:5])]
    broken = [message(50) | row for row in odd[5:]]
    tiny.faults["channels/10/messages"] = lambda number, rows: [*rows, *broken]
    assert sync(tiny, place) == ()
    assert blind(place) == ["channels/10/messages"]
    assert place.facts_of("select count(*)::int from facts.activities") == [(9,)]
    left_out = place.facts_of("select reason, count(*)::int from facts.left_out group by all")
    assert dict(left_out)["no timestamp"] == 2


def test_members_who_never_joined_are_listed(tiny: TinyDiscord, place: Installation) -> None:
    """github.com/Rapptz/discord.py, issue 1638: who looks in or is a guest has no joined_at."""
    tiny.members += [{"user": {"id": "23", "username": ""}, "joined_at": None, "roles": None}]
    assert sync(tiny, place) == ()
    unknown = "select handle from facts.accounts where is_listed and stated_joined_at is null"
    assert place.facts_of(unknown) == [("23",)]


def test_emoji_without_id_and_name(tiny: TinyDiscord, place: Installation) -> None:
    """github.com/Tyrrrz/DiscordChatExporter, issues 747 and 767: null and empty names."""
    emoji = [{"id": None, "name": None}, {"id": "", "name": ""}, {"id": 5, "name": "x"}]
    reactions = [{"emoji": one, "count": 1} for one in emoji]
    tiny.messages["10"] = [message(9, reactions=reactions)]
    assert sync(tiny, place) == ()
    assert place.facts_of("select sum(amount)::int from facts.unnamed_activities") == [(3,)]


def test_two_channels_of_one_name(tiny: TinyDiscord, place: Installation) -> None:
    tiny.channels = [
        {"id": "1", "type": 4, "name": "Voice"},
        {"id": "2", "type": 4, "name": "Text"},
        {"id": "10", "type": 2, "name": "general", "parent_id": "1"},
        {"id": "11", "type": 0, "name": "general", "parent_id": "2"},
    ]
    tiny.statuses = {"channels/11/messages": FORBIDDEN}
    tiny.channels[2]["permission_overwrites"] = [{"id": "7", "allow": str(1 << 20), "deny": "0"}]
    sync(tiny, place)
    assert blind(place) == ["#general (Text)"]
    places = place.facts_of("select name, place from facts.channels order by all")
    assert places == [("general", "Text"), ("general", "Voice")]


def test_after_five_failures_in_a_row_no_more_is_asked(
    tiny: TinyDiscord, place: Installation
) -> None:
    tiny.channels = [{"id": str(n), "type": 0, "name": f"c{n}"} for n in range(10, 30)]
    tiny.statuses = {"channels/.*": (500, "{}")}
    with tiny.served(), pytest.raises(Retryable, match="the platform has a fault"):
        place.sync()
    failed = {path for path in tiny.asked if path.startswith("channels/")}
    assert len(failed) == MOST_FAILURES_IN_A_ROW
