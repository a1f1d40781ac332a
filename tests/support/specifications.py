"""The platforms' published specifications, if they are at hand; else their tests are skipped."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import SHARED


def spec_check(harness: str) -> Any:
    """What tells how a request or an answer departs from a REST API's specification."""
    path = specification(harness)
    pytest.importorskip("jsonschema")
    spec = importlib.util.spec_from_file_location("spec_check", SHARED / "tools/spec_check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.SpecCheck(path)


def specification(name: str) -> Path:
    path = SHARED / "specs" / name
    if not path.exists():
        pytest.skip(f"the specification is not here: {path} is absent")
    return path
