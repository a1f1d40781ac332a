"""A folder with a Meetup source that files are imported into, and what comes of them."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb

from pipelines import steps
from pipelines.imports import Imported, import_files
from pipelines.settings import load
from pipelines.steps import Reporter
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


class FilePlace:
    """A community with one Meetup source and no token."""

    def __init__(self, folder: Path, timezone: str = "UTC") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vitals.toml").write_text(CONFIG.format(timezone=timezone), encoding="utf-8")
        self.warnings: list[str] = []
        self.settings = load(folder / "vitals.toml")
        self.warehouse = Warehouse(self.settings.warehouse_path)

    def read(self, kind: str, *paths: Path, told: Collection[str] = ()) -> Imported:
        """Import files."""
        report = Reporter(warn=self.warnings.append)
        return import_files(self.settings, kind, list(paths), "meetup", report, told)

    def facts(self, query: str) -> list[tuple[Any, ...]]:
        """Build the facts, and return what a query finds in them."""
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
