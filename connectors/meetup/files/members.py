"""Meetup's member list, which organisers download under Members. Best effort: nothing specifies it.

Introductions, answers to questions and places of people are passed over while reading.
"""

from collections import defaultdict
from collections.abc import Iterator

from connectors.meetup.files.records import (
    FileMember,
    FileMembership,
    encode_member,
    encode_membership,
)
from connectors.meetup.files.sheet import Sheet, SheetOptions, SheetReader
from connectors.model import Account, Page


class MembersOptions(SheetOptions):
    """`group` is the urlname of the group, where the file does not name it."""

    group: str | None = None


class MeetupMembers(SheetReader):
    """Member lists of the groups of one source: who, and since when."""

    kind = "meetup-members"
    options_model = MembersOptions
    options: MembersOptions
    taken_as = Account
    needed = (("member", "url"),)

    def pages(self) -> Iterator[Page]:
        """The members of each file, and when they joined, by group."""
        for sheet in self._sheets():
            yield from self._members(sheet)

    def _members(self, sheet: Sheet) -> Iterator[Page]:
        members: dict[str, FileMember] = {}
        joined: defaultdict[str, dict[str, int]] = defaultdict(dict)
        default = self._default_group()
        for number, cells in self._rows(sheet):
            member = sheet.member(cells)
            if member is None:
                self._skip("no member id")
                continue
            if member in members:
                self._skip("duplicate")
            members.setdefault(member, FileMember(member, sheet.cell(cells, "name") or None))
            sheet.time(number, cells, "visited")
            if joined_at := sheet.time(number, cells, "joined"):
                group = joined[(sheet.urlname(cells) or default).lower()]
                group[member] = min(joined_at, group.get(member, joined_at))
        as_of = self._as_of(sheet)
        yield Page("file_members", "", [encode_member(m) for m in members.values()], as_of)
        for name, times in joined.items():
            records = [encode_membership(FileMembership(*row)) for row in times.items()]
            yield Page("file_memberships", name, records, as_of)

    def _default_group(self) -> str:
        """The group of rows that name none: the one that was told, or the only one there is."""
        groups: list[str] = getattr(self.settings, "groups", None) or []
        return self.options.group or (groups[0] if len(groups) == 1 else "")
