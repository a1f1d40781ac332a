"""The shapes of Meetup's answers, and the states that events and RSVPs can be in.

Fields are those of the schema of October 2025. Where it allows null and we need a value, the shape
does not allow it: the answer is then refused with the path of the null.
"""

from typing import Annotated, Literal

import msgspec

from connectors.graphql import Edges

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
# ISO 8601 with an offset; some answers have no seconds.
Moment = Annotated[
    str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$")
]


class Shape(msgspec.Struct, frozen=True, rename="camel"):
    """Fields are named as in the schema."""


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
    """A null in place of either is a member that is not shown to us."""

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


class EventEdge(Shape, frozen=True):
    node: EventNode


class Role(Shape, frozen=True):
    role: str | None = None


class GroupNode(Shape, frozen=True):
    id: str
    name: str
    urlname: str
    status: str
    memberships: Edges[MemberEdge]
    events: Edges[EventEdge]
    link: str | None = None
    city: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    founded_date: Moment | None = None
    membership_metadata: Role | None = None


class GroupEdge(Shape, frozen=True):
    node: GroupNode


class NetworkNode(Shape, frozen=True):
    groups_search: Edges[GroupEdge]


class Urlname(Shape, frozen=True):
    urlname: str


class SelfNode(Shape, frozen=True):
    admin_pro_networks: list[Urlname]


class NetworkAnswer(Shape, frozen=True):
    self: SelfNode | None = None
    pro_network: NetworkNode | None = None


class RsvpMember(Shape, frozen=True):
    id: str


class RsvpNode(Shape, frozen=True):
    id: str
    status: RsvpStatus
    member: RsvpMember
    guests_count: int = 0
    is_host: bool = False
    updated: Moment | None = None


class RsvpEdge(Shape, frozen=True):
    node: RsvpNode


class MembersOf(Shape, frozen=True):
    members: Edges[MemberEdge]


class MembersAnswer(Shape, frozen=True):
    group_by_urlname: MembersOf | None = None


class EventsOf(Shape, frozen=True):
    events: Edges[EventEdge]


class EventsAnswer(Shape, frozen=True):
    group_by_urlname: EventsOf | None = None


class AnswersOf(Shape, frozen=True):
    token: str
    rsvps: Edges[RsvpEdge]


class AnswersAnswer(Shape, frozen=True):
    event: AnswersOf | None = None
