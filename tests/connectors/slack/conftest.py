"""A tiny Slack in place of HTTP, and a folder whose source it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.server import Running
from tests.support.installations import Installation
from tests.support.tiny.slack import TinySlack, instead_of_http


@pytest.fixture
def tiny() -> Iterator[TinySlack]:
    tiny = TinySlack()
    with instead_of_http(tiny):
        yield tiny


@pytest.fixture
def place(tmp_path: Path, sandbox: Running) -> Installation:
    return Installation(tmp_path / "place", sandbox)
