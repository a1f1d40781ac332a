"""Meetup's records: the fields that we use, how they are scrubbed, and what they mean.

The structs name every field that may be written to disk: descriptions, answers to questions,
addresses and photos are not among them.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from connectors.base import Changed
from connectors.meetup_queries import (
    EventNode,
    EventStatus,
    GroupNode,
    MemberEdge,
    Moment,
    RsvpNode,
    RsvpStatus,
    VenueNode,
)
from connectors.model import (
    Account,
    Answer,
    Attendance,
    Channel,
    Fact,
    Join,
    LeftOut,
    Mark,
    Raw,
    Record,
)
from connectors.model import Event as EventFact
from connectors.model import EventStatus as Stands
from connectors.model import Group as GroupFact

EMAIL = re.compile(rb"""([^\s"\\@<>|:;,()]+)@[\w\x80-\xff-]+(?:\.[\w\x80-\xff-]+)+""")
DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+)(?:\.\d+)?S)?)?"
)
MICROSECOND = timedelta(microseconds=1)
# Those who await approval or payment are not in yet, those who were removed are not any more.
MEMBERS = ("ACTIVE", "LEADER")
ONLINE = "online"
CLOSED = ("ABANDONED", "BLOCKED", "DEAD", "FAILED", "FROZEN", "ORG_CLOSED")
# AUTOSCHED are the coming events of a series, PENDING those whose payment is being set up.
STANDS: dict[EventStatus, Stands] = {
    "ACTIVE": Stands.PLANNED,
    "AUTOSCHED": Stands.PLANNED,
    "PENDING": Stands.PLANNED,
    "PAST": Stands.PAST,
    "AUTOSCHED_FINISHED": Stands.PAST,
    "CANCELLED": Stands.CANCELLED,
    "CANCELLED_PERM": Stands.CANCELLED,
    "AUTOSCHED_CANCELLED": Stands.CANCELLED,
}
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


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    name: str
    status: str
    link: str | None = None
    city: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    founded: Moment | None = None
    members: int | None = None


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """A membership: the same member has one in each of their groups."""

    id: str
    status: str
    name: str | None = None
    role: str | None = None
    joined: Moment | None = None
    url: str | None = None
    email_hash: str | None = None


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event. `id` is another one as soon as somebody answers to an event of a series."""

    token: str
    id: str
    title: str
    status: EventStatus
    type: str
    url: str | None = None
    starts: Moment | None = None
    ends: Moment | None = None
    duration: str | None = None
    capacity: int | None = None
    venue: VenueNode | None = None
    yes: int | None = None
    no: int | None = None
    waitlist: int | None = None
    attended: int | None = None
    no_show: int | None = None


class Rsvp(msgspec.Struct, frozen=True, omit_defaults=True):
    """One state of an RSVP; another state is a record of its own."""

    id: str
    status: RsvpStatus
    member: str
    guests: int = 0
    is_host: bool = False
    updated: Moment | None = None


Content = Group | Member | Event | Rsvp

_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Content]] = {
    "groups": msgspec.json.Decoder(Group),
    "members": msgspec.json.Decoder(Member),
    "events": msgspec.json.Decoder(Event),
    "rsvps": msgspec.json.Decoder(Rsvp),
}


def microseconds(moment: str) -> int:
    """Microseconds since 1970 of an ISO time with its offset."""
    return (datetime.fromisoformat(moment) - datetime(1970, 1, 1, tzinfo=UTC)) // MICROSECOND


def is_announced(event: EventNode) -> bool:
    """Whether anybody but the organisers was ever told of an event."""
    return event.status in STANDS


def rsvp_partition(group: str, event: str) -> str:
    """The partition of the RSVPs of an event; begins with its group."""
    return f"{group}:{event}"


def encode_group(node: GroupNode) -> Raw:
    """Return the record of a group."""
    return _raw(
        node.id,
        Group(
            id=node.id,
            name=node.name,
            status=node.status,
            link=node.link,
            city=node.city,
            country=node.country,
            lat=node.lat,
            lon=node.lon,
            founded=node.founded_date,
            members=node.memberships.total_count,
        ),
    )


def encode_member(edge: MemberEdge, hash_private: Callable[[str], str]) -> Raw | None:
    """Return the record of a membership; None for one that is not shown, or is none (any more)."""
    node, metadata = edge.node, edge.metadata
    if node is None or metadata is None or metadata.status not in MEMBERS:
        return None
    email = (node.email or "").strip().lower()
    return _raw(
        node.id,
        Member(
            id=node.id,
            status=metadata.status,
            name=node.name,
            role=metadata.role,
            joined=metadata.join_time,
            url=node.member_url,
            email_hash=hash_private(email) if email else None,
        ),
    )


def encode_event(node: EventNode) -> Raw:
    """Return the record of an event under its stable token, with the place where people meet."""
    venues = [venue for venue in node.venues or () if venue.venue_type != ONLINE]
    counts = node.rsvps
    return _raw(
        node.token,
        Event(
            token=node.token,
            id=node.id,
            title=node.title,
            status=node.status,
            type=node.event_type,
            url=node.event_url,
            starts=node.date_time,
            ends=node.end_time,
            duration=node.duration,
            capacity=node.max_tickets,
            venue=venues[0] if venues else None,
            yes=counts.yes_count,
            no=counts.no_count,
            waitlist=counts.waitlist_count,
            attended=counts.attended_count,
            no_show=counts.no_show_count,
        ),
    )


def encode_rsvp(node: RsvpNode) -> Raw:
    """Return the record of the state that an RSVP is in."""
    return _raw(
        f"{node.id}:{node.status}",
        Rsvp(
            id=node.id,
            status=node.status,
            member=node.member.id,
            guests=node.guests_count,
            is_host=node.is_host,
            updated=node.updated,
        ),
    )


def _raw(key: str, record: Content) -> Raw:
    """Return the record as JSON; of an address in it, what stands before the @."""
    payload = _encoder.encode(record)
    if b"@" in payload:
        payload = EMAIL.sub(rb"\1", payload)
    return Raw(key, payload)


def normalize(source: str, record: Record) -> Iterator[Fact]:
    """Return the facts of one raw record. Raises Changed with its path."""
    try:
        return iter(_facts(source, record))
    except (msgspec.MsgspecError, ValueError) as error:
        raise Changed(
            f"a landed record is not understood: {error}",
            where=f"{source}, {record.stream}, {record.partition} {record.key}",
        ) from error


def _facts(source: str, record: Record) -> list[Fact]:
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
        country=group.country or None,
        latitude=group.lat,
        longitude=group.lon,
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
    return EventFact(
        event_id=f"{source}:{event.token}",
        also_id=f"{source}:{event.id}",
        group_id=f"{source}:{record.partition}",
        title=event.title,
        status=STANDS[event.status].value,
        starts_at=starts_at,
        ends_at=_end(event, starts_at),
        utc_offset_minutes=offset // timedelta(minutes=1),
        is_online=event.type == "ONLINE",
        capacity=event.capacity or None,
        venue=venue.name or None,
        city=venue.city or None,
        country=venue.country or None,
        latitude=venue.lat,
        longitude=venue.lon,
        url=event.url,
        stated_yes=event.yes,
        stated_no=event.no,
        stated_waitlist=event.waitlist,
        stated_attended=event.attended,
        stated_no_show=event.no_show,
    )


def _end(event: Event, starts_at: int) -> int | None:
    """When an event ends: as it says, else after its duration; None where neither is known."""
    if event.ends:
        return microseconds(event.ends)
    found = DURATION.fullmatch(event.duration or "")
    parts = {name: int(value) for name, value in found.groupdict("0").items()} if found else {}
    lasts = timedelta(**parts) // MICROSECOND
    return starts_at + lasts if lasts else None


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
