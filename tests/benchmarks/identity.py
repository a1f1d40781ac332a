"""Which accounts of the sandbox are joined without asking, suggested, or proposed as bots, against
the truth about its people.
"""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb

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
from warehouse.robots import ROBOTS

Pair = tuple[str, str]
# Of true pairs so many come before the first tenth of the false ones.
EARLY, OF_FALSE = 0.9, 0.1
BINS = 10


@dataclass(frozen=True)
class Judged:
    """Pairs of accounts after a sync: those that are joined, that are one person's, and those that
    are suggested, with the probability. Accounts that no platform has named are in none. And the
    accounts that are proposed as bots, and those that should be.
    """

    linked: set[Pair]
    true: set[Pair]
    suggested: dict[Pair, float]
    proposed: set[str]
    robots: set[str]


# Accounts that post without a flag, and are a robot's by their handle.
UNFLAGGED = """
select account_id
from marts.accounts
join marts.authors using (account_id)
join marts.account_spans using (account_key)
where not authors.is_bot and list_contains($names, replace(handle, '.', ' '))
"""


def rows(sizes: Mapping[int, int] | None = None) -> Iterator[Row]:
    """Precision and recall of sure links, the ranking of suggestions, whether their probabilities
    are right, and robots; `sizes` are days of the community by its members.
    """
    for members, days in (sizes or {300: 365, 20_000: 30}).items():
        judged = judge(make_world(members=members, days=days))
        what = f"of pairs of accounts that {members:,} members have"
        yield from _sure(judged, what)
        yield from _ranked(judged, what)
        yield from _calibrated(judged, what)
        yield from _robots(judged, f"of robots among {members:,} members")


def _sure(judged: Judged, what: str) -> Iterator[Row]:
    right = len(judged.linked & judged.true)
    precision = right / max(1, len(judged.linked))
    told = f"{right:,} right", f"{len(judged.linked):,} joined"
    yield Row(f"precision of sure links, {what}", *told, precision, at_least=1)
    told = f"{right:,} joined", f"{len(judged.true):,} there"
    yield Row(f"recall of sure links, {what}", *told, right / max(1, len(judged.true)))


def _ranked(judged: Judged, what: str) -> Iterator[Row]:
    """How many of the true pairs that are not joined come early, those not suggested counted."""
    open_pairs = judged.true - judged.linked
    found = len(judged.suggested.keys() & open_pairs)
    told = f"{found:,} suggested", f"{len(open_pairs):,} not joined"
    yield Row(f"recall of suggestions, {what}", *told, found / max(1, len(open_pairs)))
    early, false = 0, 0
    most = OF_FALSE * (len(judged.suggested) - found)
    for pair in sorted(judged.suggested, key=lambda pair: (-judged.suggested[pair], pair)):
        false += pair not in open_pairs
        if false > most:
            break
        early += pair in open_pairs
    told = f"{early:,} early", f"{len(open_pairs):,} not joined"
    name = f"before the first tenth of the false suggestions, {what}"
    yield Row(name, *told, early / max(1, len(open_pairs)), at_least=EARLY)


def _calibrated(judged: Judged, what: str) -> Iterator[Row]:
    """One row for each tenth of probability: how many are right, and how many were to be."""
    for number in range(BINS):
        pairs = {
            pair: probability
            for pair, probability in judged.suggested.items()
            if min(BINS - 1, int(probability * BINS)) == number
        }
        right, expected = len(pairs.keys() & judged.true), sum(pairs.values())
        told = f"{right:,} right", f"{expected:,.0f} expected of {len(pairs):,}"
        name = f"suggested at {number / BINS:.0%} to {(number + 1) / BINS:.0%}, {what}"
        yield Row(name, *told, right / max(1, expected))


def _robots(judged: Judged, what: str) -> Iterator[Row]:
    right = len(judged.proposed & judged.robots)
    precision = right / max(1, len(judged.proposed))
    told = f"{right:,} right", f"{len(judged.proposed):,} proposed"
    yield Row(f"precision {what}", *told, precision, at_least=1)
    told = f"{right:,} proposed", f"{len(judged.robots):,} there"
    yield Row(f"recall {what}", *told, right / max(1, len(judged.robots)))


def judge(world: World) -> Judged:
    """Sync and build, and return what is joined and suggested beside the truth."""
    owners = owners_of(world)
    with synced(world) as con:
        persons = dict(con.execute(PERSONS).fetchall())
        rows = con.execute("from marts.suggestions").fetchall()
        proposed = con.execute(f"select account_id from ({ROBOTS})").fetchall()
        names = [bot.name.lower() for bot in BOTS if bot.has_account and not bot.is_flagged]
        robots = con.execute(UNFLAGGED, {"names": names}).fetchall()
    known = owners.keys() & persons.keys()
    true = {account: owners[account] for account in known}
    joined = {account: persons[account] for account in known}
    suggested = {(a, b): p for a, b, p, *_ in rows if known.issuperset((a, b))}
    return Judged(
        _pairs(joined),
        _pairs(true),
        suggested,
        {account for (account,) in proposed},
        {account for (account,) in robots},
    )


PERSONS = """
select account_id, coalesce(person_id, account_id)
from marts.accounts left join marts.shared_persons using (account_id)
"""


def owners_of(world: World) -> dict[str, str]:
    """Return the person of every account that is somebody's."""
    return {f"{kind}:{account}": str(person) for person, kind, account in truth(world)}


@contextmanager
def synced(world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """Sync all that a community shows, build, and open its facts and marts."""
    os.environ[TOKEN_VARIABLE] = SANDBOX_TOKEN
    with tempfile.TemporaryDirectory() as folder:
        with serve(world, Options(limits=False), in_process=False) as sandbox:
            config = Path(folder) / "vitals.toml"
            config.write_text(CONFIGURATION + sources(sandbox.url), encoding="utf-8")
            settings = load(config)
            for kind in connectors():
                sync_source(settings, kind)
        build(settings)
        with open_warehouse(settings).marts() as con:
            yield con


def _pairs(persons: Mapping[str, str]) -> set[Pair]:
    accounts: defaultdict[str, list[str]] = defaultdict(list)
    for account in sorted(persons):
        accounts[persons[account]].append(account)
    return {pair for one in accounts.values() for pair in combinations(one, 2)}
