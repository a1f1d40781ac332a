"""Slack's native workspace export (slack.com/help/articles/220556107), a zip or its folder.

Day files are cut in the exporter's time zone: their names say nothing about the time of a message.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.base import BadFile, FileReader, SourceSettings
from connectors.files.archives import open_archive
from connectors.model import Page, Raw
from connectors.slack import SlackConnector, records
from connectors.slack.folder import ExportFolder, find_exports
from connectors.slack.normalize import why_left_out
from connectors.timestamps import SECOND_MICROSECONDS, microseconds, moment_of

MOST_NAMES = 5
BEGAN_AT = microseconds(datetime.combine(SlackConnector.began_on, datetime.min.time(), UTC))


class SlackExport(FileReader[SourceSettings]):
    """One or more exports of one workspace. Private channels and direct messages are left out."""

    kind = "slack-export"
    platform = "slack"
    beside_rows = ("members", "channels", "file_authors")

    def pages(self) -> Iterator[Page]:
        """Yield messages, then members, channels and authors on no list, export by export.

        All of an export is as of its newest message, so that of several exports the newest counts,
        and of equally new ones that with the newest change of a profile.
        """
        now = int(time.time()) * SECOND_MICROSECONDS
        with ExitStack() as opened:
            dated = [
                (export.newest_message(now), export.newest_update, export)
                for path in self.paths
                for export in self._exports(path, opened)
            ]
            dated.sort(key=lambda one: one[:2])
            exports = [export for *_, export in dated]
            ids = _ids_by_name(exports)
            private = {name: why for export in exports for name, why in export.private.items()}
            for newest, newest_update, export in dated:
                export.private = private
                if export.odd_rows:
                    self.leave_out("unknown shape", export.odd_rows)
                yield from self._export(export, ids, newest or min(newest_update, now))

    def _exports(self, path: Path, opened: ExitStack) -> Iterator[ExportFolder]:
        """Yield every export at a path; below a folder there may be several, packed or not."""
        found = find_exports(opened.enter_context(open_archive(path)))
        packed = sorted(path.rglob("*.zip")) if path.is_dir() else []
        for file in packed:
            if file.name.startswith("."):
                continue
            if exports := find_exports(opened.enter_context(open_archive(file))):
                found += exports
            else:
                self.context.warn(f"{file}: passed over, it is no Slack export")
        if not found:
            raise BadFile(
                "it is no Slack export: it has no channels.json and no users.json",
                where=str(path),
                advice="Give the .zip that Slack's Import/Export page made, or the folder that it "
                "unpacks to",
            )
        if not any(export.days or export.members for export in found):
            raise BadFile(
                "it holds no messages and no members",
                where=str(path),
                advice="Export the workspace again, with its public channels",
            )
        yield from found

    def _export(self, export: ExportFolder, ids: dict[str, str], newest: int) -> Iterator[Page]:
        listed, unlisted = {m.id for m in export.members}, dict[str, records.UserProfile]()
        named = dict[str, records.Channel]()  # channels of which only the name is known
        first_message: int | None = None
        for number, day in enumerate(export.days):
            self.context.progress("day files", number, len(export.days))
            messages, odd = export.messages(day)
            for reason, rows in odd.items():
                self.leave_out(reason, rows)
            if why := export.why_private(day.folder):
                self.leave_out(why, len(messages))
                continue
            channel = export.channels.get(day.folder)
            if channel is None and day.folder not in ids:
                named[day.folder] = records.Channel(id=day.folder, name=day.folder)
            written = [at for m in messages if (at := _written_at(m)) >= BEGAN_AT]
            if written:
                first_message = min(written if first_message is None else [first_message, *written])
            unlisted.update(_unlisted_authors(messages, listed))
            channel_id = channel.id if channel else ids.get(day.folder, day.folder)
            for page in self._day_pages(channel_id, messages, newest):
                yield page
                if channel is None and channel_id != day.folder and page.records:
                    yield _under_name(page, channel_id, day.folder)
        self.context.progress("day files", len(export.days), len(export.days))
        if first_message is not None and first_message <= newest:
            self.covers(self._midnight_before(first_message), newest + 1)
        if named:
            self._warn_of_names(export, list(named))
        yield from self._lists(export, named, unlisted, newest)

    def _midnight_before(self, moment: int) -> int:
        """Return when the community's day of a time began: an export tells its first day whole."""
        try:
            local = moment_of(moment).astimezone(ZoneInfo(self.context.timezone))
        except OverflowError:
            return moment
        return microseconds(local.replace(hour=0, minute=0, second=0, microsecond=0))

    def _warn_of_names(self, export: ExportFolder, names: list[str]) -> None:
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        self.context.warn(
            f"{export.where}: no channels.json tells the id of {', '.join(names[:MOST_NAMES])}"
            f"{more}. A sync would count their messages again: import this together with an "
            "export that has a channels.json"
        )

    def _lists(
        self,
        export: ExportFolder,
        named: dict[str, records.Channel],
        unlisted: dict[str, records.UserProfile],
        newest: int,
    ) -> Iterator[Page]:
        team_id = next((m.team_id for m in export.members if m.team_id), "unknown")
        url = f"https://app.slack.com/client/{team_id}"
        channels = [*export.channels.values(), *named.values()]
        yield Page("channels", "", [records.encode_channel(c, url) for c in channels], newest)
        members = [
            records.encode_member(m, self.context.hash_private)
            for m in export.members
            if not m.is_invited_user
        ]
        yield Page("members", "", members, newest)
        authors = [records.encode_author(*row) for row in unlisted.items()]
        yield Page("file_authors", "", authors, newest)

    def _day_pages(
        self, channel_id: str, messages: list[records.Message], newest: int
    ) -> Iterator[Page]:
        threads: defaultdict[str, list[Raw]] = defaultdict(list)
        roots: list[Raw] = []
        for message in messages:
            raw = records.encode_message(message, keep_text=self.context.store_text)
            (threads[message.thread_ts or ""] if records.is_reply(message) else roots).append(raw)
        yield Page("messages", channel_id, roots, newest)
        for thread_ts, replies in threads.items():
            yield Page("replies", f"{channel_id}:{thread_ts}", replies, newest)


def _under_name(page: Page, channel_id: str, name: str) -> Page:
    """Return the page that takes away what was landed of a channel while only its name was known.

    It is the same messages that the other page brings.
    """
    keys = [raw.key for raw in page.records]
    partition = name + page.partition.removeprefix(channel_id)
    now, covers = int(time.time()) * SECOND_MICROSECONDS, (min(keys), f"{max(keys)} ")
    return Page(page.stream, partition, [], now, covers=covers, present=frozenset())


def _written_at(message: records.Message) -> int:
    """Return when a message was written, microseconds since 1970."""
    return records.microseconds_of_ts(message.ts)


def _ids_by_name(exports: list[ExportFolder]) -> dict[str, str]:
    """Return the ids of channels by the names that only one of them has."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for export in exports:
        for name, channel in export.channels.items():
            found[name].add(channel.id)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


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
