"""Slack's native workspace export (slack.com/help/articles/220556107), a zip or its folder.

Day files are cut in the exporter's time zone: their names say nothing about the time of a message.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from connectors.base import BadFile, Changed, FileReader, SourceSettings
from connectors.files.archives import Archive, open_archive
from connectors.model import Page, Raw
from connectors.slack import records
from connectors.slack.normalize import why_left_out
from connectors.timestamps import SECOND_MICROSECONDS

T = TypeVar("T")

MEMBER_LISTS = ("users.json", "org_users.json")
DIRECT_MESSAGE_FOLDER = re.compile(r"D[A-Z0-9]{8,}|mpdm-.+")
DAY_FILE = re.compile(r"(?P<folder>[^/]+)/\d{4}-\d\d-\d\d\.json")
PRIVATE_LISTS = {
    "groups.json": "private channel",
    "dms.json": "direct message",
    "mpims.json": "direct message",
}


class Conversation(msgspec.Struct):
    id: str
    name: str | None = None


_members = msgspec.json.Decoder(list[records.Member], strict=False)
_channels = msgspec.json.Decoder(list[records.Channel], strict=False)
_conversations = msgspec.json.Decoder(list[Conversation], strict=False)
_messages = msgspec.json.Decoder(list[records.Message], strict=False)
_message = msgspec.json.Decoder(records.Message, strict=False)
_rows: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])


class SlackExport(FileReader[SourceSettings]):
    """One or more exports of one workspace. Private channels and direct messages are left out."""

    kind = "slack-export"
    platform = "slack"

    def pages(self) -> Iterator[Page]:
        """Yield messages, then channels, members and authors on no list, as of the newest one."""
        for path in self.paths:
            with open_archive(path) as archive:
                yield from self._export(archive)

    def _export(self, archive: Archive) -> Iterator[Page]:
        root = _root(archive)
        lists = _read_lists(archive, root)
        days = [
            (name, unicodedata.normalize("NFC", match["folder"]))
            for name in archive.names()
            if (match := DAY_FILE.fullmatch(name.removeprefix(root)))
        ]
        if not days and not lists.members:
            raise BadFile(
                "it holds no messages and no members",
                where=str(archive.path),
                advice="Export the workspace again, with its public channels",
            )
        newest = (
            0 if days else max(int(m.updated or 0) for m in lists.members) * SECOND_MICROSECONDS
        )
        listed, unlisted = {m.id for m in lists.members}, dict[str, records.UserProfile]()
        for number, (name, folder) in enumerate(days):
            self.context.progress("day files", number, len(days))
            messages = self._day(archive, name)
            if reason := lists.why_private(folder):
                self.leave_out(reason, len(messages))
                continue
            channel = lists.channels.setdefault(folder, records.Channel(id=folder, name=folder))
            newest = max(newest, *(records.microseconds_of_ts(m.ts) for m in messages), 0)
            unlisted.update(_unlisted_authors(messages, listed))
            yield from self._day_pages(channel, messages, newest)
        self.context.progress("day files", len(days), len(days))
        yield Page("channels", "", lists.channel_records(), newest)
        hash_private = self.context.hash_private
        yield Page(
            "members", "", [records.encode_member(m, hash_private) for m in lists.members], newest
        )
        yield Page(
            "file_authors", "", [records.encode_author(*row) for row in unlisted.items()], newest
        )

    def _day_pages(
        self, channel: records.Channel, messages: list[records.Message], newest: int
    ) -> Iterator[Page]:
        threads: defaultdict[str, list[Raw]] = defaultdict(list)
        roots: list[Raw] = []
        for message in messages:
            raw = records.encode_message(message, keep_text=self.context.store_text)
            (threads[message.thread_ts or ""] if records.is_reply(message) else roots).append(raw)
        yield Page("messages", channel.id, roots, newest)
        for thread_ts, replies in threads.items():
            yield Page("replies", f"{channel.id}:{thread_ts}", replies, newest)

    def _day(self, archive: Archive, name: str) -> list[records.Message]:
        """Return a day's messages; where a row has another shape, each row is read by itself."""
        content = archive.read(name)
        try:
            messages = _messages.decode(content)
        except msgspec.ValidationError:
            messages = None
        except msgspec.DecodeError as error:
            raise _broken(archive, name, error) from error
        if messages is None or not all(records.is_ts(m.ts) for m in messages):
            return list(self._odd_rows(archive, name))
        return messages

    def _odd_rows(self, archive: Archive, name: str) -> Iterator[records.Message]:
        """Yield the rows that are messages; one without a time is left out."""
        rows: list[msgspec.Raw] = _decode(archive, name, _rows)
        for number, row in enumerate(rows, start=1):
            try:
                message = _message.decode(row)
                records.microseconds_of_ts(message.ts)
            except (msgspec.ValidationError, ValueError) as error:
                if not _decode_fields(row).get("ts"):
                    self.leave_out("no timestamp")
                    continue
                raise Changed(
                    f"row {number} of {name} has an unknown shape: {error}",
                    where=str(archive.path),
                    advice="Update community-vitals, or report this line",
                ) from error
            yield message


@dataclass
class Lists:
    """The members and channels of an export, and its private folders with the reason."""

    members: list[records.Member]
    channels: dict[str, records.Channel]  # by folder
    private: dict[str, str]

    def why_private(self, folder: str) -> str | None:
        """Return why the messages of a folder are left out; None where it is a public channel."""
        if folder in self.channels:
            return None
        is_direct = DIRECT_MESSAGE_FOLDER.fullmatch(folder)
        return "direct message" if is_direct else self.private.get(folder)

    def channel_records(self) -> list[Raw]:
        """Return the channels with their address in Slack's web app."""
        team_id = next((m.team_id for m in self.members if m.team_id), "unknown")
        url = f"https://app.slack.com/client/{team_id}"
        return [records.encode_channel(channel, url) for channel in self.channels.values()]


def _read_lists(archive: Archive, root: str) -> Lists:
    def entries(name: str, decoder: msgspec.json.Decoder[list[T]]) -> list[T]:
        return _decode(archive, root + name, decoder) if root + name in archive else []

    return Lists(
        members=[m for name in MEMBER_LISTS for m in entries(name, _members)],
        channels={channel.name: channel for channel in entries("channels.json", _channels)},
        private={
            folder: reason
            for name, reason in PRIVATE_LISTS.items()
            for entry in entries(name, _conversations)
            for folder in (entry.name, entry.id)
            if folder
        },
    )


def _unlisted_authors(
    messages: list[records.Message], listed: set[str]
) -> Iterator[tuple[str, records.UserProfile]]:
    """Yield the authors on no member list whose messages hold their profile."""
    for message in messages:
        user, profile = message.user, message.user_profile
        if user in listed or why_left_out(message):
            continue
        if user and profile and records.ID.fullmatch(user):
            yield user, profile


def _root(archive: Archive) -> str:
    """Return the folder of the export, with a slash; empty where it is at the top."""
    tops = [n for n in archive.names() if Path(n).name in ("channels.json", *MEMBER_LISTS)]
    if not tops:
        raise BadFile(
            "it is no Slack export: it has no channels.json and no users.json",
            where=str(archive.path),
            advice="Give the .zip that Slack's Import/Export page made, or the folder that it "
            "unpacks to",
        )
    parent = Path(min(tops, key=lambda name: name.count("/"))).parent.as_posix()
    return "" if parent == "." else f"{parent}/"


def _decode_fields(row: msgspec.Raw) -> dict[str, object]:
    fields = msgspec.json.decode(row)
    return fields if isinstance(fields, dict) else {}


def _decode(archive: Archive, name: str, decoder: msgspec.json.Decoder[T]) -> T:
    try:
        return decoder.decode(archive.read(name))
    except msgspec.DecodeError as error:
        raise _broken(archive, name, error) from error


def _broken(archive: Archive, name: str, error: msgspec.DecodeError) -> BadFile:
    return BadFile(
        f"{name} is broken: {error}", where=str(archive.path), advice="Export or download it again"
    )
