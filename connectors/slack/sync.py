"""Which lists of a workspace are read, in which order, and the cursors of its channels.

Members and channels are read whole at each sync. Then each channel's messages are read, newest
first, and before each page of them the threads that it shows to have changed.
"""

from collections.abc import Iterator

from connectors.base import BlindSpot, Changed, Context, Cursors, Denied, SourceError
from connectors.http import RateLimited
from connectors.model import END_OF_KEYS, Page
from connectors.paging import Endless
from connectors.slack.api import Incomplete, Refused, Skipped, SlackApi
from connectors.slack.history import OF_ONE_LIST, RESCAN_EVERY_DAYS, ChannelSync
from connectors.slack.records import Channel, Member, encode_channel, encode_member

# So many lists may fail one after the other before all of the platform counts as down.
MOST_FAILURES_IN_A_ROW = 5
MOST_NAMES = 5
INVITE = "Invite the app: write /invite @ and its name in {}"
ARCHIVED = "What is archived takes no app: import a workspace export to see it"
NO_ADDRESSES = BlindSpot(
    "e-mail addresses of members",
    "Slack shows none",
    "To join by them, add users:read.email under OAuth & Permissions and reinstall the app",
)
ODD_ORDER = (Incomplete, Endless)


class WorkspaceSync:
    """Reads a workspace."""

    def __init__(self, api: SlackApi, context: Context) -> None:
        self.api, self.context = api, context
        self._failures_in_a_row = 0

    def check(self) -> list[str]:
        """Call each method once, for its scope; return what will not be seen, as sentences."""
        self.api.workspace()
        members = next(self.api.members()).rows
        channels = next(self.api.channels()).rows
        if readable := [c for c in channels if c.is_member is not False and not c.is_archived]:
            next(self.api.history(readable[0].id, "", END_OF_KEYS))
        closed = [channel for channel in channels if channel.is_member is False]
        spots = [NO_ADDRESSES] if _show_no_address(members) else []
        return [f"{spot.what}: {spot.reason}. {spot.advice}" for spot in spots] + [
            f"messages of {_several(names)} where the app is no member. {advice}"
            for names, advice in (
                ([c.name for c in closed if not c.is_archived], INVITE.format("each of them")),
                ([c.name for c in closed if c.is_archived], ARCHIVED),
            )
            if names
        ]

    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """Yield members and channels, then the new messages and replies of each channel."""
        workspace = self.api.workspace()
        started_at = self.api.platform_time
        yield from self._members(started_at)
        channels: dict[str, Channel] = {}
        yield from self._channels(channels, workspace.links, started_at)
        known = cursors("messages", channels.keys())
        rescan_requests: list[int] = []
        for number, channel in enumerate(channels.values()):
            self.context.progress(f"#{channel.name}", number, len(channels))
            if channel.is_member is False and workspace.bot_id:
                self._note_unreadable(channel, "the app is not a member of it")
                continue
            sync = ChannelSync(self.api, self.context, channel, cursors, full, self._failed)
            try:
                for page in sync.pages(known.get(channel.id)):
                    if page.stream == "replies" and page.records:
                        self._failures_in_a_row = 0
                    yield page
                self._failures_in_a_row = 0
            except Skipped as skipped:
                self._note_unreadable(channel, skipped.code)
            except OF_ONE_LIST as error:
                self._failed(f"#{channel.name}", error)
            if sync.rescan_requests is not None:
                rescan_requests.append(sync.rescan_requests)
        self.context.progress("channels", len(channels), len(channels))
        if rescan_requests:
            self.context.warn(
                f"{self.context.source}: {len(rescan_requests)} channels were read from their "
                f"beginning in {sum(rescan_requests)} requests, as every {RESCAN_EVERY_DAYS} days, "
                "to find late replies to old threads"
            )

    def _members(self, as_of: int) -> Iterator[Page]:
        """Land the members; who is missing from a list that was read whole has left."""
        labels = self._profile_labels()
        present: set[str] = set()
        is_understood, is_repeated, shows_none = True, False, True
        try:
            for page in self.api.members():
                is_understood &= page.is_understood
                is_repeated |= page.is_repeated
                # Who was only invited is no member yet.
                members = [m for m in page.rows if not m.is_invited_user]
                present.update(m.id for m in members)
                shows_none &= _show_no_address(members)
                records = [encode_member(m, self.context.hash_private, labels) for m in members]
                yield Page("members", "", records, as_of)
        except OF_ONE_LIST as error:
            self._failed("the list of members", error)
            return
        if shows_none and present:
            self.context.blind_spots.append(NO_ADDRESSES)
        if is_repeated or not present:
            self._failed("the list of members", _incomplete(is_repeated))
        elif is_understood:
            yield Page.end_of_list("members", "", present, as_of, cursor="{}")

    def _profile_labels(self) -> dict[str, str]:
        """Return the labels of custom profile fields; without their scope only addresses count."""
        try:
            with self.context.counting_profiles():
                return self.api.profile_labels()
        except (Denied, Refused, Changed) as error:
            what = "handles in custom profile fields"
            self.context.blind_spots.append(BlindSpot(what, error.what, error.advice))
        except OF_ONE_LIST as error:
            self._failed("the custom profile fields", error)
        return {}

    def _channels(self, found: dict[str, Channel], links: str, as_of: int) -> Iterator[Page]:
        """Land the channels, and add them to `found` by id."""
        is_repeated = False
        try:
            for page in self.api.channels():
                is_repeated |= page.is_repeated
                found |= {channel.id: channel for channel in page.rows}
                records = [encode_channel(channel, links) for channel in page.rows]
                yield Page("channels", "", records, as_of)
        except OF_ONE_LIST as error:
            self._failed("the list of channels", error)
            return
        if is_repeated:
            self._failed("the list of channels", _incomplete(is_repeated))

    def _failed(self, what: str, error: SourceError) -> None:
        """Note a list that failed alone. Raises the error where it is not the list's alone."""
        if isinstance(error, RateLimited):
            raise error
        if not isinstance(error, ODD_ORDER):
            self._failures_in_a_row += 1
            try:
                self.api.workspace()
            except SourceError:
                raise error from None
        self.context.could_not_read(what, error)
        if self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
            raise error

    def _note_unreadable(self, channel: Channel, reason: str) -> None:
        in_channel = f"#{channel.name}, then sync again"
        advice = ARCHIVED if channel.is_archived else INVITE.format(in_channel)
        self.context.blind_spots.append(BlindSpot(f"#{channel.name}", reason, advice))


def _show_no_address(members: list[Member]) -> bool:
    """Whether no member shows an e-mail address: without the scope for it the field is missing."""
    return not any(member.profile and member.profile.email for member in members)


def _several(names: list[str]) -> str:
    shown = ", ".join(f"#{name}" for name in names[:MOST_NAMES])
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{len(names)} channel{'s' * (len(names) > 1)} ({shown}{more})"


def _incomplete(is_repeated: bool) -> Incomplete:
    what = "the list shows rows again, so that others may be missing" if is_repeated else ""
    return Incomplete(what or "the list is empty", advice="The next sync tries again")
