"""What Meetup's records mean: groups, accounts, events, and who answered what and came."""

from datetime import datetime, timedelta

import msgspec

from connectors.base import total
from connectors.meetup.records import (
    Content,
    Event,
    Group,
    Member,
    Rsvp,
)
from connectors.meetup.shapes import EventNode, EventStatus, RsvpStatus, VenueNode
from connectors.meetup.terms import STANDS, coordinates, country_code, end_of, microseconds
from connectors.model import (
    Account,
    Answer,
    Attendance,
    Channel,
    Fact,
    Join,
    LeftOut,
    Mark,
    Record,
)
from connectors.model import Event as EventFact
from connectors.model import Group as GroupFact

CLOSED = ("ABANDONED", "BLOCKED", "DEAD", "FAILED", "FROZEN", "ORG_CLOSED")
NEVER_ANNOUNCED: dict[EventStatus, str] = {
    "DRAFT": "draft",
    "AUTOSCHED_DRAFT": "draft",
    "TEMPLATE": "template",
    "PROPOSED": "proposed event",
    "BLOCKED": "blocked event",
}
ANSWERS: dict[RsvpStatus, Answer] = {
    "YES": Answer.YES,
    "YES_PENDING_PAYMENT": Answer.YES,
    "NO": Answer.NO,
    "WAITLIST": Answer.WAITLIST,
}
MARKS: dict[RsvpStatus, Mark] = {
    "ATTENDED": Mark.ATTENDED,
    "NO_SHOW": Mark.NO_SHOW,
    "EXCUSED_ABSENCE": Mark.EXCUSED,
}

_decoders: dict[str, msgspec.json.Decoder[Content]] = {
    "groups": msgspec.json.Decoder(Group),
    "members": msgspec.json.Decoder(Member),
    "events": msgspec.json.Decoder(Event),
    "rsvps": msgspec.json.Decoder(Rsvp),
}


def is_announced(event: EventNode) -> bool:
    """Whether anybody but the organisers was ever told of an event."""
    return event.status in STANDS


@total
def normalize(source: str, record: Record) -> list[Fact]:
    """Return the facts of one raw record. Raises Changed with its path."""
    content = _decoders[record.stream].decode(record.payload)
    if isinstance(content, Group):
        return _group_facts(source, content, record)
    if isinstance(content, Member):
        return _member_facts(source, content, record)
    if isinstance(content, Event):
        return [_event_fact(source, content, record)]
    return [_attendance(source, content, record)]


def _group_facts(source: str, group: Group, record: Record) -> list[Fact]:
    group_id = f"{source}:{group.id}"
    founded_at = microseconds(group.founded) if group.founded else None
    latitude, longitude = coordinates(group.lat, group.lon)
    channel = Channel(
        channel_id=group_id,
        name=group.name,
        is_general=True,
        is_archived=record.gone_at is not None or group.status in CLOSED,
        created_at=founded_at,
        url=group.link.rstrip("/") if group.link else None,
    )
    chapter = GroupFact(
        group_id=group_id,
        name=group.name,
        city=group.city or None,
        country=country_code(group.country),
        latitude=latitude,
        longitude=longitude,
        founded_at=founded_at,
        stated_members=group.members,
    )
    return [channel, chapter]


def _member_facts(source: str, member: Member, record: Record) -> list[Fact]:
    account_id = f"{source}:{member.id}"
    joined_at = microseconds(member.joined) if member.joined else None
    account = Account(
        account_id=account_id,
        handle=member.id,
        name=member.name or member.id,
        is_bot=False,
        is_guest=False,
        timezone=None,
        stated_joined_at=joined_at,
        first_seen_at=record.first_seen_at,
        left_at=record.gone_at,
        url=member.url,
    )
    if joined_at is None:
        return [account]
    return [account, Join(account_id, f"{source}:{record.partition}", joined_at)]


def _event_fact(source: str, event: Event, record: Record) -> Fact:
    if record.gone_at is not None:
        return LeftOut("deleted event")
    if event.status not in STANDS:
        return LeftOut(NEVER_ANNOUNCED[event.status])
    if event.starts is None:
        return LeftOut("event without a date")
    start = datetime.fromisoformat(event.starts)
    offset = start.utcoffset() or timedelta()
    starts_at = microseconds(event.starts)
    venue = event.venue or VenueNode()
    latitude, longitude = coordinates(venue.lat, venue.lon)
    return EventFact(
        event_id=f"{source}:{event.token}",
        also_id=f"{source}:{event.id}",
        group_id=f"{source}:{record.partition}",
        title=event.title,
        status=STANDS[event.status].value,
        starts_at=starts_at,
        ends_at=end_of(starts_at, event.ends, event.duration),
        utc_offset_minutes=offset // timedelta(minutes=1),
        is_online=event.type == "ONLINE",
        capacity=event.capacity or None,
        venue=venue.name or None,
        city=venue.city or None,
        country=country_code(venue.country),
        latitude=latitude,
        longitude=longitude,
        url=event.url,
        stated_yes=event.yes,
        stated_no=event.no,
        stated_waitlist=event.waitlist,
        stated_attended=event.attended,
        stated_no_show=event.no_show,
    )


def _attendance(source: str, rsvp: Rsvp, record: Record) -> Fact:
    answer, mark = ANSWERS.get(rsvp.status), MARKS.get(rsvp.status)
    if answer is None and mark is None:
        return LeftOut(f"RSVP {rsvp.status}")
    _, _, token = record.partition.partition(":")
    answered_at = microseconds(rsvp.updated) if answer and rsvp.updated else None
    return Attendance(
        attendance_id=f"{source}:{token}:{rsvp.id}:{rsvp.status}",
        event_id=f"{source}:{token}",
        account_id=f"{source}:{rsvp.member}",
        answer=answer.value if answer else None,
        mark=mark.value if mark else None,
        guests=rsvp.guests,
        is_host=rsvp.is_host,
        answered_at=answered_at,
        superseded_at=record.gone_at,
    )
