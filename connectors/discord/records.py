"""Discord's records: the fields that are kept, and how private ones are dropped before landing.

The structs name every field that may be written to disk: texts, topics and names of threads are not
among them. DiscordChatExporter's files are converted to the same structs as the API's responses.
"""

import re
from datetime import timedelta
from typing import Annotated

import msgspec

from connectors.forgetting import Naming
from connectors.model import Raw
from connectors.privacy import cut_addresses
from connectors.timestamps import iso_microseconds
from connectors.tolerant import read_row

REREAD = timedelta(days=7)  # behind the newest message, for edits and deletions

KEY_DIGITS = 20
DISCORD_EPOCH_MILLISECONDS = 1_420_070_400_000
DISCORD_BEGAN_AT = DISCORD_EPOCH_MILLISECONDS * 1000

# docs.discord.com/developers/resources/channel#channel-object-channel-types
TEXT, VOICE, NEWS, STAGE, FORUM, MEDIA = 0, 2, 5, 13, 15, 16
WITH_MESSAGES = (TEXT, VOICE, NEWS, STAGE)
WITH_THREADS = (TEXT, NEWS, FORUM, MEDIA)
WITH_POSTS = (FORUM, MEDIA)
PUBLIC_THREADS = (10, 11)

# docs.discord.com/developers/resources/message#message-object-message-types
DEFAULT, USER_JOIN, REPLY, THREAD_STARTER = 0, 7, 19, 21
UNKNOWN_TYPE = -1
COMMANDS = (20, 23)
HUMAN_TYPES = (DEFAULT, REPLY)

ON_DISCORD = (1, 2)  # entity types of events on a stage and in a voice channel
Id = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,20}$")]
Permissions = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,30}$")]
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
WEB_ADDRESS = re.compile(r"https?://|www\.|\b[\w-]+\.[a-z]{2,}/", re.IGNORECASE)

IN_MEMBERS = ("user.id",)
IN_MESSAGES = ("author.id", "reactions.users")
NAMING = Naming(
    fields={
        "members": IN_MEMBERS,
        "authors": IN_MEMBERS,
        "file_authors": IN_MEMBERS,
        "messages": IN_MESSAGES,
        "thread_messages": IN_MESSAGES,
        "threads": ("owner_id",),
        "events": ("creator_id",),
        "interested": ("user_id",),
    },
    about=frozenset({"members", "authors", "file_authors"}),
    keyed=frozenset({"interested"}),
    words="content",
    kept=frozenset({"bot", "joined_at"}),
    has_numbers=True,
)


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account. Most deleted accounts keep their id.

    Those that Discord shows as "Deleted User" share one id, so they count as one account.
    """

    id: Id
    username: str | None = None
    global_name: str | None = None
    bot: bool | None = None
    system: bool | None = None


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member of the server. The author of a message is kept in the same shape."""

    user: User
    nick: str | None = None
    joined_at: str | None = None
    roles: list[str] | None = None


class Overwrite(msgspec.Struct, frozen=True):
    """Permissions that a channel allows or denies to one role or member."""

    id: str
    allow: Permissions
    deny: Permissions


class Channel(msgspec.Struct, frozen=True, omit_defaults=True):
    """`category` is added by us: the name of the category in which the server shows it."""

    id: Id
    type: int
    name: str = ""
    guild_id: str | None = None
    parent_id: str | None = None
    category: str | None = None
    last_message_id: Id | None = None
    permission_overwrites: list[Overwrite] | None = None


class ThreadMetadata(msgspec.Struct, frozen=True, omit_defaults=True):
    archive_timestamp: str | None = None
    create_timestamp: str | None = None


class Thread(msgspec.Struct, frozen=True, omit_defaults=True):
    id: Id
    type: int
    parent_id: Id | None = None
    owner_id: Id | None = None
    last_message_id: Id | None = None
    thread_metadata: ThreadMetadata | None = None


class Reference(msgspec.Struct, frozen=True, omit_defaults=True):
    message_id: str | None = None
    type: int | None = None


class Emoji(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str | None = None
    name: str | None = None


class Reaction(msgspec.Struct, frozen=True, omit_defaults=True):
    """`count` is without the bots among `users`, the ids of who reacted.

    These are known where `reactors` is set, or where a file lists them.
    """

    emoji: Emoji
    count: Count | None = None
    users: list[str] | None = None


class Message(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """`root_id` is added by us: the root message of the thread."""

    id: Id
    type: int = UNKNOWN_TYPE
    timestamp: str | None = None
    author: User | None = None
    webhook_id: str | None = None
    message_reference: Reference | None = None
    reactions: list[Reaction] | None = None
    root_id: str | None = None
    content: str | None = None


class Metadata(msgspec.Struct, frozen=True, omit_defaults=True):
    location: str | None = None


class Occurrence(msgspec.Struct, frozen=True, omit_defaults=True):
    """One occurrence of a recurring event that was moved or cancelled.

    Its id, a snowflake, contains the original start. The API returns it without documentation
    (github.com/discord/discord-api-docs, issue 8009).
    """

    event_exception_id: Id
    scheduled_start_time: str | None = None
    scheduled_end_time: str | None = None
    is_canceled: bool = False


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """`is_online` is added by us: the location was a web address, which is not kept."""

    id: Id
    name: str = ""
    scheduled_start_time: str | None = None
    scheduled_end_time: str | None = None
    guild_id: str | None = None
    status: int | None = None
    entity_type: int | None = None
    entity_metadata: Metadata | None = None
    is_online: bool | None = None
    channel_id: str | None = None
    creator_id: str | None = None
    user_count: Count | None = None
    recurrence_rule: dict[str, object] | None = None
    guild_scheduled_event_exceptions: list[Occurrence] | None = None


class Interested(msgspec.Struct, frozen=True, omit_defaults=True):
    guild_scheduled_event_id: Id
    user_id: Id
    guild_scheduled_event_exception_id: Id | None = None
    response: int | None = None


_encoder = msgspec.json.Encoder()


def record_key(snowflake: str | int) -> str:
    """Return an id with leading zeros, so that keys sort as text like the ids as numbers."""
    return str(snowflake).zfill(KEY_DIGITS)


def thread_partition(channel: str, thread: str) -> str:
    """Return the partition of a thread's messages; it begins with the thread's channel."""
    return f"{channel}:{record_key(thread)}"


def time_of(text: str | None) -> int | None:
    """Return a time of Discord's in microseconds since 1970; None where there is none."""
    try:
        return iso_microseconds(text) if text else None
    except (ValueError, OverflowError):
        return None


def created_milliseconds(snowflake: int) -> int:
    """Return when an id was created, in milliseconds since 1970."""
    return (snowflake >> 22) + DISCORD_EPOCH_MILLISECONDS


def first_snowflake(milliseconds: int) -> int:
    """Return the smallest id that can be created at a time in milliseconds since 1970."""
    return max(0, milliseconds - DISCORD_EPOCH_MILLISECONDS) << 22


def encode_member(member: Member) -> Raw:
    """Return the record of a member or an author, without roles."""
    return _encode(member.user.id, msgspec.structs.replace(member, roles=None))


def encode_channel(channel: Channel, server: str) -> Raw:
    """Return the record of a channel with the id of its server, which links to messages need."""
    kept = Channel(channel.id, channel.type, channel.name, server, category=channel.category)
    return _encode(channel.id, kept)


def encode_thread(thread: Thread) -> Raw:
    """Return the record of a thread, without its name: people wrote it."""
    created = thread.thread_metadata and thread.thread_metadata.create_timestamp
    metadata = ThreadMetadata(create_timestamp=created) if created else None
    kept = msgspec.structs.replace(thread, last_message_id=None, thread_metadata=metadata)
    return _encode(thread.id, kept)


def encode_message(message: Message, *, root_id: str | None, keep_text: bool) -> Raw:
    """Return the record of a message, without its author's names and, by default, its text."""
    author = message.author
    kept = msgspec.structs.replace(
        message,
        author=User(author.id, bot=author.bot or None) if author else None,
        root_id=root_id,
        content=message.content if keep_text else None,
        reactions=message.reactions or None,
    )
    return _encode(message.id, kept)


def encode_event(event: Event) -> Raw:
    """Return the record of a scheduled event, without its description and any web address."""
    location = event.entity_metadata.location if event.entity_metadata else None
    is_online = True if event.entity_type in ON_DISCORD else None
    if location and WEB_ADDRESS.search(location):
        location, is_online = None, True
    metadata = Metadata(location) if location else None
    kept = msgspec.structs.replace(event, entity_metadata=metadata, is_online=is_online)
    return _encode(event.id, kept)


def encode_interested(interested: Interested) -> Raw:
    """Return the record of one person's interest in a scheduled event or one occurrence of it."""
    raw = _encode(interested.user_id, interested)
    occurrence = interested.guild_scheduled_event_exception_id
    return Raw(f"{raw.key}:{occurrence}", raw.payload) if occurrence else raw


def _encode(snowflake: str, record: msgspec.Struct) -> Raw:
    try:
        encoded = _encoder.encode(record)
    except UnicodeEncodeError:  # half of a character
        encoded = _encoder.encode(read_row(msgspec.to_builtins(record), type(record)))
    return Raw(record_key(snowflake), cut_addresses(encoded))


def thread_root(thread: str, messages: list[Message]) -> str | None:
    """Return the id of a thread's root message; None where `messages`, its oldest ones, are empty.

    A forum post begins with the message that has the thread's id. A thread started from a message
    begins with a pointer to that message, which has the thread's id too. The root of any other
    thread is its first message by a person or a command.
    """
    if not messages:
        return None
    first = messages[0]
    if first.id == thread or first.type == THREAD_STARTER:
        return thread
    written = (m.id for m in messages if m.type in HUMAN_TYPES or m.type in COMMANDS)
    return next(written, thread)
