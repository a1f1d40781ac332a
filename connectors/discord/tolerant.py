"""Rows that nearly have the shape of ours. What does not fit is left out, not the whole row.

Exporters, editors and proxies write numbers for texts, null for lists, and halves of characters.
"""

import json
import types
import typing
from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

LARGEST_NUMBER = 2**63 - 1
MOST_DIGITS = 20
UNIONS = (typing.Union, types.UnionType)


class Misfit(ValueError):
    """A value does not fit, and there is nothing to take in its place."""


def read_row(row: object, shape: type[T]) -> T | None:
    """Return a row as a struct, as it is or else as `fit_row` does."""
    try:
        return msgspec.convert(row, shape)
    except msgspec.ValidationError:
        return fit_row(row, shape)


def fit_row(row: object, shape: type[T]) -> T | None:
    """Return a row as a struct; None where a field that is needed does not fit.

    Another field that does not fit has its default, an element of a list is left out, and half of
    a character becomes a question mark.
    """
    try:
        return typing.cast(T, _fitted(row, shape))
    except (Misfit, msgspec.ValidationError):
        return None


def read_json(content: bytes) -> Any:
    """Return JSON with a byte order mark, halves of characters or bytes that are no UTF-8.

    Raises ValueError where it is no JSON, or a number in it has thousands of digits.
    """
    return json.loads(content.decode("utf-8-sig", "replace"))


def _fitted(value: Any, kind: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in UNIONS:
        return _of_union(value, arguments)
    if origin is typing.Annotated:
        return msgspec.convert(_fitted(value, arguments[0]), kind)
    if origin is list and isinstance(value, list):
        return [fitted for one in value if (fitted := _or_none(one, arguments[0])) is not None]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        return _of_struct(value, kind)
    if kind is bool and value in (True, False):
        return bool(value)
    if kind is str and isinstance(value, str | int) and not isinstance(value, bool):
        return str(value).encode("utf-8", "replace").decode()
    if kind is int and isinstance(value, str | int) and not isinstance(value, bool):
        return _number(value)
    if origin is dict and isinstance(value, dict):
        return msgspec.convert(value, kind)
    raise Misfit


def _of_union(value: Any, kinds: tuple[Any, ...]) -> Any:
    """Return the value as the first of these kinds that it fits."""
    if value is None and types.NoneType in kinds:
        return None
    for kind in kinds:
        if kind is not types.NoneType and (fitted := _or_none(value, kind)) is not None:
            return fitted
    raise Misfit


@cache
def _hints(shape: type[msgspec.Struct]) -> dict[str, Any]:
    return typing.get_type_hints(shape, include_extras=True)


def _of_struct(row: dict[str, Any], shape: type[T]) -> T:
    hints, values = _hints(shape), {}
    for field in msgspec.structs.fields(shape):
        if field.encode_name in row:
            fitted = _or_none(row[field.encode_name], hints[field.name])
            if fitted is not None:
                values[field.name] = fitted
        if field.required and field.name not in values:
            raise Misfit
    return shape(**values)


def _or_none(value: Any, kind: Any) -> Any:
    try:
        return _fitted(value, kind)
    except (Misfit, msgspec.ValidationError):
        return None


def _number(value: str | int) -> int:
    if isinstance(value, str):
        if len(value) > MOST_DIGITS or not value.isdecimal():
            raise Misfit
        value = int(value)
    if abs(value) > LARGEST_NUMBER:
        raise Misfit
    return value
