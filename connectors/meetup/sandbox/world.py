"""What the people of a world do on Meetup: chapters of one network, who joins them, their events.

Everything follows from `world.stream("meetup")`. An act has its time, so that what can be seen is a
function of the clock.
"""

import random
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from connectors.meetup.sandbox.answers import Answered, Crowd, Gathering, Stay, answer_all
from connectors.sandbox.community import DAY, HOUR, SECOND, Person, World, microseconds
from connectors.sandbox.texture import TEXTURE, City

NETWORK = "made-up-makers"
NETWORK_ID = 559_000_000_000_000_001
FIRST_MEMBER, FIRST_GROUP = 100_000_000, 30_000_000
MINUTE = 60 * SECOND
CITIES = TEXTURE.gatherings.cities
LEADERS = ("ORGANIZER", "COORGANIZER", "EVENT_ORGANIZER")


@dataclass(eq=False)
class Chapter:
    """A group with all its future: members by time of joining, events by time of start."""

    number: int
    city: City
    founded_at: int
    stays: list[Stay] = field(default_factory=list)
    events: list[Gathering] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The group's id."""
        return FIRST_GROUP + self.number

    @property
    def name(self) -> str:
        """The city, with a number where it is not the first chapter there."""
        round = self.number // len(CITIES)
        return f"Makers {self.city.name}" + (f" {round + 1}" if round else "")

    @property
    def has_approval(self) -> bool:
        """Whether an organiser has to let people in."""
        return self.number % 3 == 1

    @cached_property
    def urlname(self) -> str:
        """The name in addresses."""
        plain = self.name.lower().replace("ã", "a")
        return plain.replace(" ", "-")

    @cached_property
    def zone(self) -> ZoneInfo:
        """The chapter's time zone."""
        return ZoneInfo(self.city.timezone)

    @cached_property
    def stay_of(self) -> dict[int, Stay]:
        """Members by the person's number."""
        return {stay.person: stay for stay in self.stays}

    @cached_property
    def answered(self) -> dict[int, list[tuple[Gathering, Answered]]]:
        """What each person has to do with the chapter's events, by time of start."""
        found: dict[int, list[tuple[Gathering, Answered]]] = {}
        for event in self.events:
            for answered in event.answers:
                found.setdefault(answered.person, []).append((event, answered))
        return found

    def members(self, now: int) -> list[Stay]:
        """Who is on the list as of `now`, in the order of joining."""
        end = bisect_right(self.stays, now, key=lambda stay: stay.joined_at)
        return [stay for stay in self.stays[:end] if stay.is_on_list(now)]


class MeetupWorld:
    """The network's chapters. How many there are follows from the members, unless it is given."""

    def __init__(self, world: World, chapters: int | None = None) -> None:
        self.world = world
        rng = world.stream("meetup")
        usual = 2 + min(2, world.members // 200) if world.members < 2000 else world.members // 500
        count = chapters or usual
        span = world.end - world.start
        self.chapters = [
            Chapter(n, CITIES[n % len(CITIES)], world.start - 60 * DAY + span * n // (2 * count))
            for n in range(count)
        ]
        self._enter(rng)
        for chapter in self.chapters:
            _schedule(chapter, world, rng)
            answer_all(chapter.events, chapter.city, Crowd(world, chapter.stays), rng)

    @cached_property
    def events(self) -> dict[int, tuple[Chapter, Gathering]]:
        """Every event by its number."""
        return {event.number: (c, event) for c in self.chapters for event in c.events}

    def find(self, id: str, now: int) -> tuple[Chapter, Gathering] | None:
        """The event that has this id as of `now`; a former id finds nothing."""
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
    def chapters_of(self) -> dict[int, list[Chapter]]:
        """The chapters that each person ever joins."""
        found: dict[int, list[Chapter]] = {}
        for chapter in self.chapters:
            for stay in chapter.stays:
                found.setdefault(stay.person, []).append(chapter)
        return found

    @cached_property
    def _deleted_at(self) -> dict[int, int]:
        """When accounts are deleted: every second one that has left its last chapter."""
        found = {}
        for person, chapters in self.chapters_of.items():
            times = [chapter.stay_of[person].left_at for chapter in chapters]
            if person % 2 == 0 and all(times):
                found[person] = max(times)
        return found

    def is_deleted(self, person: int, now: int) -> bool:
        """Whether the account is gone: its answers are still counted, but no longer told."""
        return self._deleted_at.get(person, now + 1) <= now

    def _enter(self, rng: random.Random) -> None:
        """Lets people into the chapters near them, and a few into another one as well."""
        near = _near(self.chapters)
        for person in self.world.people:
            if person.number and rng.random() > 0.75:
                continue
            home = self.chapters[0]
            if person.number:
                home = rng.choice(near[min(near, key=lambda o: abs(o - person.utc_offset))])
            home.stays.append(_stay(home, person, self.world, rng))
            if rng.random() < 0.1:
                other = rng.choice(self.chapters)
                if other is not home:
                    other.stays.append(_stay(other, person, self.world, rng))
        for chapter in self.chapters:
            _lead(chapter, self.world)
            chapter.stays.sort(key=lambda stay: (stay.joined_at, stay.person))


def _near(chapters: list[Chapter]) -> dict[int, list[Chapter]]:
    """Chapters by seconds east of UTC, in winter."""
    winter = datetime(2026, 1, 15)
    found: dict[int, list[Chapter]] = {}
    for chapter in chapters:
        offset = chapter.zone.utcoffset(winter) or timedelta()
        found.setdefault(int(offset.total_seconds()), []).append(chapter)
    return found


def _stay(chapter: Chapter, person: Person, world: World, rng: random.Random) -> Stay:
    """Some know a chapter before they know the rest of the community, most find it later."""
    if rng.random() < 0.35:
        joined_at = person.joined_at - rng.randrange(DAY, 60 * DAY)
    else:
        joined_at = person.joined_at + int(rng.expovariate(1 / (20 * DAY)))
    joined_at = max(joined_at, chapter.founded_at + HOUR + int(rng.expovariate(1 / (5 * DAY))))
    left_at = person.left_at or 0
    if rng.random() < 0.12:
        leaving = joined_at + int(rng.expovariate(1 / (120 * DAY)))
        left_at = min(leaving, left_at or leaving)
    if 0 < left_at <= joined_at:
        joined_at = left_at - HOUR
    waits = chapter.has_approval and rng.random() < 0.5
    approved_at = joined_at + (rng.randrange(HOUR, 4 * DAY) if waits else 0)
    return Stay(person.number, joined_at, approved_at, left_at)


def _lead(chapter: Chapter, world: World) -> None:
    """The three who were there first run the chapter from its beginning."""
    known = {stay.person for stay in chapter.stays}
    for person in world.people[: 3 if len(known) < 3 else 0]:
        if person.number not in known:
            chapter.stays.append(Stay(person.number, 0, 0, 0))
    steady = [stay for stay in chapter.stays if world.people[stay.person].left_at is None]
    steady.sort(key=lambda stay: stay.person)
    for place, (stay, role) in enumerate(zip(steady, LEADERS, strict=False)):
        stay.joined_at = stay.approved_at = chapter.founded_at + place * MINUTE
        stay.left_at, stay.role = 0, role


def _schedule(chapter: Chapter, world: World, rng: random.Random) -> None:
    """A monthly series, single events between, and drafts that are never announced."""
    weekday, week = rng.randrange(5), rng.randrange(4)
    first = datetime.fromtimestamp(chapter.founded_at // SECOND, UTC).replace(day=1)
    month = 0
    while True:
        year, index = divmod(first.year * 12 + first.month - 1 + month, 12)
        begin = datetime(year, index + 1, 1, tzinfo=chapter.zone)
        if microseconds(begin) >= world.horizon:
            break
        day = 1 + (weekday - begin.weekday()) % 7 + 7 * week
        _add(chapter, world, rng, begin.replace(day=day, hour=18, minute=30), is_series=True)
        for _ in range(rng.choices([0, 1, 2, 3], [25, 45, 20, 10])[0]):
            hour = rng.choices([9, 14, 19, 23], [2, 2, 5, 1])[0]
            moment = begin.replace(day=rng.randrange(1, 29), hour=hour, minute=0)
            if hour == 23:  # the last evening of a month, which is another month elsewhere
                moment = (begin + timedelta(days=32)).replace(day=1, hour=23) - timedelta(days=1)
            _add(chapter, world, rng, moment, is_series=False)
        month += 1
    chapter.events.sort(key=lambda event: (event.starts_at, event.number))


def _add(
    chapter: Chapter, world: World, rng: random.Random, moment: datetime, *, is_series: bool
) -> None:
    starts_at = microseconds(moment)
    announced_at = starts_at - rng.randrange(15 * DAY, 32 * DAY)
    if announced_at <= chapter.founded_at or starts_at >= world.horizon:
        return
    number = 300_000_000 + 10_000 * chapter.number + len(chapter.events)
    kinds = ["PHYSICAL", "ONLINE", "HYBRID"]
    kind = "ONLINE" if moment.hour == 23 else rng.choices(kinds, [70, 20, 10])[0]
    leaders = [stay.person for stay in chapter.stays if stay.role != "MEMBER"]
    is_forgotten = not is_series and rng.random() < 0.08
    is_called_off = rng.random() < 0.08
    size = bisect_left(chapter.stays, starts_at, key=lambda stay: stay.joined_at)
    has_limit = kind != "ONLINE" and rng.random() < 0.6
    chapter.events.append(
        Gathering(
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
            is_checked=rng.random() < chapter.city.checked,
            hosts=tuple(rng.sample(leaders, min(len(leaders), rng.choice([1, 1, 2])))),
        )
    )


def _token(number: int) -> str:
    """The letters that stand for an event of a series, as long as nobody has touched it."""
    letters = "bcdfghjklmnpqrstvwxyz"
    scrambled, word = number * 2_654_435_761 % (21**9), ""
    for _ in range(9):
        scrambled, index = divmod(scrambled, 21)
        word += letters[index]
    return f"{word}qbp"
