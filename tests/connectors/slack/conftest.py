"""A tiny Slack in place of HTTP, and a folder whose source it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.server import Running
from tests.support.places import Place
from tests.support.tiny.slack import TinySlack, instead_of_http


@pytest.fixture
def tiny() -> Iterator[TinySlack]:
    tiny = TinySlack()
    with instead_of_http(tiny):
        yield tiny


@pytest.fixture
def place(tmp_path: Path, sandbox: Running) -> Place:
    return Place(tmp_path / "place", sandbox)
