"""Meetup's records: the fields that we use, and how they are scrubbed.

The structs name every field that may be written to disk: descriptions, answers to questions,
addresses and photos are not among them.
"""

from collections.abc import Callable

import msgspec

from connectors.meetup.shapes import (
    EventNode,
    EventStatus,
    GroupNode,
    MemberEdge,
    Moment,
    RsvpNode,
    RsvpStatus,
    VenueNode,
)
from connectors.model import Raw
from connectors.privacy import cut_addresses

# Those who await approval or payment are not in yet, those who were removed are not any more.
MEMBERS = ("ACTIVE", "LEADER")
ONLINE = "online"
_encoder = msgspec.json.Encoder()


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
    return Raw(key, cut_addresses(_encoder.encode(record)))
