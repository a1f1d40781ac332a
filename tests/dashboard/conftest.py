"""The made-up community's dashboard, page by page, without a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.dashboard import world as dashboard_world
from tests.support.dashboard.world import Open
from tests.support.paths import APP
from tests.support.worlds import World
from warehouse.snapshots import Snapshot, open_current


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of the community's warehouse, which has a snapshot beside it."""
    folder = tmp_path_factory.mktemp("community")
    dashboard_world.build(folder).close()
    return folder / "vitals.duckdb"


@pytest.fixture(scope="session")
def community(published: Path) -> Iterator[Snapshot]:
    snapshot = open_current(published)
    yield snapshot
    snapshot.close()


@pytest.fixture
def open_page(published: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Opens a page on the community, on a warehouse, or on a world, which is published first."""

    def open_page(
        name: str = "overview", warehouse: Path | World = published, **query: object
    ) -> AppTest:
        if isinstance(warehouse, World):
            warehouse.snapshot(tmp_path).close()
            warehouse = tmp_path / "vitals.duckdb"
        monkeypatch.setenv("VITALS_WAREHOUSE", str(warehouse))
        app = AppTest.from_file(str(APP), default_timeout=30)
        for key, value in query.items():
            app.query_params[key] = value
        if name != "today":
            app.switch_page(f"app_pages/{name}.py")
        app.run()
        assert not app.exception
        return app

    return open_page
