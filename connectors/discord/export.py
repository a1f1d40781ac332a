"""DiscordChatExporter's JSON (github.com/Tyrrrz/DiscordChatExporter): a file per channel or thread.

Files of many gigabytes are read in pieces: memory holds one piece and one page of records.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from connectors.base import BadFile, Changed, Context, FileReader
from connectors.discord import DiscordSettings
from connectors.discord.records import (
    DEFAULT,
    REPLY,
    THREAD_STARTER,
    UNKNOWN_TYPE,
    USER_JOIN,
    Channel,
    Emoji,
    Member,
    Message,
    Reaction,
    Reference,
    User,
    encode_channel,
    encode_member,
    encode_message,
    microseconds,
    milliseconds,
    thread_partition,
    thread_root,
)
from connectors.files.archives import open_archive
from connectors.files.json_stream import JsonStream, open_json
from connectors.model import Page

PAGE_MESSAGES = 2000
PART = re.compile(r" \[part (\d+)\]")

# The names of the exporter's MessageKind and of the API's types; others come as numbers.
TYPES = {
    "Default": DEFAULT,
    "RecipientAdd": 1,
    "RecipientRemove": 2,
    "Call": 3,
    "ChannelNameChange": 4,
    "ChannelIconChange": 5,
    "ChannelPinnedMessage": 6,
    "GuildMemberJoin": USER_JOIN,
    "UserJoin": USER_JOIN,
    "ThreadCreated": 18,
    "Reply": REPLY,
    "ThreadStarterMessage": THREAD_STARTER,
}
TEXT, FORUM = 0, 15
CHANNEL_TYPES = {"GuildVoiceChat": 2, "GuildNews": 5, "GuildStageVoice": 13, "GuildForum": FORUM}
DIRECT, PRIVATE_THREAD, THREAD, FORWARD = "Direct", "PrivateThread", "Thread", "Forward"


class Guild(msgspec.Struct):
    id: str


class FileChannel(msgspec.Struct, rename="camel"):
    """A channel or thread; the category of a thread is the channel that it hangs on."""

    id: str
    type: str = "GuildTextChat"
    name: str | None = None
    category: str | None = None
    category_id: str | None = None

    @property
    def parent(self) -> str | None:
        """The channel of a thread."""
        return self.category_id if THREAD in self.type else None


class DateRange(msgspec.Struct, frozen=True):
    after: str | None = None


class Head(msgspec.Struct, rename="camel"):
    """What stands before the messages."""

    guild: Guild
    channel: FileChannel
    date_range: DateRange = DateRange()


class FileAuthor(msgspec.Struct, rename="camel"):
    id: str
    is_bot: bool | None = None


class NamedAuthor(FileAuthor):
    """Who wrote, read once of each; the nickname is the name that the server shows."""

    name: str | None = None
    nickname: str | None = None


class FileReference(msgspec.Struct, rename="camel"):
    message_id: str | None = None
    type: str | int | None = None


class FileReaction(msgspec.Struct):
    emoji: Emoji
    count: int | None = None
    users: list[FileAuthor] | None = None


class FileMessage(msgspec.Struct, rename="camel"):
    id: str
    type: str | int
    timestamp: str
    author: FileAuthor | None = None
    reference: FileReference | None = None
    reactions: list[FileReaction] | None = None
    content: str | None = None


class DiscordExport(FileReader[DiscordSettings]):
    """Files of one server: single ones, folders or zips. What is private is left out."""

    kind = "discord-export"
    platform = "discord"

    def __init__(self, paths: list[Path], context: Context, settings: DiscordSettings) -> None:
        super().__init__(paths, context, settings)
        self._channels: dict[str, Channel] = {}
        self._authors: dict[str, NamedAuthor] = {}
        self._roots: dict[str, str] = {}
        self._server, self._newest = "", 0

    def pages(self) -> Iterator[Page]:
        """Messages first, then the channels and each author once, as of the newest message."""
        for path in sorted(self.paths, key=lambda path: _order(path.name)):
            with open_archive(path) as archive:
                names = [name for name in archive.names() if name.lower().endswith(".json")]
                for number, name in enumerate(sorted(names, key=_order)):
                    self.context.progress("files", number, len(names))
                    with open_json(archive, name) as file:
                        yield from self._file(file)
                self.context.progress("files", len(names), len(names))
        if not self._server and not self.skipped:
            raise BadFile(
                "there is no export of DiscordChatExporter",
                where=", ".join(str(path) for path in self.paths),
                advice="Export with the format JSON, and give the files, their folder or a zip",
            )
        records = [encode_channel(c, self._server) for c in self._channels.values()]
        yield Page("channels", "", records, self._newest)
        authors = [encode_member(_member(author)) for author in self._authors.values()]
        yield Page("file_authors", "", authors, self._newest)

    def _skip(self, reason: str, rows: int) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + rows

    def _file(self, file: JsonStream) -> Iterator[Page]:
        head = file.head(Head)
        if head is None:
            self.context.warn(f"{file.where}: no export of DiscordChatExporter, passed over")
            return
        channel = head.channel
        if channel.type.startswith(DIRECT) or PRIVATE_THREAD in channel.type:
            reason = "private thread" if THREAD in channel.type else "direct message"
            self._skip(reason, sum(1 for _ in file.elements()))
            return
        self._check_server(head.guild.id, file.where)
        self._note_channel(channel)
        stream, partition = "messages", channel.id
        if channel.parent:
            stream = "thread_messages"
            partition = thread_partition(channel.parent, channel.id)
            if head.date_range.after or _order(file.where)[1] > 1:
                self._roots.setdefault(channel.id, channel.id)
        for messages in self._batches(file):
            root = self._root(channel, messages)
            keep_text = self.context.store_text
            records = [encode_message(m, root_id=root, keep_text=keep_text) for m in messages]
            self._newest = max(self._newest, *(microseconds(m.timestamp) for m in messages))
            yield Page(stream, partition, records, self._newest)

    def _check_server(self, server: str, where: str) -> None:
        """One source is one server: files of another one would make its people ours."""
        if self._server and server != self._server:
            raise BadFile(
                f"it is of the server {server}, the files before it are of {self._server}",
                where=where,
                advice="Import the files of each server into a source of its own",
            )
        if not self._server and server != self.settings.server:
            self.context.warn(
                f"{where} is of the server {server}, {self.settings.name} is the server "
                f"{self.settings.server}: a sync would bring other people and channels"
            )
        self._server = server

    def _note_channel(self, channel: FileChannel) -> None:
        """A channel's own file knows its name best; of a channel without one its threads do."""
        if channel.parent:
            name = channel.category or channel.parent
            self._channels.setdefault(channel.parent, Channel(channel.parent, FORUM, name))
        else:
            kind = CHANNEL_TYPES.get(channel.type, TEXT)
            # A thread whose channel an old file does not tell; its name is what somebody wrote.
            told = channel.category if THREAD in channel.type else channel.name
            self._channels[channel.id] = Channel(channel.id, kind, told or channel.id)

    def _root(self, channel: FileChannel, messages: list[Message]) -> str | None:
        """What the messages of a thread hang on: its first file tells."""
        if not channel.parent:
            return None
        root = self._roots.get(channel.id) or thread_root(channel.id, messages)
        self._roots[channel.id] = root or channel.id
        return root

    def _batches(self, file: JsonStream) -> Iterator[list[Message]]:
        batch: list[Message] = []
        for number, row in enumerate(file.elements(), start=1):
            if not (isinstance(row, dict) and row.get("id") and row.get("timestamp")):
                self._skip("no timestamp", 1)
                continue
            try:
                told = msgspec.convert(row, FileMessage)
                batch.append(_message(told))
                if told.author and told.author.id not in self._authors:
                    self._authors[told.author.id] = msgspec.convert(row["author"], NamedAuthor)
            except (msgspec.ValidationError, ValueError) as error:
                raise Changed(
                    f"message {number} is not of a known shape: {error}",
                    where=file.where,
                    advice="Update community-vitals, or report this line",
                ) from error
            if len(batch) == PAGE_MESSAGES:
                yield batch
                batch = []
        if batch:
            yield batch


def _order(name: str) -> tuple[str, int]:
    """Files by name, and the parts of one channel in their order: the first bears no number."""
    part = PART.search(name)
    return PART.sub("", name), int(part[1]) if part else 1


def _member(author: NamedAuthor) -> Member:
    """An author as a member list would give it."""
    return Member(User(author.id, author.name, bot=author.is_bot or None), nick=author.nickname)


def _message(row: FileMessage) -> Message:
    """A message of a file as the API would give it."""
    reference = row.reference
    return Message(
        id=row.id,
        type=_type(row.type),
        timestamp=_utc(row),
        author=User(row.author.id, bot=row.author.is_bot or None) if row.author else None,
        message_reference=Reference(
            reference.message_id, 1 if reference.type in (FORWARD, 1, "1") else 0
        )
        if reference
        else None,
        reactions=[_reaction(reaction) for reaction in row.reactions or ()] or None,
        content=row.content,
    )


def _type(name: str | int) -> int:
    if isinstance(name, int) or name.isdecimal():
        return int(name)
    return TYPES.get(name, UNKNOWN_TYPE)


def _utc(row: FileMessage) -> str:
    """The time in UTC as the API writes it. Files without an offset are older: the id knows it."""
    moment = datetime.fromisoformat(row.timestamp)
    if moment.tzinfo is None:
        moment = datetime.fromtimestamp(milliseconds(int(row.id)) / 1000, UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _reaction(reaction: FileReaction) -> Reaction:
    emoji = Emoji(reaction.emoji.id or None, reaction.emoji.name)
    users = [user.id for user in reaction.users or () if not user.is_bot]
    return Reaction(emoji, reaction.count, users or None)
