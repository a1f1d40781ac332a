"""A small Meetup, and a folder with it as a source."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.places.meetup import MeetupPlace, tiny_world
from tests.support.tiny.meetup import TinyMeetup, serving


@pytest.fixture
def tiny() -> Iterator[TinyMeetup]:
    with serving(tiny_world()) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, tiny: TinyMeetup) -> MeetupPlace:
    return MeetupPlace(tmp_path, tiny)
