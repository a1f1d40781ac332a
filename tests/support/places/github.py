"""A folder with one GitHub source, with a token or for files alone."""

import time
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from connectors.base import Context
from pipelines import steps
from pipelines.settings import load
from pipelines.steps import Imported, Reporter, Synced
from tests.support.places import TOKEN_VARIABLE, Place


class GitHubPlace(Place):
    """One GitHub source at an address. Waits are over at once; `waited` is how long they were."""

    def __init__(self, folder: Path, names: list[str], url: str | None = None, **more: Any) -> None:
        super().__init__(folder, **more)
        address = f'base_url = "{url}"\ntoken = "env:{TOKEN_VARIABLE}"\n' if url else ""
        names_text = ", ".join(f'"{name}"' for name in names)
        self.config.write_text(
            '[community]\nname = "Made Up"\ntimezone = "UTC"\n'
            '[[sources]]\nname = "github"\nkind = "github"\n'
            f"repositories = [{names_text}]\n{address}",
            encoding="utf-8",
        )
        self.kind = "github"
        self.settings = load(self.config)

    def sync(self, *, full: bool = False) -> Synced:
        """Sync, on a clock that only waiting moves ahead of the real one."""

        def sleep(seconds: float) -> None:
            self.waited += seconds

        def clock() -> float:
            return time.monotonic() + self.waited

        report = Reporter(warn=self.warnings.append)
        with patch.object(steps, "Context", partial(Context, sleep=sleep, clock=clock)):
            return steps.sync_source(self.settings, "github", full=full, report=report)

    def import_archive(self, *paths: Path) -> Imported:
        """Import hours of GH Archive."""
        return steps.import_files(self.settings, "github-archive", list(paths), "github")
