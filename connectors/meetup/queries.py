"""What we ask Meetup's GraphQL API: the queries with the data of their responses."""

from collections.abc import Mapping
from functools import cache
from typing import Generic, TypeVar, get_args

import msgspec

from connectors.base import Changed, Retryable, SourceError
from connectors.graphql import PAGE_INFO, Edges, GraphQLObject, Query
from connectors.http import LATER, RateLimited
from connectors.meetup.api import MeetupApi
from connectors.meetup.shapes import (
    Edge,
    EventNode,
    EventStatus,
    GroupNode,
    MemberEdge,
    RsvpNode,
    understood,
)
from connectors.tolerant import ODD_JSON, decode

T = TypeVar("T")

GROUPS_AT_ONCE = 10
MOST_IN_VAIN = 3  # so many groups are asked for alone before all of Meetup counts as down
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
  edges {{ node {{ id name email memberUrl bio }} metadata {{ status role joinTime bio }} }}
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
    groups_search: Edges[msgspec.Raw]


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
    members: Edges[msgspec.Raw]


class GroupEvents(GraphQLObject, frozen=True):
    events: Edges[msgspec.Raw]


class RsvpsOfEvent(GraphQLObject, frozen=True):
    token: str
    rsvps: Edges[msgspec.Raw]


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
def groups_query(count: int) -> Query[dict[str, msgspec.Raw]]:
    """Return the query for so many groups by urlname, in the variables g0, g1, …"""
    declared = "".join(f", $g{number}: String!" for number in range(count))
    asked = "".join(
        f"  g{n}: groupByUrlname(urlname: $g{n}) {{ ...GroupState }}\n" for n in range(count)
    )
    text = f"query Pulses($from: DateTime!{declared}) {{\n{asked}}}\n{GROUP_STATE}"
    return Query(text, dict[str, msgspec.Raw])


QUERIES = (groups_query(1), groups_query(GROUPS_AT_ONCE), NETWORK, MEMBERS, EVENTS, RSVPS)


class IdChanged(SourceError):
    """An event has another id now than the one by which it was listed."""


class MeetupQueries:
    """Queries for groups and their events; `where` begins the place of every error."""

    def __init__(self, api: MeetupApi, where: str) -> None:
        self.api, self._where = api, where

    def groups(self, urlnames: list[str], since: str) -> list[GroupNode | SourceError | None]:
        """Return each group, with its newest members and its events after `since`.

        None for one that nobody knows, and why where it alone cannot be read. Raises the error of
        all of them.
        """
        names = {f"g{number}": urlname for number, urlname in enumerate(urlnames)}
        variables = {"from": since, **names}
        where = f"{self._where}, groups"
        try:
            data = self.api.query(groups_query(len(names)), variables, where=where)
        except RateLimited:
            raise
        except Retryable:
            if len(urlnames) == 1:
                raise
            return self._one_by_one(urlnames, since)
        found = [self._group(bytes(data.get(name, b"null")), where) for name in names]
        errors = [one for one in found if isinstance(one, SourceError)]
        if errors and len(errors) == len(found):
            raise errors[0]
        return found

    def _one_by_one(self, urlnames: list[str], since: str) -> list[GroupNode | SourceError | None]:
        """Ask for each group alone. Raises the error of the first ones, if none can be read."""
        found: list[GroupNode | SourceError | None] = []
        for urlname in urlnames:
            try:
                found += self.groups([urlname], since)
            except (Retryable, Changed) as error:
                found.append(error)
                if len(found) in (MOST_IN_VAIN, len(urlnames)) and all(
                    isinstance(one, SourceError) for one in found
                ):
                    raise
        return found

    def _group(self, found: bytes, where: str) -> GroupNode | SourceError | None:
        try:
            return decode(found, _group)
        except (*ODD_JSON, ValueError) as error:
            return _changed(error, where)

    def raise_if_down(self, urlname: str, since: str, error: SourceError) -> None:
        """Raise the error of a list if a group that could be read cannot be read now, either."""
        try:
            self.groups([urlname], since)
        except SourceError:
            raise error from None

    def network(self, urlname: str, after: str, since: str) -> NetworkData:
        """Return a page of the groups of a Pro network, each as `groups` does."""
        variables = {"urlname": urlname, "after": after or None, "from": since}
        return self.api.query(NETWORK, variables, where=f"{self._where}, network")

    def understood(self, page: Edges[msgspec.Raw], kind: type[T], urlname: str) -> Edges[T]:
        """Return the items of a page that are understood. Raises Changed where none is."""
        try:
            return understood(page, kind)
        except msgspec.ValidationError as error:
            raise _changed(error, f"{self._where}, {urlname}") from error

    def members(self, urlname: str, after: str) -> Edges[MemberEdge]:
        """Return a page of the members of a group, the last that joined first."""
        variables = {"first": MEMBERS_PER_PAGE, "after": after or None}
        page = self._of_group(MEMBERS, urlname, "members", variables).members
        return self.understood(page, MemberEdge, urlname)

    def events(self, urlname: str, after: str, since: str) -> Edges[Edge[EventNode]]:
        """Return a page of the events of a group after a time, "" for all, the oldest first."""
        variables = {"first": EVENTS_PER_PAGE, "after": after or None, "from": since or None}
        page = self._of_group(EVENTS, urlname, "events", variables).events
        return self.understood(page, Edge[EventNode], urlname)

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
        return self.understood(found.rsvps, Edge[RsvpNode], urlname)


_group: msgspec.json.Decoder[GroupNode | None] = msgspec.json.Decoder(GroupNode | None)


def _changed(error: Exception, where: str) -> Changed:
    return Changed(
        f"Meetup's response has an unknown shape: {error}",
        where=where,
        advice="Update community-vitals, or report this line",
    )
