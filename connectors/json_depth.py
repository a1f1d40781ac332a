"""JSON that is nested absurdly deep: what lies deeper than a bound is read as null."""

import json
import re
from typing import Any

from connectors import bounds

# A text, or a bracket; the last one is a text that is cut off.
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{\]}]|"', re.DOTALL)


class NestedText:
    """The text of one value without what is nested too deeply: `kept`, in parts."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def scan(self, text: str, begin: int) -> int | None:
        """Find where the value that begins here ends; None where the text breaks off before."""
        self.kept, depth, at = [], 0, begin
        for token in TOKEN.finditer(text, begin):
            character = token[0]
            if character in "[{":
                depth += 1
                if depth == bounds.MOST_JSON_LEVELS + 1:
                    self.kept += [text[at : token.start()], "null"]
            elif character in "]}":
                depth -= 1
                if depth == bounds.MOST_JSON_LEVELS:
                    at = token.end()
                if depth <= 0:
                    self.kept.append(text[at : token.end()])
                    return token.end()
            elif character == '"':
                return None
        return None


def is_too_deep(value: object, text: str, begin: int, end: int) -> bool:
    """Tell whether a value, which was read from this part of a text, is nested too deeply."""
    brackets = text.count("[", begin, end) + text.count("{", begin, end)
    if brackets <= bounds.MOST_JSON_LEVELS:
        return False
    level: list[Any] = [value]
    for _ in range(bounds.MOST_JSON_LEVELS + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _shallow(text: str) -> str:
    """Return JSON with null in place of what is too deep; as it is where it is broken."""
    nested, begin = NestedText(), len(text) - len(text.lstrip())
    end = nested.scan(text, begin)
    return text if end is None else "".join(nested.kept) + text[end:]


def load(text: str, **options: Any) -> Any:
    """Return JSON without what is nested too deeply in it. Raises ValueError for no JSON."""
    try:
        value = json.loads(text, **options)
        if not is_too_deep(value, text, 0, len(text)):
            return value
        return json.loads(_shallow(text), **options)
    except RecursionError:
        try:
            return json.loads(_shallow(text), **options)
        except RecursionError:
            raise ValueError(bounds.beyond("it has", "MOST_JSON_LEVELS")) from None
