"""The lists that a chapter and an event have, with their filters and orders."""

from typing import TYPE_CHECKING, Any

from connectors.meetup.sandbox.answers import Answered, Gathering, Stay
from connectors.meetup.sandbox.page import connection
from connectors.meetup.sandbox.shapes import TALLIES, Json, title
from connectors.meetup.sandbox.world import FIRST_MEMBER, Chapter

if TYPE_CHECKING:
    from connectors.meetup.sandbox.rows import Rows

USUAL_STATUSES = ("YES", "ATTENDED")
Told = tuple[int, Answered, int, str]  # an answer: its id, and the time and status of its state


def memberships(
    rows: "Rows",
    chapter: Chapter,
    first: int | None = None,
    after: str | None = None,
    filter: Json | None = None,
    sort: Json | None = None,
) -> Json:
    """A chapter's members, those who joined first at first; pending ones only where asked for."""
    asked, order = filter or {}, sort or {}
    statuses = asked.get("status") or ("ACTIVE", "LEADER")
    ids, without = asked.get("memberIds"), asked.get("excludeMemberIds") or ()
    name = (asked.get("name") or "").casefold()
    found = [
        stay
        for stay in chapter.members(rows.now)
        if stay.status(rows.now) in statuses
        and (ids is None or FIRST_MEMBER + stay.person in ids)
        and FIRST_MEMBER + stay.person not in without
        and name in rows.meetup.world.people[stay.person].name.casefold()
    ]
    field = order.get("sortField") or "JOIN_DATE"
    people = rows.meetup.world.people
    keys: dict[str, Any] = {
        "NAME": lambda stay: people[stay.person].name.casefold(),
        "LAST_VISITED": lambda stay: rows.seen_at(chapter, stay),
        "ROLE": lambda stay: stay.role == "MEMBER",
    }
    if field in keys:
        found.sort(key=keys[field])
    if order.get("sortOrder") == "DESC":
        found.reverse()

    def edge(stay: Stay) -> Json:
        return {"node": rows.member(stay.person), "metadata": rows.membership(chapter, stay)}

    return connection(found, edge, first, after)


def events(
    rows: "Rows",
    chapter: Chapter,
    first: int | None = None,
    after: str | None = None,
    filter: Json | None = None,
    sort: str | None = None,
    status: str | None = None,
) -> Json:
    """A chapter's events, the earliest first; only active ones unless other statuses are named."""
    asked = filter or {}
    statuses = asked.get("status") or [status or "ACTIVE"]
    begin, end = asked.get("afterDateTime"), asked.get("beforeDateTime")
    words = (asked.get("title") or "").casefold()
    host = asked.get("hostId")
    found = [
        event
        for event in chapter.events
        if event.drafted_at <= rows.now
        and event.status(rows.now) in statuses
        and (begin is None or event.starts_at >= begin)
        and (end is None or event.starts_at < end)
        and (host is None or int(host) - FIRST_MEMBER in event.hosts)
        and words in title(event, chapter).casefold()
    ]
    if sort == "DESC":
        found.reverse()
    return connection(found, lambda e: {"node": rows.event(chapter, e)}, first, after)


def rsvps(
    rows: "Rows",
    chapter: Chapter,
    event: Gathering,
    first: int | None = None,
    after: str | None = None,
    filter: Json | None = None,
    sort: Json | None = None,
) -> Json:
    """An event's answers. A deleted account's are counted in the total, but not among the edges."""
    asked, order, told = filter or {}, sort or {}, rows.told(event)
    statuses = asked.get("rsvpStatus") or USUAL_STATUSES
    # "A filter containing HAVENT will only returned HAVENT responses" (the schema's text).
    everyone = _havent(rows, chapter, event, told) if "HAVENT" in statuses else told
    found = [
        one
        for one in everyone
        if one[3] in statuses
        and (not asked.get("onlyHosts") or one[1].is_host)
        and (not asked.get("onlyWithGuests") or one[1].guests)
        and asked.get("venueId") in (None, (rows.venue(chapter, event, one[1]) or {}).get("id"))
    ]
    people = rows.meetup.world.people
    field = order.get("sortField")
    if field == "NAME":
        found.sort(key=lambda one: people[one[1].person].name.casefold())
    elif field in ("DATETIME", "LOCAL_TIME"):
        found.sort(key=lambda one: (one[2], one[0]))
    if order.get("sortOrder") == "DESC":
        found.reverse()
    kept = [one for one in found if not rows.meetup.is_deleted(one[1].person, rows.now)]
    page = connection(
        kept, lambda one: {"node": rows.rsvp(chapter, event, one)}, first, after,
        total=len(found),
    )  # fmt: skip
    given = [status for *_, status in told]
    return page | {name: given.count(status) for name, status in TALLIES.items()}


def _havent(rows: "Rows", chapter: Chapter, event: Gathering, told: list[Told]) -> list[Told]:
    """Members who have not answered; only their ids tell that there is nothing behind them."""
    known = {answered.person for _, answered, *_ in told}
    return [
        (-stay.person - 1, Answered(stay.person, 0, False, ()), 0, "HAVENT")
        for stay in chapter.members(rows.now)
        if stay.person not in known
    ]
