"""Tables as text of unknown encoding and separator, as spreadsheets and websites write them.

The encoding is UTF-8 or UTF-16 where the bytes allow it, else Windows-1252: a general detector
takes short lists of names for Central European or Chinese text.
"""

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from connectors import bounds
from connectors.base import BadFile

SEPARATORS = "\t,;"
HEAD_BYTES, PIECE_CHARACTERS = 4096, 1 << 20
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
WEB_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
SEPARATOR_LINE = "sep="  # Excel's own first line
AS_TEXT = "Open it and save it as CSV (UTF-8), or download it again as text"


@dataclass(frozen=True)
class TextTable:
    """One file, read once to find out how it is written. `quoting` is the csv module's."""

    path: Path
    encoding: str
    separator: str
    quoting: int
    header: list[str]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows below the header with their numbers, as a spreadsheet counts them.

        Blank rows are passed over. A row gets as many cells as the header has; one with more cells
        that are not empty keeps them.
        """
        width = len(self.header)
        rows = _rows(self.path, self.encoding, self.separator, self.quoting)
        for number, cells in islice(rows, 1, None):
            if any(cells):
                full = cells + [""] * (width - len(cells))
                yield number, full if any(full[width:]) else full[:width]


def open_table(path: Path, count_known: Callable[[list[str]], int]) -> TextTable:
    """Find out how a file is written; the separator is the one that gives most known columns.

    Raises BadFile where the file is no text, no table, or broken.
    """
    csv.field_size_limit(bounds.MOST_CELL_CHARACTERS)
    encoding = _encoding(path)
    headers = {s: _header(path, encoding, s) for s in SEPARATORS}
    if max(map(len, headers.values())) > bounds.MOST_HEADER_COLUMNS:
        what = bounds.beyond("its first row has", "MOST_HEADER_COLUMNS")
        raise BadFile(what, where=str(path), advice="It is no table that a platform writes")
    separator = max(SEPARATORS, key=lambda s: (count_known(headers[s]), len(headers[s])))
    quoting = _quoting(path, encoding, separator)
    return TextTable(path, encoding, separator, quoting, headers[separator])


def text_files(path: Path, endings: tuple[str, ...]) -> list[Path]:
    """Return the files of a folder that end so and are not hidden, or the file itself."""
    if path.is_dir():
        found = [f for f in path.rglob("[!.]*") if f.is_file() and f.name.lower().endswith(endings)]
        if not found:
            raise BadFile(f"it holds no {', '.join(endings)} files", where=str(path))
        return sorted(found)
    if not path.is_file():
        raise BadFile("there is no such file or folder", where=str(path))
    return [path]


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise BadFile(f"it cannot be read: {error}", where=str(path)) from error
    if not head.strip():
        raise BadFile("it is empty", where=str(path), advice="Download it again")
    if head.startswith(SPREADSHEETS):
        raise BadFile("it is a spreadsheet, not text", where=str(path), advice=AS_TEXT)
    if head.lstrip().lower().startswith(WEB_PAGES):
        raise BadFile("it is a web page, not a table", where=str(path), advice=AS_TEXT)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    # Text of two bytes a character without a mark: every other byte of plain letters is zero.
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > len(zeros) // 2:
            return encoding
    if 0 in head:
        raise BadFile("it is not text", where=str(path), advice=AS_TEXT)
    return "utf-8" if _is_utf_8(path) else "cp1252"


def _is_utf_8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            while file.read(PIECE_CHARACTERS):
                continue
    except UnicodeDecodeError:
        return False
    return True


def _header(path: Path, encoding: str, separator: str) -> list[str]:
    first = next(_rows(path, encoding, separator, csv.QUOTE_MINIMAL), (0, []))
    return [cell.strip() for cell in first[1]]


def _quoting(path: Path, encoding: str, separator: str) -> int:
    """Tell whether quotes enclose cells; between tabs they are often mere characters."""
    read = 0
    try:
        for number, cells in _rows(path, encoding, separator, csv.QUOTE_MINIMAL, strict=True):
            read = number
            if separator == "\t" and any("\t" in cell and "\n" in cell for cell in cells):
                return csv.QUOTE_NONE
    except csv.Error as error:
        if separator == "\t":
            return csv.QUOTE_NONE
        raise _broken(path, read, error) from error
    return csv.QUOTE_MINIMAL


def _broken(path: Path, row: int, error: csv.Error) -> BadFile:
    what = str(error)
    if "field limit" in what:
        what = bounds.beyond("a cell has", "MOST_CELL_CHARACTERS")
    return BadFile(
        f"it is broken after row {row}: {what}", where=str(path), advice="Download it again"
    )


def _rows(
    path: Path, encoding: str, separator: str, quoting: int, *, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Yield the header as row 1 and the rows below it; blank lines before it are passed over."""
    number, row_characters = 0, 0

    def lines(file: IO[str]) -> Iterator[str]:
        nonlocal row_characters
        while line := file.readline(bounds.MOST_ROW_CHARACTERS + 1):
            row_characters += len(line)
            if row_characters > bounds.MOST_ROW_CHARACTERS:
                raise csv.Error(bounds.beyond("a row has", "MOST_ROW_CHARACTERS"))
            yield line.replace("\0", "")

    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(
            lines(file),
            delimiter=separator,
            quoting=quoting,  # type: ignore[arg-type]
            strict=strict,
        )
        try:
            for cells in reader:
                row_characters = 0
                is_first = number == 0
                if is_first and (not any(cells) or cells[0].lower().startswith(SEPARATOR_LINE)):
                    continue
                number += 1
                yield number, [cell.strip() for cell in cells]
        except csv.Error as error:
            if strict:
                raise
            raise _broken(path, number, error) from error
