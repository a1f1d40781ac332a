"""Attendees: Meetup's list of an event, tables of many events' RSVPs, lists kept at the door.

Best effort: nothing specifies them. A mark at the door is taken where there is one; who is not
marked stays so: nothing here makes a no-show of somebody.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from pydantic import field_validator, model_validator

from connectors.base import BadFile
from connectors.meetup.files.dates import is_no_date, is_time, read_date
from connectors.meetup.files.records import (
    ArchiveEvent,
    FileAttendee,
    FileMembership,
    encode_attendee,
    encode_event,
    encode_membership,
)
from connectors.meetup.files.sheet import Sheet, SheetOptions, SheetReader
from connectors.meetup.files.words import answer_of, mark_of
from connectors.model import Answer, Attendance, Mark, Page

PAGE_ROWS = 5000
EVENT_URL = re.compile(r"/events/([^/?#\s]+)")
DIGITS = re.compile(r"(?<!\d)\d{6,12}(?!\d)")
EVENT_ID = re.compile(r"[\w!-]+")
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
NO_EVENT = ("-1", "nan", "null", "none")
TOLD_OF_A_MARK = (Mark.ATTENDED, Mark.NO_SHOW, Mark.EXCUSED, None)


class AttendeesOptions(SheetOptions):
    """`event` is the event's id or address, where neither the file nor its name tells it.

    With `starts_at` (local time, or with an offset) and `title` the event itself is made known, for
    those who have no other file of it.
    """

    event: str | None = None
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


class MeetupAttendees(SheetReader):
    """Attendee lists, one event a file or with a column of event ids."""

    kind = "meetup-attendees"
    options_model = AttendeesOptions
    options: AttendeesOptions
    taken_as = Attendance
    needed = (("rsvp", "attendance"), ("member", "url", "name"))

    def pages(self) -> Iterator[Page]:
        """The attendees of each file by event, and when they joined."""
        told = self.options.event or self.options.starts_at
        if told and (len(self.paths) > 1 or self.paths[0].is_dir()):
            raise BadFile(
                "one event was told for several files",
                where=", ".join(str(path) for path in self.paths),
                advice="Import them one at a time, or put the event's id into each file's name",
            )
        for sheet in self._sheets():
            yield from self._attendees(sheet)

    def _attendees(self, sheet: Sheet) -> Iterator[Page]:
        """All rows of a file are held until a person's last one was read.

        What a file without answers tells stands beside the answers of another.
        """
        default = self._default_event(sheet)
        found: dict[tuple[str, str], FileAttendee] = {}
        joined: dict[str, int] = {}
        events: dict[str, ArchiveEvent] = {}
        nameless = Counter[tuple[str, str]]()
        place = "" if "rsvp" in sheet.columns else ":door"
        for number, cells in self._rows(sheet):
            event = event_id(sheet.cell(cells, "event")) or default
            attendee = self._attendee(sheet, number, cells)
            if attendee is None or event is None:
                self._skip("no answer and no check-in" if event else "no event")
                continue
            if event not in events and (told := self._told_event(event, sheet, number, cells)):
                events[event] = told
            joined_at = sheet.time(number, cells, "joined")
            if joined_at and attendee.id:
                joined[attendee.id] = min(joined_at, joined.get(attendee.id, joined_at))
            rsvp_id = sheet.cell(cells, "rsvp_id")
            if attendee.id:
                key = event, f"{attendee.id}{place}"
            elif rsvp_id:
                key = event, f"rsvp:{rsvp_id}"
            else:
                name = self.context.hash_private(sheet.cell(cells, "name").casefold())[:16]
                nameless[event, name] += 1
                key = event, f"walk-in:{name}:{nameless[event, name]}"
            if key in found:
                self._skip("duplicate")
            found[key] = _merged(found[key], attendee) if key in found else attendee
        self._check_found(sheet, found, default)
        as_of = self._as_of(sheet)
        yield from self._pages(found, as_of)
        memberships = [encode_membership(FileMembership(*row)) for row in joined.items()]
        yield Page("file_memberships", "", memberships, as_of)
        if default and self.options.starts_at:
            events[default] = self._event(
                default, self.options.title, self.options.starts_at, sheet.zone
            )
        yield Page("file_events", "", [encode_event(event) for event in events.values()], as_of)

    def _check_found(
        self, sheet: Sheet, found: dict[tuple[str, str], FileAttendee], default: str | None
    ) -> None:
        """Raises BadFile where no row names an event; tells where nobody has an id."""
        path = sheet.table.path
        if not found and default is None and self.skipped.get("no event"):
            raise BadFile(
                "no row of it names an event by its id",
                where=str(path),
                advice='Say which column does, as in --set "columns.event=...", or, for a file of '
                "one event, --set event=ID, the number in the event's address",
            )
        if found and not any(attendee.id for attendee in found.values()):
            self.context.warn(
                f"{path}: nobody in it has a member id: they are counted at their events and are "
                "no known persons, and whoever came counts as a walk-in. If a column has the ids, "
                'say so: --set "columns.member=..."'
            )

    def _pages(self, found: dict[tuple[str, str], FileAttendee], as_of: int) -> Iterator[Page]:
        by_event: dict[str, list[tuple[str, FileAttendee]]] = {}
        for (event, key), attendee in found.items():
            by_event.setdefault(event, []).append((key, attendee))
        for event, rows in by_event.items():
            for first in range(0, len(rows), PAGE_ROWS):
                records = [encode_attendee(*row) for row in rows[first : first + PAGE_ROWS]]
                yield Page("file_attendees", event, records, as_of)

    def _attendee(self, sheet: Sheet, number: int, cells: list[str]) -> FileAttendee | None:
        """What a row tells; None where it tells neither an answer nor a mark.

        A table made from the API has the mark where the answer was: then that is not known.
        """
        member = sheet.member(cells)
        rsvp = sheet.cell(cells, "rsvp")
        noted = sheet.cell(cells, "attendance")
        answer = answer_of(rsvp)
        mark = mark_of(noted) or (Mark.ATTENDED if is_time(noted) else None)
        if answer in (None, Answer.NONE):
            mark = mark or mark_of(rsvp)
        if _is_walk_in(sheet, cells):
            answer = answer or Answer.NONE
            mark = mark or (None if "attendance" in sheet.columns else Mark.ATTENDED)
        if mark is None and answer in (None, Answer.NONE):
            return None
        guests = sheet.cell(cells, "guests").removesuffix(".0")
        return FileAttendee(
            id=member,
            answer=answer.value if answer else None,
            mark=mark.value if mark else None,
            guests=int(guests) if guests.isdecimal() else 0,
            is_host=answer_of(sheet.cell(cells, "host")) is Answer.YES,
            answered_at=sheet.time(number, cells, "answered"),
        )

    def _default_event(self, sheet: Sheet) -> str | None:
        """The event of rows that name none: the one that was told, or the file's name tells."""
        path = sheet.table.path
        event = self.options.event
        if event is None and "event" not in sheet.columns:
            event = _in_name(path)
        if event is None and "event" not in sheet.columns:
            raise BadFile(
                "nothing tells of which event it is",
                where=str(path),
                advice="Say it: --set event=ID, the number in the event's address, or write it "
                "into the file's name",
            )
        return event

    def _told_event(
        self, event: str, sheet: Sheet, number: int, cells: list[str]
    ) -> ArchiveEvent | None:
        """The event as its row tells it; None where that tells no time."""
        text = sheet.cell(cells, "event_starts")
        if is_no_date(text):
            return None
        starts_at = read_date(text, sheet.order, sheet.zone)
        if starts_at is None:
            sheet.unread.append(number)
            return None
        return self._event(event, sheet.cell(cells, "event_title"), starts_at, sheet.zone)

    def _event(self, event: str, title: str, starts_at: datetime, zone: ZoneInfo) -> ArchiveEvent:
        if starts_at.tzinfo is None:
            starts_at = starts_at.replace(tzinfo=zone)
        status = "PAST" if starts_at <= datetime.now(UTC) else "ACTIVE"
        return ArchiveEvent(event, starts_at.isoformat(), title=title, status=status)


def _is_walk_in(sheet: Sheet, cells: list[str]) -> bool:
    """Whether a row says that somebody came unannounced."""
    says_so = mark_of(sheet.cell(cells, "walk_in")) is Mark.ATTENDED
    return says_so or "walk" in sheet.cell(cells, "ticket").lower()


def event_id(text: str) -> str | None:
    """The id of an event, out of its address if it is one; None for nothing and for a title."""
    found = EVENT_URL.search(text)
    name = found[1] if found else text.strip().removesuffix(".0")
    is_id = EVENT_ID.fullmatch(name) and name.lower() not in NO_EVENT
    return name if is_id else None


def _in_name(path: Path) -> str | None:
    """The only number in a file's name that is long enough for an event and no day."""
    numbers = {n for n in DIGITS.findall(path.stem) if not DAY.fullmatch(n)}
    return numbers.pop() if len(numbers) == 1 else None


def _merged(one: FileAttendee, other: FileAttendee) -> FileAttendee:
    """Two rows of a person: the later answer, and what was noted at the door in any of them."""
    rows = sorted((one, other), key=lambda row: row.answered_at or 0)
    answers = [row.answer for row in rows if row.answer not in (None, Answer.NONE.value)]
    marks = {row.mark for row in rows}
    return msgspec.structs.replace(
        rows[-1],
        answer=answers[-1] if answers else rows[-1].answer,
        mark=next(mark for mark in TOLD_OF_A_MARK if mark in marks),
        guests=max(row.guests for row in rows),
        is_host=any(row.is_host for row in rows),
    )
