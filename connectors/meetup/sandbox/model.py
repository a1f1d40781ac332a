"""A group of the made-up community with all its future: memberships, events and their RSVPs.

Every change has its time, so that what can be seen is a function of the clock.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

import msgspec

from connectors.sandbox.texture import TEXTURE, City

FIRST_MEMBER, FIRST_GROUP = 100_000_000, 30_000_000
CITIES = TEXTURE.gatherings.cities
States = tuple[int | str, ...]


class Membership(msgspec.Struct, gc=False):
    """One person's time in a group. `left_at` 0: still there. PENDING until `approved_at`."""

    person: int
    joined_at: int
    approved_at: int
    left_at: int
    role: str = "MEMBER"

    def is_on_list(self, now: int) -> bool:
        """Whether the person has joined and not left."""
        return self.joined_at <= now and not 0 < self.left_at <= now

    def status(self, now: int) -> str:
        """The membership's status as of `now`."""
        if self.role != "MEMBER":
            return "LEADER"
        return "ACTIVE" if self.approved_at <= now else "PENDING"


class Rsvp(msgspec.Struct, gc=False):
    """One person's RSVP and check-in for one event.

    `states` are times and statuses by turns: each status is true from the time before it. The first
    of a walk-in is the check-in. `is_online`: takes part in a hybrid event from home.
    """

    person: int
    guests: int
    is_host: bool
    states: States
    is_first: bool = False
    is_online: bool = False

    def state(self, now: int) -> tuple[int, str] | None:
        """Return the time and the status of the newest state as of `now`, None before the first."""
        found = None
        for index in range(0, len(self.states), 2):
            if self.states[index] > now:  # type: ignore[operator]
                break
            found = index
        return None if found is None else (self.states[found], self.states[found + 1])  # type: ignore[return-value]


class Event(msgspec.Struct):
    """One event with all its future. Times are 0 where it never happens; capacity 0: no limit."""

    number: int
    token: str
    kind: str  # PHYSICAL, ONLINE, HYBRID
    is_series: bool
    drafted_at: int
    announced_at: int
    starts_at: int
    ends_at: int
    called_off_at: int
    capacity: int
    fee: float
    has_guests: bool
    is_checked: bool
    hosts: tuple[int, ...]
    touched_at: int = 0
    rsvps: list[Rsvp] = []  # in the order of the first state

    def id(self, now: int) -> str:
        """Return the id, which in a series changes when the first person responds."""
        is_touched = 0 < self.touched_at <= now
        return str(self.number) if is_touched or not self.is_series else self.token

    def status(self, now: int) -> str:
        """DRAFT, ACTIVE, PAST or CANCELLED."""
        if not 0 < self.announced_at <= now:
            return "DRAFT"
        if 0 < self.called_off_at <= now:
            return "CANCELLED"
        return "PAST" if self.ends_at <= now else "ACTIVE"


@dataclass(eq=False)
class Group:
    """A group with all its future: members by time of joining, events by time of start."""

    number: int
    city: City
    founded_at: int
    memberships: list[Membership] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The group's id."""
        return FIRST_GROUP + self.number

    @property
    def name(self) -> str:
        """The city, with a number where it is not the first group there."""
        round = self.number // len(CITIES)
        return f"Makers {self.city.name}" + (f" {round + 1}" if round else "")

    @property
    def has_approval(self) -> bool:
        """Whether an organiser has to let people in."""
        return self.number % 3 == 1

    @cached_property
    def urlname(self) -> str:
        """The name in addresses."""
        return self.name.lower().replace("ã", "a").replace(" ", "-")

    @cached_property
    def zone(self) -> ZoneInfo:
        """The group's time zone."""
        return ZoneInfo(self.city.timezone)

    @cached_property
    def membership_of(self) -> dict[int, Membership]:
        """Members by the person's number."""
        return {one.person: one for one in self.memberships}

    @cached_property
    def rsvps_of(self) -> dict[int, list[tuple[Event, Rsvp]]]:
        """Events with the RSVP of a person, by the person's number and in order of start."""
        found: dict[int, list[tuple[Event, Rsvp]]] = {}
        for event in self.events:
            for rsvp in event.rsvps:
                found.setdefault(rsvp.person, []).append((event, rsvp))
        return found

    def members(self, now: int) -> list[Membership]:
        """Return who is on the list as of `now`, in the order of joining."""
        end = bisect_right(self.memberships, now, key=lambda one: one.joined_at)
        return [one for one in self.memberships[:end] if one.is_on_list(now)]
