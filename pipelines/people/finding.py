"""Whom `source:id` or `source:handle` means, also where no snapshot knows them.

Those are accounts of sources that were removed from the configuration, and attendees in files of
whom nothing but an address or a name was known.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from connectors.facts import facts_of
from connectors.forgetting import ids_in, key_of_name, keys_of_address
from connectors.model import Account, Record
from connectors.privacy import HashPrivate, hash_email, hash_with
from connectors.pseudonyms import PATTERN, hidden
from pipelines import forgotten, steps
from pipelines.settings import Settings
from warehouse.email_key import email_key, id_key
from warehouse.forgotten import landed_pseudonyms, records_naming
from warehouse.query import BadQuestion
from warehouse.snapshots import open_current

Row = dict[str, Any]


class Alike(NamedTuple):
    """Rows of attendee lists with the name of an account, and nothing else that tells whose.

    `called` is how they can be forgotten.
    """

    called: str
    rows: int

    def __str__(self) -> str:
        return (
            f"{self.rows} rows of attendee lists have this name and no id or address. They were "
            "left, for another person may have the name. If they are the same person's: "
            f"`vitals people forget {self.called}`"
        )


def accounts_of(settings: Settings, words: str) -> list[Row]:
    """Return all accounts of the person who has an account: account_id, source, handle, also_id,
    name and is_bot. Of a removed source that includes those with the same ids.

    Raises BadQuestion.
    """
    snapshot = open_current(settings.warehouse_path)
    try:
        accounts = snapshot.identities_of(snapshot.account_called(words)["person_id"])
    except BadQuestion:
        if not (accounts := _unpublished(settings, words)):
            if rows := alike(settings, [{"name": words.partition(":")[2]}]):
                raise BadQuestion(
                    f"no account is called {words!r}. {' '.join(map(str, rows))}"
                ) from None
            raise
    finally:
        snapshot.close()
    return accounts + _of_removed_sources(settings, accounts)


def alike(settings: Settings, accounts: Collection[Mapping[str, Any]]) -> list[Alike]:
    """Return the rows of attendee lists that have the name of one of these accounts."""
    hash_private, hide = _hashes(settings)
    names = {one["name"].strip() for one in accounts if one["name"]}
    keys = sorted(key_of_name(hash_private, name) for name in names)
    kinds = forgotten.kinds_of_sources(settings)
    found = []
    with steps.open_warehouse(settings).landing() as con:
        for source in kinds:
            for key in keys:
                if rows := len(records_naming(con, source, [key])):
                    found.append(Alike(f"{source}:{hidden(hide, key)}", rows))
    return found


def _unpublished(settings: Settings, words: str) -> list[Row]:
    """Return the account that only what is landed knows; none where nothing does."""
    source, _, name = words.partition(":")
    kind = forgotten.kinds_of_sources(settings).get(source)
    if kind is None:
        return []
    if source not in [configured.name for configured in settings.sources]:
        return [row for row in _landed(settings, kind, source, name) if _is_called(row, name)][:1]
    hash_private, hide = _hashes(settings)
    hashed = hash_email(hash_private, name) if "@" in name else None
    wanted = {hidden(hide, key) for key in keys_of_address(hashed)} if hashed else {name}
    with steps.open_warehouse(settings).landing() as con:
        landed = landed_pseudonyms(con, source, PATTERN.replace("?P<kind>", "?:"))
    return [_row(source, id, handle=id) for id in {hidden(hide, one) for one in landed} & wanted]


def _of_removed_sources(settings: Settings, accounts: Collection[Row]) -> list[Row]:
    """Return the accounts with the same ids on sources of the same kind that were removed."""
    kinds, known = forgotten.kinds_of_sources(settings), {row["account_id"] for row in accounts}
    removed = kinds.keys() - {configured.name for configured in settings.sources}
    return [
        row
        for account in accounts
        for source in sorted(removed)
        if kinds[source] == kinds[account["source"]]
        for row in _landed(settings, kinds[source], source, _id(account))
        if _id(row) == _id(account) and row["account_id"] not in known
    ]


def _landed(settings: Settings, kind: str, source: str, name: str) -> Iterator[Row]:
    """Yield the accounts that landed records with this id or handle tell of, the fullest first."""
    platform = steps.connector_class(kind)
    found: dict[str, Row] = {}
    with steps.open_warehouse(settings).landing() as con:
        records = records_naming(con, source, [name])
    for record in records:
        for fact in facts_of(platform, source, Record(*record, 0, None)):
            if isinstance(fact, Account):
                row = _row(source, _id_of(fact.account_id), fact.handle, fact.also_id, fact.name)
                found[fact.account_id] = row | {"is_bot": fact.is_bot}
    for stream, _, _, payload in records:
        for id in ids_in(msgspec.json.decode(payload), platform.naming.fields.get(stream, ())):
            found.setdefault(f"{source}:{id}", _row(source, id))
    yield from found.values()


def _row(
    source: str,
    id: str,
    handle: str | None = None,
    also_id: str | None = None,
    name: str | None = None,
) -> Row:
    row: Row = {"account_id": f"{source}:{id}", "source": source, "handle": handle}
    return row | {"also_id": also_id, "name": name, "is_bot": False}


def _is_called(row: Row, name: str) -> bool:
    return name.lower() in {_id(row).lower(), (row["handle"] or "").lower()}


def _id(row: Row) -> str:
    return _id_of(row["account_id"])


def _id_of(account_id: str) -> str:
    return account_id.partition(":")[2]


def _hashes(settings: Settings) -> tuple[HashPrivate, HashPrivate]:
    """Return what hashes addresses and names, and what hides those hashes in ids."""
    warehouse = steps.open_warehouse(settings)
    return hash_with(email_key(warehouse)), hash_with(id_key(warehouse))
