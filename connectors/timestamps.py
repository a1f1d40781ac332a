"""Times as the warehouse keeps them: whole microseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_MICROSECONDS = 1_000_000
DAY_MICROSECONDS = 86_400 * SECOND_MICROSECONDS


def microseconds(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970. Raises ValueError without an offset."""
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(time: int) -> datetime:
    """Return microseconds since 1970 as a moment in UTC. Raises OverflowError beyond year 9999."""
    return EPOCH + timedelta(microseconds=time)


def iso_microseconds(text: str) -> int:
    """Return an ISO 8601 time with its offset as microseconds since 1970. Raises ValueError."""
    return microseconds(datetime.fromisoformat(text))
