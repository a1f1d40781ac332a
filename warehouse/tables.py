"""Tables of results as text for others: CSV that no spreadsheet executes, and JSON."""

import csv
import io
import json
from datetime import date, datetime

import pyarrow as pa

# Where a cell begins with one of these, a spreadsheet takes it for a formula
# (owasp.org/www-community/attacks/CSV_Injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(table: pa.Table) -> str:
    """Return a table as CSV with a header; text that looks like a formula begins with a quote."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow([_cell(value) for value in row.values()])
    return out.getvalue()


def to_json(table: pa.Table) -> str:
    """Return a table as one array of objects; times are ISO 8601, UTC."""
    return json.dumps(table.to_pylist(), default=_iso, ensure_ascii=False, indent=1)


def _cell(value: object) -> object:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return _iso(value) if isinstance(value, date) else value


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a table")
