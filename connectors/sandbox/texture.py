"""The material of the made-up community: names, time zones, rooms, phrases (texture.toml)."""

import tomllib
from pathlib import Path

import msgspec


class Region(msgspec.Struct, frozen=True):
    """People of one part of the world: their names and (zone, label, seconds east of UTC)."""

    timezones: list[tuple[str, str, int]]
    share: int
    given: list[str]
    family: list[str]


class RoomPlan(msgspec.Struct, frozen=True):
    """One room as planned: what is said in it and what happens to it."""

    name: str
    kind: str
    weight: int
    was: str | None = None
    archived: bool = False
    closed_to_bot: bool = False


class Calendar(msgspec.Struct, frozen=True):
    """Quiet days as MM-DD, and how much of usual life is left on quiet days (0 to 1)."""

    holidays: list[str]
    holiday_life: float
    weekend_life: float
    slump_life: float


class Words(msgspec.Struct, frozen=True):
    """Phrases that messages are put together from, and the emoji of reactions."""

    openers: list[str]
    replies: list[str]
    chatter: list[str]
    emoji: list[str]


class Awkward(msgspec.Struct, frozen=True):
    """Names that break software which does not escape them."""

    names: list[str]


class Texture(msgspec.Struct, frozen=True):
    """Everything in texture.toml."""

    regions: list[Region]
    awkward: Awkward
    calendar: Calendar
    rooms: list[RoomPlan]
    words: Words


TEXTURE = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("texture.toml").read_text("utf-8")), Texture
)
