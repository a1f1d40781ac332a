"""Headlines: the newest finished period of a metric against the finished period before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dashboard import words
from dashboard.data import Row
from warehouse.query import Selection


@dataclass(frozen=True)
class Fact:
    """A number of the newest finished period, and of the finished period just before it.

    `note` stands below it; `selection` is what the rows were asked with, where not by the filters.
    """

    label: str
    metric: str
    column: str
    unit: str
    good: str
    grain: str
    rows: tuple[Row, ...] = ()
    now: Row | None = None
    before: Row | None = None
    running: Row | None = None
    note: str = ""
    selection: Selection | None = None

    @property
    def value(self) -> float | None:
        return self.now[self.column] if self.now else None

    @property
    def value_before(self) -> float | None:
        return self.before[self.column] if self.before else None

    @property
    def change(self) -> str:
        """The change in words; "" where there is nothing to compare."""
        return words.change(self.value, self.value_before, self.unit)

    @property
    def change_since(self) -> str:
        """The change, and what it is measured against: up 9% on September 2026."""
        if not self.change or self.before is None:
            return ""
        first = self.before["period"]
        if self.change == "no change":
            return f"as many as {words.during(first, self.grain)}"
        if " from " in self.change:
            return f"{self.change} {words.during(first, self.grain)}"
        return f"{self.change} on {words.period(first, self.grain)}"

    @property
    def way(self) -> int:
        """1 up, -1 down, 0 where a reader would see no difference."""
        return words.way(self.value, self.value_before, self.unit)

    @property
    def is_better(self) -> bool | None:
        """Whether the change is good; None where there is none, or it is neither."""
        if not self.way or self.good == "neutral":
            return None
        return (self.way > 0) == (self.good == "up")

    @property
    def line(self) -> list[float]:
        """The known values of the finished periods, oldest first."""
        values = (row[self.column] for row in self.rows if row.get("is_complete"))
        return [value for value in values if value is not None]


def headline(
    rows: Iterable[Row], label: str, metric: str, column: str, unit: str, good: str, grain: str
) -> Fact:
    """The newest finished period of rows with `period` and `is_complete`, and the one before."""
    known = tuple(rows)
    at = next((i for i in reversed(range(len(known))) if known[i]["is_complete"]), None)
    before = known[at - 1] if at and known[at - 1]["is_complete"] else None
    last = known[-1] if known else None
    return Fact(
        label=label,
        metric=metric,
        column=column,
        unit=unit,
        good=good,
        grain=grain,
        rows=known,
        now=None if at is None else known[at],
        before=before,
        running=last if last and not last["is_complete"] else None,
    )


def with_completeness(rows: Iterable[Row], periods: Iterable[Row]) -> list[Row]:
    """Rows that have a period, marked unfinished where their period is."""
    complete = {row["period"]: row["is_complete"] for row in periods}
    return [row | {"is_complete": complete.get(row["period"], True)} for row in rows]


def returned(rows: Iterable[Row]) -> list[Row]:
    """Retention's cells of age 1, dated with the cohort, for a headline."""
    return [row | {"period": row["cohort"]} for row in rows if row["age"] == 1]


def all_sources(rows: Iterable[Row]) -> list[Row]:
    """First responses of all sources together: counts add up, shares follow, medians do not."""
    totals: dict[date, Row] = {}
    for row in rows:
        total = totals.setdefault(
            row["period"],
            {"period": row["period"], "openers": 0, "answered": 0, "is_complete": True},
        )
        total["openers"] += row["openers"]
        total["answered"] += row["answered"]
        total["is_complete"] &= row.get("is_complete", True)
    return [
        total
        | {"share_answered": total["answered"] / total["openers"] if total["openers"] else None}
        for total in totals.values()
    ]


def largest(rows: Iterable[Row], by: str, weight: str) -> str | None:
    """The value of a column that carries most of a weight: the source with most openers."""
    totals: dict[str, float] = {}
    for row in rows:
        totals[row[by]] = totals.get(row[by], 0) + (row[weight] or 0)
    return max(sorted(totals), key=totals.__getitem__) if totals else None


def waiting(rows: Iterable[Row]) -> int:
    """How many openers of first responses nobody answered."""
    return sum(row["openers"] - row["answered"] for row in rows)
