"""Meetup's member list, which organisers download under Members. Best effort: nothing specifies it.

Introductions, answers to questions and places of people are not read.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pydantic import field_validator

from connectors.meetup.files.tables import ParsedTable, TableOptions, TableReader, written_at
from connectors.meetup.records import FileMembership, Member, encode
from connectors.model import END_OF_KEYS, Account, Page
from connectors.timestamps import microseconds

A_DAY = timedelta(days=1)


class MembersOptions(TableOptions):
    """`as_of` is when the list was downloaded, where its dates do not tell.

    `whole`: whether it names all members of its group, so that whoever is missing has left.
    """

    as_of: datetime | None = None
    whole: bool | None = None

    @field_validator("as_of")
    @classmethod
    def _is_over(cls, value: datetime | None) -> datetime | None:
        if value and value.replace(tzinfo=value.tzinfo or UTC) > datetime.now(UTC) + A_DAY:
            raise ValueError("it is still to come. Write the day on which you downloaded the list")
        return value


class MeetupMembers(TableReader):
    """Member lists of the groups of one source: who, and since when."""

    kind = "meetup-members"
    options_model = MembersOptions
    options: MembersOptions
    taken_as = Account
    beside_rows = ("file_memberships",)
    needed = ("member", "url")

    def pages(self) -> Iterator[Page]:
        """Yield the members of each file, and when they joined, by group."""
        self.are_whole = self.options.whole
        for table in self._tables():
            yield from self._members(table)

    def _members(self, table: ParsedTable) -> Iterator[Page]:
        """A list is all of each group that it names: whoever is missing on it has left by then."""
        members: defaultdict[str, dict[str, Member]] = defaultdict(dict)
        joined: defaultdict[str, dict[str, int]] = defaultdict(dict)
        group_of_others = self._group_of_others(table)
        for number, cells in self._rows(table):
            member = table.member(cells)
            if member is None:
                self.leave_out("no member id")
                continue
            group = (table.urlname(cells) or group_of_others).lower()
            if member in members[group]:
                self.leave_out("duplicate")
            members[group].setdefault(
                member, Member(member, name=table.cell(cells, "name") or None)
            )
            table.time(number, cells, "visited")
            if joined_at := table.time(number, cells, "joined"):
                joined[group][member] = min(joined_at, joined[group].get(member, joined_at))
        as_of = self._as_of(table)
        for group, found in members.items():
            records = [encode(key, member) for key, member in found.items()]
            yield Page("file_members", group, records, as_of, covers=("", END_OF_KEYS))
            times = joined[group].items()
            records = [encode(member, FileMembership(member, at)) for member, at in times]
            yield Page("file_memberships", group, records, as_of)

    def _group_of_others(self, table: ParsedTable) -> str:
        """The group of rows that name none: the only one that others name, else the default."""
        if self.options.group:
            return self.options.group
        named = {table.urlname(cells) for _, cells in table.text.rows()} - {None}
        return named.pop() or "" if len(named) == 1 else self._default_group()

    def _as_of(self, table: ParsedTable) -> int:
        """When the list was downloaded: as the user says, else the newest visit, else the file's.

        The newest joining may be long before it.
        """
        if given := self.options.as_of:
            return microseconds(given if given.tzinfo else given.replace(tzinfo=table.zone))
        return super()._as_of(table) if "visited" in table.columns else written_at(table)
