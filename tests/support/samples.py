"""Parameters of which `make test` takes a sample; the others are marked `long`."""

from collections.abc import Iterable
from typing import Any

import pytest

MOST_OF_ID = 80


def some(values: Iterable[Any], sample: int) -> list[Any]:
    """All values; the sample are the first ones."""
    return [
        value if place < sample else pytest.param(value, marks=pytest.mark.long)
        for place, value in enumerate(values)
    ]


def every(values: Iterable[Any], step: int) -> list[Any]:
    """All values; the sample is every so many of them."""
    return [
        value if place % step == 0 else pytest.param(value, marks=pytest.mark.long)
        for place, value in enumerate(values)
    ]


def pairs(longer: Iterable[Any], shorter: Iterable[Any]) -> list[Any]:
    """Every pair; the sample has each value of the longer list once, and all of the shorter one."""
    shorter = list(shorter)
    return [
        pytest.param(
            one,
            other,
            id=f"{called(one)}, {called(other)}"[:MOST_OF_ID],
            marks=[] if column == turn(row, len(shorter)) else pytest.mark.long,
        )
        for row, one in enumerate(longer)
        for column, other in enumerate(shorter)
    ]


def turn(row: int, columns: int) -> int:
    """Each column in turn, one later every round: a row's neighbours differ from round to round."""
    return (row + row // columns) % columns


def called(value: Any) -> str:
    if isinstance(value, tuple):
        return ": ".join(map(called, value))
    return getattr(value, "__name__", str(value))
