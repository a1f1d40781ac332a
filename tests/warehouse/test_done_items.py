"""What was marked on the page Today: it stays, whoever writes, and a broken file is left alone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from warehouse import done_items
from warehouse.db import Warehouse
from warehouse.done_items import DoneItems, ItemsError, item_key

WEEK = timedelta(days=7)


@pytest.fixture
def items(tmp_path: Path) -> DoneItems:
    return DoneItems(tmp_path / "vitals.duckdb")


def write(items: DoneItems, marks: dict[str, dict[str, str]]) -> None:
    items.path.write_text(json.dumps({"items": marks}))


def ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def test_done_stays_done_until_it_is_taken_back(items: DoneItems) -> None:
    assert items.marks() == {}
    items.mark("question")
    items.mark("event", WEEK)
    assert items.marks()["question"].until is None
    again = DoneItems(items.path.with_name("vitals.duckdb"))
    assert set(again.marks()) == {"question", "event"}
    again.take_back("question")
    again.take_back("unknown")
    assert set(items.marks()) == {"event"}
    assert items.path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in items.path.parent.iterdir()) == ["locks", "today.json"]


def test_what_was_put_off_comes_back_and_old_marks_go(items: DoneItems) -> None:
    off = {"marked_at": ago(8), "until": ago(1)}
    write(items, {"off": off, "old": {"marked_at": ago(366)}, "kept": {"marked_at": ago(364)}})
    assert set(items.marks()) == {"old", "kept"}
    items.mark("new")
    assert set(json.loads(items.path.read_bytes())["items"]) == {"kept", "new"}


def test_the_file_does_not_grow_without_end(
    items: DoneItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(done_items, "MOST_ITEMS", 3)
    write(items, {f"{days}": {"marked_at": ago(days)} for days in (1, 5, 3, 4)})
    items.mark("new")
    assert set(items.marks()) == {"new", "1", "3"}
    monkeypatch.setattr(done_items, "MOST_BYTES", 10)
    with pytest.raises(ItemsError, match=r"today\.json: it is larger than 10 bytes"):
        items.marks()


def test_the_most_items_fit_into_the_most_bytes(items: DoneItems) -> None:
    now = datetime.now(UTC)
    many = {
        item_key(number): done_items.Mark(now, now + WEEK)
        for number in range(done_items.MOST_ITEMS)
    }
    items._write(many)
    assert items.marks() == many


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "\udcff",
        '{"items": []}',
        '{"items": {"a": {}}}',
        '{"items": {"a": {"marked_at": "2026-01-01T00:00:00"}}}',
        '{"items": {"a": {"marked_at": "2026-01-01T00:00:00Z", "of_a_newer_program": 1}}}',
        '{"items": {}, "of_a_newer_program": 1}',
    ],
)
def test_a_broken_file_is_named_and_left_as_it_is(items: DoneItems, content: str) -> None:
    items.path.write_text(content, encoding="utf-8", errors="surrogateescape")
    before = items.path.read_bytes()
    for ask in (items.marks, lambda: items.mark("a"), lambda: items.take_back("a")):
        with pytest.raises(
            ItemsError, match=r"today\.json: its content is not valid: .* remove it"
        ):
            ask()
    assert items.path.read_bytes() == before


def test_a_file_or_folder_of_somebody_else_is_named(items: DoneItems) -> None:
    items.path.mkdir()
    with pytest.raises(ItemsError, match="it cannot be read"):
        items.marks()
    elsewhere = DoneItems(items.path.parent / "nowhere.txt" / "vitals.duckdb")
    elsewhere.path.parent.write_text("a file")
    with pytest.raises(ItemsError, match=r"today\.json: it cannot be"):
        elsewhere.mark("a")


def test_of_two_writers_nothing_is_lost(items: DoneItems) -> None:
    writer = Thread(target=items.mark, args=("mine",))
    with Warehouse(items.path.with_name("vitals.duckdb")).lock("today"):
        writer.start()
        writer.join(0.3)
        assert writer.is_alive(), "it waits for the other to end"
        write(items, {"theirs": {"marked_at": ago(1)}})
    writer.join()
    assert set(items.marks()) == {"mine", "theirs"}


def test_a_key_tells_no_name() -> None:
    key = item_key("drifting", "github:kofi-dev", "2026-01-01")
    assert "kofi" not in key
    assert key == item_key("drifting", "github:kofi-dev", "2026-01-01")
    assert key != item_key("drifting", "github:kofi-dev", "2026-01-02")
