"""Dates as Meetup writes them for organisers: in one order of day, month and year per file."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Literal
from zoneinfo import ZoneInfo

from connectors.base import BadFile
from connectors.meetup.files.words import month_of, plain
from connectors.timestamps import EPOCH

Order = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")

NUMBERS = re.compile(r"(\d{1,4})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{1,4})\b,?(.*)", re.DOTALL)
ASIAN = re.compile(r"(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일](.*)")
# A time of day that stands alone has no dot: 1.00 is a number.
CLOCK_ALONE = re.compile(r"[^.,]+[:h][^.,]+(?:[ap]\.\s?m\.)?", re.IGNORECASE)
CLOCK = re.compile(
    r"(?:t|at|à|um|alle|a las|às|om)?\s*(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?"
    r"\s*(am|pm|a\.\s?m\.|p\.\s?m\.)?\s*(?:(utc|gmt|z)?([+-]\d{2}:?\d{2})?)\s*(?:\(.*\))?"
)
TOKENS = re.compile(r"\d+|[^\W\d_]+\.?")
UNIX_TIME = re.compile(r"\d{10}(?:\d{3})?")  # seconds or milliseconds, in tables made from the API
# A day as a spreadsheet counts it, of the years 2000 to 2099; the time of day is a part of one.
SERIAL_DAY = re.compile(r"(\d{5})(?:[.,](\d+))?")
FIRST_SERIAL_DAY, LAST_SERIAL_DAY = 36_526, 73_050
SERIAL_EPOCH = datetime(1899, 12, 30)
NO_DATE = ("", "-", "--", "never", "none", "null", "nan", "n/a", "nat")
CENTURY = 2000
MOST_CHARACTERS = 100  # a longer text is no date
CACHED = 1 << 14  # a list has the same days again and again


def is_no_date(text: str) -> bool:
    """Whether a cell says that there is no date."""
    return plain(text) in NO_DATE


def readings(text: str) -> dict[Order, datetime]:
    """Return the date of a cell by each order in which it is one; empty if it is no date.

    It has a zone where the cell names one.
    """
    return _readings(text) if len(text) <= MOST_CHARACTERS else {}


@lru_cache(maxsize=CACHED)
def _readings(text: str) -> dict[Order, datetime]:
    text = text.strip()
    if UNIX_TIME.fullmatch(text):
        return _in_any_order(EPOCH + timedelta(milliseconds=int(text.ljust(13, "0"))))
    if serial := SERIAL_DAY.fullmatch(text):
        return _from_serial(int(serial[1]), float(f"0.{serial[2] or 0}"))
    try:
        return _in_any_order(datetime.fromisoformat(text))
    except ValueError:
        return _from_numbers(text) or _from_names(text)


def _in_any_order(moment: datetime) -> dict[Order, datetime]:
    return dict.fromkeys(ORDERS, moment)


def _from_serial(day: int, part: float) -> dict[Order, datetime]:
    if not FIRST_SERIAL_DAY <= day <= LAST_SERIAL_DAY:
        return {}
    seconds = round(part * 86_400)
    return _in_any_order(SERIAL_EPOCH + timedelta(days=day, seconds=seconds))


def _from_numbers(text: str) -> dict[Order, datetime]:
    if found := ASIAN.fullmatch(text):
        first, second, third, rest = found.groups()
        separator = ""
    elif found := NUMBERS.fullmatch(text):
        first, separator, second, third, rest = found.groups()
    else:
        return {}
    clock = _clock(rest)
    if clock is None:
        return {}
    possible: dict[Order, tuple[str, str, str]] = {
        "dmy": (third, second, first),
        "mdy": (third, first, second),
        "ymd": (first, second, third),
    }
    if len(first) > 2:
        possible = dict.fromkeys(ORDERS, possible["ymd"])
    elif len(third) > 2:
        del possible["ymd"]
        if separator == ".":  # No locale writes the month first and separates with dots.
            possible = dict.fromkeys(ORDERS, possible["dmy"])
    days = {order: _day(*numbers) for order, numbers in possible.items()}
    return {order: datetime.combine(day, clock) for order, day in days.items() if day}


def _from_names(text: str) -> dict[Order, datetime]:
    """A date with the name of its month: of two numbers of two digits the first one is the day."""
    lowered = text.lower()
    found = re.search(r"\d{1,2}[:h]\d{2}.*", lowered)
    clock = _clock(found[0] if found else "")
    tokens = TOKENS.findall(lowered[: found.start()] if found else lowered)
    months = [month for token in tokens if (month := month_of(token))]
    numbers = [token for token in tokens if token.isdecimal()]
    if clock is None or len(months) != 1 or len(numbers) != 2:
        return {}
    day, year = sorted(numbers, key=lambda number: len(number) > 2)
    if len(year) == 2 and tokens[0] == day and tokens[1] == year:  # "14 24 Apr" is no date
        return {}
    when = _day(year, str(months[0]), day)
    return _in_any_order(datetime.combine(when, clock)) if when else {}


def _day(year: str, month: str, day: str) -> date | None:
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    try:
        return date(int(year) + (CENTURY if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    """The time of day in what follows a date; midnight for nothing, None if it cannot be read."""
    words = text.strip().lower()
    if not words:
        return time()
    found = CLOCK.fullmatch(words)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4].startswith("p") else 0)
    try:
        zone = datetime.strptime(found[6], "%z").tzinfo if found[6] else UTC if found[5] else None
        return time(hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def find_order(cells: Iterable[tuple[int, str]], where: str, given: Order | None = None) -> Order:
    """Return the order in which all dates of a file can be read; `cells` come with their rows.

    Raises BadFile where neither `given` nor any other order fits all dates, and where several
    orders fit that would give different dates.
    """
    left = [given] if given else list(ORDERS)
    differs: dict[tuple[Order, Order], int] = {}
    narrowed_by = 0
    for row, text in cells:
        found = readings(text)
        if not found:
            continue
        still = [order for order in left if order in found]
        if not still and given:
            raise BadFile(
                f"the date in row {row} cannot be read as {given}",
                where=where,
                advice="Give another date_order, or none",
            )
        if not still:
            raise BadFile(
                f"its dates are in two orders: those of the rows {narrowed_by} and {row} cannot "
                "both be right",
                where=where,
                advice="Import rows of one order at a time",
            )
        if len(still) < len(left):
            left, narrowed_by = still, row
        for pair in combinations(left, 2):
            if found[pair[0]] != found[pair[1]]:
                differs.setdefault(pair, row)
    unclear = [pair for pair in combinations(left, 2) if pair in differs]
    if unclear:
        orders = " or ".join(left)
        raise BadFile(
            f"its dates, as in row {differs[unclear[0]]}, can be read as {orders}",
            where=where,
            advice="Say which it is: --set date_order=dmy (day first) or --set date_order=mdy "
            "(month first)",
        )
    return left[0]


def is_time(text: str) -> bool:
    """Whether a cell is a date or a time of day, as check-in apps write who came."""
    is_clock = bool(CLOCK_ALONE.fullmatch(text)) and _clock(text) is not None
    return is_clock or bool(readings(text))


def read_date(text: str, order: Order, zone: ZoneInfo) -> datetime | None:
    """Return the time of a cell, in `zone` where it names none; None if it is no date."""
    moment = readings(text).get(order)
    return moment.replace(tzinfo=zone) if moment and moment.tzinfo is None else moment
