"""The Pro network over all chapters, and its four searches."""

from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from connectors.meetup.sandbox.answers import Gathering
from connectors.meetup.sandbox.page import connection, cursor, page_info, position, size_of
from connectors.meetup.sandbox.shapes import SITE, Json, iso, title
from connectors.meetup.sandbox.world import (
    FIRST_MEMBER,
    NETWORK,
    NETWORK_ID,
    Chapter,
    MeetupWorld,
)
from connectors.sandbox.text import TEXT_MARK
from connectors.sandbox.texture import TEXTURE

if TYPE_CHECKING:
    from connectors.meetup.sandbox.rows import Rows


def network(rows: "Rows") -> Json:
    """The network of all chapters."""
    meetup = rows.meetup
    return {
        "id": str(NETWORK_ID),
        "name": TEXTURE.gatherings.network,
        "urlname": NETWORK,
        "link": f"{SITE}/pro/{NETWORK}",
        "externalUrl": None,
        "description": f"Makers of many cities, {TEXT_MARK}.",
        "isProEmailShared": True,
        "status": "ACTIVE",
        "primaryAdmin": lambda: rows.member(0),
        "networkAnalytics": lambda: {
            "totalGroups": len(_founded(rows)),
            "totalMembers": len(_people(meetup, rows.now)),
            "totalCountries": len({chapter.city.country for chapter in _founded(rows)}),
        },
        "groupsSearch": lambda **asked: _groups(rows, **asked["input"]),
        "eventsSearch": lambda **asked: _events(rows, **asked["input"]),
        "membersSearch": lambda **asked: _members(rows, **asked["input"]),
        "rsvpsSearch": lambda **asked: _rsvps(rows, **asked["input"]),
    }


def _founded(rows: "Rows") -> list[Chapter]:
    return [chapter for chapter in rows.meetup.chapters if chapter.founded_at <= rows.now]


def _is_chosen(chapter: Chapter, asked: Json) -> bool:
    """Whether a chapter passes the filters that are on groups and on events."""
    ids, names, without = (asked.get(k) for k in ("groupIds", "groupUrlnames", "excludedGroupIds"))
    return (
        (ids is None or str(chapter.id) in ids)
        and (names is None or chapter.urlname in names)
        and (without is None or str(chapter.id) not in without)
        and asked.get("country") in (None, chapter.city.country)
    )


def _groups(
    rows: "Rows",
    first: int | None = None,
    after: str | None = None,
    filter: Json | None = None,
    desc: bool | None = None,
) -> Json:
    asked = filter or {}
    name = (asked.get("name") or "").casefold()
    found = [c for c in _founded(rows) if _is_chosen(c, asked) and name in c.name.casefold()]
    if desc:
        found.reverse()

    def edge(chapter: Chapter) -> Json:
        return {"node": rows.group(chapter), "metadata": lambda: rows.analytics(chapter)}

    return connection(found, edge, first, after)


def _events(
    rows: "Rows",
    first: int | None = None,
    after: str | None = None,
    filter: Json | None = None,
    desc: bool | None = None,
) -> Json:
    """Announced events, the latest first (recorded), whatever their status where none is named."""
    asked = filter or {}
    begin, end = asked.get("eventDateMin"), asked.get("eventDateMax")
    statuses, is_online = asked.get("status"), asked.get("isOnlineEvent")
    words = (asked.get("title") or "").casefold()
    found = [
        (chapter, event)
        for chapter in _founded(rows)
        if _is_chosen(chapter, asked)
        for event in chapter.events
        if event.drafted_at <= rows.now
        and event.status(rows.now) in (statuses or ("ACTIVE", "PAST", "CANCELLED"))
        and (begin is None or event.starts_at >= begin)
        and (end is None or event.starts_at <= end)
        and (is_online is None or is_online == (event.kind == "ONLINE"))
        and words in title(event, chapter).casefold()
    ]
    found.sort(key=lambda pair: (pair[1].starts_at, pair[1].number), reverse=desc is not False)
    return connection(found, lambda pair: {"node": rows.event(*pair)}, first, after)


@lru_cache(maxsize=2)
def _people(meetup: MeetupWorld, now: int) -> list[tuple[int, int]]:
    """Who is in any chapter, with the time of the first joining, in that order."""
    joined: dict[int, int] = {}
    for chapter in meetup.chapters:
        for stay in chapter.members(now):
            joined[stay.person] = min(stay.joined_at, joined.get(stay.person, stay.joined_at))
    return sorted(joined.items(), key=lambda pair: (pair[1], pair[0]))


def _members(
    rows: "Rows",
    first: int | None = None,
    after: str | None = None,
    filter: Json | None = None,
    desc: bool | None = None,
) -> Json:
    asked = filter or {}
    begin, end = asked.get("joinDateTimeMin"), asked.get("joinDateTimeMax")
    found = [
        (number, joined_at)
        for number, joined_at in _people(rows.meetup, rows.now)
        if (begin is None or joined_at >= begin)
        and (end is None or joined_at <= end)
        and _fits(rows, number, asked)
    ]
    if desc:
        found.reverse()

    def edge(pair: tuple[int, int]) -> Json:
        number, joined_at = pair
        person = rows.meetup.world.people[number]
        return {
            "node": rows.member(number) | {"email": person.email},
            "metadata": lambda: _analytics(rows, number, joined_at),
        }

    return connection(found, edge, first, after)


def _fits(rows: "Rows", number: int, asked: Json) -> bool:
    """Whether a person passes the filters on people."""
    if not asked:
        return True
    id = str(FIRST_MEMBER + number)
    groups, users, roles = (asked.get(key) for key in ("groups", "users", "roles"))
    least, most = asked.get("eventsAttendedMin"), asked.get("eventsAttendedMax")
    chapters = _current(rows, number)
    name = (asked.get("userName") or "").casefold()
    if least is not None or most is not None:
        count = _attended(rows, number)
        if count < (least or 0) or (most is not None and count > most):
            return False
    return (
        (users is None or id in users)
        and id not in (asked.get("excludedUsers") or ())
        and (groups is None or any(str(chapter.id) in groups for chapter in chapters))
        and (roles is None or any(c.stay_of[number].role in roles for c in chapters))
        and name in rows.meetup.world.people[number].name.casefold()
    )


def _current(rows: "Rows", number: int) -> list[Chapter]:
    chapters = rows.meetup.chapters_of[number]
    return [chapter for chapter in chapters if chapter.stay_of[number].is_on_list(rows.now)]


def _attended(rows: "Rows", number: int) -> int:
    """How many past events somebody said yes to or was checked in at."""
    count = 0
    for chapter in rows.meetup.chapters_of[number]:
        for event, answered in chapter.answered.get(number, ()):
            state = answered.state(rows.now)
            is_past = event.status(rows.now) == "PAST"
            count += is_past and state is not None and state[1] in ("YES", "ATTENDED")
    return count


def _analytics(rows: "Rows", number: int, joined_at: int) -> Json:
    chapters = _current(rows, number)
    stays = [chapter.stay_of[number] for chapter in chapters]
    zone = chapters[0].zone
    return {
        "joinTime": iso(joined_at, zone),
        "lastAccessTime": iso(max(rows.seen_at(c, c.stay_of[number]) for c in chapters), zone),
        "eventsAttended": _attended(rows, number),
        "groupsCount": len(chapters),
        "isOrganizer": any(stay.role != "MEMBER" for stay in stays),
        "role": min((stay.role for stay in stays), key=lambda role: role == "MEMBER"),
        "memberships": lambda: [
            rows.membership(chapter, chapter.stay_of[number]) for chapter in chapters
        ],
    }


@lru_cache(maxsize=2)
def _announced(meetup: MeetupWorld, now: int) -> tuple[list[tuple[Chapter, Gathering]], list[int]]:
    """Announced events, and how many answers there are up to the end of each."""
    events = [
        (chapter, event)
        for chapter in meetup.chapters
        for event in chapter.events
        if 0 < event.announced_at <= now
    ]
    counts = (sum(a.state(now) is not None for a in event.answers) for _, event in events)
    return events, list(accumulate(counts))


def _rsvps(rows: "Rows", first: int | None = None, after: str | None = None) -> Json:
    """Every answer to every event, cut without making a list of all of them."""
    events, sums = _announced(rows.meetup, rows.now)
    begin, size = position(after), size_of(first)
    edges: list[Json] = []
    passed = 0
    for (chapter, event), upto in zip(events, sums, strict=True):
        if upto > begin + len(edges) and len(edges) < size:
            told = rows.told(event)[max(0, begin + len(edges) - passed) :]
            for one in told[: size - len(edges)]:
                row: dict[str, Any] = {"node": rows.rsvp(chapter, event, one)}
                edges.append(row | {"cursor": cursor(begin + len(edges))})
        passed = upto
    total = sums[-1] if sums else 0
    info = page_info(edges, has_more=begin + size < total, has_less=begin > 0)
    return {"totalCount": total, "edges": edges, "pageInfo": info}
