"""Makes up what the people of a world do on Meetup: groups of one network, members, events.

Everything follows from `world.stream("meetup")`.
"""

import random
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import cached_property

from connectors.meetup.sandbox.model import CITIES, Event, Group, Membership
from connectors.meetup.sandbox.rsvps import Crowd, add_rsvps
from connectors.sandbox.community import DAY, HOUR, SECOND, Person, World
from connectors.sandbox.identities import identities
from connectors.timestamps import microseconds

NETWORK = "made-up-makers"
NETWORK_ID = 559_000_000_000_000_001
MINUTE = 60 * SECOND
LEADERS = ("ORGANIZER", "COORGANIZER", "EVENT_ORGANIZER")


class MeetupWorld:
    """The network's groups. How many there are follows from the members, unless it is given."""

    def __init__(self, world: World, groups: int | None = None) -> None:
        self.world, self.identities = world, identities(world, "meetup")
        rng = world.stream("meetup")
        usual = 2 + min(2, world.members // 200) if world.members < 2000 else world.members // 500
        count = groups or usual
        span = world.end - world.start
        self.groups = [
            Group(n, CITIES[n % len(CITIES)], world.start - 60 * DAY + span * n // (2 * count))
            for n in range(count)
        ]
        self._enter(rng)
        for group in self.groups:
            _schedule(group, world, rng)
            add_rsvps(group.events, group.city, Crowd(world, group.memberships), rng)

    @cached_property
    def events(self) -> dict[int, tuple[Group, Event]]:
        """Every event by its number."""
        return {event.number: (c, event) for c in self.groups for event in c.events}

    def find(self, id: str, now: int) -> tuple[Group, Event] | None:
        """Return the event that has this id as of `now`; a former id finds nothing."""
        number = self._numbers.get(id)
        if number is None:
            return None
        found = self.events[number]
        return found if found[1].drafted_at <= now and found[1].id(now) == id else None

    @cached_property
    def _numbers(self) -> dict[str, int]:
        ids = [(event.number, event) for _, event in self.events.values()]
        return {str(n): n for n, _ in ids} | {event.token: n for n, event in ids}

    @cached_property
    def groups_of(self) -> dict[int, list[Group]]:
        """The groups that each person ever joins."""
        found: dict[int, list[Group]] = {}
        for group in self.groups:
            for membership in group.memberships:
                found.setdefault(membership.person, []).append(group)
        return found

    @cached_property
    def _deleted_at(self) -> dict[int, int]:
        """When accounts are deleted: every second one that has left its last group."""
        found = {}
        for person, groups in self.groups_of.items():
            times = [group.membership_of[person].left_at for group in groups]
            if person % 2 == 0 and all(times):
                found[person] = max(times)
        return found

    def is_deleted(self, person: int, now: int) -> bool:
        """Whether the account is deleted: its RSVPs are still counted, but no longer shown."""
        return self._deleted_at.get(person, now + 1) <= now

    def _enter(self, rng: random.Random) -> None:
        """Let people into the groups near them, and a few into another one as well."""
        near = _near(self.groups)
        for person in self.world.people:
            if person.number not in self.identities or (person.number and rng.random() > 0.75):
                continue
            home = self.groups[0]
            if person.number:
                home = rng.choice(near[min(near, key=lambda o: abs(o - person.utc_offset))])
            home.memberships.append(_membership(home, person, self.world, rng))
            if rng.random() < 0.1:
                other = rng.choice(self.groups)
                if other is not home:
                    other.memberships.append(_membership(other, person, self.world, rng))
        for group in self.groups:
            _lead(group, self.world)
            group.memberships.sort(key=lambda one: (one.joined_at, one.person))


def _near(groups: list[Group]) -> dict[int, list[Group]]:
    """Return groups by seconds east of UTC, in winter."""
    winter = datetime(2026, 1, 15)
    found: dict[int, list[Group]] = {}
    for group in groups:
        offset = group.zone.utcoffset(winter) or timedelta()
        found.setdefault(int(offset.total_seconds()), []).append(group)
    return found


def _membership(group: Group, person: Person, world: World, rng: random.Random) -> Membership:
    """Some know a group before they know the rest of the community, most find it later."""
    if rng.random() < 0.35:
        joined_at = person.joined_at - rng.randrange(DAY, 60 * DAY)
    else:
        joined_at = person.joined_at + int(rng.expovariate(1 / (20 * DAY)))
    joined_at = max(joined_at, group.founded_at + HOUR + int(rng.expovariate(1 / (5 * DAY))))
    left_at = person.left_at or 0
    if rng.random() < 0.12:
        leaving = joined_at + int(rng.expovariate(1 / (120 * DAY)))
        left_at = min(leaving, left_at or leaving)
    if 0 < left_at <= joined_at:
        joined_at = left_at - HOUR
    waits = group.has_approval and rng.random() < 0.5
    approved_at = joined_at + (rng.randrange(HOUR, 4 * DAY) if waits else 0)
    return Membership(person.number, joined_at, approved_at, left_at)


def _lead(group: Group, world: World) -> None:
    """Make the three who were there first its organisers, from its beginning."""
    known = {one.person for one in group.memberships}
    for person in world.people[: 3 if len(known) < 3 else 0]:
        if person.number not in known:
            group.memberships.append(Membership(person.number, 0, 0, 0))
    steady = [one for one in group.memberships if world.people[one.person].left_at is None]
    steady.sort(key=lambda one: one.person)
    for place, (membership, role) in enumerate(zip(steady, LEADERS, strict=False)):
        membership.joined_at = membership.approved_at = group.founded_at + place * MINUTE
        membership.left_at, membership.role = 0, role


def _schedule(group: Group, world: World, rng: random.Random) -> None:
    """Add a monthly series, single events between, and drafts that are never announced."""
    weekday, week = rng.randrange(5), rng.randrange(4)
    first = datetime.fromtimestamp(group.founded_at // SECOND, UTC).replace(day=1)
    month = 0
    while True:
        year, index = divmod(first.year * 12 + first.month - 1 + month, 12)
        begin = datetime(year, index + 1, 1, tzinfo=group.zone)
        if microseconds(begin) >= world.horizon:
            break
        day = 1 + (weekday - begin.weekday()) % 7 + 7 * week
        _add(group, world, rng, begin.replace(day=day, hour=18, minute=30), is_series=True)
        for _ in range(rng.choices([0, 1, 2, 3], [25, 45, 20, 10])[0]):
            hour = rng.choices([9, 14, 19, 23], [2, 2, 5, 1])[0]
            moment = begin.replace(day=rng.randrange(1, 29), hour=hour, minute=0)
            if hour == 23:  # the last evening of a month, which is another month elsewhere
                moment = (begin + timedelta(days=32)).replace(day=1, hour=23) - timedelta(days=1)
            _add(group, world, rng, moment, is_series=False)
        month += 1
    group.events.sort(key=lambda event: (event.starts_at, event.number))


def _add(
    group: Group, world: World, rng: random.Random, moment: datetime, *, is_series: bool
) -> None:
    starts_at = microseconds(moment)
    announced_at = starts_at - rng.randrange(15 * DAY, 32 * DAY)
    if announced_at <= group.founded_at or starts_at >= world.horizon:
        return
    number = 300_000_000 + 10_000 * group.number + len(group.events)
    kinds = ["PHYSICAL", "ONLINE", "HYBRID"]
    kind = "ONLINE" if moment.hour == 23 else rng.choices(kinds, [70, 20, 10])[0]
    leaders = [one.person for one in group.memberships if one.role != "MEMBER"]
    is_forgotten = not is_series and rng.random() < 0.08
    is_called_off = rng.random() < 0.08
    size = bisect_left(group.memberships, starts_at, key=lambda one: one.joined_at)
    has_limit = kind != "ONLINE" and rng.random() < 0.6
    group.events.append(
        Event(
            number=number,
            token=_token(number) if is_series else str(number),
            kind=kind,
            is_series=is_series,
            drafted_at=announced_at - rng.randrange(HOUR, 9 * DAY),
            announced_at=0 if is_forgotten else announced_at,
            starts_at=starts_at,
            ends_at=starts_at + rng.choice([90, 120, 180, 300]) * MINUTE,
            called_off_at=starts_at - rng.randrange(DAY, 10 * DAY) if is_called_off else 0,
            capacity=max(6, int(size * rng.uniform(0.08, 0.16))) if has_limit else 0,
            fee=rng.choice([5.0, 10.0]) if kind == "PHYSICAL" and rng.random() < 0.15 else 0.0,
            has_guests=kind != "ONLINE" and rng.random() < 0.5,
            is_checked=rng.random() < group.city.checked,
            hosts=tuple(rng.sample(leaders, min(len(leaders), rng.choice([1, 1, 2])))),
        )
    )


def _token(number: int) -> str:
    """Return the letters that are the id of an event of a series until somebody responds."""
    letters = "bcdfghjklmnpqrstvwxyz"
    scrambled, word = number * 2_654_435_761 % (21**9), ""
    for _ in range(9):
        scrambled, index = divmod(scrambled, 21)
        word += letters[index]
    return f"{word}qbp"
