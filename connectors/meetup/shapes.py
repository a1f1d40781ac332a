"""The objects in Meetup's responses, and the statuses of events and RSVPs.

Fields are those of the schema of October 2025, named as in our records. Where it allows null and
we need a value, a null is refused with its path.
"""

import json
import re
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec

from connectors.graphql import Edges, GraphQLObject
from connectors.tolerant import ODD_JSON, read_json

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


T = TypeVar("T")
MOST_MENDED = 50  # a group has up to 30 rows that are converted later
MISFIT = re.compile(r"Expected `(?P<kind>[^`]*)`.* - at `\$(?P<path>[^`]+)`")
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def tolerant(value: Any, kind: type[T]) -> T:
    """Convert a value, whose odd fields are mended first: a number for a text, else left out.

    Raises ValidationError where a field is needed.
    """
    for _ in range(MOST_MENDED):
        try:
            return msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError as error:
            found = MISFIT.search(str(error))
            if found is None:
                raise
            _mend(value, found["path"], found["kind"])
    return msgspec.convert(value, kind, strict=False)


def _mend(value: Any, path: str, kind: str) -> None:
    steps = [int(index) if index else name for name, index in STEP.findall(path)]
    *way, last = steps
    for step in way:
        value = value[step]
    if kind == "raw":
        value[last] = msgspec.Raw(json.dumps(value[last]).encode())
    elif kind.startswith("str") and type(value[last]) in (int, float):
        value[last] = str(value[last])
    else:
        del value[last]


def understood(page: Edges[msgspec.Raw], kind: type[T]) -> Edges[T]:
    """Return a page with those of its items that can be understood.

    An item that cannot is not shown, which the platform's count tells. Raises ValidationError where
    it is none of them.
    """
    sound, misfit = list[T](), None
    for edge in page.edges:
        try:
            sound.append(_decode(bytes(edge), kind))
        except (*ODD_JSON, ValueError) as error:
            misfit = misfit or error
    if misfit and not sound:
        raise msgspec.ValidationError(str(misfit)) from misfit
    return Edges(page_info=page.page_info, total_count=page.total_count, edges=sound)


def _decode(edge: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(edge, type=kind)
    except msgspec.MsgspecError:
        return tolerant(read_json(edge), kind)


class Edge(GraphQLObject, Generic[T], frozen=True):
    """One item of a connection."""

    node: T


class MemberNode(GraphQLObject, frozen=True):
    id: str
    name: str | None = None
    email: str | None = None
    url: str | None = msgspec.field(default=None, name="memberUrl")
    bio: str | None = None


class Metadata(GraphQLObject, frozen=True):
    status: str
    role: str | None = None
    joined: Moment | None = msgspec.field(default=None, name="joinTime")
    bio: str | None = None


class MemberEdge(GraphQLObject, frozen=True):
    """A membership; of a hidden member either is null."""

    node: MemberNode | None = None
    metadata: Metadata | None = None


class VenueNode(GraphQLObject, frozen=True):
    name: str | None = None
    city: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    venue_type: str | None = None


class Totals(GraphQLObject, frozen=True, omit_defaults=True):
    """Meetup's own totals of an event. In an archive `total` is that of its list: the yes."""

    yes: int | None = msgspec.field(default=None, name="yesCount")
    no: int | None = msgspec.field(default=None, name="noCount")
    waitlist: int | None = msgspec.field(default=None, name="waitlistCount")
    attended: int | None = msgspec.field(default=None, name="attendedCount")
    no_show: int | None = msgspec.field(default=None, name="noShowCount")
    total: int | None = msgspec.field(default=None, name="totalCount")


class EventRsvps(Totals, frozen=True):
    """The totals of an event, and its newest RSVP as Meetup writes it."""

    absent: int | None = msgspec.field(default=None, name="absentCount")
    edges: msgspec.Raw = msgspec.Raw()


class EventNode(GraphQLObject, frozen=True):
    id: str
    token: str
    title: str
    status: EventStatus
    rsvps: EventRsvps
    type: str = msgspec.field(name="eventType")
    url: str | None = msgspec.field(default=None, name="eventUrl")
    starts: Moment | None = msgspec.field(default=None, name="dateTime")
    ends: Moment | None = msgspec.field(default=None, name="endTime")
    duration: str | None = None
    capacity: int | None = msgspec.field(default=None, name="maxTickets")
    venues: list[VenueNode] | None = None


class Role(GraphQLObject, frozen=True):
    role: str | None = None


class GroupNode(GraphQLObject, frozen=True, kw_only=True):
    """A group with its newest members, and its first events after a time; null: refused."""

    id: str
    name: str
    urlname: str
    status: str
    memberships: Edges[msgspec.Raw] | None = None
    events: Edges[msgspec.Raw] | None = None
    link: str | None = None
    city: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    founded: Moment | None = msgspec.field(default=None, name="foundedDate")
    membership_metadata: Role | None = None


class RsvpMember(GraphQLObject, frozen=True):
    id: str


class RsvpNode(GraphQLObject, frozen=True):
    id: str
    status: RsvpStatus
    member: RsvpMember
    guests: int = msgspec.field(default=0, name="guestsCount")
    is_host: bool = False
    updated: Moment | None = None
