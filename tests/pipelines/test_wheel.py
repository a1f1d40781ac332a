"""Installed from its wheel, in a folder with a blank and packages of our names, for anybody."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.samples import some

OUR_NAMES = ("connectors", "dashboard", "pipelines", "warehouse", "prefect", "streamlit", "duckdb")
NOBODY = 65534


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that an ordinary user may use, as pytest's own may not be."""
    made = Path(tempfile.mkdtemp(suffix=" of anybody"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def wheel(folder: Path) -> Path:
    """Where the wheel is installed, without what it needs."""
    source = folder / "source"
    ignored = shutil.ignore_patterns(".*", "tests", "__pycache__", "build", "dist")
    shutil.copytree(ROOT, source, ignore=ignored)
    target = folder / "in stalled"
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-index"]
    build = [*pip, "wheel", *alone, "--no-build-isolation", "-w", str(folder), str(source)]
    subprocess.run(build, check=True, timeout=120)
    [made] = folder.glob("*.whl")
    subprocess.run([*pip, "install", *alone, "--target", str(target), str(made)], check=True)
    subprocess.run(["chmod", "-R", "a+rX", str(target)], check=True)  # whatever umask we have
    return target


@pytest.fixture(scope="module")
def user() -> int | None:
    """Nobody's number, where root runs the tests and nobody may use this Python and checkout."""
    if os.getuid() != 0:
        return None
    needed = [sys.executable, str(ROOT / "pyproject.toml")]
    looked = subprocess.run(["cat", *needed], user=NOBODY, capture_output=True, check=False)
    return NOBODY if looked.returncode == 0 else None


def vitals(
    code: Path, where: Path, *arguments: str, umask: int = 0o022, user: int | None = None
) -> str:
    """What the command of this code prints, started as the installed one is."""
    paths = os.pathsep.join([str(code), sysconfig.get_paths()["purelib"]])
    found = "import pipelines, sys; print(pipelines.__file__, file=sys.stderr); "
    run = "from pipelines.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", found + run, *arguments],
        cwd=where,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": paths, "HOME": str(where)},
        umask=umask,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(str(code)), "it is another installation"
    assert "Traceback" not in done.stderr
    return done.stdout


def assert_owners_only(demo: Path) -> None:
    for path in demo.rglob("*"):
        if path.name != "vitals.toml":  # the user's own, to be edited
            wanted = 0o700 if path.is_dir() else 0o600
            mode = path.stat().st_mode & 0o777
            # Pages of Prefect, which it copies with the rights that their owner has.
            assert mode == wanted or ("ui" in path.parts and mode == 0o700), path


@pytest.mark.prefect
@pytest.mark.parametrize("umask", some([0o000, 0o077], 1), ids=["000", "077"])
def test_the_demo_of_the_wheel(folder: Path, wheel: Path, user: int | None, umask: int) -> None:
    """Its files are its owner's, and the checkout reads its warehouse, and the reverse."""
    where = folder / f"with {umask:o}"
    where.mkdir()
    for name in OUR_NAMES:
        (where / name).mkdir()
        (where / name / "__init__.py").write_text("raise SystemExit('a stranger')\n")
    if user is not None:
        os.chown(where, user, user)
    vitals(wheel, where, "demo", "--no-dashboard", umask=umask, user=user)
    assert_owners_only(where / "demo")
    asked = ("metric", "active_members", "--format", "json", "--config", "demo/vitals.toml")
    rows = vitals(ROOT, where, *asked, user=user)
    assert len(json.loads(rows)) > 1
    vitals(ROOT, where, "build", "--config", "demo/vitals.toml", umask=umask, user=user)
    assert_owners_only(where / "demo")
    assert vitals(wheel, where, *asked, user=user) == rows
