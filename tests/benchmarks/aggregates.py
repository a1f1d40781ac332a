"""What sponsors may see of a network: which cells are hidden, at ten times the events."""

import random
from collections.abc import Iterator

from tests.benchmarks.measure import Row, compared, spent_on
from tests.warehouse.aggregates.made_up import MadeUp
from warehouse.aggregates.suppression import hidden_cells

QUARTERS = 40
TIMES = 10
# As much work for each event, and a half more.
MOST = 1.5 * TIMES
MOST_ON_A_LIST = 60


def rows(events: int = 10_000, sponsorships: int = 200) -> Iterator[Row]:
    """CPU seconds of judging all tables of a network together, against a tenth of it."""
    small, large = (spent_on_hiding(events // times, sponsorships // times) for times in (TIMES, 1))
    what = f"hiding cells of {events:,} events and {sponsorships} sponsorships, of a tenth's"
    yield compared(what, "{:.2f} s", large, small, at_most=MOST)


def spent_on_hiding(events: int, sponsorships: int) -> float:
    """CPU seconds for a made-up network; one sponsorship is for everything."""
    rng = random.Random(7)
    network = MadeUp.at_random(7, events // 50, QUARTERS, events)
    for event in network.events:
        listed = set(rng.sample(sorted(event.rsvps), min(len(event.rsvps), MOST_ON_A_LIST)))
        event.rsvps = {number: event.rsvps[number] for number in listed}
        event.came &= listed
    ids = [event.id for event in network.events]
    network.sponsored = [
        (f"Sponsor {number % 50}", sorted(rng.sample(ids, min(len(ids), 1 + number % 30))))
        for number in range(sponsorships - 1)
    ]
    network.sponsored.append(("Everything", ids))
    tables = network.tables()
    return spent_on(lambda: hidden_cells(tables))
