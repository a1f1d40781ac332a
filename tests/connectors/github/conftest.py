"""A made-up organisation in the sandbox, and a tiny GitHub of one repository."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.server import Running
from tests.support.places import Place
from tests.support.places.github import GitHubPlace
from tests.support.tiny.github import NAME, TinyGitHub, serving, tiny_of


@pytest.fixture
def organisation(tmp_path: Path, sandbox: Running) -> Place:
    """A folder with the sandbox's organisation as its source."""
    return Place(tmp_path / "organisation", sandbox, kind="github")


@pytest.fixture
def tiny() -> Iterator[TinyGitHub]:
    with serving(tiny_of(3)) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, tiny: TinyGitHub) -> GitHubPlace:
    """A folder with the tiny GitHub's repository as its source."""
    return GitHubPlace(tmp_path / "place", [NAME], tiny.url)
