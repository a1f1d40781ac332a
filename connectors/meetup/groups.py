"""Finds the groups of a source: the configured ones, or those of a Pro network."""

from collections.abc import Iterator

from connectors.base import BlindSpot, Changed, Context, Denied, Retryable, SourceError
from connectors.graphql import Edges, all_pages
from connectors.meetup.lists import MOST_READS
from connectors.meetup.queries import GROUPS_AT_ONCE, MeetupQueries
from connectors.meetup.shapes import Edge, GroupNode

ORGANISERS = ("ORGANIZER", "COORGANIZER", "ASST_ORGANIZER", "EVENT_ORGANIZER")
MOST_NAMES = 5


class GroupFinder:
    """Groups by `urlnames`, or of the Pro network `network`.

    `stated`: how many there are, once that is known; `is_whole`: so many were shown. Finding notes
    blind spots in the context.
    """

    def __init__(
        self, queries: MeetupQueries, context: Context, urlnames: list[str], network: str | None
    ) -> None:
        self._queries, self._context = queries, context
        self._urlnames, self.network = urlnames, network
        self._is_admin = False
        self.stated: int | None = None
        self.is_whole = True

    def groups(self, since: str) -> Iterator[list[GroupNode]]:
        """Yield the groups with their events after `since`, a few at a time.

        Raises Denied where there is none.
        """
        hidden: list[str] = []
        for groups in self._in_network(since) if self.network else self._configured(since):
            hidden += [group.name for group in groups if not self._is_organised(group)]
            yield groups
        if hidden:
            self._note(
                f"who said no and who came, in {first_names(hidden)}",
                "the token's member is no organiser there: Meetup may show less to others",
                "Use the token of an organiser, or have its member made one",
            )

    def _is_organised(self, group: GroupNode) -> bool:
        own = group.membership_metadata
        return self._is_admin or (own is not None and own.role in ORGANISERS)

    def _configured(self, since: str) -> Iterator[list[GroupNode]]:
        names = self._urlnames
        self.stated = len(names)
        unknown: list[str] = []
        readable = ""
        for first in range(0, len(names), GROUPS_AT_ONCE):
            several = names[first : first + GROUPS_AT_ONCE]
            try:
                found = self._queries.groups(several, since)
            except (Retryable, Changed) as error:
                if not readable:
                    raise
                self._queries.raise_if_down(readable, since, error)
                found = [error] * len(several)
            for name, group in zip(several, found, strict=True):
                if group is None:
                    unknown.append(name)
                elif isinstance(group, SourceError):
                    self._context.could_not_read(f"the group {name}", group)
            if groups := [group for group in found if isinstance(group, GroupNode)]:
                readable = groups[0].urlname
                yield groups
        if not unknown:
            return
        what = f"Meetup knows no group {first_names(unknown)}, or the token's member may not see it"
        advice = "Check `groups` in vitals.toml: write what follows meetup.com/ in the address"
        if len(unknown) == len(names):
            raise Denied(what, where=self._context.source, advice=advice)
        self._note(f"the group {first_names(unknown)}", what, advice)

    def _in_network(self, since: str) -> Iterator[list[GroupNode]]:
        """Yield the groups of the network, read again where Meetup counts more than it shows."""
        shown: dict[str, str] = {}
        for _ in range(MOST_READS):
            try:
                for page in all_pages(lambda after: self._network_page(after, since)):
                    self.stated = page.total_count
                    groups = [edge.node for edge in page.edges]
                    shown |= {group.id: group.urlname for group in groups}
                    if groups:
                        yield groups
            except (Retryable, Changed) as error:
                if not shown:
                    raise
                self._queries.raise_if_down(next(iter(shown.values())), since, error)
                self._context.could_not_read(f"the list of groups of {self.network}", error)
                self.is_whole = False
                return
            if self.stated is None or len(shown) >= self.stated:
                return
        self.is_whole = False
        self._note(
            f"some groups: Meetup counts {self.stated} and shows {len(shown)}",
            "Meetup does not say why",
            "Name the groups that are missing in a source of their own",
        )

    def _network_page(self, after: str, since: str) -> Edges[Edge[GroupNode]]:
        urlname = self.network or ""
        response = self._queries.network(urlname, after, since)
        if response.pro_network is None:
            raise Denied(
                f"Meetup knows no Pro network {urlname}, or the token's member may not see it",
                where=self._context.source,
                advice="Check `network` in vitals.toml, and use the token of one of its "
                "administrators",
            )
        networks = response.self.admin_pro_networks if response.self else ()
        self._is_admin = any(network.urlname == urlname for network in networks)
        page = response.pro_network.groups_search
        return self._queries.understood(page, Edge[GroupNode], urlname)

    def _note(self, what: str, reason: str, advice: str) -> None:
        self._context.blind_spots.append(BlindSpot(what, reason, advice))


def first_names(names: list[str]) -> str:
    """Return the first few names, and how many more there are."""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{', '.join(names[:MOST_NAMES])}{more}"
