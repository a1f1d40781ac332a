"""The facts of a landed record; what cannot be read or cannot have happened is left out.

Nothing is counted that is dated after it was landed, or before its platform existed. A record that
cannot be read is left out as well, so that what is landed can always be built.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from typing import Any, TypeVar

from msgspec.structs import asdict, astuple, replace

from connectors.base import BAD_CONTENT, Changed, Connector
from connectors.model import (
    Account,
    Activity,
    Attendance,
    Clue,
    Event,
    Fact,
    Group,
    Join,
    LeftOut,
    Record,
    UnnamedActivities,
    WorkItem,
)
from connectors.privacy import HashPrivate
from connectors.pseudonyms import KINDS, hidden
from connectors.timestamps import DAY_MICROSECONDS, SECOND_MICROSECONDS, microseconds

FactT = TypeVar("FactT", bound=Fact)

VERSION = 3
NOT_READABLE = "not readable"
TOO_LONG = "an id that is too long"
IN_THE_FUTURE = "dated in the future"
TOO_OLD = "dated before its platform existed"

# What a clock that is a little fast dates so far ahead happened when it was landed.
SKEW = 3_600 * SECOND_MICROSECONDS
# No event is announced longer before.
MOST_AHEAD = 3_650 * DAY_MICROSECONDS
END_OF_TIME = microseconds(datetime(9000, 1, 1, tzinfo=UTC))
LARGEST = 2**63 - 1
ENDS_OF_WORK = ("closed_at", "merged_at")
# No id is longer. Of a name that is longer so much is kept.
MOST_CHARACTERS, MOST_SHOWN = 10_000, 200
LINKS = ("url", "ref")


def facts_of(platform: type[Connector[Any]], source: str, record: Record) -> Iterator[Fact]:
    """Yield the facts of a record, and a LeftOut with its reason in place of one that cannot be.

    Where another time of a fact than its main one cannot be, that time is unknown; but what is said
    to have ended has, at the nearest time that can be.
    """
    earliest = _earliest(platform)
    latest = END_OF_TIME if record.landed_at is None else record.landed_at
    try:
        found = platform.normalize(source, record)
        possible = [_possible(fact, earliest, latest) for fact in found]
    except (Changed, *BAD_CONTENT):
        possible = [LeftOut(NOT_READABLE)]
    is_long = len(record.payload) > MOST_CHARACTERS
    yield from map(_shortened, possible) if is_long else possible


def hidden_facts_of(
    platform: type[Connector[Any]], hide: HashPrivate, source: str, record: Record
) -> Iterator[Fact]:
    """Yield the facts of a record; `hide` hashes the pseudonyms in their ids once more."""
    texts = (record.key, record.payload)
    is_in_ids = any(f"{kind}:" in text for kind in KINDS for text in texts)
    for fact in facts_of(platform, source, record):
        yield _hidden(fact, hide) if is_in_ids or isinstance(fact, Clue) else fact


def _hidden(fact: Fact, hide: HashPrivate) -> Fact:
    texts = {name: value for name, value in asdict(fact).items() if isinstance(value, str)}
    return replace(fact, **{name: hidden(hide, text) for name, text in texts.items()})


@cache
def _earliest(platform: type[Connector[Any]]) -> int:
    return microseconds(datetime.combine(platform.began_on, time(), UTC))


def _possible(fact: Fact, earliest: int, latest: int) -> Fact:
    if isinstance(fact, Activity | UnnamedActivities):
        return _dated(fact, "occurred_at", earliest, latest)
    if isinstance(fact, Join):
        return _dated(fact, "joined_at", earliest, latest)
    if isinstance(fact, WorkItem):
        ends = {name: _within(getattr(fact, name), earliest, latest) for name in ENDS_OF_WORK}
        return _dated(replace(fact, **ends), "opened_at", earliest, latest)
    if isinstance(fact, Account):
        return replace(
            fact,
            first_seen_at=min(max(fact.first_seen_at, earliest), latest),
            stated_joined_at=_known(fact.stated_joined_at, earliest, latest),
            profile_joined_at=_known(fact.profile_joined_at, earliest, latest),
            left_at=_within(fact.left_at, earliest, latest),
        )
    if isinstance(fact, Attendance):
        asked = _known(fact.rsvp_at, earliest, latest)
        over = _within(fact.superseded_at, earliest, latest)
        return _counted(replace(fact, rsvp_at=asked, superseded_at=over))
    if isinstance(fact, Event):
        latest += MOST_AHEAD
        ends_at = _known(fact.ends_at, earliest, latest)
        return _counted(_dated(replace(fact, ends_at=ends_at), "starts_at", earliest, latest))
    if isinstance(fact, Group):
        return _counted(replace(fact, founded_at=_known(fact.founded_at, earliest, latest)))
    return _counted(fact)


def _dated(fact: FactT, name: str, earliest: int, latest: int) -> FactT | LeftOut:
    """Return the fact if its time can be; a clock that is a little fast means the latest time."""
    moment = getattr(fact, name)
    if earliest <= moment <= latest:
        return fact
    if moment < earliest:
        return LeftOut(TOO_OLD)
    return replace(fact, **{name: latest}) if moment <= latest + SKEW else LeftOut(IN_THE_FUTURE)


def _known(moment: int | None, earliest: int, latest: int) -> int | None:
    return moment if moment is not None and earliest <= moment <= latest else None


def _within(moment: int | None, earliest: int, latest: int) -> int | None:
    """Return the nearest time that can be of something that has happened; None: it has not."""
    return None if moment is None else min(max(moment, earliest), latest)


def _counted(fact: FactT) -> FactT | LeftOut:
    """Return the fact unless one of its numbers is larger than any column."""
    values = astuple(fact)
    if any(isinstance(value, int) and abs(value) > LARGEST for value in values):
        return LeftOut(NOT_READABLE)
    return fact


def _shortened(fact: Fact) -> Fact:
    """Return the fact without links that are too long, and with its names cut to what is shown.

    An id that was cut would be another's: a fact with such an id is left out.
    """
    long: dict[str, str | None] = {}
    for name, value in asdict(fact).items():
        if isinstance(value, str) and len(value) > MOST_CHARACTERS:
            if name.endswith("_id"):
                return LeftOut(TOO_LONG)
            long[name] = None if name in LINKS else value[:MOST_SHOWN]
    return replace(fact, **long) if long else fact
