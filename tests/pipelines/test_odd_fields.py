"""Something odd in every field of every record: no trace, a build, and an account that adds up.

`ODD_VALUES` of `tests.support.odd.values` are put into one field after the other. Each changed
record stands beside the others in one file or answer, so that it must leave its neighbours alone.
"""

import re
from pathlib import Path

import pytest

from connectors.discovery import connectors
from tests.support.installations import Installation
from tests.support.odd.answers import PLATFORMS, serving
from tests.support.odd.files import FILES, KEYS
from tests.support.odd.values import Many, huge_records, odd_records
from tests.support.samples import pairs

MOST_REASON = 100
TRACE = re.compile("Traceback|unforeseen")


def account_adds_up(place: Installation) -> None:
    """Build and publish; every landed record is in the account once."""
    intake = place.publish().metric("intake").to_pylist()
    [(records,)] = place.rows("select count(*) from raw.records")
    assert sum(row["records"] for row in intake) == records
    assert all(len(row["outcome"]) < MOST_REASON for row in intake), "reasons are ours"


def landed(place: Installation) -> set[tuple[str, str, str]]:
    """The living records."""
    query = "select stream, partition, key from raw.records where gone_at is null"
    return set(place.rows(query))


@pytest.mark.parametrize(("kind", "many"), pairs(FILES, [odd_records, huge_records]))
def test_a_file_with_odd_records_is_imported_but_for_them(
    tmp_path: Path, kind: str, many: Many
) -> None:
    """By the command, whose trace would be on its standard error."""
    platform, make = FILES[kind]
    place = Installation(tmp_path / "place", kind=platform, keys=KEYS[platform])
    path, rows = make(tmp_path, many)
    done = place.vitals("import", kind, str(path), "--source", platform)
    assert not TRACE.search(done.stderr)
    if done.returncode == 1 and many is huge_records:
        assert "(the bound MOST_" in done.stderr
    else:
        assert done.returncode == 0, done.stderr
        counts = [int(line.split()[-1]) for line in done.stdout.splitlines()[1:]]
        read, taken, *left_out = counts
        assert read == rows
        assert taken > 0
        assert taken + sum(left_out) == read
    account_adds_up(place)


@pytest.mark.parametrize("kind", sorted(connectors()))
def test_an_odd_row_of_an_answer_costs_itself_alone(tmp_path: Path, kind: str) -> None:
    """The rows beside it are landed, are built, and do not go when they are read again."""
    platform = PLATFORMS[kind]
    sound, odd = platform.lists(lambda *_, **__: iter(())), platform.lists(odd_records)
    with serving(kind, sound) as url:
        alone = Installation(tmp_path / "alone", kind=kind, base_url=url, keys=platform.KEYS)
        alone.sync()
    with serving(kind, odd) as url:
        place = Installation(tmp_path / "place", kind=kind, base_url=url, keys=platform.KEYS)
        place.sync()
        assert all(rows.is_shown for rows in odd.values()), "each list was read"
        assert landed(alone) <= landed(place)
        account_adds_up(place)
        place.sync(full=True)
    assert landed(alone) <= landed(place)
    account_adds_up(place)
