"""What pages ask of the published snapshot, cached."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboard import access
from dashboard.access import NotAllowed
from dashboard.access import warehouse as warehouse
from dashboard.shared import OpenedOnce
from warehouse.query import Selection
from warehouse.snapshots import NoSnapshot, Snapshot, open_current

BEHIND_LIMIT = 500
Row = dict[str, Any]
_KEY: dict[str | type[Any], Callable[[Any], Any]] = {Selection: repr}
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

_opened = OpenedOnce(Snapshot)


def _cached(
    max_entries: int,
) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer]]:
    """Caches what is asked of snapshots for all sessions that may read them, and for no other."""

    def decorate(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
        cached = st.cache_data(max_entries=max_entries, show_spinner=False, hash_funcs=_KEY)(ask)

        @wraps(ask)
        def asked(*arguments: Asked.args, **options: Asked.kwargs) -> Answer:
            access.expect_snapshot()
            return cached(*arguments, **options)

        return asked

    return decorate


def opened(path: Path) -> Snapshot:
    """A snapshot, opened once for all readers. Raises NoSnapshot, and NotAllowed.

    While somebody holds it, it answers, whatever is published and no longer kept meanwhile.
    """
    access.expect_snapshot()
    return _opened.at(path)


def current(warehouse: Path) -> Snapshot:
    """The current snapshot, to be held as long as its path is asked. Raises as `opened` does."""
    return open_current(warehouse, opened)


@contextmanager
def held(path: Path) -> Iterator[Snapshot]:
    """A snapshot that answers until the block ends.

    Where it is gone, or the session may no longer read it, the whole page is redrawn.
    """
    try:
        snapshot = opened(path)
    except (NoSnapshot, NotAllowed):
        st.rerun()
    yield snapshot


@_cached(max_entries=1000)
def metric(path: Path, name: str, selection: Selection, limit: int | None = None) -> pa.Table:
    """One metric's rows, or the first of them."""
    return opened(path).metric(name, selection, limit)


@_cached(max_entries=100)
def completeness(path: Path, grain: str, sources: tuple[str, ...]) -> dict[date, bool]:
    """Whether each period is over and the data of these sources covers it, by its first day."""
    periods = opened(path).periods(Selection(grain=grain, sources=sources)).to_pylist()
    return {row["period"]: row["is_complete"] for row in periods}


@_cached(max_entries=200)
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


@_cached(max_entries=200)
def records(
    path: Path, name: str, selection: Selection, row: Row, state: str | None = None
) -> pa.Table:
    """The records behind one row, narrowed to the people of a state and cut like `people`."""
    if "state" not in people(path, name, selection, row).column_names:
        state = None
    return safe_links(opened(path).records(name, selection, row, BEHIND_LIMIT + 1, state))


@_cached(max_entries=100)
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
