"""Showing everything that is stored of a person, as landed and as published."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

import msgspec
import pyarrow as pa

from connectors.forgetting import ids_in
from pipelines import steps
from pipelines.people.forgetting import landed_ids
from pipelines.settings import Settings
from warehouse.forgotten import records_naming
from warehouse.snapshots import open_current

Row = dict[str, Any]


def rows_of(settings: Settings, account: str) -> list[Row]:
    """Return all that is stored of the person of an account, each row with its `kind`."""
    snapshot = open_current(settings.warehouse_path)
    try:
        accounts = snapshot.identities_of(snapshot.account_called(account)["person_id"])
        rows = snapshot.stored_of([row["account_id"] for row in accounts])
    finally:
        snapshot.close()
    return rows + _landed(settings, accounts)


def table_of(rows: Collection[Row], *, is_whole: bool) -> pa.Table:
    """Return rows in three columns, `stored` as JSON; else how many there are of each kind."""
    if not is_whole:
        amounts = Counter(row["kind"] for row in rows)
        return pa.table({"kind": list(amounts), "rows": list(amounts.values())})
    return pa.table(
        {
            "kind": [row["kind"] for row in rows],
            "about": [row.get("account_id") or row.get("source") for row in rows],
            "stored": [msgspec.json.encode(row).decode() for row in rows],
        }
    )


def _landed(settings: Settings, accounts: Collection[Row]) -> list[Row]:
    """Return the landed records that name one of these accounts."""
    warehouse = steps.open_warehouse(settings)
    by_source: dict[str, set[str]] = defaultdict(set)
    found = landed_ids(settings, warehouse, accounts)
    for account in accounts:
        by_source[account["source"]].add(found[account["account_id"]].lower())
    rows: list[Row] = []
    with warehouse.landing() as con:
        for source, ids in by_source.items():
            naming = steps.connector_class(settings.source(source).kind).naming
            for stream, key, payload in records_naming(con, source, ids):
                content = msgspec.json.decode(payload)
                if ids & {id.lower() for id in ids_in(content, naming.fields.get(stream, ()))}:
                    row = {"kind": "landed record", "source": source, "stream": stream, "key": key}
                    rows.append(row | {"content": content})
    return rows
