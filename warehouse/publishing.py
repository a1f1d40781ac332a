"""Publishing: the built marts become a new snapshot and a file of aggregates, and older ones go."""

import shutil
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from warehouse import aggregates, versions
from warehouse.aggregates.writing import write_aggregates
from warehouse.db import Warehouse, checkpoint
from warehouse.files import replace
from warehouse.person_changes import count_changes
from warehouse.snapshots import (
    ID_FORMAT,
    NoSnapshot,
    Snapshot,
    current_path,
    forgotten_in,
    list_snapshots,
    pointer,
    snapshots_folder,
)

KEPT_SNAPSHOTS = 3


def publish(warehouse: Warehouse) -> Path:
    """Copy the marts to a new snapshot, write what sponsors may see of it, and return its path.

    The pointers move to the two files last: killed at any moment, each names a complete file, the
    old one or the new one. Snapshots that name people who were forgotten since are removed, and
    their aggregates with them.
    """
    folder, shown = snapshots_folder(warehouse.path), aggregates.aggregates_folder(warehouse.path)
    for each in (folder, shown):
        each.mkdir(parents=True, exist_ok=True)
    with warehouse.lock("warehouse"):
        _remove_drafts(folder, shown)
        path = folder / f"{datetime.now(UTC).strftime(ID_FORMAT)}.duckdb"
        previous = current_path(warehouse.path) if pointer(warehouse.path).exists() else None
        try:
            draft = path.with_suffix(".tmp")
            checkpoint(warehouse.marts_path)
            shutil.copyfile(warehouse.marts_path, draft)
            _count_changes(draft, previous)
            write_aggregates(draft, shown / draft.name, path.stem)
            replace(shown / path.name, shown / draft.name)
            replace(path, draft)
            for moved in (pointer(warehouse.path), aggregates.pointer(warehouse.path)):
                _point(moved, path.name)
        finally:
            _remove_drafts(folder, shown)
        _remove_old(warehouse.path, path, previous)
        kept = {path.name for path in list_snapshots(warehouse.path)}
        for file in shown.glob("*.duckdb"):
            if file.name not in kept:
                file.unlink()
    return path


def _point(pointer: Path, name: str) -> None:
    draft = pointer.with_suffix(".tmp")
    draft.write_text(name, encoding="utf-8")
    replace(pointer, draft)


def _count_changes(draft: Path, previous: Path | None) -> None:
    """Compare the persons with those of the snapshot before, where that can be read."""
    if previous is None:
        return
    with (
        suppress(NoSnapshot),
        closing(Snapshot(previous)) as before,
        versions.opened(draft, versions.MARTS) as (con, _),
    ):
        count_changes(con, before.person_ids(), before.as_of.replace(tzinfo=None))
        con.execute("checkpoint")


def _remove_old(warehouse_path: Path, published: Path, previous: Path | None) -> None:
    """Keep the last snapshots; of those that a wrong clock dated later than the one just published
    only the previous one, which may still be opened, and that in no other's place.
    """
    others = [path for path in list_snapshots(warehouse_path) if path != published]
    earlier = [path for path in others if path.name < published.name]
    kept = {*earlier[: KEPT_SNAPSHOTS - 1], previous}
    forgotten = forgotten_in(published)
    for path in others:
        if path not in kept or (forgotten and not forgotten <= forgotten_in(path)):
            path.unlink()


def _remove_drafts(*folders: Path) -> None:
    """Remove what a publication left that was killed, or found no room."""
    for folder in folders:
        for draft in (*folder.glob("*.tmp"), *folder.glob("*.tmp.wal")):
            draft.unlink()
