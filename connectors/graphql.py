"""What GraphQL APIs share: a query with the type of its data, errors, and pages of a connection.

The response is that of the GraphQL specification, the connection that of Relay's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from connectors.base import Retryable
from connectors.paging import PageGuard
from connectors.redaction import quoted

if TYPE_CHECKING:
    from requests import Response

T = TypeVar("T")
PAGE_INFO = "pageInfo { hasNextPage endCursor }"


class GraphQLObject(msgspec.Struct, frozen=True, rename="camel"):
    """An object of a response. Its fields are named as in the schema, in snake case."""


class Error(GraphQLObject, frozen=True):
    """One error of a response. GitHub tells its kind in `type`, others in `extensions`."""

    message: str = ""
    path: list[str | int] | None = None
    type: object = None
    extensions: dict[str, object] | None = None

    @property
    def text(self) -> str:
        """The message, as it can be shown, and the path of the field that has the error."""
        path = quoted("/".join(str(step) for step in self.path or ()))
        return quoted(self.message) + (f" at {path}" if path else "")


class Errors(GraphQLObject, frozen=True):
    """A response of which only the errors are read: where there are some, the data has holes."""

    errors: list[Error] | None = None


class Data(GraphQLObject, Generic[T], frozen=True):
    """A response of which only the data is read."""

    data: T | None = None


class Query(Generic[T]):
    """The text of a query and the type of its data."""

    def __init__(self, text: str, data: type[T]) -> None:
        self.text = text
        self._decoder = msgspec.json.Decoder(Data[data])  # type: ignore[valid-type]

    def body(self, variables: Mapping[str, object]) -> bytes:
        """Return the body of a request; a variable that is None is left out."""
        given = {name: value for name, value in variables.items() if value is not None}
        return msgspec.json.encode({"query": self.text, "variables": given})

    def read(
        self,
        response: "Response",
        where: str,
        platform: str,
        raise_for: Callable[[Error], None],
    ) -> T:
        """Return the data of a response. `raise_for` raises for the errors that spoil all of it.

        What another error is about is null in the data. Raises Retryable where there is no data,
        or the JSON is broken, and Changed where the data has an unknown shape.
        """
        # Shapes of records import this module, and must not wait for an HTTP client.
        from connectors.http import LATER, decode_json, place_of

        for error in decode_json(_errors, response, where, platform).errors or ():
            raise_for(error)
        data = decode_json(self._decoder, response, where, platform).data
        if data is None:
            place = place_of(response, where)
            raise Retryable(f"{platform} sent no data", where=place, advice=LATER)
        return data


_errors = msgspec.json.Decoder(Errors)


class PageInfo(GraphQLObject, frozen=True):
    """Whether a connection has more pages, and where the next one begins."""

    has_next_page: bool
    end_cursor: str | None = None


class Connection(GraphQLObject, frozen=True, kw_only=True):
    """A page of a list. `total_count` is what the platform counts, which may be more than comes."""

    page_info: PageInfo | None = None
    total_count: int | None = None

    @property
    def next(self) -> str:
        """The cursor of the next page, "" after the last."""
        info = self.page_info
        return (info.end_cursor or "") if info and info.has_next_page else ""

    @property
    def is_cut(self) -> bool:
        """Whether more pages follow, and nothing says where: the list cannot be read whole."""
        info = self.page_info
        return info is not None and info.has_next_page and not info.end_cursor

    @property
    def items(self) -> Sequence[object]:
        """What is on the page."""
        return ()


class Edges(Connection, Generic[T], frozen=True):
    """A page whose items have fields of their own in this list."""

    edges: list[T]

    @property
    def items(self) -> Sequence[object]:
        """The edges."""
        return self.edges

    @property
    def next(self) -> str:
        """The cursor of the next page, "" after the last or an empty one."""
        return super().next if self.edges else ""


class Nodes(Connection, Generic[T], frozen=True):
    """A page of plain items."""

    nodes: list[T]

    @property
    def items(self) -> Sequence[object]:
        """The nodes."""
        return self.nodes


ConnectionT = TypeVar("ConnectionT", bound=Connection)


def all_pages(
    fetch: Callable[[str], ConnectionT | None],
    first: ConnectionT | None = None,
    where: str = "",
) -> Iterator[ConnectionT]:
    """Yield the pages of a connection; `fetch` returns the page at a cursor, "" for the first.

    It ends after the last page and where `fetch` returns None. Raises Endless for a list that goes
    round in circles, and Retryable for one that has more pages and no cursor for them. `where`
    names the list in these errors.
    """
    guard = PageGuard(where)
    page = first or fetch("")
    while page is not None:
        yield page
        if page.is_cut:
            raise cut_short(where)
        if not page.next:
            return
        guard.turn(page.next, [msgspec.json.encode(page.items).decode()] if page.items else [])
        page = fetch(page.next)


def cut_short(where: str) -> Retryable:
    """Return the error for a page that `is_cut`."""
    return Retryable(
        "the platform says that there are more pages, and not where the next one begins",
        where=where,
        advice="What it showed is kept. The next sync tries again",
    )
