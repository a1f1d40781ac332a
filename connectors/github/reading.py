"""What one read of a list has shown, and whether that can be all of it."""

from connectors.base import Retryable, SourceError
from connectors.github.rows import ListPage
from connectors.graphql import cut_short
from connectors.paging import PageGuard


class Reading:
    """What one read of a list has shown so far."""

    def __init__(self, where: str) -> None:
        self.keys: set[str] = set()
        self.head = ""
        self.has_shifted = self.ends_early = False
        self.holes: list[SourceError] = []
        # The oldest time on a page with an item that may be readable later.
        self.hole_time: str | None = None
        self._where = where
        self._rows: set[tuple[str, str]] = set()
        self._created: dict[str, str] = {}
        self._needed: set[str] = set()
        self._guard = PageGuard(where)

    def take(self, page: ListPage, since: str) -> None:
        """Note a page. A row that was there before means that the list has moved meanwhile.

        A list that is read from `since` on begins with the rows of that very time again.
        """
        self.head = self.head or (page.rows[0].key if page.rows else "")
        for row in page.rows:
            self.has_shifted |= (row.key, row.time) in self._rows and row.time != since
            self._rows.add((row.key, row.time))
            self.keys.add(row.key)
            self._created[row.key] = row.created
            self._needed.update(row.needs)
        self.has_shifted |= len({row.key for row in page.rows}) < len(page.rows)
        self.holes += page.holes
        if any(isinstance(hole, Retryable) for hole in page.holes):
            self._note_hole(page.oldest)

    def take_faults(self, other: "Reading") -> None:
        """Note what another part of the same list could not show."""
        self.has_shifted |= other.has_shifted
        self.ends_early |= other.ends_early
        self.holes += other.holes
        if other.hole_time is not None:
            self._note_hole(other.hole_time)

    def _note_hole(self, time: str) -> None:
        self.hole_time = time if self.hole_time is None else min(time, self.hole_time)

    def turn(self, page: ListPage, next: str) -> None:
        """Check that the list goes on at `next`. Raises Retryable, such as Endless."""
        if page.is_cut:
            raise cut_short(self._where)
        if next:
            self._guard.turn(next, [row.key for row in page.rows])

    @property
    def lacks_needed(self) -> bool:
        """Whether a row is missing that one of the others stands on."""
        return not self._needed <= self.keys

    def count_newer(self, time: str) -> int:
        """Return how many rows came into the list after a time."""
        return sum(created > time for created in self._created.values())
