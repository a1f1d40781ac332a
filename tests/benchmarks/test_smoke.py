"""Every benchmark runs, at a size that proves nothing: so that none of them rots between runs."""

import shutil
from importlib import import_module
from typing import Any

import pytest

from tests.benchmarks.measure import Row

NO_CHROMIUM = pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium here")


def test_a_bound_is_kept_or_broken() -> None:
    assert Row("speed", "", "", 3.0, at_least=3).is_ok
    assert not Row("speed", "", "", 2.9, at_least=3).is_ok
    assert Row("memory", "", "", 1.5, at_most=1.5).is_ok
    assert not Row("memory", "", "", 1.6, at_most=1.5).is_ok
    assert Row("for information", "", "", 99).is_ok


@pytest.mark.parametrize(
    ("name", "size", "rows", "needs"),
    [
        ("sync", {"members": 5, "days": 30, "repetitions": 1}, 7, "dlt"),
        ("starting", {"repetitions": 1}, 2, "rich"),
        ("growth", {"members": {"discord": 5}, "days": 30, "repetitions": 1}, 2, "duckdb"),
        ("importing", {"members": 20, "repetitions": 1}, 3, "orjson"),
        ("mutated", {"files": 10, "kinds": ["slack-export"]}, 3, "duckdb"),
        ("building", {"activities": 2_000, "records": 2_000, "repetitions": 1}, 3, "duckdb"),
        ("forecast", {"groups": 1, "members": 300, "days": 6, "hours_apart": 480}, 7, "duckdb"),
        ("identity", {"sizes": {60: 20}}, 16, "duckdb"),
        ("forgetting", {"members": 60, "records": 2_000, "snapshots": 2}, 2, "duckdb"),
        ("suggesting", {"accounts": 100}, 2, "duckdb"),
        (
            "reports",
            {"events": 40, "sponsorships": 2, "in_one_quarter": 20},
            2,
            "typst",
        ),
        ("network", {"members": 100, "pages": ()}, 7, "duckdb"),
        ("aggregates", {"events": 100, "sponsorships": 20}, 1, "duckdb"),
        ("kills", {"kills": 2, "commands": ["publish"]}, 1, "duckdb"),
        pytest.param(
            "pages",
            {"few": 500, "many": 1_000, "repetitions": 1, "pages": ("retention",)},
            1,
            "playwright",
            marks=[pytest.mark.browser, NO_CHROMIUM],
        ),
    ],
)
def test_a_benchmark_runs(name: str, size: dict[str, Any], rows: int, needs: str) -> None:
    pytest.importorskip(needs, reason=f"{needs} is not installed: make bench does")
    benchmark = import_module(f"tests.benchmarks.{name}")
    assert len(list(benchmark.rows(**size))) == rows
