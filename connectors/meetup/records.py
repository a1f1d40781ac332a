"""What is kept of Meetup's responses and files: one struct for each kind of record, scrubbed.

The structs name every field that may be written to disk. Descriptions, introductions, answers to
questions, notes, addresses and photos are not among them, nor the names of attendees in files. Of
an introduction the accounts elsewhere are kept that it names.
"""

from typing import TypeVar

import msgspec
from msgspec.structs import asdict

from connectors.forgetting import Naming
from connectors.meetup.shapes import (
    EventNode,
    GroupNode,
    MemberEdge,
    Moment,
    RsvpNode,
    RsvpStatus,
    Totals,
    VenueNode,
)
from connectors.model import Raw
from connectors.privacy import HashPrivate, cut_addresses, hash_own_email
from connectors.profiles import accounts_elsewhere

# Others await approval or payment, or were removed.
MEMBER_STATUSES = ("ACTIVE", "LEADER")
ONLINE = "online"
IN_LISTS = ("id",)
NAMING = Naming(
    fields={
        "members": IN_LISTS,
        "file_members": IN_LISTS,
        "file_memberships": IN_LISTS,
        "file_attendees": IN_LISTS,
        "rsvps": ("member",),
    },
    about=frozenset({"members", "file_members"}),
    keyed=frozenset({"file_memberships", "file_attendees"}),
    kept=frozenset({"joined"}),
)
_encoder = msgspec.json.Encoder()


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a record holds."""


C = TypeVar("C", bound=Content)


class Group(Content, frozen=True):
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


class Member(Content, frozen=True):
    """A membership, one for each group of a member. Files have id and name alone."""

    id: str
    status: str = ""
    name: str | None = None
    role: str | None = None
    joined: Moment | None = None
    url: str | None = None
    email_hash: str | None = None
    accounts_elsewhere: list[str] | None = None


class Event(Content, frozen=True):
    """An event. `id` changes when the first RSVP to an event of a series comes, `token` never."""

    token: str
    id: str
    title: str
    status: str
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


class EventIds(Content, frozen=True):
    """An id that an event has or had; files know the event by it."""

    token: str
    id: str


class Rsvp(Content, frozen=True):
    """One state of an RSVP; another state is a record of its own."""

    id: str
    status: RsvpStatus
    member: str
    guests: int = 0
    is_host: bool = False
    updated: Moment | None = None


class FileMembership(Content, frozen=True):
    """A dated row of a list of members or attendees: since when, in microseconds, in a group."""

    id: str
    joined_at: int


class FileAttendee(Content, frozen=True):
    """A row of an attendee list; `id` is None for somebody without one, a walk-in."""

    id: str | None = None
    rsvp: str | None = msgspec.field(default=None, name="answer")
    check_in: str | None = msgspec.field(default=None, name="mark")
    guests: int = 0
    is_host: bool = False
    rsvp_at: int | None = msgspec.field(default=None, name="answered_at")


class Count(Content, frozen=True, rename="camel"):
    total_count: int | None = None


class ArchiveGroup(Content, frozen=True, rename="camel"):
    """A group of an archive; `id` is the urlname where only that is known."""

    id: str
    urlname: str
    name: str | None = None
    city: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    founded: str | None = msgspec.field(default=None, name="foundedDate")
    timezone: str | None = None
    memberships: Count | None = None


class ArchiveVenue(VenueNode, frozen=True, omit_defaults=True):
    """The venue of an event of an archive."""


class GroupName(Content, frozen=True):
    """The group of an event; `id` is filled in from the group's own row."""

    urlname: str | None = None
    id: str | None = None
    name: str | None = None


class ArchiveEvent(Content, frozen=True, rename="camel"):
    """An event of an archive or a table; `starts` has an offset, the group's if none was given.

    `token` is its permanent id, where the archive was made from the API.
    """

    id: str
    starts: str = msgspec.field(name="dateTime")
    token: str | None = None
    title: str = ""
    status: str = ""
    duration: str | None = None
    ends: str | None = msgspec.field(default=None, name="endTime")
    url: str | None = msgspec.field(default=None, name="eventUrl")
    type: str | None = msgspec.field(default=None, name="eventType")
    capacity: int | None = msgspec.field(default=None, name="maxTickets")
    rsvps: Totals | None = None
    venues: list[ArchiveVenue] | None = None
    group: GroupName | None = None


def rsvp_partition(group: str, event: str) -> str:
    """The partition of the RSVPs of an event; begins with its group."""
    return f"{group}:{event}"


def encode(key: str, content: Content) -> Raw:
    """Return a record. Of an e-mail address in it, the part before the @ is kept."""
    return Raw(key, cut_addresses(_encoder.encode(content)))


def kept(kind: type[C], *parts: msgspec.Struct, **more: object) -> C:
    """Return a record of what it keeps of the fields of `parts`, and of `more`."""
    found = {name: value for part in parts for name, value in asdict(part).items()} | more
    return kind(**{name: found[name] for name in kind.__struct_fields__ if name in found})


def encode_group(node: GroupNode) -> Raw:
    """Return the record of a group, with the count of its members."""
    members = node.memberships.total_count if node.memberships else None
    return encode(node.id, kept(Group, node, members=members))


def encode_member(edge: MemberEdge, hash_private: HashPrivate) -> Raw | None:
    """Return the record of a membership; None for a hidden member, and for who is no member."""
    node, metadata = edge.node, edge.metadata
    if node is None or metadata is None or metadata.status not in MEMBER_STATUSES:
        return None
    email_hash = hash_own_email(hash_private, node.email)
    stated = accounts_elsewhere("meetup", [node.bio, metadata.bio]) or None
    member = kept(Member, node, metadata, email_hash=email_hash, accounts_elsewhere=stated)
    return encode(node.id, member)


def encode_event(node: EventNode) -> Raw:
    """Return the record of an event under its token, with the venue where people meet in person."""
    venues = [venue for venue in node.venues or () if venue.venue_type != ONLINE]
    event = kept(Event, node, node.rsvps, venue=venues[0] if venues else None)
    return encode(node.token, event)


def encode_event_id(node: EventNode) -> Raw | None:
    """Return the record of the id that an event has now; None where it is the permanent one."""
    return encode(node.id, EventIds(node.token, node.id)) if node.id != node.token else None


def encode_rsvp(node: RsvpNode) -> Raw:
    """Return the record of the state that an RSVP is in."""
    return encode(f"{node.id}:{node.status}", kept(Rsvp, node, member=node.member.id))
