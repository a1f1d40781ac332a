"""Quarters of a year, written as 2026-Q3."""

import re
from datetime import date
from typing import NamedTuple

from dashboard.report.errors import BadReportCall

_WRITTEN = re.compile(r"(\d{4})-?Q([1-4])", re.I)


class BadQuarter(BadReportCall):
    """What was written is no quarter; says how one is written."""


class Quarter(NamedTuple):
    """One quarter, from its first day to the first day after it."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter that a day is in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def start(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def end(self) -> date:
        return self.after(1).start

    def after(self, quarters: int) -> "Quarter":
        """The quarter that many later; earlier for a negative number."""
        year, number = divmod(self.year * 4 + self.number - 1 + quarters, 4)
        return Quarter(year, number + 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def quarter(words: str) -> Quarter:
    """The quarter that is written `2026-Q3`. Raises BadQuarter for anything else."""
    found = _WRITTEN.fullmatch(words.strip())
    if found is None or not 1 <= int(found[1]) < date.max.year:
        raise BadQuarter(f"{words!r} is no quarter. Write one like 2026-Q3")
    return Quarter(int(found[1]), int(found[2]))
