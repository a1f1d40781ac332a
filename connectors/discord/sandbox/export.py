"""Writes the made-up community as DiscordChatExporter writes a server: a file per channel."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from connectors.discord.sandbox.call import READ_MESSAGE_HISTORY, VIEW_CHANNEL, Bot
from connectors.discord.sandbox.guild import (
    DEFAULT,
    FORUM,
    GUILD_ID,
    MEDIA,
    NEWS,
    REPLY,
    STAGE,
    TEXT,
    VOICE,
    Channel,
    Guild,
    Message,
    Thread,
)
from connectors.discord.sandbox.rows import emoji_row, message_row, name_of, user_row
from connectors.sandbox.community import SECOND, World

Json = dict[str, Any]

_CHANNEL_NAMES = {
    TEXT: "GuildTextChat",
    VOICE: "GuildVoiceChat",
    NEWS: "GuildNews",
    STAGE: "GuildStageVoice",
}
_MESSAGE_NAMES = {
    DEFAULT: "Default",
    REPLY: "Reply",
    6: "ChannelPinnedMessage",
    7: "GuildMemberJoin",
    18: "ThreadCreated",
}


def write_export(
    world: World,
    folder: Path,
    *,
    now: int | None = None,
    timezone: str = "Africa/Lagos",
    part_size: int = 1_000_000,
    with_reactors: bool = False,
) -> None:
    """Write a folder as of `now` (default: the end), with what the sandbox's bot may read.

    Times are local to `timezone`, with its offset, as the exporter writes them without `--utc`. A
    channel with more than `part_size` messages is written to several files.
    """
    guild, bot = Guild(world), Bot()
    now = world.end if now is None else now
    folder.mkdir(parents=True, exist_ok=True)
    channels = [c for c in guild.channels.values() if c.kind not in (FORUM, MEDIA)]
    threads = [t for t in guild.threads.values() if t.exists(now)]
    writer = _Writer(guild, now, ZoneInfo(timezone), with_reactors)
    for channel in (*channels, *threads):
        messages = list(channel.after(0, now))
        may_read = bot.may(channel, VIEW_CHANNEL) and bot.may(channel, READ_MESSAGE_HISTORY)
        if may_read and (messages or isinstance(channel, Thread)):
            for number, begin in enumerate(range(0, max(1, len(messages)), part_size), start=1):
                part = f" [part {number}]" if number > 1 else ""
                path = folder / f"{writer.file_name(channel)} [{channel.id}]{part}.json"
                content = writer.content(channel, messages[begin : begin + part_size])
                path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2))


class _Writer:
    def __init__(self, guild: Guild, now: int, zone: ZoneInfo, with_reactors: bool) -> None:
        self.guild, self.now, self.zone, self.with_reactors = guild, now, zone, with_reactors

    def file_name(self, channel: Channel) -> str:
        name = channel.origin.name(self.now)
        return f"Sandbox Community - {name}" + (" - post" if isinstance(channel, Thread) else "")

    def content(self, channel: Channel, messages: list[Message]) -> Json:
        return {
            "guild": {"id": str(GUILD_ID), "name": "Sandbox Community", "iconUrl": ""},
            "channel": self._channel(channel),
            "dateRange": {"after": None, "before": None},
            "exportedAt": self._time(self.now),
            "messages": [self._message(channel, message) for message in messages],
            "messageCount": len(messages),
        }

    def _channel(self, channel: Channel) -> Json:
        kind = _CHANNEL_NAMES.get(channel.kind, "GuildTextChat")
        name = channel.origin.name(self.now)
        row: Json = {"id": str(channel.id), "type": kind}
        if isinstance(channel, Thread):
            row["type"] = "GuildNewsThread" if channel.parent.kind == NEWS else "GuildPublicThread"
            row |= {"categoryId": str(channel.parent.id), "category": name, "name": "post"}
        else:
            row |= {"categoryId": None, "category": None, "name": name}
        return row | {"topic": None}

    def _time(self, at: int) -> str:
        moment = datetime.fromtimestamp(at // SECOND, self.zone)
        offset = f"{moment:%z}"
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % SECOND // 1000:03}{offset[:3]}:{offset[3:]}"

    def _author(self, row: Json, number: int) -> Json:
        _, name = name_of(self.guild, number)
        return {
            "id": row["id"],
            "name": row["username"],
            "discriminator": "0000",
            "nickname": name,
            "color": None,
            "isBot": row.get("bot", False),
            "roles": [],
            "avatarUrl": "https://avatars.sandbox.invalid/0.png",
        }

    def _message(self, channel: Channel, message: Message) -> Json:
        row = message_row(self.guild, channel, message, self.now, with_text=True)
        written: Json = {
            "id": row["id"],
            "type": _MESSAGE_NAMES.get(message.type, str(message.type)),
            "timestamp": self._time(message.at),
            "timestampEdited": None,
            "callEndedTimestamp": None,
            "isPinned": False,
            "content": row["content"],
            "author": self._author(row["author"], message.author),
            "attachments": [],
            "embeds": [],
            "stickers": [],
            "reactions": [self._reaction(message, given) for given in row.get("reactions", [])],
            "mentions": [],
        }
        if reference := row.get("message_reference"):
            written["reference"] = {
                "messageId": reference.get("message_id"),
                "channelId": reference["channel_id"],
                "guildId": reference["guild_id"],
            }
        return written

    def _reaction(self, message: Message, reaction: Json) -> Json:
        emoji = reaction["emoji"]
        shown = {"id": emoji["id"] or "", "name": emoji["name"], "code": emoji["name"]}
        row: Json = {"emoji": shown | {"isAnimated": False, "imageUrl": ""}}
        row["count"] = reaction["count"]
        if self.with_reactors and message.post is not None:
            row["users"] = [
                self._author(user_row(self.guild, number), number)
                for at, kind, number in message.post.reactions
                if at <= self.now and emoji_row(kind) == emoji
            ]
        return row
