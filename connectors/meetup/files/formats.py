"""Events and groups in the formats of Meetup's APIs over the years, and of tables.

All are converted to the format of today's GraphQL API. The REST APIs, closed in 2019, gave times
and offsets in milliseconds; GraphQL until 2025 had `going` and one `venue`. A table has columns
venue.city or venue_city in place of nested values, and event_name in place of name.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from connectors.timestamps import EPOCH

Row = dict[str, Any]

SNAKE = re.compile(r"_([a-z0-9])")
NESTED = re.compile(r"(group|venue)[._](.+)")
OF_EVENT = re.compile(r"event_?(id|name|title|status|description|utc_?offset)", re.IGNORECASE)
WHEN = re.compile(r"event_?(time|date|datetime|start|start_?time)", re.IGNORECASE)
HALF_CHARACTERS = re.compile("[\ud800-\udfff]")
NUMBER = re.compile(r"-?\d+(?:\.0+)?")
# A row with an id and one of these fields is an event.
EVENT_FIELDS = ("utcOffset", "localDate", "yesRsvpCount", "eventUrl", "rsvps")
OTHER_NAMES = {
    "id": ("eventId",),
    "title": ("name",),
    "dateTime": ("datetime", "time", "startTime", "startsAt"),
    "endTime": ("endsAt",),
    "eventUrl": ("link", "url"),
    "maxTickets": ("rsvpLimit", "capacity"),
    "rsvps": ("tickets",),
    "lat": (),
    "lon": ("lng",),
    "foundedDate": ("created",),
    "memberships": ("members",),
}
COUNTS = {
    "yesCount": ("yesRsvpCount", "going", "goingCount", "totalCount"),
    "noCount": ("noRsvpCount",),
    "waitlistCount": ("waiting",),
    "attendedCount": ("headcount",),
    "noShowCount": (),
}
QUARTER_SECONDS = 900
WEEK_SECONDS, DAY_SECONDS, HUNDRED_CENTURIES = 7 * 86_400, 86_400, 10_000 * 365 * 86_400
ONLINE_PLACE = "online event"
# They do not say whether an event is over: its time does.
UNKNOWN_STATUSES = ("published", "live")
EMPTY: tuple[Any, ...] = (None, {}, [])


def event_of(row: Row) -> Row | None:
    """Return an event in today's format; None for a row that is no event. Raises ValueError."""
    row = _unfolded(row)
    is_event = "dateTime" in row or "datetime" in row or "startTime" in row
    if not is_event and not ("id" in row and any(name in row for name in EVENT_FIELDS)):
        return None
    row = _renamed(row, "id", "title", "dateTime", "endTime", "eventUrl", "maxTickets", "rsvps")
    if "localDate" in row:
        local = f"{row['localDate']}T{row.get('localTime') or '00:00'}"
        row["utcOffset"] = _offset_between(local, row["dateTime"]) or row.get("utcOffset")
        row["dateTime"] = local if row["dateTime"] is None else row["dateTime"]
    for name in ("dateTime", "endTime"):
        row[name] = _moment(row[name], row.get("utcOffset"))
    if NUMBER.fullmatch(str(row.get("duration"))):
        seconds = int(float(row["duration"]))
        row["duration"] = f"PT{seconds // 1000 if seconds > WEEK_SECONDS else seconds}S"
    if str(row.get("status")).lower() in UNKNOWN_STATUSES:
        row["status"] = None
    group = row.get("group") or row.get("urlname")
    row["group"] = {"urlname": group} if isinstance(group, str) else _group(_row(group))
    totals = {"maxTickets": _count(row["maxTickets"]), "rsvps": _counts(row)}
    event: Row = _without_empty(row | totals | _place(row))
    return event


def group_of(row: Row) -> Row | None:
    """Return a group in today's format; None for a row that is no group. Raises ValueError."""
    if not isinstance(row.get("urlname"), str):
        return None
    group: Row = _without_empty(_group(row))
    return group


def _group(row: Row) -> Row:
    row = _unfolded(row)
    row |= _without_empty(_row(row.pop("group", None)))
    row = _renamed(row, "lat", "lon", "foundedDate", "memberships")
    if not isinstance(row["memberships"], dict):
        row["memberships"] = {"totalCount": _count(row["memberships"])}
    row["id"] = None if row.get("id") is None else str(row["id"])
    return row | {"foundedDate": _moment(row["foundedDate"], None)}


def _without_empty(value: Any) -> Any:
    """Drop what says nothing at any depth: null, and what some programs write for it, {} and [].

    Halves of characters, which cannot be written to disk, are replaced.
    """
    if isinstance(value, str):
        return HALF_CHARACTERS.sub("\ufffd", value)
    if isinstance(value, list):
        return [kept for one in value if (kept := _without_empty(one)) not in EMPTY]
    if isinstance(value, dict):
        pairs = ((_without_empty(name), _without_empty(one)) for name, one in value.items())
        return {name: kept for name, kept in pairs if kept not in EMPTY}
    return value


def _row(value: Any) -> Row:
    """Return a row, {} for None. Raises ValueError for anything else."""
    if not isinstance(value, dict | None):
        raise ValueError("an event's group is neither a name nor a row")
    return value or {}


def _unfolded(row: Row) -> Row:
    """Write field names in camel case, and nest fields like group_name in a row of their own."""
    found: Row = {}
    for name, value in row.items():
        nested = NESTED.fullmatch(name)
        if nested and not isinstance(value, dict | list):
            inner = found.setdefault(nested[1], {})
            if isinstance(inner, dict) and value not in (None, ""):
                inner[_camel(nested[2])] = value
        elif WHEN.fullmatch(name):
            found["dateTime"] = value
        elif own := OF_EVENT.fullmatch(name):
            found[_camel(own[1])] = value
        elif not (isinstance(found.get(name), dict) and not isinstance(value, dict)):
            found[_camel(name)] = value
    return found


def _camel(name: str) -> str:
    return SNAKE.sub(lambda found: found[1].upper(), name)


def _renamed(row: Row, *names: str) -> Row:
    """Add the value of each of these fields, found under any of its names, else None."""
    found = {
        name: next((row[n] for n in (name, *OTHER_NAMES[name]) if row.get(n) is not None), None)
        for name in names
    }
    return row | found


def _offset_between(local: str, at: Any) -> int | None:
    """Return the milliseconds by which a local time is ahead of a time since 1970; None: unknown.

    Where both are given, they tell better than the offset beside them.
    """
    if not isinstance(at, int) or abs(at) < HUNDRED_CENTURIES:
        return None
    try:
        seconds = datetime.fromisoformat(local).replace(tzinfo=UTC).timestamp() - at / 1000
    except ValueError:
        return None
    is_offset = seconds % QUARTER_SECONDS == 0 and abs(seconds) < DAY_SECONDS
    return int(seconds) * 1000 if is_offset else None


def _moment(value: Any, offset: Any) -> Any:
    """Return a time, in seconds or milliseconds since 1970 or as text, as ISO text with offset."""
    zone = None
    if NUMBER.fullmatch(str(offset)):
        seconds = float(offset)
        seconds = seconds / 1000 if abs(seconds) > DAY_SECONDS else seconds
        zone = timezone(timedelta(seconds=seconds))
    if NUMBER.fullmatch(str(value)):
        at = float(value)
        at = at / 1000 if abs(at) > HUNDRED_CENTURIES else at
        return (EPOCH + timedelta(seconds=at)).astimezone(zone or UTC).isoformat()
    if zone is None or not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _counts(row: Row) -> Row:
    """Return an event's totals, from its row or its rsvps; a list of persons is no total."""
    rsvps = row["rsvps"]
    if isinstance(rsvps, list) and not all(isinstance(one, dict) for one in rsvps):
        raise ValueError("not of a known shape: its rsvps are neither totals nor persons")
    if isinstance(rsvps, dict):
        row = row | {_camel(name): value for name, value in rsvps.items()}
    else:
        row = row | {"yesCount": rsvps}
    counts = {
        name: [_count(row.get(n)) for n in (name, *others)] for name, others in COUNTS.items()
    }
    return {name: next((n for n in found if n is not None), None) for name, found in counts.items()}


def _count(value: Any) -> int | None:
    """Return a number of 0 or more, or the total of a connection; None for anything else."""
    if isinstance(value, dict):
        value = value.get("totalCount", value.get("count"))
    is_number = NUMBER.fullmatch(str(value)) and float(value) >= 0
    return int(float(value)) if is_number else None


def _place(row: Row) -> Row:
    """Return an event's venues and its type: ONLINE, PHYSICAL, or None if unknown."""
    venues, kind = row.get("venues"), row.get("eventType")
    if not isinstance(venues, list):
        venue = row.get("venue")
        venues = [{"name": venue} if isinstance(venue, str) else venue] if venue else []
    venues = [_renamed(_unfolded(one), "lat", "lon") for one in venues if isinstance(one, dict)]
    flags = [row[name] for name in ("isOnline", "isOnlineEvent") if row.get(name) is not None]
    if kind is None and flags:
        kind = "ONLINE" if str(flags[0]).lower() in ("true", "1") else "PHYSICAL"
    if kind is None and [str(v.get("name")).lower() for v in venues] == [ONLINE_PLACE]:
        kind, venues = "ONLINE", []
    return {"venues": venues, "eventType": kind}
