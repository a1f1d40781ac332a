"""A user's folder with its vitals.toml, and what can be read out of the warehouse in it."""

import os
import subprocess
import sys
import time
from pathlib import Path
from shutil import copytree
from typing import Any

import duckdb
import pyarrow as pa

from connectors.discovery import sandbox_routes
from connectors.model import FACTS
from connectors.sandbox.server import Running
from pipelines import steps
from pipelines.imports import Imported, import_files
from pipelines.settings import load
from pipelines.steps import Clock, Reporter, Synced
from tests.support.paths import ROOT
from warehouse.db import Warehouse
from warehouse.query import Selection, catalogue
from warehouse.snapshots import Snapshot, open_current

TOKEN = 'token = "env:VITALS_TEST_TOKEN"'

# Columns that depend on when and in which order something was landed.
PASSING = {"record_id", "load_id", "first_seen_at", "seen_at", "left_at", "url"}


class Installation:
    """One folder with one source, named like its kind; `keys` are its settings.

    At a sandbox or another address the source has a token. Waits take no time: they move the clock
    of the sync and that of the sandbox. `waited` is how many seconds they would have lasted.
    """

    def __init__(
        self,
        folder: Path,
        sandbox: Running | None = None,
        *,
        kind: str = "slack",
        timezone: str = "UTC",
        more: str = "",
        base_url: str = "",
        token: str = TOKEN,
        keys: list[str] | None = None,
    ) -> None:
        self.folder, self.sandbox, self.kind = folder, sandbox, kind
        self.waited, self.warnings = 0.0, list[str]()
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "data" / "email.key").write_text("0" * 64)  # the same everywhere: hashes compare
        self.config = folder / "vitals.toml"
        if sandbox:
            base_url = f"{sandbox.url}/{kind}/api"
        lines = [
            '[community]\nname = "Made Up"',
            f'timezone = "{timezone}"',
            more,
            f'[[sources]]\nname = "{kind}"\nkind = "{kind}"',
        ]
        if base_url:
            lines += [f'base_url = "{base_url}"', token]
        lines += getattr(sandbox_routes(kind), "SOURCE_KEYS", []) if keys is None else keys
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.settings = load(self.config)
        self.warehouse = Warehouse(self.settings.warehouse_path)

    def goes_on_from(self, other: "Installation") -> None:
        """Begin with a copy of the warehouse of another place."""
        copytree(other.warehouse.path.parent, self.warehouse.path.parent, dirs_exist_ok=True)

    def sync(self, *, full: bool = False) -> Synced:
        """Sync the source, without waiting for anything."""
        report = Reporter(warn=self.warnings.append)
        clock = Clock(self._sleep, lambda: time.monotonic() + self.waited)
        return steps.sync_source(self.settings, self.kind, full=full, report=report, clock=clock)

    def _sleep(self, seconds: float) -> None:
        self.waited += seconds
        if self.sandbox:
            self.sandbox.advance(seconds=seconds)

    def import_export(self, *paths: Path) -> Imported:
        report = Reporter(warn=self.warnings.append)
        kind = f"{self.kind}-export"
        return import_files(self.settings, kind, list(paths), self.kind, report)

    def publish(self) -> Snapshot:
        steps.build(self.settings)
        steps.publish_snapshot(self.settings)
        return open_current(self.settings.warehouse_path)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the landed records."""
        with duckdb.connect(str(self.warehouse.path)) as con:
            return con.execute(query).fetchall()

    def raw(self) -> list[tuple[Any, ...]]:
        """Every landed record, without what depends on when and how it was landed."""
        return self.rows(
            "select source, stream, partition, key, payload, gone_at is not null"
            " from raw.records order by all"
        )

    def counts(self, *, gone: bool = False) -> dict[str, int]:
        """Living records by stream, or those that are gone."""
        which = "gone_at is not null" if gone else "gone_at is null"
        return dict(
            self.rows(f"select stream, count(*) from raw.records where {which} group by all")
        )

    def facts(self, *without: str) -> dict[str, list[tuple[Any, ...]]]:
        """Build, and return the facts, without what depends on when and how they were landed."""
        steps.build(self.settings)
        return self.facts_as_built(*without)

    def facts_as_built(self, *without: str) -> dict[str, list[tuple[Any, ...]]]:
        """The facts as the last build left them, without the same."""
        found = {}
        with duckdb.connect(str(self.warehouse.marts_path)) as con:
            for table in FACTS:
                columns = [
                    name
                    for name, *_ in con.execute(f"describe facts.{table}").fetchall()
                    if name not in PASSING | set(without)
                ]
                query = f"select {', '.join(columns)} from facts.{table} order by all"
                found[table] = con.execute(query).fetchall()
        return found

    def facts_of(self, query: str) -> list[tuple[Any, ...]]:
        """Build, and return what a query finds in the facts."""
        steps.build(self.settings)
        with duckdb.connect(str(self.warehouse.marts_path)) as con:
            return con.execute(query).fetchall()

    def vitals(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "pipelines.cli", *arguments],
            cwd=self.folder,
            env=process_environment(self.config) | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def process_environment(config: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "VITALS_CONFIG": str(config)}


def every_metric(snapshot: Snapshot, selection: Selection | None = None) -> dict[str, pa.Table]:
    """The rows of all metrics, without the times and costs of the syncs themselves."""
    tables = snapshot.metrics(catalogue(), selection or Selection(grain="week"))
    del tables["sync_cost"]
    tables["freshness"] = tables["freshness"].drop_columns(["last_success_at"])
    return tables
