"""Discord's records: the fields that we use, how they are scrubbed, and what they mean.

The structs name every field that may be written to disk: texts, topics and names of threads are not
among them. The API and DiscordChatExporter's files are brought to the same shapes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from connectors.base import total
from connectors.model import Account, Activity, ActivityKind, Fact, Join, LeftOut, Raw, Record
from connectors.model import Channel as ChannelFact
from connectors.privacy import cut_addresses

KEY_DIGITS = 20
DISCORD_EPOCH_MILLISECONDS = 1_420_070_400_000
LINKS = "https://discord.com/channels"

# docs.discord.com/developers/resources/message#message-object-message-types
DEFAULT, USER_JOIN, REPLY, THREAD_STARTER = 0, 7, 19, 21
UNKNOWN_TYPE = -1
COMMANDS = (20, 23)
HUMAN_TYPES = (DEFAULT, REPLY)
FORWARD = 1
TYPE_NAMES = {
    UNKNOWN_TYPE: "unknown message type",
    1: "recipient_add",
    2: "recipient_remove",
    3: "call",
    4: "channel_name_change",
    5: "channel_icon_change",
    6: "channel_pinned_message",
    USER_JOIN: "user_join",
    8: "guild_boost",
    9: "guild_boost",
    10: "guild_boost",
    11: "guild_boost",
    12: "channel_follow_add",
    18: "thread_created",
    20: "app_command",
    THREAD_STARTER: "thread_starter_message",
    22: "guild_invite_reminder",
    23: "app_command",
    24: "auto_moderation_action",
    27: "stage_start",
    28: "stage_end",
    29: "stage_speaker",
    31: "stage_topic",
    46: "poll_result",
}


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account. Most deleted ones keep their id; those that Discord calls plainly Deleted User
    share one: their acts count, as those of one account, for nobody can tell them apart.
    """

    id: str
    username: str | None = None
    global_name: str | None = None
    bot: bool | None = None
    system: bool | None = None


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of the member list; an author of a message is brought to the same shape."""

    user: User
    nick: str | None = None
    joined_at: str | None = None
    roles: list[str] | None = None


class Overwrite(msgspec.Struct, frozen=True):
    """What a channel allows or denies a role or a member beyond what holds for the server."""

    id: str
    allow: str
    deny: str


class Channel(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    type: int
    name: str = ""
    guild_id: str | None = None
    last_message_id: str | None = None
    permission_overwrites: list[Overwrite] | None = None


class ThreadMetadata(msgspec.Struct, frozen=True, omit_defaults=True):
    archive_timestamp: str | None = None
    create_timestamp: str | None = None


class Thread(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    type: int
    parent_id: str | None = None
    owner_id: str | None = None
    last_message_id: str | None = None
    thread_metadata: ThreadMetadata | None = None


class Reference(msgspec.Struct, frozen=True, omit_defaults=True):
    message_id: str | None = None
    type: int | None = None


class Emoji(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str | None = None
    name: str | None = None


class Reaction(msgspec.Struct, frozen=True, omit_defaults=True):
    """`users` is who reacted, where that was asked for or a file tells it."""

    emoji: Emoji
    count: int | None = None
    users: list[str] | None = None


class Message(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """`root_id` is ours: the message that a thread hangs on."""

    id: str
    type: int
    timestamp: str
    author: User | None = None
    webhook_id: str | None = None
    message_reference: Reference | None = None
    reactions: list[Reaction] | None = None
    root_id: str | None = None
    content: str | None = None


Content = Member | Channel | Thread | Message

_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Content]] = {
    "members": msgspec.json.Decoder(Member),
    "authors": msgspec.json.Decoder(Member),
    "file_authors": msgspec.json.Decoder(Member),
    "channels": msgspec.json.Decoder(Channel),
    "threads": msgspec.json.Decoder(Thread),
    "messages": msgspec.json.Decoder(Message),
    "thread_messages": msgspec.json.Decoder(Message),
}


def key(snowflake: str | int) -> str:
    """An id with leading zeros: as text such keys sort as the ids do as numbers."""
    return str(snowflake).zfill(KEY_DIGITS)


def thread_partition(channel: str, thread: str) -> str:
    """The partition of the messages of a thread; begins with its channel."""
    return f"{channel}:{key(thread)}"


def milliseconds(snowflake: int) -> int:
    """When an id was made, in milliseconds since 1970."""
    return (snowflake >> 22) + DISCORD_EPOCH_MILLISECONDS


def first_snowflake(milliseconds: int) -> int:
    """The smallest id that could have been made at a time."""
    return max(0, milliseconds - DISCORD_EPOCH_MILLISECONDS) << 22


def microseconds(timestamp: str) -> int:
    """Microseconds since 1970 of an ISO time with its offset. Raises ValueError without one."""
    moment = datetime.fromisoformat(timestamp)
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def encode_member(member: Member) -> Raw:
    """Return the record of a member, or of an author."""
    return encode(member.user.id, msgspec.structs.replace(member, roles=None))


def encode_channel(channel: Channel, server: str) -> Raw:
    """Return the record of a channel with its server: the links of its messages begin with it."""
    return encode(
        channel.id, Channel(id=channel.id, type=channel.type, name=channel.name, guild_id=server)
    )


def encode_thread(thread: Thread) -> Raw:
    """Return the record of a thread, without its name: that is what somebody wrote."""
    created = thread.thread_metadata and thread.thread_metadata.create_timestamp
    metadata = ThreadMetadata(create_timestamp=created) if created else None
    return encode(
        thread.id,
        msgspec.structs.replace(thread, last_message_id=None, thread_metadata=metadata),
    )


def encode_message(message: Message, *, root_id: str | None, keep_text: bool) -> Raw:
    """Return the record of a message, without its text unless that is wanted.

    What its author is called is told by a record of its own, once.
    """
    author = message.author
    return encode(
        message.id,
        msgspec.structs.replace(
            message,
            author=User(author.id, bot=author.bot or None) if author else None,
            root_id=root_id,
            content=message.content if keep_text else None,
            reactions=message.reactions or None,
        ),
    )


def encode(snowflake: str, record: msgspec.Struct, name: str | None = None) -> Raw:
    """Return the record as JSON; of an address that somebody goes by, what stands before the @."""
    return Raw(name or key(snowflake), cut_addresses(_encoder.encode(record)))


def thread_root(thread: str, messages: list[Message]) -> str | None:
    """The id of what a thread hangs on, from its oldest messages in order; None without any.

    A post of a forum begins with the message that has the thread's id, a thread of a message with
    a pointer to it, which has it, too. Any other thread hangs on the first thing said in it.
    """
    if not messages:
        return None
    first = messages[0]
    if first.id == thread or first.type == THREAD_STARTER:
        return thread
    said = (m.id for m in messages if m.type in HUMAN_TYPES or m.type in COMMANDS)
    return next(said, thread)


def why_left_out(message: Message) -> str | None:
    """Return why a message is no activity; None if it is one."""
    if message.type not in HUMAN_TYPES:
        return TYPE_NAMES.get(message.type, f"message type {message.type}")
    if message.webhook_id or (message.author and message.author.bot):
        return "bot"
    return None if message.author else "no author"


@total
def normalize(source: str, record: Record) -> list[Fact]:
    """Return the facts of one raw record; of a message that is gone, none."""
    content = _decoders[record.stream].decode(record.payload)
    if isinstance(content, Member):
        return [_account(source, content, record)]
    if isinstance(content, Channel):
        return [_channel(source, content)]
    if isinstance(content, Message):
        if record.gone_at is not None:
            return [LeftOut("deleted")]
        return list(_message_facts(source, record.partition, content))
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
        stated_joined_at=microseconds(member.joined_at) if member.joined_at else None,
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
        created_at=milliseconds(int(channel.id)) * 1000,
        url=f"{LINKS}/{channel.guild_id}",  # a thread's messages have links of the thread
    )


def _message_facts(source: str, partition: str, message: Message) -> Iterator[Fact]:
    channel, _, thread = partition.partition(":")
    occurred_at = microseconds(message.timestamp)
    message_id = f"{source}:{message.id}"
    ref = f"{int(thread or channel)}/{message.id}"
    reason = why_left_out(message)
    if reason or message.author is None:
        yield LeftOut(reason or "no author")
        if message.type == USER_JOIN and message.author:
            yield Join(f"{source}:{message.author.id}", None, occurred_at)
    else:
        is_reply, answered = _answers(message)
        yield Activity(
            message_id,
            (ActivityKind.REPLY if is_reply else ActivityKind.MESSAGE).value,
            f"{source}:{message.author.id}",
            f"{source}:{channel}",
            f"{source}:{answered}" if answered else None,
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


def _answers(message: Message) -> tuple[bool, str | None]:
    """Whether a message answers something, and what, if that is known.

    Before version 8 of the API a reply had the type of any message, and its reference alone told.
    """
    reference = message.message_reference
    if reference and reference.type != FORWARD and reference.message_id:
        return True, reference.message_id
    if message.root_id and message.root_id != message.id:
        return True, message.root_id
    return message.type == REPLY, None
