"""Records of Meetup's API and files -> facts: groups, accounts, events, RSVPs and check-ins."""

from collections.abc import Callable

import msgspec

from connectors.base import raises_changed
from connectors.meetup.events import (
    archive_event_facts,
    coordinates,
    country_code,
    event_facts,
    moment,
)
from connectors.meetup.records import (
    ArchiveEvent,
    ArchiveGroup,
    C,
    Event,
    EventIds,
    FileAttendee,
    FileMembership,
    Group,
    Member,
    Rsvp,
    kept,
)
from connectors.meetup.shapes import RsvpStatus
from connectors.model import (
    Account,
    Attendance,
    Channel,
    CheckIn,
    Clue,
    ClueRule,
    EventId,
    Fact,
    Join,
    LeftOut,
    Record,
    RsvpState,
)
from connectors.model import Group as GroupFact
from connectors.pseudonyms import pseudonym

RSVPS: dict[RsvpStatus, RsvpState] = {
    "YES": RsvpState.YES,
    "YES_PENDING_PAYMENT": RsvpState.YES,
    "NO": RsvpState.NO,
    "WAITLIST": RsvpState.WAITLIST,
}
CHECK_INS: dict[RsvpStatus, CheckIn] = {
    "ATTENDED": CheckIn.ATTENDED,
    "NO_SHOW": CheckIn.NO_SHOW,
    "EXCUSED_ABSENCE": CheckIn.EXCUSED,
}
# More is no number of a person's guests, or of a group's members.
MOST_GUESTS, MOST_MEMBERS = 999, 100_000_000
Normalize = Callable[[str, Record], list[Fact]]


def _groups(source: str, group: Group, record: Record) -> list[Fact]:
    url = group.link.rstrip("/") if group.link else None
    return _group_facts(source, group, url, is_general=True)


def _archive_groups(source: str, archived: ArchiveGroup, record: Record) -> list[Fact]:
    group = kept(
        Group,
        archived,
        name=archived.name or archived.urlname,
        status="",
        members=archived.memberships.total_count if archived.memberships else None,
    )
    url = f"https://www.meetup.com/{archived.urlname}"
    return _group_facts(source, group, url, is_general=False)


def _group_facts(source: str, group: Group, url: str | None, *, is_general: bool) -> list[Fact]:
    group_id = f"{source}:{group.id}"
    latitude, longitude = coordinates(group.lat, group.lon)
    stated = group.members if 0 <= (group.members or 0) <= MOST_MEMBERS else None
    return [
        Channel(group_id, group.name, is_general, url),
        GroupFact(
            group_id=group_id,
            name=group.name,
            city=group.city or None,
            country=country_code(group.country),
            latitude=latitude,
            longitude=longitude,
            founded_at=moment(group.founded),
            stated_members=stated,
        ),
    ]


def _members(source: str, member: Member, record: Record) -> list[Fact]:
    account_id = f"{source}:{member.id}"
    joined_at = moment(member.joined)
    account = Account(
        account_id=account_id,
        handle=member.id,
        name=member.name or member.id,
        is_bot=False,
        first_seen_at=record.first_seen_at,
        stated_joined_at=joined_at,
        left_at=record.gone_at,
    )
    facts: list[Fact] = [account]
    if member.email_hash:
        value = pseudonym("email", member.email_hash)
        facts.append(Clue(account_id, ClueRule.EMAIL.value, value, record.first_seen_at))
    for stated in member.accounts_elsewhere or ():
        facts.append(Clue(account_id, ClueRule.STATED.value, stated, record.first_seen_at))
    if joined_at is not None:
        facts.append(Join(account_id, f"{source}:{record.partition}", joined_at))
    return facts


def _memberships(source: str, membership: FileMembership, record: Record) -> list[Fact]:
    return [Join(f"{source}:{membership.id}", None, membership.joined_at)]


def _event_ids(source: str, ids: EventIds, record: Record) -> list[Fact]:
    return [EventId(f"{source}:{ids.token}", f"{source}:{ids.id}")]


def _rsvps(source: str, rsvp: Rsvp, record: Record) -> list[Fact]:
    said, check_in = RSVPS.get(rsvp.status), CHECK_INS.get(rsvp.status)
    if said is None and check_in is None:
        return [LeftOut(f"RSVP {rsvp.status}")]
    _, _, token = record.partition.partition(":")
    event_id = f"{source}:{token}"
    return [
        Attendance(
            attendance_id=f"{event_id}:{rsvp.id}:{rsvp.status}",
            event_id=event_id,
            account_id=f"{source}:{rsvp.member}",
            rsvp=said.value if said else None,
            check_in=check_in.value if check_in else None,
            guests=rsvp.guests if 0 <= rsvp.guests <= MOST_GUESTS else 0,
            rsvp_at=moment(rsvp.updated) if said else None,
            superseded_at=record.gone_at,
        )
    ]


def _attendees(source: str, attendee: FileAttendee, record: Record) -> list[Fact]:
    event_id = f"{source}:{record.partition}"
    return [
        Attendance(
            attendance_id=f"{event_id}:{record.key}",
            event_id=event_id,
            account_id=f"{source}:{attendee.id}" if attendee.id else None,
            rsvp=attendee.rsvp,
            check_in=attendee.check_in,
            guests=attendee.guests,
            rsvp_at=attendee.rsvp_at,
            superseded_at=record.gone_at,
            is_from_file=True,
        )
    ]


def _stream(kind: type[C], facts: Callable[[str, C, Record], list[Fact]]) -> Normalize:
    """Return what decodes a record of a stream and makes its facts."""
    decoder = msgspec.json.Decoder(kind)
    return lambda source, record: facts(source, decoder.decode(record.payload), record)


_STREAMS: dict[str, Normalize] = {
    "groups": _stream(Group, _groups),
    "members": _stream(Member, _members),
    "events": _stream(Event, event_facts),
    "event_ids": _stream(EventIds, _event_ids),
    "rsvps": _stream(Rsvp, _rsvps),
    "file_members": _stream(Member, _members),
    "file_memberships": _stream(FileMembership, _memberships),
    "file_attendees": _stream(FileAttendee, _attendees),
    "file_events": _stream(ArchiveEvent, archive_event_facts),
    "file_groups": _stream(ArchiveGroup, _archive_groups),
    "archive_groups": _stream(ArchiveGroup, _archive_groups),
    "archive_events": _stream(ArchiveEvent, archive_event_facts),
}


@raises_changed
def normalize(source: str, record: Record) -> list[Fact]:
    """Return the facts of one record. Raises Changed with its place."""
    return _STREAMS[record.stream](source, record)
