"""What pages ask of the published snapshot, cached."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from warehouse.query import Selection
from warehouse.snapshots import NoSnapshot, Snapshot, open_current

BEHIND_LIMIT = 500
Row = dict[str, Any]
_KEY: dict[str | type[Any], Callable[[Any], Any]] = {Selection: repr}


# Every snapshot that somebody holds. The last one that was opened is held for those who come next.
_opened: WeakValueDictionary[Path, Snapshot] = WeakValueDictionary()
_last: deque[Snapshot] = deque(maxlen=1)
_opening = Lock()


def opened(path: Path) -> Snapshot:
    """A snapshot, opened once for all readers. Raises NoSnapshot.

    While somebody holds it, it answers, whatever is published and no longer kept meanwhile.
    """
    with _opening:
        snapshot = _opened.get(path)
        if snapshot is None:
            _opened[path] = snapshot = Snapshot(path)
            _last.append(snapshot)
        return snapshot


def warehouse() -> Path:
    """The warehouse that this dashboard shows."""
    return Path(os.environ.get("VITALS_WAREHOUSE", "data/vitals.duckdb"))


def current(warehouse: Path) -> Snapshot:
    """The current snapshot, to be held as long as its path is asked. Raises NoSnapshot."""
    return open_current(warehouse, opened)


@contextmanager
def held(path: Path) -> Iterator[Snapshot]:
    """A snapshot that answers until the block ends; where it is gone, the whole page is redrawn."""
    try:
        snapshot = opened(path)
    except NoSnapshot:
        st.rerun()
    yield snapshot


@st.cache_data(max_entries=1000, show_spinner=False, hash_funcs=_KEY)
def metric(path: Path, name: str, selection: Selection, limit: int | None = None) -> pa.Table:
    """One metric's rows, or the first of them."""
    return opened(path).metric(name, selection, limit)


@st.cache_data(max_entries=100, show_spinner=False)
def completeness(path: Path, grain: str, sources: tuple[str, ...]) -> dict[date, bool]:
    """Whether each period is over and the data of these sources covers it, by its first day."""
    periods = opened(path).periods(Selection(grain=grain, sources=sources)).to_pylist()
    return {row["period"]: row["is_complete"] for row in periods}


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs=_KEY)
def people(
    path: Path, name: str, selection: Selection, row: Row, state: str | None = None
) -> pa.Table:
    """The people behind one row, or those in one state of it, BEHIND_LIMIT of them at most.

    One row more than the limit says that there are more.
    """
    limit = None if state else BEHIND_LIMIT + 1
    found = opened(path).people(name, selection, row, limit=limit)
    if state and "state" in found.column_names:
        found = found.filter(pc.equal(found.column("state"), state))
    return found.slice(0, BEHIND_LIMIT + 1)


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs=_KEY)
def records(
    path: Path, name: str, selection: Selection, row: Row, state: str | None = None
) -> pa.Table:
    """The records behind one row, narrowed to the people of a state and cut like `people`."""
    if "state" not in people(path, name, selection, row).column_names:
        state = None
    return safe_links(opened(path).records(name, selection, row, BEHIND_LIMIT + 1, state))


@st.cache_data(max_entries=100, show_spinner=False)
def population(path: Path, sources: tuple[str, ...]) -> dict[str, int]:
    """How many persons count on these sources, and which accounts are left out."""
    return opened(path).population(sources)


def safe_links(table: pa.Table) -> pa.Table:
    """The table with only web addresses in its columns named link."""
    if "link" not in table.column_names:
        return table
    links = [
        link if link and link.startswith(("https://", "http://")) else None
        for link in table.column("link").to_pylist()
    ]
    at = table.column_names.index("link")
    return table.set_column(at, "link", pa.array(links, pa.string()))
