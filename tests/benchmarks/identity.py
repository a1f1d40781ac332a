"""Which accounts of the sandbox are joined without asking, against the truth about its people."""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from connectors.discovery import connectors
from connectors.sandbox.community import World, make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from connectors.sandbox.truth import truth
from pipelines.demo import CONFIGURATION, TOKEN_VARIABLE, sources
from pipelines.settings import load
from pipelines.steps import build, open_warehouse, sync_source
from tests.benchmarks.measure import Row

Pair = tuple[str, str]


def rows(sizes: Mapping[int, int] | None = None) -> Iterator[Row]:
    """Precision and recall of sure links; `sizes` are days of the community by its members."""
    for members, days in (sizes or {300: 365, 20_000: 3}).items():
        linked, true = sure_pairs(make_world(members=members, days=days))
        right = len(linked & true)
        what = f"of pairs of accounts that {members:,} members have"
        precision = right / max(1, len(linked))
        told = f"{right:,} right", f"{len(linked):,} joined"
        yield Row(f"precision of sure links, {what}", *told, precision, at_least=1)
        told = f"{right:,} joined", f"{len(true):,} there"
        yield Row(f"recall of sure links, {what}", *told, right / max(1, len(true)))


def sure_pairs(world: World) -> tuple[set[Pair], set[Pair]]:
    """Return the pairs of accounts that are joined after a sync, and those that are one person's.

    Accounts that are nobody's or that no platform has shown are in neither.
    """
    owners = {f"{kind}:{account}": str(person) for person, kind, account in truth(world)}
    persons = _persons(world)
    known = owners.keys() & persons.keys()
    true = {account: owners[account] for account in known}
    return _pairs({account: persons[account] for account in known}), _pairs(true)


def _persons(world: World) -> dict[str, str]:
    """Sync and build; return the person of every account."""
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
        with open_warehouse(settings).marts() as con:
            return dict(con.execute(query).fetchall())


def _pairs(persons: Mapping[str, str]) -> set[Pair]:
    accounts: defaultdict[str, list[str]] = defaultdict(list)
    for account in sorted(persons):
        accounts[persons[account]].append(account)
    return {pair for one in accounts.values() for pair in combinations(one, 2)}
