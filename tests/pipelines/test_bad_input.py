"""Bad files, names and settings: one clear error, and the warehouse as it was."""

import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.support.hand_made.slack import SMALL, write_folder, write_zip
from tests.support.in_process import Vitals
from tests.support.installations import Installation
from warehouse.snapshots import pointer

DAY = "general/2024-05-02.json"
BOMB_BYTES = 40 << 20


def no_zip(folder: Path) -> Path:
    path = folder / "export.zip"
    path.write_bytes(b"this is no zip file")
    return path


def bomb(folder: Path) -> Path:
    return write_zip(folder / "bomb.zip", SMALL | {DAY: "[" + " " * BOMB_BYTES})


def bomb_with_false_headers(folder: Path) -> Path:
    """A bomb whose headers declare a small entry."""
    path = bomb(folder)
    size = struct.pack("<L", BOMB_BYTES + 1)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<L", 1000)))
    return path


def truncated(folder: Path) -> Path:
    path = write_zip(folder / "cut.zip", SMALL)
    path.write_bytes(path.read_bytes()[:-30])
    return path


def damaged(folder: Path) -> Path:
    """The bytes of one entry are not what was packed."""
    path = write_zip(folder / "damaged.zip", SMALL | {DAY: "x" * 5000})
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("users.json").header_offset + 45
    content = bytearray(path.read_bytes())
    content[start : start + 20] = b"\xff" * 20
    path.write_bytes(content)
    return path


def encrypted(folder: Path) -> Path:
    path = write_zip(folder / "locked.zip", SMALL)
    content = path.read_bytes()
    for flags in (rb"(PK\x03\x04..)(.)", rb"(PK\x01\x02....)(.)"):
        content = re.sub(flags, lambda m: m[1] + bytes([m[2][0] | 1]), content, flags=re.DOTALL)
    path.write_bytes(content)
    return path


def empty_folder(folder: Path) -> Path:
    path = folder / "nothing"
    path.mkdir()
    return path


def zip_with(files: dict[str, object]) -> Callable[[Path], Path]:
    return lambda folder: write_zip(folder / "made.zip", files)


def folder_with(files: dict[str, object]) -> Callable[[Path], Path]:
    return lambda folder: write_folder(folder / "made", files)


GOOD_DAYS = {f"general/2024-04-{day:02}.json": SMALL["general/2024-05-01.json"] for day in range(9)}
BROKEN_DAY = {"general/2024-04-05.json": '[{"ts": "1714550400.000100", "user": "U1"'}
OUTSIDE = "outside of the archive"

# What the file is: how it is made, and what the error says.
BAD_FILES: dict[str, tuple[Callable[[Path], Path], list[str]]] = {
    "entry above": (zip_with(SMALL | {"../out.json": []}), ["'../out.json'", OUTSIDE]),
    "entry at the root": (zip_with(SMALL | {"/etc/passwd": []}), ["'/etc/passwd'", OUTSIDE]),
    "entry up and down": (zip_with(SMALL | {"general/../../x.json": []}), [OUTSIDE]),
    "entry on a drive": (zip_with(SMALL | {"C:\\x.json": []}), [OUTSIDE]),
    "entry above, Windows": (zip_with(SMALL | {"..\\x.json": []}), [OUTSIDE]),
    "bomb": (bomb, ["2024-05-02.json", "zip bomb", "give the folder"]),
    "bomb with false headers": (bomb_with_false_headers, ["cannot be read", "bomb.zip"]),
    "not a zip": (no_zip, ["not a zip file", "export.zip", "as it was downloaded"]),
    "truncated": (truncated, ["not a zip file", "cut.zip"]),
    "damaged": (damaged, ["users.json", "cannot be read", "Download the export again"]),
    "encrypted": (encrypted, ["cannot be read", "locked.zip"]),
    "broken JSON": (
        folder_with(SMALL | GOOD_DAYS | BROKEN_DAY),
        ["general/2024-04-05.json is broken", "Export or download it again"],
    ),
    "not a list": (folder_with(SMALL | {DAY: {"ok": True}}), [f"{DAY} is broken"]),
    "export of nothing": (
        zip_with({"channels.json": [], "users.json": []}),
        ["no messages and no members", "made.zip"],
    ),
    "empty zip": (zip_with({}), ["no Slack export", "made.zip"]),
    "empty folder": (empty_folder, ["no Slack export", "nothing"]),
    "zip of something else": (zip_with({"beach.txt": "sand"}), ["no Slack export", "made.zip"]),
    "no such file": (lambda folder: folder / "no.zip", ["no such file", "no.zip"]),
}


Everything = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with something in it, published."""
    place = Installation(tmp_path_factory.mktemp("place"))
    place.import_export(write_folder(place.folder / "export", SMALL))
    place.publish()
    return place


def everything(place: Installation) -> Everything:
    """Every row of every table of both files, and which snapshot is current."""
    found: Everything = {"CURRENT": [(pointer(place.warehouse.path).read_text(),)]}
    for path in (place.warehouse.path, place.warehouse.marts_path):
        with duckdb.connect(str(path)) as con:
            tables = con.execute("select schema_name || '.' || table_name from duckdb_tables()")
            for (table,) in tables.fetchall():
                found[table] = con.execute(f"from {table} order by all").fetchall()
    return found


@pytest.fixture(scope="module")
def before(place: Installation) -> Everything:
    return everything(place)


@pytest.mark.parametrize(("make", "words"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_one_clear_error_and_changes_nothing(
    place: Installation, before: Everything, tmp_path: Path, vitals: Vitals,
    make: Callable[[Path], Path], words: list[str],
) -> None:  # fmt: skip
    path = str(make(tmp_path))
    said = vitals(place, "import", "slack-export", path, "--source", "slack", status=1)
    [line] = said.splitlines()
    assert line.startswith("error: ")
    assert all(word in line for word in words), line
    assert everything(place) == before


def test_a_good_and_a_bad_file_together_bring_nothing(place: Installation, tmp_path: Path) -> None:
    before = everything(place)
    day = {"general/2024-05-09.json": [{"ts": "1715241600.0", "user": "U2"}]}
    paths = [str(write_folder(tmp_path / "more", SMALL | day)), str(no_zip(tmp_path))]
    result = place.vitals("import", "slack-export", *paths, "--source", "slack")
    assert result.returncode == 1
    assert everything(place) == before


def test_a_warehouse_that_is_none_is_one_clear_error(tmp_path: Path) -> None:
    place = Installation(tmp_path)
    place.warehouse.path.write_bytes(b"no database")
    export = write_folder(tmp_path / "export", SMALL)
    for command in (["import", "slack-export", str(export), "--source", "slack"], ["build"]):
        result = place.vitals(*command)
        assert result.returncode == 1
        assert "vitals.duckdb is no warehouse of Community Vitals" in result.stderr
        assert "move" not in result.stderr
        assert place.warehouse.path.read_bytes() == b"no database"
