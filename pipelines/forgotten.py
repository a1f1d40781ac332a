"""Keeps forgotten people out of all that is landed and built, whatever platforms and files say."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from connectors import discovery
from connectors.base import Connector, SourceSettings
from connectors.facts import NOT_READABLE, facts_of
from connectors.forgetting import Forgetter, Tombstone, pseudonym_of_called
from connectors.model import LeftOut, Page, Record
from connectors.privacy import hash_with
from pipelines.people import decisions
from pipelines.settings import Settings
from warehouse.configuration import Decision
from warehouse.db import Warehouse
from warehouse.email_key import email_key
from warehouse.forgotten import all_tombstones, landed_sources, rewrite_landed, samples


def kinds_of_sources(settings: Settings) -> dict[str, str]:
    """Return the kind of every source that is configured, or of which something is landed.

    That of one that was removed from the configuration is the one that can read its records.
    """
    kinds = {source.name: source.kind for source in settings.sources}
    with Warehouse(settings.warehouse_path).landing() as con:
        removed = [source for source in landed_sources(con) if source not in kinds]
        found = {
            source: [Record(*row, 0, None) for row in samples(con, source)] for source in removed
        }
    for source, records in found.items():
        kinds[source] = max(
            discovery.connectors().items(),
            key=lambda item: sum(_is_readable(item[1], source, record) for record in records),
        )[0]
    return kinds


def _is_readable(platform: type[Connector[SourceSettings]], source: str, record: Record) -> bool:
    found = facts_of(platform, source, record)
    return not any(isinstance(fact, LeftOut) and fact.reason == NOT_READABLE for fact in found)


def forgetter_of(
    settings: Settings, name: str, new: Sequence[Tombstone] = (), kind: str = ""
) -> Forgetter:
    """Return what takes forgotten accounts out of all that is landed on a source.

    `new` are tombstones that are not written yet; the kind has to be given of a source that is not
    configured.
    """
    warehouse = Warehouse(settings.warehouse_path)
    with warehouse.landing() as con:
        stones = [Tombstone(*row) for row in all_tombstones(con)] + list(new)
    former = {stone.source for stone in stones} - {source.name for source in settings.sources}
    names = [name, *sorted(former - {name, ""})]
    # What is of the source itself goes last, so that it is what counts.
    stones = [s for place in ("", *reversed(names)) for s in stones if s.source == place]
    platform = discovery.connector(kind or settings.source(name).kind)
    assert platform is not None, "the settings let an unknown kind pass"
    return Forgetter(name, platform.naming, hash_with(email_key(warehouse)), stones, names[1:])


def without_forgotten(settings: Settings, names: Iterable[str]) -> list[str]:
    """Return names of accounts, with pseudonyms in the place of those that are forgotten."""
    warehouse, names = Warehouse(settings.warehouse_path), list(names)
    if not names:
        return []
    with warehouse.landing() as con:
        stones = [Tombstone(*row) for row in all_tombstones(con)]
    if not stones:
        return names
    hash_private = hash_with(email_key(warehouse))
    kinds = kinds_of_sources(settings)
    return [
        pseudonym_of_called(hash_private, name, kinds.get(name.partition(":")[0]), stones) or name
        for name in names
    ]


def rid_of_found(warehouse: Warehouse, forgetter: Forgetter, pages: Iterable[Page]) -> list[Page]:
    """Return pages without the accounts that turned out to be of forgotten people.

    Before, what is landed is rewritten, and their tombstones are written with it: whoever is killed
    afterwards lands none of them.
    """
    if forgetter.new:
        rewrite_landed(
            warehouse, {forgetter.source: forgetter}, {forgetter.source: forgetter.new_ids}, ()
        )
        forgetter.written()
        return [forgetter.page(page) for page in pages]
    return list(pages)


def decided_without_forgotten(settings: Settings) -> list[Decision]:
    """Return the decisions, with pseudonyms of forgotten accounts and without the reasons there.

    The file of decisions may be older than the forgetting, as a copy out of version control is.
    """
    decided = decisions.read(settings)
    named = sorted({name for decision in decided for name in decision.accounts})
    pseudonyms = dict(zip(named, without_forgotten(settings, named), strict=True))
    return [
        decision
        if all(pseudonyms[name] == name for name in decision.accounts)
        else replace(decision, accounts=[pseudonyms[name] for name in decision.accounts], why=None)
        for decision in decided
    ]
