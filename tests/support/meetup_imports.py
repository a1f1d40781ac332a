"""A folder with a Meetup source that files are imported into, and what comes of them."""

from collections.abc import Collection, Iterable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from connectors.base import Connector, SourceSettings, Stream
from connectors.discovery import connectors
from connectors.meetup.files.records import normalize_file_record
from connectors.model import Fact, Record
from pipelines import settings as settings_module
from pipelines import steps
from pipelines.settings import load
from pipelines.steps import Imported, Reporter
from warehouse.db import Warehouse

CONFIG = """
[community]
name = "Made Up"
timezone = "{timezone}"
[[sources]]
name = "meetup"
kind = "meetup"
groups = ["made-up"]
"""


class GroupSettings(SourceSettings):
    groups: tuple[str, ...] = ()


class FilesOnly(Connector[GroupSettings]):
    """A connector that knows the records of files alone."""

    kind = "meetup"
    version = 1
    streams: tuple[Stream, ...] = ()
    settings_model = GroupSettings

    @classmethod
    def normalize(cls, source: str, record: Record) -> Iterable[Fact]:
        return normalize_file_record(source, record)


def with_files_only() -> dict[str, Any]:
    """Every connector, with this one in the place of Meetup's."""
    return connectors() | {"meetup": FilesOnly}


class FilePlace:
    """A community with one Meetup source and no token."""

    def __init__(self, folder: Path, timezone: str = "UTC") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vitals.toml").write_text(CONFIG.format(timezone=timezone), encoding="utf-8")
        self.warnings: list[str] = []
        with patch.object(settings_module, "connectors", with_files_only):
            self.settings = load(folder / "vitals.toml")
        self.warehouse = Warehouse(self.settings.warehouse_path)

    def read(self, kind: str, *paths: Path, told: Collection[str] = ()) -> Imported:
        """Import files."""
        report = Reporter(warn=self.warnings.append)
        act = partial(steps.import_files, self.settings, kind, list(paths), "meetup", report, told)
        with patch.object(steps, "connectors", with_files_only):
            return act()

    def facts(self, query: str) -> list[tuple[Any, ...]]:
        """Build the facts, and return what a query finds in them."""
        with patch.object(steps, "connectors", with_files_only):
            steps.build(self.settings)
        with duckdb.connect(str(self.warehouse.marts_path)) as con:
            return con.execute(query).fetchall()

    def landed(self) -> str:
        """Every byte of payload that was landed, and every key."""
        with duckdb.connect(str(self.warehouse.path)) as con:
            rows = con.execute("select key, partition, payload from raw.records").fetchall()
        return "\n".join(str(cell) for row in rows for cell in row)


def table(path: Path, *rows: str, separator: str = "\t", encoding: str = "utf-8") -> Path:
    """Write a table whose cells are given with bars between them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\r\n".join(row.replace("|", separator) for row in rows) + "\r\n"
    path.write_bytes(text.encode(encoding))
    return path
