"""What sponsors reach, counted the plain way over an export."""

from collections.abc import Iterator
from datetime import date

from tests.support.plain.counts import Export, Row


class ExportWithReach(Export):
    """An export of which also the quarters are counted, whatever grain is asked for."""

    def _reached(self, period: date) -> set[str]:
        """Who did anything in a quarter, joining and leaving included."""
        end = self.after(period, "quarter")
        days = [(act.who, act.date) for act in self.acts]
        days += [(who, self._local_date(at)) for who, at in self.joined.items() if at]
        days += [(who, gone) for who, user in self.listed.items() if (gone := self._left(user))]
        return {who for who, day in days if period <= day < end}

    def reach(self, grain: str) -> Iterator[Row]:
        known: set[str] = set()
        before, was_complete = 0, False
        members = {period: total for period, _, _, total, _ in self.members("quarter")}
        active = self.active("quarter")
        for period in self._list_periods("quarter"):
            reached, is_complete = self._reached(period), self.is_complete(period, "quarter")
            change = len(reached) / before - 1 if before and was_complete and is_complete else None
            counts = members[period], *[len(reached)] * 3, len(active[period]), None, None
            yield period, *counts, len(reached - known), None, change, is_complete
            known |= reached
            before, was_complete = len(reached), is_complete

    def reach_by_source(self, grain: str) -> Iterator[Row]:
        for period, audience, reached, _, _, active, *_, is_complete in self.reach(grain):
            yield period, "slack", audience, reached, active, None, is_complete

    def reach_places(self, grain: str) -> Iterator[Row]:
        for period, _, reached, *_, is_complete in self.reach(grain):
            if reached:
                yield period, None, None, reached, 1, is_complete, reached
