"""A small Meetup, and a folder with it as a source."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installations.meetup import MeetupInstallation, tiny_world
from tests.support.tiny.meetup import TinyMeetup, serving


@pytest.fixture
def tiny() -> Iterator[TinyMeetup]:
    with serving(tiny_world()) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, tiny: TinyMeetup) -> MeetupInstallation:
    return MeetupInstallation(tmp_path, tiny)
