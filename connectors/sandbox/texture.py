"""The material of the made-up community: names, time zones, channels, events (texture.toml)."""

import tomllib
from pathlib import Path

import msgspec


class Region(msgspec.Struct, frozen=True):
    """People of one part of the world: their names and (zone, label, seconds east of UTC)."""

    timezones: list[tuple[str, str, int]]
    share: int
    given: list[str]
    family: list[str]


class ChannelPlan(msgspec.Struct, frozen=True):
    """One channel as planned: what is said in it and what happens to it."""

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


class City(msgspec.Struct, frozen=True):
    """A place with a chapter: how its organisers check people in, and how many of a yes come.

    checked: the share of its events at whose door attendance is noted. shows: the usual share of
    those who said yes that come.
    """

    name: str
    country: str
    timezone: str
    latitude: float
    longitude: float
    checked: float
    shows: float


class Gatherings(msgspec.Struct, frozen=True):
    """What chapters and their events are made of."""

    network: str
    cities: list[City]
    titles: list[str]
    venues: list[str]


class Texture(msgspec.Struct, frozen=True):
    """Everything in texture.toml."""

    regions: list[Region]
    awkward: Awkward
    calendar: Calendar
    channels: list[ChannelPlan]
    words: Words
    gatherings: Gatherings


TEXTURE = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("texture.toml").read_text("utf-8")), Texture
)
