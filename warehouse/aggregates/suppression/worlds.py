"""Secondary suppression: what else has to be hidden so that no small count can be computed.

A small count is safe where another world is possible: one in which it is another number, while
every published number is the same and every sum still holds. For each small count a cheap such
world is searched, one step at a time: it differs by one in the count, and so by one in something
else of each sum that this breaks. The published cells that it changes are hidden. More hidden cells
take no world away, so one round through all small counts is enough.

This is the method of statistical disclosure control for tables whose sums are linked (Hundepool et
al., Statistical Disclosure Control, 2012, chapter 4: primary and secondary suppression; the steps
are those of the network heuristics there, which look for a cheap cycle through each small cell). It
stops at one other world for each small count: what is hidden cannot be computed, but may be told to
lie within some range.
"""

import heapq
from collections.abc import Iterable, Iterator
from itertools import count
from typing import NamedTuple

from warehouse.aggregates.suppression.cells import Cells

MOST_STEPS = 200
MOST_WAYS = 8  # to mend one sum
# What was published once of an earlier quarter is not to change because of a later one.
EARLIER = 10
# How far a world is from one that holds counts as much as hiding a cell of little weight.
STEP, BROKEN = 0.1, 2.0

# By equation a count that nobody published and on which nothing else depends.
Rests = dict[int, int]


class World(NamedTuple):
    """By how much counts differ, but for rests, and by how much sums are too high without them."""

    cost: float
    changes: dict[int, int]
    wrong: dict[int, int]


def protect(cells: Cells, small: Iterable[int]) -> None:
    """Hide cells until none of these counts can be computed."""
    rests = {
        equations[0]: number
        for number, equations in enumerate(cells.equations_of)
        if len(equations) == 1 and not cells.places[number]
    }
    for number in sorted(small, key=lambda number: (cells.whens[number], number)):
        cells.hide(number)
        around = {number}
        while (world := _other_world(cells, number, rests)) is None:
            wider = _neighbours(cells, around)
            for other in wider:
                cells.hide(other)
            if wider == around:
                break  # All is hidden that depends on it: twice as many people would fit as well.
            around = wider
        for other in world or ():
            cells.hide(other)


def _other_world(cells: Cells, number: int, rests: Rests) -> dict[int, int] | None:
    """Return by how much the counts of another world differ; None: none was found soon."""
    order = count()
    waiting: list[tuple[float, int, World]] = []
    nothing = World(0, {}, {})
    for change in (1, -1):
        if cells.values[number] + change >= _least(cells, number):
            world = _changed(cells, nothing, 0, number, change)
            heapq.heappush(waiting, (0, next(order), world))
    for _ in range(MOST_STEPS):
        if not waiting:
            return None
        _, _, world = heapq.heappop(waiting)
        broken = dict(_broken(cells, world, rests))
        if not broken:
            return world.changes
        mends = (_ways(cells, number, world, rests, *each) for each in broken.items())
        for more, _, other, change in min(mends, key=len):
            longer = _changed(cells, world, more, other, change)
            far = STEP * len(longer.changes) + BROKEN * sum(
                1 for _ in _broken(cells, longer, rests)
            )
            heapq.heappush(waiting, (longer.cost + far, next(order), longer))
    return None


def _changed(cells: Cells, world: World, cost: float, number: int, change: int) -> World:
    changes = world.changes | {number: world.changes.get(number, 0) + change}
    wrong = dict(world.wrong)
    for equation in cells.equations_of[number]:
        by = cells.equations[equation][number] * change
        wrong[equation] = wrong.get(equation, 0) + by
    return World(world.cost + cost, changes, wrong)


def _broken(cells: Cells, world: World, rests: Rests) -> Iterator[tuple[int, int]]:
    """Yield the sums that do not hold, whatever their rests are, and by how much they are wrong."""
    for equation, wrong in world.wrong.items():
        rest = rests.get(equation)
        if wrong and rest is not None and rest not in world.changes:
            sign = cells.equations[equation][rest]
            wrong += sign * max(-wrong * sign, -cells.values[rest])
        if wrong:
            yield equation, wrong


def _ways(
    cells: Cells, number: int, world: World, rests: Rests, equation: int, wrong: int
) -> list[tuple[float, int, int, int]]:
    """Return cheap ways to mend a sum, or a part of it: cost, sums touched, a count, its change."""
    found = []
    for other, sign in cells.equations[equation].items():
        if other in (number, rests.get(equation)):
            continue
        before = world.changes.get(other, 0)
        cost = 0.0 if cells.is_hidden[other] or before else cells.weights[other]
        if cells.whens[other] < cells.whens[number]:
            cost *= EARLIER
        for change in {-wrong * sign, -sign if wrong > 0 else sign}:
            is_farther = before * change >= 0  # Never back: the search comes to an end.
            if is_farther and cells.values[other] + before + change >= _least(cells, other):
                found.append((cost, len(cells.equations_of[other]), other, change))
    return heapq.nsmallest(MOST_WAYS, found)


def _least(cells: Cells, number: int) -> int:
    """A sponsor may guess that nothing is hidden where nobody is."""
    return 1 if cells.places[number] and cells.values[number] else 0


def _neighbours(cells: Cells, around: set[int]) -> set[int]:
    return around | {
        other
        for number in around
        for equation in cells.equations_of[number]
        for other in cells.equations[equation]
    }
