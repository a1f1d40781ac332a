"""A made-up organisation in the sandbox, and a tiny GitHub of one repository."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.server import Running
from tests.support.installations import Installation
from tests.support.installations.github import GitHubInstallation
from tests.support.tiny.github import NAME, TinyGitHub, serving, tiny_of


@pytest.fixture
def organisation(tmp_path: Path, sandbox: Running) -> Installation:
    """A folder with the sandbox's organisation as its source."""
    return Installation(tmp_path / "organisation", sandbox, kind="github")


@pytest.fixture
def tiny() -> Iterator[TinyGitHub]:
    with serving(tiny_of(3)) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, tiny: TinyGitHub) -> GitHubInstallation:
    """A folder with the tiny GitHub's repository as its source."""
    return GitHubInstallation(tmp_path / "place", [NAME], tiny.url)
