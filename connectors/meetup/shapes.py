"""The objects in Meetup's responses, and the statuses of events and RSVPs.

Fields are those of the schema of October 2025. Where it allows null and we need a value, a null is
refused with its path.
"""

from typing import Annotated, Literal

import msgspec

EventStatus = Literal[
    "ACTIVE",
    "AUTOSCHED",
    "AUTOSCHED_CANCELLED",
    "AUTOSCHED_DRAFT",
    "AUTOSCHED_FINISHED",
    "BLOCKED",
    "CANCELLED",
    "CANCELLED_PERM",
    "DRAFT",
    "PAST",
    "PENDING",
    "PROPOSED",
    "TEMPLATE",
]
RsvpStatus = Literal[
    "YES",
    "NO",
    "WAITLIST",
    "ATTENDED",
    "NO_SHOW",
    "EXCUSED_ABSENCE",
    "YES_PENDING_PAYMENT",
    "HAVENT",
    "MAYBE",
]
# ISO 8601 with an offset; some times have no seconds.
Moment = Annotated[
    str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$")
]


class Shape(msgspec.Struct, frozen=True, rename="camel"):
    """An object of the schema, with fields in snake case."""


class MemberNode(Shape, frozen=True):
    id: str
    name: str | None = None
    email: str | None = None
    member_url: str | None = None


class Metadata(Shape, frozen=True):
    status: str
    role: str | None = None
    join_time: Moment | None = None


class MemberEdge(Shape, frozen=True):
    """A membership; of a hidden member either is null."""

    node: MemberNode | None = None
    metadata: Metadata | None = None


class VenueNode(Shape, frozen=True):
    name: str | None = None
    city: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    venue_type: str | None = None


class Counts(Shape, frozen=True):
    """Meetup's own totals of an event, and its newest RSVP as Meetup writes it."""

    edges: msgspec.Raw = msgspec.Raw()
    total_count: int | None = None
    yes_count: int | None = None
    no_count: int | None = None
    waitlist_count: int | None = None
    attended_count: int | None = None
    no_show_count: int | None = None
    absent_count: int | None = None


class EventNode(Shape, frozen=True):
    id: str
    token: str
    title: str
    status: EventStatus
    event_type: str
    rsvps: Counts
    event_url: str | None = None
    date_time: Moment | None = None
    end_time: Moment | None = None
    duration: str | None = None
    max_tickets: int | None = None
    venues: list[VenueNode] | None = None


class Role(Shape, frozen=True):
    role: str | None = None


class GroupFields(Shape, frozen=True, kw_only=True):
    """A group without its lists."""

    id: str
    name: str
    urlname: str
    status: str
    link: str | None = None
    city: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    founded_date: Moment | None = None
    membership_metadata: Role | None = None


class RsvpMember(Shape, frozen=True):
    id: str


class RsvpNode(Shape, frozen=True):
    id: str
    status: RsvpStatus
    member: RsvpMember
    guests_count: int = 0
    is_host: bool = False
    updated: Moment | None = None
