"""The styles in which archives write events and groups: Meetup's APIs over the years, and tables.

All become the shape of the GraphQL API of today. The REST APIs, closed in 2019, gave times and
offsets in milliseconds; GraphQL until 2025 had `going` and one `venue`. A table writes venue.city
or venue_city for what is nested elsewhere, and event_name for the name.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

Row = dict[str, Any]

SNAKE = re.compile(r"_([a-z0-9])")
NESTED = re.compile(r"(group|venue)[._](.+)")
OF_EVENT = re.compile(r"event_?(id|name|title|status|description|utc_?offset)", re.IGNORECASE)
WHEN = re.compile(r"event_?(time|date|datetime|start|start_?time)", re.IGNORECASE)
NUMBER = re.compile(r"-?\d+(?:\.0+)?")
# With an id, one of these tells an event.
TOLD_OF_EVENTS = ("utcOffset", "localDate", "yesRsvpCount", "eventUrl", "rsvps")
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
WEEK_SECONDS, DAY_SECONDS, HUNDRED_CENTURIES = 7 * 86_400, 86_400, 10_000 * 365 * 86_400
ONLINE_PLACE = "online event"
STATES_NOTHING = ("published", "live")


def event_of(row: Row) -> Row | None:
    """Return an event in the shape of today; None for what is none. Raises ValueError."""
    row = _unfolded(row)
    is_event = "dateTime" in row or "datetime" in row or "startTime" in row
    if not is_event and not ("id" in row and any(name in row for name in TOLD_OF_EVENTS)):
        return None
    row = _renamed(row, "id", "title", "dateTime", "endTime", "eventUrl", "maxTickets", "rsvps")
    if row["dateTime"] is None and "localDate" in row:
        row["dateTime"] = f"{row['localDate']}T{row.get('localTime') or '00:00'}"
    for name in ("dateTime", "endTime"):
        row[name] = _moment(row[name], row.get("utcOffset"))
    if NUMBER.fullmatch(str(row.get("duration"))):
        seconds = int(float(row["duration"]))
        row["duration"] = f"PT{seconds // 1000 if seconds > WEEK_SECONDS else seconds}S"
    if str(row.get("status")).lower() in STATES_NOTHING:
        row["status"] = None
    group = row.get("group") or row.get("urlname")
    row["group"] = {"urlname": group} if isinstance(group, str) else _group(_row(group))
    return row | {"maxTickets": _count(row["maxTickets"]), "rsvps": _counts(row)} | _place(row)


def group_of(row: Row) -> Row | None:
    """Return a group in the shape of today; None for what is none. Raises ValueError."""
    return _group(row) if isinstance(row.get("urlname"), str) else None


def _group(row: Row) -> Row:
    row = _unfolded(row)
    row |= _row(row.pop("group", None))
    row = _renamed(row, "lat", "lon", "foundedDate", "memberships")
    if not isinstance(row["memberships"], dict):
        row["memberships"] = {"totalCount": _count(row["memberships"])}
    row["id"] = None if row.get("id") is None else str(row["id"])
    return row | {"foundedDate": _moment(row["foundedDate"], None)}


def _row(value: Any) -> Row:
    """What is no row is none. Raises ValueError."""
    if not isinstance(value, dict | None):
        raise ValueError("an event's group is neither a name nor a row")
    return value or {}


def _unfolded(row: Row) -> Row:
    """Names in camel case, and group_name as the name of a group."""
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
    """A row in which each of these names is there, with what its other names have if need be."""
    told = {
        name: next((row[n] for n in (name, *OTHER_NAMES[name]) if row.get(n) is not None), None)
        for name in names
    }
    return row | told


def _moment(value: Any, offset: Any) -> Any:
    """ISO text of a number, seconds or milliseconds since 1970, or of text with its offset."""
    zone = None
    if NUMBER.fullmatch(str(offset)):
        seconds = float(offset)
        seconds = seconds / 1000 if abs(seconds) > DAY_SECONDS else seconds
        zone = timezone(timedelta(seconds=seconds))
    if NUMBER.fullmatch(str(value)):
        at = float(value)
        at = at / 1000 if abs(at) > HUNDRED_CENTURIES else at
        return (
            (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at))
            .astimezone(zone or UTC)
            .isoformat()
        )
    if zone is None or not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _counts(row: Row) -> Row:
    """An event's totals, wherever they stand; a list of persons is no total."""
    rsvps = row["rsvps"]
    if isinstance(rsvps, list) and not all(isinstance(one, dict) for one in rsvps):
        raise ValueError("not of a known shape: its rsvps are neither totals nor persons")
    told = {_camel(name): value for name, value in rsvps.items()} if isinstance(rsvps, dict) else {}
    told = row | told if isinstance(rsvps, dict) else row | {"yesCount": rsvps}
    return {
        name: next(
            (n for n in (_count(told.get(one)) for one in (name, *others)) if n is not None), None
        )
        for name, others in COUNTS.items()
    }


def _count(value: Any) -> int | None:
    """A number that is not negative; that of what a connection counts."""
    if isinstance(value, dict):
        value = value.get("totalCount", value.get("count"))
    is_number = NUMBER.fullmatch(str(value)) and float(value) >= 0
    return int(float(value)) if is_number else None


def _place(row: Row) -> Row:
    """Where an event is: the venues, or the one venue, and whether it is online."""
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
