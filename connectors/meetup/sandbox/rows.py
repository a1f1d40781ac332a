"""The made-up Meetup as rows of its GraphQL API at one moment."""

from collections.abc import Callable
from typing import Any

from connectors.meetup.sandbox import formats, lists, network
from connectors.meetup.sandbox.formats import COUNTS, OFFICE, SITE, iso
from connectors.meetup.sandbox.lists import DEFAULT_RSVP_STATUSES
from connectors.meetup.sandbox.model import FIRST_MEMBER, Event, Group, Membership
from connectors.meetup.sandbox.page import Items, Json, connection
from connectors.meetup.sandbox.view import CurrentRsvp, View
from connectors.meetup.sandbox.world import NETWORK, NETWORK_ID
from connectors.sandbox.community import DAY, HOUR
from connectors.sandbox.text import TEXT_MARK
from connectors.sandbox.texture import TEXTURE
from connectors.sandbox.truth import account_page

COLLECTOR = 0  # the person whose token the sandbox hands out


def _listed(items: Callable[..., Items], edge: Callable[[Any], Json]) -> Callable[..., Json]:
    """Return the resolver of a list: `first` and `after` cut what `items` gives for the rest."""

    def resolve(first: int | None = None, after: str | None = None, **asked: Any) -> Json:
        return connection(items(**asked), edge, first, after)

    return resolve


class Rows:
    """Rows as dictionaries; a value that costs time or takes arguments is a function."""

    def __init__(self, view: View) -> None:
        self.view, self.now = view, view.now

    def network(self) -> Json:
        """Return the network of all groups."""
        view = self.view

        def event(pair: tuple[Group, Event]) -> Json:
            return {"node": self.event(*pair)}

        def rsvp(found: tuple[Group, Event, CurrentRsvp]) -> Json:
            return {"node": self.rsvp(*found)}

        def search(items: Callable[..., Items], edge: Callable[[Any], Json]) -> Callable[..., Json]:
            resolve = _listed(lambda **asked: items(view, **asked), edge)
            return lambda input: resolve(**input)

        return {
            "id": str(NETWORK_ID),
            "name": TEXTURE.gatherings.network,
            "urlname": NETWORK,
            "link": f"{SITE}/pro/{NETWORK}",
            "externalUrl": None,
            "description": f"Makers of many cities, {TEXT_MARK}.",
            "isProEmailShared": True,
            "status": "ACTIVE",
            "primaryAdmin": lambda: self.member(0),
            "networkAnalytics": lambda: {
                "totalGroups": len(view.groups),
                "totalMembers": len(network.people(view.meetup, self.now)),
                "totalCountries": len({group.city.country for group in view.groups}),
            },
            "groupsSearch": search(network.groups, self._network_group),
            "eventsSearch": search(network.events, event),
            "membersSearch": search(network.members, self._network_member),
            "rsvpsSearch": search(network.EveryRsvp, rsvp),
        }

    def _network_group(self, group: Group) -> Json:
        return {"node": self.group(group), "metadata": lambda: self._analytics(group)}

    def _network_member(self, found: tuple[int, int]) -> Json:
        person, joined_at = found
        return {
            "node": self.member(person) | {"email": self.view.known[person].email},
            "metadata": lambda: self._member_analytics(person, joined_at),
        }

    def _member_analytics(self, person: int, joined_at: int) -> Json:
        groups = self.view.groups_of(person)
        memberships = [group.membership_of[person] for group in groups]
        pairs = list(zip(groups, memberships, strict=True))
        zone = groups[0].zone
        return {
            "joinTime": iso(joined_at, zone),
            "lastAccessTime": iso(max(self.view.last_seen_at(*pair) for pair in pairs), zone),
            "eventsAttended": self.view.attended(person),
            "groupsCount": len(groups),
            "isOrganizer": any(one.role != "MEMBER" for one in memberships),
            "role": min((one.role for one in memberships), key=lambda role: role == "MEMBER"),
            "memberships": lambda: [self._membership(*pair) for pair in pairs],
        }

    def group(self, group: Group) -> Json:
        """Return a group."""
        city = group.city
        own = group.membership_of.get(COLLECTOR)
        return {
            "id": str(group.id),
            "name": group.name,
            "urlname": group.urlname,
            "link": f"{SITE}/{group.urlname}",
            "description": f"<p>Makers of {city.name}.</p>\nWe meet monthly, {TEXT_MARK}.",
            "welcomeBlurb": None,
            "status": "PAID",
            "timezone": city.timezone,
            "city": city.name,
            "state": "",
            "country": city.country,
            "zip": "",
            "lat": city.latitude,
            "lon": city.longitude,
            "foundedDate": iso(group.founded_at, group.zone),
            "proJoinDate": iso(group.founded_at + HOUR, OFFICE),
            "joinMode": "APPROVAL" if group.has_approval else "OPEN",
            "isPrivate": False,
            "isMember": own is not None,
            "isPrimaryOrganizer": group.memberships[0].person == COLLECTOR,
            "customMemberLabel": "Makers",
            "keyGroupPhoto": None,
            "activeTopics": [{"id": "18062", "name": "Big Data", "urlkey": "big-data",
                              "description": None}],
            "topicCategory": {"id": "546", "name": "Technology", "urlkey": "technology",
                              "color": "#008294", "imageUrl": f"{SITE}/topics/546.png"},
            "organizer": lambda: self.member(group.memberships[0].person),
            "membershipMetadata": lambda: own and self._membership(group, own),
            "proNetwork": self.network,
            "groupAnalytics": lambda: self._analytics(group),
            "stats": lambda: self._stats(group),
            "memberships": _listed(
                lambda **asked: lists.memberships(self.view, group, **asked),
                lambda one: {
                    "node": self.member(one.person),
                    "metadata": self._membership(group, one),
                },
            ),
            "events": _listed(
                lambda **asked: lists.events(self.view, group, **asked),
                lambda event: {"node": self.event(group, event)},
            ),
        }  # fmt: skip

    def _stats(self, group: Group) -> Json:
        members = group.members(self.now)
        counts = [membership.status(self.now) for membership in members]
        return {
            "eventRatings": {"average": 4.7, "totalRatings": 12, "totalReviews": 3},
            "memberCounts": {
                "all": len(counts) - counts.count("PENDING"),
                "banned": 0,
                "leadership": counts.count("LEADER"),
                "pending": counts.count("PENDING"),
                "pendingPayment": 0,
            },
        }

    def _analytics(self, group: Group) -> Json:
        events = [e for e in group.events if e.status(self.now) in ("PAST", "ACTIVE")]
        past = [e for e in events if e.status(self.now) == "PAST"]
        coming = [e for e in events if e.ends_at > self.now]
        yes: dict[int, int] = {}
        for event in past:
            for one in self.view.rsvps(event):
                if one.status in DEFAULT_RSVP_STATUSES:
                    yes[one.rsvp.person] = yes.get(one.rsvp.person, 0) + 1
        total = sum(yes.values())
        return {
            "averageAge": 0.0,
            "averageRsvpsPerEvent": total / len(past) if past else 0.0,
            "genderMembershipRatios": dict.fromkeys(
                ("femaleRatio", "maleRatio", "otherRatio", "unknownRatio"), 0.0
            ),
            "lastEventDate": iso(past[-1].starts_at, group.zone) if past else None,
            "nextEventDate": iso(coming[0].starts_at, group.zone) if coming else None,
            "tieStatus": "ACTIVE",
            "totalMembers": len(group.members(self.now)),
            "totalPastEvents": len(past),
            "totalPastRsvps": total,
            "totalRepeatRsvpers": sum(count > 1 for count in yes.values()),
            "totalUpcomingEvents": len(coming),
        }

    def member(self, number: int) -> Json:
        """Return a person's account; its e-mail address is shown to its owner alone."""
        person, known = self.view.people[number], self.view.known[number]
        is_own = number == COLLECTOR
        groups = self.view.meetup.groups_of.get(number, [])
        leads = [c for c in groups if c.membership_of[number].role != "MEMBER"]
        id = FIRST_MEMBER + number
        home = groups[0].city if groups and number % 4 else None
        return {
            "id": str(id),
            "name": known.name,
            "username": None,
            "email": known.email if is_own else "",
            "bio": self._bio(number),
            "memberUrl": f"{SITE}/members/{id}",
            "memberPhoto": None,
            "city": home.name if home else "",
            "state": "",
            "country": home.country if home else "",
            "zip": None,
            "lat": home.latitude if home else None,
            "lon": home.longitude if home else None,
            "startDate": iso(min(person.joined_at, self.now) - (number % 900) * DAY, OFFICE),
            "status": "ACTIVE",
            "preferredLocale": "en-US",
            "selectedTimezone": person.timezone if is_own else None,
            "highestCurrentRole": "MEMBER" if not leads else leads[0].membership_of[number].role,
            "isLeader": bool(leads),
            "isOrganizer": bool(leads),
            "isMemberPlusSubscriber": False,
            "isProOrganizer": is_own,
            "isProPrimaryOrganizer": is_own,
            "organizedGroupCount": len(leads),
            "adminProNetworks": lambda: [self.network()] if is_own else [],
        }

    def _bio(self, number: int) -> str:
        """What a person tells of themselves, and which accounts elsewhere are theirs."""
        named = self.view.known[number].names
        pages = [account_page(self.view.meetup.world, *account) for account in named]
        return " ".join([f"Makes things, {TEXT_MARK}.", *pages]) if pages or number % 3 == 0 else ""

    def _membership(self, group: Group, membership: Membership) -> Json:
        person = membership.person
        seen_at = self.view.last_seen_at(group, membership)
        return {
            "status": membership.status(self.now),
            "role": membership.role,
            "joinTime": iso(membership.joined_at, group.zone),
            "lastAccessTime": iso(seen_at, group.zone) if person % 17 else None,
            "bio": f"I am new here: {TEXT_MARK}" if person % 4 == 0 else None,
            "rsvpStats": lambda: {"noShowCount": self.view.no_shows(group, person)},
        }

    def event(self, group: Group, event: Event) -> Json:
        """Return an event."""
        begins = formats.starts(event, group)
        seconds = event.number % 5 > 0
        return {
            "id": event.id(self.now),
            "token": event.token,
            "title": formats.title(event, group),
            "description": formats.description(event),
            "eventUrl": formats.address(event, group, self.now),
            "status": event.status(self.now),
            "eventType": event.kind,
            "createdTime": iso(event.drafted_at, OFFICE),
            "dateTime": begins,
            "endTime": begins and iso(event.ends_at, group.zone, seconds=seconds),
            "duration": formats.duration(event),
            "maxTickets": event.capacity or None,
            "waitlistMode": "AUTO" if event.capacity else "OFF",
            "guestsAllowed": event.has_guests,
            "guestLimit": 2 if event.has_guests else None,
            "numberOfAllowedGuests": 2 if event.has_guests else 0,
            "howToFindUs": f"Ring twice, {TEXT_MARK}" if event.number % 3 == 0 else None,
            "isAttending": COLLECTOR in event.hosts,
            "isSaved": False,
            "networkEvent": None,
            "featuredEventPhoto": None,
            "feeSettings": formats.fee(event),
            "rsvpSettings": {"rsvpCloseTime": None, "rsvpOpenTime": None, "rsvpsClosed": False},
            "series": formats.series(event, group),
            "venues": formats.venues(event, group),
            "eventHosts": lambda: [self._host(number) for number in event.hosts],
            "group": lambda: self.group(group),
            "rsvps": lambda **asked: self._rsvps(group, event, **asked),
        }

    def _host(self, number: int) -> Json:
        return {"name": self.view.known[number].name, "member": lambda: self.member(number)}

    def _rsvps(
        self,
        group: Group,
        event: Event,
        first: int | None = None,
        after: str | None = None,
        **asked: Any,
    ) -> Json:
        """A page of RSVPs. Those of deleted accounts are counted in the total, but not shown."""
        found = lists.rsvps(self.view, group, event, **asked)
        is_deleted = self.view.meetup.is_deleted
        shown = [one for one in found if not is_deleted(one.rsvp.person, self.now)]
        page = connection(
            shown,
            lambda one: {"node": self.rsvp(group, event, one)},
            first,
            after,
            total=len(found),
        )
        given = [one.status for one in self.view.rsvps(event)]
        return page | {name: given.count(status) for name, status in COUNTS.items()}

    def rsvp(self, group: Group, event: Event, current: CurrentRsvp) -> Json:
        """Return an RSVP in its present status."""
        id, rsvp, at, status = current
        membership = group.membership_of.get(rsvp.person)
        is_member = membership is not None and membership.is_on_list(self.now)
        paid = "PAID" if status in DEFAULT_RSVP_STATUSES else "NONE"
        return {
            "id": str(id),
            "status": status,
            "guestsCount": rsvp.guests,
            "isFirstEvent": rsvp.is_first,
            "isHost": rsvp.is_host,
            "updated": iso(at, group.zone) if at else None,
            "payStatus": paid if event.fee else None,
            "answer": {"text": f"Vegetarian, {TEXT_MARK}"} if id % 23 == 0 else None,
            "member": lambda: self.member(rsvp.person),
            "membership": lambda: (
                self._membership(group, membership) if membership and is_member else None
            ),
            "event": lambda: self.event(group, event),
            "venue": lambda: formats.venue_of(rsvp, event, group),
        }
