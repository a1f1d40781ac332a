"""Readers beside a writer, as real processes: they never fail and never see half of a state."""

import multiprocessing
import sys
import time
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from types import ModuleType

import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.installations import Installation
from tests.support.samples import some
from warehouse import versions
from warehouse.publishing import KEPT_SNAPSHOTS
from warehouse.query import Selection
from warehouse.snapshots import Snapshot, list_snapshots, open_current

READERS = 2
MOST_SECONDS = 120.0

Look = tuple[int, str, int]  # the reader, the snapshot, all participations in it

COUNTS_IN_MARTS = """
select
    (select count(*) from marts.activities where kind <> 'reaction')
    , (select sum(participations)::bigint from marts.account_days)
    , (select sum(participations)::bigint from marts.account_months)
"""


def look(snapshot: Snapshot) -> int:
    """Several questions to one snapshot whose answers agree; returns all participations."""
    volume = snapshot.metric("activity_volume").to_pylist()
    heatmap = snapshot.metric("heatmap").to_pylist()
    participations = sum(row["activities"] for row in volume if row["kind"] != "reaction")
    assert participations == sum(row["participations"] for row in heatmap)
    weekly = Selection(grain="week")
    active = snapshot.metric("active_members", weekly).column("active_members").to_pylist()
    states = snapshot.metric("lifecycle", weekly).to_pylist()
    assert active == [row["new"] + row["returning"] + row["resurrected"] for row in states]
    with versions.connect(snapshot.path, read_only=True, enable_external_access="false") as con:
        [(facts, days, months)] = con.execute(COUNTS_IN_MARTS).fetchall()
    assert facts == days == months
    return participations


def read_in_a_loop(warehouse: Path, stop: Event, seen: "Queue[Look | str]", reader: int) -> None:
    """Open what is current again and again; tells each look, or what failed."""
    try:
        while not stop.is_set():
            snapshot = open_current(warehouse)
            seen.put((reader, snapshot.id, look(snapshot)))
            snapshot.close()
    except BaseException as error:
        seen.put(f"{type(error).__name__}: {error}")
        raise


def drain(seen: "Queue[Look | str]", looks: dict[int, list[Look]]) -> None:
    """Take in what the readers told so far."""
    while not seen.empty():
        told = seen.get()
        assert not isinstance(told, str), told
        looks[told[0]].append(told)


@pytest.mark.parametrize("least_seen", some([2, 4], 1))
def test_readers_see_whole_states_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least_seen: int
) -> None:
    # A page that another test ran is left as the main module, and each reader would run it.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    processes = multiprocessing.get_context("spawn")
    stop, seen = processes.Event(), processes.Queue()
    looks: dict[int, list[Look]] = {reader: [] for reader in range(READERS)}
    with serve(make_world(members=60, days=60), Options(limits=False)) as sandbox:
        place = Installation(tmp_path, sandbox)
        place.sync()
        place.publish().close()
        path = place.settings.warehouse_path
        readers = [
            processes.Process(target=read_in_a_loop, args=(path, stop, seen, reader), daemon=True)
            for reader in looks
        ]
        for process in readers:
            process.start()
        rounds, began = 0, time.monotonic()
        while rounds < 2 * least_seen or min(map(snapshots_seen, looks.values())) < least_seen:
            assert time.monotonic() - began < MOST_SECONDS, f"{rounds} rounds, seen: {looks}"
            sandbox.advance(days=1)
            place.sync()
            place.publish().close()
            rounds += 1
            drain(seen, looks)
        stop.set()
        for process in readers:
            process.join(30)
        drain(seen, looks)
    for states in looks.values():
        ids = [snapshot_id for _, snapshot_id, _ in states]
        assert ids == sorted(ids), "a later look never shows an older state"
        assert len(set(states)) == len(set(ids)), "a snapshot never changes"
    assert len(list_snapshots(path)) == KEPT_SNAPSHOTS


def snapshots_seen(states: list[Look]) -> int:
    return len({snapshot_id for _, snapshot_id, _ in states})
