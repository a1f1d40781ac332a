"""Makes up RSVPs and check-ins: who says yes, who moves up from the waitlist, who comes."""

import random
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from connectors.meetup.sandbox.model import Event, Membership, Rsvp
from connectors.sandbox.community import DAY, HOUR, SECOND, World
from connectors.sandbox.texture import City

MINUTE = 60 * SECOND
EAGERNESS = {"silent": 0.35, "visitor": 0.5, "occasional": 0.8, "regular": 1.3, "core": 1.8}
FAITH = {"silent": 0.88, "visitor": 0.9, "occasional": 0.97, "regular": 1.04, "core": 1.1}


class Crowd:
    """A group's members in the order of joining, to be drawn by how eager they are."""

    def __init__(self, world: World, memberships: list[Membership]) -> None:
        self.people, self._start, self._memberships = world.people, world.start, memberships
        self._joins = [one.joined_at for one in memberships]
        weights = (EAGERNESS[self.people[one.person].habit] for one in memberships)
        self._sums = list(accumulate(weights))

    def size(self, at: int) -> int:
        """Return how many had joined by then."""
        return bisect_left(self._joins, at)

    def draw(self, rng: random.Random, event: Event, count: int) -> dict[int, Membership]:
        """Draw up to `count` different people who could come.

        Who is new, and who will be active in the month after, is drawn more often.
        """
        size = self.size(event.starts_at - HOUR)
        chosen: dict[int, Membership] = {}
        for _ in range(count if size else 0):
            drawn = bisect_left(self._sums, rng.random() * self._sums[size - 1])
            membership = self._memberships[drawn]
            if 0 < membership.left_at <= event.starts_at or membership.person in chosen:
                continue
            chance = 1.0 if event.starts_at - membership.joined_at < 60 * DAY else 0.75
            chance *= 1.0 if self._is_active_after(membership.person, event.starts_at) else 0.6
            if rng.random() < chance:
                chosen[membership.person] = membership
        return chosen

    def _is_active_after(self, person: int, at: int) -> bool:
        days = self.people[person].days
        today = (at - self._start) // DAY
        index = bisect_left(days, today)
        return index < len(days) and days[index] <= today + 30


class Seats:
    """The seats of one event: taken in the order of the RSVPs. `heads` counts guests, too."""

    def __init__(self, capacity: int) -> None:
        self._free = capacity or 1_000_000
        self._queue: list[int] = []
        self.heads: dict[int, int] = {}
        self.states: dict[int, list[int | str]] = {}

    def yes(self, at: int, person: int, heads: int) -> None:
        """Give a seat, or a place on the waitlist."""
        self.heads[person] = heads
        has_seat = heads <= self._free
        self.states[person] = [at, "YES" if has_seat else "WAITLIST"]
        if has_seat:
            self._free -= heads
        else:
            self._queue.append(person)

    def no(self, at: int, person: int) -> None:
        """Take a seat back; who waits longest and fits moves up."""
        if self.states.get(person, ["", ""])[-1] == "YES":
            self._free += self.heads[person]
        elif person in self._queue:
            self._queue.remove(person)
        self.states.setdefault(person, []).extend((at, "NO"))
        for waiting in list(self._queue):
            if self.heads[waiting] <= self._free:
                self._free -= self.heads[waiting]
                self._queue.remove(waiting)
                self.states[waiting].extend((at + 5 * SECOND, "YES"))


def add_rsvps(events: Sequence[Event], city: City, crowd: Crowd, rng: random.Random) -> None:
    """Fill the events, given by time of start, with RSVPs and check-ins."""
    seen: set[int] = set()
    for event in events:
        if event.announced_at:
            _add_rsvps(event, city, crowd, rng)
        for rsvp in event.rsvps:
            if rsvp.states[-1] in ("YES", "ATTENDED"):
                rsvp.is_first = rsvp.person not in seen
                seen.add(rsvp.person)


def _add_rsvps(event: Event, city: City, crowd: Crowd, rng: random.Random) -> None:
    seats = Seats(event.capacity)
    end = event.called_off_at or event.starts_at
    for at, person, kind in sorted(_responses(event, crowd, rng)):
        if at >= end:
            break
        if kind == "no":
            seats.no(at, person)
            continue
        guests = rng.choice([1, 1, 2]) if event.has_guests and rng.random() < 0.1 else 0
        seats.yes(at, person, 1 + guests)
    if event.fee:
        _pay_later(seats.states, end)
    if event.is_series and seats.states:
        firsts = sorted(int(states[0]) for states in seats.states.values())
        event.touched_at = firsts[-1] if rng.random() < 0.5 else firsts[len(firsts) // 3]
    if event.is_checked and not event.called_off_at:
        _check_in(event, city, crowd, seats.states, rng)
    event.rsvps = [
        Rsvp(
            person,
            seats.heads.get(person, 1) - 1,
            person in event.hosts,
            tuple(states),
            is_online=event.kind == "HYBRID" and person % 3 == 0,
        )
        for person, states in seats.states.items()
    ]
    event.rsvps.sort(key=lambda rsvp: (rsvp.states[0], rsvp.person))


def _pay_later(states: dict[int, list[int | str]], end: int) -> None:
    """A fifth pay two hours after their yes, if they stand by it until then."""
    for person, known in states.items():
        paid_at = int(known[0]) + 2 * HOUR
        changed_at = int(known[2]) if len(known) > 2 else end
        if person % 5 == 0 and known[1] == "YES" and paid_at < changed_at:
            known[1:1] = ["YES_PENDING_PAYMENT", paid_at]


def _responses(event: Event, crowd: Crowd, rng: random.Random) -> list[tuple[int, int, str]]:
    """Return the time, person and RSVP of each; one in seven who said yes takes it back."""
    responses = [(event.announced_at, host, "yes") for host in event.hosts]
    count = int((6 + 0.45 * crowd.size(event.starts_at)) * rng.uniform(0.6, 1.5))
    for person, membership in crowd.draw(rng, event, count).items():
        if person in event.hosts:
            continue
        begin = max(event.announced_at, membership.joined_at) + MINUTE
        at = min(begin + int(rng.expovariate(1 / (6 * DAY))), event.starts_at - 10 * MINUTE)
        responses.append((at, person, "yes" if rng.random() < 0.9 else "no"))
        if responses[-1][2] == "yes" and rng.random() < 0.14:
            responses.append((rng.randrange(at, event.starts_at) + 1, person, "no"))
    return responses


def _check_in(
    event: Event,
    city: City,
    crowd: Crowd,
    states: dict[int, list[int | str]],
    rng: random.Random,
) -> None:
    """Check people in: the same night, or up to weeks later."""
    is_late = rng.random() < 0.5
    at = event.ends_at + (
        rng.randrange(DAY, 20 * DAY) if is_late else rng.randrange(HOUR, 9 * HOUR)
    )
    notes_absent = rng.random() < 0.75
    mood = city.shows * rng.gauss(1.0, 0.08)
    mood *= 0.85 if event.kind == "ONLINE" else 1.25 if event.fee else 1.0
    for person, known in states.items():
        at += rng.randrange(2, 20) * SECOND
        comes = rng.random() < min(0.97, mood * FAITH[crowd.people[person].habit])
        if known[-1] == "YES" and (comes or person in event.hosts):
            known.extend((at, "ATTENDED"))
        elif known[-1] == "YES" and notes_absent:
            known.extend((at, "EXCUSED_ABSENCE" if rng.random() < 0.12 else "NO_SHOW"))
            if rng.random() < 0.04:  # was there after all
                known.extend((at + rng.randrange(HOUR, 5 * DAY), "ATTENDED"))
        elif known[-1] == "WAITLIST" and rng.random() < 0.15:
            known.extend((at, "ATTENDED"))
    for person in crowd.draw(rng, event, rng.randrange(2 + len(states) // 12)):
        if person not in states:
            states[person] = [at + SECOND, "ATTENDED"]
