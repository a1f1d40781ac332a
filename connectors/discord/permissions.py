"""What a bot may see on a Discord server: its intents, and its permissions in each channel.

Discord returns an empty list, not an error, where reading the history is forbidden. Unless the
permissions are computed, a closed channel looks like a silent one
(docs.discord.com/developers/topics/permissions).
"""

from connectors.base import BlindSpot, Denied
from connectors.discord.api import DiscordApi, Guild, Unreadable
from connectors.discord.records import STAGE, VOICE, Channel, Member

ADMINISTRATOR = 1 << 3
VIEW_CHANNEL = 1 << 10
READ_MESSAGE_HISTORY = 1 << 16
CONNECT = 1 << 20
EVERYTHING = ~0
NAMES = {
    VIEW_CHANNEL: "View Channel",
    READ_MESSAGE_HISTORY: "Read Message History",
    CONNECT: "Connect",
}

MEMBERS_INTENT = 1 << 14 | 1 << 15
CONTENT_INTENT = 1 << 18 | 1 << 19
MOST_NAMES = 5
CHANNEL_ADVICE = (
    "Give the bot View Channel and Read Message History in {}, and Connect if it is a voice channel"
)
BOT_PAGE = "under Bot at discord.com/developers/applications"
MEMBERS_BLIND_SPOT = BlindSpot(
    "members: when they joined and who left",
    "the bot lacks the Server Members Intent",
    f"Switch on Server Members Intent {BOT_PAGE}, then sync again",
)


class Access:
    """The permissions of one member of a server.

    `stated_members` is how many members Discord says that the server has, about.
    """

    def __init__(self, guild: Guild, member: Member) -> None:
        self._everyone, self._user = guild.id, member.user.id
        self._roles = frozenset(member.roles or ())
        self._base, self.stated_members = 0, guild.approximate_member_count
        for role in guild.roles:
            if role.id == guild.id or role.id in self._roles:
                self._base |= int(role.permissions)
        if self._base & ADMINISTRATOR or guild.owner_id == self._user:
            self._base = EVERYTHING

    def missing(self, channel: Channel) -> str | None:
        """Return the first permission that reading this channel lacks; None if it may be read."""
        granted = self._granted(channel)
        needed = [VIEW_CHANNEL, READ_MESSAGE_HISTORY]
        if channel.type in (VOICE, STAGE):
            needed.append(CONNECT)
        return next((NAMES[one] for one in needed if not granted & one), None)

    def _granted(self, channel: Channel) -> int:
        if self._base == EVERYTHING:
            return EVERYTHING
        granted, overwrites = self._base, channel.permission_overwrites or []
        for ids in ({self._everyone}, self._roles, {self._user}):
            chosen = [overwrite for overwrite in overwrites if overwrite.id in ids]
            for overwrite in chosen:
                granted &= ~int(overwrite.deny)
            for overwrite in chosen:
                granted |= int(overwrite.allow)
        return granted


def read_access(api: DiscordApi) -> Access:
    """Return the bot's permissions. Raises Denied where it is not on the server."""
    me = api.me()
    try:
        return Access(api.guild(), api.member(me.id))
    except Unreadable as error:
        raise Denied(
            f"the bot is not on the server {api.server}",
            where=error.where,
            advice="Invite it: discord.com/oauth2/authorize?client_id=APPLICATION_ID"
            "&scope=bot&permissions=66560, and check `server` in vitals.toml",
        ) from error


def unseen(api: DiscordApi, *, store_text: bool) -> list[str]:
    """Return what the bot cannot see, as sentences: missing intents and closed channels."""
    access, flags = read_access(api), api.application().flags
    found = []
    if not flags & MEMBERS_INTENT:
        found.append(f"{MEMBERS_BLIND_SPOT.what}. {MEMBERS_BLIND_SPOT.advice}")
    if store_text and not flags & CONTENT_INTENT:
        found.append(f"text of messages. Switch on Message Content Intent {BOT_PAGE}")
    closed = [channel.name for channel in api.channels() if access.missing(channel)]
    if closed:
        names = ", ".join(f"#{name}" for name in closed[:MOST_NAMES])
        more = f" and {len(closed) - MOST_NAMES} more" if len(closed) > MOST_NAMES else ""
        many = f"{len(closed)} channel{'s' * (len(closed) > 1)}"
        what = f"messages of {many} that the bot may not read ({names}{more})"
        found.append(f"{what}. {CHANNEL_ADVICE.format('each of them')}")
    return found
