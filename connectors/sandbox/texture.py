"""What the made-up community is made of: names, time zones, channels, events (texture.toml)."""

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
    """One planned channel: what is said in it and what happens to it."""

    name: str
    kind: str
    weight: int
    was: str | None = None
    archived: bool = False
    closed_to_bot: bool = False


class Calendar(msgspec.Struct, frozen=True):
    """Holidays as MM-DD, and how much of the usual activity quiet days have (0 to 1)."""

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
    """A city with a chapter: how its organisers check people in, and how many come.

    checked: the share of its events with check-ins. shows: the usual share of those with a yes who
    come.
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
    account_pages: dict[str, str]


TEXTURE = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("texture.toml").read_text("utf-8")), Texture
)
