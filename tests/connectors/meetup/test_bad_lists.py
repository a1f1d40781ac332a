"""Every list of Meetup in every way in which a list can be wrong: nothing has gone by it.

First all is read; then one list is bad for a sync, after a week in which a member joined; then it
is sound again.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.meetup import queries
from tests.support.installations.meetup import MeetupInstallation
from tests.support.samples import pairs
from tests.support.tiny.meetup import TinyMeetup, event, group, member, rsvp

Json = dict[str, Any]
PAGE = 3
SHORT = 2  # lists of the first group are longer, those of the others are not

# A list: the query that gives its pages, where they are in the response, and its name.
LISTS = {
    "members": ("Members", ("groupByUrlname", "members"), "members"),
    "events": ("Events", ("groupByUrlname", "events"), "events"),
    "recent events": ("Events", ("groupByUrlname", "events"), "events"),
    "RSVPs": ("Answers", ("event", "rsvps"), "RSVPs"),
    "groups": ("Network", ("proNetwork", "groupsSearch"), "groups"),
}


def doubled(page: Json) -> None:
    """The first row comes twice, the last one not at all."""
    page["edges"][-1:] = page["edges"][:1] if len(page["edges"]) > 1 else []


def same_page(page: Json) -> None:
    """There are more pages, and each has the same rows."""
    page["edges"] = page["edges"][:1]
    page["pageInfo"] = {"hasNextPage": True, "endCursor": f"next {id(page)}"}


def same_cursor(page: Json) -> None:
    """The next page begins where this one does, for ever."""
    page["edges"] = page["edges"][:1]
    page["pageInfo"] = {"hasNextPage": True, "endCursor": "same"}


def no_cursor(page: Json) -> None:
    """There are more pages, and no cursor for them."""
    page["edges"] = page["edges"][:1]
    page["pageInfo"] = {"hasNextPage": True, "endCursor": None}


def early_end(page: Json) -> None:
    """The last page comes before the end."""
    page["edges"] = page["edges"][:1]
    page["pageInfo"] = {"hasNextPage": False, "endCursor": None}


def empty_page(page: Json) -> None:
    """There are more pages, and this one has nothing."""
    page["edges"] = []
    page["pageInfo"] = {"hasNextPage": True, "endCursor": "more"}


FAULTS = (doubled, same_page, same_cursor, no_cursor, early_end, empty_page)


@pytest.fixture
def place(tmp_path: Path, tiny: TinyMeetup, monkeypatch: pytest.MonkeyPatch) -> MeetupInstallation:
    """A network of a few groups, whose lists have several pages."""
    for name in ("MEMBERS_PER_PAGE", "EVENTS_PER_PAGE", "RSVPS_PER_PAGE"):
        monkeypatch.setattr(queries, name, PAGE)
    tiny.network = "data-africa"
    lagos = tiny.groups["lagos-data"]
    lagos["members"] += [member(n, f"2025-0{n}-10") for n in range(4, 9)]
    lagos["events"] += [event(n, f"2026-06-0{n}") for n in range(4, 9)]
    lagos["events"][1]["rsvps"] += [rsvp(20 + n, n) for n in range(4, 9)]
    for number, name in enumerate(("abuja-data", "ibadan-data")):
        tiny.groups[name] = group(50 + number, name, members=[member(90 + number, "2025-01-01")])
    return MeetupInstallation(tmp_path, tiny, 'network = "data-africa"')


def bad(list_name: str, fault: Callable[[Json], None]) -> Callable[[str, Json], None]:
    """Spoil each page of one list, of the first group. Recent events begin beside their group."""
    query, way, _ = LISTS[list_name]
    beside = ("proNetwork", "groupsSearch", "edges", 0, "node", "events")
    ways = {query: way} | ({"Network": beside} if list_name == "recent events" else {})

    def alter(name: str, body: Json) -> None:
        page: Any = body["data"]
        for step in ways.get(name, ()):
            page = page[step] if page else None
        if name in ways and page and page["totalCount"] > SHORT:
            fault(page)

    return alter


def state(place: MeetupInstallation) -> set[tuple[Any, ...]]:
    """What is there, and not gone."""
    return set(place.rows("select stream, partition, key from raw.records where gone_at is null"))


@pytest.mark.parametrize(("fault", "list_name"), pairs(FAULTS, LISTS))
def test_a_list_that_is_wrong_takes_nothing_away(
    place: MeetupInstallation,
    tiny: TinyMeetup,
    fault: Callable[[Json], None],
    list_name: str,
) -> None:
    place.sync()
    before = state(place)
    tiny.now += timedelta(days=8)
    tiny.groups["lagos-data"]["members"].append(member(70, "2026-06-03"))
    tiny.groups["ibadan-data"]["members"].append(member(71, "2026-06-03"))
    tiny.alter = bad(list_name, fault)
    full = list_name == "events"
    synced = place.sync(full=full)
    assert synced.landed.gone == 0
    assert before <= state(place)
    if list_name != "groups":
        assert ("members", "51", "71") in state(place), "the others are read"
    [(spots,)] = place.rows("select blind_spots from raw.runs order by finished_at desc limit 1")
    named = LISTS[list_name][2]
    assert any(named in spot["what"] for spot in spots), spots

    tiny.alter = lambda name, body: None
    place.sync()
    assert ("members", "42", "70") in state(place)
    assert before <= state(place)
    del tiny.groups["lagos-data"]["members"][3]
    tiny.now += timedelta(days=8)
    assert place.sync().landed.gone == 1, "a sound list tells who has left"
    assert place.sync().unread_lists == ()


@pytest.mark.parametrize("query", ["Members", "Events", "Answers"])
def test_a_page_that_always_fails_takes_nothing_away(
    place: MeetupInstallation, tiny: TinyMeetup, query: str
) -> None:
    place.sync()
    before = state(place)
    tiny.now += timedelta(days=8)
    tiny.groups["ibadan-data"]["members"].append(member(71, "2026-06-03"))
    tiny.fault = lambda name, asked: (500, b"{}") if name == query and asked.get("after") else None
    synced = place.sync(full=True)
    assert synced.landed.gone == 0
    assert before <= state(place)
    assert ("members", "51", "71") in state(place)
    assert synced.unread_lists
    tiny.fault = None
    assert place.sync().unread_lists == ()
