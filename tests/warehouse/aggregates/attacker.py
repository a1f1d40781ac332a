"""A clever sponsor with a solver: every published number, and every sum that must hold.

What follows is written from what the tables mean, and not from how they are suppressed. `Attack`
asks for each small group, published or not, whether another whole number of people would fit as
well to all that is published.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Rows = list[dict[str, Any]]
Sum = dict[tuple[Any, ...], float]
MOST = 200.0  # people

REACH = ("audience", "reached", "reached_low", "reached_high", "active", "attendees", "new_people")
BY_SOURCE = ("audience", "reached", "active", "attendees")
EVENT = (
    *("invited", "yes", "no", "waitlist", "attended", "walk_ins"),
    *("first_timers", "returning", "followed"),
)


def plus(*terms: tuple[Any, ...] | Sum) -> Sum:
    found: Sum = defaultdict(float)
    for term in terms:
        for key, times in (term if isinstance(term, dict) else {term: 1.0}).items():
            found[key] += times
    return dict(found)


def minus(whole: tuple[Any, ...] | Sum, part: tuple[Any, ...] | Sum) -> Sum:
    return plus(whole, {key: -times for key, times in plus(part).items()})


class Attack:
    """All that a sponsor knows of some tables; `truth` has the same rows, nothing hidden."""

    def __init__(self, shown: Mapping[str, Rows], truth: Mapping[str, Rows], least: int) -> None:
        self.shown, self.truth, self.least = shown, truth, least
        self.true: dict[tuple[Any, ...], float] = {}
        self.bounds: dict[tuple[Any, ...], tuple[float, float]] = {}
        self.at_least: list[tuple[Sum, float]] = []  # such a sum is at least this
        self.equal: list[tuple[Sum, float]] = []
        self.groups: dict[str, Sum] = {}  # whoever is counted by such a sum is a group of people
        self._quarters()
        self._parts()
        self._events()
        self._chapters()
        self._sponsorships()
        self._comparisons()

    def computed(self) -> list[str]:
        """Return the small groups whose size can only be what it is."""
        keys = list(self.bounds)
        place = {key: number for number, key in enumerate(keys)}
        small = {
            name: group
            for name, group in self.groups.items()
            if 1 <= abs(round(sum(self.true[key] * by for key, by in group.items()))) < self.least
        }
        rules = [*self._rules(place)]
        rng, open_groups = random.Random(0), dict(small)
        # Any other world that fits settles many groups at once.
        for _ in range(4):
            goal = np.array([rng.uniform(-1, 1) for _ in keys])
            self._settle(open_groups, keys, self._solve(goal, rules, place))
        found = []
        for name in list(open_groups):
            if name not in open_groups:
                continue
            group = open_groups.pop(name)
            true = sum(self.true[key] * by for key, by in group.items())
            for sign in (1, -1):
                apart = self._row({key: sign * by for key, by in group.items()}, place)
                other = LinearConstraint(apart.reshape(1, -1), sign * true + 0.5, np.inf)
                answer = self._solve(np.zeros(len(keys)), [*rules, other], place)
                if answer is not None:
                    self._settle(open_groups, keys, answer)
                    break
            else:
                found.append(f"{name} = {true:g}")
        return found

    def _settle(self, groups: dict[str, Sum], keys: Iterable[Any], answer: Any) -> None:
        if answer is None:
            return
        world = dict(zip(keys, answer, strict=True))
        for name, group in list(groups.items()):
            if abs(sum((world[key] - self.true[key]) * by for key, by in group.items())) > 0.5:
                del groups[name]

    def _solve(self, goal: Any, rules: Any, place: Mapping[Any, int]) -> Any:
        low, high = np.array(list(self.bounds.values())).T
        answer = milp(
            goal, constraints=rules, integrality=np.ones(len(place)), bounds=Bounds(low, high)
        )
        return answer.x

    def _rules(self, place: Mapping[Any, int]) -> Iterator[LinearConstraint]:
        for sums, high in ((self.at_least, np.inf), (self.equal, None)):
            if sums:
                matrix = np.array([self._row(terms, place) for terms, _ in sums])
                lows = np.array([low for _, low in sums])
                yield LinearConstraint(matrix, lows - 1e-6, lows + 1e-6 if high is None else high)

    def _row(self, terms: Sum, place: Mapping[Any, int]) -> Any:
        row = np.zeros(len(place))
        for key, times in terms.items():
            row[place[key]] = times
        return row

    # What there is to know.

    def _cell(self, table: str, number: int, column: str, key: tuple[Any, ...]) -> bool:
        """Note one count; tell whether there is one."""
        true = self.truth[table][number][column]
        if true is None:
            return False
        row = self.shown[table][number]
        if key not in self.bounds:
            self.true[key] = true
            self.bounds[key] = (1.0 if true else 0.0, MOST)
            self.groups[str(key)] = plus(key)
        if column not in row["hidden"]:
            self.bounds[key] = (true, true)
        return True

    def _unpublished(self, key: tuple[Any, ...], true: float) -> tuple[Any, ...]:
        self.true[key], self.bounds[key] = true, (0.0, MOST)
        self.groups[str(key)] = plus(key)
        return key

    def _within(self, whole: Any, part: Any, *, name: str = "") -> None:
        if all(key in self.bounds for key in plus(whole, part)):
            rest = minus(whole, part)
            true = sum(self.true[key] * by for key, by in rest.items())
            assert true >= 0, f"the attacker is mistaken: {whole} - {part} = {true}"
            self.at_least.append((rest, 0))
            self.groups[name or f"{whole} without {part}"] = rest

    def _adds_up(self, whole: Any, parts: Iterable[Any]) -> None:
        self._holds(minus(whole, plus(*parts)), f"{whole} is a sum")

    def _holds(self, terms: Sum, what: str) -> None:
        true = sum(self.true[key] * by for key, by in terms.items())
        assert abs(true) < 1e-6, f"the attacker is mistaken: {what}: {true}"
        self.equal.append((terms, 0))

    def _unites(self, whole: Any, parts: Iterable[Any]) -> None:
        parts = [part for part in parts if part in self.bounds]
        if not parts or whole not in self.bounds:
            return
        for part in parts:
            self._within(whole, part)
        if len(parts) == 1:
            self._adds_up(whole, parts)
        else:
            self._within(plus(*parts), whole, name=f"common to the parts of {whole}")

    def _share(self, table: str, number: int, column: str, part: Any, whole: Any) -> None:
        row = self.shown[table][number]
        value = self.truth[table][number].get(column)
        if value is not None and column not in row["hidden"]:
            scaled = {key: -value * by for key, by in plus(whole).items()}
            self._holds(plus(part, scaled), f"{table}.{column} is a share")

    def _quarters(self) -> None:
        ever: Sum = {}
        before = None
        for number, row in enumerate(self.truth["reach"]):
            q = row["period"]
            for column in REACH:
                self._cell("reach", number, column, (q, column))
            for part in ("active", "attendees", "new_people", "reached_low"):
                self._within((q, "reached"), (q, part))
            self._within((q, "active"), (q, "attendees"))
            self._within((q, "reached_high"), (q, "reached"))
            known = minus((q, "reached"), (q, "new_people"))
            if ever:
                self._within(ever, known, name=f"gone before {q}")
            else:
                self._holds(known, "everybody is new")
                self._within((q, "reached"), (q, "audience"))
            ever = plus(ever, (q, "new_people"))
            if before is not None:
                value = row["change_reached"]
                if (
                    value is not None
                    and "change_reached" not in self.shown["reach"][number]["hidden"]
                ):
                    grown = {(before, "reached"): -(value + 1)}
                    self._holds(plus((q, "reached"), grown), "the change")
            before = q
        self.ever = ever
        self._steps([(row["period"], "audience") for row in self.truth["reach"]])

    def _steps(self, keys: Iterable[tuple[Any, ...]]) -> None:
        """Members come and go: two numbers that are shown one after the other may tell who."""
        known = [key for key in keys if key in self.bounds]
        for (_, one), (_, other) in pairwise(
            (number, key)
            for number, key in enumerate(known)
            if self.bounds[key][0] == self.bounds[key][1]
        ):
            self.groups[f"from {one} to {other}"] = minus(other, one)
        for one, other in pairwise(known):
            self.groups[f"from {one} to {other}"] = minus(other, one)

    def _parts(self) -> None:
        by_source = self.truth["reach_by_source"]
        for number, row in enumerate(by_source):
            q, s = row["period"], row["source"]
            for column in BY_SOURCE:
                self._cell("reach_by_source", number, column, (q, s, column))
            self._within((q, s, "reached"), (q, s, "active"))
            self._within((q, s, "active"), (q, s, "attendees"))
            if row["period"] == by_source[0]["period"]:
                self._within((q, s, "reached"), (q, s, "audience"))
        sources = sorted({row["source"] for row in by_source})
        for source in sources:
            self._steps([(row["period"], source, "audience") for row in self.truth["reach"]])
        for q in {row["period"] for row in by_source}:
            for column in BY_SOURCE:
                self._unites((q, column), [(q, s, column) for s in sources])
            several = {
                column: minus(plus(*((q, s, column) for s in sources)), (q, column))
                for column in ("reached", "active")
            }
            self._within(several["reached"], several["active"], name=f"quiet on several in {q}")
            accounts = plus(*((q, s, "reached") for s in sources))
            self._within((q, "reached_high"), accounts, name=f"second accounts in {q}")
        sets, places = defaultdict(list), defaultdict(list)
        for number, row in enumerate(self.truth["overlap"]):
            q = row["period"]
            self._cell("overlap", number, "reached", (q, "on", row["sources"]))
            sets[q].append(row["sources"])
        for number, row in enumerate(self.truth["reach_places"]):
            key = (row["period"], "in", row["country"])
            self._cell("reach_places", number, "reached", key)
            whole = (row["period"], "reached")
            self._cell("reach_places", number, "reached_everywhere", whole)
            self._share("reach_places", number, "share", key, whole)
            places[row["period"]].append(key)
        for q, found in sets.items():
            self._adds_up((q, "reached"), [(q, "on", one) for one in found])
            for s in sources:
                on_it = [(q, "on", one) for one in found if s in one.split("+")]
                self._adds_up((q, s, "reached"), on_it)
        for q, keys in places.items():
            self._adds_up((q, "reached"), keys)

    def _events(self) -> None:
        for number, row in enumerate(self.truth["events"]):
            e, q = row["event_id"], row["period"]
            for column in EVENT:
                self._cell("events", number, column, (e, column))
            yes, attended, walk_ins = (e, "yes"), (e, "attended"), (e, "walk_ins")
            listed = self._unpublished((e, "listed"), row["listed"])
            self._within(listed, plus(yes, (e, "no"), (e, "waitlist")))
            self._within((q, row["source"], "reached"), listed)
            if walk_ins in self.bounds:
                came = minus(attended, walk_ins)
                self._within(attended, walk_ins)
                self._within(yes, came, name=f"{e} stayed away")
                self._within(listed, plus(yes, walk_ins))
                self._share("events", number, "show_rate", came, yes)
                self._share("events", number, "no_show_rate", minus(yes, came), yes)
            else:
                self._within(yes, attended)
            self._adds_up(attended, [(e, "first_timers"), (e, "returning")])
            self._within(attended, (e, "followed"))
            self._share("events", number, "follow_share", (e, "followed"), attended)

    def _chapters(self) -> None:
        of_group = defaultdict(list)
        for number, row in enumerate(self.truth["chapters"]):
            q, g = row["period"], row["group"]
            for column in ("yes", "attendees", "audience"):
                self._cell("chapters", number, column, (q, g, column))
            events = self._ids(lambda e, q=q, g=g: (e["period"], e["group"]) == (q, g))
            self._adds_up((q, g, "yes"), [(e, "yes") for e in events])
            self._unites((q, g, "attendees"), [(e, "attended") for e in events])
            self._within((q, "meetup", "audience"), (q, g, "audience"))
            of_group[q].append((q, g, "attendees"))
            of_group[g] += [*[(e, "invited") for e in events], (q, g, "audience")]
        for key, members in of_group.items():
            if isinstance(key, str):
                self._steps(members)
            elif any(e["period"] == key for e in self.truth["events"]):
                held = [
                    group
                    for group in members
                    if self._ids(lambda e, g=group: (e["period"], e["group"]) == g[:2])
                ]
                self._unites((key, "meetup", "attendees"), held)

    def _ids(self, chosen: Any) -> list[str]:
        rows = [row for row in self.truth["events"] if chosen(row)]
        return [row["event_id"] for row in sorted(rows, key=lambda row: row["starts_at"])]

    def _sponsorships(self) -> None:
        of: dict[int, set[str]] = defaultdict(set)
        for row in self.truth["sponsored_events"]:
            of[row["number"]].add(row["event_id"])
        checked = set(self._ids(lambda e: e["attendance_basis"] == "checked_in"))
        numbers = [row["number"] for row in self.truth["sponsorships"]]
        for place, number in enumerate(numbers):
            for column in ("confirmed_attendees", "reached"):
                self._cell("sponsorships", place, column, (number, column))
            confirmed, reached = (number, "confirmed_attendees"), (number, "reached")
            if "cost_per_confirmed" not in self.shown["sponsorships"][place]["hidden"]:
                self.bounds[confirmed] = (self.true[confirmed],) * 2
            measured = of[number] & checked
            self._within(reached, confirmed)
            self._unites(confirmed, [(e, "attended") for e in sorted(measured)])
            self._unites(reached, [(e, "listed") for e in sorted(of[number])])
            self._tie_to_groups(confirmed, measured, checked)
            quarters = {e["period"] for e in self.truth["events"] if e["event_id"] in of[number]}
            if len(quarters) == 1:
                self._within((*quarters, "meetup", "reached"), reached)
        for one in numbers:
            for other in numbers:
                if one != other and of[one] <= of[other]:
                    self._within((other, "reached"), (one, "reached"))
                if one != other and of[one] & checked <= of[other] & checked:
                    self._within((other, "confirmed_attendees"), (one, "confirmed_attendees"))

    def _tie_to_groups(self, confirmed: Any, measured: set[str], checked: set[str]) -> None:
        crowds = {}
        for q in {row["period"] for row in self.truth["reach"]}:
            crowds[q, "attendees"] = set(self._ids(lambda e, q=q: e["period"] == q))
            for g in {row["group"] for row in self.truth["chapters"]}:
                ids = self._ids(lambda e, q=q, g=g: (e["period"], e["group"]) == (q, g))
                crowds[q, g, "attendees"] = set(ids)
        inside = []
        for crowd, events in crowds.items():
            if events and events <= measured:
                self._within(confirmed, crowd)
                inside.append((crowd, events))
            if measured <= events and measured:
                self._within(crowd, confirmed)
        groups = [(crowd, events) for crowd, events in inside if len(crowd) == 3]
        if groups and set().union(*(events for _, events in groups)) == measured:
            self._unites(confirmed, [crowd for crowd, _ in groups])

    def _comparisons(self) -> None:
        for number, row in enumerate(self.truth["events"]):
            q = row["period"]
            persons, active = (q, "compared"), (q, "compared active")
            if not self._cell("events", number, "comparison_persons", persons):
                continue
            self._within((q, "reached"), persons)
            self._within((q, "reached"), plus(persons, (q, "attendees")))
            if row["comparison_share"] is not None:
                count = round(row["comparison_share"] * row["comparison_persons"])
                if active not in self.bounds:
                    self._unpublished(active, count)
                    self._within(persons, active)
                self._share("events", number, "comparison_share", active, persons)
