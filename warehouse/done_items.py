"""Which items of the page Today are done or put off: `today.json` beside the warehouse.

No build touches it. An item is known by a hash of what it is about, so no name stands in the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any

import msgspec

from warehouse.db import Busy, Warehouse
from warehouse.files import replace
from warehouse.versions import WarehouseError

KEPT = timedelta(days=365)
MOST_ITEMS = 10_000
MOST_BYTES = 2_000_000


LEVELS = ("occasional", "regular", "core")  # somebody may have moved up to

_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class ItemsError(WarehouseError):
    """The file cannot be read or written; says why and what to do."""


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An item is done, or put off until a time, UTC."""

    marked_at: _Moment
    until: _Moment | None = None

    def is_in_force(self, now: datetime) -> bool:
        """Whether the item is out of the way."""
        return self.until is None or now < self.until


class _File(msgspec.Struct, forbid_unknown_fields=True):
    items: dict[str, Mark]


def item_key(*about: object) -> str:
    """The key of an item, made of what it is about: ("question", "slack:C1:1.2")."""
    text = "\0".join(map(str, about))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def keys_about(
    accounts: Iterable[Mapping[str, Any]], stored: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield the keys of what the page Today may have said of a person.

    `stored` is what a snapshot has of the person, with the rows of the kind `activity`.
    """
    activities = [row for row in stored if row["kind"] == "activity"]
    for row in activities:
        yield item_key("question", row["activity_id"])
        yield item_key("newcomer", row["activity_id"])
    for account in accounts:
        for level in LEVELS:
            yield item_key("moved up", account["account_id"], level)
        for row in activities:
            yield item_key("drifting", account["account_id"], row["occurred_at"])


class DoneItems:
    """The items of one warehouse that somebody marked, by their keys."""

    def __init__(self, warehouse_path: Path) -> None:
        self._warehouse = Warehouse(warehouse_path)
        self.path = warehouse_path.with_name("today.json")

    def marks(self) -> dict[str, Mark]:
        """Every mark in force, as the file has it now. Raises ItemsError."""
        now = datetime.now(UTC)
        return {key: mark for key, mark in self._read().items() if mark.is_in_force(now)}

    def mark(self, key: str, put_off: timedelta | None = None) -> None:
        """Mark an item as done, or put it off for a time. Raises ItemsError."""
        now = datetime.now(UTC).replace(microsecond=0)
        with self._changed() as items:
            items[key] = Mark(now, now + put_off if put_off else None)

    def take_back(self, key: str) -> None:
        """Remove the mark of an item. Raises ItemsError."""
        with self._changed() as items:
            items.pop(key, None)

    def marks_of(self, keys: Iterable[str]) -> list[Mark]:
        """Return the marks with one of these keys. Raises ItemsError."""
        marks = self.marks()
        return [marks[key] for key in keys if key in marks]

    def drop(self, keys: Iterable[str]) -> None:
        """Remove the marks with one of these keys, where there are any. Raises ItemsError."""
        if found := self.marks().keys() & set(keys):
            with self._changed() as items:
                for key in found:
                    items.pop(key, None)

    @contextmanager
    def _changed(self) -> Iterator[dict[str, Mark]]:
        """What the file holds, to be changed; written at the end, without what is old or too much.

        A file that cannot be read is left as it is.
        """
        try:
            with self._warehouse.lock("today"):
                items = self._read()
                yield items
                self._write(items)
        except Busy as error:
            raise ItemsError(str(error)) from error
        except OSError as error:
            raise ItemsError(
                f"{self.path}: it cannot be written ({error.strerror}). Check whose the folder is,"
                " who may write there, and whether the disk is full"
            ) from error

    def _read(self) -> dict[str, Mark]:
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise ItemsError(f"{self.path}: it is larger than {MOST_BYTES:,} bytes. {_ADVICE}")
            return msgspec.json.decode(self.path.read_bytes(), type=_File).items
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ItemsError(
                f"{self.path}: it cannot be read ({error.strerror}). Check whose it is, and who may"
                " read it"
            ) from error
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ItemsError(
                f"{self.path}: its content is not valid: {error}. {_ADVICE}"
            ) from error

    def _write(self, items: dict[str, Mark]) -> None:
        now = datetime.now(UTC)
        kept = sorted(
            (
                (key, mark)
                for key, mark in items.items()
                if mark.is_in_force(now) and now - mark.marked_at < KEPT
            ),
            key=lambda item: item[1].marked_at,
        )[-MOST_ITEMS:]
        content = msgspec.json.format(msgspec.json.encode(_File(dict(kept))), indent=1)
        draft = self.path.with_name(f"{self.path.name}.tmp")
        try:
            draft.unlink(missing_ok=True)  # A killed process may have left it, for others to read.
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_bytes(content)
            replace(self.path, draft)
        finally:
            draft.unlink(missing_ok=True)


_ADVICE = "Repair it, or remove it: then everything that was marked as done shows again"
