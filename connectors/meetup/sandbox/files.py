"""Writes the made-up chapters as the files that organisers download, and as an archive of events.

The tables are tab-separated with dates as MM/DD/YYYY, headers as in files seen in public.
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from connectors.meetup.sandbox.answers import Answered, Gathering, Stay
from connectors.meetup.sandbox.lists import USUAL_STATUSES, Told
from connectors.meetup.sandbox.rows import Rows
from connectors.meetup.sandbox.shapes import Json, venues
from connectors.meetup.sandbox.world import FIRST_MEMBER, Chapter, MeetupWorld
from connectors.sandbox.community import SECOND
from connectors.sandbox.text import TEXT_MARK

MEMBERS = (
    "Name", "User ID", "Title", "Member ID", "Location", "Joined Group on",
    "Last visited group on", "Last Attended", "Total RSVPs", "RSVPed Yes", "RSVPed Maybe",
    "RSVPed No", "Meetups attended", "No shows", "Intro", "Photo", "Assistant Organizer",
    "Mailing List", "URL of Member Profile", "What do you make?",
)  # fmt: skip
ATTENDEES = (
    "Name", "Attendance", "User ID", "Title", "Event Host", "RSVP", "Guests", "RSVPed on",
    "Joined Group on", "URL of Member Profile", "Notes",
)  # fmt: skip
TITLES = {"ORGANIZER": "Organizer", "COORGANIZER": "Co-Organizer", "EVENT_ORGANIZER":
          "Event Organizer", "MEMBER": ""}  # fmt: skip
ANSWERS = {"YES": "Yes", "YES_PENDING_PAYMENT": "Yes", "NO": "No", "WAITLIST": "Waitlist"}
EVENT_KEYS = ("id", "title", "description", "status", "dateTime", "duration", "eventUrl")
GROUP_KEYS = ("id", "name", "urlname", "description", "lat", "lon", "city", "state", "country")


def write_members(meetup: MeetupWorld, chapter: Chapter, path: Path, *, now: int) -> None:
    """Writes a chapter's list of members as of `now`."""
    rows = Rows(meetup, now)
    listed = [s for s in chapter.members(now) if s.status(now) in ("ACTIVE", "LEADER")]
    _write_table(path, MEMBERS, (_member(rows, chapter, stay) for stay in listed))


def write_attendees(
    meetup: MeetupWorld, chapter: Chapter, event: Gathering, path: Path, *, now: int
) -> None:
    """Writes who answered to an event or came, as of `now`; walk-ins are there by name alone."""
    rows = Rows(meetup, now)
    told = [one for one in rows.told(event) if not meetup.is_deleted(one[1].person, now)]
    _write_table(path, ATTENDEES, (_attendee(rows, chapter, one) for one in told))


def write_downloads(meetup: MeetupWorld, folder: Path, *, now: int) -> None:
    """Writes every chapter's members.tsv and attendees-ID.tsv of each event that has begun."""
    for chapter in meetup.chapters:
        here = folder / chapter.urlname
        here.mkdir(parents=True, exist_ok=True)
        write_members(meetup, chapter, here / "members.tsv", now=now)
        for event in chapter.events:
            if event.status(now) == "PAST":
                path = here / f"attendees-{event.id(now)}.tsv"
                write_attendees(meetup, chapter, event, path, now=now)


def write_archive(meetup: MeetupWorld, folder: Path, *, now: int) -> None:
    """Writes a folder per chapter with metadata.json and events.json: counts, no people."""
    rows = Rows(meetup, now)
    for chapter in meetup.chapters:
        here = folder / chapter.urlname
        here.mkdir(parents=True, exist_ok=True)
        events = [e for e in chapter.events if e.status(now) in ("PAST", "CANCELLED")]
        listed = [_archived(rows, chapter, event) for event in events]
        (here / "events.json").write_bytes(_json(listed))
        (here / "metadata.json").write_bytes(_json(_metadata(rows, chapter, listed)))


def _write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    out = io.StringIO()
    table = csv.writer(out, delimiter="\t", lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


def _json(content: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


def _day(at: int, chapter: Chapter) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, chapter.zone):%m/%d/%Y}"


def _profile(chapter: Chapter, person: int) -> str:
    return f"http://www.meetup.com/{chapter.urlname}/members/{FIRST_MEMBER + person}/"


def _answer(answered: Answered, now: int) -> tuple[int, str]:
    """The last answer before any mark, with its time; nothing for a walk-in."""
    found = 0, ""
    for index in range(0, len(answered.states), 2):
        at, status = answered.states[index], answered.states[index + 1]
        if isinstance(at, int) and at <= now and status in ANSWERS:
            found = at, ANSWERS[str(status)]
    return found


def _member(rows: Rows, chapter: Chapter, stay: Stay) -> list[Any]:
    person, now = rows.meetup.world.people[stay.person], rows.now
    past = [
        (event, answered, state[1])
        for event, answered in chapter.answered.get(stay.person, ())
        if event.status(now) == "PAST" and (state := answered.state(now))
    ]
    came = [event for event, _, status in past if status == "ATTENDED"]
    answers = [_answer(answered, now)[1] for _, answered, _ in past]
    member = rows.member(stay.person)
    return [
        person.name,
        f"user {member['id']}",
        TITLES[stay.role],
        member["id"],
        member["city"],
        _day(stay.joined_at, chapter),
        _day(rows.seen_at(chapter, stay), chapter),
        _day(came[-1].starts_at, chapter) if came else "",
        f" {len(answers)}",  # a leading space, as in files seen
        answers.count("Yes"),
        0,
        answers.count("No"),
        len(came),
        sum(status == "NO_SHOW" for *_, status in past),
        "Yes" if stay.person % 4 == 0 else "No",
        "No",
        "Yes" if stay.role != "MEMBER" else "No",
        "Yes",
        _profile(chapter, stay.person),
        f"Mostly {TEXT_MARK}" if stay.person % 5 == 0 else "",
    ]


def _attendee(rows: Rows, chapter: Chapter, told: Told) -> list[Any]:
    _, answered, _, status = told
    person = rows.meetup.world.people[answered.person]
    stay = chapter.stay_of[answered.person]
    answered_at, answer = _answer(answered, rows.now)
    is_known = bool(answer)
    return [
        person.name,
        "Y" if status == "ATTENDED" else "",
        f"user {FIRST_MEMBER + answered.person}" if is_known else "",
        TITLES[stay.role] if is_known else "",
        "Yes" if answered.is_host else "No",
        answer,
        answered.guests,
        _day(answered_at, chapter) if is_known else "",
        _day(stay.joined_at, chapter) if is_known else "",
        _profile(chapter, answered.person) if is_known else "",
        f"Window seat, {TEXT_MARK}" if answered.person % 13 == 0 else "",
    ]


def _archived(rows: Rows, chapter: Chapter, event: Gathering) -> Json:
    row = rows.event(chapter, event)
    given = [status for *_, status in rows.told(event)]
    yes = sum(status in USUAL_STATUSES for status in given)  # equal in every archive seen
    counts = {"yesCount": yes, "waitlistCount": given.count("WAITLIST"), "totalCount": yes}
    return {name: row[name] for name in EVENT_KEYS} | {
        "featuredEventPhoto": {},
        "rsvps": counts,
        "venues": venues(event, chapter),
        "group": {"name": chapter.name, "urlname": chapter.urlname},
        "createdTime": row["createdTime"],
    }


def _metadata(rows: Rows, chapter: Chapter, events: list[Json]) -> Json:
    row = rows.group(chapter)
    dates = [event["dateTime"][:10] for event in events]
    return {name: row[name] for name in GROUP_KEYS} | {
        "memberships": {"totalCount": len(chapter.members(rows.now))},
        "foundedDate": row["foundedDate"],
        "proJoinDate": row["proJoinDate"],
        "timezone": row["timezone"],
        "joinMode": row["joinMode"],
        "who": row["customMemberLabel"],
        "isPrivate": row["isPrivate"],
        "events": {
            "totalCount": len(events),
            "first_event": dates[0] if dates else None,
            "last_event": dates[-1] if dates else None,
        },
        "status": "active",
    }
