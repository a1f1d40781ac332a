"""How Meetup writes times, titles, venues and fees."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from connectors.meetup.sandbox.answers import Answered, Gathering
from connectors.meetup.sandbox.world import Chapter
from connectors.sandbox.community import SECOND
from connectors.sandbox.text import TEXT_MARK
from connectors.sandbox.texture import TEXTURE

Json = dict[str, Any]
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
TALLIES = {
    "yesCount": "YES",
    "noCount": "NO",
    "waitlistCount": "WAITLIST",
    "attendedCount": "ATTENDED",
    "noShowCount": "NO_SHOW",
    "absentCount": "EXCUSED_ABSENCE",
}


def iso(at: int, zone: tzinfo, *, seconds: bool = True) -> str:
    """A moment with the zone's offset."""
    moment = datetime.fromtimestamp(at // SECOND, zone)
    return moment.isoformat(timespec="seconds" if seconds else "minutes")


def starts(event: Gathering, chapter: Chapter) -> str | None:
    """When an event starts; some are told without seconds, some drafts have no date yet."""
    if not event.announced_at and event.number % 2:
        return None
    return iso(event.starts_at, chapter.zone, seconds=event.number % 5 > 0)


def duration(event: Gathering) -> str:
    """An event's length in ISO 8601."""
    hours, minutes = divmod((event.ends_at - event.starts_at) // (60 * SECOND), 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")


def title(event: Gathering, chapter: Chapter) -> str:
    """What an event is called."""
    titles = TEXTURE.gatherings.titles
    return f"{chapter.name}: monthly" if event.is_series else titles[event.number % len(titles)]


def description(event: Gathering) -> str:
    """What is written about an event, in several lines."""
    bring = "a laptop" if event.kind == "PHYSICAL" else "questions"
    return f"<p>Come and see.</p>\n<p>Doors open early,\nbring {bring} & {TEXT_MARK}.</p>"


def address(event: Gathering, chapter: Chapter, now: int) -> str:
    """An event's address, which changes with its id."""
    return f"{SITE}/{chapter.urlname}/events/{event.id(now)}/"


def venue(event: Gathering, chapter: Chapter) -> Json:
    """Where an event takes place in the city."""
    number = event.number % len(TEXTURE.gatherings.venues)
    city = chapter.city
    return {
        "id": str(20_000_000 + 100 * chapter.number + number),
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


def venues(event: Gathering, chapter: Chapter) -> list[Json]:
    """One venue, two for a hybrid event, none where it is still open."""
    if event.kind == "ONLINE":
        return [ONLINE_VENUE]
    if event.number % 11 == 0:
        return []
    here = venue(event, chapter)
    return [here, ONLINE_VENUE] if event.kind == "HYBRID" else [here]


def fee(event: Gathering) -> Json | None:
    """What an event costs, null where it is free."""
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


def series(event: Gathering, chapter: Chapter) -> Json | None:
    """The series that an event belongs to."""
    if not event.is_series:
        return None
    moment = datetime.fromtimestamp(event.starts_at // SECOND, chapter.zone)
    return {
        "id": str(500_000 + chapter.number),
        "description": "Every month",
        "endDate": None,
        "monthlyRecurrence": {
            "monthlyDayOfWeek": f"{moment:%A}".upper(),
            "monthlyWeekOfMonth": (moment.day - 1) // 7 + 1,
        },
        "weeklyRecurrence": None,
    }


def rsvp_ids(event: Gathering) -> Iterator[tuple[int, Answered]]:
    """The answers to an event, with ids that rise with the time of the first answer."""
    return enumerate(event.answers, start=event.number * 100_000)
