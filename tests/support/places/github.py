"""A folder with one GitHub source, with a token or for files alone."""

from pathlib import Path
from typing import Any

from pipelines.imports import Imported, import_files
from pipelines.settings import load
from tests.support.places import TOKEN_VARIABLE, Place


class GitHubPlace(Place):
    """One GitHub source at an address."""

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

    def import_archive(self, *paths: Path) -> Imported:
        """Import hours of GH Archive."""
        return import_files(self.settings, "github-archive", list(paths), "github")
