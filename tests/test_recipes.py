"""CONTRIBUTING.md's two recipes, followed literally on a copy of the tree."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.local_http import served
from tests.support.paths import ROOT

PACKAGES = ("connectors", "pipelines", "warehouse", "dashboard")
FILE_BLOCK = re.compile(r"^`(?P<path>[\w./]+)`:\n\n```\w+\n(?P<content>.*?)^```$", re.M | re.S)

# Ada writes at one in the morning, Bo answers at noon and Ada at night again a month later.
NOTES = [
    {"id": 1, "author": "ada", "written_at": 1714525200, "text": "hello"},
    {"id": 2, "author": "bo", "written_at": 1714564800, "answers": 1, "text": "hi"},
    {"id": 3, "author": "ada", "written_at": 1717203600, "text": "still here"},
]


class Board(BaseHTTPRequestHandler):
    """The platform of the recipe."""

    def do_GET(self) -> None:
        after = int(parse_qs(urlsplit(self.path).query)["after"][0])
        body = json.dumps([note for note in NOTES if note["id"] > after]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def board_url() -> Iterator[str]:
    with served(Board) as url:
        yield url


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, board_url: str) -> Path:
    """A copy of the packages with the files that the recipes tell to write."""
    tree = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    written = []
    for block in FILE_BLOCK.finditer((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        path = tree / block["path"]
        assert not path.exists(), "a recipe adds a file, it edits none"
        path.write_text(block["content"], encoding="utf-8")
        written.append(block["path"])
    assert written == ["warehouse/metrics/night_owls.sql", "connectors/board.py"]
    (tree / "vitals.toml").write_text(
        '[community]\nname = "Notes"\n\n[[sources]]\nname = "board"\nkind = "board"\n'
        f'token = "env:BOARD_TOKEN"\nbase_url = "{board_url}"\n',
        encoding="utf-8",
    )
    return tree


def vitals(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "BOARD_TOKEN": "made-up"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_connector_of_the_recipe_lands_a_platform(tree: Path) -> None:
    synced = vitals(tree, "sync")
    assert synced.returncode == 0, synced.stderr
    assert "4 records new" in synced.stderr

    again = vitals(tree, "sync")
    assert "0 records new" in again.stderr


def test_the_metric_of_the_recipe_counts(tree: Path) -> None:
    assert vitals(tree, "sync").returncode == 0
    printed = vitals(tree, "metric", "night_owls", "--grain", "month", "--format", "json")
    assert printed.returncode == 0, printed.stderr
    first, second, *later = json.loads(printed.stdout)
    assert (first["period"], first["night_owls"]) == ("2024-05-01", 1)
    assert (second["period"], second["night_owls"]) == ("2024-06-01", 1)
    assert {row["night_owls"] for row in later} == {0}, "until today nobody wrote again"
    assert "night_owls" in vitals(tree, "metrics").stdout


def test_the_code_of_the_recipes_passes_the_checks(tree: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tree)
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        checked = subprocess.run(
            [sys.executable, "-m", *command, "connectors/board.py"],
            cwd=tree,
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr
