"""Which accounts of the sandbox are joined without asking, suggested, or proposed as bots, against
the truth about its people.
"""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from connectors.discovery import connectors
from connectors.sandbox.community import World, make_world
from connectors.sandbox.conversation import BOTS
from connectors.sandbox.server import serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from connectors.sandbox.truth import truth
from pipelines.demo import CONFIGURATION, TOKEN_VARIABLE, sources
from pipelines.settings import load
from pipelines.steps import build, open_warehouse, sync_source
from tests.benchmarks.measure import Row
from warehouse.suggestions import PROBABILITIES

Pair = tuple[str, str]

# Accounts that post without a flag, and are a robot's by their handle.
ROBOTS = """
select account_id
from marts.accounts
join marts.authors using (account_id)
join marts.account_spans using (account_key)
where not authors.is_bot and list_contains($names, replace(handle, '.', ' '))
"""


class Synced(NamedTuple):
    """What is known after a sync: the person of every account, the suggestions with reasons, the
    accounts that are proposed as bots, and those that should be.
    """

    persons: dict[str, str]
    suggested: dict[Pair, list[str]]
    proposed: set[str]
    robots: set[str]


def rows(sizes: Mapping[int, int] | None = None) -> Iterator[Row]:
    """Precision and recall of sure links, suggestions and robots; `sizes` are days of the
    community by its members.
    """
    for members, days in (sizes or {300: 365, 3_000: 30}).items():
        world = make_world(members=members, days=days)
        synced = _synced(world)
        linked, true, suggested = told_pairs(world, synced)
        right = len(linked & true)
        what = f"of pairs of accounts that {members:,} members have"
        precision = right / max(1, len(linked))
        told = f"{right:,} right", f"{len(linked):,} joined"
        yield Row(f"precision of sure links, {what}", *told, precision, at_least=1)
        told = f"{right:,} joined", f"{len(true):,} there"
        yield Row(f"recall of sure links, {what}", *told, right / max(1, len(true)))
        for reason, probability in PROBABILITIES.items():
            pairs = {pair for pair, reasons in suggested.items() if reason in reasons}
            told = f"{len(pairs & true):,} right", f"{len(pairs):,} suggested at {probability:.0%}"
            yield Row(f"{reason}: {what}", *told, len(pairs & true) / max(1, len(pairs)))
        found = suggested.keys() & true
        told = f"{len(found):,} suggested", f"{len(true - linked):,} not joined"
        yield Row(f"recall of suggestions, {what}", *told, len(found) / max(1, len(true - linked)))
        right = len(synced.proposed & synced.robots)
        what = f"of robots among {members:,} members"
        told = f"{right:,} right", f"{len(synced.proposed):,} proposed"
        precision = right / max(1, len(synced.proposed))
        yield Row(f"precision {what}", *told, precision, at_least=1)
        told = f"{right:,} proposed", f"{len(synced.robots):,} there"
        yield Row(f"recall {what}", *told, right / max(1, len(synced.robots)))


def told_pairs(world: World, synced: Synced) -> tuple[set[Pair], set[Pair], dict[Pair, list[str]]]:
    """Return the pairs of accounts that are joined after a sync, those that are one person's, and
    those that are suggested, with the reasons.

    Accounts that are nobody's or that no platform has shown are in none.
    """
    owners = {f"{kind}:{account}": str(person) for person, kind, account in truth(world)}
    persons = synced.persons
    known = owners.keys() & persons.keys()
    true = {account: owners[account] for account in known}
    joined = {account: persons[account] for account in known}
    told = {pair: why for pair, why in synced.suggested.items() if known.issuperset(pair)}
    return _pairs(joined), _pairs(true), told


def _synced(world: World) -> Synced:
    """Sync and build a world."""
    os.environ[TOKEN_VARIABLE] = SANDBOX_TOKEN
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(world, Options(limits=False), in_process=False) as sandbox,
    ):
        config = Path(folder) / "vitals.toml"
        config.write_text(CONFIGURATION + sources(sandbox.url), encoding="utf-8")
        settings = load(config)
        for kind in connectors():
            sync_source(settings, kind)
        build(settings)
        query = """
            select account_id, coalesce(person_id, account_id)
            from marts.accounts left join marts.shared_persons using (account_id)
        """
        suggested = "select account_a, account_b, reasons from marts.suggestions"
        with open_warehouse(settings).marts() as con:
            persons = dict(con.execute(query).fetchall())
            rows = con.execute(suggested).fetchall()
            proposed = con.execute("select account_id from marts.robots").fetchall()
            names = [bot.name.lower() for bot in BOTS if bot.has_account and not bot.is_flagged]
            robots = con.execute(ROBOTS, {"names": names}).fetchall()
        return Synced(
            persons,
            {(a, b): reasons for a, b, reasons in rows},
            {account for (account,) in proposed},
            {account for (account,) in robots},
        )


def _pairs(persons: Mapping[str, str]) -> set[Pair]:
    accounts: defaultdict[str, list[str]] = defaultdict(list)
    for account in sorted(persons):
        accounts[persons[account]].append(account)
    return {pair for one in accounts.values() for pair in combinations(one, 2)}
