"""What a sponsor's session is given, and nothing else: aggregates, of sponsorships its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard import access
from dashboard.roles import Viewer
from dashboard.shared import OpenedOnce
from warehouse.aggregates import Aggregates, current

_opened = OpenedOnce(Aggregates)


@dataclass(frozen=True)
class SponsorView:
    """What a sponsor's session is given: the aggregates, and which sponsors it may see."""

    aggregates: Aggregates
    sponsors: tuple[str, ...]

    @property
    def as_of(self) -> datetime:
        """When it was published, UTC."""
        return self.aggregates.as_of

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A table's rows; of sponsorships, their events included, those of the own sponsors."""
        rows = self.aggregates.rows(table)
        if table == "sponsorships":
            return [row for row in rows if row["sponsor"] in self.sponsors]
        if table == "sponsored_events":
            own = {row["number"] for row in self.rows("sponsorships")}
            return [row for row in rows if row["number"] in own]
        return rows


def given_to(viewer: Viewer) -> SponsorView:
    """What a sponsor or a visitor is given. Raises NoAggregates where nothing was published."""
    return SponsorView(_opened.at(current(access.warehouse())), viewer.sponsors)
