"""Hostile files end at once with an error that names the bound, and cost little memory."""

import gzip
import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from connectors import bounds
from connectors.base import BadFile
from connectors.files import json_stream
from connectors.files.archives import open_archive
from connectors.files.tables import open_table
from connectors.github.archive.rows import lines
from connectors.tolerant import read_json
from tests.support.paths import ROOT

MOST_MEGABYTES = 250
MEASURED = """
import re, sys
from pathlib import Path
from connectors.base import BadFile
from connectors.files import json_stream
from connectors.files.archives import open_archive
path = Path(sys.argv[1])
try:
    with open_archive(path) as archive, json_stream.open_json(archive, path.name) as file:
        print(sum(1 for _ in file.values()))
except BadFile as error:
    print(error)
# Not ru_maxrss, which begins with that of the parent.
[peak] = re.findall(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(int(peak) // 1024)
"""


def nested(levels: int) -> str:
    return '{"a":[' * levels + "1" + "]}" * levels


def values(path: Path) -> list[Any]:
    with open_archive(path) as archive, json_stream.open_json(archive, path.name) as file:
        return list(file.values())


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '[{"a":"' + "x" * 200_000])
def test_a_small_hostile_file_needs_little_memory(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    command = [sys.executable, "-c", MEASURED, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    said, megabytes = done.stdout.splitlines()
    assert "the file is broken or breaks off" in said
    assert int(megabytes) < MOST_MEGABYTES


@pytest.mark.parametrize("levels", [60, 5_000, 100_000])
def test_what_is_nested_too_deeply_is_left_out_alone(tmp_path: Path, levels: int) -> None:
    text = 'a ] \\" [ b'
    deep = f'{{"id": 1, "text": {json.dumps(text)}, "deep": {nested(levels)}, "last": [2]}}'
    (tmp_path / "list.json").write_text(f'[{{"id": 0}}, {deep}, {{"id": 3}}]')
    first, cut, last = values(tmp_path / "list.json")
    assert (first, last) == ({"id": 0}, {"id": 3})
    kept = {name: cut[name] for name in ("id", "text", "last")}
    assert kept == {"id": 1, "text": text, "last": [2]}
    assert [row["id"] for row in read_json((tmp_path / "list.json").read_bytes())] == [0, 1, 3]
    json.dumps(cut)


def test_a_broken_value_does_not_bring_the_rest_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text('[{"a": oops}' + ', {"a": 1}' * 2_000_000 + "]")
    command = [sys.executable, "-c", MEASURED, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    said, megabytes = done.stdout.splitlines()
    assert "the file is broken" in said
    assert int(megabytes) < MOST_MEGABYTES


def zipped(path: Path, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("a.json", content)
    return path


def read_first(path: Path) -> bytes:
    with open_archive(path) as archive:
        return archive.read(archive.names()[0])


@pytest.mark.parametrize(
    ("name", "limit", "words"),
    [
        ("MOST_FILE_BYTES", 1000, "MOST_FILE_BYTES"),
        ("MOST_FILES", 0, "it holds more than 0 files"),
        ("MOST_DIRECTORY_BYTES", 10, "MOST_DIRECTORY_BYTES"),
        ("RATIO_COUNTS_FROM_BYTES", 100, "MOST_RATIO_TIMES"),
    ],
)
def test_bounds_of_a_zip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, limit: int, words: str
) -> None:
    monkeypatch.setattr(bounds, name, limit)
    path = zipped(tmp_path / "a.zip", b" " * 100_000)
    with pytest.raises(BadFile, match=words) as caught:
        read_first(path)
    assert caught.value.where == str(path)
    assert caught.value.advice


def test_a_size_that_lies_unpacks_no_more(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", b"x" * 50_000_000)
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = content.index(mark) + offset
        content[at : at + 4] = struct.pack("<I", 1000)
    path.write_bytes(content)
    with pytest.raises(BadFile, match="cannot be read"):
        read_first(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_without_a_bound_is_refused(tmp_path: Path, method: int) -> None:
    with pytest.raises(BadFile, match="unusual way"):
        read_first(zipped(tmp_path / "a.zip", b"{}", method))


def test_bounds_of_a_packed_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "2026-01-01-1.json.gz"
    path.write_bytes(gzip.compress(b"\n" * 5_000_000))
    monkeypatch.setattr(bounds, "RATIO_COUNTS_FROM_BYTES", 1000)
    with pytest.raises(BadFile, match="MOST_RATIO_TIMES"):
        list(lines(path))
    monkeypatch.setattr(bounds, "MOST_LINE_BYTES", 100)
    path.write_bytes(gzip.compress(b"{}\n" + b"x" * 200))
    with pytest.raises(BadFile, match="line 2 has more than 100 bytes"):
        list(lines(path))


@pytest.mark.parametrize(
    ("text", "name", "limit"),
    [
        ("a,b\n1," + "x" * 200, "MOST_ROW_CHARACTERS", 100),
        ('a,b\n1,"' + "x\n" * 200 + '"', "MOST_ROW_CHARACTERS", 100),
        ("a,b\n1," + "x" * 200, "MOST_CELL_CHARACTERS", 100),
        ("a," * 200 + "\n1,2", "MOST_HEADER_COLUMNS", 100),
    ],
    ids=["row", "row of many lines", "cell", "columns"],
)
def test_bounds_of_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, name: str, limit: int
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    monkeypatch.setattr(bounds, name, limit)
    with pytest.raises(BadFile, match=rf"more than 100 \w+ .the bound {name}"):
        list(open_table(path, len).rows())
