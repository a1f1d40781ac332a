"""An archive of Meetup events in the shape of its GraphQL API: chapters, events, their counts.

A folder for each chapter, lists by year, or the API's own answers: events and groups are known by
their fields, wherever they stand. Persons are not looked for: counts are taken as counts.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import ijson
import msgspec

from connectors.base import BadFile, Changed, Context, FileReader, SourceSettings
from connectors.files.archive import UNREADABLE, Archive, open_archive
from connectors.meetup_file_records import (
    ArchiveEvent,
    ArchiveGroup,
    GroupName,
    encode_event,
    encode_group,
    microseconds,
)
from connectors.model import Event, Page, Raw

PAGE_EVENTS = 2000
NOTHING: tuple[Any, ...] = (None, {}, [])
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
GROUP_URL = re.compile(r"meetup\.com/(?:[a-z]{2}-[A-Z]{2}/)?([^/]+)/events/")

Row = dict[str, Any]
T = TypeVar("T")


class MeetupArchive(FileReader[SourceSettings]):
    """Folders, zips or single files with the events of one network."""

    kind = "meetup-archive"
    platform = "meetup"
    taken_as = Event

    def __init__(self, paths: list[Path], context: Context, settings: SourceSettings) -> None:
        super().__init__(paths, context, settings)
        self._groups: dict[str, ArchiveGroup] = {}
        self._newest, self._found, self._zone_told = 0, 0, False

    def pages(self) -> Iterator[Page]:
        """The events file by file, then their groups as of the newest event that is over."""
        for path in self.paths:
            with open_archive(path) as archive:
                names = [name for name in archive.names() if name.lower().endswith(".json")]
                for name in names:
                    self._note_groups(archive, name)
                for number, name in enumerate(names):
                    self.context.progress("files", number, len(names))
                    yield from self._file(archive, name)
                self.context.progress("files", len(names), len(names))
        if not self._found and not self._groups:
            raise BadFile(
                "there are no events of Meetup in it",
                where=", ".join(str(path) for path in self.paths),
                advice="Give a folder of events.json files as Meetup's API gives events",
            )
        groups = [encode_group(group) for group in self._groups.values()]
        yield Page("archive_groups", "", groups, self._newest)

    def _note_groups(self, archive: Archive, name: str) -> None:
        """Remember the groups that a file begins with: they tell of events in other files."""
        for row, _ in _things(archive, name):
            if _is_event(row):
                return
            self._note_group(row, name)

    def _note_group(self, row: Row, where: str) -> None:
        row = _stated(row)
        key = row["urlname"].lower()
        if row.get("id") or key not in self._groups:
            group = self._convert({"id": row["urlname"]} | row, ArchiveGroup, where)
            self._groups[key] = group

    def _file(self, archive: Archive, name: str) -> Iterator[Page]:
        records: list[Raw] = []
        for row, parent in _things(archive, name):
            if not _is_event(row):
                self._note_group(row, name)
            elif event := self._event(row, parent, name):
                records.append(encode_event(event))
            if len(records) == PAGE_EVENTS:
                yield Page("archive_events", "", records, self._newest)
                records = []
        yield Page("archive_events", "", records, self._newest)

    def _event(self, row: Row, parent: Row | None, where: str) -> ArchiveEvent | None:
        """An event with its group's id and a time with an offset; None, and counted, without."""
        self._found += 1
        row = _stated(row)
        if not row.get("id") or not row.get("dateTime"):
            self._skip("no event id" if row.get("dateTime") else "no time")
            return None
        event = self._convert(row, ArchiveEvent, where)
        address = GROUP_URL.search(event.event_url or "")
        named = event.group or GroupName()
        urlname = named.urlname or (parent and parent["urlname"]) or (address and address[1])
        group = self._group(urlname, named.name) if urlname else None
        try:
            starts = datetime.fromisoformat(event.date_time)
        except ValueError as error:
            raise _unknown(str(error), where) from error
        if starts.tzinfo is None:
            starts = starts.replace(tzinfo=self._zone(group))
        status = event.status or ("PAST" if starts <= datetime.now(UTC) else "ACTIVE")
        if status == "PAST":
            self._newest = max(self._newest, microseconds(starts))
        return msgspec.structs.replace(
            event,
            status=status,
            date_time=starts.isoformat(),
            group=GroupName(group.urlname, group.id) if group else None,
        )

    def _group(self, urlname: str, name: str | None) -> ArchiveGroup:
        """What is known of a group: at the least its name in addresses, which is then its id."""
        known = self._groups.get(urlname.lower())
        if known is None:
            known = self._groups[urlname.lower()] = ArchiveGroup(urlname, urlname, name)
        return known

    def _zone(self, group: ArchiveGroup | None) -> ZoneInfo:
        """The zone of times without one: the group's, else the community's, which is told once."""
        try:
            if group and group.timezone:
                return ZoneInfo(group.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            self.context.warn(f"{group.urlname if group else ''}: {error}")
        if not self._zone_told:
            self._zone_told = True
            self.context.warn(
                "some events name no time zone and neither does their group: their times are read "
                f"in the community's, {self.context.timezone}"
            )
        return ZoneInfo(self.context.timezone)

    def _convert(self, row: Row, shape: type[T], where: str) -> T:
        try:
            return msgspec.convert(row | {"id": str(row["id"])}, shape, strict=False)
        except msgspec.ValidationError as error:
            raise _unknown(str(error), where) from error

    def _skip(self, reason: str) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + 1


def _is_event(row: Row) -> bool:
    return "dateTime" in row


def _things(archive: Archive, name: str) -> Iterator[tuple[Row, Row | None]]:
    """Yield every event and group of a file with the group that it stands in.

    A list is read in pieces. Raises BadFile where the file is broken.
    """
    try:
        with archive.open(name) as file:
            head = file.read(len(BYTE_ORDER_MARK))
            file.seek(len(BYTE_ORDER_MARK) if head == BYTE_ORDER_MARK else 0)
            begins = file.tell()
            is_list = (file.read(64).lstrip() or b" ")[:1] == b"["
            file.seek(begins)
            whole = ijson.items(file, "item" if is_list else "", use_float=True)
            for value in whole:
                yield from _walk(value, None)
    except ijson.JSONError as error:
        raise BadFile(
            f"{name} is broken or breaks off: {error}",
            where=str(archive.path),
            advice="Download it again",
        ) from error
    except UNREADABLE as error:
        raise archive.unreadable(name, error) from error


def _walk(value: Any, parent: Row | None) -> Iterator[tuple[Row, Row | None]]:
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, parent)
    elif isinstance(value, dict):
        if _is_event(value):
            yield value, parent
            return
        if isinstance(value.get("urlname"), str):
            yield value, parent
            parent = value
        for one in value.values():
            yield from _walk(one, parent)


def _stated(value: Any) -> Any:
    """A row without what says nothing: null, and what some programs write for it, {} and []."""
    if isinstance(value, list):
        return [stated for one in value if (stated := _stated(one)) not in NOTHING]
    if isinstance(value, dict):
        pairs = ((name, _stated(one)) for name, one in value.items())
        return {name: stated for name, stated in pairs if stated not in NOTHING}
    return value


def _unknown(what: str, where: str) -> Changed:
    return Changed(
        f"an event or group is not of a known shape: {what}",
        where=where,
        advice="Update community-vitals, or report this line",
    )
