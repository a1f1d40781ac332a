"""Every list of GitHub under every fault: what exists never goes, and the next sync mends it."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from connectors.base import Context
from connectors.github import GitHubConnector, GitHubSettings
from tests.support.tiny.paged import (
    LISTS,
    NAME,
    OLDEST_FIRST,
    ROWS,
    Fault,
    PagedGitHub,
    Shown,
    serving,
)


def twice(shown: Shown, cursor: str) -> Shown:
    """The third row stands in the place of the fourth, too."""
    return shown._replace(rows=[3 if row == 4 else row for row in shown.rows])


def same_page(shown: Shown, cursor: str) -> Shown:
    return Shown([1, 2], str(int(cursor or 0) + 1))


def same_cursor(shown: Shown, cursor: str) -> Shown:
    return Shown([1, 2] if cursor else [2, 1], "7")


def error(shown: Shown, cursor: str) -> Shown:
    return shown._replace(status=500) if 4 in shown.rows else shown


def early_end(shown: Shown, cursor: str) -> Shown:
    return shown._replace(next=None) if 4 in shown.rows or 3 in shown.rows else shown


def lost_cursor(shown: Shown, cursor: str) -> Shown:
    """There are more pages, and nothing says where."""
    return shown._replace(next="" if shown.next and 4 in shown.rows else shown.next)


FAULTS: dict[str, Fault] = {
    "a row twice and another missing": twice,
    "the same page again": same_page,
    "the same cursor for ever": same_cursor,
    "an error in the middle that stays": error,
    "an end that comes too early": early_end,
    "more pages and no cursor": lost_cursor,
}
TABLE = [(name, what) for name in LISTS for what in FAULTS]
# Only a cursor of GraphQL can be missing. Nothing tells on a first sync that comments are missing
# after an early end; the first whole read finds them.
GRAPHQL = ("reviews", "discussions", "stars")
SEEN_AT_ONCE = [
    (name, what)
    for name, what in TABLE
    if (name in GRAPHQL or FAULTS[what] is not lost_cursor)
    and not (name in OLDEST_FIRST[1:] and FAULTS[what] is early_end)
]
SEEN_LATER = [(name, w) for name, w in TABLE if name in GRAPHQL or FAULTS[w] is not lost_cursor]
KEYS = {"stars": "u{}", "commits": "{:040x}"}


class Place:
    """A source whose records and cursors lie in memory."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.records: dict[str, set[str]] = {name: set() for name in LISTS}
        self.gone: dict[str, set[str]] = {name: set() for name in LISTS}
        self._cursors: dict[tuple[str, str], str] = {}

    def sync(self, full: bool = False) -> list[str]:
        """Sync, and return what could not be seen."""
        settings = GitHubSettings(
            name="github",
            kind="github",
            token=SecretStr("made-up"),
            base_url=self._url,
            repositories=[NAME],
        )
        context = Context("github", str, sleep=lambda seconds: None)

        def cursors(stream: str, partitions: object) -> dict[str, str]:
            return {part: text for (name, part), text in self._cursors.items() if name == stream}

        for page in GitHubConnector(settings, context).pages(cursors, full=full):
            found = {record.key for record in page.records}
            if page.stream in self.records:
                self.records[page.stream] |= found
                self.gone[page.stream] -= found
                if page.present is not None:
                    self.gone[page.stream] |= self.records[page.stream] - page.present
            if page.cursor is not None:
                self._cursors[page.stream, page.partition] = page.cursor
        return [spot.what for spot in context.blind_spots]


def all_of(name: str) -> set[str]:
    return {KEYS.get(name, "{}").format(row) for row in ROWS}


@pytest.fixture
def paged() -> Iterator[PagedGitHub]:
    with serving(PagedGitHub()) as running:
        yield running


@pytest.fixture
def place(paged: PagedGitHub) -> Place:
    return Place(paged.url)


def named(name: str) -> str:
    return f"{name.replace('_', ' ')} of {NAME}"


@pytest.mark.parametrize(("name", "what"), SEEN_AT_ONCE)
def test_a_first_sync(paged: PagedGitHub, place: Place, name: str, what: str) -> None:
    paged.faults[name] = FAULTS[what]
    assert place.sync() == [named(name)]
    assert all(place.records[other] == all_of(other) for other in LISTS if other != name)
    paged.faults.clear()
    assert place.sync() == []
    assert place.records[name] == all_of(name)
    assert not any(place.gone.values())


@pytest.mark.parametrize(("name", "what"), SEEN_LATER)
def test_a_whole_read_later(paged: PagedGitHub, place: Place, name: str, what: str) -> None:
    assert place.sync() == []
    paged.faults[name] = FAULTS[what]
    assert place.sync(full=True) == [named(name)]
    assert not any(place.gone.values()), "not shown is not gone"
    paged.faults.clear()
    lost = (5, 6) if name == "commits" else (2,)
    # What belongs to a pull request goes with it.
    for listed in (name, "issues") if name == "reviews" else (name,):
        paged.rows[listed] = [row for row in ROWS if row not in lost]
    place.sync(full=True)
    keys = {KEYS.get(name, "{}").format(row) for row in lost}
    assert place.gone[name] == keys, "what has gone is found by the next whole read"
