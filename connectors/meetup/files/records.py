"""Records that only Meetup's files land: members, attendees, groups and events of archives.

The structs name every field that may be written to disk: no introductions, answers to questions,
notes or descriptions, and of attendees not even the names.
"""

from datetime import datetime, timedelta

import msgspec

from connectors.base import total
from connectors.meetup.terms import STANDS, coordinates, country_code, end_of, microseconds
from connectors.model import (
    Account,
    Attendance,
    Channel,
    Event,
    EventStatus,
    Fact,
    Group,
    Join,
    LeftOut,
    Raw,
    Record,
)
from connectors.privacy import cut_addresses

ONLINE = "online"

# With the words of Meetup's APIs before it, and of others' files.
STATUSES = STANDS | {
    "UPCOMING": EventStatus.PLANNED,
    "SCHEDULED": EventStatus.PLANNED,
    "COMPLETED": EventStatus.PAST,
    "CANCELED": EventStatus.CANCELLED,
}


class FileMember(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of a member list: who it is."""

    id: str
    name: str | None = None


class FileMembership(msgspec.Struct, frozen=True, omit_defaults=True):
    """A dated row of a member or attendee list: since when, in microseconds, in a group."""

    id: str
    joined_at: int


class FileAttendee(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of an attendee list; `id` is None for somebody without one, a walk-in."""

    id: str | None = None
    answer: str | None = None
    mark: str | None = None
    guests: int = 0
    is_host: bool = False
    answered_at: int | None = None


class Count(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    total_count: int | None = None


class ArchiveGroup(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A chapter as its metadata tell; `id` is the urlname where only that is known."""

    id: str
    urlname: str
    name: str | None = None
    city: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    founded_date: str | None = None
    timezone: str | None = None
    memberships: Count | None = None


class Venue(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    name: str | None = None
    city: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    venue_type: str | None = None


class Counts(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What an event's RSVPs add up to. `total_count` is of the list that was asked for: the yes."""

    yes_count: int | None = None
    no_count: int | None = None
    waitlist_count: int | None = None
    attended_count: int | None = None
    no_show_count: int | None = None
    total_count: int | None = None


class GroupName(msgspec.Struct, frozen=True, omit_defaults=True):
    """The group of an event; `id` is filled in from the metadata of its chapter."""

    urlname: str | None = None
    id: str | None = None
    name: str | None = None


class ArchiveEvent(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An event of an archive; `date_time` has an offset, the group's where the file has none.

    `token` is its stable id, which the API's own shape has beside the one of addresses.
    """

    id: str
    date_time: str
    token: str | None = None
    title: str = ""
    status: str = ""
    duration: str | None = None
    end_time: str | None = None
    event_url: str | None = None
    event_type: str | None = None
    max_tickets: int | None = None
    rsvps: Counts | None = None
    venues: list[Venue] | None = None
    group: GroupName | None = None


Content = FileMember | FileMembership | FileAttendee | ArchiveGroup | ArchiveEvent

_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Content]] = {
    "file_members": msgspec.json.Decoder(FileMember),
    "file_memberships": msgspec.json.Decoder(FileMembership),
    "file_attendees": msgspec.json.Decoder(FileAttendee),
    "file_events": msgspec.json.Decoder(ArchiveEvent),
    "archive_groups": msgspec.json.Decoder(ArchiveGroup),
    "archive_events": msgspec.json.Decoder(ArchiveEvent),
}
FILE_STREAMS = frozenset(_decoders)


def encode_member(member: FileMember) -> Raw:
    """Return the record of a member."""
    return _raw(member.id, member)


def encode_membership(membership: FileMembership) -> Raw:
    """Return the record of when somebody joined."""
    return _raw(membership.id, membership)


def encode_attendee(key: str, attendee: FileAttendee) -> Raw:
    """Return the record of an attendee; `key` is the member's number, or tells a walk-in."""
    return _raw(key, attendee)


def encode_group(group: ArchiveGroup) -> Raw:
    """Return the record of a chapter."""
    return _raw(group.urlname.lower(), group)


def encode_event(event: ArchiveEvent) -> Raw:
    """Return the record of an event, without its description."""
    return _raw(event.id, event)


def _raw(key: str, record: msgspec.Struct) -> Raw:
    """Return the record as JSON; of an address in it, what stands before the @."""
    payload = _encoder.encode(record)
    return Raw(key, cut_addresses(payload))


@total
def normalize_file_record(source: str, record: Record) -> list[Fact]:
    """Return the facts of a record of FILE_STREAMS. Raises Changed with its place."""
    content = _decoders[record.stream].decode(record.payload)
    if isinstance(content, FileMember):
        return [_account(source, content, record)]
    if isinstance(content, FileMembership):
        return [Join(f"{source}:{content.id}", None, content.joined_at)]
    if isinstance(content, FileAttendee):
        return [_attendance(source, content, record)]
    if isinstance(content, ArchiveGroup):
        return _group(source, content)
    return [_event(source, content)]


def _account(source: str, member: FileMember, record: Record) -> Account:
    return Account(
        account_id=f"{source}:{member.id}",
        handle=member.id,
        name=member.name or member.id,
        is_bot=False,
        is_guest=False,
        timezone=None,
        stated_joined_at=None,
        first_seen_at=record.first_seen_at,
        left_at=record.gone_at,
        url=None,
    )


def _attendance(source: str, attendee: FileAttendee, record: Record) -> Attendance:
    event_id = f"{source}:{record.partition}"
    return Attendance(
        attendance_id=f"{event_id}:{record.key}",
        event_id=event_id,
        account_id=f"{source}:{attendee.id}" if attendee.id else None,
        answer=attendee.answer,
        mark=attendee.mark,
        guests=attendee.guests,
        is_host=attendee.is_host,
        answered_at=attendee.answered_at,
        superseded_at=record.gone_at,
        is_from_file=True,
    )


def _group(source: str, group: ArchiveGroup) -> list[Fact]:
    group_id = f"{source}:{group.id}"
    name = group.name or group.urlname
    founded_at = microseconds(group.founded_date) if group.founded_date else None
    latitude, longitude = coordinates(group.lat, group.lon)
    return [
        Channel(
            group_id, name, False, False, founded_at, f"https://www.meetup.com/{group.urlname}"
        ),
        Group(
            group_id=group_id,
            name=name,
            city=group.city or None,
            country=country_code(group.country),
            latitude=latitude,
            longitude=longitude,
            founded_at=founded_at,
            stated_members=group.memberships.total_count if group.memberships else None,
        ),
    ]


def _event(source: str, event: ArchiveEvent) -> Fact:
    status = STATUSES.get(event.status.upper())
    if status is None:
        return LeftOut(f"event that is {event.status.lower()}")
    starts = datetime.fromisoformat(event.date_time)
    starts_at, offset = microseconds(starts), starts.utcoffset()
    in_person = [v for v in event.venues or () if (v.venue_type or "").lower() != ONLINE]
    venue = in_person[0] if in_person else Venue()
    latitude, longitude = coordinates(venue.lat, venue.lon)
    counts = event.rsvps or Counts()
    group_id = (event.group.id or event.group.urlname) if event.group else None
    return Event(
        event_id=f"{source}:{event.token or event.id}",
        also_id=f"{source}:{event.id}" if event.token else None,
        group_id=f"{source}:{group_id}" if group_id else None,
        title=event.title,
        status=status.value,
        starts_at=starts_at,
        ends_at=end_of(starts_at, event.end_time, event.duration),
        utc_offset_minutes=offset // timedelta(minutes=1) if offset is not None else None,
        is_online=_is_online(event, bool(in_person)),
        capacity=event.max_tickets or None,
        venue=venue.name or None,
        city=venue.city or None,
        country=country_code(venue.country),
        latitude=latitude,
        longitude=longitude,
        url=event.event_url,
        stated_yes=counts.yes_count,
        stated_no=counts.no_count,
        stated_waitlist=counts.waitlist_count,
        stated_attended=counts.attended_count,
        stated_no_show=counts.no_show_count,
        is_from_file=True,
    )


def _is_online(event: ArchiveEvent, has_place: bool) -> bool | None:
    """An event with a place is not online, even if it is also shown online; without both: None."""
    if event.event_type:
        return event.event_type.upper() == ONLINE.upper()
    return not has_place if event.venues else None
