"""Meetup's sandbox with its limits, faults and tokens that end: everything comes, nothing twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors import http
from connectors.base import Denied
from connectors.meetup import api as meetup_api
from connectors.meetup.sandbox import routes as sandbox_meetup
from connectors.meetup.sandbox.token import CLIENT_KEY, KEY_ID, MEMBER_ID
from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from pipelines.settings import load
from tests.connectors.meetup.test_token import PEM, PUBLIC
from tests.support.places import TOKEN_VARIABLE, Place

POINTS = 10
JWT = f"""client_key = "{CLIENT_KEY}"
member_id = "{MEMBER_ID}"
key_id = "{KEY_ID}"
signing_key = "env:VITALS_TEST_KEY"
"""


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=40, days=90)


@pytest.fixture
def sandbox(world: World) -> Iterator[Running]:
    with serve(world, Options(limits=False, platforms=("meetup",))) as running:
        yield running


@pytest.fixture(scope="module")
def expected(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    with serve(world, Options(limits=False, platforms=("meetup",))) as running:
        place = Place(tmp_path_factory.mktemp("undisturbed"), running, kind="meetup")
        place.sync()
        return place.raw()


@pytest.mark.parametrize("ours", [POINTS, 10 * POINTS])
def test_the_minute_s_points_are_used_up_and_nothing_more(
    world: World,
    tmp_path: Path,
    expected: list[tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
    ours: int,
) -> None:
    """Whether we keep the limit ourselves, or learn it from RATE_LIMITED alone."""
    monkeypatch.setattr(meetup_api, "PER_MINUTE", ours)
    monkeypatch.setattr(sandbox_meetup, "POINTS", POINTS)
    with serve(world, Options(platforms=("meetup",))) as sandbox:
        place = Place(tmp_path, sandbox, kind="meetup")
        synced = place.sync()
    refused = sum("asks to wait" in warning for warning in place.warnings)
    minutes = (synced.requests - refused - 1) // POINTS
    assert minutes >= 2
    assert (refused > 0) == (ours > POINTS)
    assert synced.waited_seconds <= 60 * minutes * 1.05
    assert place.raw() == expected


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("too_many", {"count": 8, "seconds": 7}),
        ("too_many", {"probability": 0.3, "seconds": 2}),
        ("server_error", {"count": 5}),
        ("server_error", {"probability": 0.2}),
        ("html_error", {"count": 3}),
        ("html_with_200", {"count": 3}),
        ("cut_json", {"count": 5}),
        ("cut_body", {"probability": 0.2}),
        ("reset", {"probability": 0.2}),
        ("stall", {"count": 2, "seconds": 0.6}),
    ],
)
def test_faults_are_survived(
    sandbox: Running,
    tmp_path: Path,
    expected: list[tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    rule: dict[str, Any],
) -> None:
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", (2.0, 0.3))
    sandbox.fault(kind, skip=3, **rule)
    place = Place(tmp_path, sandbox, kind="meetup")
    place.sync()
    assert place.raw() == expected
    assert sandbox.stats()["faults"][kind] > 0


def test_a_sunset_in_the_middle_keeps_what_was_landed(sandbox: Running, tmp_path: Path) -> None:
    place = Place(tmp_path, sandbox, kind="meetup")
    sandbox.fault("gone", skip=4)
    with pytest.raises(Denied, match="switched this API off"):
        place.sync()
    assert sandbox.stats()["faults"]["gone"] == 1
    assert place.raw()


@pytest.fixture
def signed(tmp_path: Path, sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place whose tokens the sandbox gives for a signature."""
    monkeypatch.setenv("VITALS_TEST_KEY", PEM)
    sandbox.set_token(signing_key=PUBLIC)
    place = Place(tmp_path / "signed", sandbox, kind="meetup")
    text = place.config.read_text(encoding="utf-8")
    text = text.replace(f'token = "env:{TOKEN_VARIABLE}"\n', JWT)
    place.config.write_text(text, encoding="utf-8")
    place.settings = load(place.config, with_tokens=True)
    return place


def test_a_token_that_ends_in_the_middle_is_renewed(
    signed: Place, sandbox: Running, expected: list[tuple[Any, ...]]
) -> None:
    """The sandbox asks to wait for longer than a token lasts."""
    sandbox.fault("too_many", methods=["gql-ext"], skip=5, count=1, seconds=4000)
    signed.sync()
    assert sandbox.stats()["requests"]["meetup/access"] >= 2
    assert signed.raw() == expected


def test_a_machine_whose_clock_is_behind_gets_a_token(
    signed: Place, sandbox: Running, expected: list[tuple[Any, ...]]
) -> None:
    sandbox.advance(days=3650)
    signed.sync()
    assert sandbox.stats()["requests"]["meetup/access"] == 2
    assert {row[3] for row in expected if row[1] == "groups"} == {
        row[3] for row in signed.raw() if row[1] == "groups"
    }
