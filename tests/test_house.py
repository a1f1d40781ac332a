"""The house: imports run one way, files stay small, and what is declared is complete."""

import ast
import re
import socket
from collections.abc import Collection
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

from connectors.discovery import connectors, file_readers, sandbox_routes
from connectors.model import FACTS, ActivityKind
from tests.support.paths import ROOT

PACKAGES = ("connectors", "warehouse", "pipelines", "dashboard")
MOST_LINES = 400
MAY_IMPORT: dict[str, set[str]] = {
    "connectors": {"connectors"},
    "warehouse": {"warehouse", "connectors.model"},
    "pipelines": {"pipelines", "connectors", "warehouse", "dashboard"},
    "dashboard": {
        "dashboard",
        "connectors.addresses",
        "warehouse.aggregates",
        "warehouse.done_items",
        "warehouse.files",
        "warehouse.query",
        "warehouse.snapshots",
        "warehouse.tables",
    },
}
DROPPED_BY_DUCKDB_2 = re.compile(
    r"\.pl\(\)|\.fetch_arrow_table\(|\.arrow\(\)|\bon conflict\b|[(,] *\w+ -> ", re.I
)


def sources() -> list[Path]:
    return sorted(f for package in (*PACKAGES, "tests") for f in (ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules() -> dict[str, Path]:
    """Every module of the packages by its name, with its file."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }


def imported_modules(path: Path, known: Collection[str]) -> set[str]:
    """The modules of ours that a file imports, wherever in it; of `from a import b`, a or a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in names}
    return found & set(known)


def test_no_circle_of_imports() -> None:
    known = modules()
    graph = {name: imported_modules(path, known) - {name} for name, path in known.items()}
    TopologicalSorter(graph).prepare()


def test_platforms_do_not_know_each_other() -> None:
    known = modules()
    for platform in connectors():
        others = [f"connectors.{other}." for other in connectors() if other != platform]
        for name, path in known.items():
            if f"{name}.".startswith(f"connectors.{platform}."):
                for imported in imported_modules(path, known):
                    assert not f"{imported}.".startswith(tuple(others)), f"{name}: {imported}"


def test_only_the_demo_imports_the_sandbox() -> None:
    known = modules()
    for name, path in known.items():
        if "sandbox" not in name.split(".") and name != "pipelines.demo":
            sandboxes = [n for n in imported_modules(path, known) if "sandbox" in n.split(".")]
            assert not sandboxes, f"{name} imports {sandboxes}"


def test_siblings_with_one_prefix_are_a_folder() -> None:
    for folder in {path.parent for path in sources()}:
        stems = sorted(path.stem.removeprefix("test_") for path in folder.glob("*.py"))
        for first, second in pairwise(stems):
            prefix = first.partition("_")[0]
            is_pair = bool(prefix) and f"{second}_".startswith(f"{prefix}_")
            assert not is_pair, f"{folder.relative_to(ROOT)}: {first}.py and {second}.py"


def test_the_architecture_names_files_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    paths = re.findall(rf"\b(?:{'|'.join(PACKAGES)})/[\w./*]+\w", text)
    assert len(paths) >= 15
    for path in paths:
        assert list(ROOT.glob(path)), path


def test_things_are_where_contributing_says() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("## Where things are")[2]
    paths = re.findall(r"^\|[^|]+\| `([\w./-]+)`", table, re.M)
    assert len(paths) >= 12
    for path in paths:
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_one_way(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        for name in imports(path):
            if name.partition(".")[0] in PACKAGES and "." in name:
                allowed = any(f"{name}.".startswith(f"{part}.") for part in MAY_IMPORT[package])
                prefix = any(f"{part}.".startswith(f"{name}.") for part in MAY_IMPORT[package])
                assert allowed or prefix, f"{path.relative_to(ROOT)} imports {name}"


def test_prefect_is_at_the_edge() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if any(name.partition(".")[0] == "prefect" for name in imports(path))
    }
    assert users <= {
        "pipelines/prefect/deployed.py",
        "pipelines/prefect/flows.py",
        "pipelines/prefect/server.py",
        "pipelines/prefect/schedule.py",
    }


def test_only_the_warehouse_opens_databases() -> None:
    for package in ("connectors", "dashboard"):
        for path in (ROOT / package).rglob("*.py"):
            assert "duckdb" not in imports(path), path


def test_there_is_one_way_to_open_a_database() -> None:
    """It sets the format of our files, and that nothing is loaded from the network."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "duckdb.connect(" not in text or path.name == "versions.py", path
            assert "default_connection" not in text, path


def test_only_one_client_talks_http() -> None:
    """The sandbox's controls are no client of a platform."""
    for path in (ROOT / "connectors").rglob("*.py"):
        if "sandbox" not in path.parts and path.name != "http.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                assert not called.startswith(("requests.", "urllib.request.")), path


def test_files_stay_small() -> None:
    sql = (f for package in PACKAGES for f in (ROOT / package).rglob("*.sql"))
    for path in [*sources(), *sql]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= MOST_LINES, f"{path.relative_to(ROOT)} has {lines} lines"


def test_nothing_that_the_next_duckdb_drops() -> None:
    for package in PACKAGES:
        for path in [*(ROOT / package).rglob("*.py"), *(ROOT / package).rglob("*.sql")]:
            assert not DROPPED_BY_DUCKDB_2.search(path.read_text(encoding="utf-8")), path


def test_every_public_thing_says_what_it_is() -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert ast.get_docstring(tree), path
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    assert ast.get_docstring(node), f"{path.relative_to(ROOT)}: {node.name}"


def test_no_exception_is_swallowed() -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ExceptHandler):
                    assert node.type, f"{path}: a bare except"
                    assert not isinstance(node.body[0], ast.Pass), f"{path}: swallowed"


def test_every_kind_of_activity_is_in_the_mart_of_kinds() -> None:
    sql = (ROOT / "warehouse" / "marts" / "kinds.sql").read_text(encoding="utf-8")
    rows = re.findall(r"\('(\w+)', (\w+), ", sql)
    assert {name: flag == "true" for name, flag in rows} == {
        kind.value: kind.is_participation for kind in ActivityKind
    }


def test_every_fact_is_a_documented_table() -> None:
    for table, fact in FACTS.items():
        assert fact.__doc__, table
        assert not fact.__doc__.startswith(f"{fact.__name__}("), f"{table}: a docstring of its own"


@pytest.mark.parametrize("kind", sorted(connectors()))
def test_a_connector_declares_itself(kind: str) -> None:
    connector = connectors()[kind]
    assert connector.version >= 1
    assert connector.streams
    assert connector.token_variable.isupper()
    assert connector.token_advice
    assert sandbox_routes(kind), "its sandbox"


@pytest.mark.parametrize("kind", sorted(file_readers()))
def test_a_reader_of_files_belongs_to_a_platform(kind: str) -> None:
    assert file_readers()[kind].platform in connectors()


def test_no_registry_is_recorded() -> None:
    for path in [*ROOT.glob("*.t*ml"), *ROOT.glob("*.txt"), *ROOT.glob("*.in"), ROOT / "Makefile"]:
        text = path.read_text(encoding="utf-8")
        assert "--index-url" not in text, path
        assert not re.search(r"https?://[^\s\"']*(pypi|simple)", text), path


def test_a_test_cannot_leave_this_machine() -> None:
    with socket.socket() as stranger, pytest.raises(AssertionError, match="use the sandbox"):
        stranger.connect(("192.0.2.1", 80))
