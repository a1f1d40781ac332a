"""The messages of a channel or thread: read oldest first, the cursor moves with each page.

An interrupted sync goes on where it stopped. A page in which a message is twice or out of order
may lack another one: from there on the cursor stays, and nothing is taken for deleted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from connectors.base import BlindSpot, SourceError
from connectors.discord.api import AGAIN, LIMIT, NotWhole, Unreadable, messages_path
from connectors.discord.lists import Lists
from connectors.discord.records import (
    REREAD,
    Channel,
    Member,
    Message,
    Reaction,
    Thread,
    encode_member,
    encode_message,
    first_snowflake,
    record_key,
    thread_root,
)
from connectors.model import END_OF_KEYS, Page, Raw
from connectors.paging import PageGuard
from connectors.timestamps import DAY_MICROSECONDS

START = "0"
REREAD_MICROSECONDS = REREAD.days * DAY_MICROSECONDS
MOST_FAILED_REACTIONS = 3  # of a sync; then Discord is not asked for more who gave one


class MessageCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Cursor of a channel's or thread's messages.

    newest: the id of the newest landed message. root: the id of a thread's root message.
    """

    newest: str = START
    root: str | None = None


def read_cursor(cursor: str | None) -> MessageCursor:
    """Return a stored cursor, or that of a channel of which nothing was landed."""
    return msgspec.json.decode(cursor, type=MessageCursor) if cursor else MessageCursor()


@dataclass
class Messages:
    """Reads messages, their authors and, with_reactors, who gave each reaction."""

    lists: Lists
    with_reactors: bool
    _landed_authors: set[str] = field(default_factory=set)
    _failed_reactions: int = 0

    def pages(
        self, stream: str, partition: str, channel: Channel | Thread, cursor: MessageCursor
    ) -> Iterator[Page]:
        """Yield the messages of a channel or thread after its cursor, and those to reread.

        Raises NotWhole at the end, where the list is not whole.
        """
        api, full, landed = self.lists.api, self.lists.full, int(cursor.newest)
        window = first_snowflake((api.platform_time - REREAD_MICROSECONDS) // 1000)
        if not full and _is_silent(channel, cursor) and landed < window:
            return
        guard = PageGuard(f"{self.lists.context.source}, {messages_path(channel.id)}")
        after, is_last, is_whole = 0 if full else min(landed, window), False, True
        # The newest message that Discord names or that was landed; it may have been deleted.
        newest_known = max(landed, int(channel.last_message_id or START))
        root = cursor.root
        while not is_last:
            as_of = api.platform_time
            page = api.messages(channel.id, after)
            ids = [int(message.id) for message in page.rows]
            low, after = after + 1, max([after, *ids])
            is_last = page.sent < LIMIT and (not ids or after >= newest_known)
            is_whole &= len(set(ids)) == len(ids) and all(id >= low for id in ids)
            if is_last and after < newest_known:
                is_whole &= not api.has_message(channel.id, str(newest_known))
            if isinstance(channel, Thread) and root is None:
                root = thread_root(channel.id, page.rows)
            if is_whole:
                newest = max(int(cursor.newest), after if ids else 0)
                cursor = MessageCursor(str(newest), root)
            yield from self._authors(page.rows, as_of)
            end = END_OF_KEYS if is_last else record_key(after + 1)
            is_read = is_whole and len(page.rows) == page.sent
            encoded = [self._encoded(channel.id, m, root, landed) for m in page.rows]
            yield Page(
                stream,
                partition,
                [record for record in encoded if record],
                as_of,
                cursor=msgspec.json.encode(cursor).decode() if is_whole else None,
                covers=(record_key(low), end) if is_read else None,
                present=frozenset(map(record_key, ids)),
            )
            if not is_last:
                guard.turn(str(after), [message.id for message in page.rows])
        if not is_whole:
            raise NotWhole(
                "messages came twice or out of order, or are missing at the end", advice=AGAIN
            )

    def _encoded(self, channel: str, message: Message, root: str | None, landed: int) -> Raw | None:
        """Return a message's record.

        None where the one that was landed is to stay: it may know who reacted, and now nobody says.
        """
        if self.with_reactors and message.reactions:
            reactions = [self._with_users(channel, message.id, one) for one in message.reactions]
            if int(message.id) <= landed and any(one.users is None for one in reactions):
                return None
            message = msgspec.structs.replace(message, reactions=reactions)
        return encode_message(message, root_id=root, keep_text=self.lists.context.store_text)

    def _with_users(self, channel: str, message: str, reaction: Reaction) -> Reaction:
        """Return a reaction with the people who gave it, and without the bots in its count.

        Where Discord does not say who gave it, it is not counted, and is a blind spot: it shows
        emoji on messages that it calls unknown when asked (github.com/Tyrrrz/DiscordChatExporter,
        issue 1226).
        """
        unknown = msgspec.structs.replace(reaction, count=None)
        if self._failed_reactions >= MOST_FAILED_REACTIONS:
            return unknown
        try:
            users = self.lists.api.reactors(channel, message, reaction)
        except Unreadable as error:
            self._note_unknown(error)
            return unknown
        except SourceError as error:
            self.lists.api.me()
            self._failed_reactions += 1
            self._note_unknown(error)
            return unknown
        people = [user.id for user in users if not user.bot]
        count = reaction.count and max(0, reaction.count - (len(users) - len(people)))
        return msgspec.structs.replace(reaction, count=count, users=people)

    def _note_unknown(self, error: SourceError) -> None:
        spot = BlindSpot("who gave some reactions", error.what, "These reactions are not counted")
        if spot not in self.lists.context.blind_spots:
            self.lists.context.blind_spots.append(spot)

    def _authors(self, messages: list[Message], as_of: int) -> Iterator[Page]:
        """Yield each author once per sync: the member list lacks those who have left."""
        authors = {m.author.id: m.author for m in messages if m.author and not m.webhook_id}
        new = [user for user in authors.values() if user.id not in self._landed_authors]
        self._landed_authors.update(authors)
        if new:
            yield Page("authors", "", [encode_member(Member(user)) for user in new], as_of)


def _is_silent(channel: Channel | Thread, cursor: MessageCursor) -> bool:
    """Tell whether a thread has nothing new. Of a channel Discord's word alone is not enough."""
    return isinstance(channel, Thread) and channel.last_message_id == cursor.newest
