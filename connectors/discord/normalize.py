"""What Discord's records mean: accounts, channels, activities, events and who is interested.

Discord knows who is interested in an event, never who came. A recurring event is one event, at the
time of the occurrence that Discord lists.
"""

from collections.abc import Iterator

import msgspec

from connectors import model
from connectors.base import raises_changed
from connectors.discord import records
from connectors.discord.records import time_of
from connectors.model import ActivityKind

LINKS = "https://discord.com"
FORWARD = 1  # the type of a message reference
MOST_TYPES = 999  # a larger number is no type of message
UNINTERESTED = 0  # the response of an interested person to one occurrence
# docs.discord.com/developers/resources/guild-scheduled-event
ACTIVE, COMPLETED, CANCELED = 2, 3, 4

TYPE_NAMES = {
    records.UNKNOWN_TYPE: "unknown message type",
    1: "recipient_add",
    2: "recipient_remove",
    3: "call",
    4: "channel_name_change",
    5: "channel_icon_change",
    6: "channel_pinned_message",
    records.USER_JOIN: "user_join",
    **dict.fromkeys((8, 9, 10, 11), "guild_boost"),
    12: "channel_follow_add",
    18: "thread_created",
    **dict.fromkeys(records.COMMANDS, "app_command"),
    records.THREAD_STARTER: "thread_starter_message",
    22: "guild_invite_reminder",
    24: "auto_moderation_action",
    27: "stage_start",
    28: "stage_end",
    29: "stage_speaker",
    31: "stage_topic",
    46: "poll_result",
}

_decoders: dict[str, msgspec.json.Decoder[msgspec.Struct]] = {
    stream: msgspec.json.Decoder(shape)
    for stream, shape in {
        "members": records.Member,
        "authors": records.Member,
        "file_authors": records.Member,
        "channels": records.Channel,
        "threads": records.Thread,
        "messages": records.Message,
        "thread_messages": records.Message,
        "events": records.Event,
        "interested": records.Interested,
    }.items()
}


@raises_changed
def normalize(source: str, record: model.Record) -> list[model.Fact]:
    """Return the facts of one landed record. Raises Changed where it has an unknown shape."""
    match _decoders[record.stream].decode(record.payload):
        case records.Member() as member:
            return [_account(source, member, record)]
        case records.Channel() as channel:
            return [_channel(source, channel)]
        case records.Message() as message:
            if record.gone_at is not None:
                return [model.LeftOut("deleted")]
            return list(_message_facts(source, record.partition, message))
        case records.Event() as event:
            starts_at = time_of(event.scheduled_start_time)
            if starts_at is None:
                return [model.LeftOut("no start")]
            return [_event(source, event, starts_at, record.gone_at)]
        case records.Interested() as interested:
            return [_interest(source, interested, record)]
        case _:
            return [model.LeftOut("thread")]


def _account(source: str, member: records.Member, record: model.Record) -> model.Account:
    user = member.user
    return model.Account(
        account_id=f"{source}:{user.id}",
        handle=user.username or user.id,
        name=member.nick or user.global_name or user.username or user.id,
        is_bot=bool(user.bot or user.system),
        first_seen_at=record.first_seen_at,
        stated_joined_at=time_of(member.joined_at),
        left_at=record.gone_at,
        is_listed=record.stream == "members",
    )


def _channel(source: str, channel: records.Channel) -> model.Channel:
    return model.Channel(
        channel_id=f"{source}:{channel.id}",
        name=channel.name,
        place=channel.category,
        # The link of the server: `ref` adds the channel or the thread and the message.
        url=f"{LINKS}/channels/{channel.guild_id}",
    )


def _message_facts(source: str, partition: str, message: records.Message) -> Iterator[model.Fact]:
    channel, _, thread = partition.partition(":")
    occurred_at = time_of(message.timestamp)
    if occurred_at is None:
        yield model.LeftOut("no timestamp")
        return
    message_id = f"{source}:{message.id}"
    ref = f"{int(thread or channel)}/{message.id}"
    channel_id = f"{source}:{channel}"

    def activity(id: str, kind: ActivityKind, user: str, parent: str | None) -> model.Activity:
        parent_id = f"{source}:{parent}" if parent else None
        account_id, at = f"{source}:{user}", occurred_at
        return model.Activity(id, kind.value, account_id, channel_id, parent_id, at, ref)

    reason = _why_left_out(message)
    if reason or message.author is None:
        yield model.LeftOut(reason or "no author")
        if message.type == records.USER_JOIN and message.author:
            yield model.Join(f"{source}:{message.author.id}", None, occurred_at)
    else:
        is_reply, parent = _parent(message)
        written = ActivityKind.REPLY if is_reply else ActivityKind.MESSAGE
        yield activity(message_id, written, message.author.id, parent)
    for reaction in message.reactions or ():
        emoji = reaction.emoji.id or reaction.emoji.name
        reaction_id, users = f"{message_id}:reaction:{emoji}", dict.fromkeys(reaction.users or ())
        for user in users:
            yield activity(f"{reaction_id}:{user}", ActivityKind.REACTION, user, message.id)
        unnamed = (reaction.count or 0) - len(users)
        if 0 < unnamed <= model.MOST_UNNAMED:
            kind = ActivityKind.REACTION.value
            yield model.UnnamedActivities(reaction_id, kind, channel_id, occurred_at, unnamed)


def _why_left_out(message: records.Message) -> str | None:
    if message.type not in records.HUMAN_TYPES:
        is_type = 0 <= message.type <= MOST_TYPES
        other = f"message type {message.type}" if is_type else TYPE_NAMES[records.UNKNOWN_TYPE]
        return TYPE_NAMES.get(message.type, other)
    if message.webhook_id or (message.author and message.author.bot):
        return "bot"
    return None if message.author else "no author"


def _parent(message: records.Message) -> tuple[bool, str | None]:
    """Return whether a message is a reply, and the id of its parent if that is known.

    Before version 8 of the API a reply had the type DEFAULT: only its reference shows it.
    """
    reference = message.message_reference
    if reference and reference.type != FORWARD and reference.message_id:
        return True, reference.message_id
    if message.root_id and message.root_id != message.id:
        return True, message.root_id
    return message.type == records.REPLY, None


def _event(source: str, event: records.Event, starts_at: int, gone_at: int | None) -> model.Event:
    ends_at = time_of(event.scheduled_end_time)
    is_cancelled = event.status == CANCELED
    if exception := _exception(event, starts_at):
        is_cancelled = is_cancelled or exception.is_canceled
        if moved_to := time_of(exception.scheduled_start_time):
            starts_at = moved_to
            ends_at = time_of(exception.scheduled_end_time) or ends_at
    return model.Event(
        event_id=f"{source}:{event.id}",
        title=event.name,
        status=model.EventStatus.CANCELLED if is_cancelled else _status(event, starts_at, gone_at),
        starts_at=starts_at,
        ends_at=ends_at,
        is_online=event.is_online,
        venue=event.entity_metadata.location if event.entity_metadata else None,
        url=f"{LINKS}/events/{event.guild_id}/{event.id}" if event.guild_id else None,
        stated_interested=event.user_count,
    )


def _exception(event: records.Event, starts_at: int) -> records.Occurrence | None:
    """Return the changes to the occurrence that starts at this time, if there are any."""
    for occurrence in event.guild_scheduled_event_exceptions or ():
        if records.created_milliseconds(int(occurrence.event_exception_id)) == starts_at // 1000:
            return occurrence
    return None


def _status(event: records.Event, starts_at: int, gone_at: int | None) -> model.EventStatus:
    """Return the status of an event that was not cancelled openly.

    Discord removes an event from its list when it is over and when it is cancelled. An event that
    had begun, or was still listed at its start, took place.
    """
    if event.status == COMPLETED:
        return model.EventStatus.PAST
    if gone_at is None:
        return model.EventStatus.PLANNED
    has_begun = event.status == ACTIVE or gone_at > starts_at
    return model.EventStatus.PAST if has_begun else model.EventStatus.CANCELLED


def _interest(source: str, interested: records.Interested, record: model.Record) -> model.Fact:
    if interested.response == UNINTERESTED:
        return model.LeftOut("not interested in one occurrence")
    event_id = f"{source}:{interested.guild_scheduled_event_id}"
    return model.Attendance(
        attendance_id=f"{event_id}:{record.key}",
        event_id=event_id,
        account_id=f"{source}:{interested.user_id}",
        rsvp=model.RsvpState.INTERESTED.value,
        superseded_at=record.gone_at,
    )
