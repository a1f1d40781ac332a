"""An archive of Meetup events in any of the `formats`: groups, events, their counts.

A folder for each group, lists by year, tables, or the API's own responses: events and groups are
recognised by their fields, at any depth. Persons are not read: counts are taken as counts.
"""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from connectors.base import BadFile, Changed, Context, FileReader, SourceSettings
from connectors.files.archives import UNREADABLE, Archive, open_archive
from connectors.files.json_stream import open_json
from connectors.files.tables import open_table
from connectors.meetup import MeetupConnector
from connectors.meetup.files.formats import Row, event_of, group_of
from connectors.meetup.records import ArchiveEvent, ArchiveGroup, GroupName, encode
from connectors.meetup.shapes import tolerant
from connectors.model import Event, Page, Raw
from connectors.timestamps import microseconds

PAGE_EVENTS = 2000
BEGAN_AT = datetime.combine(MeetupConnector.began_on, datetime.min.time(), UTC)
TABLES = (".csv", ".tsv")
ENDINGS = (".json", ".jsonl", ".ndjson")
GROUP_URL = re.compile(r"meetup\.com/(?:[a-z]{2}-[A-Z]{2}/)?([^/]+)/events/")

# A group's next and last event are also in its list of events, with all fields.
PREVIEWS = ("next_event", "nextEvent", "last_event", "lastEvent")

T = TypeVar("T")


class MeetupArchive(FileReader[SourceSettings]):
    """Folders, zips or single files with the events of one network."""

    kind = "meetup-archive"
    platform = "meetup"
    taken_as = Event
    beside_rows = ("archive_groups",)

    def __init__(self, paths: list[Path], context: Context, settings: SourceSettings) -> None:
        super().__init__(paths, context, settings)
        self._groups: dict[str, ArchiveGroup] = {}
        self._newest, self._found, self._has_warned_of_zone = 0, 0, False
        self._taken = 0
        self._misfit: Changed | None = None
        self._over: dict[str, tuple[int, int]] = {}

    def pages(self) -> Iterator[Page]:
        """Yield the events file by file, then their groups as of the newest past event.

        Of each group they tell all from its first to its last event that is over.
        """
        for path in self.paths:
            is_single_file = path.is_file() and path.suffix.lower() in (*ENDINGS, *TABLES)
            endings = (*ENDINGS, *TABLES) if is_single_file or path.is_dir() else ENDINGS
            single_file = nullcontext(Archive(path, path.parent, {path.name: None}))
            with single_file if is_single_file else open_archive(path) as archive:
                names = [name for name in archive.names() if name.lower().endswith(endings)]
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
        if self._misfit and not self._taken:
            raise self._misfit
        for first, last in self._over.values():
            self.covers(first, last + 1)
        groups = [encode(name, group) for name, group in self._groups.items()]
        newest = max((last for _, last in self._over.values()), default=0)
        yield Page("archive_groups", "", groups, newest)

    def _note_groups(self, archive: Archive, name: str) -> None:
        """Remember the groups at the start of a file: events in other files refer to them."""
        for found in _rows(archive, name):
            if found.is_event:
                return
            self._note_group(found.row, name)

    def _note_group(self, row: Row, where: str) -> None:
        group = self._convert({"id": row.get("urlname")} | row, ArchiveGroup, where)
        key = group.urlname.lower()
        if row.get("id") or key not in self._groups:
            self._groups[key] = group

    def _file(self, archive: Archive, name: str) -> Iterator[Page]:
        records: list[Raw] = []
        self._newest = 0  # a file is as of its own newest event
        folder = PurePosixPath(name).parent.name if PurePosixPath(name).stem == "events" else ""
        for found in _rows(archive, name):
            if not found.is_event:
                self._note_group(found.row, name)
            elif event := self._sound_event(found, folder, name):
                records.append(encode(event.id, event))
            if len(records) == PAGE_EVENTS:
                yield Page("archive_events", "", records, self._newest)
                records = []
        yield Page("archive_events", "", records, self._newest)

    def _sound_event(self, found: "FoundRow", folder: str, where: str) -> ArchiveEvent | None:
        """Return an event; None for one that is left out, by reason."""
        self._found += 1
        try:
            if found.misfit:
                raise _unknown(found.misfit, where)
            event = self._event(found.row, found.group or folder, where)
            self._taken += event is not None
            return event
        except Changed as error:
            self._misfit = self._misfit or error
            self.leave_out("not of a known shape")
            return None

    def _event(self, row: Row, parent: str, where: str) -> ArchiveEvent | None:
        """Return an event with its group's id and a time with an offset; None if it lacks either.

        `parent` is the urlname of the group whose list it is in, "" for none.
        """
        if not isinstance(row.get("id", ""), str | int):
            raise _unknown("its id is no text", where)
        if not row.get("id") or not row.get("dateTime"):
            self.leave_out("no event id" if row.get("dateTime") else "no time")
            return None
        event = self._convert(row, ArchiveEvent, where)
        address = GROUP_URL.search(event.url or "")
        named = event.group or GroupName()
        urlname = named.urlname or (address and address[1]) or parent
        if named.urlname and named.id and self._group(named.urlname, None).id == named.urlname:
            self._note_group(row["group"], where)
        group = self._group(urlname, named.name) if urlname else None
        try:
            starts = datetime.fromisoformat(event.starts)
            if starts.tzinfo is None:
                starts = starts.replace(tzinfo=self._zone(group))
            starts = self._by_its_own_clock(starts, group)
        except (ValueError, OverflowError) as error:
            raise _unknown(str(error), where) from error
        status = event.status or ("PAST" if starts <= datetime.now(UTC) else "ACTIVE")
        if status == "PAST" and BEGAN_AT <= starts <= datetime.now(UTC):
            at = microseconds(starts)
            self._newest = max(self._newest, at)
            first, last = self._over.get(urlname or "", (at, at))
            self._over[urlname or ""] = min(first, at), max(last, at)
        return msgspec.structs.replace(
            event,
            status=status,
            starts=starts.isoformat(),
            group=GroupName(group.urlname, group.id) if group else None,
        )

    def _group(self, urlname: str, name: str | None) -> ArchiveGroup:
        """Return what is known of a group: where that is the urlname alone, it is also the id."""
        known = self._groups.get(urlname.lower())
        if known is None:
            known = self._groups[urlname.lower()] = ArchiveGroup(urlname, urlname, name)
        return known

    def _by_its_own_clock(self, starts: datetime, group: ArchiveGroup | None) -> datetime:
        """Return the same moment by the clock of the event's place.

        For weeks Meetup gave the offset of the winter in summer. The group's zone knows it better,
        as does the community's where the offset is one that it has at another time of the year.
        """
        if zone := self._group_zone(group):
            return starts.astimezone(zone)
        zone = ZoneInfo(self.context.timezone)
        offsets = {starts.replace(month=m, day=1, tzinfo=zone).utcoffset() for m in (1, 4, 7, 10)}
        return starts.astimezone(zone) if starts.utcoffset() in offsets else starts

    def _group_zone(self, group: ArchiveGroup | None) -> ZoneInfo | None:
        try:
            return ZoneInfo(group.timezone) if group and group.timezone else None
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            self.context.warn(f"{group.urlname if group else ''}: {error}")
            return None

    def _zone(self, group: ArchiveGroup | None) -> ZoneInfo:
        """Return the zone of times that name none: the group's, else the community's."""
        if zone := self._group_zone(group):
            return zone
        if not self._has_warned_of_zone:
            self._has_warned_of_zone = True
            self.context.warn(
                "some events name no time zone and neither does their group: their times are read "
                f"in the community's, {self.context.timezone}"
            )
        return ZoneInfo(self.context.timezone)

    def _convert(self, row: Row, shape: type[T], where: str) -> T:
        try:
            return tolerant(row | {"id": str(row["id"])}, shape)
        except msgspec.ValidationError as error:
            raise _unknown(str(error), where) from error


class FoundRow(NamedTuple):
    """A group, or an event with the urlname of the group whose list it is in.

    `misfit` says why an event cannot be understood, "" of one that can.
    """

    row: Row
    is_event: bool
    group: str
    misfit: str = ""


def _rows(archive: Archive, name: str) -> Iterator[FoundRow]:
    """Yield every event and group of a file, holding one item of a list at a time.

    Raises BadFile for a broken file, Changed for a row of an unknown shape.
    """
    try:
        if name.lower().endswith(TABLES):
            table = open_table(archive.path / name if archive.path.is_dir() else archive.path, len)
            for _, cells in table.rows():
                row = dict(zip(table.header, (cell or None for cell in cells), strict=False))
                yield from _rows_in(row, "")
            return
        with open_json(archive, name) as file:
            for value in file.values():
                yield from _rows_in(value, "")
    except UNREADABLE as error:
        raise archive.unreadable(name, error) from error
    except (ValueError, OverflowError) as error:
        raise _unknown(str(error), name) from error


def _rows_in(value: Any, parent: str) -> Iterator[FoundRow]:
    if isinstance(value, list):
        for one in value:
            yield from _rows_in(one, parent)
    elif isinstance(value, dict):
        try:
            event = event_of(value)
        except (ValueError, OverflowError) as error:
            yield FoundRow({}, True, parent, str(error))
            return
        if event is not None:
            yield FoundRow(event, True, parent)
            return
        if group := _sound_group(value):
            yield FoundRow(group, False, "")
            parent = group["urlname"]
        for name, one in value.items():
            if name not in PREVIEWS:
                yield from _rows_in(one, parent)


def _sound_group(row: Row) -> Row | None:
    """Return a group; None for what is none, and for one whose fields cannot be read."""
    try:
        return group_of(row)
    except (ValueError, OverflowError):
        return None


def _unknown(what: str, where: str) -> Changed:
    return Changed(
        f"an event or group is not of a known shape: {what}",
        where=where,
        advice="Update community-vitals, or report this line",
    )
