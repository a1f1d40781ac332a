"""Times, titles, venues and fees as Meetup writes them."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from connectors.meetup.sandbox.model import Event, Group, Rsvp
from connectors.meetup.sandbox.page import Json
from connectors.sandbox.community import SECOND
from connectors.sandbox.text import TEXT_MARK
from connectors.sandbox.texture import TEXTURE

SITE = "https://www.meetup.com"
OFFICE = ZoneInfo("America/New_York")  # recorded: an event's createdTime has the company's offset
ONLINE_VENUE: Json = {
    "id": "26906060",
    "name": "Online event",
    "address": "",
    "city": "",
    "state": "",
    "country": "",
    "postalCode": "",
    "lat": -8.521147,  # recorded for everything that is online, and in the sea off Tuvalu
    "lon": 179.1962,
    "venueType": "online",
}
COUNTS = {
    "yesCount": "YES",
    "noCount": "NO",
    "waitlistCount": "WAITLIST",
    "attendedCount": "ATTENDED",
    "noShowCount": "NO_SHOW",
    "absentCount": "EXCUSED_ABSENCE",
}


def iso(at: int, zone: tzinfo, *, seconds: bool = True) -> str:
    """Return a time with the zone's offset."""
    moment = datetime.fromtimestamp(at // SECOND, zone)
    return moment.isoformat(timespec="seconds" if seconds else "minutes")


def starts(event: Event, group: Group) -> str | None:
    """Return when an event starts: some times have no seconds, some drafts no time yet."""
    if not event.announced_at and event.number % 2:
        return None
    return iso(event.starts_at, group.zone, seconds=event.number % 5 > 0)


def duration(event: Event) -> str:
    """Return an event's length in ISO 8601."""
    hours, minutes = divmod((event.ends_at - event.starts_at) // (60 * SECOND), 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")


def title(event: Event, group: Group) -> str:
    """Return the title of an event."""
    titles = TEXTURE.gatherings.titles
    return f"{group.name}: monthly" if event.is_series else titles[event.number % len(titles)]


def description(event: Event) -> str:
    """Return the description of an event, of several lines."""
    bring = "a laptop" if event.kind == "PHYSICAL" else "questions"
    return f"<p>Come and see.</p>\n<p>Doors open early,\nbring {bring} & {TEXT_MARK}.</p>"


def address(event: Event, group: Group, now: int) -> str:
    """Return an event's address, which changes with its id."""
    return f"{SITE}/{group.urlname}/events/{event.id(now)}/"


def _venue(event: Event, group: Group) -> Json:
    number = event.number % len(TEXTURE.gatherings.venues)
    city = group.city
    return {
        "id": str(20_000_000 + 100 * group.number + number),
        "name": TEXTURE.gatherings.venues[number],
        "address": f"{number + 1} Made-up Street",
        "city": city.name,
        "state": "",
        "country": city.country,
        "postalCode": "",
        "lat": round(city.latitude + number / 200, 6),
        "lon": round(city.longitude - number / 200, 6),
        "venueType": "",
    }


def venues(event: Event, group: Group) -> list[Json]:
    """Return one venue, two for a hybrid event, none where it is not decided."""
    if event.kind == "ONLINE":
        return [ONLINE_VENUE]
    if event.number % 11 == 0:
        return []
    here = _venue(event, group)
    return [here, ONLINE_VENUE] if event.kind == "HYBRID" else [here]


def venue_of(rsvp: Rsvp, event: Event, group: Group) -> Json | None:
    """Return which of an event's venues somebody comes to."""
    places = venues(event, group)
    return places[-1 if rsvp.is_online else 0] if places else None


def fee(event: Event) -> Json | None:
    """Return what an event costs, None where it is free."""
    if not event.fee:
        return None
    return {
        "accepts": "CASH",
        "amount": event.fee,
        "currency": "EUR",
        "hasPromoCodes": False,
        "refundPolicy": {"days": 3, "notes": "Until three days before."},
        "required": True,
    }


def series(event: Event, group: Group) -> Json | None:
    """Return the series of an event, None for a single one."""
    if not event.is_series:
        return None
    moment = datetime.fromtimestamp(event.starts_at // SECOND, group.zone)
    return {
        "id": str(500_000 + group.number),
        "description": "Every month",
        "endDate": None,
        "monthlyRecurrence": {
            "monthlyDayOfWeek": f"{moment:%A}".upper(),
            "monthlyWeekOfMonth": (moment.day - 1) // 7 + 1,
        },
        "weeklyRecurrence": None,
    }
