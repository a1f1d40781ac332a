"""JSON files read in pieces: the values do not depend on where a piece ends."""

from pathlib import Path
from typing import Any

import pytest

from connectors import bounds
from connectors.base import BadFile
from connectors.files import json_stream
from connectors.files.archives import open_archive


def values(path: Path) -> list[Any]:
    with open_archive(path) as archive, json_stream.open_json(archive, path.name) as file:
        return list(file.values())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 20])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[1, 2.5, -3e-4, "é", [], {"a": [1]}]', [1, 2.5, -3e-4, "é", [], {"a": [1]}]),
        ('{"a": 1}\n{"b": "two\tlines"}\n', [{"a": 1}, {"b": "two lines"}]),
        ("\ufeff12 345", [12, 345]),
        (" [] ", []),
        ("", []),
    ],
    ids=["a list", "values", "a byte order mark", "an empty list", "an empty file"],
)
def test_pieces_may_end_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, text: str, expected: list[Any]
) -> None:
    monkeypatch.setattr(json_stream, "PIECE_BYTES", size)
    (tmp_path / "file.json").write_text(text, encoding="utf-8")
    assert values(tmp_path / "file.json") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1", "breaks off"),
        ("nothing", "broken"),
        ('{"a": ' * 50_000, "nested too deeply"),
        ('["' + "a" * 100 + '"]', "more than 50 characters"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.setattr(json_stream, "PIECE_BYTES", 10)
    monkeypatch.setattr(bounds, "MOST_VALUE_CHARACTERS", 50 if "aa" in text else 1 << 20)
    (tmp_path / "file.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=message):
        values(tmp_path / "file.json")
