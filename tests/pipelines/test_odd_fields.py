"""Something odd in every field of every record: no trace, a build, and an account that adds up.

`ODD_VALUES` of `tests.support.odd.values` are put into one field after the other. Each changed
record stands beside the others in one file or answer, so that it must leave its neighbours alone.
"""

import re
from contextlib import suppress
from pathlib import Path

import pytest

from connectors.base import SourceError
from connectors.discovery import connectors
from connectors.sandbox.community import make_world
from pipelines.imports import import_files
from pipelines.steps import Reporter
from tests.support.installations import Installation
from tests.support.odd.answers import serve_odd
from tests.support.odd.files import FILES, KEYS, slack_export
from tests.support.odd.values import odd_records

MOST_REASON = 100


def account_adds_up(place: Installation) -> None:
    """Build and publish; every landed record is in the account."""
    intake = place.publish().metric("intake").to_pylist()
    [(records,)] = place.rows("select count(*) from raw.records where gone_at is null")
    assert sum(row["records"] for row in intake) >= records


@pytest.mark.parametrize("kind", FILES)
def test_a_file_with_odd_records_is_imported_but_for_them(tmp_path: Path, kind: str) -> None:
    platform, make = FILES[kind]
    place = Installation(tmp_path / "place", kind=platform, keys=KEYS[platform])
    path, rows = make(tmp_path, odd_records)
    report = Reporter(warn=place.warnings.append)
    outcome = import_files(place.settings, kind, [path], platform, report).outcome
    assert outcome.read == rows
    assert outcome.taken + sum(outcome.left_out.values()) == outcome.read
    assert outcome.taken > 0
    assert all(len(reason) < MOST_REASON for reason in outcome.left_out), "reasons are ours"
    account_adds_up(place)


@pytest.mark.parametrize("kind", sorted(connectors()))
def test_a_sync_of_odd_answers_lands_what_can_be_built(tmp_path: Path, kind: str) -> None:
    with serve_odd(make_world(members=10, days=20), share=0.5, seed=1) as sandbox:
        place = Installation(tmp_path, sandbox, kind=kind)
        with suppress(SourceError):
            place.sync()
    account_adds_up(place)


def test_a_command_says_how_many_records_are_odd_and_leaves_no_trace(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place")
    path, rows = slack_export(tmp_path, odd_records)
    result = place.vitals("import", "slack-export", str(path), "--source", "slack")
    assert result.returncode == 0, result.stderr
    assert re.search(rf"rows read\W+{rows}\b", result.stdout)
    assert "Traceback" not in result.stderr
    assert "unforeseen" not in result.stderr
    assert "cannot be read and are left out, the first is" in result.stderr
