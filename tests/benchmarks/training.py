"""Learns what makes two accounts one person's, from made-up communities whose truth is known.

    python -m tests.benchmarks.training

writes warehouse/suggestions/model.json anew. The seeds are others than the benchmark scores on.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import duckdb
import msgspec
import pyarrow as pa

from connectors.sandbox.community import World, make_world
from tests.benchmarks.identity import owners_of, synced
from warehouse import suggestions
from warehouse.suggestions.comparisons import COMPARISONS
from warehouse.suggestions.scoring import MODEL, Model

SEEDS = {11: (300, 365), 12: (3_000, 30)}
# What was never seen may happen once in so many pairs.
UNSEEN = 0.5
POINTS = 12
# Real people choose a handle or come and go more freely than made-up ones: what differs says less.
MOST_FOR = 50.0  # nor does one thing that is alike say all
AGAINST = {"handle": 0.3, "crossed": 0.5, "place": 0.1, "arrived": 0.2, "hours": 0.2, "days": 0.1}
BITS = 20.0
LEAST, MOST = 0.001, 0.995
Levels = dict[str, int]


class Example(msgspec.Struct):
    """Two accounts that were compared: which levels hold, and whether one person has both."""

    account_a: str
    account_b: str
    levels: Levels
    is_true: bool


def main() -> None:
    """Make the communities, learn from them, and write the model."""
    worlds = (make_world(seed, members, days) for seed, (members, days) in SEEDS.items())
    MODEL.write_bytes(msgspec.json.format(msgspec.json.encode(learned([*map(examples, worlds)]))))


def examples(world: World) -> list[Example]:
    """Return the pairs of accounts of a community that are compared."""
    with synced(world) as con:
        return compared(con, owners_of(world))


def compared(con: duckdb.DuckDBPyConnection, owners: dict[str, str]) -> list[Example]:
    """Return the pairs of a warehouse that are compared and not joined, with the truth of each."""
    persons = dict(con.execute("select account_id, person_id from marts.authors").fetchall())
    every = "select account_a, account_b from facts.compared_pairs order by all"
    found = con.execute(every).fetchall()
    open_pairs = [
        (a, b) for a, b in found if a in owners and b in owners and persons.get(a) != persons.get(b)
    ]
    table = pa.table(
        {"account_a": [a for a, _ in open_pairs], "account_b": [b for _, b in open_pairs]}
    )
    even = {c.name: [(0.5, 0.5)] * (len(c.levels) + 1) for c in COMPARISONS}
    rows = suggestions.compared_pairs(con, table, Model(0.5, even, [])).to_pylist()
    return [
        Example(
            row["account_a"],
            row["account_b"],
            {c.name: row[c.name] for c in COMPARISONS},
            owners[row["account_a"]] == owners[row["account_b"]],
        )
        for row in rows
    ]


def learned(worlds: Sequence[list[Example]]) -> Model:
    """Return the model of several communities, each of which counts the same."""
    priors = [_share(world, True) for world in worlds]
    chances = {c.name: _chances(worlds, c.name, len(c.levels)) for c in COMPARISONS}
    model = Model(sum(priors) / len(priors), chances, [])
    points = [
        (bits, example.is_true, 1 / len(world))
        for world in worlds
        for bits, example in shared_bits(world, model)
    ]
    return msgspec.structs.replace(model, curve=_curve(points))


def _share(world: list[Example], is_true: bool) -> float:
    return sum(example.is_true == is_true for example in world) / len(world)


def _chances(worlds: Sequence[list[Example]], name: str, levels: int) -> list[tuple[float, float]]:
    """How often each level holds where it is known, from the most alike to none."""
    found = []
    for level in range(levels, -1, -1):
        m, u = (_rate(worlds, name, level, levels, is_true) for is_true in (True, False))
        m = max(m, u * AGAINST.get(name, 0))
        found.append((round(m, 5), round(max(u, m / MOST_FOR), 5)))
    return found


def _rate(
    worlds: Sequence[list[Example]], name: str, level: int, levels: int, is_true: bool
) -> float:
    rates = []
    for world in worlds:
        known = [e.levels[name] for e in world if e.is_true == is_true and e.levels[name] >= 0]
        rates.append((known.count(level) + UNSEEN) / (len(known) + UNSEEN * (levels + 1)))
    return sum(rates) / len(rates)


def shared_bits(world: list[Example], model: Model) -> Iterator[tuple[float, Example]]:
    """Yield each pair with its odds in bits, after those that could be the same person."""
    odds, rivals = [], {}
    for example in world:
        bits = math.log2(model.prior / (1 - model.prior))
        for comparison in COMPARISONS:
            level = example.levels[comparison.name]
            if level >= 0:
                m, u = model.chances[comparison.name][len(comparison.levels) - level]
                bits += math.log2(m / u)
        odds.append(2.0 ** min(bits, 60))
        for key in _keys(example):
            rivals[key] = rivals.get(key, 0.0) + odds[-1]
    for own, example in zip(odds, world, strict=True):
        others = sum(rivals[key] for key in _keys(example)) - 2 * own
        yield math.log2(own / (1 + max(0.0, others))), example


def _keys(example: Example) -> list[tuple[str, str]]:
    a, b = example.account_a, example.account_b
    return [(a, b.partition(":")[0]), (b, a.partition(":")[0])]


def _curve(points: list[tuple[float, bool, float]]) -> list[tuple[float, float]]:
    """Return the rising line that is nearest to the truth: pools of neighbours, by their means."""
    pools: list[list[float]] = []  # weight, weighted bits, weighted truth
    for bits, is_true, weight in sorted(points):
        pools.append([weight, weight * bits, weight * is_true])
        while len(pools) > 1 and _truth(pools[-2]) >= _truth(pools[-1]):
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    total, merged = sum(pool[0] for pool in pools), [pools[0]]
    for pool in pools[1:]:
        if merged[-1][0] < total / POINTS / 4:
            merged[-1] = [a + b for a, b in zip(merged[-1], pool, strict=True)]
        else:
            merged.append(pool)
    inner = [(round(p[1] / p[0], 3), round(min(MOST, max(LEAST, _truth(p))), 4)) for p in merged]
    rising = [b for a, b in pairwise([(-BITS, 0.0), *inner]) if b[1] > a[1]]
    lowest, highest = min(-BITS, rising[0][0] - 1), max(BITS, rising[-1][0] + 1)
    return [(lowest, LEAST / 2), *rising, (highest, (1 + MOST) / 2)]


def _truth(pool: list[float]) -> float:
    return pool[2] / pool[0]


if __name__ == "__main__":
    main()
