"""What a sponsor could add up: the published counts of people, and the sums that tie them.

An inclusion is a sum as well: the whole is its part and a rest, which is a group of people that
nobody published, and that must be as hard to compute as any other small one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

# A row's column, by the table's name and the row's place in it.
Place = tuple[str, int, str]


@dataclass
class Cells:
    """Counts of people and equations between them: each one's terms, with 1 or -1, add up to 0.

    A count that is not published has no place. `weights`: how much is lost where one is hidden.
    """

    values: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    whens: list[date] = field(default_factory=list)
    places: list[list[Place]] = field(default_factory=list)
    is_hidden: list[bool] = field(default_factory=list)
    equations: list[dict[int, int]] = field(default_factory=list)
    equations_of: list[list[int]] = field(default_factory=list)

    def published(
        self, value: int | None, places: Sequence[Place], weight: float, when: date
    ) -> int | None:
        """Add a count that is published; what is not known is no cell."""
        if value is None:
            return None
        number = self.derived(value, when)
        self.places[number] = list(places)
        self.weights[number] = weight
        self.is_hidden[number] = False
        return number

    def derived(self, value: int, when: date) -> int:
        """Add a count that is not published, and that a sponsor may compute."""
        self.values.append(value)
        self.weights.append(0)
        self.whens.append(when)
        self.places.append([])
        self.is_hidden.append(True)
        self.equations_of.append([])
        return len(self.values) - 1

    def add_up(self, whole: int | None, parts: Iterable[int | None]) -> None:
        """State that groups without a common person make up a whole one, where that is so."""
        numbers = [part for part in parts if part is not None]
        if whole is not None and whole not in numbers:
            self._tie(dict.fromkeys(numbers, 1) | {whole: -1})

    def within(self, whole: int | None, part: int | None) -> int | None:
        """State that a group is part of another; return the rest, where that can be so."""
        if whole is None or part is None or whole == part or self.values[part] > self.values[whole]:
            return None
        rest = self.derived(self.values[whole] - self.values[part], self.whens[part])
        self._tie({part: 1, rest: 1, whole: -1})
        return rest

    def unite(self, whole: int | None, parts: Iterable[int | None]) -> int | None:
        """State that groups, which may have people in common, make up a whole one.

        Return how much the groups are more than the whole: who is in two counts once.
        """
        numbers = [part for part in parts if part is not None and part != whole]
        if whole is None or not numbers:
            return None
        twice = sum(self.values[part] for part in numbers) - self.values[whole]
        if len(numbers) == 1 and twice == 0:
            self._tie({numbers[0]: 1, whole: -1})
            return None
        for part in numbers:
            self.within(whole, part)
        if len(numbers) == 1 or twice < 0:
            return None
        common = self.derived(twice, self.whens[whole])
        self._tie(dict.fromkeys(numbers, 1) | {whole: -1, common: -1})
        return common

    def _tie(self, terms: dict[int, int]) -> None:
        """Add an equation; one that does not hold is none: something of it is not known."""
        if sum(self.values[number] * sign for number, sign in terms.items()) == 0:
            for number in terms:
                self.equations_of[number].append(len(self.equations))
            self.equations.append(terms)

    def hide(self, number: int) -> None:
        self.is_hidden[number] = True
