"""Tabs that stay open while snapshots are published: they go on, or show what is newest."""

from collections import deque
from pathlib import Path

import pytest

from dashboard import data
from dashboard.components.frame import NEWER
from tests.support.dashboard.world import Open, texts
from tests.support.samples import some
from tests.support.worlds import World
from warehouse.db import Warehouse
from warehouse.publishing import KEPT_SNAPSHOTS, publish
from warehouse.query import Selection
from warehouse.snapshots import NoSnapshot, Snapshot, list_snapshots

TABS = 10


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse that was built and published once."""
    world = World()
    world.acts({"Ada": ["2024-05-01"], "Bo": ["2024-05-02", "2024-06-01"]})
    return world.publish(tmp_path)


@pytest.mark.parametrize("publications", some([TABS + 2, 3 * TABS], 1))
def test_many_tabs_outlive_many_publications(warehouse: Warehouse, publications: int) -> None:
    """Ten pages are being drawn at any time, and each takes ten publications."""
    drawn: deque[Snapshot] = deque()
    for number in range(publications):
        drawn.append(data.current(warehouse.path))
        publish(warehouse)
        if len(drawn) == TABS:
            path = drawn[0].path
            assert not path.exists()
            rows = data.metric(path, "active_members", Selection(), limit=100 + number)
            assert rows.num_rows == 2
            drawn.popleft()
    assert len(list_snapshots(warehouse.path)) == KEPT_SNAPSHOTS
    with pytest.raises(NoSnapshot):
        data.opened(path)  # nobody holds it any more


def test_a_tab_of_yesterday_shows_what_is_newest_and_says_so(
    open_page: Open, warehouse: Warehouse
) -> None:
    app = open_page("metrics", warehouse.path)
    shown = app.session_state.view.path
    assert NEWER not in texts(app.run())
    newest = [publish(warehouse) for _ in range(KEPT_SNAPSHOTS + 1)][-1]
    assert not shown.exists()
    assert NEWER in texts(app.run())
    assert not app.exception
    assert app.session_state.view.path == newest
    assert NEWER not in texts(app.run())
