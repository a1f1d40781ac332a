"""Forgetting a person: out of what is landed, the decisions, facts, marts and every snapshot.

What is landed and the tombstones are written at once: before that nothing has happened, and from
then on the person cannot come back. What is left to do is what `finish` does, as often as it takes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import msgspec

from connectors.forgetting import (
    EVERYWHERE,
    NUMBER,
    Tombstone,
    addresses_in,
    hash_of_account,
    hash_of_address,
    hash_of_stated,
    keys_of_address,
    pseudonym_of_hash,
)
from connectors.privacy import HashPrivate, hash_with
from connectors.pseudonyms import PATTERN, hidden, is_pseudonym
from pipelines import forgotten, steps
from pipelines.people import decisions
from pipelines.settings import Settings
from warehouse.done_items import DoneItems, keys_about
from warehouse.email_key import email_key, id_key
from warehouse.forgotten import (
    landed_pseudonyms,
    outdated_snapshots,
    precedes_forgetting,
    records_naming,
    remove_leftovers,
    rewrite_landed,
)
from warehouse.snapshots import open_current

Account = Mapping[str, Any]
Accounts = Collection[Account]


@dataclass(frozen=True)
class Finished:
    """What was done besides the landed records: decisions rewritten, files removed.

    `snapshots` are those that still name a person; the next publication removes them. `is_outdated`
    says that so do facts and marts.
    """

    decisions: int = 0
    leftovers: int = 0
    snapshots: int = 0
    is_outdated: bool = False


def was_forgotten(settings: Settings, words: str) -> bool:
    """Tell whether `source:id` or `source:handle` was an account that is forgotten."""
    return forgotten.without_forgotten(settings, [words]) != [words]


def forget(settings: Settings, accounts: Accounts) -> dict[str, int]:
    """Forget the accounts of one person; return how many landed records were rewritten by source.

    `accounts` are rows of account_id, source, handle, also_id and name. Then it is for `finish`.
    Raises Busy where a source is being synced or imported into.
    """
    warehouse = steps.open_warehouse(settings)
    kinds = forgotten.kinds_of_sources(settings)
    with _alone(settings):
        ids = landed_ids(settings, accounts)
        by_source: dict[str, set[str]] = defaultdict(set)
        for account in accounts:
            by_source[account["source"]].add(ids[account["account_id"]].lower())
        hash_private = hash_with(email_key(warehouse))
        stones = [s for one in accounts for s in _stones(hash_private, one, ids, kinds)]
        person = next(stone.account_id for stone in stones if stone.account_id)
        words = {stated for one in accounts for stated in _stated(one, ids, kinds)}
        for address in own_addresses(settings, by_source):
            hashes = [hash_of_address(hash_private, address)]
            hashes += [hash_of_account(hash_private, "", key) for key in keys_of_address(address)]
            stones += [Tombstone("", hashed, None, person) for hashed in hashes]
            words |= {address, *keys_of_address(address)}
        stones = [stone._replace(person_id=person) for stone in stones]
        _clean_done_items(settings, accounts)
        decisions.drop_words_about(settings, warehouse, _called(accounts))
        forgetters = {
            source: forgotten.forgetter_of(settings, source, stones, kind)
            for source, kind in kinds.items()
        }
        asked = {source: by_source[source] | words for source in kinds}
        counts = rewrite_landed(warehouse, forgetters, asked, stones, _called(accounts))
    return {source: count for source, count in counts.items() if count}


def finish(settings: Settings) -> Finished:
    """Rid the decisions and what killed processes left of everybody who is forgotten.

    Facts, marts and snapshots are for the next build, which makes them anew where they are older.
    """
    warehouse = steps.open_warehouse(settings)
    with _alone(settings):
        rewritten = decisions.forget(
            settings, warehouse, lambda names: forgotten.without_forgotten(settings, names)
        )
        leftovers = remove_leftovers(warehouse)
    is_outdated = precedes_forgetting(warehouse, warehouse.marts_path)
    return Finished(rewritten, leftovers, len(outdated_snapshots(warehouse)), is_outdated)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Keep syncs, imports, builds and others who forget away. Raises Busy."""
    warehouse = steps.open_warehouse(settings)
    with ExitStack() as locks:
        for source in sorted(source.name for source in settings.sources):
            locks.enter_context(warehouse.lock(f"source-{source}", wait=False))
        locks.enter_context(warehouse.lock("build"))
        yield


def _stones(
    hash_private: HashPrivate, account: Account, ids: Mapping[str, str], kinds: Mapping[str, str]
) -> Iterator[Tombstone]:
    """Yield the tombstones of an account; they have its own pseudonym as that of the person."""
    source, id = account["source"], ids[account["account_id"]]
    hashed = hash_of_account(hash_private, source, id)
    naming = steps.connector_class(kinds[source]).naming
    pseudonym = f"{source}:{pseudonym_of_hash(hashed, naming)}"
    yield Tombstone(source, hashed, pseudonym, pseudonym)
    if id.startswith(EVERYWHERE):
        yield Tombstone("", hashed, None, pseudonym)
    for stated in _stated(account, ids, kinds):
        yield Tombstone("", hash_of_stated(hash_private, stated), pseudonym, pseudonym)
    if also := account["also_id"]:
        number = also.removeprefix(f"{source}:{NUMBER}")
        hashed = hash_of_account(hash_private, source, f"{NUMBER}{number}")
        yield Tombstone(source, hashed, None, pseudonym)


def _stated(account: Account, ids: Mapping[str, str], kinds: Mapping[str, str]) -> set[str]:
    """Return how profiles elsewhere name an account: by its id, or by its handle."""
    names = {ids[account["account_id"]], account["handle"]} - {None}
    return {f"{kinds[account['source']]}:{name}" for name in names}


def _called(accounts: Accounts) -> set[str]:
    """Return what people write for the accounts of a person."""
    found: set[str | None] = set()
    for account in accounts:
        found |= {account["account_id"], account["handle"], account["name"]}
        found.add(account["account_id"].partition(":")[2])
    return {words for words in found if words}


def _clean_done_items(settings: Settings, accounts: Accounts) -> None:
    """Take from the marks of the page Today those of what is about a person."""
    snapshot = open_current(settings.warehouse_path)
    try:
        stored = snapshot.stored_of([account["account_id"] for account in accounts])
    finally:
        snapshot.close()
    DoneItems(settings.warehouse_path).drop(keys_about(accounts, stored))


def landed_ids(settings: Settings, accounts: Accounts) -> dict[str, str]:
    """Return the ids that landed records have of accounts; facts hide the hashes in some."""
    warehouse, found = steps.open_warehouse(settings), dict[str, str]()
    hide = hash_with(id_key(warehouse))
    for account in accounts:
        source, account_id = account["source"], account["account_id"]
        id = found[account_id] = account_id.removeprefix(f"{source}:")
        if is_pseudonym(id):
            with warehouse.landing() as con:
                landed = landed_pseudonyms(con, source, PATTERN.replace("?P<kind>", "?:"))
            found[account_id] = next((one for one in landed if hidden(hide, one) == id), id)
    return found


def own_addresses(settings: Settings, ids: Mapping[str, Collection[str]]) -> list[str]:
    """Return the hashes of the person's addresses, without those that somebody else has, too."""
    own: set[str] = set()
    shared: set[str] = set()
    kinds = forgotten.kinds_of_sources(settings)
    with steps.open_warehouse(settings).landing() as con:
        for source, address, id in _addresses(kinds, con, ids):
            if id.lower() in ids[source]:
                own.add(address)
        for source, address, id in _addresses(kinds, con, dict.fromkeys(kinds, own)):
            if id.lower() not in ids.get(source, ()) and id not in keys_of_address(address):
                shared.add(address)
    return sorted(own - shared)


def _addresses(
    kinds: Mapping[str, str],
    con: duckdb.DuckDBPyConnection,
    words: Mapping[str, Collection[str]],
) -> Iterator[tuple[str, str, str]]:
    """Yield source, hash and account of the addresses in records with one of these words."""
    for source, some in words.items():
        naming = steps.connector_class(kinds[source]).naming
        for stream, _, _, payload in records_naming(con, source, some):
            paths = naming.fields.get(stream, ())
            for address, id in addresses_in(msgspec.json.decode(payload), paths):
                yield source, address, id
