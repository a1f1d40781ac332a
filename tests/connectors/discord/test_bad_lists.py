"""Every list of Discord against every way in which a list can be bad.

Nothing that exists is gone afterwards, the other lists are whole, what is missing is named, and
the next sync reads it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.installations import Installation
from tests.support.samples import pairs
from tests.support.tiny.discord import (
    KEYS,
    SERVER,
    Fault,
    Row,
    TinyDiscord,
    member,
    message,
    moment,
    thread,
)

EVENT, POST = "900", "500"
# By list: the path by which it is asked for, the stream of its records, and how it is called.
LISTS = {
    "members": (f"guilds/{SERVER}/members", "members", "members"),
    "messages": ("channels/10/messages", "messages", "#general"),
    "messages of a thread": (f"channels/{POST}/messages", "thread_messages", POST),
    "archived threads": ("channels/10/threads/archived/public", "threads", "#general"),
    "active threads": (f"guilds/{SERVER}/threads/active", "threads", "active threads"),
    "events": (f"guilds/{SERVER}/scheduled-events", "events", "scheduled events"),
    "interested": (f"guilds/{SERVER}/scheduled-events/{EVENT}/users", "interested", EVENT),
}
WITHOUT_PAGES = ("active threads", "events")


def a_row_twice_and_another_missing(number: int, rows: list[Row]) -> list[Row]:
    return [rows[1], *rows[1:]] if len(rows) > 1 else rows


def the_first_page_again_and_again() -> Fault:
    first: list[Row] = []

    def fault(number: int, rows: list[Row]) -> list[Row]:
        first.extend([] if first else rows)
        return list(first)

    return fault


def always_the_same_last_row() -> Fault:
    last: list[Row] = []

    def fault(number: int, rows: list[Row]) -> list[Row]:
        last.extend([] if last else rows[-1:])
        return [*rows[:-1], *last]

    return fault


def an_error_in_the_middle(number: int, rows: list[Row]) -> list[Row] | int:
    return rows if number == 0 else 500


def an_error_at_once(number: int, rows: list[Row]) -> int:
    return 500


def an_end_that_comes_too_early(number: int, rows: list[Row]) -> list[Row]:
    return rows[:60] if number == 0 else []


FAULTS: dict[str, Callable[[], Fault]] = {
    "a row twice and another missing": lambda: a_row_twice_and_another_missing,
    "the same page again": the_first_page_again_and_again,
    "the same cursor for ever": always_the_same_last_row,
    "an error in the middle": lambda: an_error_in_the_middle,
    "an error at once": lambda: an_error_at_once,
    "an end that comes too early": lambda: an_end_that_comes_too_early,
}
# What no client can see: a list without pages has no second one, and Discord counts no threads.
UNSEEN = {
    *((name, fault) for name in WITHOUT_PAGES for fault in FAULTS if fault.startswith("the same")),
    *((name, "an error in the middle") for name in WITHOUT_PAGES),
    *((name, "an end that comes too early") for name in (*WITHOUT_PAGES, "archived threads")),
    ("events", "a row twice and another missing"),
}
CASES = [(name, fault) for name in LISTS for fault in FAULTS if (name, fault) not in UNSEEN]


def full_of_pages() -> TinyDiscord:
    """Every list has several pages, where it has pages."""
    tiny = TinyDiscord()
    tiny.members = [member(n) for n in range(21, 1121)]
    tiny.messages["10"] = [message(9000 - n) for n in range(250)]
    tiny.messages[POST] = [message(5000 - n) for n in range(250)]
    tiny.active = [thread(int(POST), "10"), *(thread(n, "10") for n in (501, 502))]
    tiny.archived["10"] = [thread(n, "10", archived=n) for n in range(600, 705)]
    tiny.messages |= {row["id"]: [] for row in (*tiny.active[1:], *tiny.archived["10"])}
    started = {"scheduled_start_time": moment(-9000), "entity_type": 2, "status": 1}
    tiny.events = [{"id": e, "name": "Talk", "user_count": 250} | started for e in (EVENT, "901")]
    people = [{"guild_scheduled_event_id": EVENT, "user_id": str(n)} for n in range(21, 271)]
    tiny.interested = {
        EVENT: people,
        "901": [row | {"guild_scheduled_event_id": "901"} for row in people],
    }
    tiny.stated_members = len(tiny.members)
    return tiny


def something_new(tiny: TinyDiscord) -> None:
    """In every list that can be broken, one more at its end, and one more before that."""
    tiny.members += [member(3000), member(3001)]
    tiny.stated_members = len(tiny.members)
    tiny.messages["10"] += [message(20), message(10)]
    tiny.messages[POST] += [message(21), message(11)]
    tiny.archived["10"] += [thread(n, "10", archived=n - 703) for n in (851, 852)]
    tiny.active += [thread(503, "10")]
    tiny.messages |= {"851": [], "852": [], "503": []}
    for event, people in tiny.interested.items():
        people += [{"guild_scheduled_event_id": event, "user_id": str(n)} for n in (3000, 3001)]
    for event in tiny.events:
        event["user_count"] = 252


def synced(tiny: TinyDiscord, place: Installation, *, full: bool = False) -> list[str]:
    """Sync, and return what was named as not read or not seen."""
    with tiny.served():
        place.sync(full=full)
    [(spots,)] = place.rows("select blind_spots from raw.runs order by finished_at desc limit 1")
    return [spot["what"] for spot in spots]


def by_stream(rows: list[tuple[Any, ...]], *, without: str = "") -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for _, stream, partition, key, payload, is_gone in rows:
        if stream != without:
            found.setdefault(stream, []).append((partition, key, payload, is_gone))
    return found


def place_at(folder: Path) -> Installation:
    return Installation(folder, kind="discord", keys=KEYS)


@pytest.fixture(scope="module")
def synced_before(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    place = place_at(tmp_path_factory.mktemp("before"))
    assert synced(full_of_pages(), place) == []
    return place


@pytest.fixture(scope="module")
def before(synced_before: Installation) -> set[tuple[Any, ...]]:
    return {row[:4] for row in synced_before.raw()}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    """What is landed where there never was a fault, nor what was before the news."""
    place, tiny = place_at(tmp_path_factory.mktemp("fresh")), full_of_pages()
    something_new(tiny)
    assert synced(tiny, place) == []
    return place.raw()


@pytest.mark.parametrize(("case", "full"), pairs(CASES, [False, True]))
def test_a_bad_list(
    tmp_path: Path, synced_before: Installation, before: set[tuple[Any, ...]],
    fresh: list[tuple[Any, ...]], case: tuple[str, str], full: bool,
) -> None:  # fmt: skip
    name, fault = case
    path, stream, called = LISTS[name]
    place, tiny = place_at(tmp_path), full_of_pages()
    place.goes_on_from(synced_before)
    something_new(tiny)

    tiny.faults[path] = FAULTS[fault]()
    named = synced(tiny, place, full=full)
    assert place.counts(gone=True) == {}
    landed = place.raw()
    assert before <= {row[:4] for row in landed}
    affected = {"threads": ("threads", "thread_messages"), "events": ("interested",)}.get(
        stream, ()
    )
    whole, found = by_stream(fresh, without=stream), by_stream(landed, without=stream)
    assert {s: found[s] for s in whole if s not in (*affected, "authors")} == {
        s: rows for s, rows in whole.items() if s not in (*affected, "authors")
    }
    if by_stream(landed)[stream] != by_stream(fresh)[stream]:
        assert any(called in what for what in named), named

    tiny.faults.clear()
    assert synced(tiny, place, full=full) == []
    assert place.raw() == fresh
