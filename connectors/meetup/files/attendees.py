"""Attendees: Meetup's list of an event, tables of many events' RSVPs, check-in lists.

Best effort: nothing specifies them. Who has no check-in stays without one: only a file that says
so makes somebody a no-show.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import field_validator, model_validator

from connectors.base import BadFile
from connectors.meetup.files.dates import is_time
from connectors.meetup.files.persons import AttendeeKeys, merged
from connectors.meetup.files.tables import ParsedTable, TableOptions, TableReader
from connectors.meetup.files.words import check_in_of, rsvp_of
from connectors.meetup.records import (
    ArchiveEvent,
    ArchiveGroup,
    FileAttendee,
    FileMembership,
    GroupName,
    encode,
)
from connectors.model import Attendance, CheckIn, Page, RsvpState

PAGE_ROWS = 5000
GUESTS = re.compile(r"(\d{1,3})(?:\.0+)?")
EVENT_URL = re.compile(r"/events/([^/?#\s]+)")
GROUP_URL = re.compile(r"meetup\.com/(?:[a-z]{2}-[A-Z]{2}/)?([^/?#\s]+)")
DIGITS = re.compile(r"(?<!\d)\d{6,12}(?!\d)")
EVENT_ID = re.compile(r"[\w!-]+")
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
NO_EVENT = ("-1", "nan", "null", "none")


class AttendeesOptions(TableOptions):
    """`event` is the event's id or address, where neither the file nor its name has it.

    `rsvp` is what they said whose row has no answer: yes, if nothing in the file tells answers or
    check-ins, as in a list of who is going.

    With `starts_at` (local time, or with an offset) and `title` the event itself is imported, too,
    for those who have no other file of it.
    """

    event: str | None = None
    rsvp: RsvpState | None = None
    starts_at: datetime | None = None
    title: str = ""

    @field_validator("event")
    @classmethod
    def _is_id(cls, value: str | None) -> str | None:
        if value and event_id(value) is None:
            raise ValueError(f"{value!r} is no event. Write the last part of its address")
        return event_id(value) if value else None

    @model_validator(mode="after")
    def _title_has_time(self) -> "AttendeesOptions":
        if self.title and self.starts_at is None:
            raise ValueError("a title needs starts_at beside it: an event is known by its time")
        return self


class MeetupAttendees(TableReader):
    """Lists of attendees, of one event each or with a column of event ids."""

    kind = "meetup-attendees"
    options_model = AttendeesOptions
    options: AttendeesOptions
    taken_as = Attendance
    beside_rows = ("file_memberships", "file_events", "file_groups")
    needed = ("member", "url", "name", "address")

    def pages(self) -> Iterator[Page]:
        """Yield the attendees of each file by event, and when they joined."""
        is_of_one_event = self.options.event or self.options.starts_at
        if is_of_one_event and (len(self.paths) > 1 or self.paths[0].is_dir()):
            raise BadFile(
                "one event is given for several files",
                where=", ".join(str(path) for path in self.paths),
                advice="Import them one at a time, or put the event's id into each file's name",
            )
        for table in self._tables():
            yield from self._attendees(table)

    def _attendees(self, table: ParsedTable) -> Iterator[Page]:
        """Hold all rows of a file, as a person may have several, then yield their pages."""
        default, rsvp = self._default_event(table), self._default_rsvp(table)
        found: dict[tuple[str, str], FileAttendee] = {}
        joined: dict[str, int] = {}
        events: dict[str, ArchiveEvent] = {}
        keys = AttendeeKeys(table, self.context.hash_private, has_rsvps=rsvp is not None)
        for number, cells in self._rows(table):
            event = event_id(table.cell(cells, "event")) or default
            attendee = self._attendee(table, number, cells, rsvp)
            if attendee is None or event is None:
                self.leave_out("no answer and no check-in" if event else "no event")
                continue
            if event not in events and (starts := table.date(number, cells, "event_starts")):
                title, group = table.cell(cells, "event_title"), self._group(table, cells)
                events[event] = _event(event, title, starts, table.zone, group)
            joined_at = table.time(number, cells, "joined")
            if joined_at and attendee.id:
                joined[attendee.id] = min(joined_at, joined.get(attendee.id, joined_at))
            key = event, keys.of(event, attendee.id, cells)
            if key in found:
                self.leave_out("duplicate")
            found[key] = merged(found[key], attendee) if key in found else attendee
        self._check_found(table, found, default)
        as_of = self._as_of(table)
        yield from self._pages(found, as_of)
        memberships = [encode(member, FileMembership(member, at)) for member, at in joined.items()]
        yield Page("file_memberships", "", memberships, as_of)
        starts_at, title = self.options.starts_at, self.options.title
        if starts_at and not default:
            raise BadFile(
                "starts_at is the time of one event, and the file has a column of events",
                where=str(table.text.path),
                advice="Say of which one it is: --set event=ID, as in that column",
            )
        if default and starts_at:
            events[default] = _event(default, title, starts_at, table.zone, self._default_group())
        yield Page("file_events", "", [encode(e.id, e) for e in events.values()], as_of)
        groups = {e.group.urlname for e in events.values() if e.group and e.group.urlname}
        records = [encode(name, ArchiveGroup(name, name)) for name in sorted(groups)]
        yield Page("file_groups", "", records, as_of)

    def _default_rsvp(self, table: ParsedTable) -> RsvpState | None:
        """What rows without an answer mean: yes in a list of who is going, else nothing.

        Raises BadFile for a list of members, who may never have been at the event.
        """
        if self.options.rsvp or {"rsvp", "attendance"} & table.columns.keys():
            return self.options.rsvp
        where = str(table.text.path)
        if "visited" in table.columns:
            raise BadFile(
                "it is a list of members, not of attendees",
                where=where,
                advice="Import it as one (vitals import meetup-members), or say what all of them "
                "answered: --set rsvp=yes",
            )
        self.context.warn(
            f"{where}: no column of it tells answers or check-ins. Everybody on it is counted as a "
            'yes. If a column tells answers, name it: --set "columns.rsvp=..."; if all said '
            "something else, say what: --set rsvp=no"
        )
        return RsvpState.YES

    def _group(self, table: ParsedTable, cells: list[str]) -> str:
        """The group of a row's event: in its column, else in the event's address, "" for none."""
        named, address = table.cell(cells, "event_group"), table.cell(cells, "event")
        found = GROUP_URL.search(named) or (EVENT_URL.search(address) and GROUP_URL.search(address))
        return found[1] if found else named or self._default_group()

    def _check_found(
        self, table: ParsedTable, found: dict[tuple[str, str], FileAttendee], default: str | None
    ) -> None:
        """Raise BadFile where no row names an event; warn where nobody has an id."""
        path = table.text.path
        if not found and default is None and self.skipped.get("no event"):
            raise BadFile(
                "no row of it names an event by its id",
                where=str(path),
                advice='Say which column does, as in --set "columns.event=...", or, for a file of '
                "one event, --set event=ID, the number in the event's address",
            )
        if found and not any(attendee.id for attendee in found.values()):
            self.context.warn(
                f"{path}: nobody in it has a member id. They are counted at their events, as "
                "walk-ins if they came, but they are no known persons. If a column has the ids, "
                'name it: --set "columns.member=..."'
            )

    def _pages(self, found: dict[tuple[str, str], FileAttendee], as_of: int) -> Iterator[Page]:
        by_event: dict[str, list[tuple[str, FileAttendee]]] = {}
        for (event, key), attendee in found.items():
            by_event.setdefault(event, []).append((key, attendee))
        for event, rows in by_event.items():
            for first in range(0, len(rows), PAGE_ROWS):
                records = [encode(*row) for row in rows[first : first + PAGE_ROWS]]
                yield Page("file_attendees", event, records, as_of)

    def _attendee(
        self, table: ParsedTable, number: int, cells: list[str], default: RsvpState | None
    ) -> FileAttendee | None:
        """Return the attendee of a row; None where it has neither an RSVP nor a check-in.

        A table made from the API has the check-in in place of the RSVP, which is then unknown.
        """
        said = table.cell(cells, "rsvp")
        noted = table.cell(cells, "attendance")
        rsvp = rsvp_of(said)
        check_in = check_in_of(noted) or (CheckIn.ATTENDED if is_time(noted) else None)
        if rsvp in (None, RsvpState.NONE):
            check_in = check_in or check_in_of(said)
        if _is_walk_in(table, cells):
            rsvp = rsvp or RsvpState.NONE
            check_in = check_in or (None if "attendance" in table.columns else CheckIn.ATTENDED)
        elif rsvp in (None, RsvpState.NONE) and not said:
            rsvp = default or rsvp
        if check_in is None and rsvp in (None, RsvpState.NONE):
            return None
        guests = GUESTS.fullmatch(table.cell(cells, "guests"))
        return FileAttendee(
            id=table.member(cells),
            rsvp=rsvp.value if rsvp else None,
            check_in=check_in.value if check_in else None,
            guests=int(guests[1]) if guests else 0,
            is_host=rsvp_of(table.cell(cells, "host")) is RsvpState.YES,
            rsvp_at=table.time(number, cells, "answered"),
        )

    def _default_event(self, table: ParsedTable) -> str | None:
        """The event of rows that name none: the one in the options, else in the file's name."""
        if self.options.event or "event" in table.columns:
            return self.options.event
        event = _in_name(table.text.path)
        if event is None:
            raise BadFile(
                "neither the file nor its name has the id of its event",
                where=str(table.text.path),
                advice="Give it: --set event=ID, the number in the event's address, or write it "
                "into the file's name",
            )
        return event


def _event(event: str, title: str, starts_at: datetime, zone: ZoneInfo, group: str) -> ArchiveEvent:
    if starts_at.tzinfo is None:
        starts_at = starts_at.replace(tzinfo=zone)
    status = "PAST" if starts_at <= datetime.now(UTC) else "ACTIVE"
    named = GroupName(group, group) if group else None
    return ArchiveEvent(event, starts_at.isoformat(), title=title, status=status, group=named)


def _is_walk_in(table: ParsedTable, cells: list[str]) -> bool:
    """Whether a row says that somebody came without an RSVP."""
    says_so = check_in_of(table.cell(cells, "walk_in")) is CheckIn.ATTENDED
    return says_so or "walk" in table.cell(cells, "ticket").lower()


def event_id(text: str) -> str | None:
    """Return the id of an event from its id or address; None for nothing and for a title."""
    found = EVENT_URL.search(text)
    name = found[1] if found else text.strip().removesuffix(".0")
    is_id = EVENT_ID.fullmatch(name) and name.lower() not in NO_EVENT
    return name if is_id else None


def _in_name(path: Path) -> str | None:
    """The only number in a file's name that is long enough for an event and is no date."""
    numbers = {n for n in DIGITS.findall(path.stem) if not DAY.fullmatch(n)}
    return numbers.pop() if len(numbers) == 1 else None
