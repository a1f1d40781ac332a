"""What Meetup's words and figures mean, whoever tells them: the API or a file."""

import re
from datetime import UTC, datetime, timedelta

from connectors.model import EventStatus

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+)(?:\.\d+)?S)?)?"
)

# The schema names the states and explains none: AUTOSCHED (of a series) and PENDING are announced.
STANDS = {
    "ACTIVE": EventStatus.PLANNED,
    "AUTOSCHED": EventStatus.PLANNED,
    "PENDING": EventStatus.PLANNED,
    "PAST": EventStatus.PAST,
    "AUTOSCHED_FINISHED": EventStatus.PAST,
    "CANCELLED": EventStatus.CANCELLED,
    "CANCELLED_PERM": EventStatus.CANCELLED,
    "AUTOSCHED_CANCELLED": EventStatus.CANCELLED,
}


def microseconds(moment: datetime | str) -> int:
    """Microseconds since 1970 of a time with its offset. Raises ValueError without one."""
    moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return (moment - EPOCH) // MICROSECOND


def end_of(starts_at: int, end: str | None, duration: str | None) -> int | None:
    """When an event ends: as it says, else after its duration; None where neither tells.

    An end at the beginning, or a duration of nothing, is Meetup's way to say that none was given.
    """
    if end:
        ends_at = microseconds(end)
        return ends_at if ends_at > starts_at else None
    found = DURATION.fullmatch(duration or "")
    parts = {name: int(value) for name, value in found.groupdict("0").items()} if found else {}
    length = timedelta(**parts) // MICROSECOND
    return starts_at + length if length else None


def coordinates(
    latitude: float | None, longitude: float | None
) -> tuple[float | None, float | None]:
    """Where a place is; zero and zero is how Meetup writes that it knows none."""
    return (latitude, longitude) if latitude or longitude else (None, None)


def country_code(country: str | None) -> str | None:
    """Two capital letters: the API, its files and its former versions write either case."""
    return country.upper() if country else None
