"""Showing everything that is stored of a person, as landed and as published, and of nobody else."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec
import pyarrow as pa

from connectors.forgetting import keys_of_address
from pipelines import forgotten, steps
from pipelines.people import finding
from pipelines.people.forgetting import landed_ids, own_addresses
from pipelines.people.own_part import IsTheirs, own_part
from pipelines.settings import Settings
from warehouse.done_items import DoneItems, keys_about
from warehouse.forgotten import records_naming
from warehouse.snapshots import open_current

Row = dict[str, Any]


def rows_of(settings: Settings, account: str) -> list[Row]:
    """Return all that is stored of the person of an account, each row with its `kind`.

    Other people are not in it: where a row has more of them than it needs, `somebody else` stands
    there. Raises BadQuestion.
    """
    accounts = finding.accounts_of(settings, account)
    snapshot = open_current(settings.warehouse_path)
    try:
        rows = snapshot.stored_of([row["account_id"] for row in accounts])
    finally:
        snapshot.close()
    marks = DoneItems(settings.warehouse_path).marks_of(keys_about(accounts, rows))
    rows += [
        {"kind": "mark on the page Today", "marked_at": mark.marked_at, "until": mark.until}
        for mark in marks
    ]
    return rows + list(_landed(settings, accounts))


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


def _landed(settings: Settings, accounts: Collection[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the parts of landed records that are about one of these accounts."""
    by_source: dict[str, set[str]] = defaultdict(set)
    for account_id, id in landed_ids(settings, accounts).items():
        by_source[account_id.partition(":")[0]].add(id.lower())
    kinds = forgotten.kinds_of_sources(settings)
    keys = {key for one in own_addresses(settings, by_source) for key in keys_of_address(one)}
    with steps.open_warehouse(settings).landing() as con:
        for source, kind in kinds.items():
            naming, ids = steps.connector_class(kind).naming, by_source.get(source, set()) | keys
            for stream, partition, key, payload in records_naming(con, source, ids):
                part = own_part(
                    naming,
                    stream,
                    msgspec.json.decode(payload),
                    _is_in(ids),
                    is_made_by_them=any(key.startswith(one) for one in ids if ":" in one),
                )
                if part is not None:
                    place = {"source": source, "stream": stream, "partition": partition, "key": key}
                    yield {"kind": "landed record"} | place | {"content": part}


def _is_in(ids: Collection[str]) -> IsTheirs:
    return lambda one: isinstance(one, str) and one.lower() in ids
