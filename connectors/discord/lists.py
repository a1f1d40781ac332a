"""What the lists of one sync of a server share: how one that fails alone leaves the others be."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.base import BlindSpot, Context, Cursors, SourceError
from connectors.discord.api import DiscordApi, NotWhole, Unreadable
from connectors.discord.permissions import CHANNEL_ADVICE
from connectors.discord.records import Channel
from connectors.model import Page
from connectors.paging import Endless

MOST_FAILURES_IN_A_ROW = 5


@dataclass
class PendingPages:
    """Pages of a list that are still to be read, and the path of the next request for them."""

    path: str
    pages: Iterator[Page] = field(default_factory=lambda: iter(()))


@dataclass
class Lists:
    """The lists of one sync. full: read from the beginning, whatever the cursors say."""

    api: DiscordApi
    context: Context
    cursors: Cursors
    full: bool
    names: Counter[str] = field(default_factory=Counter)
    _unseen: set[str] = field(default_factory=set)
    _failures_in_a_row: int = 0

    def label(self, channel: Channel) -> str:
        """Return a channel's name, told apart from another of the same name."""
        is_alone = self.names[channel.name] < 2
        return f"#{channel.name}" + ("" if is_alone else f" ({channel.category or channel.id})")

    def could_not_read(self, what: str, error: SourceError) -> None:
        """Note a list that failed alone.

        Raises what Discord answers where it answers nothing, and the error after too many in a row.
        """
        if not isinstance(error, NotWhole | Endless):
            self._failures_in_a_row += 1
            self.api.me()
        self.context.could_not_read(what, error)
        if self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
            raise error

    def alone(self, what: str, pages: Iterator[Page]) -> Iterator[Page]:
        """Yield the pages, and note where they break off. Raises Unreadable."""
        try:
            for page in pages:
                self._failures_in_a_row = 0
                yield page
        except Unreadable:
            raise
        except SourceError as error:
            self.could_not_read(what, error)

    def of_channel(self, channel: Channel, pages: Iterator[Page]) -> Iterator[Page]:
        """Yield the pages of a channel, or note that it cannot be read."""
        try:
            yield from self.alone(self.label(channel), pages)
        except Unreadable as error:
            self.add_blind_spot(channel, str(error))

    def add_blind_spot(self, channel: Channel, reason: str) -> None:
        """Note once that a channel cannot be read."""
        if channel.id not in self._unseen:
            self._unseen.add(channel.id)
            advice = f"{CHANNEL_ADVICE.format(f'#{channel.name}')}, then sync again"
            self.context.blind_spots.append(BlindSpot(self.label(channel), reason, advice))
