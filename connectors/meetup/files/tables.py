"""The tables that organisers download: what lists of members and of attendees have in common."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from connectors.base import BadFile, FileOptions, FileReader, SourceSettings
from connectors.files.tables import TextTable, open_table, text_files
from connectors.meetup.files.dates import Order, find_order, is_no_date, read_date
from connectors.meetup.files.words import COLUMNS, plain
from connectors.timestamps import microseconds

ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".xls", ".xlsx")
DATES = ("joined", "visited", "answered", "event_starts")
# "user 12537919"; tables that went through a spreadsheet have 12537919.0.
NUMBERED = re.compile(r"(?:[^\W\d_]+\s+)?(\d+)(?:\.0+)?")
OTHER_ID = re.compile(r"[^\W_][\w-]*")
NO_ID = ("0", "none", "null", "nan", "n/a", "na", "unknown")
MEMBER_URL = re.compile(r"meetup\.com/(?:[a-z]{2}(?:-[A-Za-z]{2})?/)?([^/\s]+)/members/(\d+)")


class TableOptions(FileOptions):
    """`columns` are the file's own names of columns that we look for, by our names.

    `group` is the urlname of the group, where the file does not name it. `date_order` is the order
    of day, month and year. `timezone` is the zone of dates that name none, if it is not the
    community's.
    """

    group: str | None = None
    date_order: Order | None = None
    timezone: str | None = None
    columns: dict[str, str] = Field(default={})

    @field_validator("columns")
    @classmethod
    def _are_known(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := value.keys() - COLUMNS.keys():
            raise ValueError(
                f"there is nothing called {sorted(unknown)[0]!r} to look for. It is one of: "
                f"{', '.join(COLUMNS)}"
            )
        return value

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        try:
            return ZoneInfo(value).key if value else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r} is no time zone. Write one like Africa/Lagos") from None


@dataclass
class ParsedTable:
    """One file with its columns and order of dates known.

    `columns` are positions by our name of a column. `newest` is its newest date until now, in
    microseconds, `unread` are the numbers of rows with a date that cannot be read.
    """

    text: TextTable
    columns: dict[str, list[int]]
    order: Order
    zone: ZoneInfo
    newest: int = 0
    unread: list[int] = field(default_factory=list)
    has_local_times: bool = False

    def cell(self, cells: list[str], name: str) -> str:
        """Return the text of the first column of this name that is not empty, "" for none."""
        return next((cells[i] for i in self.columns.get(name, ()) if cells[i]), "")

    def date(self, number: int, cells: list[str], name: str) -> datetime | None:
        """Return a date of a row; None for none, or one that cannot be read, which is noted."""
        text = self.cell(cells, name)
        moment = None if is_no_date(text) else read_date(text, self.order, self.zone)
        if moment is None and not is_no_date(text):
            self.unread.append(number)
        return moment

    def time(self, number: int, cells: list[str], name: str) -> int | None:
        """Return `date` as microseconds since 1970."""
        moment = self.date(number, cells, name)
        if moment is None:
            return None
        self.has_local_times |= moment.tzinfo is self.zone
        at = microseconds(moment)
        if at <= microseconds(datetime.now(UTC)):
            self.newest = max(self.newest, at)
        return at

    def member(self, cells: list[str]) -> str | None:
        """Return the id of a member; None for -1, nothing, and what is no id."""
        for index in self.columns.get("member", ()):
            text = cells[index]
            if found := NUMBERED.fullmatch(text):
                text = found[1].lstrip("0")
            if OTHER_ID.fullmatch(text) and text.lower() not in NO_ID:
                return text
        found = MEMBER_URL.search(self.cell(cells, "url"))
        return found[2] if found else None

    def urlname(self, cells: list[str]) -> str | None:
        """Return the group in the address of a profile."""
        found = MEMBER_URL.search(self.cell(cells, "url"))
        return found[1] if found else None


class TableReader(FileReader[SourceSettings]):
    """Reads one kind of table in any of Meetup's languages. A subclass is a kind of file.

    A file has to have one of the columns `needed`.
    """

    platform = "meetup"
    needed: tuple[str, ...]
    options: TableOptions

    def _tables(self) -> Iterator[ParsedTable]:
        """Yield one file after the other; after each, warn of dates that could not be read."""
        files = [file for path in self.paths for file in text_files(path, ENDINGS)]
        zone = ZoneInfo(self.options.timezone or self.context.timezone)
        has_warned = False
        for number, path in enumerate(files):
            self.context.progress("files", number, len(files))
            text = open_table(path, lambda header: len(self._columns(header)))
            columns = self._columns(text.header)
            self._check(text, columns)
            table = ParsedTable(text, columns, self._order(text, columns), zone)
            yield table
            if table.unread:
                self.context.warn(
                    f"{path}: {len(table.unread)} dates cannot be read, the first in row "
                    f"{table.unread[0]}. They are left out"
                )
            if table.has_local_times and not (has_warned or self.options.timezone):
                has_warned = True
                self.context.warn(
                    f"{path}: its dates name no time zone and are read in the community's, "
                    f"{zone.key}. For another: --set timezone=Area/City"
                )
        self.context.progress("files", len(files), len(files))

    def _rows(self, table: ParsedTable) -> Iterator[tuple[int, list[str]]]:
        """Yield rows with their numbers; one with more cells than columns is left out."""
        for number, cells in table.text.rows():
            if len(cells) > len(table.text.header):
                self.leave_out("more cells than columns")
            else:
                yield number, cells

    def _columns(self, header: list[str]) -> dict[str, list[int]]:
        """Return positions by our name of a column: the one in `options`, else all known ones."""
        names = [plain(name) for name in header]
        wanted = COLUMNS | {name: [plain(column)] for name, column in self.options.columns.items()}
        found = {
            name: [names.index(column) for column in columns if column in names]
            for name, columns in wanted.items()
        }
        return {name: positions for name, positions in found.items() if positions}

    def _check(self, text: TextTable, columns: dict[str, list[int]]) -> None:
        where, there = str(text.path), f"Its columns are: {', '.join(text.header[:20])}"
        for name, column in self.options.columns.items():
            if name not in columns:
                raise BadFile(f"it has no column {column!r}", where=where, advice=there)
        if not any(name in columns for name in self.needed):
            raise BadFile(
                f"no column of it is known to be {' or '.join(self.needed)}",
                where=where,
                advice=f'Name it, as in --set "columns.{self.needed[0]}=...". {there}',
            )

    def _order(self, text: TextTable, columns: dict[str, list[int]]) -> Order:
        positions = [i for name in DATES for i in columns.get(name, ())]
        cells = ((number, row[i]) for number, row in text.rows() for i in positions if row[i])
        return find_order(cells, str(text.path), self.options.date_order)

    def _default_group(self) -> str:
        """The group of rows that name none: the one in the options, or the source's only one."""
        groups: list[str] = getattr(self.settings, "groups", None) or []
        return self.options.group or (groups[0] if len(groups) == 1 else "")

    def _as_of(self, table: ParsedTable) -> int:
        """The newest date of the file, else when the file was written."""
        return table.newest or written_at(table)


def written_at(table: ParsedTable) -> int:
    """Return when the file was written, microseconds since 1970."""
    return table.text.path.stat().st_mtime_ns // 1000
