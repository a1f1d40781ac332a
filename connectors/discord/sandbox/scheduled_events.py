"""The scheduled events of the made-up Discord server, and who is interested in them."""

from bisect import bisect_right

import msgspec

from connectors.discord.sandbox.guild import Guild, snowflake
from connectors.sandbox.community import DAY, HOUR

_NAMES = ["Meetup online", "Reading circle", "Show and tell", "Office hours"]


class ScheduledEvent(msgspec.Struct, frozen=True):
    """One scheduled event; `cancelled_at` 0 means that it takes place."""

    id: int
    name: str
    created_at: int
    starts_at: int
    ends_at: int
    cancelled_at: int
    creator: int
    interested: tuple[tuple[int, int], ...]  # (time, person)

    def is_listed(self, now: int) -> bool:
        """Discord lists an event until it ends or is cancelled."""
        is_cancelled = 0 < self.cancelled_at <= now
        return self.created_at <= now < self.ends_at and not is_cancelled

    def people(self, now: int) -> list[int]:
        """Return the numbers of those who are interested as of `now`."""
        return [number for at, number in self.interested if at <= now]


def make_events(guild: Guild) -> list[ScheduledEvent]:
    """Return an event for every ten days, announced three weeks ahead."""
    world = guild.world
    rng = world.stream("discord-events")
    joins = [person.joined_at for person in world.people]
    events = []
    for index, day in enumerate(range(20, (world.horizon - world.start) // DAY, 10)):
        starts_at = world.start + day * DAY + 18 * HOUR
        created_at = starts_at - 21 * DAY
        known = bisect_right(joins, starts_at)
        crowd = rng.sample(range(known), min(known, rng.randrange(3, 130)))
        interested = tuple(
            (max(joins[number], created_at) + rng.randrange(DAY), number)
            for number in crowd
            if number in guild.identities
        )
        events.append(
            ScheduledEvent(
                snowflake(created_at, index),
                f"{_NAMES[index % len(_NAMES)]} {index + 1}",
                created_at,
                starts_at,
                starts_at + 2 * HOUR,
                starts_at - 2 * DAY if rng.random() < 0.15 else 0,
                rng.randrange(3),
                interested,
            )
        )
    return events
