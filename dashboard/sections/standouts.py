"""What stands out, by plain rules over metrics; each note leads to the page that shows why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from dashboard import text
from dashboard.components.headline import Headline
from dashboard.data import Row
from dashboard.sections.activity import absence

ENOUGH_OPENERS = 10
ENOUGH_PARTICIPATIONS = 20
MANY_POINTS = 0.15
FEW_PEOPLE = 3
MOST_CHANNELS = 3


@dataclass(frozen=True)
class Note:
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
    said += [part for part in (_back(back), _answered(answered)) if part]
    return ". ".join(said) + "."


def _back(back: Headline) -> str:
    if back.now is None or back.value is None:
        return ""
    newcomers = f"the newcomers of {text.period(back.now['period'], back.grain)}"
    return (
        f"{text.share(back.value)} of {newcomers} came back in the {back.grain} after"
        f"{_than(back, 'more', 'fewer')}"
    )


def _answered(answered: Headline) -> str:
    if not any(answered.line):
        return ""
    return (
        f"{text.share(answered.value)} of the openers got an answer"
        f"{_than(answered, 'more', 'fewer')}"
    )


def _than(headline: Headline, more: str, fewer: str) -> str:
    if not headline.way or headline.before is None:
        return ""
    then = text.share(headline.value_before)
    return f", {more if headline.way > 0 else fewer} than the {then} of the {headline.grain} before"


def of_channels(now: Collection[Row], before: Collection[Row], since: str) -> list[Note]:
    """Channels that answer much less, or fell silent, against the period before."""
    earlier = {(row["source"], row["channel"]): row for row in before}
    current = {(row["source"], row["channel"]): row for row in now}
    notes = [
        f"**{text.channel(row, now)}**: answers fell"
        f" from {text.share(earlier[key]['share_answered'])} to"
        f" {text.share(row['share_answered'])} {since}"
        for key, row in current.items()
        if key in earlier and _answers_fell(row, earlier[key])
    ]
    notes += [
        f"**{text.channel(row, before)}** fell silent {since}, after"
        f" {text.count(row['participations'])} contributions before"
        for key, row in earlier.items()
        if row["participations"] >= ENOUGH_PARTICIPATIONS and key not in current
    ]
    return [Note(note, "conversations") for note in notes[:MOST_CHANNELS]]


def _answers_fell(now: Row, before: Row) -> bool:
    if min(now["openers"], before["openers"]) < ENOUGH_OPENERS:
        return False
    fell: bool = now["share_answered"] <= before["share_answered"] - MANY_POINTS
    return fell


def of_concentration(row: Row) -> list[Note]:
    """That a few people carry half of everything."""
    if row["absence_factor"] is None or row["absence_factor"] > FEW_PEOPLE:
        return []
    return [Note(absence(row), "engagement")]


def of_lifecycle(row: Row, when: str) -> list[Note]:
    """That more people fell silent than came, of a period with its totals."""
    if row["dormant"] <= row["came"]:
        return []
    quiet = text.plural(row["dormant"], "person", "people")
    came = text.count(row["came"])
    return [Note(f"{quiet} went quiet {when}; {came} came or came back", "engagement")]


def of_drifting(number: int) -> list[Note]:
    """That regulars are silent for longer than is usual for them."""
    return [Note(drifting(number), "retention")] if number else []


def drifting(number: int) -> str:
    """How many regulars are drifting away."""
    regulars = text.plural(number, "regular is", "regulars are")
    return f"{regulars} silent for longer than usual for them"


def of_waiting(responses: Row) -> list[Note]:
    """That openers wait; not where nobody ever answers in a thread, which is a habit, not news."""
    if not responses["waiting"] or not responses["answered"]:
        return []
    waits = text.plural(
        responses["waiting"], "opener of the period waits", "openers of the period wait"
    )
    return [Note(f"{waits} for an answer", "conversations")]


def of_events(announced: str) -> list[Note]:
    """The next event, announced as Markdown; "" where none is near."""
    return [Note(f"Next event: {announced}", "events")] if announced else []


def of_sources(freshness: Iterable[Row]) -> list[Note]:
    """That a source is stale or failed."""
    states = {True: "failed at its last attempt", False: "is behind the other sources"}
    return [
        Note(f"{text.markdown(row['source'])} {states[bool(row['last_error'])]}", "data")
        for row in freshness
        if row["is_stale"]
    ]
