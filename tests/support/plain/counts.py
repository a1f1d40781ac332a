"""Every metric counted once more from the raw JSON of a Slack export, in plain Python.

Written from the contract's words alone: no SQL, none of our own code, and no haste.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from numpy import quantile

Row = tuple[Any, ...]
HUMAN = {None, "me_message", "file_share", "file_comment", "thread_broadcast"}
DAY = timedelta(days=1)


class Act:
    """One message, reply or reaction of a person."""

    def __init__(self, kind: str, who: str, channel: str, ts: str, zone: ZoneInfo) -> None:
        self.kind, self.who, self.channel, self.ts = kind, who, channel, ts
        seconds, _, fraction = ts.partition(".")
        self.at = datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(fraction))
        self.local = self.at.astimezone(zone)
        self.date = self.local.date()


class Export:
    """One export folder, read as it is, in a time zone."""

    def __init__(self, folder: Path, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        channels, users = (
            json.loads((folder / f"{name}.json").read_text()) for name in ("channels", "users")
        )
        bots = {user["id"] for user in users if user.get("is_bot")} | {"USLACKBOT"}
        self.listed = {user["id"]: user for user in users if user["id"] not in bots}
        general = next(channel["name"] for channel in channels if channel["is_general"])
        self.joins: dict[str, datetime] = {}
        self.acts: list[Act] = []
        self.parents: dict[Act, str] = {}
        self._active: dict[str, dict[date, Counter[str]]] = {}
        self.newest = datetime.min.replace(tzinfo=UTC)
        self.oldest = datetime.max.replace(tzinfo=UTC)
        for file in sorted(folder.glob("*/*.json")):
            for row in json.loads(file.read_text()):
                self._row(row, file.parent.name, general, bots)
        self.participations = [a for a in self.acts if a.kind != "reaction"]
        self.participations.sort(key=lambda act: act.at)

    def _row(self, row: dict[str, Any], channel: str, general: str, bots: set[str]) -> None:
        author = row.get("user") or row.get("comment", {}).get("user")
        reply = row.get("thread_ts", row["ts"]) != row["ts"]
        act = Act("reply" if reply else "message", author, channel, row["ts"], self.zone)
        self.newest, self.oldest = max(self.newest, act.at), min(self.oldest, act.at)
        if row.get("subtype") == "channel_join" and channel == general:
            self.joins[author] = min(act.at, self.joins.get(author, act.at))
        if row.get("subtype") in HUMAN and not row.get("bot_id") and author and author not in bots:
            self.acts.append(act)
            if reply:
                self.parents[act] = row["thread_ts"]
        for reaction in row.get("reactions", []):
            for user in reaction["users"]:
                if user not in bots:
                    self.acts.append(Act("reaction", user, channel, row["ts"], self.zone))

    # Periods.

    def begin(self, day: date, grain: str) -> date:
        if grain == "week":
            return day - timedelta(days=day.weekday())
        if grain == "month":
            return day.replace(day=1)
        if grain == "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        return day

    def after(self, period: date, grain: str) -> date:
        longest = {"day": 1, "week": 7, "month": 31, "quarter": 92}[grain]
        return self.begin(period + timedelta(days=longest), grain)

    def before(self, period: date, grain: str) -> date:
        return self.begin(period - DAY, grain)

    def periods(self, grain: str, more: list[date] | None = None) -> list[date]:
        """All from the first with a participation, or with one of `more`, to the newest message."""
        days = [act.date for act in self.participations] + (more or [])
        days.append(self._local_date(self.newest))
        found = [self.begin(min(days), grain)]
        while self.after(found[-1], grain) <= max(days):
            found.append(self.after(found[-1], grain))
        return found

    def is_complete(self, period: date, grain: str) -> bool:
        """An export tells its days from the first on, up to its newest message."""
        is_over = self._midnight(self.after(period, grain)) <= self.newest
        return is_over and period >= self._local_date(self.oldest)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    def active(self, grain: str) -> dict[date, Counter[str]]:
        """Participations by period and person."""
        if grain not in self._active:
            found = self._active[grain] = defaultdict(Counter)
            for act in self.participations:
                found[self.begin(act.date, grain)][act.who] += 1
        return self._active[grain]

    @cached_property
    def first(self) -> dict[str, Act]:
        return {act.who: act for act in reversed(self.participations)}

    @cached_property
    def last(self) -> dict[str, Act]:
        return {act.who: act for act in self.participations}

    # Engagement.

    def active_members(self, grain: str) -> list[Row]:
        active = self.active(grain)
        return [
            (p, len(active[p]), self.is_complete(p, grain), 0, len(active[p]), len(active[p]))
            for p in self.periods(grain)
        ]

    def lifecycle(self, grain: str) -> Iterator[Row]:
        active = {period: set(people) for period, people in self.active(grain).items()}
        for period in self.periods(grain):
            now = active.get(period, set())
            then = active.get(self.before(period, grain), set())
            new = {who for who in now if self.begin(self.first[who].date, grain) == period}
            back = now - then - new
            complete = self.is_complete(period, grain)
            yield period, len(new), len(now & then), len(back), len(then - now), complete, 0

    def _within(self, day: date, days: int) -> int:
        return len({who for n in range(days) for who in self.active_days.get(day - n * DAY, ())})

    @cached_property
    def active_days(self) -> dict[date, set[str]]:
        return {day: set(people) for day, people in self.active("day").items()}

    def stickiness(self, grain: str) -> Iterator[Row]:
        for month in self.periods("month"):
            days = [month + n * DAY for n in range((self.after(month, "month") - month).days)]
            dau = sum(self._within(day, 1) for day in days) / len(days)
            wau = sum(self._within(day, 7) for day in days) / len(days)
            mau = len(self.active("month")[month])
            sticky = dau / mau if mau else None
            yield month, dau, wau, mau, sticky, self.is_complete(month, "month")

    def rolling_active(self, grain: str) -> list[Row]:
        return [(d, *(self._within(d, n) for n in (1, 7, 28))) for d in self.periods("day")]

    def activity_volume(self, grain: str) -> list[Row]:
        counts: Counter[Row] = Counter()
        people = defaultdict(set)
        for act in self.acts:
            counts[self.begin(act.date, grain), act.kind] += 1
            people[self.begin(act.date, grain), act.kind].add(act.who)
        kinds = sorted({act.kind for act in self.acts})
        return [
            (period, "slack", kind, counts[period, kind], len(people[period, kind]), complete)
            for period in self.periods(grain)
            for complete in [self.is_complete(period, grain)]
            for kind in kinds
        ]

    @cached_property
    def waits(self) -> dict[Act, float | None]:
        """Seconds from each opener to the first reply of another person."""
        openers = {(a.channel, a.ts): a for a in self.participations if a not in self.parents}
        waits: dict[Act, float | None] = dict.fromkeys(openers.values())
        for reply, root in self.parents.items():
            opener = openers.get((reply.channel, root))
            if opener and opener.who != reply.who:
                wait = (reply.at - opener.at).total_seconds()
                waits[opener] = min(wait, waits[opener] or math.inf)
        return waits

    def first_response(self, grain: str) -> Iterator[Row]:
        for period in self.periods(grain):
            all_waits = [w for a, w in self.waits.items() if self.begin(a.date, grain) == period]
            waits = [wait for wait in all_waits if wait is not None]
            answered = len(waits) if self.parents else None
            share = answered / len(all_waits) if all_waits and answered is not None else None
            middle, ninety = quantile(waits, (0.5, 0.9)) if waits else (None, None)
            complete = self.is_complete(period, grain)
            yield period, "slack", len(all_waits), answered, share, middle, ninety, complete

    def concentration(self, grain: str) -> Iterator[Row]:
        for period in self.periods(grain):
            made = sorted(self.active(grain)[period].values(), reverse=True)
            half = next((n for n, _ in enumerate(made, 1) if 2 * sum(made[:n]) >= sum(made)), None)
            share = sum(made[:10]) / sum(made) if made else None
            yield period, len(made), sum(made), share, half, self.is_complete(period, grain)

    def channels(self, grain: str) -> Iterator[Row]:
        for name in sorted({act.channel for act in self.participations}):
            acts = [act for act in self.participations if act.channel == name]
            waits = [wait for act, wait in self.waits.items() if act.channel == name]
            answered = sum(wait is not None for wait in waits)
            # Without any reply the export does not tell what was answered.
            share = answered / len(waits) if waits and self.parents else None
            people = {act.who for act in acts}
            last_at = acts[-1].at.replace(tzinfo=None)
            yield "slack", name, len(acts), len(people), len(waits), share, last_at

    def heatmap(self, grain: str) -> list[Row]:
        cells = defaultdict(list)
        for act in self.participations:
            cells[act.local.isoweekday(), act.local.hour].append(act.who)
        return [
            (weekday, hour, len(cells[weekday, hour]), len(set(cells[weekday, hour])))
            for weekday in range(1, 8)
            for hour in range(24)
        ]

    def _levels_at(self, period: date, grain: str) -> dict[str, str]:
        """The level of everybody who has one at the end of a period."""
        weeks = self.active("week")
        end = min(self.after(period, grain) - DAY, self._local_date(self.newest))
        window = [self.begin(end, "week") - 7 * n * DAY for n in range(12)]
        seen = Counter(who for week in window for who in weeks[week])
        return {
            who: "core" if n >= 9 else "regular" if n >= 4 else "occasional"
            for who, n in seen.items()
        }

    def levels(self, grain: str) -> Iterator[Row]:
        for period in self.periods(grain):
            of = Counter(self._levels_at(period, grain).values())
            complete = self.is_complete(period, grain)
            for level in ("core", "occasional", "regular"):
                yield period, level, of[level], complete

    def level_flow(self, grain: str) -> Iterator[Row]:
        before: dict[str, str] = {}
        levels = ("core", "none", "occasional", "regular")
        for period in self.periods(grain):
            now = self._levels_at(period, grain)
            moves = Counter(
                (before.get(who, "none"), now.get(who, "none")) for who in {*before, *now}
            )
            complete = self.is_complete(period, grain)
            for first, last in ((one, other) for one in levels for other in levels):
                if (first, last) != ("none", "none"):
                    yield period, first, last, moves[first, last], complete
            before = now

    def overlap(self, grain: str) -> list[Row]:
        people = len({act.who for act in self.participations})
        return [("slack", people, people, people)]

    def identities(self, grain: str) -> list[Row]:
        """On one platform nothing joins two accounts."""
        accounts = {*self.listed, *(act.who for act in self.acts)}
        return [("*", len(accounts), len(accounts))]

    # Growth.

    @cached_property
    def joined(self) -> dict[str, datetime | None]:
        """When each member joined: general, else the profile, else the first participation."""
        found: dict[str, datetime | None] = {}
        for who, user in self.listed.items():
            stated = user["profile"].get("start_date")
            found[who] = self.joins.get(who)
            if found[who] is None and stated:
                found[who] = datetime.fromisoformat(stated).replace(tzinfo=UTC)
            if found[who] is None and who in self.first:
                found[who] = self.first[who].at
        return found

    def _local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _left(self, user: dict[str, Any]) -> date | None:
        """Deactivated: when the profile last changed, else when the export shows it.

        Nobody leaves before joining, or before the last participation.
        """
        if not user.get("deleted"):
            return None
        changed, who = user.get("updated"), user["id"]
        left = self._local_date(datetime.fromtimestamp(changed, UTC) if changed else self.newest)
        bounds = [self._local_date(at) for at in [self.joined[who]] if at]
        bounds += [self.last[who].date] if who in self.last else []
        return max([left, *bounds])

    def _list_periods(self, grain: str) -> list[date]:
        joined = [self._local_date(at) for at in self.joined.values() if at]
        left = [day for user in self.listed.values() if (day := self._left(user))]
        return self.periods(grain, joined + left)

    def members(self, grain: str) -> Iterator[Row]:
        for period in self._list_periods(grain):
            end = self.after(period, grain)
            joined = left = total = 0
            for who, user in self.listed.items():
                at, gone = self.joined[who], self._left(user)
                day = self._local_date(at or self.newest)
                joined += at is not None and period <= day < end
                left += gone is not None and period <= gone < end
                total += day < end and not (gone and gone < end)
            yield period, joined, left, total, self.is_complete(period, grain)

    def activation(self, grain: str) -> Iterator[Row]:
        for cohort in self._list_periods(grain):
            end = self.after(cohort, grain)
            joined = {
                who: at
                for who, at in self.joined.items()
                if at and cohort <= self._local_date(at) < end
            }
            counts = []
            for days in (7, 30):
                is_known = self._midnight(end + days * DAY) <= self.newest
                active = sum(
                    who in self.first and self.first[who].at <= at + days * DAY
                    for who, at in joined.items()
                )
                counts.append(active if is_known else None)
            shares = [None if n is None or not joined else n / len(joined) for n in counts]
            yield cohort, len(joined), *counts, *shares, self.is_complete(cohort, grain)

    # Retention.

    def retention(self, grain: str, *, unbounded: bool = False) -> Iterator[Row]:
        active = self.active(grain)
        periods = self.periods(grain)
        for number, cohort in enumerate(periods):
            people = {w for w, a in self.first.items() if self.begin(a.date, grain) == cohort}
            for age, period in enumerate(periods[number:]):
                later = periods[number + age :] if unbounded else [period]
                kept = len(people & {who for p in later for who in active[p]})
                share = kept / len(people) if people else None
                complete = self.is_complete(cohort, grain) and self.is_complete(period, grain)
                yield cohort, age, len(people), kept, share, complete

    def survival(self, grain: str) -> Iterator[Row]:
        """Kaplan-Meier with Greenwood's variance on the log-log scale."""
        lives = [self._life(who) for who in self.first]
        share, variance = 1.0, 0.0
        for week in range(max(weeks for weeks, _ in lives) + 1):
            at_risk = sum(weeks >= week for weeks, _ in lives)
            ended = sum(weeks == week and is_over for weeks, is_over in lives)
            share *= 1 - ended / at_risk
            if ended == at_risk:
                variance = math.inf
            else:
                variance += ended / (at_risk * (at_risk - ended))
            yield week, at_risk, share, *_band(share, variance)

    def _life(self, who: str) -> tuple[int, bool]:
        """Whole weeks to the first silence of more than 90 days, and whether there is one."""
        days = sorted(day for day, people in self.active_days.items() if who in people)
        for day, next_day in zip(days, [*days[1:], self._local_date(self.newest)], strict=True):
            if next_day - day > 90 * DAY:
                return (day - days[0]).days // 7, True
        return (days[-1] - days[0]).days // 7, False

    def _covered_from(self) -> datetime:
        begin = self._midnight(self._local_date(self.oldest))
        return begin.astimezone(UTC).replace(tzinfo=None)

    def freshness(self, grain: str) -> list[Row]:
        newest = max(act.at for act in self.acts).replace(tzinfo=None)
        return [("slack", newest, self._covered_from(), False, None, "ended")]

    def known_times(self, grain: str) -> list[Row]:
        end = self.newest + timedelta(microseconds=1)
        return [("slack", self._covered_from(), end.replace(tzinfo=None))]


def _band(share: float, variance: float) -> tuple[float | None, float | None]:
    if share == 0 or variance == math.inf:
        return None, None
    if share == 1:
        return 1.0, 1.0
    width = 1.959964 * math.sqrt(variance) / abs(math.log(share))
    return share ** math.exp(width), share ** math.exp(-width)
