"""The four searches of the Pro network over all groups, with their filters and orders."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from connectors.meetup.sandbox.formats import title
from connectors.meetup.sandbox.model import FIRST_MEMBER, Event, Group
from connectors.meetup.sandbox.page import Json
from connectors.meetup.sandbox.view import CurrentRsvp, View
from connectors.meetup.sandbox.world import MeetupWorld

GroupEvent = tuple[Group, Event]


def groups(view: View, filter: Json | None = None, desc: bool | None = None) -> list[Group]:
    """Return the groups in the order of their founding."""
    asked = filter or {}
    name = (asked.get("name") or "").casefold()
    found = [g for g in view.groups if _is_chosen(g, asked) and name in g.name.casefold()]
    if desc:
        found.reverse()
    return found


def events(view: View, filter: Json | None = None, desc: bool | None = None) -> list[GroupEvent]:
    """Return announced events, the latest first (recorded), of any status unless one is named."""
    asked = filter or {}
    begin, end = asked.get("eventDateMin"), asked.get("eventDateMax")
    statuses, is_online = asked.get("status"), asked.get("isOnlineEvent")
    words = (asked.get("title") or "").casefold()
    found = [
        (group, event)
        for group in view.groups
        if _is_chosen(group, asked)
        for event in group.events
        if event.drafted_at <= view.now
        and event.status(view.now) in (statuses or ("ACTIVE", "PAST", "CANCELLED"))
        and (begin is None or event.starts_at >= begin)
        and (end is None or event.starts_at <= end)
        and (is_online is None or is_online == (event.kind == "ONLINE"))
        and words in title(event, group).casefold()
    ]
    found.sort(key=lambda pair: (pair[1].starts_at, pair[1].number), reverse=desc is not False)
    return found


def members(
    view: View, filter: Json | None = None, desc: bool | None = None
) -> list[tuple[int, int]]:
    """Return everybody's number and time of first joining, in the order of joining."""
    asked = filter or {}
    begin, end = asked.get("joinDateTimeMin"), asked.get("joinDateTimeMax")
    found = [
        (person, joined_at)
        for person, joined_at in people(view.meetup, view.now)
        if (begin is None or joined_at >= begin)
        and (end is None or joined_at <= end)
        and _is_member_chosen(view, person, asked)
    ]
    if desc:
        found.reverse()
    return found


class EveryRsvp:
    """Every RSVP to every announced event; a slice makes only the rows that it needs."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._events, self._ends = _announced(view.meetup, view.now)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, part: slice, /) -> Sequence[tuple[Group, Event, CurrentRsvp]]:
        found: list[tuple[Group, Event, CurrentRsvp]] = []
        begin = 0
        for (group, event), end in zip(self._events, self._ends, strict=True):
            if part.start < end and begin < part.stop:
                rsvps = self._view.rsvps(event)[max(0, part.start - begin) : part.stop - begin]
                found += [(group, event, rsvp) for rsvp in rsvps]
            begin = end
        return found


@lru_cache(maxsize=2)
def people(meetup: MeetupWorld, now: int) -> list[tuple[int, int]]:
    """Return who is in any group, with the time of the first joining, in that order."""
    joined: dict[int, int] = {}
    for group in meetup.groups:
        for membership in group.members(now):
            person, joined_at = membership.person, membership.joined_at
            joined[person] = min(joined_at, joined.get(person, joined_at))
    return sorted(joined.items(), key=lambda pair: (pair[1], pair[0]))


@lru_cache(maxsize=2)
def _announced(meetup: MeetupWorld, now: int) -> tuple[list[GroupEvent], list[int]]:
    """Return announced events, and the count of RSVPs up to the end of each."""
    events = [
        (group, event)
        for group in meetup.groups
        for event in group.events
        if 0 < event.announced_at <= now
    ]
    counts = (sum(rsvp.state(now) is not None for rsvp in event.rsvps) for _, event in events)
    return events, list(accumulate(counts))


def _is_chosen(group: Group, asked: Json) -> bool:
    """Whether a group passes the filters on groups and on events."""
    ids, names, without = (asked.get(k) for k in ("groupIds", "groupUrlnames", "excludedGroupIds"))
    return (
        (ids is None or str(group.id) in ids)
        and (names is None or group.urlname in names)
        and (without is None or str(group.id) not in without)
        and asked.get("country") in (None, group.city.country)
    )


def _is_member_chosen(view: View, person: int, asked: Json) -> bool:
    """Whether a person passes the filters on people."""
    if not asked:
        return True
    id = str(FIRST_MEMBER + person)
    ids, users, roles = (asked.get(key) for key in ("groups", "users", "roles"))
    least, most = asked.get("eventsAttendedMin"), asked.get("eventsAttendedMax")
    groups = view.groups_of(person)
    name = (asked.get("userName") or "").casefold()
    if least is not None or most is not None:
        count = view.attended(person)
        if count < (least or 0) or (most is not None and count > most):
            return False
    return (
        (users is None or id in users)
        and id not in (asked.get("excludedUsers") or ())
        and (ids is None or any(str(group.id) in ids for group in groups))
        and (roles is None or any(g.membership_of[person].role in roles for g in groups))
        and name in view.known[person].name.casefold()
    )
