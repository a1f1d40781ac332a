"""Who answers to an invitation, who moves up from the waitlist, who comes, and who notes it."""

import random
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

import msgspec

from connectors.sandbox.community import DAY, HOUR, SECOND, World
from connectors.sandbox.texture import City

MINUTE = 60 * SECOND
EAGERNESS = {"silent": 0.35, "visitor": 0.5, "occasional": 0.8, "regular": 1.3, "core": 1.8}
FAITH = {"silent": 0.88, "visitor": 0.9, "occasional": 0.97, "regular": 1.04, "core": 1.1}
States = tuple[int | str, ...]


class Stay(msgspec.Struct, gc=False):
    """One person's time in a chapter. `left_at` 0: still there. PENDING until `approved_at`."""

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


class Answered(msgspec.Struct, gc=False):
    """One person's relation to one event. `states`: a time, what is true from then on, and so on.

    A walk-in's first state is the mark. `is_online`: takes part in a hybrid event from home.
    """

    person: int
    guests: int
    is_host: bool
    states: States
    is_first: bool = False
    is_online: bool = False

    def state(self, now: int) -> tuple[int, str] | None:
        """The time and the status of the newest state as of `now`, None before the first."""
        found = None
        for index in range(0, len(self.states), 2):
            if self.states[index] > now:  # type: ignore[operator]
                break
            found = index
        return None if found is None else (self.states[found], self.states[found + 1])  # type: ignore[return-value]


class Gathering(msgspec.Struct):
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
    answers: list[Answered] = []  # in the order of the first state

    def id(self, now: int) -> str:
        """An event of a series has another id before it is touched."""
        is_touched = 0 < self.touched_at <= now
        return str(self.number) if is_touched or not self.is_series else self.token

    def status(self, now: int) -> str:
        """DRAFT, ACTIVE, PAST or CANCELLED."""
        if not 0 < self.announced_at <= now:
            return "DRAFT"
        if 0 < self.called_off_at <= now:
            return "CANCELLED"
        return "PAST" if self.ends_at <= now else "ACTIVE"


class Crowd:
    """A chapter's members in the order of joining, to be drawn by how eager they are."""

    def __init__(self, world: World, stays: list[Stay]) -> None:
        self.people, self._start, self._stays = world.people, world.start, stays
        self._joins = [stay.joined_at for stay in stays]
        self._sums = list(accumulate(EAGERNESS[self.people[stay.person].habit] for stay in stays))

    def size(self, at: int) -> int:
        """How many had joined by then."""
        return bisect_left(self._joins, at)

    def draw(self, rng: random.Random, event: Gathering, count: int) -> dict[int, Stay]:
        """Up to `count` different people who could come.

        Who is new, and who will be around in the month after, is drawn more often.
        """
        size = self.size(event.starts_at - HOUR)
        chosen: dict[int, Stay] = {}
        for _ in range(count if size else 0):
            stay = self._stays[bisect_left(self._sums, rng.random() * self._sums[size - 1])]
            if 0 < stay.left_at <= event.starts_at or stay.person in chosen:
                continue
            chance = 1.0 if event.starts_at - stay.joined_at < 60 * DAY else 0.75
            chance *= 1.0 if self._is_around_after(stay.person, event.starts_at) else 0.6
            if rng.random() < chance:
                chosen[stay.person] = stay
        return chosen

    def _is_around_after(self, person: int, at: int) -> bool:
        days = self.people[person].days
        today = (at - self._start) // DAY
        index = bisect_left(days, today)
        return index < len(days) and days[index] <= today + 30


class Door:
    """The seats of one event while people answer: taken in the order of answering."""

    def __init__(self, capacity: int) -> None:
        self._free = capacity or 1_000_000
        self._queue: list[int] = []
        self.heads: dict[int, int] = {}
        self.states: dict[int, list[int | str]] = {}

    def yes(self, at: int, person: int, heads: int) -> None:
        """A seat, or a place on the waitlist."""
        self.heads[person] = heads
        has_seat = heads <= self._free
        self.states[person] = [at, "YES" if has_seat else "WAITLIST"]
        if has_seat:
            self._free -= heads
        else:
            self._queue.append(person)

    def no(self, at: int, person: int) -> None:
        """A seat is given back; who waits longest and fits moves up."""
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


def answer_all(events: Sequence[Gathering], city: City, crowd: Crowd, rng: random.Random) -> None:
    """Fills the events, given by time of start, with answers and marks."""
    seen: set[int] = set()
    for event in events:
        if event.announced_at:
            _answer(event, city, crowd, rng)
        for answered in event.answers:
            if answered.states[-1] in ("YES", "ATTENDED"):
                answered.is_first = answered.person not in seen
                seen.add(answered.person)


def _answer(event: Gathering, city: City, crowd: Crowd, rng: random.Random) -> None:
    door = Door(event.capacity)
    end = event.called_off_at or event.starts_at
    for at, person, kind in sorted(_acts(event, crowd, rng)):
        if at >= end:
            break
        if kind == "no":
            door.no(at, person)
            continue
        guests = rng.choice([1, 1, 2]) if event.has_guests and rng.random() < 0.1 else 0
        door.yes(at, person, 1 + guests)
    if event.fee:
        _pay_later(door.states, end)
    if event.is_series and door.states:
        firsts = sorted(int(states[0]) for states in door.states.values())
        event.touched_at = firsts[-1] if rng.random() < 0.5 else firsts[len(firsts) // 3]
    if event.is_checked and not event.called_off_at:
        _note(event, city, crowd, door.states, rng)
    event.answers = [
        Answered(
            person,
            door.heads.get(person, 1) - 1,
            person in event.hosts,
            tuple(states),
            is_online=event.kind == "HYBRID" and person % 3 == 0,
        )
        for person, states in door.states.items()
    ]
    event.answers.sort(key=lambda answered: (answered.states[0], answered.person))


def _pay_later(states: dict[int, list[int | str]], end: int) -> None:
    """A fifth pay two hours after their yes, if they stand by it until then."""
    for person, known in states.items():
        paid_at = int(known[0]) + 2 * HOUR
        changed_at = int(known[2]) if len(known) > 2 else end
        if person % 5 == 0 and known[1] == "YES" and paid_at < changed_at:
            known[1:1] = ["YES_PENDING_PAYMENT", paid_at]


def _acts(event: Gathering, crowd: Crowd, rng: random.Random) -> list[tuple[int, int, str]]:
    """When who answers what: one in seven of those who said yes takes it back."""
    acts = [(event.announced_at, host, "yes") for host in event.hosts]
    count = int((6 + 0.45 * crowd.size(event.starts_at)) * rng.uniform(0.6, 1.5))
    for person, stay in crowd.draw(rng, event, count).items():
        if person in event.hosts:
            continue
        begin = max(event.announced_at, stay.joined_at) + MINUTE
        at = min(begin + int(rng.expovariate(1 / (6 * DAY))), event.starts_at - 10 * MINUTE)
        acts.append((at, person, "yes" if rng.random() < 0.9 else "no"))
        if acts[-1][2] == "yes" and rng.random() < 0.14:
            acts.append((rng.randrange(at, event.starts_at) + 1, person, "no"))
    return acts


def _note(
    event: Gathering,
    city: City,
    crowd: Crowd,
    states: dict[int, list[int | str]],
    rng: random.Random,
) -> None:
    """An organiser notes who came: the same night, or when there is time, up to weeks later."""
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
