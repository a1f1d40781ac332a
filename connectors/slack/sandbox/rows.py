"""The JSON of Slack's messages, as of a time."""

import hashlib
from collections import Counter

from connectors.sandbox.community import SECOND
from connectors.sandbox.conversation import BOTS, Channel, Post
from connectors.sandbox.text import TEXT_MARK, blocks, text_of
from connectors.sandbox.texture import TEXTURE
from connectors.slack.sandbox.workspace import Json, Workspace

REACTORS_SHOWN = 15  # a popular reaction's `users` is shorter than its `count`


def ts(at: int) -> str:
    """Slack's message key: seconds with exactly six decimals."""
    return f"{at // SECOND}.{at % SECOND:06}"


def message_row(workspace: Workspace, channel: Channel, post: Post, now: int) -> Json:
    """A message as in conversations.history, as of `now`; a deleted one is a tombstone."""
    if not post.is_visible(now):
        row: Json = {
            "type": "message",
            "subtype": "tombstone",
            "user": "USLACKBOT",
            "text": "This message was deleted.",
            "hidden": True,
        }
    elif post.kind == "huddle":
        row = _huddle(workspace, channel, post, now)
    elif post.kind in ("message", "me", "file", "bot"):
        row = _said(workspace, post, now)
    else:
        row = _note(workspace, channel, post)
    row["ts"] = ts(post.at)
    _thread(workspace, channel, row, post, now)
    if post.reactions and post.is_visible(now):
        reactions = _reactions(workspace, post, now)
        if reactions:
            row["reactions"] = reactions
    return row


def _said(workspace: Workspace, post: Post, now: int) -> Json:
    """What someone, or some thing, said."""
    text = text_of(post, edited=0 < post.edited_at <= now)
    row: Json = {"type": "message", "text": text, "team": workspace.team_id}
    if post.kind != "bot":
        row["user"] = workspace.user_ids[post.author]
    bot = -10 - post.author if -100 < post.author <= -10 else post.via
    if bot >= 0 and not BOTS[bot].every_hours:
        row |= _by_bot(workspace, bot)
    else:
        mark = hashlib.md5(str(post.at).encode(), usedforsecurity=False).hexdigest()
        row["client_msg_id"] = f"{mark[:8]}-{mark[8:12]}-4{mark[13:16]}-a{mark[17:20]}-{mark[20:]}"
    if post.kind == "bot":
        return row | {"subtype": "bot_message", "username": BOTS[bot].name}
    row["blocks"] = blocks(post, text)
    if post.kind == "me":
        row["subtype"] = "me_message"
    if post.kind == "file":
        row |= {"subtype": "file_share", "upload": False, "files": [_file(workspace, post)]}
    if 0 < post.edited_at <= now:
        row["edited"] = {"user": row["user"], "ts": f"{post.edited_at // SECOND}.000000"}
    return row


def _by_bot(workspace: Workspace, bot: int) -> Json:
    """What tells a bot's message, whoever its `user` is."""
    profile = {
        "id": workspace.bot_id(bot),
        "name": BOTS[bot].name,
        "app_id": f"A0SANDBOX{bot:02}",
        "team_id": workspace.team_id,
        "deleted": False,
        "updated": workspace.world.start // SECOND,
        "icons": {
            f"image_{size}": f"https://avatars.sandbox.invalid/bot-{size}.png"
            for size in (36, 48, 72)
        },
    }
    return {"bot_id": profile["id"], "app_id": profile["app_id"], "bot_profile": profile}


def _file(workspace: Workspace, post: Post) -> Json:
    return {
        "id": f"F0{post.at % 36**8:08X}"[:11],
        "created": post.at // SECOND,
        "timestamp": post.at // SECOND,
        "name": f"{TEXT_MARK}.png",
        "title": f"{TEXT_MARK} plot",
        "mimetype": "image/png",
        "filetype": "png",
        "user": workspace.user_ids[post.author],
        "size": post.at % 900_000,
        "mode": "hosted",
        "is_external": False,
        "is_public": True,
        "url_private": f"https://files.sandbox.invalid/{post.at}.png",
    }


def _note(workspace: Workspace, channel: Channel, post: Post) -> Json:
    """A row that Slack itself writes: who came and went, and what became of the channel."""
    user = workspace.user_ids[post.author]
    plan = channel.plan
    notes: dict[str, tuple[str, str, Json]] = {
        "join": ("channel_join", "has joined the channel", {}),
        "leave": ("channel_leave", "has left the channel", {}),
        "topic": ("channel_topic", f"set the channel topic: {TEXT_MARK}", {"topic": TEXT_MARK}),
        "archive": ("channel_archive", "archived the channel", {}),
        "rename": (
            "channel_name",
            f'has renamed the channel from "{plan.was}" to "{plan.name}"',
            {"old_name": plan.was, "name": plan.name},
        ),
    }
    subtype, text, more = notes[post.kind]
    if plan.kind == "private":
        subtype = subtype.replace("channel_", "group_")
    row = {"type": "message", "subtype": subtype, "user": user, "text": f"<@{user}> {text}"}
    return row | more


def _huddle(workspace: Workspace, channel: Channel, post: Post, now: int) -> Json:
    """What is left in the channel of people who spoke to each other."""
    channel_id = workspace.channel_ids[channel.number]
    row: Json = {
        "type": "message",
        "subtype": "huddle_thread",
        "user": "USLACKBOT",
        "text": "",
        "channel": channel_id,
        "team": workspace.team_id,
        "no_notifications": True,
        "permalink": f"https://sandbox.invalid/call/R0{post.at}",
        "room": {"channels": [channel_id], **_call(workspace, post, now)},
    }
    if post.edited_at <= now:
        row["edited"] = {"user": "USLACKBOT", "ts": f"{post.edited_at // SECOND}.000000"}
    return row


def _call(workspace: Workspace, post: Post, now: int) -> Json:
    """The huddle itself: while it runs it has no end, then nobody is in it any more."""
    is_over = post.edited_at <= now
    entered = [workspace.user_ids[number] for at, number in post.huddle if at <= now]
    return {
        "id": f"R0{post.at % 36**8:08X}"[:11],
        "name": "",
        "call_family": "huddle",
        "media_server": "",
        "created_by": workspace.user_ids[post.huddle[0][1]],
        "date_start": post.at // SECOND,
        "date_end": post.edited_at // SECOND if is_over else 0,
        "has_ended": is_over,
        "is_dm_call": False,
        "participants": [] if is_over else entered,
        "participant_history": entered,
        "thread_root_ts": ts(post.at),
    }


def _thread(workspace: Workspace, channel: Channel, row: Json, post: Post, now: int) -> None:
    """Adds what a message shows of its thread, as a parent or as a reply."""
    if post.root is not None:
        row["thread_ts"] = ts(post.root.at)
        if post.root.is_visible(now):
            row["parent_user_id"] = workspace.user_ids[post.root.author]
        if post.is_broadcast:
            row["subtype"] = "thread_broadcast"
            root = message_row(workspace, channel, post.root, now)
            row["root"] = {key: root[key] for key in root if key not in ("blocks", "reactions")}
        return
    replies = post.visible_replies(now)
    if not replies:
        return
    writers = list(dict.fromkeys(workspace.user_ids[reply.author] for reply in replies))
    row |= {
        "thread_ts": row["ts"],
        "reply_count": len(replies),
        "reply_users_count": len(writers),
        "latest_reply": ts(replies[-1].at),
        "reply_users": writers[:5],
        "is_locked": False,
        "subscribed": False,
    }


def _reactions(workspace: Workspace, post: Post, now: int) -> list[Json]:
    given = [(emoji, number) for at, emoji, number in post.reactions if at <= now]
    counts = Counter(emoji for emoji, _ in given)
    rows = []
    for emoji, count in counts.items():
        users = [workspace.user_ids[number] for other, number in given if other == emoji]
        name = TEXTURE.words.emoji[emoji]
        rows.append({"name": name, "users": users[:REACTORS_SHOWN], "count": count})
    return rows
