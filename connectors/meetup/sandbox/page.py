"""Pages of a list as Meetup sends them: `first`, `after`, opaque cursors, a total."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from graphql import GraphQLError

DEFAULT_SIZE, MAX_SIZE = 20, 1000
Json = dict[str, Any]


class Items(Protocol):
    """A list, or what counts and cuts like one."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Sequence[Any]: ...


def connection(
    items: Items,
    edge: Callable[[Any], Json],
    first: int | None = None,
    after: str | None = None,
    *,
    total: int | None = None,
) -> Json:
    """Return a page of `items` as edges. `total` counts deleted accounts, too.

    A page has 20 items by default (the schema says so for RSVPs), 1000 at most.
    """
    begin = _position(after)
    size = _size(first)
    page = items[begin : begin + size]
    edges = [edge(item) | {"cursor": _cursor(begin + n)} for n, item in enumerate(page)]
    return {
        "totalCount": len(items) if total is None else total,
        "edges": edges,
        "pageInfo": _page_info(edges, has_more=begin + size < len(items), has_less=begin > 0),
    }


def _page_info(edges: Sequence[Json], *, has_more: bool, has_less: bool) -> Json:
    """Whether there are more pages, and the cursors at both ends of this one."""
    return {
        "hasNextPage": has_more,
        "hasPreviousPage": has_less,
        "startCursor": edges[0]["cursor"] if edges else None,
        "endCursor": edges[-1]["cursor"] if edges else None,
    }


def _size(first: int | None) -> int:
    if first is not None and first < 0:
        raise GraphQLError("'first' must not be negative")
    return DEFAULT_SIZE if first is None else min(first, MAX_SIZE)


def _cursor(place: int) -> str:
    """The cursor of the item at a place: the recorded `OTE=` is 91."""
    return base64.b64encode(str(place).encode()).decode()


def _position(after: str | None) -> int:
    """The place of the first item after a cursor."""
    if not after:
        return 0
    try:
        return int(base64.b64decode(after, validate=True)) + 1
    except ValueError:
        raise GraphQLError(f"Invalid cursor: {after}") from None
