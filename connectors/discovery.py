"""Finds the platforms and their readers of history files by where they lie in this package.

A platform of kind `slack` is `connectors/slack/` or `connectors/slack.py`. A reader lies in its
platform's package: `slack-export` in `slack/export.py`, `meetup-members` in
`meetup/files/members.py`. Adding one edits no list.
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import connectors as package
from connectors.base import Connector, FileReader, SourceSettings

SANDBOX = "sandbox"


def connectors() -> dict[str, type[Connector[SourceSettings]]]:
    """Return every connector by its kind, sorted."""
    return _by_kind(_modules(package), Connector)


def connector(kind: str) -> type[Connector[SourceSettings]] | None:
    """Return the connector of a kind, importing that platform alone; None for an unknown kind."""
    return _by_kind(_found(kind), Connector).get(kind)


def file_readers() -> dict[str, type[FileReader[SourceSettings]]]:
    """Return every reader of history files by its kind, sorted."""
    return _by_kind(_modules(package), FileReader)


def file_reader(kind: str) -> type[FileReader[SourceSettings]] | None:
    """Return the reader of a kind, importing its platform alone; None for an unknown kind."""
    platform, _, name = kind.partition("-")
    places = (platform, f"{platform}.{name}", f"{platform}.files.{name}")
    return _by_kind((m for place in places for m in _found(place)), FileReader).get(kind)


def sandbox_routes(kind: str) -> ModuleType | None:
    """Return the module that serves a platform in the sandbox; None where it has none."""
    return next(_found(f"{kind}.{SANDBOX}.routes"), None)


def _by_kind(modules: Iterator[ModuleType], base: type) -> dict[str, type]:
    found = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, base) and "kind" in vars(value):
                found[vars(value)["kind"]] = value
    return dict(sorted(found.items()))


def _found(name: str) -> Iterator[ModuleType]:
    """Yield the module of this name below `connectors`, if it is there."""
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        return
    for depth in range(1, len(parts) + 1):
        full_name = ".".join((package.__name__, *parts[:depth]))
        if importlib.util.find_spec(full_name) is None:
            return
        module = importlib.import_module(full_name)
        if depth < len(parts) and not hasattr(module, "__path__"):
            return
    yield module


def _modules(parent: ModuleType) -> Iterator[ModuleType]:
    """Import and yield every module below a package, without the sandboxes."""
    for info in pkgutil.iter_modules(parent.__path__):
        if info.name == SANDBOX:
            continue
        module = importlib.import_module(f"{parent.__name__}.{info.name}")
        yield module
        if info.ispkg:
            yield from _modules(module)
