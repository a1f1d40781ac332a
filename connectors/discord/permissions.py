"""What a bot may see on a Discord server, from its roles and each channel's exceptions.

Discord answers with an empty list, not with an error, where reading the history is forbidden: who
does not compute the permissions takes a closed channel for a silent one
(docs.discord.com/developers/topics/permissions).
"""

from connectors.discord.api import Guild
from connectors.discord.records import Channel, Member

ADMINISTRATOR = 1 << 3
VIEW_CHANNEL = 1 << 10
READ_MESSAGE_HISTORY = 1 << 16
CONNECT = 1 << 20
EVERYTHING = ~0
VOICE, STAGE = 2, 13
NAMES = {
    VIEW_CHANNEL: "View Channel",
    READ_MESSAGE_HISTORY: "Read Message History",
    CONNECT: "Connect",
}


class Access:
    """The permissions of one member of a server."""

    def __init__(self, guild: Guild, member: Member) -> None:
        self._everyone, self._user = guild.id, member.user.id
        self._roles = frozenset(member.roles or ())
        self._base = 0
        for role in guild.roles:
            if role.id == guild.id or role.id in self._roles:
                self._base |= int(role.permissions)
        if self._base & ADMINISTRATOR or guild.owner_id == self._user:
            self._base = EVERYTHING

    def missing(self, channel: Channel) -> str | None:
        """The name of the first permission that reading this channel lacks; None if it may."""
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
