"""Responses and pages of GraphQL APIs, whatever the platform."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from connectors.base import Changed, Retryable
from connectors.bounds import MOST_IDLE_PAGES
from connectors.graphql import Edges, Error, Nodes, PageInfo, Query, all_pages
from connectors.paging import Endless

NAME = Query("{ name }", dict[str, int])


def read(body: Any) -> tuple[dict[str, int], list[str]]:
    """The data of a response, and what its errors say."""
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps(body).encode()
    errors: list[Error] = []
    data = NAME.read(response, "here", "Board", errors.append)
    return data, [error.text for error in errors]


def test_errors_are_given_beside_the_data_and_named_with_their_path() -> None:
    errors = [{"message": "no", "path": ["a", 0]}, {"message": "m" * 400}]
    data, messages = read({"data": {"a": 1}, "errors": errors})
    assert data == {"a": 1}
    assert messages == ["no at a/0", "m" * 299 + "…"]


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ({"data": None}, Retryable, r"Board sent no data \[here, HTTP 200\]"),
        ({"data": {"a": "one"}}, Changed, "Board's response has an unknown shape"),
        ({"errors": [{"path": 5}]}, Changed, "Board's response has an unknown shape"),
    ],
)
def test_a_response_without_what_was_asked_for_is_an_error(
    body: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        read(body)


def test_errors_are_read_before_data_that_has_holes() -> None:
    def refuse(error: Error) -> None:
        raise PermissionError(error.text)

    response = requests.Response()
    response._content = b'{"data": {"a": null}, "errors": [{"message": "no"}]}'
    with pytest.raises(PermissionError):
        NAME.read(response, "here", "Board", refuse)


def page(items: list[int], next: str) -> Edges[int]:
    return Edges(items, page_info=PageInfo(bool(next), next or None))


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ({"": page([1], "b"), "b": page([2], "")}, [[1], [2]]),
        ({"": page([1], "b"), "b": None}, [[1]]),
        ({"": page([1], "b"), "b": page([], "c")}, [[1], []]),
        ({"": Edges([1])}, [[1]]),
    ],
    ids=["the last page", "gone", "an empty page", "no page info"],
)
def test_pages_end(pages: dict[str, Edges[int] | None], expected: list[list[int]]) -> None:
    assert [page.edges for page in all_pages(pages.__getitem__)] == expected
    assert [page.edges for page in all_pages(pages.__getitem__, pages[""])] == expected


def test_an_empty_page_of_plain_items_is_not_the_last() -> None:
    pages = {"": Nodes[int]([], page_info=PageInfo(True, "2")), "2": Nodes[int]([1])}
    assert [page.nodes for page in all_pages(pages.get)] == [[], [1]]


def cut() -> Edges[int]:
    return Edges([1], page_info=PageInfo(True, None))


@pytest.mark.parametrize(
    ("fetch", "error", "words"),
    [
        (lambda after: page([len(after)], "b"), Endless, r"again and again \[here\]"),
        (lambda after: page([1], after + "b"), Endless, r"again and again \[here\]"),
        (lambda after: cut(), Retryable, r"not where the next one begins \[here\]"),
    ],
    ids=["a repeated cursor", "the same page under other cursors", "more pages and no cursor"],
)
def test_a_list_without_an_end_is_an_error_after_what_it_showed(
    fetch: Callable[[str], Edges[int]], error: type[Exception], words: str
) -> None:
    shown: list[Edges[int]] = []
    with pytest.raises(error, match=words):
        shown.extend(all_pages(fetch, where="here"))
    assert 1 <= len(shown) <= MOST_IDLE_PAGES + 1
