"""Every field of a record with something else in it, one at a time; in files and in answers."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

DEEP = "as deep as this"  # stands for lists in lists
DEPTH = 20_000
LONG_TEXT = "x" * 20_000
HUGE_TEXT = "x" * 10_000_000

# What a field can hold that it should not. JSON has no NaN: many programs write and read it.
ODD_VALUES: dict[str, Any] = {
    "null": None,
    "beyond 64 bits": 2**70,
    "far below zero": -(2**70),
    "minus one": -1,
    "NaN": float("nan"),
    "time out of range": "0001-01-01T00:00:00+23:59",
    "no time": "9999-99-99T99:99:99Z",
    "end of time": "9999-12-31T23:59:59.999999-23:59",
    "absurd seconds": 10**15,
    "half of a character": "a\ud800b",
    "NUL": "a\x00b",
    "long text": LONG_TEXT,
    "list": [1],
    "object": {"a": 1},
    "true": True,
}
Path = tuple[str | int, ...]
Row = dict[str, Any]
# Yields records that it lets be made by their numbers, all sound or each odd in another field.
Many = Callable[..., Iterator[Any]]


@dataclass
class Rows:
    """The rows of one list: some sound ones, and others. `is_shown`: somebody asked for them."""

    sound: list[Row]
    others: list[Row]
    is_shown: bool = False

    @property
    def all(self) -> list[Row]:
        """Every row, the sound ones first; they count as shown."""
        self.is_shown = True
        return [*self.sound, *self.others]


def odd_records(
    make: Callable[[int], Any], numbers: Iterator[int] | None = None, but: str = ""
) -> Iterator[Any]:
    """Yield a record for each of its fields, all `but` one, and each odd value in it.

    `make` gets the number of the record.
    """
    numbers = numbers or count(1)
    for path in paths(make(0)):
        for odd in () if path == (but,) else ODD_VALUES.values():
            yield put(make(next(numbers)), path, odd)


def huge_records(
    make: Callable[[int], Any], numbers: Iterator[int] | None = None, but: str = ""
) -> Iterator[Any]:
    """Yield records with 10 MB of text in the first and in the last field that holds text."""
    numbers, record = numbers or count(1), make(0)
    texts = [path for path in paths(record) if path != (but,) and isinstance(at(record, path), str)]
    for path in (texts[0], texts[-1]):
        yield put(make(next(numbers)), path, HUGE_TEXT)


def at(value: Any, path: Path) -> Any:
    """Return the field of a value."""
    for step in path:
        value = value[step]
    return value


def paths(value: Any) -> list[Path]:
    """Return where the fields of a value are, those of lists and objects within it too."""
    steps: Any = enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        steps = value.items()
    return [
        path for step, inner in steps for path in ((step,), *((step, *p) for p in paths(inner)))
    ]


def put(value: Any, path: Path, odd: Any) -> Any:
    """Put something odd into a field of a value, and return the value."""
    place = value
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = odd
    return value


def as_json(value: Any) -> str:
    """Return a value as JSON, with NaN and halves of characters as other programs write them."""
    return json.dumps(value).replace(json.dumps(DEEP), "[" * DEPTH + "]" * DEPTH)
