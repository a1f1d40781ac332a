"""What we ask Meetup's GraphQL API: the queries with the data of their responses."""

from collections.abc import Mapping
from functools import cache
from typing import Generic, TypeVar, get_args

from connectors.base import Retryable, SourceError
from connectors.graphql import PAGE_INFO, Edges, GraphQLObject, Query
from connectors.http import LATER
from connectors.meetup.api import MeetupApi
from connectors.meetup.shapes import (
    Edge,
    EventNode,
    EventStatus,
    GroupNode,
    MemberEdge,
    RsvpNode,
)

T = TypeVar("T")

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


class NetworkGroups(GraphQLObject, frozen=True):
    groups_search: Edges[Edge[GroupNode]]


class NetworkName(GraphQLObject, frozen=True):
    urlname: str


class TokenMember(GraphQLObject, frozen=True):
    admin_pro_networks: list[NetworkName]


class NetworkData(GraphQLObject, frozen=True):
    self: TokenMember | None = None
    pro_network: NetworkGroups | None = None


class ByUrlname(GraphQLObject, Generic[T], frozen=True):
    group_by_urlname: T | None = None


class GroupMembers(GraphQLObject, frozen=True):
    members: Edges[MemberEdge]


class GroupEvents(GraphQLObject, frozen=True):
    events: Edges[Edge[EventNode]]


class RsvpsOfEvent(GraphQLObject, frozen=True):
    token: str
    rsvps: Edges[Edge[RsvpNode]]


class RsvpsData(GraphQLObject, frozen=True):
    event: RsvpsOfEvent | None = None


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
    ByUrlname[GroupMembers],
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
    ByUrlname[GroupEvents],
)
RSVPS = Query(
    f"""query Answers($id: ID!, $first: Int!, $after: String) {{
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
    text = f"query Pulses($from: DateTime!{declared}) {{\n{asked}}}\n{GROUP_STATE}"
    return Query(text, dict[str, GroupNode | None])


QUERIES = (groups_query(1), groups_query(GROUPS_AT_ONCE), NETWORK, MEMBERS, EVENTS, RSVPS)


class IdChanged(SourceError):
    """An event has another id now than the one by which it was listed."""


class MeetupQueries:
    """Queries for groups and their events; `where` begins the place of every error."""

    def __init__(self, api: MeetupApi, where: str) -> None:
        self.api, self._where = api, where

    def groups(self, urlnames: list[str], since: str) -> list[GroupNode | None]:
        """Return each group, with its newest members and its events after `since`, or None."""
        names = {f"g{number}": urlname for number, urlname in enumerate(urlnames)}
        variables = {"from": since, **names}
        data = self.api.query(groups_query(len(names)), variables, where=f"{self._where}, groups")
        return [data.get(name) for name in names]

    def network(self, urlname: str, after: str, since: str) -> NetworkData:
        """Return a page of the groups of a Pro network, each as `groups` does."""
        variables = {"urlname": urlname, "after": after or None, "from": since}
        return self.api.query(NETWORK, variables, where=f"{self._where}, network")

    def members(self, urlname: str, after: str) -> Edges[MemberEdge]:
        """Return a page of the members of a group, the last that joined first."""
        variables = {"first": MEMBERS_PER_PAGE, "after": after or None}
        return self._of_group(MEMBERS, urlname, "members", variables).members

    def events(self, urlname: str, after: str, since: str) -> Edges[Edge[EventNode]]:
        """Return a page of the events of a group after a time, "" for all, the oldest first."""
        variables = {"first": EVENTS_PER_PAGE, "after": after or None, "from": since or None}
        return self._of_group(EVENTS, urlname, "events", variables).events

    def _of_group(
        self, query: Query[ByUrlname[T]], urlname: str, what: str, variables: Mapping[str, object]
    ) -> T:
        """Return lists of a group. Raises Retryable for one that was deleted during the sync."""
        where = f"{self._where}, {urlname}, {what}"
        data = self.api.query(query, {"urlname": urlname, **variables}, where=where)
        if data.group_by_urlname is None:
            raise Retryable("the group is not there any more", where=where, advice=LATER)
        return data.group_by_urlname

    def rsvps(self, urlname: str, event: EventNode, after: str) -> Edges[Edge[RsvpNode]]:
        """Return a page of the RSVPs of an event, the oldest first. Raises IdChanged."""
        variables = {"id": event.id, "first": RSVPS_PER_PAGE, "after": after or None}
        where = f"{self._where}, {urlname}, RSVPs of {event.token}"
        found = self.api.query(RSVPS, variables, where=where).event
        if found is None or found.token != event.token:
            raise IdChanged("the event has another id by now", where=where)
        return found.rsvps
