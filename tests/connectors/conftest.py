"""A small made-up community, and a sandbox that serves it without limits."""

from collections.abc import Iterator

import pytest

from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(members=42, days=60)  # nothing happens in the minutes after its end


@pytest.fixture
def sandbox(world: World) -> Iterator[Running]:
    """A sandbox of one's own, to be changed."""
    with serve(world, Options(limits=False)) as running:
        yield running
