"""DiscordChatExporter's JSON (github.com/Tyrrrz/DiscordChatExporter): a file per channel or thread.

A file of many gigabytes is read in pieces: memory holds one piece and one page of records.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from connectors.base import BadFile, Context, FileReader
from connectors.discord import DiscordSettings, records
from connectors.discord.file_rows import (
    CHANNEL_TYPES,
    DIRECT,
    PRIVATE_THREAD,
    THREAD,
    DateRange,
    FileAuthor,
    FileChannel,
    FileMessage,
    Head,
    member_of,
    message_of,
    type_of,
)
from connectors.files.archives import Archive, open_archive
from connectors.files.json_stream import JsonStream, open_json
from connectors.model import Page, Raw
from connectors.timestamps import SECOND_MICROSECONDS
from connectors.tolerant import convert_row

PAGE_MESSAGES = 2000
ANY_TIME = DateRange()
PART = re.compile(r" \[part (\d+)\]")


class File(NamedTuple):
    """One file of a channel or thread; files sort from the oldest export to the newest."""

    exported_at: int
    order: tuple[str, int]
    archive: Archive
    name: str
    channel: FileChannel
    dates: DateRange


@dataclass(slots=True)
class ThreadStart:
    """What the files of a thread show of its beginning, in whatever order.

    oldest: its oldest message by a person or a command. has_first: a file begins where it begins.
    """

    oldest: int | None = None
    has_first: bool = False
    is_post: bool = False


class DiscordExport(FileReader[DiscordSettings]):
    """Files of one server: single files, folders or zips. Private fields are left out.

    They cover the time from the first to the last message of each file, or between the dates of
    its export. Of several channels these times are put together: where one channel is silent, the
    files of the others tell that the server was exported. What no file holds stays a hole.
    """

    kind = "discord-export"
    platform = "discord"
    beside_rows = ("channels", "file_authors")

    def __init__(self, paths: list[Path], context: Context, settings: DiscordSettings) -> None:
        super().__init__(paths, context, settings)
        self._channels: dict[str, records.Channel] = {}
        self._parents: dict[str, records.Channel] = {}
        self._authors: dict[str, tuple[int, FileAuthor]] = {}
        self._threads: dict[str, ThreadStart] = {}
        # By channel and asked dates: the parts, each with its first and last time.
        self._told: dict[tuple[str, DateRange], dict[int, tuple[File, list[int]]]] = {}
        self._with_files: set[str] = set()
        self._server, self._newest = "", 0
        self._now = int(time.time()) * SECOND_MICROSECONDS

    def pages(self) -> Iterator[Page]:
        """Yield the messages, then the channels and each author once, as of the newest message."""
        with ExitStack() as opened:
            archives = [opened.enter_context(open_archive(path)) for path in self.paths]
            files = sorted(
                (file for archive in archives for file in self._files(archive)),
                key=lambda file: file[:2],
            )
            channels = (file.channel for file in files)
            self._with_files = {c.id for c in channels if not c.is_forum and not c.parent}
            for number, file in enumerate(files):
                self.context.progress("files", number, len(files))
                self._note_channel(file.channel)
                yield from self._messages(file)
            self.context.progress("files", len(files), len(files))
        if not self._server and not self.skipped:
            raise BadFile(
                "no file of DiscordChatExporter was found",
                where=", ".join(str(path) for path in self.paths),
                advice="Export as JSON, and name the files, their folder or a zip",
            )
        for parts in self._told.values():
            self._cover(parts)
        known = (self._parents | self._channels).values()
        encoded = [records.encode_channel(channel, self._server) for channel in known]
        yield Page("channels", "", encoded, self._newest)
        authors = [records.encode_member(member_of(author)) for _, author in self._authors.values()]
        yield Page("file_authors", "", authors, self._newest)

    def _files(self, archive: Archive) -> Iterator[File]:
        """Yield the files that may be read, and note where the threads begin."""
        for name in archive.names():
            if not name.lower().endswith(".json"):
                continue
            with open_json(archive, name) as file:
                head = convert_row(file.head(), Head)
                if head is None:
                    self.context.warn(
                        f"{file.where}: not a file of DiscordChatExporter, passed over"
                    )
                    continue
                kind = head.channel.kind
                if kind.startswith(DIRECT) or PRIVATE_THREAD in kind:
                    reason = "private thread" if THREAD in kind else "direct message"
                    self.leave_out(reason, sum(1 for _ in file.elements()))
                    continue
                self._check_server(head.guild.id, file.where)
                exported_at = records.time_of(head.exported_at) or 0
                dates = head.date_range or ANY_TIME
                found = File(exported_at, _order(name), archive, name, head.channel, dates)
                if head.channel.parent:
                    self._note_start(found, file)
                yield found

    def _note_start(self, file: File, rows: JsonStream) -> None:
        start = self._threads.setdefault(file.channel.id, ThreadStart())
        start.has_first |= file.order[1] == 1 and not file.dates.after
        for row in rows.elements():
            message = convert_row(row, FileMessage)
            if message is None:
                continue
            kind = type_of(message.type)
            start.is_post |= message.id == file.channel.id or kind == records.THREAD_STARTER
            if kind in records.HUMAN_TYPES or kind in records.COMMANDS:
                start.oldest = min(start.oldest or int(message.id), int(message.id))

    def _messages(self, file: File) -> Iterator[Page]:
        channel = file.channel
        stream, partition = "messages", channel.id
        if channel.parent:
            stream = "thread_messages"
            partition = records.thread_partition(channel.parent, channel.id)
        root = self._root(channel)
        times: list[int] = []
        with open_json(file.archive, file.name) as rows:
            rows.head()
            for messages in self._batches(rows):
                known = [at for m in messages if (at := records.time_of(m.timestamp))]
                times = [
                    at for at in (*times, *known) if records.DISCORD_BEGAN_AT <= at <= self._now
                ]
                times = [min(times), max(times)] if times else []
                self._newest = max(self._newest, *times, 0)
                as_of = min(file.exported_at, self._now) or self._newest
                if channel.parent in self._with_files:
                    # Since 2026 a thread's file begins with the message of the channel from which
                    # the thread was started (github.com/Tyrrrz/DiscordChatExporter, pull 1557).
                    started = [m for m in messages if m.id == channel.id]
                    yield Page("messages", channel.parent, self._encoded(started, None), as_of)
                    messages = [m for m in messages if m.id != channel.id]
                encoded = self._encoded(messages, root)
                yield Page(stream, partition, encoded, as_of)
        parts = self._told.setdefault((channel.id, file.dates), {})
        parts[file.order[1]] = file, times

    def _encoded(self, messages: list[records.Message], root: str | None) -> list[Raw]:
        keep_text = self.context.store_text
        return [records.encode_message(m, root_id=root, keep_text=keep_text) for m in messages]

    def _cover(self, parts: dict[int, tuple[File, list[int]]]) -> None:
        """Say what the parts of one export of a channel cover; parts that follow are one.

        A part tells from its first to its last message. The dates that were asked of the exporter
        begin with the first part and end with the last one, at the latest with the export itself.
        """
        begins, ends = list[int](), list[int]()
        for part in sorted(parts):
            file, times = parts[part]
            begins += times[:1]
            ends += [at + 1 for at in times[1:]]
            if part == 1 and (after := records.time_of(file.dates.after)):
                begins.append(max(after, records.DISCORD_BEGAN_AT))
            if part == max(parts) and (before := records.time_of(file.dates.before)):
                ends.append(min(before, file.exported_at, self._now))
            if part + 1 not in parts:
                if begins and ends and min(begins) < max(ends):
                    self.covers(min(begins), max(ends))
                begins, ends = [], []

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
            self._parents[channel.parent] = records.Channel(channel.parent, records.FORUM, name)
            return
        kind = CHANNEL_TYPES.get(channel.kind, records.TEXT)
        # An old file of a thread lacks its channel. The thread's own name is private.
        is_thread = THREAD in channel.kind
        name = (channel.category if is_thread else channel.name) or channel.id
        category = None if is_thread else channel.category or None
        self._channels[channel.id] = records.Channel(channel.id, kind, name, category=category)

    def _root(self, channel: FileChannel) -> str | None:
        """Return a thread's root message; None for a channel.

        Where no file begins with the thread, the root is not known and has the thread's id. So has
        that of a forum's post, which may be deleted: beside files of other channels a channel
        without one is a forum.
        """
        if not channel.parent:
            return None
        if self._with_files and channel.parent not in self._with_files:
            return channel.id
        start = self._threads[channel.id]
        is_known = start.has_first and start.oldest and not start.is_post
        return str(start.oldest) if is_known else channel.id

    def _batches(self, file: JsonStream) -> Iterator[list[records.Message]]:
        batch: list[records.Message] = []
        for row in file.elements():
            parsed = convert_row(row, FileMessage)
            if parsed is None:
                self.leave_out("no id")
                continue
            message = message_of(parsed)
            if message.timestamp is None:
                self.leave_out("no timestamp")
                continue
            batch.append(message)
            if author := parsed.author:
                number, _ = self._authors.get(author.id, (0, author))
                if int(parsed.id) >= number:
                    self._authors[author.id] = int(parsed.id), author
            if len(batch) == PAGE_MESSAGES:
                yield batch
                batch = []
        if batch:
            yield batch


def _order(name: str) -> tuple[str, int]:
    """Return what sorts files by name, and by part; the first part of a channel has no number."""
    part = PART.search(name)
    return PART.sub("", name), int(part[1]) if part else 1
