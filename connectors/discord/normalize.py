"""What Discord's records mean: accounts, channels, activities, events and who is interested.

Discord knows who is interested in an event, never who came. A recurring event is one event, at the
time of the occurrence that Discord lists.
"""

from collections.abc import Iterator

import msgspec

from connectors.base import raises_changed
from connectors.discord.records import (
    COMMANDS,
    HUMAN_TYPES,
    REPLY,
    THREAD_STARTER,
    UNKNOWN_TYPE,
    USER_JOIN,
    Channel,
    Event,
    Interested,
    Member,
    Message,
    Occurrence,
    Thread,
    created_milliseconds,
)
from connectors.model import (
    Account,
    Activity,
    ActivityKind,
    Answer,
    Attendance,
    EventStatus,
    Fact,
    Join,
    LeftOut,
    Record,
)
from connectors.model import Channel as ChannelFact
from connectors.model import Event as EventFact
from connectors.timestamps import iso_microseconds

LINKS = "https://discord.com"
FORWARD = 1  # the type of a message reference
UNINTERESTED = 0  # the response of an interested person to one occurrence
# docs.discord.com/developers/resources/guild-scheduled-event
ACTIVE, COMPLETED, CANCELED = 2, 3, 4

TYPE_NAMES = {
    UNKNOWN_TYPE: "unknown message type",
    1: "recipient_add",
    2: "recipient_remove",
    3: "call",
    4: "channel_name_change",
    5: "channel_icon_change",
    6: "channel_pinned_message",
    USER_JOIN: "user_join",
    **dict.fromkeys((8, 9, 10, 11), "guild_boost"),
    12: "channel_follow_add",
    18: "thread_created",
    **dict.fromkeys(COMMANDS, "app_command"),
    THREAD_STARTER: "thread_starter_message",
    22: "guild_invite_reminder",
    24: "auto_moderation_action",
    27: "stage_start",
    28: "stage_end",
    29: "stage_speaker",
    31: "stage_topic",
    46: "poll_result",
}

_decoders: dict[str, msgspec.json.Decoder[msgspec.Struct]] = {
    stream: msgspec.json.Decoder(struct)
    for stream, struct in {
        "members": Member,
        "authors": Member,
        "file_authors": Member,
        "channels": Channel,
        "threads": Thread,
        "messages": Message,
        "thread_messages": Message,
        "events": Event,
        "interested": Interested,
    }.items()
}


@raises_changed
def normalize_record(source: str, record: Record) -> list[Fact]:
    """Return the facts of one landed record. Raises Changed where it has an unknown shape."""
    match _decoders[record.stream].decode(record.payload):
        case Member() as member:
            return [_account(source, member, record)]
        case Channel() as channel:
            return [_channel(source, channel)]
        case Message() as message:
            if record.gone_at is not None:
                return [LeftOut("deleted")]
            return list(_message_facts(source, record.partition, message))
        case Event() as event:
            return [_event(source, event, record.gone_at)]
        case Interested() as interested:
            return [_interest(source, interested, record)]
        case _:
            return [LeftOut("thread")]


def _account(source: str, member: Member, record: Record) -> Account:
    user = member.user
    return Account(
        account_id=f"{source}:{user.id}",
        handle=user.username or user.id,
        name=member.nick or user.global_name or user.username or user.id,
        is_bot=bool(user.bot or user.system),
        is_guest=False,
        timezone=None,
        stated_joined_at=iso_microseconds(member.joined_at) if member.joined_at else None,
        first_seen_at=record.first_seen_at,
        left_at=record.gone_at,
        url=None,
        is_listed=record.stream == "members",
    )


def _channel(source: str, channel: Channel) -> ChannelFact:
    return ChannelFact(
        channel_id=f"{source}:{channel.id}",
        name=channel.name,
        is_general=False,
        is_archived=False,
        created_at=created_milliseconds(int(channel.id)) * 1000,
        # The link of the server: `ref` adds the channel or the thread and the message.
        url=f"{LINKS}/channels/{channel.guild_id}",
    )


def _message_facts(source: str, partition: str, message: Message) -> Iterator[Fact]:
    channel, _, thread = partition.partition(":")
    occurred_at = iso_microseconds(message.timestamp)
    message_id = f"{source}:{message.id}"
    ref = f"{int(thread or channel)}/{message.id}"
    reason = _why_left_out(message)
    if reason or message.author is None:
        yield LeftOut(reason or "no author")
        if message.type == USER_JOIN and message.author:
            yield Join(f"{source}:{message.author.id}", None, occurred_at)
    else:
        is_reply, parent = _parent(message)
        yield Activity(
            message_id,
            (ActivityKind.REPLY if is_reply else ActivityKind.MESSAGE).value,
            f"{source}:{message.author.id}",
            f"{source}:{channel}",
            f"{source}:{parent}" if parent else None,
            occurred_at,
            ref,
        )
    for reaction in message.reactions or ():
        emoji = reaction.emoji.id or reaction.emoji.name
        for user in dict.fromkeys(reaction.users or ()):
            yield Activity(
                f"{message_id}:reaction:{emoji}:{user}",
                ActivityKind.REACTION.value,
                f"{source}:{user}",
                f"{source}:{channel}",
                message_id,
                occurred_at,
                ref,
            )


def _why_left_out(message: Message) -> str | None:
    """Return why a message is no activity; None if it is one."""
    if message.type not in HUMAN_TYPES:
        return TYPE_NAMES.get(message.type, f"message type {message.type}")
    if message.webhook_id or (message.author and message.author.bot):
        return "bot"
    return None if message.author else "no author"


def _parent(message: Message) -> tuple[bool, str | None]:
    """Return whether a message is a reply, and the id of its parent if that is known.

    Before version 8 of the API a reply had the type DEFAULT: only its reference shows it.
    """
    reference = message.message_reference
    if reference and reference.type != FORWARD and reference.message_id:
        return True, reference.message_id
    if message.root_id and message.root_id != message.id:
        return True, message.root_id
    return message.type == REPLY, None


def _event(source: str, event: Event, gone_at: int | None) -> EventFact:
    starts_at, ends_at = iso_microseconds(event.scheduled_start_time), event.scheduled_end_time
    is_cancelled = event.status == CANCELED
    if exception := _exception(event, starts_at):
        is_cancelled = is_cancelled or exception.is_canceled
        if exception.scheduled_start_time:
            starts_at = iso_microseconds(exception.scheduled_start_time)
            ends_at = exception.scheduled_end_time or ends_at
    return EventFact(
        event_id=f"{source}:{event.id}",
        also_id=None,
        group_id=None,
        title=event.name,
        status=EventStatus.CANCELLED if is_cancelled else _status(event, starts_at, gone_at),
        starts_at=starts_at,
        ends_at=iso_microseconds(ends_at) if ends_at else None,
        utc_offset_minutes=None,
        is_online=event.is_online,
        capacity=None,
        venue=event.entity_metadata.location if event.entity_metadata else None,
        city=None,
        country=None,
        latitude=None,
        longitude=None,
        url=f"{LINKS}/events/{event.guild_id}/{event.id}" if event.guild_id else None,
        stated_interested=event.user_count,
    )


def _exception(event: Event, starts_at: int) -> Occurrence | None:
    """Return the changes to the occurrence that starts at this time, if there are any."""
    for occurrence in event.guild_scheduled_event_exceptions or ():
        if created_milliseconds(int(occurrence.event_exception_id)) == starts_at // 1000:
            return occurrence
    return None


def _status(event: Event, starts_at: int, gone_at: int | None) -> EventStatus:
    """Return the status of an event that was not cancelled openly.

    Discord removes an event from its list when it is over and when it is cancelled. An event that
    had begun, or was still listed at its start, took place.
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
        rsvp=Answer.INTERESTED.value,
        check_in=None,
        guests=0,
        is_host=False,
        rsvp_at=None,
        superseded_at=record.gone_at,
    )
