"""The channels of a platform, and who joins which."""

import random

from connectors.sandbox.community import DAY, HOUR, SECOND, Person, World
from connectors.sandbox.conversation import Channel, Post, Stay
from connectors.sandbox.texture import TEXTURE, ChannelPlan

MINUTE = 60 * SECOND


def open_channels(world: World, rng: random.Random) -> list[Channel]:
    """Return the planned channels, and one more for every 150 members, created as it grows."""
    extra = min(80, world.members // 150)
    topics = [ChannelPlan(f"topic-{n + 1:02}", "questions", 2) for n in range(extra)]
    span = world.end - world.start
    channels = []
    for number, plan in enumerate([*TEXTURE.channels, *topics]):
        late = 0 if number < 5 else rng.random() * 0.6
        channel = Channel(number, plan, world.start + int(span * late) + number * MINUTE)
        if plan.was:
            channel.renamed_at = channel.created_at + (world.end - channel.created_at) // 2
        if plan.archived:
            channel.archived_at = world.end - int(span * rng.uniform(0.05, 0.3))
        channels.append(channel)
    return channels


def join_channels(channels: list[Channel], person: Person, rng: random.Random) -> list[Channel]:
    """Let a person join channels: the first three at once, others by interest.

    Returns the channels that they joined, each as often as its weight says.
    """
    weighted: list[Channel] = []
    for channel in _chosen(channels, person, rng):
        wait = rng.randrange(SECOND, 3 * SECOND)
        if channel.number >= 3:
            wait += int(rng.expovariate(1 / (8 * HOUR if channel.number < 5 else 9 * DAY)))
        joined_at = max(person.joined_at + wait, channel.created_at + rng.randrange(1, DAY))
        if channel.archived_at and joined_at >= channel.archived_at:
            continue
        if person.left_at and joined_at >= person.left_at:
            continue
        _join(channel, person, joined_at, rng)
        weighted += [channel] * channel.plan.weight
    return weighted


def _chosen(channels: list[Channel], person: Person, rng: random.Random) -> list[Channel]:
    if person.role in ("owner", "admin"):
        return channels
    public = [channel for channel in channels if channel.plan.kind != "private"]
    if person.role == "single_channel_guest":
        return [rng.choice([channel for channel in public[3:] if not channel.plan.archived])]
    share = min(0.6, 5 / len(public)) if person.habit == "silent" else min(0.8, 9 / len(public))
    return public[:5] + [channel for channel in public[5:] if rng.random() < share]


def _join(channel: Channel, person: Person, joined_at: int, rng: random.Random) -> None:
    channel.posts.append(Post(joined_at, person.number, "join"))
    left_at = person.left_at or 0
    if not left_at and channel.number >= 5 and rng.random() < 0.03:
        left_at = joined_at + rng.randrange(DAY, 200 * DAY)
        channel.posts.append(Post(left_at, person.number, "leave"))
    channel.stays[person.number] = Stay(joined_at, left_at)
