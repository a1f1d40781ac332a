"""Small made-up communities: people with dated acts, as facts, marts and a published snapshot.

    world = World(timezone="Africa/Lagos")
    hello = world.act("Ada", "2024-05-01 10:00")
    world.act("Bo", "2024-05-01 10:05", answers=hello)
    table = world.snapshot(tmp_path).metric("active_members")

Times are UTC. A source and a channel come into being with their first mention; an account that only
acts is a stranger, unless `account` puts it on the member list. One thread does: rows are few.
"""

import itertools
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from connectors.model import FACTS
from warehouse import versions
from warehouse.build import build_marts
from warehouse.configuration import TABLES as CONFIGURATION
from warehouse.db import RAW_TABLES, Warehouse, transaction
from warehouse.publishing import publish
from warehouse.snapshots import Snapshot
from warehouse.staging import ACTIVITY_KEYS, TAKEN, table_columns

NEITHER = "of people, places and events"  # as an outcome of records: no activity, nor left out

# What becomes facts; the rest of `World.rows` becomes landed runs and records.
TABLES = (
    *FACTS,
    "settings",
    "sources",
    "decisions",
    "suggestions",
    "forgotten",
    "sponsorships",
)

LANDED = f"""
attach if not exists ':memory:' as landed;
{RAW_TABLES.replace("raw", "landed.raw")}
delete from landed.raw.records;
delete from landed.raw.runs;
"""

FIRST_SEEN = "2020-01-01 00:00"
# A world is known to the end of the month in which something happened last.
LAST_MONTH = "the end of the last month"
# For a source that was read just now, whatever the platform's own clock says.
NOW = str(datetime.now(UTC).replace(tzinfo=None))


class World:
    """Facts in the making; every method that names something new returns its id."""

    def __init__(
        self,
        timezone: str = "UTC",
        bots: Collection[str] = (),
        staff: Collection[str] = (),
        covered_to: str | None = LAST_MONTH,
    ) -> None:
        self.zone = ZoneInfo(timezone)
        self.covered_to = covered_to
        self.numbers = itertools.count(1)
        self.rows: dict[str, dict[Any, dict[str, Any]]] = {
            table: {} for table in (*TABLES, "runs", "intake", "blind_spots")
        }
        self.rows["settings"]["one"] = {
            "community": "Made Up",
            "timezone": timezone,
            "bots": list(bots),
            "staff": list(staff),
            "min_group_size": 5,
            "level_window_weeks": 12,
            "level_regular_weeks": 4,
            "level_core_weeks": 9,
        }

    def source(self, name: str = "slack", platform: str = "slack", /, **columns: Any) -> str:
        """A configured source; the columns of marts.sources can be given, times as text.

        With `covered`, pairs of times, it has files that tell these times, and a sync only where
        `covered_to` is given as well.
        """
        if (stretches := columns.pop("covered", None)) is not None:
            names = ("covered_from", "covered_to")
            columns = {"covered_to": None} | columns
            columns["covered"] = [dict(zip(names, pair, strict=True)) for pair in stretches]
            columns.setdefault("last_success_at", max(end for _, end in stretches))
        covered_to = columns.pop("covered_to", self.covered_to)
        until = columns.pop("until", None)
        self.rows["sources"][name] = {
            "source": name,
            "kind": platform,
            "has_token": columns.pop("has_token", True),
            "until": until and date.fromisoformat(until),
        }
        defaults = {"covered_to": covered_to, "last_success_at": covered_to}
        self.rows["runs"][name] = defaults | columns
        return name

    def account(self, name: str, /, source: str = "slack", **columns: Any) -> str:
        """An account on the member list: `Ada` is `slack:ada`, with the handle `ada`.

        With `is_listed=False` it is on none, and only its name is known.
        """
        self._mention_source(source)
        handle = name.lower()
        usual: dict[str, Any] = {"account_id": f"{source}:{handle}", "handle": handle, "name": name}
        usual |= {"is_bot": False, "first_seen_at": FIRST_SEEN, "is_listed": True}
        return self._add("accounts", source, usual | columns)

    def clue(
        self, name: str, rule: str, value: str, source: str = "slack", seen_at: str = FIRST_SEEN
    ) -> None:
        """What an account shows of who it is: the rule `email` or `stated`, and its value."""
        row = {"source": source, "account_id": f"{source}:{name.lower()}"}
        row |= {"rule": rule, "value": value, "seen_at": seen_at}
        self.rows["clues"][len(self.rows["clues"])] = row

    def profile(self, name: str, source: str = "slack", /, **columns: str) -> None:
        """What else the profile of an account shows: name, place, timezone."""
        number = len(self.rows["profiles"]) + 1
        row = {"source": source, "account_id": f"{source}:{name.lower()}", "record_id": number}
        self.rows["profiles"][number] = row | columns

    def decide(self, what: str, *accounts: str, is_undone: bool = False) -> None:
        """A decision about who is who: merge, split, reject or bot, and `slack:ada`, …."""
        number = len(self.rows["decisions"]) + 1
        row = {"number": number, "what": what, "accounts": list(accounts)}
        self.rows["decisions"][number] = row | {"is_undone": is_undone, "decided_at": FIRST_SEEN}

    def forget(self, *accounts: str) -> None:
        """Accounts of one person who is forgotten."""
        for account in accounts:
            row = {"account_id": account, "person_id": accounts[0]}
            self.rows["forgotten"][account] = row

    def suggest(self, account_a: str, account_b: str, probability: float = 0.9) -> None:
        """A suggestion that one person has both accounts."""
        row = {"account_a": account_a, "account_b": account_b, "probability": probability}
        self.rows["suggestions"][len(self.rows["suggestions"])] = row | {"reasons": ["same name"]}

    def sponsorship(self, sponsor: str, start: str, end: str, **columns: Any) -> None:
        """What a sponsor pays for, from a day to before another: 100 EUR unless told otherwise."""
        number = len(self.rows["sponsorships"]) + 1
        row = {"number": number, "sponsor": sponsor, "from_date": start, "to_date": end}
        row |= {"events": [], "groups": [], "sources": [], "amount": 100, "currency": "EUR"}
        self.rows["sponsorships"][number] = row | columns

    def channel(self, name: str, source: str = "slack", **columns: Any) -> str:
        """A channel with a link; `general` is the general one."""
        self._mention_source(source)
        usual: dict[str, Any] = {
            "channel_id": f"{source}:#{name}",
            "name": name,
            "is_general": name == "general",
        }
        usual["url"] = f"https://{source}.example/{name}"
        return self._add("channels", source, usual | columns)

    def join(self, name: str, when: str, channel: str | None = None, source: str = "slack") -> None:
        """An account enters a channel, or the whole source."""
        row = {"source": source, "account_id": f"{source}:{name.lower()}", "joined_at": when}
        row["channel_id"] = self._mention_channel(channel, source) if channel else None
        self.rows["joins"][len(self.rows["joins"])] = row

    def act(
        self,
        name: str,
        when: str,
        kind: str | None = None,
        channel: str | None = "general",
        answers: str | None = None,
        source: str = "slack",
    ) -> str:
        """One activity, a message or with `answers` a reply; returns its id."""
        self._mention_source(source)
        number = next(self.numbers)
        moment = datetime.fromisoformat(when).replace(tzinfo=UTC).astimezone(self.zone)
        columns = {
            "activity_id": f"{source}:{number}",
            "record_id": number,
            "kind": kind or ("reply" if answers else "message"),
            "account_id": f"{source}:{name.lower()}",
            "channel_id": self._mention_channel(channel, source) if channel else None,
            "parent_id": answers,
            "occurred_at": when,
            "ref": f"p{number}",
            "date": moment.date(),
            "hour": moment.hour,
        }
        return self._add("activities", source, columns)

    def stands(self, item: str, closed: str | None = None, merged: str | None = None) -> None:
        """How an issue or a pull request stands: open, closed, or merged and so closed as well."""
        opened = self.rows["activities"][item]
        kept = ("source", "record_id", "kind", "channel_id", "account_id")
        self.rows["work_items"][item] = {name: opened[name] for name in kept} | {
            "item_id": item,
            "opened_at": opened["occurred_at"],
            "closed_at": closed or merged,
            "merged_at": merged,
        }

    def acts(self, diary: Mapping[str, Collection[str]], source: str = "slack") -> None:
        """Messages by person: {"Ada": ["2024-05-01", "2024-05-02 10:00"]}."""
        for name, moments in diary.items():
            for moment in moments:
                self.act(name, moment if " " in moment else f"{moment} 12:00", source=source)

    def group(self, name: str, source: str = "meetup", **columns: Any) -> str:
        """Where people meet, and its channel."""
        group_id = self._mention_channel(name, source)
        return self._add("groups", source, {"group_id": group_id, "name": name} | columns)

    def event(
        self, title: str, when: str, group: str = "Lagos", source: str = "meetup", **columns: Any
    ) -> str:
        """An event of a group that is over, unless `status` says otherwise."""
        group_id = f"{source}:#{group}"
        if group_id not in self.rows["groups"]:
            self.group(group, source)
        usual: dict[str, Any] = {
            "event_id": f"{source}:{title.lower()}",
            "group_id": group_id,
            "title": title,
        }
        usual |= {"status": "past", "starts_at": when, "is_online": False, "is_from_file": False}
        return self._add("events", source, usual | columns)

    def rsvp(
        self,
        event: str,
        name: str | None,
        rsvp: str | None,
        check_in: str | None = None,
        **more: Any,
    ) -> str:
        """An RSVP to an event, and the check-in; without a name it is nobody known."""
        source = self.rows["events"][event]["source"]
        usual: dict[str, Any] = {"attendance_id": f"{source}:a{len(self.rows['attendances']) + 1}"}
        usual |= {"event_id": event, "account_id": name and f"{source}:{name.lower()}"}
        usual |= {"rsvp": rsvp, "check_in": check_in, "guests": 0, "is_from_file": False}
        return self._add("attendances", source, usual | more)

    def write_facts(self, con: duckdb.DuckDBPyConnection) -> None:
        """Replaces the schema `facts`, and what was landed, by this world."""
        con.execute("set threads = 1; create schema if not exists facts")
        con.execute(CONFIGURATION)
        if self.rows["suggestions"]:
            con.execute("delete from facts.suggestions")
        con.execute("delete from facts.forgotten")
        for table in (*FACTS, TAKEN):
            columns = ", ".join(f"{name} {kind}" for name, kind in table_columns(table).items())
            con.execute(f"create or replace table facts.{table} ({columns})")
        for table in TABLES:
            if rows := list(self.rows[table].values()):
                names = list(dict.fromkeys(name for row in rows for name in row))
                arrow = pa.table({name: [row.get(name) for row in rows] for name in names})
                con.register("arrow_rows", arrow)
                keys = f", {ACTIVITY_KEYS}" if table == "activities" else ""
                con.execute(f"insert into facts.{table} by name select *{keys} from arrow_rows")
                con.unregister("arrow_rows")
        con.execute(LANDED)
        self._write_runs(con)
        self._write_records(con)

    def _write_runs(self, con: duckdb.DuckDBPyConnection) -> None:
        """The last sync of each source that succeeded, and one after it that failed."""
        for source, run in self.rows["runs"].items():
            spots = [
                {name: spot.get(name) for name in ("what", "reason", "advice")}
                for spot in self.rows["blind_spots"].values()
                if spot["source"] == source
            ]
            end = self._end_of_last_month()
            run = {name: end if value == LAST_MONTH else value for name, value in run.items()}
            succeeded, error = run.pop("last_success_at"), run.pop("last_error", None)
            run |= {"finished_at": succeeded, "blind_spots": spots}
            covered = run.pop("covered", None)
            if covered:
                files = {"kind": "import", "covered": covered, "covered_to": None}
                _write_run(con, source, **run | files)
            if succeeded and (not covered or run["covered_to"]):
                _write_run(con, source, **run)
            if error:
                _write_run(con, source, finished_at=succeeded or NOW, error=error)

    def _end_of_last_month(self) -> str:
        """The end of the local month of the newest thing that has happened, in UTC."""
        moments = [
            value
            for table in ("accounts", "joins", "activities", "work_items", "attendances", "events")
            for row in self.rows[table].values()
            if row.get("status") != "planned"
            for name, value in row.items()
            if name.endswith("_at") and value
        ]
        newest = datetime.fromisoformat(max(moments, default=FIRST_SEEN)).replace(tzinfo=UTC)
        first_day = newest.astimezone(self.zone).replace(day=1, hour=0, minute=0, second=0)
        end = (first_day + timedelta(days=32)).replace(day=1)
        return end.astimezone(UTC).strftime("%Y-%m-%d %H:%M")

    def _write_records(self, con: duckdb.DuckDBPyConnection) -> None:
        """As many landed records as `intake` tells, judged as it tells."""
        for row in self.rows["intake"].values():
            many = [row["source"], row["records"]]
            con.execute("insert into landed.raw.records (source) select ? from range(?)", many)
            if row["outcome"] == "taken as activity":
                con.execute(f"insert into facts.{TAKEN} (source) select ? from range(?)", many)
            elif row["outcome"] != NEITHER:
                con.execute(
                    "insert into facts.left_out (source, reason) select ?, ? from range(?)",
                    [row["source"], row["outcome"], row["records"]],
                )

    def build(self, con: duckdb.DuckDBPyConnection, changed_dates: set[date] | None = None) -> None:
        self.write_facts(con)
        with transaction(con):
            build_marts(con, changed_dates)

    def snapshot(self, folder: Path, snapshot_id: str = "20240601T060000000000") -> Snapshot:
        """This world as a published snapshot in `folder`/snapshots, pointed to by CURRENT."""
        path = folder / "snapshots" / f"{snapshot_id}.duckdb"
        path.parent.mkdir(parents=True, exist_ok=True)
        with versions.connect(path) as con:
            self.build(con)
            versions.state(con, versions.MARTS)
        (path.parent / "CURRENT").write_text(path.name, encoding="utf-8")
        return Snapshot(path)

    def publish(self, folder: Path) -> Warehouse:
        """Build this world in the warehouse of `folder`, and publish it after what was before."""
        warehouse = Warehouse(folder / "vitals.duckdb")
        with versions.connect(warehouse.marts_path) as con:
            self.build(con)
            with transaction(con):
                versions.state(con, versions.MARTS)
        publish(warehouse)
        return warehouse

    def _add(self, table: str, source: str, columns: dict[str, Any]) -> str:
        """Adds a row, whose first column is its id; returns the id."""
        id: str = next(iter(columns.values()))
        rows = self.rows[table]
        rows[id] = {"source": source, "record_id": len(rows) + 1} | columns
        return id

    def _mention_source(self, name: str) -> None:
        if name not in self.rows["sources"]:
            self.source(name, name)

    def _mention_channel(self, name: str, source: str) -> str:
        channel_id = f"{source}:#{name}"
        return channel_id if channel_id in self.rows["channels"] else self.channel(name, source)


def _write_run(con: duckdb.DuckDBPyConnection, source: str, **columns: Any) -> None:
    values = {"source": source, "kind": "sync", **columns}
    names, places = ", ".join(values), ", ".join(f"${name}" for name in values)
    con.execute(f"insert into landed.raw.runs ({names}) values ({places})", values)


def make_one_person(con: duckdb.DuckDBPyConnection, *account_ids: str) -> None:
    """Decide that these accounts are one person's, and bring the marts up to that."""
    con.execute(
        "insert into facts.decisions (number, what, accounts, is_undone)"
        " select count(*) + 1, 'merge', ?, false from facts.decisions",
        [list(account_ids)],
    )
    with transaction(con):
        build_marts(con, None)


def rows(table: pa.Table) -> list[tuple[Any, ...]]:
    """A table's rows as they are written down in tests: dates as text, shares to four digits."""
    return [tuple(map(_plain, row.values())) for row in table.to_pylist()]


def columns(table: pa.Table) -> dict[str, list[Any]]:
    """A table's columns by name, with values as in `rows`: for tables of many columns."""
    values = zip(*rows(table), strict=True)
    return dict(zip(table.column_names, map(list, values), strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 4) if isinstance(value, float) else value
