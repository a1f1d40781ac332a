"""The key of e-mail hashes: without the right one there is one clear error, never a new key."""

from pathlib import Path

import pytest

from tests.support.hand_made.slack import ADA, SMALL, write_folder
from tests.support.installations import Installation
from warehouse.db import WarehouseError

KEY = "0" * 64
WITH_ADDRESS = ADA | {"profile": {"real_name": "Ada", "email": "ada@made.invalid"}}
GOOD_WAY = "Bring it back from a backup"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "export", SMALL | {"users.json": [WITH_ADDRESS]})


@pytest.fixture
def place(tmp_path: Path, export: Path) -> Installation:
    place = Installation(tmp_path / "place")
    place.import_export(export)
    return place


def key_of(place: Installation) -> Path:
    return place.warehouse.path.with_name("email.key")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "is missing"),
        ("", "is empty or cut short"),
        ("\n", "is empty or cut short"),
        (KEY[:40], "is empty or cut short"),
        ("1" * 64, "is another key than before"),
    ],
    ids=["lost", "empty", "a line", "short", "another"],
)
def test_what_was_hashed_is_never_mixed_with_another_key(
    place: Installation, export: Path, content: str | None, says: str
) -> None:
    before, key = place.raw(), key_of(place)
    key.unlink()
    if content is not None:
        key.write_text(content)
    with pytest.raises(WarehouseError, match=says) as caught:
        place.import_export(export)
    assert GOOD_WAY in str(caught.value)
    assert str(key) in str(caught.value)
    assert (key.read_text() if key.exists() else None) == content, "it was not made anew"
    assert place.raw() == before
    place.publish().close()  # What is landed can be built without it.
    key.write_text(f"{KEY}\n")
    assert place.import_export(export).landed.changed == 0, "all is as before once it is back"


def test_a_warehouse_of_an_older_version_takes_the_key_that_is_there_or_none(
    place: Installation, export: Path
) -> None:
    place.rows("delete from raw.email_key")
    key_of(place).unlink()
    with pytest.raises(WarehouseError, match="is missing"):
        place.import_export(export)
    key_of(place).write_text(KEY)
    place.import_export(export)
    key_of(place).write_text("1" * 64)
    with pytest.raises(WarehouseError, match="is another key than before"):
        place.import_export(export)


def test_a_key_lost_for_good_is_left_behind_in_the_way_that_the_error_says(
    place: Installation, export: Path
) -> None:
    key_of(place).unlink()
    old = place.raw()
    result = place.vitals("import", "slack-export", str(export), "--source", "slack")
    assert result.returncode == 1
    assert "name a file in a new folder as path of [warehouse]" in result.stderr
    text = place.config.read_text()
    place.config.write_text(f'{text}[warehouse]\npath = "new/vitals.duckdb"\n')
    result = place.vitals("import", "slack-export", str(export), "--source", "slack")
    assert result.returncode == 0, result.stderr
    assert len((place.folder / "new" / "email.key").read_text()) == 64
    assert place.raw() == old, "the old warehouse stays as it is"


def test_an_empty_key_is_refused_where_nothing_was_landed_as_well(
    tmp_path: Path, export: Path
) -> None:
    place = Installation(tmp_path / "place")
    key_of(place).write_text("")
    with pytest.raises(WarehouseError, match="delete it, and a new one is made"):
        place.import_export(export)
    key_of(place).unlink()
    assert place.import_export(export).landed.new == 3


def test_the_warehouse_does_not_hold_the_key(place: Installation) -> None:
    key = "0123456789abcdef" * 4
    fresh = Installation(place.folder / "fresh")
    key_of(fresh).write_text(key)
    fresh.publish().close()
    for path in fresh.warehouse.path.parent.rglob("*.duckdb"):
        assert key.encode() not in path.read_bytes(), path
