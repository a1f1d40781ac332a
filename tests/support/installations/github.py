"""A folder with one GitHub source, with a token or for files alone."""

import json
from pathlib import Path

from pipelines.imports import Imported, import_files
from tests.support.installations import Installation


class GitHubInstallation(Installation):
    """One GitHub source at an address."""

    def __init__(self, folder: Path, names: list[str], base_url: str = "") -> None:
        keys = [f"repositories = {json.dumps(names)}"]
        super().__init__(folder, kind="github", base_url=base_url, keys=keys)

    def import_archive(self, *paths: Path) -> Imported:
        return import_files(self.settings, "github-archive", list(paths), "github")

    def last_spots(self) -> list[dict[str, str]]:
        """What the last sync could not see."""
        query = "select to_json(blind_spots) from raw.runs order by finished_at desc limit 1"
        [(spots,)] = self.rows(query)
        return list(json.loads(spots))
