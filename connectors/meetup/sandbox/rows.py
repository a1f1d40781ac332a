"""Chapters, members, events and answers as Meetup tells them at one moment."""

from bisect import bisect_right

from connectors.meetup.sandbox import lists as lists
from connectors.meetup.sandbox import shapes as shapes
from connectors.meetup.sandbox.answers import Answered, Gathering, Stay
from connectors.meetup.sandbox.lists import USUAL_STATUSES, Told
from connectors.meetup.sandbox.network import network
from connectors.meetup.sandbox.shapes import OFFICE, SITE, Json, iso
from connectors.meetup.sandbox.world import FIRST_MEMBER, Chapter, MeetupWorld
from connectors.sandbox.community import DAY, HOUR
from connectors.sandbox.text import TEXT_MARK

COLLECTOR = 0  # the person whose token the sandbox hands out


class Rows:
    """What can be seen at `now`, as dictionaries; a value that takes arguments is a function."""

    def __init__(self, meetup: MeetupWorld, now: int) -> None:
        self.meetup, self.now = meetup, now

    def group(self, chapter: Chapter) -> Json:
        """A chapter."""
        city = chapter.city
        own = chapter.stay_of.get(COLLECTOR)
        return {
            "id": str(chapter.id),
            "name": chapter.name,
            "urlname": chapter.urlname,
            "link": f"{SITE}/{chapter.urlname}",
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
            "foundedDate": iso(chapter.founded_at, chapter.zone),
            "proJoinDate": iso(chapter.founded_at + HOUR, OFFICE),
            "joinMode": "APPROVAL" if chapter.has_approval else "OPEN",
            "isPrivate": False,
            "isMember": own is not None,
            "isPrimaryOrganizer": chapter.stays[0].person == COLLECTOR,
            "customMemberLabel": "Makers",
            "keyGroupPhoto": None,
            "activeTopics": [{"id": "18062", "name": "Big Data", "urlkey": "big-data",
                              "description": None}],
            "topicCategory": {"id": "546", "name": "Technology", "urlkey": "technology",
                              "color": "#008294", "imageUrl": f"{SITE}/topics/546.png"},
            "organizer": lambda: self.member(chapter.stays[0].person),
            "membershipMetadata": lambda: own and self.membership(chapter, own),
            "proNetwork": lambda: network(self),
            "groupAnalytics": lambda: self.analytics(chapter),
            "stats": lambda: self._stats(chapter),
            "memberships": lambda **asked: lists.memberships(self, chapter, **asked),
            "events": lambda **asked: lists.events(self, chapter, **asked),
        }  # fmt: skip

    def _stats(self, chapter: Chapter) -> Json:
        members = chapter.members(self.now)
        counts = [stay.status(self.now) for stay in members]
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

    def analytics(self, chapter: Chapter) -> Json:
        """The numbers that a Pro network sees of a chapter."""
        events = [e for e in chapter.events if e.status(self.now) in ("PAST", "ACTIVE")]
        past = [e for e in events if e.status(self.now) == "PAST"]
        coming = [e for e in events if e.ends_at > self.now]
        yes: dict[int, int] = {}
        for event in past:
            for _, answered, _, status in self.told(event):
                if status in USUAL_STATUSES:
                    yes[answered.person] = yes.get(answered.person, 0) + 1
        total = sum(yes.values())
        return {
            "averageAge": 0.0,
            "averageRsvpsPerEvent": total / len(past) if past else 0.0,
            "genderMembershipRatios": dict.fromkeys(
                ("femaleRatio", "maleRatio", "otherRatio", "unknownRatio"), 0.0
            ),
            "lastEventDate": iso(past[-1].starts_at, chapter.zone) if past else None,
            "nextEventDate": iso(coming[0].starts_at, chapter.zone) if coming else None,
            "tieStatus": "ACTIVE",
            "totalMembers": len(chapter.members(self.now)),
            "totalPastEvents": len(past),
            "totalPastRsvps": total,
            "totalRepeatRsvpers": sum(count > 1 for count in yes.values()),
            "totalUpcomingEvents": len(coming),
        }

    def member(self, number: int) -> Json:
        """A person's account. An address is told to its owner alone, and to a network's search."""
        person = self.meetup.world.people[number]
        is_own = number == COLLECTOR
        chapters = self.meetup.chapters_of.get(number, [])
        leads = [c for c in chapters if c.stay_of[number].role != "MEMBER"]
        id = FIRST_MEMBER + number
        home = chapters[0].city if chapters and number % 4 else None
        return {
            "id": str(id),
            "name": person.name,
            "username": None,
            "email": person.email if is_own else "",
            "bio": f"Makes things, {TEXT_MARK}." if number % 3 == 0 else "",
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
            "highestCurrentRole": "MEMBER" if not leads else leads[0].stay_of[number].role,
            "isLeader": bool(leads),
            "isOrganizer": bool(leads),
            "isMemberPlusSubscriber": False,
            "isProOrganizer": is_own,
            "isProPrimaryOrganizer": is_own,
            "organizedGroupCount": len(leads),
            "adminProNetworks": lambda: [network(self)] if is_own else [],
        }

    def membership(self, chapter: Chapter, stay: Stay) -> Json:
        """Somebody's place in a chapter."""
        seen_at = self.seen_at(chapter, stay)
        return {
            "status": stay.status(self.now),
            "role": stay.role,
            "joinTime": iso(stay.joined_at, chapter.zone),
            "lastAccessTime": iso(seen_at, chapter.zone) if stay.person % 17 else None,
            "bio": f"I am new here: {TEXT_MARK}" if stay.person % 4 == 0 else None,
            "rsvpStats": lambda: {"noShowCount": self._no_shows(chapter, stay.person)},
        }

    def seen_at(self, chapter: Chapter, stay: Stay) -> int:
        """When a member was last here: the last day with a sign of life, or a later answer."""
        person, start = self.meetup.world.people[stay.person], self.meetup.world.start
        index = bisect_right(person.days, (self.now - start) // DAY - 1)
        last = start + person.days[index - 1] * DAY + 9 * HOUR if index else 0
        times = (int(one.states[0]) for _, one in chapter.answered.get(stay.person, ()))
        return max(last, stay.joined_at, *(at for at in times if at <= self.now))

    def _no_shows(self, chapter: Chapter, person: int) -> int:
        states = (one.state(self.now) for _, one in chapter.answered.get(person, ()))
        return sum(state is not None and state[1] == "NO_SHOW" for state in states)

    def event(self, chapter: Chapter, event: Gathering) -> Json:
        """An event."""
        begins = shapes.starts(event, chapter)
        seconds = event.number % 5 > 0
        return {
            "id": event.id(self.now),
            "token": event.token,
            "title": shapes.title(event, chapter),
            "description": shapes.description(event),
            "eventUrl": shapes.address(event, chapter, self.now),
            "status": event.status(self.now),
            "eventType": event.kind,
            "createdTime": iso(event.drafted_at, OFFICE),
            "dateTime": begins,
            "endTime": begins and iso(event.ends_at, chapter.zone, seconds=seconds),
            "duration": shapes.duration(event),
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
            "feeSettings": shapes.fee(event),
            "rsvpSettings": {"rsvpCloseTime": None, "rsvpOpenTime": None, "rsvpsClosed": False},
            "series": shapes.series(event, chapter),
            "venues": shapes.venues(event, chapter),
            "eventHosts": lambda: [self._host(number) for number in event.hosts],
            "group": lambda: self.group(chapter),
            "rsvps": lambda **asked: lists.rsvps(self, chapter, event, **asked),
        }

    def _host(self, number: int) -> Json:
        return {
            "name": self.meetup.world.people[number].name,
            "member": lambda: self.member(number),
        }

    def told(self, event: Gathering) -> list[Told]:
        """The answers to an event as of now, those of deleted accounts included."""
        found = []
        for id, answered in shapes.rsvp_ids(event):
            state = answered.state(self.now)
            if state is not None:
                found.append((id, answered, *state))
        return found

    def venue(self, chapter: Chapter, event: Gathering, answered: Answered) -> Json | None:
        """Which of an event's venues somebody comes to."""
        places = shapes.venues(event, chapter)
        return places[-1 if answered.is_online else 0] if places else None

    def rsvp(self, chapter: Chapter, event: Gathering, told: Told) -> Json:
        """An answer in its present state."""
        id, answered, at, status = told
        stay = chapter.stay_of.get(answered.person)
        is_member = stay is not None and stay.is_on_list(self.now)
        paid = "PAID" if status in USUAL_STATUSES else "NONE"
        return {
            "id": str(id),
            "status": status,
            "guestsCount": answered.guests,
            "isFirstEvent": answered.is_first,
            "isHost": answered.is_host,
            "updated": iso(at, chapter.zone) if at else None,
            "payStatus": paid if event.fee else None,
            "answer": {"text": f"Vegetarian, {TEXT_MARK}"} if id % 23 == 0 else None,
            "member": lambda: self.member(answered.person),
            "membership": lambda: self.membership(chapter, stay) if stay and is_member else None,
            "event": lambda: self.event(chapter, event),
            "venue": lambda: self.venue(chapter, event, answered),
        }
