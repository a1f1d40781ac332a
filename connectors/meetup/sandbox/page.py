"""How Meetup cuts a list: `first`, `after`, opaque cursors, a total that may count more."""

import base64
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from graphql import GraphQLError

USUAL_SIZE, MOST = 20, 1000
Json = dict[str, Any]


def connection(
    items: Sequence[Any],
    edge: Callable[[Any], Json],
    first: int | None = None,
    after: str | None = None,
    *,
    total: int | None = None,
) -> Json:
    """A page of `items` as edges. `total` is given where deleted accounts are counted as well.

    A page has 20 items where nothing is asked (the schema's text says so for RSVPs), 1000 at most.
    """
    begin = position(after)
    size = size_of(first)
    page = items[begin : begin + size]
    edges = [edge(item) | {"cursor": cursor(begin + n)} for n, item in enumerate(page)]
    return {
        "totalCount": len(items) if total is None else total,
        "edges": edges,
        "pageInfo": page_info(edges, has_more=begin + size < len(items), has_less=begin > 0),
    }


def page_info(edges: Sequence[Json], *, has_more: bool, has_less: bool) -> Json:
    """What is said about a page."""
    return {
        "hasNextPage": has_more,
        "hasPreviousPage": has_less,
        "startCursor": edges[0]["cursor"] if edges else None,
        "endCursor": edges[-1]["cursor"] if edges else None,
    }


def size_of(first: int | None) -> int:
    """How many items a page has."""
    if first is not None and first < 0:
        raise GraphQLError("'first' must not be negative")
    return USUAL_SIZE if first is None else min(first, MOST)


def cursor(place: int) -> str:
    """The cursor of the item at a place: the recorded `OTE=` is 91."""
    return base64.b64encode(str(place).encode()).decode()


def position(after: str | None) -> int:
    """The place of the first item after a cursor."""
    if not after:
        return 0
    try:
        return int(base64.b64decode(after, validate=True)) + 1
    except ValueError:
        raise GraphQLError(f"Invalid cursor: {after}") from None


def wanted(value: Any, *lists: Iterable[Any] | None) -> bool:
    """Whether a value is in every list that is given."""
    return all(one is None or value in one for one in lists)
