"""Forgetting a person: out of what is landed, the decisions, facts, marts and every snapshot."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import duckdb
import msgspec

from connectors.forgetting import (
    BY_ADDRESS,
    NUMBER,
    Forgetter,
    Tombstone,
    account_of_address,
    addresses_in,
    hash_of_account,
    hash_of_address,
    hash_of_stated,
    pseudonym_of_hash,
)
from connectors.privacy import HashPrivate, hash_with
from connectors.pseudonyms import PATTERN, hidden
from pipelines import steps
from pipelines.people import decisions
from pipelines.settings import Settings
from warehouse.db import Warehouse
from warehouse.email_key import email_key, id_key
from warehouse.forgotten import (
    drop_marts,
    landed_pseudonyms,
    records_naming,
    rewrite_landed,
)

Accounts = Collection[Mapping[str, Any]]


def was_forgotten(settings: Settings, words: str) -> bool:
    """Tell whether `source:id` or `source:handle` was an account that is forgotten."""
    return steps.without_forgotten(settings, [words]) != [words]


def forget(settings: Settings, accounts: Accounts) -> dict[str, int]:
    """Forget the accounts of one person; return how many landed records were rewritten by source.

    `accounts` are rows of account_id, source, handle and also_id. Facts and marts are gone then:
    the next build makes them anew. Killed before its end, it can be done again.
    """
    warehouse = steps.open_warehouse(settings)
    hash_private = hash_with(email_key(warehouse))
    ids = landed_ids(settings, warehouse, accounts)
    stones: list[Tombstone] = []
    pseudonyms: dict[str, str] = {}
    words: set[str] = set()  # that may be on any source
    for account in accounts:
        source, handle = account["source"], account["handle"]
        id, kind = ids[account["account_id"]], settings.source(source).kind
        hashed = hash_of_account(hash_private, source, id)
        naming = steps.connector_class(kind).naming
        pseudonym = f"{source}:{pseudonym_of_hash(hashed, naming)}"
        person = stones[0].person_id if stones else pseudonym
        stones.append(Tombstone(source, hashed, pseudonym, person))
        if id.startswith(BY_ADDRESS):
            stones.append(Tombstone("", hashed, None, person))
        for name in {id, handle} - {None}:
            words.add(f"{kind}:{name}")
            hashed = hash_of_stated(hash_private, f"{kind}:{name}")
            stones.append(Tombstone("", hashed, pseudonym, person))
        for name in (account["account_id"], f"{source}:{handle}"):
            pseudonyms[name.lower()] = pseudonym
        if also := account["also_id"]:
            number = also.removeprefix(f"{source}:{NUMBER}")
            hashed = hash_of_account(hash_private, source, f"{NUMBER}{number}")
            stones.append(Tombstone(source, hashed, None, person))
    by_source: dict[str, set[str]] = defaultdict(set)
    for account in accounts:
        by_source[account["source"]].add(ids[account["account_id"]].lower())
    person = stones[0].person_id
    with ExitStack() as locks:
        for source in sorted(s.name for s in settings.sources):
            locks.enter_context(warehouse.lock(f"source-{source}", wait=False))
        for address in _own_addresses(settings, warehouse, by_source):
            stones += _stones_of_address(hash_private, address, person)
            words |= {address, account_of_address(address)}
        decisions.forget(settings, warehouse, pseudonyms)
        by_place = sorted(stones, key=lambda stone: stone.source)
        forgetters = {
            one.name: Forgetter(
                one.name,
                steps.connector_class(one.kind).naming,
                hash_private,
                [stone for stone in by_place if stone.source in (one.name, "")],
            )
            for one in settings.sources
        }
        rewrites = {
            source: (by_source[source] | words, forgetter.raw)
            for source, forgetter in forgetters.items()
        }
        counts = rewrite_landed(warehouse, rewrites, stones)
        for forgetter in forgetters.values():
            steps.rewrite_found(warehouse, forgetter)
        drop_marts(warehouse)
    return {source: count for source, count in counts.items() if count}


def landed_ids(settings: Settings, warehouse: Warehouse, accounts: Accounts) -> dict[str, str]:
    """Return the ids that landed records have of accounts; facts hide the hashes in some."""
    found: dict[str, str] = {}
    hide = hash_with(id_key(warehouse))
    for account in accounts:
        source, account_id = account["source"], account["account_id"]
        id = found[account_id] = account_id.removeprefix(f"{source}:")
        if id.startswith(BY_ADDRESS):
            with warehouse.landing() as con:
                landed = landed_pseudonyms(con, source, PATTERN.replace("?P<kind>", "?:"))
            found[account_id] = next((one for one in landed if hidden(hide, one) == id), id)
    return found


def _own_addresses(
    settings: Settings, warehouse: Warehouse, ids: Mapping[str, Collection[str]]
) -> list[str]:
    """Return the hashes of the person's addresses, without those that somebody else has, too."""
    own: set[str] = set()
    shared: set[str] = set()
    with warehouse.landing() as con:
        for source, address, id in _addresses(settings, con, ids):
            if id.lower() in ids[source]:
                own.add(address)
        everywhere = {source.name: own for source in settings.sources}
        for source, address, id in _addresses(settings, con, everywhere):
            if id.lower() not in ids.get(source, ()) and id != account_of_address(address):
                shared.add(address)
    return sorted(own - shared)


def _addresses(
    settings: Settings, con: duckdb.DuckDBPyConnection, words: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, str, str]]:
    """Yield source, hash and account of the addresses in records with one of these words."""
    for source, some in words.items():
        naming = steps.connector_class(settings.source(source).kind).naming
        for stream, _, payload in records_naming(con, source, some):
            paths = naming.fields.get(stream, ())
            for address, id in addresses_in(msgspec.json.decode(payload), paths):
                yield source, address, id


def _stones_of_address(hash_private: HashPrivate, address: str, person: str) -> list[Tombstone]:
    of_account = hash_of_account(hash_private, "", account_of_address(address))
    return [
        Tombstone("", hash_of_address(hash_private, address), None, person),
        Tombstone("", of_account, None, person),
    ]
