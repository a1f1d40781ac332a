"""Meetup's member list, which organisers download under Members. Best effort: nothing specifies it.

Introductions, answers to questions and places of people are not read.
"""

from collections import defaultdict
from collections.abc import Iterator

from connectors.meetup.files.tables import ParsedTable, TableOptions, TableReader
from connectors.meetup.records import FileMembership, Member, encode
from connectors.model import Account, Page


class MeetupMembers(TableReader):
    """Member lists of the groups of one source: who, and since when."""

    kind = "meetup-members"
    options_model = TableOptions
    taken_as = Account
    needed = ("member", "url")

    def pages(self) -> Iterator[Page]:
        """Yield the members of each file, and when they joined, by group."""
        for table in self._tables():
            yield from self._members(table)

    def _members(self, table: ParsedTable) -> Iterator[Page]:
        members: dict[str, Member] = {}
        joined: defaultdict[str, dict[str, int]] = defaultdict(dict)
        default = self._default_group()
        for number, cells in self._rows(table):
            member = table.member(cells)
            if member is None:
                self.leave_out("no member id")
                continue
            if member in members:
                self.leave_out("duplicate")
            members.setdefault(member, Member(member, name=table.cell(cells, "name") or None))
            table.time(number, cells, "visited")
            if joined_at := table.time(number, cells, "joined"):
                group = joined[(table.urlname(cells) or default).lower()]
                group[member] = min(joined_at, group.get(member, joined_at))
        as_of = self._as_of(table)
        yield Page("file_members", "", [encode(m.id, m) for m in members.values()], as_of)
        for name, times in joined.items():
            records = [encode(member, FileMembership(member, at)) for member, at in times.items()]
            yield Page("file_memberships", name, records, as_of)
