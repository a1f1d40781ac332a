"""Made-up people and the days on which they are around, whatever platform they use.

Everything follows from (seed, members, days, end): the same four give the same world, byte for
byte, on every machine. Times are whole microseconds since 1970 in UTC.
"""

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from connectors.sandbox.texture import TEXTURE, Region
from connectors.timestamps import SECOND_MICROSECONDS, microseconds

SECOND = SECOND_MICROSECONDS
HOUR = 3600 * SECOND
DAY = 24 * HOUR
AHEAD_DAYS = 60
FEW_NAMES = 1_000  # more people than this need more names than the lists have
EMAIL_DOMAIN = "people.sandbox.invalid"


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up human; `number` counts up in the order of joining."""

    number: int
    name: str
    latin_name: str
    handle: str
    timezone: str
    timezone_label: str
    utc_offset: int
    role: str  # owner, admin, member, guest, single_channel_guest
    habit: str  # silent, visitor, occasional, regular, core
    joined_at: int
    left_at: int | None
    peak_hour: float
    days: tuple[int, ...] = field(repr=False)  # active days, counted from the world's start

    @property
    def email(self) -> str:
        """The person's made-up address."""
        return f"{self.handle}@{EMAIL_DOMAIN}"


@dataclass(frozen=True, eq=False)
class World:
    """A community from `start` over `end` to `horizon`.

    `end` is midnight UTC at the beginning of `end_date`, where the clock starts; `start` is `days`
    before it; nobody speaks after `horizon`.
    """

    seed: int
    members: int
    days: int
    end_date: date
    people: list[Person] = field(repr=False)
    start: int = field(init=False)
    end: int = field(init=False)
    horizon: int = field(init=False)

    def __post_init__(self) -> None:
        end = microseconds(datetime.combine(self.end_date, time(), UTC))
        object.__setattr__(self, "end", end)
        object.__setattr__(self, "start", end - self.days * DAY)
        object.__setattr__(self, "horizon", end + AHEAD_DAYS * DAY)

    def stream(self, name: str) -> random.Random:
        """Return a platform's own random numbers: a new platform leaves the others as they are."""
        return random.Random(f"{self.seed}/{self.members}/{self.days}/{self.end_date}/{name}")


def make_world(
    seed: int = 7, members: int = 300, days: int = 365, end: date | None = None
) -> World:
    """Return a world in which `members` people have joined by `end` (default 2026-06-01)."""
    world = World(seed, members, days, end or date(2026, 6, 1), [])
    rng = world.stream("people")
    calendar = _calendar(world)
    joins = sorted(_join_times(world, rng))
    handles: set[str] = set()
    for number, joined_at in enumerate(joins):
        world.people.append(_person(rng, world, number, joined_at, calendar, handles))
    return world


def _calendar(world: World) -> list[float]:
    """Return for each day how much of the usual activity it sees, 0 to 1."""
    plan = TEXTURE.calendar
    first = world.end_date - timedelta(days=world.days)
    life = []
    for index in range(world.days + AHEAD_DAYS):
        day = first + timedelta(days=index)
        share = plan.weekend_life if day.weekday() >= 5 else 1.0
        if 0.55 <= index / world.days < 0.68:
            share *= plan.slump_life
        if f"{day:%m-%d}" in plan.holidays:
            share *= plan.holiday_life
        life.append(share)
    return life


def _join_times(world: World, rng: random.Random) -> list[int]:
    """When people joined: founders at once, growth, waves after events, a slump."""
    founders = max(1, world.members // 10)
    weights = []
    for index in range(world.days + AHEAD_DAYS):
        weight = 0.5 + 1.5 * index / world.days
        weight *= 8 if index % 47 == 30 else 1
        weights.append(weight * (0.25 if 0.55 <= index / world.days < 0.68 else 1))
    coming = round(world.members * sum(weights[world.days :]) / sum(weights[: world.days]))
    days = [rng.randrange(max(1, world.days // 40)) for _ in range(founders)]
    days += rng.choices(range(world.days), weights[: world.days], k=world.members - founders)
    days += rng.choices(
        range(world.days, world.days + AHEAD_DAYS), weights[world.days :], k=max(2, coming)
    )
    return [world.start + day * DAY + rng.randrange(7 * HOUR, 22 * HOUR) for day in days]


def _person(
    rng: random.Random,
    world: World,
    number: int,
    joined_at: int,
    calendar: list[float],
    handles: set[str],
) -> Person:
    regions = TEXTURE.regions
    region = rng.choices(regions, [region.share for region in regions])[0]
    zone, label, offset = rng.choice(region.timezones)
    name, latin_name, handle = _name(rng, region, number)
    role, habit = _role_and_habit(rng, number, world.members)
    days = _days_around(rng, habit, (joined_at - world.start) // DAY, calendar)
    night_owl = rng.random() < 0.12
    return Person(
        number=number,
        name=name,
        latin_name=latin_name,
        handle=_unused(handle, handles),
        timezone=zone,
        timezone_label=label,
        utc_offset=offset,
        role=role,
        habit=habit,
        joined_at=joined_at,
        left_at=_leaving(rng, world, joined_at, days) if role == "member" else None,
        peak_hour=rng.gauss(23.5 if night_owl else 14.0, 1.5),
        days=days,
    )


def _leaving(rng: random.Random, world: World, joined_at: int, days: tuple[int, ...]) -> int | None:
    """When the account is deactivated: for a few, some time after the last active day."""
    if rng.random() >= 0.07:
        return None
    last = max(joined_at, world.start + days[-1] * DAY) if days else joined_at
    left_at = last + rng.randrange(2 * DAY, 75 * DAY)
    return left_at if left_at < world.horizon else None


def _name(rng: random.Random, region: Region, number: int) -> tuple[str, str, str]:
    """A name as its owner writes it, the same in Latin letters, and a handle."""
    given, family = rng.choice(region.given), rng.choice(region.family)
    if number >= FEW_NAMES:
        family = _hyphenated(family, rng.choice(region.family))
        given = _hyphenated(given, rng.choice(region.given)) if rng.random() < 0.5 else given
    written = f"{given.partition('|')[0]} {family.partition('|')[0]}"
    in_latin = [part.rpartition("|")[2] for part in (given, family)]
    latin = [part.lower() for part in in_latin]
    handle = rng.choice([".".join(latin), latin[0] + latin[1][0], "_".join(latin), latin[0]])
    if 3 <= number < 3 + len(TEXTURE.awkward.names):
        return (awkward := TEXTURE.awkward.names[number - 3]), awkward, handle
    return written, " ".join(in_latin), handle


def _hyphenated(one: str, other: str) -> str:
    """Two names as one, in both scripts; the same name twice is that name."""
    if one == other:
        return one
    written, in_latin = (f"{one.split('|')[n]}-{other.split('|')[n]}" for n in (0, -1))
    return f"{written}|{in_latin}"


def _unused(handle: str, taken: set[str]) -> str:
    candidate, count = handle, 1
    while candidate in taken:
        count += 1
        candidate = f"{handle}{count}"
    taken.add(candidate)
    return candidate


def _role_and_habit(rng: random.Random, number: int, members: int) -> tuple[str, str]:
    """The first few run the community."""
    if number < 3:
        return ("owner" if number == 0 else "admin"), "core"
    if number < 3 + len(TEXTURE.awkward.names):
        return "member", "regular"
    kinds = ["member", "guest", "single_channel_guest"]
    role = rng.choices(kinds, [94, 5, 1])[0]
    habits = ["silent", "visitor", "occasional", "regular", "core"]
    founder = number < members // 10
    return role, rng.choices(habits, [15, 10, 25, 38, 12] if founder else [38, 23, 22, 14, 3])[0]


_LIVES = {  # mean length of a spell in days, lowest and highest chance of an active day
    "visitor": (12.0, 0.2, 0.5),
    "occasional": (160.0, 0.03, 0.12),
    "regular": (240.0, 0.2, 0.5),
    "core": (600.0, 0.65, 0.9),
}


def _days_around(
    rng: random.Random, habit: str, joined: int, calendar: list[float]
) -> tuple[int, ...]:
    """Return the active days, in spells; some wait before the first, some come back after a gap."""
    if habit == "silent":
        return ()
    mean, low, high = _LIVES[habit]
    first = joined + (rng.randrange(15, 120) if rng.random() < 0.08 else 0)
    days: list[int] = []
    for _ in range(4):
        last = min(len(calendar), first + 2 + int(rng.expovariate(1 / mean)))
        chance = rng.uniform(low, high)
        pace = math.log1p(-chance)
        day = first if not days else first + int(math.log(1 - rng.random()) / pace)
        while day < last:
            if rng.random() < calendar[day] or day == joined:
                days.append(day)
            day += 1 + int(math.log(1 - rng.random()) / pace)
        first = last + rng.randrange(35, 160)
        if habit == "visitor" or rng.random() > 0.4:
            break
    return tuple(days)
