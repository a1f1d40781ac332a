"""What stands out, by plain rules over metrics; each note leads to the page that shows why."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from dashboard import text
from dashboard.components.headline import Headline
from dashboard.data import Row
from dashboard.sections.activity import absence

ENOUGH_OPENERS = 10
ENOUGH_PARTICIPATIONS = 20
MANY_POINTS = 0.15
FEW_PEOPLE = 3
MOST_CHANNELS = 3
# States of a source that somebody must do something about.
STATES = {
    "failed": "failed at its last attempt",
    "stale": "was not read for more than a day",
    "waiting": "waits: nothing of it was ever read",
}


class Note(NamedTuple):
    """One sentence as Markdown, and the page that it leads to."""

    text: str
    page: str


def sentence(active: Headline, new: Headline, back: Headline, answered: Headline) -> str:
    """What changed, as one or two plain sentences that say nothing the numbers do not."""
    if active.now is None:
        return "No period is over yet: the numbers below are what has come in so far."
    said = [
        f"{text.sentence(text.during(active.now['period'], active.grain))},"
        f" {text.plural(int(active.value or 0), 'person', 'people')} took part"
    ]
    if active.change:
        said[0] += f", {active.change_since}"
    if new.now is not None and new.value is not None:
        said[0] += f"; {text.count(new.value)} for the first time"
    if back.now is not None and back.value is not None:
        when = text.period(back.now["period"], back.grain)
        words = (f"newcomer of {when}", f"newcomers of {when}")
        part = text.share_of(back.value, back.whole, *words)
        said.append(f"{part} came back in the {back.grain} after{_than_before(back)}")
    if answered.value is not None and any(row[answered.column] for row in answered.rows):
        part = text.share_of(answered.value, answered.whole, "opener")
        said.append(f"{part} got an answer{_than_before(answered)}")
    return ". ".join(said) + "."


def _than_before(headline: Headline) -> str:
    if not headline.way or headline.before is None:
        return ""
    then = text.share(headline.value_before)
    more = "more" if headline.way > 0 else "fewer"
    return f", {more} than the {then} of the {headline.grain} before"


def of_channels(now: Collection[Row], before: Collection[Row], since: str) -> list[Note]:
    """Channels that answer much less, or fell silent, against the period before."""
    earlier = {(row["source"], row["channel"]): row for row in before}
    current = {(row["source"], row["channel"]): row for row in now}
    notes = [
        f"**{text.channel(row, now)}**: answers fell"
        f" from {text.share(earlier[key]['share_answered'])} to"
        f" {text.share(row['share_answered'])} {since}"
        for key, row in current.items()
        if key in earlier
        and min(row["openers"], earlier[key]["openers"]) >= ENOUGH_OPENERS
        and None not in (row["share_answered"], earlier[key]["share_answered"])
        and row["share_answered"] <= earlier[key]["share_answered"] - MANY_POINTS
    ]
    notes += [
        f"**{text.channel(row, before)}** fell silent {since}, after"
        f" {text.count(row['participations'])} contributions before"
        for key, row in earlier.items()
        if row["participations"] >= ENOUGH_PARTICIPATIONS and key not in current
    ]
    return [Note(note, "conversations") for note in notes[:MOST_CHANNELS]]


def of_people(lifecycle: Row, concentration: Row, when: str) -> list[Note]:
    """That more people fell silent than came, and that a few carry half of everything."""
    notes = []
    if lifecycle["dormant"] > lifecycle["came"]:
        quiet = text.plural(lifecycle["dormant"], "person", "people")
        came = text.count(lifecycle["came"])
        notes.append(f"{quiet} went quiet {when}; {came} came or came back")
    factor = concentration["absence_factor"]
    if factor is not None and factor <= FEW_PEOPLE:
        notes.append(absence(concentration))
    return [Note(note, "engagement") for note in notes]


def drifting(number: int) -> str:
    """How many regulars are drifting away."""
    regulars = text.plural(number, "regular is", "regulars are")
    return f"{regulars} silent for longer than usual for them"


def of_waiting(responses: Row) -> list[Note]:
    """That openers wait; not where nobody ever answers in a thread, which is a habit, not news."""
    if not responses["waiting"] or not responses["answered"]:
        return []
    one, many = "opener of the period waits", "openers of the period wait"
    waits = text.plural(responses["waiting"], one, many)
    return [Note(f"{waits} for an answer", "conversations")]


def of_sources(freshness: Iterable[Row]) -> list[Note]:
    """That a source is stale, failed or waits."""
    return [
        Note(f"{text.markdown(row['source'])} {STATES[row['state']]}", "data")
        for row in freshness
        if row["state"] in STATES
    ]
