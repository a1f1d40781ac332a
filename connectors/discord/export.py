"""DiscordChatExporter's JSON (github.com/Tyrrrz/DiscordChatExporter): a file per channel or thread.

A file of many gigabytes is read in pieces: memory holds one piece and one page of records.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from connectors.base import BadFile, Changed, Context, FileReader
from connectors.discord import DiscordSettings, records
from connectors.files.archives import open_archive
from connectors.files.json_stream import JsonStream, open_json
from connectors.model import Page
from connectors.timestamps import iso_microseconds

PAGE_MESSAGES = 2000
PART = re.compile(r" \[part (\d+)\]")

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
CHANNEL_TYPES = {
    "GuildVoiceChat": records.VOICE,
    "GuildNews": records.NEWS,
    "GuildStageVoice": records.STAGE,
    "GuildForum": records.FORUM,
}
DIRECT, PRIVATE_THREAD, THREAD, FORWARD = "Direct", "PrivateThread", "Thread", "Forward"


class Guild(msgspec.Struct):
    id: str


class FileChannel(msgspec.Struct, rename="camel"):
    """A channel or thread. The category of a thread is its channel."""

    id: str
    type: str = "GuildTextChat"
    name: str | None = None
    category: str | None = None
    category_id: str | None = None

    @property
    def parent(self) -> str | None:
        """The channel of a thread; None for a channel."""
        return self.category_id if THREAD in self.type else None


class DateRange(msgspec.Struct, frozen=True):
    after: str | None = None


class Head(msgspec.Struct, rename="camel"):
    """The part of a file before the messages."""

    guild: Guild
    channel: FileChannel
    date_range: DateRange = DateRange()


class FileAuthor(msgspec.Struct, rename="camel"):
    """An author. The server shows the nickname."""

    id: str
    is_bot: bool | None = None
    name: str | None = None
    nickname: str | None = None


class FileReference(msgspec.Struct, rename="camel"):
    message_id: str | None = None
    type: str | int | None = None


class FileReaction(msgspec.Struct):
    emoji: records.Emoji
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
    """Files of one server: single files, folders or zips. Private fields are left out."""

    kind = "discord-export"
    platform = "discord"

    def __init__(self, paths: list[Path], context: Context, settings: DiscordSettings) -> None:
        super().__init__(paths, context, settings)
        self._channels: dict[str, records.Channel] = {}
        self._authors: dict[str, FileAuthor] = {}
        self._roots: dict[str, str] = {}
        self._server, self._newest = "", 0

    def pages(self) -> Iterator[Page]:
        """Yield the messages, then the channels and each author once, as of the newest message."""
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
                "no file of DiscordChatExporter was found",
                where=", ".join(str(path) for path in self.paths),
                advice="Export as JSON, and name the files, their folder or a zip",
            )
        channels = [records.encode_channel(c, self._server) for c in self._channels.values()]
        yield Page("channels", "", channels, self._newest)
        authors = [records.encode_member(_member(author)) for author in self._authors.values()]
        yield Page("file_authors", "", authors, self._newest)

    def _file(self, file: JsonStream) -> Iterator[Page]:
        head = file.head(Head)
        if head is None:
            self.context.warn(f"{file.where}: not a file of DiscordChatExporter, passed over")
            return
        channel = head.channel
        if channel.type.startswith(DIRECT) or PRIVATE_THREAD in channel.type:
            reason = "private thread" if THREAD in channel.type else "direct message"
            self.leave_out(reason, sum(1 for _ in file.elements()))
            return
        self._check_server(head.guild.id, file.where)
        self._note_channel(channel)
        stream, partition = "messages", channel.id
        if channel.parent:
            stream = "thread_messages"
            partition = records.thread_partition(channel.parent, channel.id)
            if head.date_range.after or _order(file.where)[1] > 1:
                self._roots.setdefault(channel.id, channel.id)
        for messages in self._batches(file):
            root = self._root(channel, messages)
            keep_text = self.context.store_text
            encoded = [
                records.encode_message(m, root_id=root, keep_text=keep_text) for m in messages
            ]
            self._newest = max(self._newest, *(iso_microseconds(m.timestamp) for m in messages))
            yield Page(stream, partition, encoded, self._newest)

    def _check_server(self, server: str, where: str) -> None:
        """Raise BadFile where a file is of another server than the files before it."""
        if self._server and server != self._server:
            raise BadFile(
                f"it is of the server {server}, but the files before it are of {self._server}",
                where=where,
                advice="Import the files of each server into a source of its own",
            )
        if not self._server and server != self.settings.server:
            self.context.warn(
                f"{where} is of the server {server}, but {self.settings.name} is the server "
                f"{self.settings.server}: a sync would add other people and channels"
            )
        self._server = server

    def _note_channel(self, channel: FileChannel) -> None:
        """Note a channel. Its name comes from its own file, else from a file of its threads."""
        if channel.parent:
            name = channel.category or channel.parent
            self._channels.setdefault(
                channel.parent, records.Channel(channel.parent, records.FORUM, name)
            )
        else:
            kind = CHANNEL_TYPES.get(channel.type, records.TEXT)
            # An old file of a thread lacks its channel. The thread's own name is private.
            known = channel.category if THREAD in channel.type else channel.name
            self._channels[channel.id] = records.Channel(channel.id, kind, known or channel.id)

    def _root(self, channel: FileChannel, messages: list[records.Message]) -> str | None:
        """Return a thread's root message, found in its first messages; None for a channel."""
        if not channel.parent:
            return None
        root = self._roots.get(channel.id) or records.thread_root(channel.id, messages)
        self._roots[channel.id] = root or channel.id
        return root

    def _batches(self, file: JsonStream) -> Iterator[list[records.Message]]:
        batch: list[records.Message] = []
        for number, row in enumerate(file.elements(), start=1):
            if not (isinstance(row, dict) and row.get("id") and row.get("timestamp")):
                self.leave_out("no timestamp")
                continue
            try:
                parsed = msgspec.convert(row, FileMessage)
                batch.append(_message(parsed))
                if parsed.author:
                    self._authors.setdefault(parsed.author.id, parsed.author)
            except (msgspec.ValidationError, ValueError) as error:
                raise Changed(
                    f"message {number} has an unknown shape: {error}",
                    where=file.where,
                    advice="Update community-vitals, or report this line",
                ) from error
            if len(batch) == PAGE_MESSAGES:
                yield batch
                batch = []
        if batch:
            yield batch


def _order(name: str) -> tuple[str, int]:
    """Return what sorts files by name, and by part; the first part of a channel has no number."""
    part = PART.search(name)
    return PART.sub("", name), int(part[1]) if part else 1


def _member(author: FileAuthor) -> records.Member:
    return records.Member(
        records.User(author.id, author.name, bot=author.is_bot or None), nick=author.nickname
    )


def _message(row: FileMessage) -> records.Message:
    reference = None
    if row.reference:
        is_forward = row.reference.type in (FORWARD, 1, "1")
        reference = records.Reference(row.reference.message_id, 1 if is_forward else 0)
    return records.Message(
        id=row.id,
        type=_type(row.type),
        timestamp=_utc(row),
        author=records.User(row.author.id, bot=row.author.is_bot or None) if row.author else None,
        message_reference=reference,
        reactions=[_reaction(reaction) for reaction in row.reactions or ()] or None,
        content=row.content,
    )


def _type(name: str | int) -> int:
    if isinstance(name, int) or name.isdecimal():
        return int(name)
    return TYPES.get(name, records.UNKNOWN_TYPE)


def _utc(row: FileMessage) -> str:
    """Return the time as the API writes it. Old files lack the offset: the id has the time too."""
    moment = datetime.fromisoformat(row.timestamp)
    if moment.tzinfo is None:
        moment = datetime.fromtimestamp(records.created_milliseconds(int(row.id)) / 1000, UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _reaction(reaction: FileReaction) -> records.Reaction:
    emoji = records.Emoji(reaction.emoji.id or None, reaction.emoji.name)
    users = [user.id for user in reaction.users or () if not user.is_bot]
    return records.Reaction(emoji, reaction.count, users or None)
