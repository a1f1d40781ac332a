"""Headlines: a number of the newest finished period, and of the finished period before it."""

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard import text
from dashboard.data import Row
from warehouse.query import Selection, catalogue


@dataclass(frozen=True)
class Headline:
    """A number of the newest finished period, and of the finished period just before it.

    `note` stands below it; `selection` is what the rows were asked with, where not by the filters.
    A share of few is told as a count, and compared with nothing.
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
    def whole(self) -> float | None:
        """What the value is a share of; None where it is none."""
        return self.now[self._whole] if self.now and self._whole else None

    def said(self, row: Row) -> str:
        """The number of a row in words: 412, 56%, 1 of 4."""
        if self._whole:
            return text.share_of(row[self.column], row[self._whole])
        return text.number(row[self.column], self.unit)

    @property
    def is_comparable(self) -> bool:
        """Whether the value may be held against the one before: not where one is a share of few."""
        return not any(self._is_few(row) for row in (self.now, self.before) if row)

    def _is_few(self, row: Row) -> bool:
        return self._whole is not None and text.is_few(row[self._whole])

    @property
    def _whole(self) -> str | None:
        """The column that the value is a share of; None where it is none."""
        return catalogue()[self.metric].shares.get(self.column)

    @property
    def change(self) -> str:
        """The change in words; "" where there is nothing to compare."""
        if not self.is_comparable:
            return ""
        return text.change(self.value, self.value_before, self.unit)

    @property
    def change_since(self) -> str:
        """The change, and what it is measured against: up 9% on September 2026."""
        if not self.change or self.before is None:
            return ""
        first = self.before["period"]
        then = text.during(first, self.grain)
        if self.change == "no change":
            return f"as many as {then}"
        if " from " in self.change:
            return f"{self.change} {then}"
        return f"{self.change} on {text.period(first, self.grain)}"

    @property
    def way(self) -> int:
        """1 up, -1 down, 0 where a reader would see no difference."""
        if not self.is_comparable:
            return 0
        return text.way(self.value, self.value_before, self.unit)

    @property
    def is_better(self) -> bool | None:
        """Whether the change is good; None where there is none, or it is neither."""
        if not self.way or self.good == "neutral":
            return None
        return (self.way > 0) == (self.good == "up")

    @property
    def line(self) -> list[float]:
        """The known values of the finished periods, oldest first; none that is a share of few."""
        finished = (row for row in self.rows if row.get("is_complete") and not self._is_few(row))
        return [row[self.column] for row in finished if row[self.column] is not None]


def headline(
    rows: Iterable[Row], label: str, metric: str, column: str, unit: str, good: str, grain: str
) -> Headline:
    """The newest finished period of rows with `period` and `is_complete`, and the one before."""
    known = tuple(rows)
    at = next((i for i in reversed(range(len(known))) if known[i]["is_complete"]), None)
    before = known[at - 1] if at and known[at - 1]["is_complete"] else None
    last = known[-1] if known else None
    now = None if at is None else known[at]
    running = last if last and not last["is_complete"] else None
    return Headline(label, metric, column, unit, good, grain, known, now, before, running)


def newest_finished(rows: Iterable[Row]) -> Row | None:
    """The newest row of a finished period, of rows by period."""
    finished = [row for row in rows if row["is_complete"]]
    return finished[-1] if finished else None
