"""What every connector has to keep, whatever its platform. A new one is found and tried by itself.

Its sandbox serves `/KIND/api`; `SOURCE_KEYS` in `connectors.KIND.sandbox.routes` are the lines of
vitals.toml that a source of the kind needs besides name, kind, token and base_url.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from connectors import http
from connectors.base import Changed, Denied, Retryable, SourceError
from connectors.discovery import connectors
from connectors.model import FACTS, Record
from connectors.sandbox.community import EMAIL_DOMAIN, World
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from connectors.sandbox.text import TEXT_MARK
from tests.support.installations import Installation
from tests.support.samples import some

SHARE_OF_REQUESTS_WITHOUT_NEWS = 0.25
STALL_SECONDS = 1.0
BROKEN_RESPONSES = ("server_error", "html_error", "cut_json", "cut_body", "reset")
PASSING_FAULTS = {"too_many": 25, "html_with_200": 5, "stall": 3} | dict.fromkeys(
    BROKEN_RESPONSES, 5
)
LASTING_FAULTS: dict[str, type[SourceError]] = {
    "other_shape": Changed,
    **dict.fromkeys(("too_many", *BROKEN_RESPONSES), Retryable),
}


@dataclass
class Done:
    """One undisturbed sync of one kind."""

    place: Installation
    requests: int
    raw: list[tuple[object, ...]]


@pytest.fixture(scope="module", params=sorted(connectors()))
def done(
    request: pytest.FixtureRequest, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Done]:
    """Each kind of connector, synced once; its sandbox still runs."""
    kind = request.param
    with serve(world, Options(limits=False)) as sandbox:
        place = Installation(tmp_path_factory.mktemp(kind), sandbox, kind=kind)
        synced = place.sync()
        yield Done(place, synced.requests, place.raw())


@pytest.fixture
def place(done: Done, sandbox: Running, tmp_path: Path) -> Installation:
    """A folder for another sync of the same kind, at a sandbox of its own."""
    return Installation(tmp_path, sandbox, kind=done.place.kind)


def records(place: Installation) -> list[Record]:
    """Every landed record as `normalize` gets it."""
    found = place.rows(
        "select stream, partition, key, payload, epoch_us(first_seen_at), epoch_us(gone_at)"
        " from raw.records order by record_id"
    )
    return [Record(*row) for row in found]


def test_every_stream_is_declared_and_gives_something(done: Done) -> None:
    declared = {stream.name for stream in connectors()[done.place.kind].streams}
    assert {record.stream for record in records(done.place)} == declared


def test_keys_are_unique(done: Done) -> None:
    keys = Counter((r.stream, r.partition, r.key) for r in records(done.place))
    assert keys.most_common(1)[0][1] == 1
    assert all(record.key for record in records(done.place))


def test_private_fields_are_gone_before_anything_is_written(done: Done) -> None:
    for record in records(done.place):
        for mark in (TEXT_MARK, EMAIL_DOMAIN, SANDBOX_TOKEN):
            assert mark not in record.payload, (record.stream, record.key, mark)


@pytest.mark.parametrize(("full", "share"), [(False, SHARE_OF_REQUESTS_WITHOUT_NEWS), (True, 1.0)])
def test_syncing_again_lands_nothing_and_asks_little(done: Done, full: bool, share: float) -> None:
    again = done.place.sync(full=full)
    assert (again.landed.new, again.landed.changed, again.landed.gone) == (0, 0, 0)
    assert done.place.raw() == done.raw
    assert again.requests <= share * done.requests


def test_normalize_is_pure_and_total(done: Done) -> None:
    normalize = connectors()[done.place.kind].normalize
    kinds_of_facts = tuple(FACTS.values())
    for record in records(done.place):
        facts = list(normalize("here", record))
        assert facts == list(normalize("here", record))
        assert all(isinstance(fact, kinds_of_facts) for fact in facts)
        assert list(normalize("here", record._replace(gone_at=1))), "a gone record says so"


def test_ids_are_qualified_by_the_source(done: Done) -> None:
    normalize = connectors()[done.place.kind].normalize
    for record in records(done.place):
        for fact in normalize("here", record):
            values = msgspec.structs.asdict(fact)
            ids = [v for name, v in values.items() if name.endswith("_id") and v is not None]
            assert all(str(value).startswith("here:") for value in ids), fact


def test_activity_ids_are_unique(done: Done) -> None:
    ids = [row[1] for row in done.place.facts()["activities"]]
    assert len(ids) == len(set(ids))


def test_an_unknown_shape_is_an_error_with_its_place(done: Done) -> None:
    normalize = connectors()[done.place.kind].normalize
    for record in records(done.place)[:: max(1, len(done.raw) // 20)]:
        for broken in ("[]", "{", '{"ts": 5, "id": 5, "name": 5}'):
            with pytest.raises(Changed) as caught:
                list(normalize("here", record._replace(payload=broken)))
            assert record.key in str(caught.value)


@pytest.mark.parametrize("interruptions", some([3, 10], 1))
def test_an_interrupted_sync_goes_on_and_comes_to_the_same(
    done: Done, place: Installation, sandbox: Running, interruptions: int
) -> None:
    """Broken off at many requests; each time the next run takes up what is there."""
    chance = random.Random(done.requests)
    cuts = sorted(chance.sample(range(1, done.requests), min(interruptions, done.requests - 1)))
    landed = []
    for first, then in pairwise([0, *cuts]):
        sandbox.clear_faults()
        sandbox.fault("server_error", skip=then - first)
        with pytest.raises(SourceError):
            place.sync()
        landed.append(len(place.raw()))
    sandbox.clear_faults()
    place.sync()
    assert place.raw() == done.raw
    assert place.facts("origin") == done.place.facts("origin")
    assert landed == sorted(landed), "what was landed stays"


@pytest.mark.parametrize("share", some([0.6, 0.0, 0.3, 0.95], 1))
def test_one_interruption_anywhere_changes_nothing(
    done: Done, place: Installation, sandbox: Running, share: float
) -> None:
    sandbox.fault("reset", skip=int(done.requests * share))
    with pytest.raises(SourceError):
        place.sync()
    sandbox.clear_faults()
    rest = place.sync()
    assert place.raw() == done.raw
    no_news = SHARE_OF_REQUESTS_WITHOUT_NEWS * done.requests
    assert rest.requests <= done.requests * (1 - share) + no_news, "no landed page is asked anew"


def test_every_fault_that_passes_is_survived(
    done: Done, place: Installation, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sync meets them all, each several times at a request of its own."""
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", (5.0, STALL_SECONDS / 2))
    for number, (fault, count) in enumerate(PASSING_FAULTS.items(), start=1):
        skip = number * done.requests // (len(PASSING_FAULTS) + 2)
        sandbox.fault(fault, skip=skip, count=count, seconds=STALL_SECONDS)
    place.sync()
    assert sandbox.stats()["faults"] == PASSING_FAULTS
    assert place.raw() == done.raw


@pytest.mark.parametrize(("fault", "error"), LASTING_FAULTS.items())
def test_a_lasting_fault_is_one_clear_error(
    place: Installation, sandbox: Running, fault: str, error: type[SourceError]
) -> None:
    sandbox.fault(fault)
    with pytest.raises(error) as caught:
        place.sync()
    assert place.kind in caught.value.where
    assert caught.value.advice
    assert sandbox.stats()["faults"][fault] <= http.MOST_RATE_LIMITED


def test_a_source_without_a_token_asks_for_nothing(done: Done, tmp_path: Path) -> None:
    place = Installation(tmp_path, kind=done.place.kind)
    with pytest.raises(Denied, match="has no token"):
        place.sync()


def test_a_failed_sync_is_remembered_as_failed(place: Installation, sandbox: Running) -> None:
    sandbox.fault("html_error")
    with pytest.raises(SourceError) as caught:
        place.sync()
    assert place.rows("select error, covered_to from raw.runs") == [(str(caught.value), None)]
    [source] = place.publish().sources()
    assert source["last_success_at"] is None


def test_tokens_are_in_no_error(place: Installation, sandbox: Running) -> None:
    sandbox.set_token(revoked=True)
    with pytest.raises(SourceError) as caught:
        place.sync()
    seen, error = "", caught.value
    while error is not None:
        seen, error = f"{seen}{error!r}{error}", error.__cause__
    assert SANDBOX_TOKEN not in seen
