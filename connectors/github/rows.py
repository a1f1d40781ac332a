"""Rows of a list as they were read, and pages of them, whichever API has the list."""

from typing import NamedTuple

from connectors.base import SourceError
from connectors.github.records import Person
from connectors.model import Raw


class ParsedRow(NamedTuple):
    """The records of one row of a list, each with its stream, and the people in it.

    `time` is what the list is sorted by, as GitHub writes it, and `created` when the row came into
    the list; "" for none. `key` is the row's own in the list. `needs` are the keys of rows that
    must be in the list as well.
    """

    records: list[tuple[str, Raw]]
    time: str
    people: list[Person]
    key: str
    created: str = ""
    needs: tuple[str, ...] = ()


class ListPage(NamedTuple):
    """The rows of a page, where the next page begins ("" after the last), and its ETag.

    `holes`: why items of the page could not be read. `is_cut`: there are more pages, and nothing
    says where.
    """

    rows: list[ParsedRow]
    next: str
    etag: str = ""
    is_sorted: bool = True
    holes: tuple[SourceError, ...] = ()
    is_cut: bool = False

    @property
    def newest(self) -> str:
        return max((row.time for row in self.rows), default="")

    @property
    def oldest(self) -> str:
        """The oldest time of its rows; "" where older ones may come after newer ones."""
        return min((row.time for row in self.rows), default="") if self.is_sorted else ""
