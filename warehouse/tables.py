"""Rows as text for others: CSV that no spreadsheet executes, and JSON."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from unicodedata import normalize

# A spreadsheet takes a cell that begins with one of these, or with a wide form of it, for a formula
# (owasp.org/www-community/attacks/CSV_Injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Rows as CSV with a header; text that looks like a formula begins with an apostrophe."""
    lines: list[str] = []
    # The writer quotes what is part of its line end, and so a lone \r in a cell.
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return "".join(line.removesuffix("\r\n") + "\n" for line in lines)


def to_json(rows: Iterable[Mapping[str, object]]) -> str:
    """Rows as one array of objects; times are ISO 8601, UTC."""
    return json.dumps(list(rows), default=_iso, ensure_ascii=False, indent=1)


def _cell(value: object) -> object:
    if isinstance(value, str) and normalize("NFKC", value[:1]).startswith(FORMULA_STARTS):
        return f"'{value}"
    return _iso(value) if isinstance(value, date) else value


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a table")
