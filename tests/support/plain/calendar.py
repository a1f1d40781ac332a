"""Days and periods in plain Python; times are UTC without a zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """Return the date of a time in a zone."""
    return moment.replace(tzinfo=UTC).astimezone(zone).date()


def utc_time(day: date, zone: ZoneInfo) -> datetime:
    """Return when a date begins in a zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)


def begin_of(day: date, grain: str) -> date:
    """Return the first day of a date's period; weeks begin on Monday."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "day":
        return day
    month = day.month if grain == "month" else (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1)


def next_of(first_day: date, grain: str) -> date:
    """Return the first day of the period after the one that begins on this day."""
    days = {"day": 1, "week": 7, "month": 32, "quarter": 95}[grain]
    return begin_of(first_day + timedelta(days=days), grain)
