"""The rows of DiscordChatExporter's files, and how they become the records of the API."""

import re
from datetime import UTC, datetime

import msgspec

from connectors.discord import records

# The exporter's names of message types; types that it does not know are written as numbers.
TYPES = {
    "Default": records.DEFAULT,
    "RecipientAdd": 1,
    "RecipientRemove": 2,
    "Call": 3,
    "ChannelNameChange": 4,
    "ChannelIconChange": 5,
    "ChannelPinnedMessage": 6,
    "GuildMemberJoin": records.USER_JOIN,
    "UserJoin": records.USER_JOIN,
    "ThreadCreated": 18,
    "Reply": records.REPLY,
    "ThreadStarterMessage": records.THREAD_STARTER,
}
# Files of older exporters have the API's numbers of channel types.
CHANNEL_TYPE_NAMES = {
    "1": "DirectTextChat",
    "2": "GuildVoiceChat",
    "3": "DirectGroupTextChat",
    "5": "GuildNews",
    "10": "GuildNewsThread",
    "11": "GuildPublicThread",
    "12": "GuildPrivateThread",
    "13": "GuildStageVoice",
    "15": "GuildForum",
    "16": "GuildMedia",
}
CHANNEL_TYPES = {
    "GuildVoiceChat": records.VOICE,
    "GuildNews": records.NEWS,
    "GuildStageVoice": records.STAGE,
    "GuildForum": records.FORUM,
    "GuildMedia": records.MEDIA,
}
NUMBER = re.compile(r"\d{1,3}", re.ASCII)
DIRECT, PRIVATE_THREAD, THREAD, FORWARD = "Direct", "PrivateThread", "Thread", "Forward"


class Guild(msgspec.Struct):
    id: records.Id


class FileChannel(msgspec.Struct, rename="camel"):
    """A channel or thread. The category of a thread is its channel."""

    id: records.Id
    type: str = "GuildTextChat"
    name: str | None = None
    category: str | None = None
    category_id: records.Id | None = None

    @property
    def kind(self) -> str:
        """The exporter's name of the channel's type."""
        return CHANNEL_TYPE_NAMES.get(self.type, self.type)

    @property
    def is_forum(self) -> bool:
        """A forum has no messages but those of its threads."""
        return CHANNEL_TYPES.get(self.kind) in records.WITH_POSTS

    @property
    def parent(self) -> str | None:
        """The channel of a thread; None for a channel."""
        return self.category_id if THREAD in self.kind else None


class DateRange(msgspec.Struct, frozen=True):
    after: str | None = None
    before: str | None = None


class Head(msgspec.Struct, rename="camel"):
    """The part of a file before the messages."""

    guild: Guild
    channel: FileChannel
    date_range: DateRange | None = None
    exported_at: str | None = None


class FileAuthor(msgspec.Struct, rename="camel"):
    """An author. The server shows the nickname."""

    id: records.Id
    is_bot: bool | None = None
    name: str | None = None
    nickname: str | None = None


class FileReference(msgspec.Struct, rename="camel"):
    message_id: str | None = None
    type: str | int | None = None


class FileReaction(msgspec.Struct):
    emoji: records.Emoji
    count: records.Count | None = None
    users: list[FileAuthor] | None = None


class FileMessage(msgspec.Struct, rename="camel"):
    id: records.Id
    type: str | int = records.UNKNOWN_TYPE
    timestamp: str | None = None
    author: FileAuthor | None = None
    reference: FileReference | None = None
    reactions: list[FileReaction] | None = None
    content: str | None = None


def member_of(author: FileAuthor) -> records.Member:
    """Return an author as a member, under the name that the server shows."""
    return records.Member(
        records.User(author.id, author.name, bot=author.is_bot or None), nick=author.nickname
    )


def message_of(row: FileMessage) -> records.Message:
    """Return a message as the API gives it; without a time where the file has none."""
    reference = None
    if row.reference:
        is_forward = row.reference.type in (FORWARD, 1, "1")
        reference = records.Reference(row.reference.message_id, 1 if is_forward else 0)
    return records.Message(
        id=row.id,
        type=type_of(row.type),
        timestamp=_utc(row),
        author=records.User(row.author.id, bot=row.author.is_bot or None) if row.author else None,
        message_reference=reference,
        reactions=[_reaction(reaction) for reaction in row.reactions or ()] or None,
        content=row.content,
    )


def type_of(name: str | int) -> int:
    """Return the API\'s number of a type of message."""
    if isinstance(name, int):
        return name
    return int(name) if NUMBER.fullmatch(name) else TYPES.get(name, records.UNKNOWN_TYPE)


def _utc(row: FileMessage) -> str | None:
    """Return the time as the API writes it. Old files lack the offset: the id has the time too."""
    try:
        moment = datetime.fromisoformat(row.timestamp or "")
        if moment.tzinfo is None:
            milliseconds = records.created_milliseconds(int(row.id))
            moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        return None


def _reaction(reaction: FileReaction) -> records.Reaction:
    emoji = records.Emoji(reaction.emoji.id or None, reaction.emoji.name)
    listed = reaction.users or []
    users = [user.id for user in listed if not user.is_bot]
    count = reaction.count and max(0, reaction.count - (len(listed) - len(users)))
    return records.Reaction(emoji, count, users or None)
