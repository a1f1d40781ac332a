"""JSON that nearly has the shape of ours: what does not fit is left out, not the whole row.

Editors, proxies and other people's programs write numbers for texts, null for lists, byte order
marks, and halves of characters.
"""

import json
import math
import re
import types
import typing
from functools import cache
from typing import Any, TypeVar

import msgspec

from connectors import json_depth

K = TypeVar("K")
T = TypeVar("T", bound=msgspec.Struct)

LARGEST_NUMBER = 2**63 - 1
MOST_DIGITS = 19
# A character of two halves, or a half alone, which no decoder takes and no file can hold.
HALF = rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
CHARACTER = re.compile(
    rb"(?P<whole>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|" + HALF
)
UNIONS = (typing.Union, types.UnionType)
# What msgspec raises for JSON that `read_json` and `read_row` may still understand.
ODD_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def read_json(content: bytes) -> Any:
    """Return JSON with a byte order mark, halves of characters, or bytes that are no UTF-8.

    A number that is too long for any use or none is None, as is what is nested too deeply. Raises
    ValueError where it is no JSON.
    """
    if b"\\ud" in content.lower():
        content = CHARACTER.sub(lambda found: found["whole"] or rb"\ufffd", content)
    text = content.decode(json.detect_encoding(content), "replace")
    return json_depth.load(
        text,
        strict=False,
        parse_int=_whole_number,
        parse_float=_finite,
        parse_constant=lambda name: None,
    )


def decode(content: bytes, decoder: msgspec.json.Decoder[K]) -> K:
    """Decode JSON; what is none for a strict decoder is first read as `read_json` does.

    Raises ValidationError where it has another shape, and ValueError where it is no JSON.
    """
    try:
        return decoder.decode(content)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return decoder.decode(json.dumps(read_json(content)).encode())


def read_row(row: object, shape: type[T]) -> T | None:
    """Return a row as a struct; None where a field that it needs does not fit.

    Another field that does not fit has its default; such an element of a list is left out.
    """
    return typing.cast("T | None", _fitted(row, shape))


def convert_row(row: object, shape: type[T]) -> T | None:
    """Return what `read_row` does, faster where the whole row fits."""
    try:
        return msgspec.convert(row, shape)
    except (msgspec.ValidationError, UnicodeEncodeError):
        return read_row(row, shape)


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits.lstrip("-")) <= MOST_DIGITS else None


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _fitted(value: Any, kind: Any) -> Any:
    """Return a value as this kind; None where it does not fit."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in UNIONS:
        fitted = (_fitted(value, one) for one in arguments if one is not types.NoneType)
        return next((one for one in fitted if one is not None), None)
    if origin is typing.Annotated:
        fitted = _fitted(value, arguments[0])
        return None if fitted is None else _scalar(fitted, kind)
    if origin is list:
        if not isinstance(value, list):
            return None
        rows = (_fitted(row, arguments[0]) for row in value)
        return [row for row in rows if row is not None]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(value, kind) if isinstance(value, dict) else None
    return _scalar(value, kind)


def _struct(row: dict[str, Any], shape: type[T]) -> T | None:
    values = {}
    for field in msgspec.structs.fields(shape):
        fitted = _fitted(row.get(field.encode_name), _kinds(shape)[field.name])
        if fitted is not None:
            values[field.name] = fitted
        elif field.required:
            return None
    return shape(**values)


@cache
def _kinds(shape: type[msgspec.Struct]) -> dict[str, Any]:
    return typing.get_type_hints(shape, include_extras=True)


def _scalar(value: Any, kind: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and not abs(value) <= LARGEST_NUMBER:
        return None
    if kind is str and is_number:
        value = str(value)
    elif isinstance(value, str):
        value = value.encode("utf-8", "replace").decode()
    try:
        fitted = msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        return None
    is_too_large = isinstance(fitted, int | float) and not abs(fitted) <= LARGEST_NUMBER
    return None if is_too_large else fitted
