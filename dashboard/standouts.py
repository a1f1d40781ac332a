"""What stands out, by plain rules over metrics; each note leads to the page that shows why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from dashboard import words
from dashboard.data import Row
from dashboard.facts import Fact

ENOUGH_OPENERS = 10
ENOUGH_PARTICIPATIONS = 20
MANY_POINTS = 0.15
FEW_PEOPLE = 3


@dataclass(frozen=True)
class Note:
    """One sentence as Markdown, and the page that it leads to."""

    text: str
    page: str


def sentence(active: Fact, new: Fact, back: Fact, answered: Fact) -> str:
    """What changed, as one or two plain sentences that say nothing the numbers do not."""
    if active.now is None:
        return "No period is over yet: the numbers below are what has come in so far."
    said = [
        f"{words.sentence(words.during(active.now['period'], active.grain))},"
        f" {words.plural(int(active.value or 0), 'person', 'people')} took part"
    ]
    if active.change:
        said[0] += f", {active.change_since}"
    if new.now is not None and new.value is not None:
        said[0] += f"; {words.count(new.value)} for the first time"
    said += [text for text in (_back(back), _answered(answered)) if text]
    return ". ".join(said) + "."


def _back(back: Fact) -> str:
    if back.now is None or back.value is None:
        return ""
    newcomers = f"the newcomers of {words.period(back.now['period'], back.grain)}"
    return (
        f"{words.share(back.value)} of {newcomers} came back in the {back.grain} after"
        f"{_than(back, 'more', 'fewer')}"
    )


def _answered(answered: Fact) -> str:
    if not any(answered.line):
        return ""
    return (
        f"{words.share(answered.value)} of the openers got an answer"
        f"{_than(answered, 'more', 'fewer')}"
    )


def _than(fact: Fact, more: str, fewer: str) -> str:
    if not fact.way or fact.before is None:
        return ""
    then = words.share(fact.value_before)
    return f", {more if fact.way > 0 else fewer} than the {then} of the {fact.grain} before"


def of_channels(now: Collection[Row], before: Collection[Row], since: str) -> list[Note]:
    """Channels that answer much less, or fell silent, against the period before."""
    earlier = {(row["source"], row["channel"]): row for row in before}
    current = {(row["source"], row["channel"]): row for row in now}
    notes = []
    for key, row in current.items():
        old = earlier.get(key)
        if old is None or min(row["openers"], old["openers"]) < ENOUGH_OPENERS:
            continue
        if row["share_answered"] <= old["share_answered"] - MANY_POINTS:
            notes.append(
                f"**{words.channel(row, now)}**: answers fell"
                f" from {words.share(old['share_answered'])} to"
                f" {words.share(row['share_answered'])} {since}"
            )
    for key, old in earlier.items():
        if old["participations"] >= ENOUGH_PARTICIPATIONS and key not in current:
            said = words.count(old["participations"])
            notes.append(
                f"**{words.channel(old, before)}** fell silent {since}, after {said} contributions"
                " before"
            )
    return [Note(text, "conversations") for text in notes[:3]]


def of_concentration(row: Row) -> list[Note]:
    """That a few people carry half of everything."""
    if row["absence_factor"] is None or row["absence_factor"] > FEW_PEOPLE:
        return []
    return [Note(absence(row), "engagement")]


def absence(row: Row) -> str:
    """What the absence factor means."""
    number = row["absence_factor"]
    people = "most active person" if number == 1 else f"{words.count(number)} most active people"
    return f"If the {people} left, half of all contributions would be gone"


def of_lifecycle(row: Row, when: str) -> list[Note]:
    """That more people fell silent than came."""
    if row["dormant"] <= row["new"] + row["resurrected"]:
        return []
    came = words.count(row["new"] + row["resurrected"])
    quiet = words.plural(row["dormant"], "person", "people")
    return [Note(f"{quiet} went quiet {when}; {came} came or came back", "engagement")]


def of_drifting(rows: list[Row]) -> list[Note]:
    """That regulars are silent for longer than is usual for them."""
    if not rows:
        return []
    regulars = words.plural(len(rows), "regular is", "regulars are")
    return [Note(f"{regulars} silent for longer than usual for them", "retention")]


def of_waiting(responses: Iterable[Row]) -> list[Note]:
    """That openers wait; not where nobody ever answers in a thread, which is a habit, not news."""
    rows = list(responses)
    waiting = sum(row["openers"] - row["answered"] for row in rows)
    if not waiting or not any(row["answered"] for row in rows):
        return []
    waits = words.plural(waiting, "opener of the period waits", "openers of the period wait")
    return [Note(f"{waits} for an answer", "conversations")]


def of_events(announced: str) -> list[Note]:
    """The next event, announced as Markdown; "" where none is near."""
    return [Note(f"Next event: {announced}", "events")] if announced else []


def of_sources(freshness: Iterable[Row]) -> list[Note]:
    """That a source is stale or failed."""
    return [
        Note(
            f"{words.markdown(row['source'])} "
            + (
                "failed at its last attempt" if row["last_error"] else "is behind the other sources"
            ),
            "data",
        )
        for row in freshness
        if row["is_stale"]
    ]
