"""Writes the made-up community as DiscordChatExporter writes a server: a file per place."""

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
    Entry,
    Guild,
    Place,
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
    is_old: bool = False,
    part_size: int = 1_000_000,
    with_reactors: bool = False,
) -> None:
    """Writes a folder as of `now` (default: the end), with what the sandbox's bot may read.

    Times are local to `timezone`, with its offset, as the exporter writes them without `--utc`.
    The old layout knows neither roles nor threads nor when it was written. A place with more than
    `part_size` messages comes in several files.
    """
    guild, bot = Guild(world), Bot()
    now = world.end if now is None else now
    folder.mkdir(parents=True, exist_ok=True)
    places: list[Place] = [p for p in guild.channels.values() if p.kind not in (FORUM, MEDIA)]
    if not is_old:
        places += guild.threads.values()
    for place in places:
        may_read = bot.may(place, VIEW_CHANNEL) and bot.may(place, READ_MESSAGE_HISTORY)
        entries = list(place.after(0, now))
        is_there = place.exists(now) if isinstance(place, Thread) else bool(entries)
        if may_read and is_there:
            writer = _Writer(guild, now, ZoneInfo(timezone), is_old, with_reactors)
            for number, begin in enumerate(range(0, max(1, len(entries)), part_size), start=1):
                part = f" [part {number}]" if number > 1 else ""
                path = folder / f"{writer.file_name(place)} [{place.id}]{part}.json"
                content = writer.content(place, entries[begin : begin + part_size])
                path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2))


class _Writer:
    def __init__(
        self, guild: Guild, now: int, zone: ZoneInfo, is_old: bool, with_reactors: bool
    ) -> None:
        self.guild, self.now, self.zone = guild, now, zone
        self.is_old, self.with_reactors = is_old, with_reactors

    def file_name(self, place: Place) -> str:
        name = place.room.name(self.now)
        return f"Sandbox Community - {name}" + (" - post" if isinstance(place, Thread) else "")

    def content(self, place: Place, entries: list[Entry]) -> Json:
        messages = [self._message(place, entry) for entry in entries]
        content: Json = {
            "guild": {"id": str(GUILD_ID), "name": "Sandbox Community", "iconUrl": ""},
            "channel": self._channel(place),
            "dateRange": {"after": None, "before": None},
        }
        if not self.is_old:
            content["exportedAt"] = self._time(self.now)
        return content | {"messages": messages, "messageCount": len(messages)}

    def _channel(self, place: Place) -> Json:
        row: Json = {"id": str(place.id), "type": _CHANNEL_NAMES.get(place.kind, "GuildTextChat")}
        name = place.room.name(self.now)
        if isinstance(place, Thread):
            row["type"] = "GuildNewsThread" if place.parent.kind == NEWS else "GuildPublicThread"
            row |= {"categoryId": str(place.parent.id), "category": name, "name": "post"}
        else:
            row |= {} if self.is_old else {"categoryId": "0"}
            row |= {"category": "Sandbox", "name": name}
        return row | {"topic": None}

    def _time(self, at: int) -> str:
        moment = datetime.fromtimestamp(at // SECOND, self.zone)
        offset = f"{moment:%z}"
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % SECOND // 1000:03}{offset[:3]}:{offset[3:]}"

    def _author(self, row: Json, number: int) -> Json:
        _, name = name_of(self.guild, number)
        author: Json = {
            "id": row["id"],
            "name": row["username"],
            "discriminator": "0000",
            "nickname": name,
            "color": None,
            "isBot": row.get("bot", False),
            "roles": [],
            "avatarUrl": "https://avatars.sandbox.invalid/0.png",
        }
        if self.is_old:
            del author["roles"], author["color"], author["nickname"]
        return author

    def _message(self, place: Place, entry: Entry) -> Json:
        row = message_row(self.guild, place, entry, self.now, with_text=True)
        message: Json = {
            "id": row["id"],
            "type": _MESSAGE_NAMES.get(entry.type, str(entry.type)),
            "timestamp": self._time(entry.at),
            "timestampEdited": None,
            "callEndedTimestamp": None,
            "isPinned": False,
            "content": row["content"],
            "author": self._author(row["author"], entry.author),
            "attachments": [],
            "embeds": [],
            "stickers": [],
            "reactions": [self._reaction(entry, reaction) for reaction in row.get("reactions", [])],
            "mentions": [],
        }
        if "message_reference" in row:
            reference = row["message_reference"]
            message["reference"] = {
                "messageId": reference.get("message_id"),
                "channelId": reference["channel_id"],
                "guildId": reference["guild_id"],
            }
        return message

    def _reaction(self, entry: Entry, reaction: Json) -> Json:
        emoji = reaction["emoji"]
        shown = {"id": emoji["id"] or "", "name": emoji["name"], "code": emoji["name"]}
        row: Json = {"emoji": shown | {"isAnimated": False, "imageUrl": ""}}
        row["count"] = reaction["count"]
        if self.with_reactors and entry.post is not None:
            row["users"] = [
                self._author(user_row(self.guild, number), number)
                for at, kind, number in entry.post.reactions
                if at <= self.now and emoji_row(kind) == emoji
            ]
        return row
