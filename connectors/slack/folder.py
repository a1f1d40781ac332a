"""The files of one export: its lists of members and channels, and a file per channel and day."""

import re
import unicodedata
from codecs import BOM_UTF8
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from connectors.base import BadFile
from connectors.files.archives import Archive
from connectors.slack import records
from connectors.tolerant import ODD_JSON, read_json, read_row

T = TypeVar("T", bound=msgspec.Struct)

MEMBER_LISTS = ("users.json", "org_users.json")
DIRECT_MESSAGE_FOLDER = re.compile(r"D[A-Z0-9]{8,}|mpdm-.+")
DAY_FILE = re.compile(r"(?P<folder>[^/]+)/(?P<date>\d{4}-\d\d-\d\d)\.json")
PRIVATE_LISTS = {
    "groups.json": "private channel",
    "dms.json": "direct message",
    "mpims.json": "direct message",
}
MAC_FOLDER = "__MACOSX"


class Conversation(msgspec.Struct):
    id: str | None = None
    name: str | None = None


_messages = msgspec.json.Decoder(list[records.Message], strict=False)


@dataclass(frozen=True)
class Day:
    """The file of one channel and day."""

    name: str
    folder: str
    date: str


def find_exports(archive: Archive) -> list["ExportFolder"]:
    """Return every export in an archive, by its folder; none where it holds no list of any."""
    found = [Path(n) for n in archive.names() if Path(n).name in ("channels.json", *MEMBER_LISTS)]
    parents = {path.parent.as_posix() for path in found if MAC_FOLDER not in path.parts}
    roots = sorted("" if parent == "." else f"{parent}/" for parent in parents)
    return [ExportFolder(archive, root) for root in roots]


class ExportFolder:
    """One export, of which the files lie below `root`. Rows without an id are in `odd_rows`."""

    def __init__(self, archive: Archive, root: str) -> None:
        self._archive, self._root = archive, root
        self.where = f"{archive.path}/{root}".removesuffix("/")
        self.odd_rows = 0
        self.days = [
            Day(name, unicodedata.normalize("NFC", match["folder"]), match["date"])
            for name in archive.names()
            if name.startswith(root) and (match := DAY_FILE.fullmatch(name.removeprefix(root)))
        ]
        members = [m for name in MEMBER_LISTS for m in self._list(name, records.Member)]
        self.members = [m for m in members if self._has_id(m.id)]
        channels = [c for c in self._list("channels.json", records.Channel) if self._has_id(c.id)]
        self.channels = {unicodedata.normalize("NFC", c.name or c.id): c for c in channels}
        self.private = {
            unicodedata.normalize("NFC", folder): reason
            for name, reason in PRIVATE_LISTS.items()
            for entry in self._list(name, Conversation)
            for folder in (entry.name, entry.id)
            if folder
        }

    def why_private(self, folder: str) -> str | None:
        """Return why the messages of a folder are left out; None where it is a public channel."""
        if folder in self.channels:
            return None
        is_direct = DIRECT_MESSAGE_FOLDER.fullmatch(folder)
        return "direct message" if is_direct else self.private.get(folder)

    def messages(self, day: Day) -> tuple[list[records.Message], Counter[str]]:
        """Return a day's messages, and how many rows are none, by reason. Raises BadFile."""
        content = self._read(day.name)
        try:
            messages = _messages.decode(content)
        except ODD_JSON:
            messages = None
        if messages is not None and all(records.is_ts(m.ts) for m in messages):
            return messages, Counter()
        found = [(records.read_message(row), row) for row in self._rows(day.name, content)]
        odd = Counter(_why_odd(row) for message, row in found if message is None)
        return [message for message, _ in found if message is not None], odd

    @cached_property
    def newest_update(self) -> int:
        """When a profile was changed last, microseconds since 1970; 0 where no profile says."""
        updates = (records.microseconds_of_seconds(m.updated) for m in self.members)
        return max((at for at in updates if at), default=0)

    def newest_message(self, before: int) -> int:
        """Return when the newest message was written, of those written before; 0 without one."""
        for date in sorted({day.date for day in self.days}, reverse=True):
            files = [day for day in self.days if day.date == date]
            times = [
                records.microseconds_of_ts(m.ts) for day in files for m in self.messages(day)[0]
            ]
            if newest := max((at for at in times if at < before), default=0):
                return newest
        return 0

    def _has_id(self, id: str) -> bool:
        is_id = records.ID.fullmatch(id) is not None
        self.odd_rows += not is_id
        return is_id

    def _list(self, name: str, shape: type[T]) -> list[T]:
        """Return the rows of a list; nothing where there is none."""
        if self._root + name not in self._archive:
            return []
        content = self._read(self._root + name)
        try:
            return msgspec.json.decode(content, type=list[shape], strict=False)  # type: ignore[valid-type]
        except ODD_JSON:
            found = [read_row(row, shape) for row in self._rows(self._root + name, content)]
        self.odd_rows += found.count(None)
        return [row for row in found if row is not None]

    def _read(self, name: str) -> bytes:
        return self._archive.read(name).removeprefix(BOM_UTF8)

    def _rows(self, name: str, content: bytes) -> list[Any]:
        """Return the rows of a file, which a program that has none may write as null."""
        try:
            rows = read_json(content)
        except ValueError as error:
            raise self._broken(name, str(error)) from error
        if rows is not None and not isinstance(rows, list):
            raise self._broken(name, "it is no list")
        return rows or []

    def _broken(self, name: str, what: str) -> BadFile:
        return BadFile(
            f"{name} is broken: {what}",
            where=str(self._archive.path),
            advice="Export or download it again",
        )


def _why_odd(row: object) -> str:
    has_ts = isinstance(row, dict) and row.get("ts")
    return "unknown shape" if has_ts else "no timestamp"
