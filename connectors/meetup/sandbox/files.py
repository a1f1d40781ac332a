"""Writes the made-up groups as files that organisers download, and as an archive of events.

The tables are tab-separated with dates as MM/DD/YYYY, headers as in files seen in public.
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from connectors.meetup.sandbox.formats import venues
from connectors.meetup.sandbox.lists import DEFAULT_RSVP_STATUSES
from connectors.meetup.sandbox.model import FIRST_MEMBER, Event, Group, Membership, Rsvp
from connectors.meetup.sandbox.page import Json
from connectors.meetup.sandbox.rows import Rows
from connectors.meetup.sandbox.view import CurrentRsvp, View
from connectors.meetup.sandbox.world import MeetupWorld
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
RSVPS = {"YES": "Yes", "YES_PENDING_PAYMENT": "Yes", "NO": "No", "WAITLIST": "Waitlist"}
EVENT_KEYS = ("id", "title", "description", "status", "dateTime", "duration", "eventUrl")
GROUP_KEYS = ("id", "name", "urlname", "description", "lat", "lon", "city", "state", "country")


def write_downloads(meetup: MeetupWorld, folder: Path, *, now: int) -> None:
    """Write every group's members.tsv, and attendees-ID.tsv of each of its past events.

    Attendees without an RSVP are there by name alone.
    """
    rows = Rows(View(meetup, now))
    for group in meetup.groups:
        here = folder / group.urlname
        here.mkdir(parents=True, exist_ok=True)
        members = [one for one in group.members(now) if one.status(now) in ("ACTIVE", "LEADER")]
        _write_table(here / "members.tsv", MEMBERS, (_member(rows, group, m) for m in members))
        for event in group.events:
            if event.status(now) == "PAST":
                path = here / f"attendees-{event.id(now)}.tsv"
                rsvps = rows.view.rsvps(event)
                shown = [r for r in rsvps if not meetup.is_deleted(r.rsvp.person, now)]
                _write_table(path, ATTENDEES, (_attendee(rows, group, one) for one in shown))


def write_archive(meetup: MeetupWorld, folder: Path, *, now: int) -> None:
    """Write a folder per group with metadata.json and events.json: counts, no people."""
    rows = Rows(View(meetup, now))
    for group in meetup.groups:
        here = folder / group.urlname
        here.mkdir(parents=True, exist_ok=True)
        events = [e for e in group.events if e.status(now) in ("PAST", "CANCELLED")]
        listed = [_archived(rows, group, event) for event in events]
        (here / "events.json").write_bytes(_json(listed))
        (here / "metadata.json").write_bytes(_json(_metadata(rows, group, listed)))


def _write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    out = io.StringIO()
    table = csv.writer(out, delimiter="\t", lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


def _json(content: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


def _day(at: int, group: Group) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, group.zone):%m/%d/%Y}"


def _profile(group: Group, person: int) -> str:
    return f"http://www.meetup.com/{group.urlname}/members/{FIRST_MEMBER + person}/"


def _last_rsvp(rsvp: Rsvp, now: int) -> tuple[int, str]:
    """Return the time and the word of the last RSVP before any check-in; "" for a walk-in."""
    found = 0, ""
    for index in range(0, len(rsvp.states), 2):
        at, status = rsvp.states[index], rsvp.states[index + 1]
        if isinstance(at, int) and at <= now and status in RSVPS:
            found = at, RSVPS[str(status)]
    return found


def _member(rows: Rows, group: Group, membership: Membership) -> list[Any]:
    person, now = rows.view.known[membership.person], rows.now
    past = [
        (event, rsvp, state[1])
        for event, rsvp in group.rsvps_of.get(membership.person, ())
        if event.status(now) == "PAST" and (state := rsvp.state(now))
    ]
    came = [event for event, _, status in past if status == "ATTENDED"]
    rsvps = [_last_rsvp(rsvp, now)[1] for _, rsvp, _ in past]
    member = rows.member(membership.person)
    return [
        person.name,
        f"user {member['id']}",
        TITLES[membership.role],
        member["id"],
        member["city"],
        _day(membership.joined_at, group),
        _day(rows.view.last_seen_at(group, membership), group),
        _day(came[-1].starts_at, group) if came else "",
        f" {len(rsvps)}",  # a leading space, as in files seen
        rsvps.count("Yes"),
        0,
        rsvps.count("No"),
        len(came),
        sum(status == "NO_SHOW" for *_, status in past),
        "Yes" if membership.person % 4 == 0 else "No",
        "No",
        "Yes" if membership.role != "MEMBER" else "No",
        "Yes",
        _profile(group, membership.person),
        f"Mostly {TEXT_MARK}" if membership.person % 5 == 0 else "",
    ]


def _attendee(rows: Rows, group: Group, current: CurrentRsvp) -> list[Any]:
    _, rsvp, _, status = current
    person = rows.view.known[rsvp.person]
    membership = group.membership_of[rsvp.person]
    rsvp_at, said = _last_rsvp(rsvp, rows.now)
    is_known = bool(said)
    return [
        person.name,
        "Y" if status == "ATTENDED" else "",
        f"user {FIRST_MEMBER + rsvp.person}" if is_known else "",
        TITLES[membership.role] if is_known else "",
        "Yes" if rsvp.is_host else "No",
        said,
        rsvp.guests,
        _day(rsvp_at, group) if is_known else "",
        _day(membership.joined_at, group) if is_known else "",
        _profile(group, rsvp.person) if is_known else "",
        f"Window seat, {TEXT_MARK}" if rsvp.person % 13 == 0 else "",
    ]


def _archived(rows: Rows, group: Group, event: Event) -> Json:
    row = rows.event(group, event)
    given = [one.status for one in rows.view.rsvps(event)]
    yes = sum(status in DEFAULT_RSVP_STATUSES for status in given)  # equal in every archive seen
    counts = {"yesCount": yes, "waitlistCount": given.count("WAITLIST"), "totalCount": yes}
    return {name: row[name] for name in EVENT_KEYS} | {
        "featuredEventPhoto": {},
        "rsvps": counts,
        "venues": venues(event, group),
        "group": {"name": group.name, "urlname": group.urlname},
        "createdTime": row["createdTime"],
    }


def _metadata(rows: Rows, group: Group, events: list[Json]) -> Json:
    row = rows.group(group)
    dates = [event["dateTime"][:10] for event in events]
    return {name: row[name] for name in GROUP_KEYS} | {
        "memberships": {"totalCount": len(group.members(rows.now))},
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
