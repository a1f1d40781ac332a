"""What is imported before it is needed: nothing, so that every command starts at once."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.discovery import file_readers, sandbox_routes
from pipelines.cli import app
from tests.support.processes import imported_by

LIBRARIES = {"duckdb", "msgspec", "numpy", "prefect", "pyarrow", "pydantic", "requests"}
LIBRARIES |= {"rich.progress", "rich.table", "streamlit"}
PLATFORMS = ("discord", "github", "meetup", "slack")
PACKAGES = {f"connectors.{kind}" for kind in PLATFORMS}
CONFIG = '[community]\nname = "C"\n[[sources]]\nname = "s"\nkind = "{kind}"\n'


def test_the_command_line_imports_no_connector_and_no_library_of_a_command() -> None:
    assert imported_by("import pipelines.cli", LIBRARIES | PACKAGES) == set()


def test_the_help_imports_no_connector() -> None:
    code = "from pipelines.cli import app; app(['--help'], standalone_mode=False); print()"
    silent = f"import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): {code}"
    assert imported_by(silent, {"pyarrow", "pydantic", "requests", *PACKAGES}) == set()


@pytest.mark.parametrize("kind", sorted(PLATFORMS))
def test_settings_import_only_the_platform_that_they_name_and_no_network(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    keys = getattr(sandbox_routes(kind), "SOURCE_KEYS", [])
    Path("vitals.toml").write_text("\n".join([CONFIG.format(kind=kind), *keys]))
    code = "from pipelines.settings import load; load()"
    modules = {"duckdb", "pyarrow", "requests", *PACKAGES}
    assert imported_by(code, modules) == {f"connectors.{kind}"}


def test_a_sync_without_a_server_leaves_prefect_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_PROFILES_PATH", "VITALS_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "vitals.toml").write_text(CONFIG.format(kind="slack"))
    code = "from pipelines.cli import app; app(['sync'], standalone_mode=False)"
    assert imported_by(code, {"prefect"}) == set()


def test_the_help_of_an_import_lists_the_kinds_of_files() -> None:
    shown = CliRunner().invoke(app, ["import", "--help"]).stdout
    assert [kind for kind in file_readers() if kind not in shown] == []
