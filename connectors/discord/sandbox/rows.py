"""The JSON of Discord's objects, as of a time."""

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
    Entry,
    Guild,
    Place,
    Thread,
    snowflake,
)
from connectors.discord.sandbox.scheduled_events import Happening
from connectors.sandbox.community import SECOND
from connectors.sandbox.conversation import BOTS, STRANGERS, Post
from connectors.sandbox.text import TEXT_MARK, text_of

Json = dict[str, Any]

EMOJI = ["👍", "❤️", "🎉", "👀", "😂", "🙌", "🤔", "✅", "🚀"]
CUSTOM_EMOJI = {"id": str(GUILD_ID + 100), "name": "hundred", "animated": False}
WEBHOOK_ID = str(GUILD_ID + 200)
HAS_THREAD = 1 << 5
_NOBODY = {"avatar_decoration_data": None, "collectibles": None, "primary_guild": None}


def iso(at: int) -> str:
    """A time as Discord writes it; like its ids it knows milliseconds."""
    moment = datetime.fromtimestamp(at // SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % SECOND // 1000:03}000+00:00"


def name_of(guild: Guild, number: int) -> tuple[str, str]:
    """Username and display name of an author."""
    if number >= 0:
        person = guild.world.people[number]
        return person.handle, person.name
    name = STRANGERS[-100 - number] if number <= -100 else BOTS[-10 - number].name
    return name.lower().replace(" ", "."), name


def is_bot(number: int) -> bool:
    """Whether Discord flags an author as a bot."""
    return -100 < number <= -10 and BOTS[-10 - number].is_flagged


def user_row(guild: Guild, number: int) -> Json:
    """A user as in members and messages."""
    username, name = name_of(guild, number)
    row: Json = {
        "id": str(guild.user_ids[number]),
        "username": username,
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": name if number % 5 else None,
        **_NOBODY,
    }
    return row | {"bot": True} if is_bot(number) else row


def member_row(guild: Guild, number: int, roles: list[str]) -> Json:
    """A member; now and then a nickname, once somebody's e-mail address."""
    people = guild.world.people
    nick = None
    if number >= 0 and number % 7 == 3:
        nick = people[number].email if number == 3 else f"{people[number].handle} 🌻"
    joined_at = people[number].joined_at if number >= 0 else guild.world.start
    return {
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": iso(joined_at),
        "nick": nick,
        "pending": False,
        "premium_since": None,
        "roles": roles,
        "collectibles": None,
        "user": user_row(guild, number),
        "mute": False,
        "deaf": False,
    }


def channel_row(place: Place, overwrites: list[Json], last_message: int | None, now: int) -> Json:
    """A channel that is no thread."""
    row: Json = {
        "id": str(place.id),
        "type": place.kind,
        "last_message_id": str(last_message) if last_message else None,
        "flags": 0,
        "guild_id": str(GUILD_ID),
        "name": place.room.name(now),
        "parent_id": None,
        "rate_limit_per_user": 0,
        "topic": f"{TEXT_MARK}: {place.room.name(now)}",
        "position": place.room.number,
        "permission_overwrites": overwrites,
        "nsfw": False,
    }
    if place.kind in (FORUM, MEDIA):
        row |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
    if place.kind in (VOICE, STAGE):
        row |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    if place.kind in (TEXT, NEWS, FORUM, MEDIA):
        row["last_pin_timestamp"] = None
    return row


def thread_row(guild: Guild, thread: Thread, now: int) -> Json:
    """A thread; its name is what somebody wrote."""
    archived_at = thread.archived_at(now)
    said = [e for e in thread.entries if e.is_visible(now) and e.type in (DEFAULT, REPLY)]
    replies = [entry for entry in said if entry.id != thread.id]
    last = thread.last_message_id(now)
    return {
        "id": str(thread.id),
        "type": thread.kind,
        "last_message_id": str(last) if last else None,
        "flags": 0,
        "guild_id": str(GUILD_ID),
        "name": f"{TEXT_MARK} {thread.id % 997}",
        "parent_id": str(thread.parent.id),
        "rate_limit_per_user": 0,
        "owner_id": str(guild.user_ids[thread.owner]),
        "thread_metadata": {
            "archived": bool(archived_at),
            "archive_timestamp": iso(archived_at or thread.created_at),
            "auto_archive_duration": 4320,
            "locked": False,
            "create_timestamp": iso(thread.created_at),
        },
        "message_count": len(replies),
        "member_count": min(50, len({entry.author for entry in said})),
        "total_message_sent": len(replies),
    }


def message_row(guild: Guild, place: Place, entry: Entry, now: int, *, with_text: bool) -> Json:
    """A message as of `now`; without the intent for texts these are empty."""
    post = entry.post
    is_edited = post is not None and 0 < post.edited_at <= now and entry.type != THREAD_STARTER
    row: Json = {
        "type": entry.type,
        "content": "",
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "timestamp": iso(entry.at),
        "edited_timestamp": iso(post.edited_at) if post and is_edited else None,
        "flags": 0,
        "components": [],
        "id": str(entry.id),
        "channel_id": str(place.id),
        "author": user_row(guild, entry.author),
        "pinned": False,
        "mention_everyone": False,
        "tts": False,
    }
    if entry.answers_in:
        row |= _reference(guild, entry, now)
    if post is None or entry.type == THREAD_STARTER:
        return row
    if with_text:
        row["content"] = text_of(post, edited=is_edited)
    if post.kind == "bot" or post.via >= 0:
        row["webhook_id"] = WEBHOOK_ID
        row["author"] |= {"id": WEBHOOK_ID, "bot": True}
    reactions = _reactions(post, now)
    if reactions:
        row["reactions"] = reactions
    if entry.thread is not None and entry.thread.exists(now):
        row["flags"] |= HAS_THREAD
        row["thread"] = thread_row(guild, entry.thread, now)
    return row


def _reference(guild: Guild, entry: Entry, now: int) -> Json:
    """What a message points to: an answered message may be deleted, and is null then."""
    if entry.type == DEFAULT:
        return {}
    reference: Json = {
        "type": 0,
        "channel_id": str(entry.answers_in),
        "guild_id": str(GUILD_ID),
    }
    if not entry.answers:
        return {"message_reference": reference}
    reference["message_id"] = str(entry.answers)
    place = guild.channels.get(entry.answers_in) or guild.threads[entry.answers_in]
    found = next(place.after(entry.answers - 1, now), None)
    if found is None or found.id != entry.answers:
        return {"message_reference": reference, "referenced_message": None}
    referenced = message_row(guild, place, _without_pointers(found), now, with_text=False)
    return {"message_reference": reference, "referenced_message": referenced}


def _without_pointers(entry: Entry) -> Entry:
    return Entry(entry.id, entry.at, entry.type, entry.author, entry.post)


def emoji_row(number: int) -> Json:
    """An emoji as in a reaction."""
    return {"id": None, "name": EMOJI[number]} if number < len(EMOJI) else CUSTOM_EMOJI


def _reactions(post: Post, now: int) -> list[Json]:
    counts = Counter(emoji for at, emoji, _ in post.reactions if at <= now)
    return [
        {
            "emoji": emoji_row(number),
            "count": count,
            "count_details": {"burst": 0, "normal": count},
            "burst_colors": [],
            "me_burst": False,
            "me": False,
        }
        for number, count in counts.items()
    ]


def event_row(guild: Guild, event: Happening, now: int) -> Json:
    """A scheduled event somewhere outside of Discord."""
    return {
        "id": str(event.id),
        "guild_id": str(GUILD_ID),
        "name": event.name,
        "description": f"{TEXT_MARK} and more",
        "channel_id": None,
        "creator_id": str(guild.user_ids[event.creator]),
        "image": None,
        "scheduled_start_time": iso(event.starts_at),
        "scheduled_end_time": iso(event.ends_at),
        "status": 2 if event.starts_at <= now else 1,
        "entity_type": 3,
        "entity_id": None,
        "recurrence_rule": None,
        "user_count": len(event.people(now, guild.user_ids)),
        "privacy_level": 2,
        "guild_scheduled_event_exceptions": [],
        "entity_metadata": {"location": "https://meet.sandbox.invalid/"},
    }


def guild_row(guild: Guild, roles: list[Json], now: int) -> Json:
    """The server itself."""
    nothing = ("icon", "description", "home_header", "splash", "discovery_splash", "banner",
               "application_id", "afk_channel_id", "widget_channel_id", "max_presences",
               "vanity_url_code", "rules_channel_id", "safety_alerts_channel_id",
               "public_updates_channel_id", "incidents_data")  # fmt: skip
    zero = ("system_channel_flags", "verification_level", "default_message_notifications",
            "mfa_level", "explicit_content_filter", "premium_tier", "nsfw_level",
            "premium_subscription_count")  # fmt: skip
    members = len(guild.members(now))
    return {
        **dict.fromkeys(nothing),
        **dict.fromkeys(zero, 0),
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
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "emojis": [],
        "stickers": [],
        "approximate_member_count": members,
        "approximate_presence_count": members // 5,
    }


def role_row(role_id: int, name: str, permissions: int) -> Json:
    """A role of the server."""
    return {
        "id": str(role_id),
        "name": name,
        "permissions": str(permissions),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def application_row(guild: Guild, number: int, flags: int) -> Json:
    """The application that the sandbox's bot belongs to."""
    nothing = ("icon", "interactions_endpoint_url", "role_connections_verification_url", "team")
    return {
        **dict.fromkeys(nothing),
        "id": str(snowflake(guild.world.start, 77)),
        "name": "community-vitals",
        "description": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "owner": user_row(guild, 0),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "bot": user_row(guild, number),
    }
