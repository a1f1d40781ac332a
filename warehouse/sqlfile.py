"""SQL files that describe themselves: a TOML header in a leading comment, then one SELECT."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import msgspec

Described = TypeVar("Described")

_HEADER = re.compile(r"\s*/\*(.*?)\*/\s*", re.DOTALL)
_tables_read: dict[str, frozenset[str]] = {}


class BadSqlFile(ValueError):
    """A .sql file whose header or SELECT cannot be used; the message names the file."""


def read_described(path: Path, shape: type[Described]) -> Described:
    """A file as an instance of `shape`: its stem as `name`, its SELECT as `sql`, its header's keys.

    Raises BadSqlFile for a missing header, an unknown, missing or wrongly typed key.
    """
    text = path.read_text(encoding="utf-8")
    found = _HEADER.match(text)
    if found is None:
        raise BadSqlFile(f"{path}: begins without a header; start it with /* and TOML")
    try:
        header = tomllib.loads(found[1])
        described = header | {"name": path.stem, "sql": text[found.end() :].strip()}
        return msgspec.convert(described, shape)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadSqlFile(f"{path}: {error}") from error


def read_folder(folder: Path, shape: type[Described]) -> dict[str, Described]:
    """Every .sql file of a folder by its stem, sorted."""
    return {path.stem: read_described(path, shape) for path in sorted(folder.glob("*.sql"))}


def tables_read(con: duckdb.DuckDBPyConnection, sql: str) -> frozenset[str]:
    """The tables that a SELECT reads, as written: `marts.people`, `member_days`.

    Names of its own CTEs are among them. Any connection can parse it; what it holds is not asked.
    Raises BadSqlFile where the SELECT does not parse.
    """
    if sql not in _tables_read:
        _tables_read[sql] = _parsed(con, sql)
    return _tables_read[sql]


def _parsed(con: duckdb.DuckDBPyConnection, sql: str) -> frozenset[str]:
    rows = con.execute("select json_serialize_sql(?)", [sql]).fetchall()
    found = set()

    def note(node: dict[str, Any]) -> dict[str, Any]:
        if node.get("type") == "BASE_TABLE":
            schema, table = node["schema_name"], node["table_name"]
            found.add(f"{schema}.{table}" if schema else table)
        return node

    tree = json.loads(rows[0][0], object_hook=note)
    if tree["error"]:
        raise BadSqlFile(f"{tree['error_message']} in: {sql[:200]}")
    return frozenset(found)


def in_order(reads: Mapping[str, Iterable[str]]) -> list[str]:
    """Names such that each comes after those it reads; what is not a name itself is ignored.

    Raises BadSqlFile where they read each other in a circle.
    """
    sorter = TopologicalSorter(
        {name: sorted(set(reads[name]) & set(reads) - {name}) for name in sorted(reads)}
    )
    try:
        return list(sorter.static_order())
    except CycleError as error:
        raise BadSqlFile(f"these read each other in a circle: {', '.join(error.args[1])}") from None
