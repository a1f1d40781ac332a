"""What we ask Meetup's GraphQL API: the queries with the data of their responses."""

from functools import cache
from typing import TypeVar, get_args

from connectors.base import Retryable, SourceError
from connectors.graphql import PAGE_INFO, Edges, Query
from connectors.http import LATER
from connectors.meetup.api import MeetupApi
from connectors.meetup.shapes import (
    EventNode,
    EventStatus,
    GroupFields,
    MemberEdge,
    RsvpNode,
    Shape,
)

GROUPS_AT_ONCE = 10
MEMBERS_PER_PAGE, EVENTS_PER_PAGE, RSVPS_PER_PAGE = 200, 50, 200

# By default Meetup sends ACTIVE events, and the RSVPs YES and ATTENDED; with HAVENT no others.
EVENT_STATUSES = ", ".join(get_args(EventStatus))
RSVP_STATUSES = "YES, NO, WAITLIST, ATTENDED, NO_SHOW, EXCUSED_ABSENCE, YES_PENDING_PAYMENT"

ANY_STATUS = f"filter: {{rsvpStatus: [{RSVP_STATUSES}]}}"
EVENT_LIST = f"""fragment EventList on GroupEventConnection {{
  totalCount {PAGE_INFO}
  edges {{
    node {{
      id token title eventUrl status eventType dateTime endTime duration maxTickets
      venues {{ name city country lat lon venueType }}
      rsvps(first: 1, {ANY_STATUS}, sort: {{sortField: DATETIME, sortOrder: DESC}}) {{
        totalCount yesCount noCount waitlistCount attendedCount noShowCount absentCount
        edges {{ node {{ id status updated }} }}
      }}
    }}
  }}
}}"""
MEMBER_LIST = f"""fragment MemberList on GroupMemberConnection {{
  totalCount {PAGE_INFO}
  edges {{ node {{ id name email memberUrl }} metadata {{ status role joinTime }} }}
}}"""
BY_JOINING = "sort: {sortField: JOIN_DATE, sortOrder: DESC}"
GROUP_STATE = f"""fragment GroupState on Group {{
  id name urlname link status city country lat lon foundedDate
  membershipMetadata {{ role }}
  memberships(first: 10, {BY_JOINING}) {{ ...MemberList }}
  events(
    first: 20, sort: ASC, filter: {{status: [{EVENT_STATUSES}], afterDateTime: $from}}
  ) {{ ...EventList }}
}}
{MEMBER_LIST}
{EVENT_LIST}"""


class EventEdge(Shape, frozen=True):
    node: EventNode


class GroupNode(GroupFields, frozen=True, kw_only=True):
    """A group with its newest members, and its first events after a time."""

    memberships: Edges[MemberEdge]
    events: Edges[EventEdge]


class GroupEdge(Shape, frozen=True):
    node: GroupNode


class NetworkGroups(Shape, frozen=True):
    groups_search: Edges[GroupEdge]


class NetworkName(Shape, frozen=True):
    urlname: str


class TokenMember(Shape, frozen=True):
    admin_pro_networks: list[NetworkName]


class NetworkData(Shape, frozen=True):
    self: TokenMember | None = None
    pro_network: NetworkGroups | None = None


class GroupMembers(Shape, frozen=True):
    members: Edges[MemberEdge]


class MembersData(Shape, frozen=True):
    group_by_urlname: GroupMembers | None = None


class GroupEvents(Shape, frozen=True):
    events: Edges[EventEdge]


class EventsData(Shape, frozen=True):
    group_by_urlname: GroupEvents | None = None


class RsvpEdge(Shape, frozen=True):
    node: RsvpNode


class EventRsvps(Shape, frozen=True):
    token: str
    rsvps: Edges[RsvpEdge]


class RsvpsData(Shape, frozen=True):
    event: EventRsvps | None = None


NETWORK = Query(
    f"""query Network($urlname: ID!, $after: String, $from: DateTime!) {{
  self {{ adminProNetworks {{ urlname }} }}
  proNetwork(urlname: $urlname) {{
    groupsSearch(input: {{first: {GROUPS_AT_ONCE}, after: $after}}) {{
      totalCount {PAGE_INFO} edges {{ node {{ ...GroupState }} }}
    }}
  }}
}}
{GROUP_STATE}""",
    NetworkData,
)
MEMBERS = Query(
    f"""query Members($urlname: String!, $first: Int!, $after: String) {{
  groupByUrlname(urlname: $urlname) {{
    members: memberships(first: $first, after: $after, {BY_JOINING}) {{ ...MemberList }}
  }}
}}
{MEMBER_LIST}""",
    MembersData,
)
EVENTS = Query(
    f"""query Events($urlname: String!, $first: Int!, $after: String, $from: DateTime) {{
  groupByUrlname(urlname: $urlname) {{
    events(
      first: $first, after: $after, sort: ASC
      filter: {{status: [{EVENT_STATUSES}], afterDateTime: $from}}
    ) {{ ...EventList }}
  }}
}}
{EVENT_LIST}""",
    EventsData,
)
RSVPS = Query(
    f"""query Rsvps($id: ID!, $first: Int!, $after: String) {{
  event(id: $id) {{
    token
    rsvps(
      first: $first, after: $after, {ANY_STATUS}, sort: {{sortField: RSVP_ID, sortOrder: ASC}}
    ) {{
      totalCount {PAGE_INFO}
      edges {{ node {{ id status guestsCount isHost updated member {{ id }} }} }}
    }}
  }}
}}""",
    RsvpsData,
)


@cache
def groups_query(count: int) -> Query[dict[str, GroupNode | None]]:
    """Return the query for so many groups by urlname, in the variables g0, g1, …"""
    declared = "".join(f", $g{number}: String!" for number in range(count))
    asked = "".join(
        f"  g{n}: groupByUrlname(urlname: $g{n}) {{ ...GroupState }}\n" for n in range(count)
    )
    text = f"query Groups($from: DateTime!{declared}) {{\n{asked}}}\n{GROUP_STATE}"
    return Query(text, dict[str, GroupNode | None])


QUERIES = (groups_query(1), groups_query(GROUPS_AT_ONCE), NETWORK, MEMBERS, EVENTS, RSVPS)

T = TypeVar("T")


class IdChanged(SourceError):
    """An event has another id now than the one by which it was listed."""


class MeetupQueries:
    """Queries for groups and their events; `where` begins the place of every error."""

    def __init__(self, api: MeetupApi, where: str) -> None:
        self._api, self._where = api, where

    @property
    def platform_time(self) -> int:
        """Meetup's own clock, microseconds since 1970."""
        return self._api.platform_time

    def groups(self, urlnames: list[str], since: str) -> list[GroupNode | None]:
        """Return each group, with its newest members and its events after `since`, or None."""
        names = {f"g{number}": urlname for number, urlname in enumerate(urlnames)}
        variables = {"from": since, **names}
        data = self._api.query(groups_query(len(names)), variables, where=f"{self._where}, groups")
        return [data.get(name) for name in names]

    def network(self, urlname: str, after: str, since: str) -> NetworkData:
        """Return a page of the groups of a Pro network, each as `groups` does."""
        variables = {"urlname": urlname, "after": after or None, "from": since}
        return self._api.query(NETWORK, variables, where=f"{self._where}, network")

    def members(self, urlname: str, after: str) -> Edges[MemberEdge]:
        """Return a page of the members of a group, the last that joined first."""
        variables = {"urlname": urlname, "first": MEMBERS_PER_PAGE, "after": after or None}
        where = f"{self._where}, {urlname}, members"
        group = self._api.query(MEMBERS, variables, where=where).group_by_urlname
        return _existing(group, where).members

    def events(self, urlname: str, after: str, since: str) -> Edges[EventEdge]:
        """Return a page of the events of a group after a time, "" for all, the oldest first."""
        variables = {"urlname": urlname, "first": EVENTS_PER_PAGE}
        more = {"after": after or None, "from": since or None}
        where = f"{self._where}, {urlname}, events"
        group = self._api.query(EVENTS, variables | more, where=where).group_by_urlname
        return _existing(group, where).events

    def rsvps(self, urlname: str, event: EventNode, after: str) -> Edges[RsvpEdge]:
        """Return a page of the RSVPs of an event, the oldest first. Raises IdChanged."""
        variables = {"id": event.id, "first": RSVPS_PER_PAGE, "after": after or None}
        where = f"{self._where}, {urlname}, RSVPs of {event.token}"
        found = self._api.query(RSVPS, variables, where=where).event
        if found is None or found.token != event.token:
            raise IdChanged("the event has another id by now", where=where)
        return found.rsvps


def _existing(group: T | None, where: str) -> T:
    """Return a group. Raises Retryable for one that was deleted during the sync."""
    if group is None:
        raise Retryable("the group is not there any more", where=where, advice=LATER)
    return group
