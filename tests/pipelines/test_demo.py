"""The demo's folder: it is made, emptied, or left to somebody else."""

from pathlib import Path

import pytest

from pipelines.demo import CONFIGURATION, MADE, empty_folder


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made_by_a_demo(folder: Path) -> Path:
    """What an earlier demo left, and a note that somebody put beside it."""
    for name in MADE:
        if "." in name:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("made up")
        else:
            (folder / name).mkdir()
            (folder / name / "1.duckdb").write_text("made up")
    (folder / "vitals.toml").write_text(CONFIGURATION)
    (folder / "notes.txt").write_text("mine")
    return folder


def test_it_is_made(here: Path) -> None:
    assert empty_folder() == Path("demo")
    assert list(here.iterdir()) == [here / "demo"]


def test_what_a_demo_made_goes_and_nothing_else(here: Path) -> None:
    made_by_a_demo(here / "demo")
    assert empty_folder() == Path("demo")
    assert [path.name for path in (here / "demo").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("theirs", ["demo/talk.md", "demo/vitals.toml", "demo/snapshots/a", "demo"])
def test_somebody_else_s_stays_as_it_is(here: Path, theirs: str) -> None:
    path = here / theirs
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    assert empty_folder() == Path("demo-2")
    assert path.read_text() == "mine"


def test_a_link_stays_as_it_is(here: Path) -> None:
    target = made_by_a_demo(here / "target")
    (here / "demo").symlink_to(target)
    assert empty_folder() == Path("demo-2")
    assert (target / "vitals.toml").exists()
    inside = made_by_a_demo(here / "demo-2")
    (inside / "vitals.duckdb").unlink()
    (inside / "vitals.duckdb").symlink_to(here / "target" / "vitals.duckdb")
    assert empty_folder() == Path("demo-2")
    assert (target / "vitals.duckdb").exists()
