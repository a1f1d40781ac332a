"""What we ask Meetup's GraphQL API, one method for a question."""

from functools import cache
from typing import TypeVar, get_args

from connectors.base import Retryable, SourceError
from connectors.graphql import PAGE_INFO, Edges, Query
from connectors.http import LATER
from connectors.meetup.api import MeetupApi
from connectors.meetup.shapes import (
    AnswersAnswer,
    EventEdge,
    EventNode,
    EventsAnswer,
    EventStatus,
    GroupNode,
    MemberEdge,
    MembersAnswer,
    NetworkAnswer,
    RsvpEdge,
)

PULSES_AT_ONCE = 10
MEMBERS_PER_PAGE, EVENTS_PER_PAGE, RSVPS_PER_PAGE = 200, 50, 200

# By default Meetup tells of ACTIVE events and of YES and ATTENDED alone; HAVENT hides all others.
EVENT_STATUSES = ", ".join(get_args(EventStatus))
RSVP_STATUSES = "YES, NO, WAITLIST, ATTENDED, NO_SHOW, EXCUSED_ABSENCE, YES_PENDING_PAYMENT"

RSVPS = f"filter: {{rsvpStatus: [{RSVP_STATUSES}]}}"
LISTED = f"""fragment Listed on GroupEventConnection {{
  totalCount {PAGE_INFO}
  edges {{
    node {{
      id token title eventUrl status eventType dateTime endTime duration maxTickets
      venues {{ name city country lat lon venueType }}
      rsvps(first: 1, {RSVPS}, sort: {{sortField: DATETIME, sortOrder: DESC}}) {{
        totalCount yesCount noCount waitlistCount attendedCount noShowCount absentCount
        edges {{ node {{ id status updated }} }}
      }}
    }}
  }}
}}"""
JOINED = f"""fragment Joined on GroupMemberConnection {{
  totalCount {PAGE_INFO}
  edges {{ node {{ id name email memberUrl }} metadata {{ status role joinTime }} }}
}}"""
BY_JOINING = "sort: {sortField: JOIN_DATE, sortOrder: DESC}"
PULSE = f"""fragment Pulse on Group {{
  id name urlname link status city country lat lon foundedDate
  membershipMetadata {{ role }}
  memberships(first: 10, {BY_JOINING}) {{ ...Joined }}
  events(
    first: 20, sort: ASC, filter: {{status: [{EVENT_STATUSES}], afterDateTime: $from}}
  ) {{ ...Listed }}
}}
{JOINED}
{LISTED}"""

NETWORK = Query(
    f"""query Network($urlname: ID!, $after: String, $from: DateTime!) {{
  self {{ adminProNetworks {{ urlname }} }}
  proNetwork(urlname: $urlname) {{
    groupsSearch(input: {{first: {PULSES_AT_ONCE}, after: $after}}) {{
      totalCount {PAGE_INFO} edges {{ node {{ ...Pulse }} }}
    }}
  }}
}}
{PULSE}""",
    NetworkAnswer,
)
MEMBERS = Query(
    f"""query Members($urlname: String!, $first: Int!, $after: String) {{
  groupByUrlname(urlname: $urlname) {{
    members: memberships(first: $first, after: $after, {BY_JOINING}) {{ ...Joined }}
  }}
}}
{JOINED}""",
    MembersAnswer,
)
EVENTS = Query(
    f"""query Events($urlname: String!, $first: Int!, $after: String, $from: DateTime) {{
  groupByUrlname(urlname: $urlname) {{
    events(
      first: $first, after: $after, sort: ASC
      filter: {{status: [{EVENT_STATUSES}], afterDateTime: $from}}
    ) {{ ...Listed }}
  }}
}}
{LISTED}""",
    EventsAnswer,
)
ANSWERS = Query(
    f"""query Answers($id: ID!, $first: Int!, $after: String) {{
  event(id: $id) {{
    token
    rsvps(first: $first, after: $after, {RSVPS}, sort: {{sortField: RSVP_ID, sortOrder: ASC}}) {{
      totalCount {PAGE_INFO}
      edges {{ node {{ id status guestsCount isHost updated member {{ id }} }} }}
    }}
  }}
}}""",
    AnswersAnswer,
)


@cache
def pulses_of(count: int) -> Query[dict[str, GroupNode | None]]:
    """Return the question for the pulse of so many groups, in the variables g0, g1, …"""
    declared = "".join(f", $g{number}: String!" for number in range(count))
    asked = "".join(
        f"  g{n}: groupByUrlname(urlname: $g{n}) {{ ...Pulse }}\n" for n in range(count)
    )
    text = f"query Pulses($from: DateTime!{declared}) {{\n{asked}}}\n{PULSE}"
    return Query(text, dict[str, GroupNode | None])


QUERIES = (pulses_of(1), pulses_of(PULSES_AT_ONCE), NETWORK, MEMBERS, EVENTS, ANSWERS)

E = TypeVar("E")


class Moved(SourceError):
    """An event was listed under an id that is not its own any more."""


class Asker:
    """Asks about groups and their events; `where` begins the place of every error."""

    def __init__(self, api: MeetupApi, where: str) -> None:
        self._api, self._where = api, where

    def pulses(self, urlnames: list[str], since: str) -> list[GroupNode | None]:
        """What each group looks like: its facts, newest members, and events after `since`."""
        names = {f"g{number}": urlname for number, urlname in enumerate(urlnames)}
        variables = {"from": since, **names}
        where = f"{self._where}, groups"
        answer = self._api.query(pulses_of(len(names)), variables, where=where)
        return [answer.get(name) for name in names]

    def network(self, urlname: str, after: str, since: str) -> NetworkAnswer:
        """Ask for the same of the next groups of a Pro network."""
        variables = {"urlname": urlname, "after": after or None, "from": since}
        return self._api.query(NETWORK, variables, where=f"{self._where}, network")

    def members(self, urlname: str, after: str) -> Edges[MemberEdge]:
        """Members of a group, the last that joined first."""
        variables = {"urlname": urlname, "first": MEMBERS_PER_PAGE, "after": after or None}
        where = f"{self._where}, {urlname}, members"
        group = self._api.query(MEMBERS, variables, where=where).group_by_urlname
        return _there(group, where).members

    def events(self, urlname: str, after: str, since: str) -> Edges[EventEdge]:
        """Events of a group after a time, or all, the oldest first."""
        variables = {"urlname": urlname, "first": EVENTS_PER_PAGE}
        more = {"after": after or None, "from": since or None}
        where = f"{self._where}, {urlname}, events"
        group = self._api.query(EVENTS, variables | more, where=where).group_by_urlname
        return _there(group, where).events

    def answers(self, urlname: str, event: EventNode, after: str) -> Edges[RsvpEdge]:
        """RSVPs of an event, the oldest first. Raises Moved where its id is not its own now."""
        variables = {"id": event.id, "first": RSVPS_PER_PAGE, "after": after or None}
        where = f"{self._where}, {urlname}, RSVPs of {event.token}"
        found = self._api.query(ANSWERS, variables, where=where).event
        if found is None or found.token != event.token:
            raise Moved("the event has another id by now", where=where)
        return found.rsvps


def _there(group: E | None, where: str) -> E:
    """Return a group that was there when the sync began."""
    if group is None:
        raise Retryable("the group is not there any more", where=where, advice=LATER)
    return group
