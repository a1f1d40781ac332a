"""Events of the API and of files -> one fact each."""

import re
from datetime import UTC, datetime, timedelta

from connectors.meetup.records import ONLINE, ArchiveEvent, Event, GroupName, kept
from connectors.meetup.shapes import Totals, VenueNode
from connectors.model import Event as EventFact
from connectors.model import EventStatus, Fact, LeftOut, Record
from connectors.timestamps import iso_microseconds, microseconds

# The schema names the statuses and explains none: AUTOSCHED (of a series) and PENDING are public.
EVENT_STATUSES = {
    "ACTIVE": EventStatus.PLANNED,
    "AUTOSCHED": EventStatus.PLANNED,
    "PENDING": EventStatus.PLANNED,
    "PAST": EventStatus.PAST,
    "AUTOSCHED_FINISHED": EventStatus.PAST,
    "CANCELLED": EventStatus.CANCELLED,
    "CANCELLED_PERM": EventStatus.CANCELLED,
    "AUTOSCHED_CANCELLED": EventStatus.CANCELLED,
}
NEVER_ANNOUNCED = {
    "DRAFT": "draft",
    "AUTOSCHED_DRAFT": "draft",
    "TEMPLATE": "template",
    "PROPOSED": "proposed event",
    "BLOCKED": "blocked event",
}
# Files have words of Meetup's former APIs and of other tools, too.
FILE_EVENT_STATUSES = EVENT_STATUSES | {
    "UPCOMING": EventStatus.PLANNED,
    "SCHEDULED": EventStatus.PLANNED,
    "COMPLETED": EventStatus.PAST,
    "CANCELED": EventStatus.CANCELLED,
}
STATUS = re.compile(r"[A-Za-z_ ]{1,40}")
DURATION = re.compile(
    r"P(?:(?P<days>\d{1,3})D)?(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,6})M)?"
    r"(?:(?P<seconds>\d{1,8})(?:\.\d+)?S)?)?"
)
END_OF_CALENDAR = microseconds(datetime(9999, 1, 1, tzinfo=UTC))
MOST_PEOPLE = 1_000_000  # more is no number of people at an event


def is_announced(status: str) -> bool:
    """Whether an event of this status was ever shown to members."""
    return status in EVENT_STATUSES


def event_facts(source: str, event: Event, record: Record) -> list[Fact]:
    """Return the fact of an event of the API, or why it is left out."""
    if record.gone_at is not None:
        return [LeftOut("deleted event")]
    status = EVENT_STATUSES.get(event.status)
    if status is None:
        return [LeftOut(NEVER_ANNOUNCED[event.status])]
    is_online = event.type == "ONLINE"
    return [_event_fact(source, event, status, record.partition, is_online=is_online)]


def archive_event_facts(source: str, archived: ArchiveEvent, record: Record) -> list[Fact]:
    """Return the fact of an event of a file, or why it is left out."""
    status = FILE_EVENT_STATUSES.get(archived.status.upper())
    if status is None:
        is_word = STATUS.fullmatch(archived.status)
        return [LeftOut(f"event that is {archived.status.lower() if is_word else 'of no status'}")]
    in_person = [v for v in archived.venues or () if (v.venue_type or "").lower() != ONLINE]
    group = archived.group or GroupName()
    event = kept(
        Event,
        archived,
        archived.rsvps or Totals(),
        token=archived.token or archived.id,
        id=archived.id if archived.token else "",
        type=archived.type or "",
        venue=in_person[0] if in_person else None,
    )
    # An event with a venue is not online, even if it is also streamed.
    is_online = not in_person if archived.venues else None
    if archived.type:
        is_online = archived.type.upper() == "ONLINE"
    named = group.id or group.urlname
    return [_event_fact(source, event, status, named, is_online=is_online, is_from_file=True)]


def _event_fact(
    source: str,
    event: Event,
    status: EventStatus,
    group: str | None,
    *,
    is_online: bool | None,
    is_from_file: bool = False,
) -> Fact:
    if event.starts is None:
        return LeftOut("event without a date")
    starts_at = iso_microseconds(event.starts)
    offset = datetime.fromisoformat(event.starts).utcoffset() or timedelta()
    venue = event.venue or VenueNode()
    latitude, longitude = coordinates(venue.lat, venue.lon)
    return EventFact(
        event_id=f"{source}:{event.token}",
        also_id=f"{source}:{event.id}" if event.id else None,
        group_id=f"{source}:{group}" if group else None,
        title=event.title,
        status=status.value,
        starts_at=starts_at,
        ends_at=_end(starts_at, event.ends, event.duration),
        utc_offset_minutes=offset // timedelta(minutes=1),
        is_online=is_online,
        capacity=people(event.capacity) or None,
        venue=venue.name or None,
        city=venue.city or None,
        country=country_code(venue.country),
        latitude=latitude,
        longitude=longitude,
        url=event.url,
        stated_yes=people(event.yes),
        stated_no=people(event.no),
        stated_waitlist=people(event.waitlist),
        stated_attended=people(event.attended),
        stated_no_show=people(event.no_show),
        is_from_file=is_from_file,
        is_provisional=is_from_file and not event.id and not event.token.isdecimal(),
    )


def _end(starts_at: int, end: str | None, duration: str | None) -> int | None:
    """When an event ends: as it says, else after its duration; None where neither is given.

    An end at the start, or a duration of zero, is Meetup's way to say that none was given.
    """
    if (ends_at := moment(end)) is not None:
        return ends_at if ends_at > starts_at else None
    found = DURATION.fullmatch(duration or "")
    parts = {name: int(value) for name, value in found.groupdict("0").items()} if found else {}
    length = timedelta(**parts) // timedelta(microseconds=1)
    return starts_at + length if length else None


def moment(text: str | None) -> int | None:
    """Return a time that nothing rests on; None for none, and for one that cannot be."""
    try:
        at = iso_microseconds(text) if text else None
    except ValueError:
        return None
    return at if at is not None and 0 < at < END_OF_CALENDAR else None


def people(number: int | None) -> int | None:
    """Return a number of people; None for one that cannot be."""
    return number if number is not None and 0 <= number <= MOST_PEOPLE else None


def coordinates(
    latitude: float | None, longitude: float | None
) -> tuple[float | None, float | None]:
    """Return both, or None for zero and zero, which is how Meetup writes that it knows none.

    What is no place on Earth is none, either.
    """
    is_known = bool(latitude or longitude)
    is_on_earth = abs(latitude or 0) <= 90 and abs(longitude or 0) <= 180
    return (latitude, longitude) if is_known and is_on_earth else (None, None)


def country_code(country: str | None) -> str | None:
    """Two capital letters: the API and its files write either case."""
    return country.upper() if country else None
