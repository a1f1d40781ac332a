"""What is true of the made-up Meetup at one moment. RSVPs of deleted accounts are included."""

from bisect import bisect_right
from typing import NamedTuple

from connectors.meetup.sandbox.model import Event, Group, Membership, Rsvp
from connectors.meetup.sandbox.world import MeetupWorld
from connectors.sandbox.community import DAY, HOUR


class CurrentRsvp(NamedTuple):
    """An RSVP in its present status, and since when; `at` is 0 for somebody without an RSVP."""

    id: int
    rsvp: Rsvp
    at: int
    status: str


class View:
    """The groups as they are at `now`."""

    def __init__(self, meetup: MeetupWorld, now: int) -> None:
        self.meetup, self.now, self.people = meetup, now, meetup.world.people
        self.known = meetup.identities

    @property
    def groups(self) -> list[Group]:
        """The groups that have been founded."""
        return [group for group in self.meetup.groups if group.founded_at <= self.now]

    def groups_of(self, person: int) -> list[Group]:
        """Return the groups that a person is in."""
        groups = self.meetup.groups_of[person]
        return [group for group in groups if group.membership_of[person].is_on_list(self.now)]

    def rsvps(self, event: Event) -> list[CurrentRsvp]:
        """Return the RSVPs to an event, with ids that rise with the time of the first response."""
        found = []
        for id, rsvp in enumerate(event.rsvps, start=event.number * 100_000):
            state = rsvp.state(self.now)
            if state is not None:
                found.append(CurrentRsvp(id, rsvp, *state))
        return found

    def last_seen_at(self, group: Group, membership: Membership) -> int:
        """Return the last active day of a member, or the time of a later RSVP."""
        person, start = self.people[membership.person], self.meetup.world.start
        index = bisect_right(person.days, (self.now - start) // DAY - 1)
        last = start + person.days[index - 1] * DAY + 9 * HOUR if index else 0
        times = (int(rsvp.states[0]) for _, rsvp in group.rsvps_of.get(membership.person, ()))
        return max(last, membership.joined_at, *(at for at in times if at <= self.now))

    def no_shows(self, group: Group, person: int) -> int:
        """Count the events of a group that a person did not come to after a yes."""
        states = (rsvp.state(self.now) for _, rsvp in group.rsvps_of.get(person, ()))
        return sum(state is not None and state[1] == "NO_SHOW" for state in states)

    def attended(self, person: int) -> int:
        """Count the past events that a person said yes to or was checked in at."""
        count = 0
        for group in self.meetup.groups_of[person]:
            for event, rsvp in group.rsvps_of.get(person, ()):
                state = rsvp.state(self.now)
                is_past = event.status(self.now) == "PAST"
                count += is_past and state is not None and state[1] in ("YES", "ATTENDED")
        return count
