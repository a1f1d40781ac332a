"""Small made-up communities: people with dated acts, as facts, marts and a published snapshot.

    world = World(timezone="Africa/Lagos")
    hello = world.act("Ada", "2024-05-01 10:00")
    world.act("Bo", "2024-05-01 10:05", answers=hello)
    table = world.snapshot(tmp_path).metric("active_members")

Times are UTC. A source and a channel come into being with their first mention; an account that only
acts is a stranger, unless `account` puts it on the member list.
"""

import itertools
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from connectors.model import FACTS
from warehouse.attendance import derive_attendance
from warehouse.build import build_marts
from warehouse.snapshots import Snapshot
from warehouse.staging import ACTIVITY_KEYS, table_columns

TABLES = {
    **{
        table: ", ".join(f"{name} {kind}" for name, kind in table_columns(table).items())
        for table in FACTS
    },
    "intake": "source varchar, outcome varchar, is_activity boolean, records bigint,"
    " is_left_out boolean",
    "sources": "source varchar, kind varchar, covered_from timestamp, covered_to timestamp,"
    " last_success_at timestamp, last_error varchar, last_error_at timestamp, requests bigint,"
    " waited_seconds double",
    "blind_spots": "source varchar, what varchar, reason varchar, advice varchar",
    "settings": "community varchar, timezone varchar, bots varchar[], staff varchar[],"
    " min_group_size integer, level_window_weeks integer, level_regular_weeks integer,"
    " level_core_weeks integer",
}
FIRST_SEEN = "2020-01-01 00:00"
COVERED_TO = "2030-01-01 00:00"


class World:
    """Facts in the making; every method that names something new returns its id."""

    def __init__(
        self,
        timezone: str = "UTC",
        bots: Collection[str] = (),
        staff: Collection[str] = (),
        covered_to: str | None = COVERED_TO,
    ) -> None:
        self.zone = ZoneInfo(timezone)
        self.covered_to = covered_to
        self.numbers = itertools.count(1)
        self.rows: dict[str, dict[Any, dict[str, Any]]] = {table: {} for table in TABLES}
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

    def source(self, name: str = "slack", kind: str = "slack", **columns: Any) -> str:
        """A configured source; the columns of facts.sources can be given, times as text."""
        covered_to = columns.pop("covered_to", self.covered_to)
        defaults = {"source": name, "kind": kind, "covered_to": covered_to}
        self.rows["sources"][name] = defaults | {"last_success_at": covered_to} | columns
        return name

    def account(self, name: str, source: str = "slack", **columns: Any) -> str:
        """An account on the member list: `Ada` is `slack:ada`, with the handle `ada`.

        With `is_listed=False` it is on none, and only its name is known.
        """
        account_id = f"{source}:{name.lower()}"
        self._mention_source(source)
        self.rows["accounts"][account_id] = {
            "source": source,
            "record_id": len(self.rows["accounts"]) + 1,
            "account_id": account_id,
            "handle": name.lower(),
            "name": name,
            "is_bot": False,
            "is_guest": False,
            "first_seen_at": FIRST_SEEN,
            "is_listed": True,
        } | columns
        return account_id

    def channel(self, name: str, source: str = "slack", **columns: Any) -> str:
        """A channel with a link; `general` is the general one."""
        channel_id = f"{source}:#{name}"
        self._mention_source(source)
        self.rows["channels"][channel_id] = {
            "source": source,
            "record_id": len(self.rows["channels"]) + 1,
            "channel_id": channel_id,
            "name": name,
            "is_general": name == "general",
            "is_archived": False,
            "url": f"https://{source}.example/{name}",
        } | columns
        return channel_id

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
        activity_id = f"{source}:{number}"
        moment = datetime.fromisoformat(when).replace(tzinfo=UTC).astimezone(self.zone)
        self.rows["activities"][activity_id] = {
            "source": source,
            "record_id": number,
            "activity_id": activity_id,
            "kind": kind or ("reply" if answers else "message"),
            "account_id": f"{source}:{name.lower()}",
            "channel_id": self._mention_channel(channel, source) if channel else None,
            "parent_id": answers,
            "occurred_at": when,
            "ref": f"p{number}",
            "date": moment.date(),
            "hour": moment.hour,
        }
        return activity_id

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
        self.rows["groups"][group_id] = {
            "source": source,
            "record_id": len(self.rows["groups"]) + 1,
            "group_id": group_id,
            "name": name,
        } | columns
        return group_id

    def event(
        self, title: str, when: str, group: str = "Lagos", source: str = "meetup", **columns: Any
    ) -> str:
        """A gathering of a group that is over, unless `status` says otherwise."""
        event_id = f"{source}:{title.lower()}"
        group_id = f"{source}:#{group}"
        if group_id not in self.rows["groups"]:
            self.group(group, source)
        self.rows["events"][event_id] = {
            "source": source,
            "record_id": len(self.rows["events"]) + 1,
            "event_id": event_id,
            "group_id": group_id,
            "title": title,
            "status": "past",
            "starts_at": when,
            "is_online": False,
            "is_from_file": False,
        } | columns
        return event_id

    def rsvp(
        self, event: str, name: str | None, answer: str | None, mark: str | None = None, **more: Any
    ) -> str:
        """An answer to an event, and the mark at the door; without a name it is nobody known."""
        source = self.rows["events"][event]["source"]
        number = len(self.rows["attendances"]) + 1
        attendance_id = f"{source}:a{number}"
        self.rows["attendances"][attendance_id] = {
            "source": source,
            "record_id": number,
            "attendance_id": attendance_id,
            "event_id": event,
            "account_id": name and f"{source}:{name.lower()}",
            "answer": answer,
            "mark": mark,
            "guests": 0,
            "is_host": False,
            "is_from_file": False,
        } | more
        return attendance_id

    def write_facts(self, con: duckdb.DuckDBPyConnection) -> set[date]:
        """Replaces the schema `facts` by this world; the dates of events of both are returned."""
        con.execute("create schema if not exists facts")
        for table, columns in TABLES.items():
            con.execute(f"create or replace table facts.{table} ({columns})")
            if rows := list(self.rows[table].values()):
                names = list(dict.fromkeys(name for row in rows for name in row))
                arrow = pa.table({name: [row.get(name) for row in rows] for name in names})
                con.register("arrow_rows", arrow)
                keys = f", {ACTIVITY_KEYS}" if table == "activities" else ""
                con.execute(f"insert into facts.{table} by name select *{keys} from arrow_rows")
                con.unregister("arrow_rows")
        con.execute("create table if not exists facts.gatherings (date date)")
        dates = con.execute("select date from facts.gatherings").fetchall()
        derive_attendance(con, None)
        dates += con.execute("select date from facts.gatherings").fetchall()
        return {day for (day,) in dates}

    def build(self, con: duckdb.DuckDBPyConnection, changed_dates: set[date] | None = None) -> None:
        """The facts and the marts of this world, in one transaction."""
        con.execute("begin")
        try:
            dates = self.write_facts(con)
            build_marts(con, None if changed_dates is None else changed_dates | dates)
        except Exception:
            con.execute("rollback")
            raise
        con.execute("commit")

    def snapshot(self, folder: Path, snapshot_id: str = "20240601T060000000000") -> Snapshot:
        """This world as a published snapshot in `folder`/snapshots, pointed to by CURRENT."""
        path = folder / "snapshots" / f"{snapshot_id}.duckdb"
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(path)) as con:
            self.build(con)
        (path.parent / "CURRENT").write_text(path.name, encoding="utf-8")
        return Snapshot(path)

    def _mention_source(self, name: str) -> None:
        if name not in self.rows["sources"]:
            self.source(name, kind=name)

    def _mention_channel(self, name: str, source: str) -> str:
        channel_id = f"{source}:#{name}"
        return channel_id if channel_id in self.rows["channels"] else self.channel(name, source)


def make_one_person(con: duckdb.DuckDBPyConnection, *account_ids: str) -> None:
    """Lets the marts know that these accounts are one person's, the last account's."""
    con.execute(
        "update marts.authors set person_key = hash(?), person_id = ?, has_several_accounts = true"
        " where account_id in (select unnest(?))",
        [account_ids[-1], account_ids[-1], list(account_ids)],
    )


def rows(table: pa.Table) -> list[tuple[Any, ...]]:
    """A table's rows as they are written down in tests: dates as text, shares to four digits."""
    return [tuple(map(_plain, row.values())) for row in table.to_pylist()]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 4) if isinstance(value, float) else value
