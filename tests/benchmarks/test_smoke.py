"""Every benchmark runs, at a size that proves nothing: so that none of them rots between runs."""

import shutil

import pytest

from tests.benchmarks import building, forecast, growth, network, starting
from tests.benchmarks.measure import Row


def test_a_bound_is_kept_or_broken() -> None:
    assert Row("speed", "", "", 3.0, at_least=3).is_ok
    assert not Row("speed", "", "", 2.9, at_least=3).is_ok
    assert Row("memory", "", "", 1.5, at_most=1.5).is_ok
    assert not Row("memory", "", "", 1.6, at_most=1.5).is_ok
    assert Row("for information", "", "", 99).is_ok


def test_syncs() -> None:
    pytest.importorskip("dlt", reason="dlt is not installed: make bench does")
    from tests.benchmarks import sync

    assert len(list(sync.rows(members=10, repetitions=1))) == 7


def test_starts() -> None:
    assert len(list(starting.rows(repetitions=1))) == 2


def test_growth() -> None:
    assert len(list(growth.rows({"discord": 10, "github": 10}, repetitions=1))) == 4


def test_imports() -> None:
    pytest.importorskip("orjson", reason="orjson is not installed: make bench does")
    from tests.benchmarks import importing

    assert len(list(importing.rows(members=20, repetitions=1))) == 3


def test_builds() -> None:
    rows = list(building.rows(activities=2_000, records=2_000, repetitions=1))
    assert len(rows) == 3


def test_forecasts() -> None:
    assert len(list(forecast.rows(groups=1, members=200, days=20))) == 6


def test_a_network() -> None:
    assert len(list(network.rows(members=100, pages=()))) == 7


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium on this machine")
def test_pages() -> None:
    pytest.importorskip("playwright", reason="playwright is not installed")
    from tests.benchmarks import pages

    rows = list(pages.rows(few=500, many=1_000, repetitions=1, pages=("retention",)))
    assert len(rows) == 1
