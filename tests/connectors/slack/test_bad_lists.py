"""Every list of Slack with every fault of a list: nothing is lost, it is named, and it is mended.

Each list is served in pages of two rows. The fault hits the list of which `where` tells the calls.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from requests import Response

from connectors.base import Context
from connectors.slack import api as slack_api
from tests.support.installations import Installation
from tests.support.samples import every
from tests.support.tiny.slack import NOW, ts

Body = dict[str, Any]
Fault = Callable[["PagedSlack", int, list[Body]], Body]

BAD_CHANNEL = "C1"
PER_PAGE = 2
THREAD = ts(20)


def user(number: int) -> Body:
    address = f"u{number}@made.invalid"
    return {"id": f"U{number}", "name": f"u{number}", "profile": {"email": address}}


class PagedSlack:
    """Five members, three channels, five roots in each, and five replies to one root of each.

    `fault` answers the calls of `faulty` in the place of this Slack: it gets the number of the
    page and the rows of the whole list.
    """

    def __init__(self) -> None:
        self.faulty, self.fault = "", None
        self.context: Context | None = None
        self.asked = 0
        self.platform_time = NOW * 1_000_000

    def request(
        self, path: str, params: dict[str, str], *, read: Callable[[Response], Any], **_: Any
    ) -> Any:
        assert self.context is not None
        self.context.requests += 1
        self.asked += 1
        response = Response()
        response.status_code, response._content = 200, self._content(path, params)
        return read(response)

    def _content(self, path: str, params: dict[str, str]) -> bytes:
        if path == "auth.test":
            return b'{"ok": true, "url": "https://tiny.invalid/", "bot_id": "B1"}'
        name, rows = self._list(path, params)
        page = int(params.get("cursor", "0"))
        is_faulty = path == self.faulty and params.get("channel", BAD_CHANNEL) == BAD_CHANNEL
        if is_faulty and self.fault is not None:
            found = self.fault(self, page, rows)
        else:
            found = page_of(rows, page)
        if isinstance(found, bytes):
            return found
        return json.dumps({name if k == "rows" else k: v for k, v in found.items()}).encode()

    def _list(self, path: str, params: dict[str, str]) -> tuple[str, list[Body]]:
        if path == "users.list":
            return "members", [user(n) for n in range(5)]
        if path == "conversations.list":
            channel = {"is_member": True, "created": NOW - 900 * 86_400}
            return "channels", [{"id": f"C{n}", "name": f"c{n}"} | channel for n in range(3)]
        replies = [{"ts": ts(19 - n), "user": f"U{n}", "thread_ts": THREAD} for n in range(5)]
        roots = [{"ts": ts(days), "user": "U1"} for days in (1, 5, 10, 20, 25)]
        counts = {"reply_count": 5, "latest_reply": replies[-1]["ts"], "thread_ts": THREAD}
        roots[3] |= counts
        if path == "conversations.replies":
            return "messages", [roots[3], *replies]
        first, last = params.get("oldest", ""), params.get("latest", "~")
        return "messages", [m for m in roots if first <= m["ts"] <= last]


def page_of(rows: list[Body], page: int) -> Body:
    """One page, and the number of the next as its cursor."""
    more = str(page + 1) if len(rows) > (page + 1) * PER_PAGE else ""
    found = rows[page * PER_PAGE : (page + 1) * PER_PAGE]
    return {
        "ok": True,
        "rows": found,
        "has_more": bool(more),
        "response_metadata": {"next_cursor": more},
    }


def row_twice(slack: PagedSlack, page: int, rows: list[Body]) -> Body:
    """The list shifts while it is read: a row of the first page again in another's place."""
    return page_of([*rows[:2], rows[1], *rows[3:]], page)


def page_again(slack: PagedSlack, page: int, rows: list[Body]) -> Body:
    return page_of(rows, page) | {"rows": rows[:PER_PAGE]}


def same_cursor(slack: PagedSlack, page: int, rows: list[Body]) -> Body:
    return page_of(rows, 0) | {"response_metadata": {"next_cursor": "1"}}


def error_in_the_middle(error: str) -> Fault:
    def answer(slack: PagedSlack, page: int, rows: list[Body]) -> Body:
        return {"ok": False, "error": error} if page else page_of(rows, page)

    return answer


def bytes_in_the_middle(content: bytes) -> Fault:
    def answer(slack: PagedSlack, page: int, rows: list[Body]) -> Any:
        return content if page else page_of(rows, page)

    return answer


def early_end(slack: PagedSlack, page: int, rows: list[Body]) -> Body:
    return page_of(rows[:PER_PAGE], page)


def no_cursor(slack: PagedSlack, page: int, rows: list[Body]) -> Body:
    return page_of(rows, page) | {"response_metadata": {"next_cursor": ""}}


def nothing(slack: PagedSlack, page: int, rows: list[Body]) -> Body:
    return {"ok": True, "rows": None}


LISTS = {
    "members": ("users.list", "the list of members"),
    "channels": ("conversations.list", "the list of channels"),
    "history": ("conversations.history", "#c1"),
    "replies": ("conversations.replies", f"the thread {THREAD} in #c1"),
}
FAULTS: dict[str, Fault] = {
    "row twice": row_twice,
    "page again": page_again,
    "same cursor": same_cursor,
    "error": error_in_the_middle("internal_error"),
    "unknown error": error_in_the_middle("never_seen_before"),
    "HTML": bytes_in_the_middle(b"<html>Bad gateway</html>"),
    "other shape": bytes_in_the_middle(b"[7]"),
    "no list": nothing,
    "early end": early_end,
    "no cursor": no_cursor,
}
# Slack counts the replies of a thread, and says of its history that there is more.
COUNTED = ("early end", "no cursor")
CASES = [
    (name, fault, when)
    for name in LISTS
    for fault in FAULTS
    if name == "replies" or fault not in COUNTED
    for when in ("at first", "later")
]


@contextmanager
def served() -> Iterator[PagedSlack]:
    slack = PagedSlack()

    def client(base_url: str, headers: dict[str, str], context: Context) -> PagedSlack:
        slack.context = context
        return slack

    with patch.object(slack_api, "Client", client):
        yield slack


@pytest.fixture
def slack() -> Iterator[PagedSlack]:
    with served() as slack:
        yield slack


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    return Installation(tmp_path, base_url="http://127.0.0.1:1")


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    place = Installation(tmp_path_factory.mktemp("synced"), base_url="http://127.0.0.1:1")
    with served():
        place.sync()
    return place


@pytest.fixture(scope="module")
def undisturbed(synced: Installation) -> list[tuple[Any, ...]]:
    return synced.raw()


def without(rows: list[tuple[Any, ...]], stream: str) -> list[tuple[Any, ...]]:
    """What was landed of other lists: a thread lies beside its channel."""
    streams = {"history": ("messages", "replies")}.get(stream, (stream,))
    return [row for row in rows if row[1] not in streams or row[2][:2] in ("C0", "C2")]


@pytest.mark.parametrize("case", every(CASES, 5), ids=", ".join)
def test_a_bad_list_is_named_takes_nothing_and_is_mended(
    place: Installation,
    slack: PagedSlack,
    synced: Installation,
    undisturbed: list[tuple[Any, ...]],
    case: tuple[str, str, str],
) -> None:
    name, fault, when = case
    if when == "later":
        place.goes_on_from(synced)
    slack.faulty, what = LISTS[name]
    slack.fault = FAULTS[fault]
    assert place.sync(full=when == "later").unread_lists == (what,)
    assert slack.asked < 60
    assert place.counts(gone=True) == {}
    if when == "later":
        assert place.raw() == undisturbed
    elif name != "channels":
        assert without(place.raw(), name) == without(undisturbed, name)
    spots = place.publish().metric("blind_spots").to_pylist()
    assert [spot["what"] for spot in spots] == [what]
    slack.fault = None
    assert place.sync().unread_lists == ()
    assert place.raw() == undisturbed


def test_a_history_without_cursors_is_read_by_time(
    place: Installation, slack: PagedSlack, undisturbed: list[tuple[Any, ...]]
) -> None:
    slack.faulty, slack.fault = "conversations.history", no_cursor
    assert place.sync().unread_lists == ()
    assert place.raw() == undisturbed
