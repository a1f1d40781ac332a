"""The JSON of Discord's objects, as of a time.

Fields that are the same for every object stand together in one line.
"""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from connectors.discord.sandbox.guild import (
    DEFAULT,
    FORUM,
    GUILD_ID,
    MEDIA,
    NEWS,
    REPLY,
    STAGE,
    TEXT,
    THREAD_STARTER,
    VOICE,
    Channel,
    Guild,
    Message,
    Thread,
    snowflake,
)
from connectors.discord.sandbox.scheduled_events import ScheduledEvent
from connectors.sandbox.community import SECOND
from connectors.sandbox.conversation import BOTS, STRANGERS, Post
from connectors.sandbox.text import TEXT_MARK, text_of

Json = dict[str, Any]

EMOJI = ["👍", "❤️", "🎉", "👀", "😂", "🙌", "🤔", "✅", "🚀"]
CUSTOM_EMOJI = {"id": str(GUILD_ID + 100), "name": "hundred", "animated": False}
WEBHOOK_ID = str(GUILD_ID + 200)
HAS_THREAD = 1 << 5


def same(value: Any, names: str) -> Json:
    """Return this value for each of the names."""
    return dict.fromkeys(names.split(), value)


def iso(at: int) -> str:
    """Return a time as Discord writes it, in whole milliseconds as in its ids."""
    moment = datetime.fromtimestamp(at // SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % SECOND // 1000:03}000+00:00"


def name_of(guild: Guild, number: int) -> tuple[str, str]:
    """Return username and display name of an author."""
    if number >= 0:
        person = guild.identities[number]
        return person.handle, person.name
    name = STRANGERS[-100 - number] if number <= -100 else BOTS[-10 - number].name
    return name.lower().replace(" ", "."), name


def is_bot(number: int) -> bool:
    """Whether Discord flags an author as a bot."""
    return -100 < number <= -10 and BOTS[-10 - number].is_flagged


def user_row(guild: Guild, number: int) -> Json:
    """Return a user as in members and messages."""
    username, name = name_of(guild, number)
    row: Json = {
        "id": str(guild.user_ids[number]),
        "username": username,
        "discriminator": "0",
        "global_name": name if number % 5 else None,
        **same(0, "public_flags flags"),
        **same(None, "avatar avatar_decoration_data collectibles primary_guild"),
    }
    return row | {"bot": True} if is_bot(number) else row


def member_row(guild: Guild, number: int, roles: list[str]) -> Json:
    """Return a member. Some have a nickname; one nickname is an e-mail address."""
    person = guild.world.people[number] if number >= 0 else None
    nick = None
    if person and number % 7 == 3:
        nick = person.email if number == 3 else f"{person.handle} 🌻"
    return {
        "flags": 0,
        "joined_at": iso(person.joined_at if person else guild.world.start),
        "nick": nick,
        "roles": roles,
        "user": user_row(guild, number),
        **same(False, "pending mute deaf"),
        **same(None, "avatar avatar_decoration_data banner collectibles premium_since"),
        "communication_disabled_until": None,
    }


def channel_row(channel: Channel, overwrites: list[Json], last_id: int | None, now: int) -> Json:
    """Return a channel that is no thread."""
    row: Json = {
        "id": str(channel.id),
        "type": channel.kind,
        "last_message_id": str(last_id) if last_id else None,
        "guild_id": str(GUILD_ID),
        "name": channel.origin.name(now),
        "parent_id": None,
        "topic": f"{TEXT_MARK}: {channel.origin.name(now)}",
        "position": channel.origin.number,
        "permission_overwrites": overwrites,
        "nsfw": False,
        **same(0, "flags rate_limit_per_user"),
    }
    if channel.kind in (FORUM, MEDIA):
        row |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
    if channel.kind in (VOICE, STAGE):
        row |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    if channel.kind in (TEXT, NEWS, FORUM, MEDIA):
        row["last_pin_timestamp"] = None
    return row


def thread_row(guild: Guild, thread: Thread, now: int) -> Json:
    """Return a thread; its name is private text."""
    archived_at = thread.archived_at(now)
    written = [m for m in thread.messages if m.is_visible(now) and m.type in (DEFAULT, REPLY)]
    replies = [message for message in written if message.id != thread.id]
    last = thread.last_message_id(now)
    return {
        "id": str(thread.id),
        "type": thread.kind,
        "last_message_id": str(last) if last else None,
        "guild_id": str(GUILD_ID),
        "name": f"{TEXT_MARK} {thread.id % 997}",
        "parent_id": str(thread.parent.id),
        "owner_id": str(guild.user_ids[thread.owner]),
        "thread_metadata": {
            "archived": bool(archived_at),
            "archive_timestamp": iso(archived_at or thread.created_at),
            "auto_archive_duration": 4320,
            "locked": False,
            "create_timestamp": iso(thread.created_at),
        },
        "member_count": min(50, len({message.author for message in written})),
        **same(len(replies), "message_count total_message_sent"),
        **same(0, "flags rate_limit_per_user"),
    }


def message_row(
    guild: Guild, channel: Channel, message: Message, now: int, *, with_text: bool
) -> Json:
    """Return a message as of `now`; its text is empty without the intent for texts."""
    post = message.post
    is_edited = post is not None and 0 < post.edited_at <= now and message.type != THREAD_STARTER
    row: Json = {
        "type": message.type,
        "content": "",
        "timestamp": iso(message.at),
        "edited_timestamp": iso(post.edited_at) if post and is_edited else None,
        "flags": 0,
        "id": str(message.id),
        "channel_id": str(channel.id),
        "author": user_row(guild, message.author),
        **same([], "mentions mention_roles attachments embeds components"),
        **same(False, "pinned mention_everyone tts"),
    }
    if message.refers_in:
        row |= _reference(guild, message, now)
    if post is None or message.type == THREAD_STARTER:
        return row
    if with_text:
        row["content"] = text_of(post, edited=is_edited)
    if post.kind == "bot" or post.via >= 0:
        row["webhook_id"] = WEBHOOK_ID
        row["author"] |= {"id": WEBHOOK_ID, "bot": True}
    if reactions := _reactions(post, now):
        row["reactions"] = reactions
    if message.thread is not None and message.thread.exists(now):
        row["flags"] |= HAS_THREAD
        row["thread"] = thread_row(guild, message.thread, now)
    return row


def _reference(guild: Guild, message: Message, now: int) -> Json:
    """Return what a message references; a deleted message is null."""
    if message.type == DEFAULT:
        return {}
    reference: Json = {
        "type": 0,
        "channel_id": str(message.refers_in),
        "guild_id": str(GUILD_ID),
    }
    if not message.refers_to:
        return {"message_reference": reference}
    reference["message_id"] = str(message.refers_to)
    channel = guild.channels.get(message.refers_in) or guild.threads[message.refers_in]
    found = channel.find(message.refers_to, now)
    if found is None:
        return {"message_reference": reference, "referenced_message": None}
    plain = Message(found.id, found.at, found.type, found.author, found.post)
    row = message_row(guild, channel, plain, now, with_text=False)
    return {"message_reference": reference, "referenced_message": row}


def emoji_row(number: int) -> Json:
    """Return an emoji as in a reaction."""
    return {"id": None, "name": EMOJI[number]} if number < len(EMOJI) else CUSTOM_EMOJI


def _reactions(post: Post, now: int) -> list[Json]:
    counts = Counter(emoji for at, emoji, _ in post.reactions if at <= now)
    return [
        {
            "emoji": emoji_row(number),
            "count": count,
            "count_details": {"burst": 0, "normal": count},
            "burst_colors": [],
            **same(False, "me me_burst"),
        }
        for number, count in counts.items()
    ]


def event_row(guild: Guild, event: ScheduledEvent, now: int) -> Json:
    """Return a scheduled event that takes place outside of Discord."""
    return {
        "id": str(event.id),
        "guild_id": str(GUILD_ID),
        "name": event.name,
        "description": f"{TEXT_MARK} and more",
        "creator_id": str(guild.user_ids[event.creator]),
        "scheduled_start_time": iso(event.starts_at),
        "scheduled_end_time": iso(event.ends_at),
        "status": 2 if event.starts_at <= now else 1,
        "entity_type": 3,
        "user_count": len(event.people(now)),
        "privacy_level": 2,
        "guild_scheduled_event_exceptions": [],
        "entity_metadata": {"location": "https://meet.sandbox.invalid/"},
        **same(None, "channel_id entity_id image recurrence_rule"),
    }


def guild_row(guild: Guild, roles: list[Json], now: int) -> Json:
    """Return the server itself."""
    members = len(guild.members(now))
    return {
        "id": str(GUILD_ID),
        "name": "Sandbox Community",
        "features": ["COMMUNITY"],
        "owner_id": str(guild.user_ids[0]),
        "region": "deprecated",
        "afk_timeout": 300,
        "system_channel_id": str(next(iter(guild.channels))),
        "widget_enabled": False,
        "roles": roles,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "preferred_locale": "en-US",
        "approximate_member_count": members,
        "approximate_presence_count": members // 5,
        **same([], "emojis stickers"),
        **same(False, "nsfw premium_progress_bar_enabled"),
        **same(
            0,
            "system_channel_flags verification_level default_message_notifications mfa_level "
            "explicit_content_filter premium_tier nsfw_level premium_subscription_count",
        ),
        **same(
            None,
            "icon description home_header splash discovery_splash banner application_id "
            "afk_channel_id widget_channel_id max_presences vanity_url_code rules_channel_id "
            "safety_alerts_channel_id public_updates_channel_id incidents_data",
        ),
    }


def role_row(role_id: int, name: str, permissions: int) -> Json:
    """Return a role of the server."""
    return {
        "id": str(role_id),
        "name": name,
        "permissions": str(permissions),
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        **same(0, "position color flags"),
        **same(False, "hoist managed mentionable"),
        **same(None, "icon unicode_emoji"),
    }


def application_row(guild: Guild, number: int, flags: int) -> Json:
    """Return the application of the sandbox's bot."""
    return {
        "id": str(snowflake(guild.world.start, 77)),
        "name": "community-vitals",
        "description": "",
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "owner": user_row(guild, 0),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "bot": user_row(guild, number),
        **same([], "redirect_uris eligible_oauth2_scopes"),
        **same(None, "icon interactions_endpoint_url role_connections_verification_url team type"),
    }
