"""Discord's scheduled events: what is kept of them, and what they mean.

Discord knows who is interested, never who came. A recurring event is one event, at the time of the
occurrence that it stands at.
"""

import re

import msgspec

from connectors.base import total
from connectors.discord.records import encode, key, microseconds, milliseconds
from connectors.model import Answer, Attendance, EventStatus, Fact, LeftOut, Raw, Record
from connectors.model import Event as EventFact

LINKS = "https://discord.com/events"
ADDRESS = re.compile(r"https?://|www\.|\b[\w-]+\.[a-z]{2,}/", re.IGNORECASE)

# docs.discord.com/developers/resources/guild-scheduled-event
ACTIVE, COMPLETED, CANCELED = 2, 3, 4
ON_DISCORD = (1, 2)  # on a stage, in a voice channel
UNINTERESTED = 0


class Metadata(msgspec.Struct, frozen=True, omit_defaults=True):
    location: str | None = None


class Occurrence(msgspec.Struct, frozen=True, omit_defaults=True):
    """One occurrence of a recurring event that is not like the others.

    The id tells when it would have been: the API returns it without documenting it
    (github.com/discord/discord-api-docs, issue 8009).
    """

    event_exception_id: str
    scheduled_start_time: str | None = None
    scheduled_end_time: str | None = None
    is_canceled: bool = False


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """`is_online` is ours: whether it takes place at a web address, which is not kept."""

    id: str
    name: str
    scheduled_start_time: str
    scheduled_end_time: str | None = None
    guild_id: str | None = None
    status: int | None = None
    entity_type: int | None = None
    entity_metadata: Metadata | None = None
    is_online: bool | None = None
    channel_id: str | None = None
    creator_id: str | None = None
    user_count: int | None = None
    recurrence_rule: dict[str, object] | None = None
    guild_scheduled_event_exceptions: list[Occurrence] | None = None


class Interested(msgspec.Struct, frozen=True, omit_defaults=True):
    guild_scheduled_event_id: str
    user_id: str
    guild_scheduled_event_exception_id: str | None = None
    response: int | None = None


_decoders: dict[str, msgspec.json.Decoder[Event | Interested]] = {
    "events": msgspec.json.Decoder(Event),
    "interested": msgspec.json.Decoder(Interested),
}
EVENT_STREAMS = frozenset(_decoders)


def encode_event(event: Event) -> Raw:
    """Return the record of a scheduled event, without its description and any web address."""
    location = event.entity_metadata.location if event.entity_metadata else None
    is_online = True if event.entity_type in ON_DISCORD else None
    if location and ADDRESS.search(location):
        location, is_online = None, True
    metadata = Metadata(location) if location else None
    return encode(
        event.id,
        msgspec.structs.replace(event, entity_metadata=metadata, is_online=is_online),
    )


def encode_interested(interested: Interested) -> Raw:
    """Return the record of a person who is interested in a scheduled event."""
    occurrence = interested.guild_scheduled_event_exception_id
    name = interested.user_id
    return encode(name, interested, f"{key(name)}:{occurrence}" if occurrence else None)


@total
def normalize_event(source: str, record: Record) -> list[Fact]:
    """Return the facts of a record of EVENT_STREAMS. Raises Changed with its place."""
    content = _decoders[record.stream].decode(record.payload)
    if isinstance(content, Event):
        return [_event(source, content, record.gone_at)]
    return [_interest(source, content, record)]


def _event(source: str, event: Event, gone_at: int | None) -> EventFact:
    planned_at = microseconds(event.scheduled_start_time)
    changes = _changes(event, planned_at)
    starts_at, ends_at = planned_at, event.scheduled_end_time
    if changes and changes.scheduled_start_time:
        starts_at = microseconds(changes.scheduled_start_time)
        ends_at = changes.scheduled_end_time or ends_at
    is_cancelled = event.status == CANCELED or bool(changes and changes.is_canceled)
    return EventFact(
        event_id=f"{source}:{event.id}",
        also_id=None,
        group_id=None,
        title=event.name,
        status=EventStatus.CANCELLED if is_cancelled else _status(event, starts_at, gone_at),
        starts_at=starts_at,
        ends_at=microseconds(ends_at) if ends_at else None,
        utc_offset_minutes=None,
        is_online=event.is_online,
        capacity=None,
        venue=event.entity_metadata.location if event.entity_metadata else None,
        city=None,
        country=None,
        latitude=None,
        longitude=None,
        url=f"{LINKS}/{event.guild_id}/{event.id}" if event.guild_id else None,
        stated_interested=event.user_count,
    )


def _changes(event: Event, planned_at: int) -> Occurrence | None:
    """How the occurrence that the event stands at differs from the others."""
    for occurrence in event.guild_scheduled_event_exceptions or ():
        if milliseconds(int(occurrence.event_exception_id)) == planned_at // 1000:
            return occurrence
    return None


def _status(event: Event, starts_at: int, gone_at: int | None) -> EventStatus:
    """Discord drops an event from its list when it is over, and when it is called off.

    What had begun, or was still there at its start, took place.
    """
    if event.status == COMPLETED:
        return EventStatus.PAST
    if gone_at is None:
        return EventStatus.PLANNED
    has_begun = event.status == ACTIVE or gone_at > starts_at
    return EventStatus.PAST if has_begun else EventStatus.CANCELLED


def _interest(source: str, interested: Interested, record: Record) -> Fact:
    if interested.response == UNINTERESTED:
        return LeftOut("not interested in one occurrence")
    event_id = f"{source}:{interested.guild_scheduled_event_id}"
    return Attendance(
        attendance_id=f"{event_id}:{record.key}",
        event_id=event_id,
        account_id=f"{source}:{interested.user_id}",
        answer=Answer.INTERESTED.value,
        mark=None,
        guests=0,
        is_host=False,
        answered_at=None,
        superseded_at=record.gone_at,
    )
