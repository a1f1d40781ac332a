"""Writes the made-up community as the native export that an owner of a workspace downloads."""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from connectors.sandbox.community import SECOND, World
from connectors.sandbox.conversation import Channel, Post
from connectors.slack.sandbox.messages import is_shown
from connectors.slack.sandbox.rows import message_row, ts
from connectors.slack.sandbox.workspace import Json, Workspace, channel_row, user_row


def write_export(
    world: World,
    path: Path,
    *,
    now: int | None = None,
    timezone: str = "America/Los_Angeles",
    with_closed_channels: bool = True,
) -> None:
    """Writes a zip where `path` ends in .zip, else a folder, as of `now` (default: the end).

    Day files are cut in `timezone`, as real ones are cut in the exporter's. An export sees every
    public channel; `with_closed_channels=False` leaves out those that the sandbox's bot is not in.
    """
    workspace = Workspace(world)
    files = _files(workspace, world.end if now is None else now, timezone, with_closed_channels)
    if path.suffix == ".zip":
        _write_zip(path, files)
        return
    for name, content in files:
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_json(content))


def _write_zip(path: Path, files: Iterator[tuple[str, Any]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name)  # of 1980: the same world gives the same bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _json(content))


def _json(content: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content), indent=4)


def _files(
    workspace: Workspace, now: int, timezone: str, with_closed_channels: bool
) -> Iterator[tuple[str, Any]]:
    """Every file of the export with its content."""
    channels = [
        channel
        for channel in workspace.channels
        if channel.created_at <= now
        and channel.plan.kind != "private"
        and (with_closed_channels or workspace.has_bot(channel))
    ]
    numbers = workspace.user_numbers(now)
    yield "channels.json", [_channel(workspace, channel, now) for channel in channels]
    yield (
        "users.json",
        [user_row(workspace, n, now, email=True, locale=False) for n in numbers],
    )
    yield "integration_logs.json", [_installation(workspace)]
    zone = ZoneInfo(timezone)

    def day(post: Post) -> str:
        return f"{datetime.fromtimestamp(post.at // SECOND, zone):%Y-%m-%d}"

    for channel in channels:
        shown = (post for post in channel.posts if is_shown(post, now))
        for date, posts in groupby(shown, day):
            rows = [_message(workspace, channel, post, now) for post in posts]
            yield f"{channel.name(now)}/{date}.json", rows


def _channel(workspace: Workspace, channel: Channel, now: int) -> Json:
    """A channel in the export's older shape: numbers are strings."""
    row = channel_row(workspace, channel, now)
    kept = ("id", "name", "creator", "is_archived", "is_general")
    older: Json = {name: row[name] for name in kept}
    for name in ("topic", "purpose"):
        older[name] = row[name] | {"last_set": str(row[name]["last_set"])}
    return older | {
        "created": str(row["created"]),
        "members": workspace.members(channel, now),
    }


def _message(workspace: Workspace, channel: Channel, post: Post, now: int) -> Json:
    """A message with what only exports add: the author's profile, a parent's replies."""
    row = message_row(workspace, channel, post, now)
    if post.author >= 0 and "client_msg_id" in row:
        person = workspace.identities[post.author]
        row |= {"user_team": workspace.team_id, "source_team": workspace.team_id}
        row["user_profile"] = {
            "name": person.handle,
            "real_name": person.name,
            "display_name": person.handle if post.author % 4 else "",
            "team": workspace.team_id,
            "is_restricted": False,
            "is_ultra_restricted": False,
        }
    if "reply_count" in row:
        row["replies"] = [
            {"user": workspace.user_ids[reply.author], "ts": ts(reply.at)}
            for reply in post.visible_replies(now)
        ]
    return row


def _installation(workspace: Workspace) -> Json:
    """The log of how the app came in; such logs have their dates as strings."""
    return {
        "user_id": 0,
        "user_name": "",
        "date": str(workspace.world.start // SECOND),
        "change_type": "added",
        "app_type": "community-vitals",
        "app_id": "A0SANDBOX01",
    }
