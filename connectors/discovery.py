"""Finds the platforms and their readers of history files in this package.

A platform of kind `slack` is `connectors/slack/` or `connectors/slack.py`. A reader lies in its
platform's package: `slack-export` in `slack/export.py`, `meetup-members` in
`meetup/files/members.py`. Adding one edits no list.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
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
    return _by_kind(_modules(package, with_packages=True), FileReader)


def file_reader(kind: str) -> type[FileReader[SourceSettings]] | None:
    """Return the reader of a kind, importing its platform alone; None for an unknown kind."""
    platform, _, name = kind.partition("-")
    names = (platform, f"{platform}.{name}", f"{platform}.files.{name}")
    return _by_kind(_found(*names), FileReader).get(kind)


def sandbox_routes(kind: str) -> ModuleType | None:
    """Return the module that serves a platform in the sandbox; None where it has none."""
    return next(_found(f"{kind}.{SANDBOX}.routes"), None)


def _by_kind(modules: Iterable[ModuleType], base: type) -> dict[str, type]:
    classes = (value for module in modules for value in vars(module).values())
    found = (c for c in classes if isinstance(c, type) and issubclass(c, base))
    by_kind = {vars(c)["kind"]: c for c in found if "kind" in vars(c)}
    return dict(sorted(by_kind.items()))


def _found(*names: str) -> Iterator[ModuleType]:
    """Import and yield those of the modules that exist, given by their names in this package."""
    for name in names:
        full_name = f"{package.__name__}.{name}"
        try:
            yield importlib.import_module(full_name)
        except ModuleNotFoundError as error:
            # Another name is that of a library which the module needs.
            if not f"{full_name}.".startswith(f"{error.name}."):
                raise


def _modules(parent: ModuleType, *, with_packages: bool = False) -> Iterator[ModuleType]:
    """Import and yield the modules of a package; those of its packages, too, where wanted."""
    for info in pkgutil.iter_modules(parent.__path__):
        if info.name == SANDBOX:
            continue
        module = importlib.import_module(f"{parent.__name__}.{info.name}")
        yield module
        if info.ispkg and with_packages:
            yield from _modules(module, with_packages=True)
