"""Fills the channels of a platform with posts, day by day."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.sandbox.channels import MINUTE, join_channels, open_channels
from connectors.sandbox.community import DAY, HOUR, SECOND, Person, World
from connectors.sandbox.conversation import (
    BOTS,
    COLLECTOR,
    STRANGERS,
    SYSTEM,
    Channel,
    Post,
    bot_author,
    stranger_author,
)
from connectors.sandbox.identities import identities
from connectors.sandbox.texture import TEXTURE

FEWEST_FOR_ROBOTS = 100  # a smaller community would hear nothing else
RECENT = 14  # so many openers of a channel are still replied to
_TALKATIVE = {"visitor": 0.5, "occasional": 0.35, "regular": 0.62, "core": 0.8}
_REPLIED_TO_AT_ONCE = {"questions": 0.55, "general": 0.25, "introductions": 0.35, "chatter": 0.2}
_REPLYING = {"questions": 0.55, "announcements": 0.7, "general": 0.4, "introductions": 0.5}


@dataclass
class Talk:
    """All channels of one platform while they are filled, from one stream of random numbers."""

    world: World
    rng: random.Random
    channels: list[Channel]
    people: list[Person] = field(default_factory=list)  # those who are on this platform
    channels_of: dict[int, list[Channel]] = field(default_factory=dict)  # repeated by weight
    today: list[int] = field(default_factory=list)  # who says something today


def talk(world: World, platform: str) -> list[Channel]:
    """Return the channels of one platform with all that is said in them until the horizon."""
    rng = world.stream(platform)
    state = Talk(world, rng, open_channels(world, rng))
    there = identities(world, platform)
    state.people = [person for person in world.people if person.number in there]
    for person in state.people:
        state.channels_of[person.number] = join_channels(state.channels, person, rng)
    _say_everything(state)
    _robots(state)
    for channel in state.channels:
        _bots_and_strangers(state, channel)
        _housekeeping(state, channel)
        channel.close()
    return state.channels


def _say_everything(state: Talk) -> None:
    days: list[list[int]] = [[] for _ in range((state.world.horizon - state.world.start) // DAY)]
    for person in state.people:
        for day in person.days:
            days[day].append(person.number)
    for day, around in enumerate(days):
        state.today = around
        moments = sorted(moment for n in around for moment in _moments(state, day, n))
        for at, number in moments:
            _say_something(state, at, state.world.people[number])
        if len(around) > 3 and state.rng.random() < 0.3:
            _huddle(state, day)


def _moments(state: Talk, day: int, number: int) -> list[tuple[int, int]]:
    """Return when a person posts on a day: around their peak hour, by their own clock."""
    rng, person = state.rng, state.world.people[number]
    more = _TALKATIVE[person.habit]
    moments = []
    while True:
        hour = rng.gauss(person.peak_hour, 2.6)
        local = state.world.start + day * DAY + int(hour * HOUR)
        at = local - person.utc_offset * SECOND
        if at < person.joined_at + MINUTE:
            at = person.joined_at + MINUTE + int(rng.expovariate(1 / HOUR))
        if at < (person.left_at or state.world.horizon):
            moments.append((at, number))
        if rng.random() > more:
            return moments


def _say_something(state: Talk, at: int, person: Person) -> None:
    """Let a person post once: a reply to an earlier opener, or an opener."""
    rng = state.rng
    channels = state.channels_of[person.number]
    if not channels:
        return
    channel = rng.choice(channels)
    stay = channel.stays.get(person.number)
    closed = channel.archived_at and at >= channel.archived_at
    if stay is None or closed or at < stay.joined_at or 0 < stay.left_at <= at:
        return
    if channel.openers and rng.random() < _REPLYING.get(channel.plan.kind, 0.25):
        root = _opener_to_reply_to(rng, channel)
        if root.at < at and not 0 < root.deleted_at <= at:
            _reply(state, channel, root, at, person.number)
            return
    _open(state, channel, at, person)


def _opener_to_reply_to(rng: random.Random, channel: Channel) -> Post:
    """Return mostly one of the newest openers, now and then a very old one."""
    if rng.random() < 0.02:
        return rng.choice(channel.openers)
    back = min(RECENT, len(channel.openers), 1 + int(rng.expovariate(0.45)))
    return channel.openers[-back]


def _open(state: Talk, channel: Channel, at: int, person: Person) -> None:
    rng = state.rng
    chance = rng.random()
    kind = "me" if chance < 0.006 else "file" if chance < 0.04 else "message"
    post = Post(at, person.number, kind)
    if chance > 0.997:
        post.via = 2
    _afterlife(state, channel, post)
    channel.posts.append(post)
    channel.openers.append(post)
    if rng.random() < _REPLIED_TO_AT_ONCE.get(channel.plan.kind, 0.1):
        _reply_soon(state, channel, post)


def _reply_soon(state: Talk, channel: Channel, post: Post) -> None:
    """Add replies within minutes or hours by those active that day; at times a thank-you."""
    rng, at = state.rng, post.at
    while True:
        at += int(rng.lognormvariate(6.3, 1.2) * SECOND)
        number = rng.choice(state.today)
        stay = channel.stays.get(number)
        gone = 0 < post.deleted_at <= at or (channel.archived_at and at >= channel.archived_at)
        if gone or stay is None or at < stay.joined_at or 0 < stay.left_at <= at:
            return
        _reply(state, channel, post, at, number)
        if rng.random() < 0.35:
            at += rng.randrange(30 * SECOND, HOUR)
            _reply(state, channel, post, at, post.author)
        if rng.random() < 0.45:
            return


def _reply(state: Talk, channel: Channel, root: Post, at: int, author: int) -> None:
    reply = Post(at, author, "message", root=root, is_broadcast=state.rng.random() < 0.04)
    _afterlife(state, channel, reply)
    channel.posts.append(reply)
    if root.replies is None:
        root.replies = []
    root.replies.append(reply)


def _afterlife(state: Talk, channel: Channel, post: Post) -> None:
    """Have a post edited, deleted and reacted to, mostly soon and sometimes much later."""
    rng = state.rng
    chance = rng.random()
    if chance < 0.045:
        post.edited_at = post.at + int(rng.expovariate(1 / (10 * MINUTE))) + SECOND
    elif chance < 0.05:
        post.edited_at = post.at + rng.randrange(DAY, 40 * DAY)
    chance = rng.random()
    if chance < 0.012:
        post.deleted_at = post.at + int(rng.expovariate(1 / (2 * HOUR))) + SECOND
    elif chance < 0.016:
        post.deleted_at = post.at + rng.randrange(DAY, 60 * DAY)
    popular = channel.plan.kind == "announcements" and post.root is None
    if rng.random() < (0.9 if popular else 0.18):
        post.reactions = _reactions(state, channel, post.at, popular)


def _reactions(
    state: Talk, channel: Channel, at: int, popular: bool
) -> tuple[tuple[int, int, int], ...]:
    """Return reactions of those active that day; to a popular post, of all others, too."""
    rng = state.rng
    crowd: Sequence[int] = range(len(state.world.people)) if popular else state.today
    count = rng.randrange(5, 90) if popular else 1 + int(rng.expovariate(0.8))
    given = []
    for number in rng.sample(crowd, min(len(crowd), count)):
        stay = channel.stays.get(number)
        if stay and stay.joined_at < at and not 0 < stay.left_at <= at:
            emoji = min(len(TEXTURE.words.emoji) - 1, int(rng.expovariate(0.9)))
            given.append((at + int(rng.expovariate(1 / (3 * HOUR))) + SECOND, emoji, number))
    return tuple(given)


def _huddle(state: Talk, day: int) -> None:
    """Add a huddle of a few people who are active that day."""
    rng = state.rng
    channel = rng.choice(state.channels[:12])
    begin = state.world.start + day * DAY + rng.randrange(8 * HOUR, 20 * HOUR)
    if begin < channel.created_at or (channel.archived_at and begin >= channel.archived_at):
        return
    crowd = rng.sample(state.today, min(len(state.today), rng.randrange(2, 6)))
    inside = [n for n in crowd if n in channel.stays and channel.stays[n].joined_at < begin]
    if not inside:
        return
    entered = tuple(
        (begin + rank * rng.randrange(1, 4 * MINUTE), n) for rank, n in enumerate(inside)
    )
    end = entered[-1][0] + rng.randrange(5 * MINUTE, 2 * HOUR)
    channel.posts.append(Post(begin, SYSTEM, "huddle", edited_at=end, huddle=entered))


def _robots(state: Talk) -> None:
    """Add what robots post that look human: at the same minute of every few hours, unanswered."""
    for index, bot in enumerate(BOTS if state.world.members >= FEWEST_FOR_ROBOTS else ()):
        channel = state.channels[index % 3 + 1]
        if bot.every_hours:
            begin = state.world.start + (7 * index % 60) * MINUTE
            for at in range(begin, state.world.horizon, bot.every_hours * HOUR):
                if at > channel.created_at:
                    channel.posts.append(Post(at, bot_author(index), "message"))


def _bots_and_strangers(state: Talk, channel: Channel) -> None:
    """Add automatic posts, and visitors from another workspace in the shared channel."""
    rng, world = state.rng, state.world
    if channel.plan.name == "projects":
        for day in range((world.horizon - channel.created_at) // DAY):
            for _ in range(rng.randrange(3)):
                at = channel.created_at + day * DAY + rng.randrange(DAY)
                channel.posts.append(Post(at, bot_author(0), "bot"))
    if channel.plan.kind == "general":
        for day in range(0, (world.horizon - world.start) // DAY, 7):
            channel.posts.append(Post(world.start + day * DAY + 9 * HOUR, bot_author(1), "message"))
    if channel.plan.kind == "introductions":
        for number, stay in channel.stays.items():
            channel.posts.append(Post(stay.joined_at + 5 * SECOND, bot_author(2), "message"))
            if rng.random() < 0.15 and world.people[number].habit != "silent":
                _reply(state, channel, channel.posts[-1], stay.joined_at + HOUR, number)
    if channel.plan.kind == "shared":
        for day in range(2, (world.horizon - channel.created_at) // DAY, 5):
            author = stranger_author(rng.randrange(len(STRANGERS)))
            at = channel.created_at + day * DAY + rng.randrange(DAY)
            channel.posts.append(Post(at, author, "message"))


def _housekeeping(state: Talk, channel: Channel) -> None:
    """Add what the platform itself posts about the channel."""
    if not (channel.plan.closed_to_bot or channel.plan.kind == "private"):
        at = max(channel.created_at + HOUR, state.world.start + 2 * DAY)
        channel.posts.append(Post(at, bot_author(COLLECTOR), "join"))
    channel.posts.append(Post(channel.created_at + 2 * SECOND, 0, "topic"))
    if channel.renamed_at:
        channel.posts.append(Post(channel.renamed_at, 0, "rename"))
    if channel.archived_at:
        channel.posts.append(Post(channel.archived_at, 0, "archive"))
