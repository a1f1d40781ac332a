"""Names in Latin letters, and where on earth a place or a time zone is."""

import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from anyascii import anyascii

# Offsets are compared to the hour or two, so that one day stands for the year.
DAY = datetime(2026, 1, 1, tzinfo=UTC)
SPELT_WITHIN_WORDS = "LMN"  # letters, marks, numbers: anything else parts words


@lru_cache(maxsize=200_000)
def latin(name: str) -> str:
    """Return the words of a name in small Latin letters, `Кофи Adjéi` as `kofi adjei`.

    Signs and pictures are no words. What has no letters at all becomes empty.
    """
    if not name.isascii():
        plain = unicodedata.normalize("NFKC", name)
        kept = (c if unicodedata.category(c)[0] in SPELT_WITHIN_WORDS else " " for c in plain)
        name = " ".join(anyascii(word) for word in "".join(kept).split())
        name = name.replace("'", "").replace("`", "")
    return " ".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def home_of(*places: str | None) -> tuple[int | None, str | None]:
    """Return the minutes from UTC and the city of the first time zone or place that is known.

    A place that is none of the cities that time zones are named after has a city alone.
    """
    named = [_city(part) for place in places if place for part in place.split(",")]
    for city in named:
        if city in _zones():
            return _offset(_zones()[city]), city
    return None, next(filter(None, named), None)


def _city(place: str) -> str:
    return latin(place.rpartition("/")[2].replace("_", " "))


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """The time zones by their cities."""
    names = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return {_city(name): name for name in sorted(names)}


@lru_cache(maxsize=1_000)
def _offset(zone: str) -> int | None:
    try:
        offset = DAY.astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return None
    return None if offset is None else round(offset.total_seconds() / 60)
