"""Numbers, times and names as a person would say them, and text that stays text."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale

UNKNOWN = "not known yet"
DASH = "—"
FEWEST_FOR_A_SHARE = 10
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+|~$:&^])")
_LIST_START = re.compile(r"^(\d*)([-.)=])")
# A word joiner, invisible, keeps a bare address from becoming a link.
_ADDRESS = re.compile(r"(?<=://)|(?<=\bwww)(?=\.)|(?<=@)", re.IGNORECASE)
_LENGTHS = ((2 * 86_400, 86_400, "days"), (2 * 3_600, 3_600, "h"), (60, 60, "min"))
_AGES = ((730, 365, "year"), (60, 30, "month"), (1, 1, "day"))


def markdown(text: str) -> str:
    """Text that Markdown shows as it is: no markup, links, colours, formulas or HTML."""
    line = _LIST_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", " ".join(text.split())))
    return _ADDRESS.sub("\u2060", line)


def shortened(name: str, most: int = 24) -> str:
    """A name as a label, cut where it is long."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def chart_text(text: str) -> str:
    """Text that a chart shows as it is: Plotly reads some HTML in every label."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def chart_label(name: str) -> str:
    """A name as a chart's label, cut where it is long."""
    return chart_text(shortened(name))


def count(number: float | None) -> str:
    """412; 1,234; 12,300; 1.23 million."""
    if number is None:
        return UNKNOWN
    if abs(number) >= 999_500:
        return f"{number / 1_000_000:.3g} million"
    if abs(number) >= 10_000:
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{number:,.0f}"


def share(part: float | None) -> str:
    """56%, "under 1%" and "over 99%" where rounding would lie."""
    if part is None:
        return UNKNOWN
    if 0 < part < 0.01:
        return "under 1%"
    if 0.99 < part < 1:
        return "over 99%"
    return f"{part:.0%}"


def is_few(whole: float | None) -> bool:
    """Whether a share of so many is said as a count, and compared with nothing."""
    return whole is not None and whole < FEWEST_FOR_A_SHARE


def share_of(part: float | None, whole: float | None, one: str = "", many: str = "") -> str:
    """A share, told with what it is of: 56% of 42 openers; of fewer than ten, 1 of 4 openers.

    Without the words: 56%, 1 of 4.
    """
    if part is None or whole is None:
        return share(part)
    what = f" of {plural(int(whole), one, many or None)}" if one else ""
    if not is_few(whole):
        return f"{share(part)}{what}"
    return f"{count(part * whole)}{what or f' of {count(whole)}'}"


def certainty(low: float | None, high: float | None) -> str:
    """Where a share of few people lies: between 21% and 94% with 95% certainty."""
    if low is None or high is None:
        return ""
    return f"between {share(low)} and {share(high)} with 95% certainty"


def between(*numbers: int) -> str:
    """Where a number lies of which several are possible: between 380 and 455; "" for one alone."""
    low, high = count(min(numbers)), count(max(numbers))
    return "" if low == high else f"between {low} and {high}"


def duration(seconds: float | None) -> str:
    """40 s, 42 min, 5 h, 3 days."""
    if seconds is None:
        return UNKNOWN
    for least, length, unit in _LENGTHS:
        if seconds >= least:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:.0f} s"


def number(value: float | None, unit: str) -> str:
    """A value of a unit: people, share, seconds or hours."""
    if unit == "hours" and value is not None:
        return duration(value * 3_600)
    return {"share": share, "seconds": duration}.get(unit, count)(value)


def or_dash(value: float | None, unit: str) -> str:
    """A value of a unit; a dash where it is not known."""
    return DASH if value is None else number(value, unit)


def plural(number: int, one: str, many: str | None = None) -> str:
    """1 person, 3 people."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def day(moment: date) -> str:
    """9 Nov 2026."""
    return f"{moment.day} {moment:%b %Y}"


def clock(moment: datetime) -> str:
    """20 Nov 2026, 06:00."""
    return f"{day(moment)}, {moment:%H:%M}"


def period(first: date, grain: str) -> str:
    """October 2026, Q4 2026, the week of 9 Nov 2026, 9 Nov 2026."""
    if grain == "month":
        return f"{first:%B %Y}"
    if grain == "quarter":
        return f"Q{(first.month + 2) // 3} {first.year}"
    return f"the week of {day(first)}" if grain == "week" else day(first)


def age(since: timedelta) -> str:
    """How old something is: 3 days, 2 years."""
    for least, length, unit in _AGES:
        if since.days >= least:
            return plural(since.days // length, unit)
    return "less than a day"


def span(length: timedelta) -> str:
    """How long something takes or took: 42 min, 5 h, 3 days, 2 months."""
    seconds = max(length.total_seconds(), 0)
    return duration(seconds) if seconds < 2 * 86_400 else age(length)


def during(first: date, grain: str) -> str:
    """When something was: in October 2026, in the week of 9 Nov 2026, on 9 Nov 2026."""
    return f"{'on' if grain == 'day' else 'in'} {period(first, grain)}"


def way(now: float | None, before: float | None, unit: str) -> int:
    """1 up, -1 down; 0 where one is unknown, or no difference would be seen."""
    if now is None or before is None or number(now, unit) == number(before, unit):
        return 0
    return 1 if now > before else -1


def change(now: float | None, before: float | None, unit: str) -> str:
    """A change in words: up 9%, down 3 points, up from 8, no change; "" where one is unknown."""
    if now is None or before is None:
        return ""
    direction = {1: "up", -1: "down"}.get(way(now, before, unit))
    if direction is None:
        return "no change"
    if unit == "share":
        points = max(1, abs(round(100 * now) - round(100 * before)))
        return f"{direction} {plural(points, 'point')}"
    if unit in ("seconds", "hours") or before < 10:
        return f"{direction} from {number(before, unit)}"
    return f"{direction} {share(abs(now - before) / before)}"


def channel_name(channel: str | None) -> str:
    """#help; activities may be outside of channels."""
    return f"#{channel}" if channel else "outside of channels"


def channel(row: Mapping[str, Any], others: Collection[Mapping[str, Any]]) -> str:
    """A channel as Markdown, with its source where the others are of several: #help on slack."""
    name = channel_name(row["channel"])
    is_clear = {other["source"] for other in others} <= {row["source"]}
    return markdown(name if is_clear else f"{name} on {row['source']}")


def country(code: str | None) -> str | None:
    """The name of a country by its ISO 3166-1 code; the code itself where it has no name."""
    return Locale("en").territories.get(code, code) if code else None


def join(parts: list[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def label(column: str) -> str:
    """A column's name as a heading: share_answered is Share answered."""
    return column.replace("_", " ").capitalize()


def sentence(text: str) -> str:
    """The text with a capital first letter, and the rest as it is."""
    return text[:1].upper() + text[1:]


def expectation(forecast: Mapping[str, Any]) -> str:
    """How many will come to an event, four times out of five, or why that is not known."""
    low, high = forecast["low"], forecast["high"]
    if forecast["expected"] is None:
        return f"how many will come is not known: {markdown(forecast['basis'])}"
    return f"expect {count(low)}" if low == high else f"expect {count(low)} to {count(high)}"


def kinds(kind: str) -> str:
    """A kind of activity in the plural: replies, pull requests."""
    name = kind.replace("_", " ")
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
