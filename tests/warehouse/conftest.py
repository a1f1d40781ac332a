"""What tests of the warehouse share."""

import pytest

from tests.support.worlds import World


@pytest.fixture
def world() -> World:
    return World()
