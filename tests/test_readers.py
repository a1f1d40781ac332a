"""Readers beside a writer, as real processes: they never fail and never see half of a state."""

import multiprocessing
import time
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
from places import Place

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from warehouse.metrics import Selection
from warehouse.publish import KEPT_SNAPSHOTS
from warehouse.snapshots import Snapshot, open_current

SECONDS = 8.0
READERS = 2
DAYS_PER_ROUND = 2

FACTS_AND_MARTS = """
select
    (select count(*) from facts.activities where kind <> 'reaction')
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
    alike = {"enable_external_access": "false"}
    with duckdb.connect(str(snapshot.path), read_only=True, config=alike) as con:
        [(facts, days, months)] = con.execute(FACTS_AND_MARTS).fetchall()
    assert facts == days == months
    return participations


def read_in_a_loop(
    warehouse: Path, stop: Event, seen: "Queue[list[tuple[str, int]] | str]"
) -> None:
    """Open what is current again and again; tells every state that was seen, or what failed."""
    states: list[tuple[str, int]] = []
    try:
        while not stop.is_set():
            snapshot = open_current(warehouse)
            states.append((snapshot.id, look(snapshot)))
            snapshot.close()
    except BaseException as error:
        seen.put(f"{type(error).__name__}: {error}")
        raise
    seen.put(states)


def test_readers_see_whole_states_only(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("spawn")
    stop, seen = processes.Event(), processes.Queue()
    with serve(make_world(members=60, days=60), Options(limits=False)) as sandbox:
        place = Place(tmp_path, sandbox)
        place.sync()
        place.publish().close()
        readers = [
            processes.Process(
                target=read_in_a_loop, args=(place.settings.warehouse_path, stop, seen), daemon=True
            )
            for _ in range(READERS)
        ]
        for reader in readers:
            reader.start()
        published, began = 1, time.monotonic()
        while time.monotonic() - began < SECONDS:
            sandbox.advance(days=DAYS_PER_ROUND)
            place.sync()
            place.publish().close()
            published += 1
        stop.set()
        told = [seen.get(timeout=30) for _ in readers]
        for reader in readers:
            reader.join(30)
    for states in told:
        assert isinstance(states, list), states
        ids = [snapshot_id for snapshot_id, _ in states]
        assert ids == sorted(ids), "a later look never shows an older state"
        assert len(set(states)) == len(set(ids)) >= 3, "a snapshot never changes"
    assert published > KEPT_SNAPSHOTS
    assert len(list(place.warehouse.snapshots.glob("*.duckdb"))) == KEPT_SNAPSHOTS
