"""The rooms of a platform, and who enters which."""

import random

from connectors.sandbox.community import DAY, HOUR, SECOND, Person, World
from connectors.sandbox.conversation import Post, Room, Stay
from connectors.sandbox.texture import TEXTURE, RoomPlan

MINUTE = 60 * SECOND


def open_rooms(world: World, rng: random.Random) -> list[Room]:
    """The planned rooms, and one more for every 150 members, founded as the place grows."""
    extra = min(80, world.members // 150)
    topics = [RoomPlan(f"topic-{n + 1:02}", "questions", 2) for n in range(extra)]
    span = world.end - world.start
    rooms = []
    for number, plan in enumerate([*TEXTURE.rooms, *topics]):
        late = 0 if number < 5 else rng.random() * 0.6
        room = Room(number, plan, world.start + int(span * late) + number * MINUTE)
        if plan.was:
            room.renamed_at = room.created_at + (world.end - room.created_at) // 2
        if plan.archived:
            room.archived_at = world.end - int(span * rng.uniform(0.05, 0.3))
        rooms.append(room)
    return rooms


def enter_rooms(rooms: list[Room], person: Person, rng: random.Random) -> list[Room]:
    """Lets a person into rooms: the first three at once, others by interest.

    Gives the rooms that they entered, each as often as they would choose it to speak in.
    """
    weighted: list[Room] = []
    for room in _chosen(rooms, person, rng):
        wait = rng.randrange(SECOND, 3 * SECOND)
        if room.number >= 3:
            wait += int(rng.expovariate(1 / (8 * HOUR if room.number < 5 else 9 * DAY)))
        joined_at = max(person.joined_at + wait, room.created_at + rng.randrange(1, DAY))
        if room.archived_at and joined_at >= room.archived_at:
            continue
        if person.left_at and joined_at >= person.left_at:
            continue
        _enter(room, person, joined_at, rng)
        weighted += [room] * room.plan.weight
    return weighted


def _chosen(rooms: list[Room], person: Person, rng: random.Random) -> list[Room]:
    if person.role in ("owner", "admin"):
        return rooms
    public = [room for room in rooms if room.plan.kind != "private"]
    if person.role == "single_channel_guest":
        return [rng.choice([room for room in public[3:] if not room.plan.archived])]
    share = min(0.6, 5 / len(public)) if person.habit == "silent" else min(0.8, 9 / len(public))
    return public[:5] + [room for room in public[5:] if rng.random() < share]


def _enter(room: Room, person: Person, joined_at: int, rng: random.Random) -> None:
    room.posts.append(Post(joined_at, person.number, "join"))
    left_at = person.left_at or 0
    if not left_at and room.number >= 5 and rng.random() < 0.03:
        left_at = joined_at + rng.randrange(DAY, 200 * DAY)
        room.posts.append(Post(left_at, person.number, "leave"))
    room.stays[person.number] = Stay(joined_at, left_at)
