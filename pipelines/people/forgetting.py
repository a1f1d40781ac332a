"""Forgetting a person: out of what is landed, the decisions, facts, marts and every snapshot."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from typing import Any

from connectors.forgetting import (
    NUMBER,
    Forgetter,
    Tombstone,
    hash_of_account,
    pseudonym_of_hash,
)
from connectors.privacy import hash_with
from pipelines import steps
from pipelines.people import decisions
from pipelines.settings import Settings
from warehouse.email_key import email_key
from warehouse.forgotten import drop_marts, rewrite_landed


def forget(settings: Settings, accounts: Collection[Mapping[str, Any]]) -> dict[str, int]:
    """Forget the accounts of one person; return how many landed records were rewritten by source.

    `accounts` are rows of account_id, source, handle and also_id. Facts and marts are gone then:
    the next build makes them anew. Killed before its end, it can be done again.
    """
    warehouse = steps.open_warehouse(settings)
    hash_private = hash_with(email_key(warehouse))
    ids: dict[str, list[str]] = defaultdict(list)
    stones: list[Tombstone] = []
    pseudonyms: dict[str, str] = {}
    for account in accounts:
        source = account["source"]
        naming = steps.connector_class(settings.source(source).kind).naming
        id = account["account_id"].removeprefix(f"{source}:")
        hashed = hash_of_account(hash_private, source, id)
        pseudonym = f"{source}:{pseudonym_of_hash(hashed, naming)}"
        person = stones[0].person_id if stones else pseudonym
        stones.append(Tombstone(source, hashed, pseudonym, person))
        ids[source].append(id)
        for name in (account["account_id"], f"{source}:{account['handle']}"):
            pseudonyms[name.lower()] = pseudonym
        if also := account["also_id"]:
            number = also.removeprefix(f"{source}:{NUMBER}")
            hashed = hash_of_account(hash_private, source, f"{NUMBER}{number}")
            stones.append(Tombstone(source, hashed, None, person))
    with ExitStack() as locks:
        for source in ids:
            locks.enter_context(warehouse.lock(f"source-{source}", wait=False))
        decisions.forget(settings, warehouse, pseudonyms)
        rewrites = {}
        for source, words in ids.items():
            naming = steps.connector_class(settings.source(source).kind).naming
            rewrites[source] = words, Forgetter(source, naming, hash_private, stones).raw
        counts = rewrite_landed(warehouse, rewrites, stones)
        drop_marts(warehouse)
    return counts
