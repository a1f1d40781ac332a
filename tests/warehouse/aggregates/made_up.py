"""Made-up communities of few people, counted by hand: fast enough to try many."""

import random
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

QUARTERS = [date(2014 + number // 4, number % 4 * 3 + 1, 1) for number in range(40)]
SOURCES = ("github", "meetup", "slack")
COUNTRIES = {"Lagos": ("Africa", "NG"), "Berlin": ("Europe", "DE")}
Rows = list[dict[str, Any]]


@dataclass
class Person:
    """One person: when they joined which list, what they did, where they live."""

    number: int
    joined: dict[str, int] = field(default_factory=dict)
    group: str | None = None
    reached: set[tuple[int, str]] = field(default_factory=set)
    active: set[tuple[int, str]] = field(default_factory=set)
    followed: bool = False


@dataclass
class Event:
    """One event: its quarter and group, and what each person said and did."""

    id: str
    quarter: int
    group: str
    is_checked_in: bool
    rsvps: dict[int, str] = field(default_factory=dict)
    came: set[int] = field(default_factory=set)


@dataclass
class MadeUp:
    """A community, its events, and the events that each sponsorship is for."""

    people: list[Person]
    events: list[Event]
    quarters: int
    sponsored: list[tuple[str, list[str]]]
    suggestions: int = 0

    @classmethod
    def at_random(cls, seed: int, people: int, quarters: int, events: int) -> "MadeUp":
        rng = random.Random(seed)
        found = cls(
            [_person(rng, number, quarters) for number in range(people)],
            [
                Event(
                    f"meetup:{number}",
                    rng.randrange(quarters),
                    rng.choice(list(COUNTRIES)),
                    rng.random() < 0.7,
                )
                for number in range(events)
            ],
            quarters,
            [],
            rng.choice([0, 0, 1, 7]),
        )
        for event in found.events:
            liking = rng.choice([0.2, 0.5, 0.9])
            for person in found.people:
                if "meetup" in person.joined and rng.random() < liking:
                    _answer(rng, event, person)
        ids = [event.id for event in found.events]
        for sponsor in ("Acme", "Birch", "Acme"):
            found.sponsored.append((sponsor, sorted(rng.sample(ids, rng.randint(0, len(ids))))))
        if ids:
            found.sponsored.append(("Cedar", found.sponsored[0][1][:1]))
        return found

    def tables(self, least: int = 5) -> dict[str, pa.Table]:
        """What `collect` would give of it, as far as suppression reads it."""
        rows: dict[str, Rows] = {
            "community": [{"min_group_size": least}],
            "reach": [],
            "reach_by_source": [
                self._by_source(q, source) for q in range(self.quarters) for source in SOURCES
            ],
            "overlap": [row for q in range(self.quarters) for row in self._overlap(q)],
            "reach_places": [row for q in range(self.quarters) for row in self._places(q)],
            "chapters": [
                self._chapter(q, group) for q in range(self.quarters) for group in COUNTRIES
            ],
            "events": self._events(),
            "sponsorships": [self._sponsorship(number) for number in range(len(self.sponsored))],
            "sponsored_events": [
                {"number": number, "event_id": id}
                for number, (_, ids) in enumerate(self.sponsored)
                for id in ids
            ],
            "basis": [self._basis()],
        }
        last, ever = 0, set[int]()
        for q in range(self.quarters):
            row = self._reach(q, ever)
            row["change_reached"] = row["reached"] / last - 1 if last else None
            rows["reach"].append(row)
            last = row["reached"]
            ever |= self._all(q, "reached")
        return {
            name: pa.Table.from_pylist(found) if found else pa.table({})
            for name, found in rows.items()
        }

    def _in_order(self) -> list[Event]:
        return sorted(self.events, key=lambda event: (event.quarter, event.id))

    def _held(self, q: int, group: str | None = None) -> list[Event]:
        return [e for e in self.events if e.quarter == q and group in (None, e.group)]

    def _listed(self, q: int) -> set[int]:
        return {number for event in self._held(q) for number in event.rsvps}

    def _came(self, q: int, group: str | None = None) -> set[int]:
        return {number for event in self._held(q, group) for number in event.came}

    def _on(self, q: int, source: str, what: str) -> set[int]:
        """Who is in the audience, reached or active on a source."""
        if what == "audience":
            return {p.number for p in self.people if p.joined.get(source, 99) <= q}
        found = {p.number for p in self.people if (q, source) in getattr(p, what)}
        if what == "reached":
            found |= {p.number for p in self.people if p.joined.get(source) == q}
        if source == "meetup":
            found |= self._listed(q) if what == "reached" else self._came(q)
        return found

    def _all(self, q: int, what: str) -> set[int]:
        return set().union(*(self._on(q, source, what) for source in SOURCES))

    def _reach(self, q: int, before: set[int]) -> dict[str, Any]:
        reached = self._all(q, "reached")
        return {
            "period": QUARTERS[q],
            "audience": len(self._all(q, "audience")),
            "reached": len(reached),
            "reached_low": max(len(reached) - self.suggestions, min(1, len(reached))),
            "reached_high": sum(len(self._on(q, source, "reached")) for source in SOURCES),
            "active": len(self._all(q, "active")),
            "attendees": len(self._came(q)),
            "new_people": len(reached - before),
        }

    def _by_source(self, q: int, source: str) -> dict[str, Any]:
        return {
            "period": QUARTERS[q],
            "source": source,
            "audience": None if source == "github" else len(self._on(q, source, "audience")),
            "reached": len(self._on(q, source, "reached")),
            "active": len(self._on(q, source, "active")),
            "attendees": len(self._came(q)) if source == "meetup" else None,
        }

    def _overlap(self, q: int) -> Rows:
        on = {source: self._on(q, source, "reached") for source in SOURCES}
        return _counted(
            self._all(q, "reached"),
            lambda number: ("+".join(source for source in SOURCES if number in on[source]),),
            {"period": QUARTERS[q]},
            ["sources"],
        )

    def _places(self, q: int) -> Rows:
        where = {p.number: COUNTRIES.get(p.group or "", (None, None)) for p in self.people}
        reached = self._all(q, "reached")
        own = {"period": QUARTERS[q], "reached_everywhere": len(reached)}
        rows = _counted(reached, lambda number: where[number], own, ["region", "country"])
        return [row | {"share": row["reached"] / len(reached)} for row in rows]

    def _chapter(self, q: int, group: str) -> dict[str, Any]:
        events = self._held(q, group)
        return {
            "period": QUARTERS[q],
            "source": "meetup",
            "group": group,
            "group_id": group,
            "events": len(events),
            "yes": sum(list(e.rsvps.values()).count("yes") for e in events),
            "attendees": len(self._came(q, group)),
            "audience": len(self._members(q, group)),
        }

    def _members(self, q: int, group: str) -> list[Person]:
        return [p for p in self.people if p.group == group and p.joined["meetup"] <= q]

    def _events(self) -> Rows:
        rows, ever, visitors = [], set[int](), {n for event in self.events for n in event.came}
        newcomers: dict[int, list[Person]] = {}
        for person in self.people:
            if person.number not in visitors:
                first = min(person.joined.values(), default=-1)
                newcomers.setdefault(first, []).append(person)
        for event in self._in_order():
            rows.append(self._event(event, ever, newcomers.get(event.quarter, [])))
            ever |= event.came
        return rows

    def _event(self, event: Event, earlier: set[int], newcomers: list[Person]) -> dict[str, Any]:
        answers = list(event.rsvps.values())
        walk_ins = len([n for n in event.came if event.rsvps[n] != "yes"])
        yes, attended = answers.count("yes"), len(event.came)
        followed = len([number for number in event.came if self.people[number].followed])
        compared = len([p for p in newcomers if p.followed])
        came = (attended - walk_ins) / yes if event.is_checked_in and yes else None
        return {
            "period": QUARTERS[event.quarter],
            "event_id": event.id,
            "source": "meetup",
            "group": event.group,
            "group_id": event.group,
            "starts_at": datetime.combine(QUARTERS[event.quarter], time()) + timedelta(days=31),
            "invited": len(self._members(event.quarter, event.group)),
            "yes": yes,
            "no": answers.count("no"),
            "waitlist": answers.count("waitlist"),
            "attended": attended,
            "walk_ins": walk_ins if event.is_checked_in else None,
            "attendance_basis": "checked_in" if event.is_checked_in else "rsvp",
            "show_rate": came,
            "no_show_rate": None if came is None else 1 - came,
            "first_timers": len(event.came - earlier),
            "returning": len(event.came & earlier),
            "followed": followed,
            "follow_share": followed / attended if attended else None,
            "comparison_share": compared / len(newcomers) if newcomers else None,
            "comparison_persons": len(newcomers),
            "listed": len(event.rsvps),
        }

    def _sponsorship(self, number: int) -> dict[str, Any]:
        sponsor, ids = self.sponsored[number]
        wanted = set(ids)
        events = [event for event in self.events if event.id in wanted]
        confirmed = set().union(*(event.came for event in events if event.is_checked_in))
        return {
            "number": number,
            "sponsor": sponsor,
            "period": QUARTERS[0],
            "to_date": date(2024, 1, 1),
            "amount": 100.0,
            "confirmed_attendees": len(confirmed),
            "cost_per_confirmed": 100 / len(confirmed) if confirmed else None,
            "reached": len(set().union(*(event.rsvps for event in events))),
            "sources": [],
            "is_of_sources": False,
        }

    def _basis(self) -> dict[str, Any]:
        accounts = sum(len(_sources_of(p)) for p in self.people)
        ever = set().union(*(self._all(q, "reached") for q in range(self.quarters)))
        quiet = sum(p.number not in ever and bool(_sources_of(p)) for p in self.people)
        return {
            "activities": 100,
            "check_ins": sum(len(e.rsvps) for e in self.events if e.is_checked_in),
            "accounts": accounts,
            "joined_accounts": accounts - len(ever) - quiet,
            "forgotten": 0,
        }


def _person(rng: random.Random, number: int, quarters: int) -> Person:
    person = Person(number, followed=rng.random() < 0.5)
    for source in SOURCES:
        if rng.random() < 0.5:
            if source != "github":
                person.joined[source] = rng.choice([0, 0, 0, *range(quarters)])
            for q in range(person.joined.get(source, 0), quarters):
                done = rng.random()
                if source != "meetup" and done < 0.6:
                    person.reached.add((q, source))
                    if done < 0.4:
                        person.active.add((q, source))
    if "meetup" in person.joined:
        person.group = rng.choice([*COUNTRIES, *COUNTRIES, "Lagos"])
    return person


def _answer(rng: random.Random, event: Event, person: Person) -> None:
    rsvp = rng.choice(["yes", "yes", "yes", "no", "waitlist", "none"])
    event.rsvps[person.number] = rsvp
    if rsvp == "yes" and (not event.is_checked_in or rng.random() < 0.7):
        event.came.add(person.number)
    if rsvp == "none" and event.is_checked_in:
        event.came.add(person.number)


def _sources_of(person: Person) -> set[str]:
    return {*person.joined, *(source for _, source in person.reached)}


def _counted(
    numbers: Iterable[int],
    key: Callable[[int], tuple[Any, ...]],
    own: dict[str, Any],
    names: Collection[str],
) -> Rows:
    counts: dict[tuple[Any, ...], int] = {}
    for number in numbers:
        counts[key(number)] = counts.get(key(number), 0) + 1
    return [
        own | dict(zip(names, values, strict=True)) | {"reached": count}
        for values, count in sorted(counts.items(), key=str)
    ]
