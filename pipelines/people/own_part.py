"""The part of a landed record that is about one person, without what is about others.

What a person made is theirs: the whole record, with everybody else in it unnamed. Of what somebody
else made it is where the person is named: a reaction of theirs, a place in a list. What others
write about a person is not the person's to see.
"""

from collections.abc import Callable, Collection
from typing import Any

from connectors.forgetting import ADDRESS_FIELD, MENTION, Naming

OTHER = "somebody else"
ADDRESS_IN_WORDS = "a keyed hash of an e-mail address"

Row = dict[str, Any]
IsTheirs = Callable[[object], bool]


def own_part(
    naming: Naming, stream: str, content: Row, is_theirs: IsTheirs, *, is_made_by_them: bool = False
) -> Row | None:
    """Return what of a record is about the person; None where nothing is.

    The first path of a stream is that of whoever made the record. `is_made_by_them`: it is theirs
    without naming them, as a row of a list that knows a name alone.
    """
    paths = tuple(naming.fields.get(stream, ()))
    is_made_by_them = is_made_by_them or any(map(is_theirs, _values(content, paths[:1])))
    found = _part(content, "", paths, is_theirs, is_whole=is_made_by_them)
    if found is None and _mentions(content.get(naming.words), is_theirs):
        return {"is_mentioned": True}
    if found and isinstance(words := found.get(naming.words), str):
        found[naming.words] = MENTION.sub(
            lambda one: one[0] if is_theirs(one[1]) else f"<@{OTHER}>", words
        )
    return found


def _values(content: Any, paths: Collection[str]) -> list[object]:
    found = []
    for path in paths:
        value = content
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        found.append(value)
    return found


def _part(
    content: Row, path: str, paths: tuple[str, ...], is_theirs: IsTheirs, *, is_whole: bool
) -> Row | None:
    """Return the part of an object; `is_whole`: with all that names nobody."""
    found: Row = {}
    is_named = False
    for name, value in content.items():
        here = f"{path}.{name}" if path else name
        if here in paths:
            kept = _ids(value, is_theirs)
            is_named |= is_theirs(value) or (isinstance(value, list) and any(map(is_theirs, value)))
            found[name] = kept
        elif any(one.startswith(f"{here}.") for one in paths):
            part = _inner(value, here, paths, is_theirs, is_whole=is_whole)
            is_named |= part not in (None, [])
            if part is not None or is_whole:
                found[name] = OTHER if part is None else part
        elif name == ADDRESS_FIELD:
            found[name] = ADDRESS_IN_WORDS
        else:
            found[name] = value
    if is_whole:
        return found
    if not is_named:
        return None
    if path:
        return found
    named = {one.split(".")[0] for one in paths}
    return {name: value for name, value in found.items() if name in named}


def _inner(
    value: Any, path: str, paths: tuple[str, ...], is_theirs: IsTheirs, *, is_whole: bool
) -> Any:
    """Return the part of what is inside; of a list, the items in which the person is named."""
    if isinstance(value, dict):
        return _part(value, path, paths, is_theirs, is_whole=False)
    if isinstance(value, list):
        parts = [
            _part(one, path, paths, is_theirs, is_whole=False)
            for one in value
            if isinstance(one, dict)
        ]
        return [part if part is not None else OTHER for part in parts if is_whole or part]
    return value


def _ids(value: Any, is_theirs: IsTheirs) -> Any:
    if isinstance(value, list):
        return [one for one in value if is_theirs(one)]
    return value if is_theirs(value) or value is None else OTHER


def _mentions(words: object, is_theirs: IsTheirs) -> bool:
    return isinstance(words, str) and any(map(is_theirs, MENTION.findall(words)))
