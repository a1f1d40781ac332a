"""`vitals people forget` ended at any moment, twice at once, and beside other commands.

Kofi has two accounts by a decision. Before the tombstones are written nothing has happened; from
then on neither an import nor a build brings anything back, and another `forget` finishes it.
"""

import os
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from shutil import copytree

import pyarrow as pa
import pytest

from pipelines import steps
from pipelines.people import commands, forgetting
from tests.support.hand_made.slack import write_folder
from tests.support.installations import Installation, every_metric, process_environment
from tests.support.paths import ROOT
from tests.support.samples import some
from warehouse.landing import Run, write_run
from warehouse.snapshots import Snapshot, list_snapshots, open_current

KOFI, OTHER = {"id": "UZQXW1", "name": "zqhandle"}, {"id": "UZQXW2", "name": "zqother"}
NAME = "Zqname Zqfamily"
TRACES = [trace.encode() for trace in ("uzqxw1", "uzqxw2", "zqhandle", "zqother", NAME.lower())]
FILES = {
    "channels.json": [{"id": "C1", "name": "general", "is_general": True}],
    "users.json": [
        KOFI | {"real_name": NAME},
        OTHER | {"real_name": NAME},
        {"id": "U3", "name": "bo", "real_name": "Bo"},
    ],
    "general/2026-01-01.json": [
        {"ts": "1767261600.000100", "user": "UZQXW1", "text": "a"},
        {"ts": "1767261601.000100", "user": "UZQXW2", "text": "b"},
        {"ts": "1767261602.000100", "user": "U3", "text": "c"},
    ],
}
DECISIONS = """\
# kept
# zqhandle told us
[[decisions]]
what = "merge"
accounts = ["slack:UZQXW1", "slack:zqother"]
why = "zqhandle told us"
"""
LEFT = ("import-slack.tmp/0.parquet", ".vitals.marts.duckdb.draft", "vitals.duckdb.tmp/spilled")
MOST_CHANGES = 60
NOW = datetime(2026, 1, 2)

# By the bytes of the snapshot: most kills leave the one that was there.
_counted: dict[bytes, dict[str, pa.Table]] = {}


class Kofi(Installation):
    """Kofi and Bo, published twice, with what other commands that were killed have left."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, more="[privacy]\nstore_text = true")
        self.export = write_folder(folder.parent / "export", FILES)

    def begin(self) -> None:
        self.settings.people_path.write_text(DECISIONS)
        self.import_export(self.export)
        spot = {"what": "the list of zqhandle", "reason": "HTTP 500", "advice": "wait"}
        with self.warehouse.landing() as con:
            write_run(
                con, Run("slack", "sync", NOW, NOW, error="zqhandle: 500", blind_spots=[spot])
            )
        self.publish().close()
        self.publish().close()
        for left in LEFT:
            path = self.warehouse.path.parent / left
            path.parent.mkdir(exist_ok=True)
            path.write_text(NAME)

    def traces(self) -> list[str]:
        """The files in which something of Kofi is."""
        return [
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and any(t in path.read_bytes().lower() for t in TRACES)
        ]

    def forget(self, account: str = "slack:zqhandle") -> str:
        """What `vitals people forget` prints; it succeeds."""
        told = self.vitals("people", "forget", account, "--yes")
        assert told.returncode == 0, told.stderr
        return told.stdout

    def is_forgotten(self) -> bool:
        return bool(self.rows("from raw.forgotten"))


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Kofi:
    place = Kofi(tmp_path_factory.mktemp("forgetting") / "start")
    place.begin()
    return place


@pytest.fixture
def place(start: Kofi, tmp_path: Path) -> Kofi:
    return copy_of(start, tmp_path / "place")


def copy_of(start: Kofi, folder: Path) -> Kofi:
    copytree(start.folder, folder)
    return Kofi(folder)


def counts(snapshot: Snapshot) -> dict[str, pa.Table]:
    """Every metric but what names people; of identities the row of all."""
    content = snapshot.path.read_bytes()
    if content not in _counted:
        _counted[content] = _count(snapshot)
    snapshot.close()
    return _counted[content]


def _count(snapshot: Snapshot) -> dict[str, pa.Table]:
    found = every_metric(snapshot)
    found["identities"] = found["identities"].slice(0, 1)
    found["freshness"] = found["freshness"].drop_columns(["last_error"])
    return {name: table for name, table in found.items() if "person_id" not in table.column_names}


def killed(place: Kofi, before: int) -> bool:
    """Forget Kofi, and kill that before it changes a file for this time; whether it was alive."""
    command = [sys.executable, "-m", "tests.support.killed", str(before)]
    done = subprocess.run(
        [*command, "people", "forget", "slack:zqhandle", "--yes"],
        env=process_environment(place.config),
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode == -9


@pytest.mark.parametrize("step", some([7, 1], 1))
def test_killed_at_any_moment_nothing_has_happened_or_the_next_one_finishes(
    start: Kofi, tmp_path: Path, step: int
) -> None:
    expected, raw = counts(open_current(start.settings.warehouse_path)), start.raw()
    outcomes = []
    for before in range(1, MOST_CHANGES, step):
        place = copy_of(start, tmp_path / str(before))
        if not killed(place, before):
            break
        assert counts(open_current(place.settings.warehouse_path)) == expected, before
        if not place.is_forgotten():
            assert place.raw() == raw, before
            outcomes.append("nothing")
        else:
            place.import_export(place.export)
            published = place.publish()
            assert len(published.persons()) == 2, before
            assert counts(published) == expected, before
            assert {Path(trace).name for trace in place.traces()} <= {
                "people.toml",
                *(Path(left).name for left in LEFT),
            }, before
            outcomes.append("begun")
        commands.forget("slack:zqhandle", yes=True, config=place.config)
        assert place.traces() == [], before
        assert counts(open_current(place.settings.warehouse_path)) == expected, before
    else:
        pytest.fail("it does not end")
    assert outcomes == sorted(outcomes, reverse=True), "once begun, it stays so"
    assert {"nothing", "begun"} == set(outcomes)


def test_a_second_forget_says_what_it_found(place: Kofi) -> None:
    told = place.forget()
    assert "slack: 4 landed records rewritten" in told
    assert "1 decisions rewritten" in told
    assert f"{len(LEFT)} files removed" in told
    assert "2 older snapshots removed" in told
    [(error, [spot])] = place.rows(
        "select error, blind_spots from raw.runs where error is not null"
    )
    assert error == "somebody who is forgotten: 500"
    assert spot["what"] == "the list of somebody who is forgotten"
    assert place.settings.people_path.read_text().startswith("# kept\n[[decisions]]\n")
    assert place.forget("slack:UZQXW2") == (
        "slack:UZQXW2 was forgotten before, and nothing is left\n"
    )
    place.settings.people_path.write_text(DECISIONS)
    published = place.publish()
    assert "people.toml" in place.traces()
    assert place.traces() == ["people.toml"], "an old file of decisions brings nothing back"
    assert len(published.persons()) == 2
    assert "1 decisions rewritten" in place.forget()
    assert place.traces() == []


def test_undoing_a_merge_brings_nobody_back(place: Kofi) -> None:
    place.forget()
    undone = place.vitals("people", "undo", "1", "--yes")
    assert undone.returncode == 0, undone.stderr
    place.import_export(place.export)
    published = place.publish()
    assert len(published.persons()) == 2, "both accounts were of one person who is forgotten"
    published.close()
    assert place.traces() == []


def test_two_at_once_and_one_beside_a_sync_are_kept_apart(place: Kofi) -> None:
    with place.warehouse.lock("source-slack"):
        refused = place.vitals("people", "forget", "slack:zqhandle", "--yes")
    assert refused.returncode == 1
    assert "another process holds" in refused.stderr
    assert not place.is_forgotten()
    told = []
    threads = [
        threading.Thread(
            target=lambda: told.append(place.vitals("people", "forget", "slack:zqhandle", "--yes"))
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.returncode for one in told} <= {0, 1}, [one.stderr for one in told]
    assert 0 in {one.returncode for one in told}
    assert all("Traceback" not in one.stderr for one in told)
    place.forget()
    assert place.traces() == []


def test_beside_builds_and_publications_nothing_comes_back(place: Kofi) -> None:
    """A build that began before waits or is undone; a publication copies whole marts alone."""
    ended = threading.Event()
    errors: list[Exception] = []

    def build_on() -> None:
        try:
            while not ended.is_set():
                steps.build(place.settings)
                steps.publish_snapshot(place.settings)
        except Exception as error:
            errors.append(error)

    building = threading.Thread(target=build_on)
    building.start()
    try:
        place.forget()
    finally:
        ended.set()
        building.join()
    assert errors == []
    open_current(place.settings.warehouse_path).close()
    assert place.traces() == []


def test_a_snapshot_of_a_wrong_clock_is_no_way_round(place: Kofi) -> None:
    """It is the newest by its name, and names Kofi."""
    current = list_snapshots(place.settings.warehouse_path)[0]
    os.link(current, current.with_name("20990101T000000000000.duckdb"))
    place.forget()
    assert place.traces() == []
    assert len(list_snapshots(place.settings.warehouse_path)) == 1
    open_current(place.settings.warehouse_path).close()


def test_publishing_between_forgetting_and_the_build_is_undone_by_the_build(place: Kofi) -> None:
    snapshot = open_current(place.settings.warehouse_path)
    accounts = snapshot.identities_of(snapshot.account_called("slack:zqhandle")["person_id"])
    snapshot.close()
    forgetting.forget(place.settings, accounts)
    steps.publish_snapshot(place.settings)
    assert any("snapshots" in trace for trace in place.traces())
    place.publish().close()
    assert not any(
        "snapshots" in trace or "marts" in trace
        for trace in place.traces()
        if Path(trace).name not in {Path(left).name for left in LEFT}
    )
