"""The lists of a group and of an event, with their filters and orders."""

from typing import Any

from connectors.meetup.sandbox.formats import title, venue_of
from connectors.meetup.sandbox.model import FIRST_MEMBER, Event, Group, Membership, Rsvp
from connectors.meetup.sandbox.page import Json
from connectors.meetup.sandbox.view import CurrentRsvp, View

DEFAULT_RSVP_STATUSES = ("YES", "ATTENDED")


def memberships(
    view: View, group: Group, filter: Json | None = None, sort: Json | None = None
) -> list[Membership]:
    """Return a group's members in the order of joining; pending ones only where asked for."""
    asked, order = filter or {}, sort or {}
    statuses = asked.get("status") or ("ACTIVE", "LEADER")
    ids, without = asked.get("memberIds"), asked.get("excludeMemberIds") or ()
    name = (asked.get("name") or "").casefold()
    found = [
        membership
        for membership in group.members(view.now)
        if membership.status(view.now) in statuses
        and (ids is None or FIRST_MEMBER + membership.person in ids)
        and FIRST_MEMBER + membership.person not in without
        and name in view.known[membership.person].name.casefold()
    ]
    keys: dict[str | None, Any] = {
        "NAME": lambda membership: view.known[membership.person].name.casefold(),
        "LAST_VISITED": lambda membership: view.last_seen_at(group, membership),
        "ROLE": lambda membership: membership.role == "MEMBER",
    }
    if order.get("sortField") in keys:
        found.sort(key=keys[order.get("sortField")])
    if order.get("sortOrder") == "DESC":
        found.reverse()
    return found


def events(
    view: View,
    group: Group,
    filter: Json | None = None,
    sort: str | None = None,
    status: str | None = None,
) -> list[Event]:
    """Return a group's events, the earliest first; ACTIVE ones unless other statuses are named."""
    asked = filter or {}
    statuses = asked.get("status") or [status or "ACTIVE"]
    begin, end = asked.get("afterDateTime"), asked.get("beforeDateTime")
    words = (asked.get("title") or "").casefold()
    host = asked.get("hostId")
    found = [
        event
        for event in group.events
        if event.drafted_at <= view.now
        and event.status(view.now) in statuses
        and (begin is None or event.starts_at >= begin)
        and (end is None or event.starts_at < end)
        and (host is None or int(host) - FIRST_MEMBER in event.hosts)
        and words in title(event, group).casefold()
    ]
    if sort == "DESC":
        found.reverse()
    return found


def rsvps(
    view: View, group: Group, event: Event, filter: Json | None = None, sort: Json | None = None
) -> list[CurrentRsvp]:
    """Return an event's RSVPs, those of deleted accounts included."""
    asked, order = filter or {}, sort or {}
    statuses = asked.get("rsvpStatus") or DEFAULT_RSVP_STATUSES
    # "A filter containing HAVENT will only returned HAVENT responses" (the schema's text).
    everyone = _without_rsvp(view, group, event) if "HAVENT" in statuses else view.rsvps(event)
    found = [
        one
        for one in everyone
        if one.status in statuses
        and (not asked.get("onlyHosts") or one.rsvp.is_host)
        and (not asked.get("onlyWithGuests") or one.rsvp.guests)
        and asked.get("venueId") in (None, (venue_of(one.rsvp, event, group) or {}).get("id"))
    ]
    field = order.get("sortField")
    if field == "NAME":
        found.sort(key=lambda one: view.known[one.rsvp.person].name.casefold())
    elif field in ("DATETIME", "LOCAL_TIME"):
        found.sort(key=lambda one: (one.at, one.id))
    if order.get("sortOrder") == "DESC":
        found.reverse()
    return found


def _without_rsvp(view: View, group: Group, event: Event) -> list[CurrentRsvp]:
    """Members without an RSVP, with ids below zero."""
    known = {one.rsvp.person for one in view.rsvps(event)}
    return [
        CurrentRsvp(-member.person - 1, Rsvp(member.person, 0, False, ()), 0, "HAVENT")
        for member in group.members(view.now)
        if member.person not in known
    ]
