"""What Slack's records mean as facts: who is a bot, which subtypes of messages are left out."""

from collections.abc import Iterable, Iterator

import msgspec

from connectors.base import raises_changed
from connectors.model import Account, Activity, ActivityKind, Fact, Join, LeftOut, Record
from connectors.model import Channel as ChannelFact
from connectors.slack.records import (
    Channel,
    Huddle,
    Member,
    Message,
    Profile,
    is_reply,
    microseconds_of_ts,
    start_of_day,
)
from connectors.timestamps import SECOND_MICROSECONDS

HUMAN_SUBTYPES = frozenset({"", "me_message", "file_share", "file_comment", "thread_broadcast"})
SLACKBOT = "USLACKBOT"

_member_decoder = msgspec.json.Decoder(Member)
_channel_decoder = msgspec.json.Decoder(Channel)
_message_decoder = msgspec.json.Decoder(Message)


def author(message: Message) -> str | None:
    """Return who wrote a message; old file comments name their author inside."""
    return message.user or (message.comment.user if message.comment else None)


def why_left_out(message: Message) -> str | None:
    """Return why a message is no activity by itself; None if it is one."""
    subtype = message.subtype or ""
    if subtype == "huddle_thread":
        return (
            None if message.huddle and _huddle_members(message.huddle) else "huddle without people"
        )
    if subtype not in HUMAN_SUBTYPES:
        return "bot" if subtype == "bot_message" else subtype
    if message.bot_id or author(message) == SLACKBOT:
        return "bot"
    return None if author(message) else "no author"


@raises_changed
def normalize(source: str, record: Record) -> Iterable[Fact]:
    """Return the facts of one raw record; a message that is gone is left out."""
    if record.stream in ("members", "file_authors"):
        return [_account(source, _member_decoder.decode(record.payload), record)]
    if record.stream == "channels":
        return [_channel(source, _channel_decoder.decode(record.payload))]
    if record.gone_at is not None:
        return [LeftOut("deleted")]
    message = _message_decoder.decode(record.payload)
    return _message_facts(source, record.partition.partition(":")[0], message)


def _account(source: str, member: Member, record: Record) -> Account:
    profile = member.profile or Profile()
    left_at = record.gone_at
    if member.deleted:
        left_at = (
            int(member.updated) * SECOND_MICROSECONDS if member.updated else record.first_seen_at
        )
    name = profile.display_name or profile.real_name or member.real_name or member.name
    return Account(
        account_id=f"{source}:{member.id}",
        handle=member.name or member.id,
        name=name or member.id,
        is_bot=bool(
            member.is_bot or member.is_workflow_bot or profile.bot_id or member.id == SLACKBOT
        ),
        is_guest=bool(member.is_restricted or member.is_ultra_restricted),
        timezone=member.tz,
        stated_joined_at=None,
        first_seen_at=record.first_seen_at,
        left_at=left_at,
        url=None,
        is_listed=record.stream == "members",
        profile_joined_at=start_of_day(profile.start_date),
    )


def _channel(source: str, channel: Channel) -> ChannelFact:
    return ChannelFact(
        channel_id=f"{source}:{channel.id}",
        name=channel.name,
        is_general=bool(channel.is_general),
        is_archived=bool(channel.is_archived),
        created_at=(channel.created or 0) * SECOND_MICROSECONDS or None,
        url=channel.url,
    )


def _huddle_members(huddle: Huddle) -> list[str]:
    return list(dict.fromkeys((huddle.participant_history or []) + (huddle.participants or [])))


def _message_facts(source: str, channel: str, message: Message) -> Iterator[Fact]:
    channel_id, occurred_at = f"{source}:{channel}", microseconds_of_ts(message.ts)
    message_id, ref = f"{channel_id}:{message.ts}", "p" + message.ts.replace(".", "")
    reason, user = why_left_out(message), author(message)
    if reason:
        yield LeftOut(reason)
        if reason == "channel_join" and user:
            yield Join(f"{source}:{user}", channel_id, occurred_at)
    elif message.subtype == "huddle_thread" and message.huddle:
        for user in _huddle_members(message.huddle):
            yield Activity(
                f"{message_id}:huddle:{user}",
                ActivityKind.HUDDLE.value,
                f"{source}:{user}",
                channel_id,
                None,
                (message.huddle.date_start or 0) * SECOND_MICROSECONDS or occurred_at,
                ref,
            )
    else:
        kind, parent_id = ActivityKind.MESSAGE.value, None
        if is_reply(message):
            kind, parent_id = ActivityKind.REPLY.value, f"{channel_id}:{message.thread_ts}"
        yield Activity(
            message_id, kind, f"{source}:{user}", channel_id, parent_id, occurred_at, ref
        )
    for reaction in message.reactions or ():
        for user in dict.fromkeys(reaction.users or ()):
            yield Activity(
                f"{message_id}:reaction:{reaction.name}:{user}",
                ActivityKind.REACTION.value,
                f"{source}:{user}",
                channel_id,
                message_id,
                occurred_at,
                ref,
            )
