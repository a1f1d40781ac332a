"""The `vitals` command in this process, as fast as it is called often."""

import sys
from collections.abc import Callable

import pytest

from pipelines import cli
from tests.support.installations import Installation

Vitals = Callable[..., str]


def vitals_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Vitals:
    """What runs a command in a place, and returns what it says there; `status`: how it ends."""

    def run(place: Installation, *arguments: str, status: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["vitals", *arguments])
        monkeypatch.setenv("VITALS_CONFIG", str(place.config))
        capsys.readouterr()
        found = cli._run()
        said = capsys.readouterr()
        text = said.out + said.err
        assert found == status, text
        assert "unforeseen" not in text
        return text

    return run
