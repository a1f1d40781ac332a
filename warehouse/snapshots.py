"""Published snapshots: one immutable file per publication, and a pointer to the current one.

They lie in the folder `snapshots` beside the warehouse. A snapshot's id is the time at which it was
published, UTC, and the stem of its file.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import member, one_person, people, query, versions
from warehouse.build import MARTS, Mart
from warehouse.files import how_to_get_at
from warehouse.person_changes import PersonChanges
from warehouse.query import EVERYTHING, Selection
from warehouse.sqlfile import read_folder
from warehouse.totals import totals_table
from warehouse.versions import WarehouseError

ID_FORMAT = "%Y%m%dT%H%M%S%f"
_ID = re.compile(r"\d{8}T\d{12}")


class NoSnapshot(Exception):
    """Nothing was published yet, or the published file cannot be opened; says what to do."""


class Snapshot:
    """One published state of the warehouse, read-only and safe to ask from many threads."""

    def __init__(self, path: Path) -> None:
        try:
            self._con = versions.connect(path, read_only=True, enable_external_access="false")
        except duckdb.Error as error:
            raise NoSnapshot(
                f"{path} cannot be opened: run `vitals build` to publish a new snapshot"
            ) from error
        self.path = path
        self._refuse_other_layouts()

    @property
    def id(self) -> str:
        return self.path.stem

    @property
    def as_of(self) -> datetime:
        """When it was published, UTC."""
        return datetime.strptime(self.id, ID_FORMAT).replace(tzinfo=UTC)

    def metric(
        self, name: str, selection: Selection = EVERYTHING, limit: int | None = None
    ) -> pa.Table:
        """One metric's rows. Raises query.BadQuestion for an unknown name, grain or source."""
        with self._con.cursor() as con:
            return query.metric_table(con, name, selection, limit)

    def metrics(
        self, names: Iterable[str], selection: Selection = EVERYTHING
    ) -> dict[str, pa.Table]:
        """The rows of several metrics by their names, sooner than one by one."""
        with self._con.cursor() as con:
            return query.metric_tables(con, names, selection)

    def periods(self, selection: Selection = EVERYTHING) -> pa.Table:
        """The chosen periods: period, is_complete (it is over and the data covers it)."""
        with self._con.cursor() as con:
            return query.periods_table(con, selection)

    def totals(self, name: str, rows: pa.Table, by: Sequence[str] = ()) -> pa.Table:
        """What some rows of a metric add up to, in all or for each value of the columns `by`."""
        with self._con.cursor() as con:
            return totals_table(con, query.catalogue()[name], rows, by)

    def people(
        self,
        name: str,
        selection: Selection,
        row: Mapping[str, object],
        limit: int | None = None,
    ) -> pa.Table:
        """The persons behind one row of a metric: person_id, name, activities."""
        with self._con.cursor() as con:
            return query.people_table(con, name, selection, row, limit)

    def records(
        self,
        name: str,
        selection: Selection,
        row: Mapping[str, object],
        limit: int | None = None,
        state: str | None = None,
    ) -> pa.Table:
        """The activities behind one row of a metric: ids, times and links, never text.

        With a `state` only those of the people who are in it.
        """
        with self._con.cursor() as con:
            return query.records_table(con, name, selection, row, limit, state)

    def sources(self) -> list[dict[str, Any]]:
        """Every configured source as a row of marts.sources, sorted by name."""
        return self._rows("from marts.sources order by source")

    def settings(self) -> dict[str, Any]:
        """The community's settings that the numbers rest on."""
        return self._rows("from marts.settings")[0]

    def population(self, sources: Collection[str] = ()) -> dict[str, int]:
        """On these sources (none: all): persons who count, and accounts left out: bots, staff."""
        return self._rows(
            """
            select
                count(distinct person_key) filter (is_member) as persons
                , count(*) filter (is_bot) as bots
                , count(*) filter (is_staff and not is_bot) as staff
            from marts.authors
            where len($sources) = 0 or list_contains($sources, source)
            """,
            sources=list(sources),
        )[0]

    def persons(self) -> pa.Table:
        """Every person with their accounts: see `warehouse.people.persons`."""
        with self._con.cursor() as con:
            return people.persons(con)

    def person_ids(self) -> pa.Table:
        """account_id and person_id of every account that is no bot."""
        with self._con.cursor() as con:
            query = "select account_id, person_id from marts.authors where not is_bot"
            return con.execute(query).to_arrow_table()

    def person_changes(self) -> PersonChanges:
        """How many persons were merged or split since the snapshot before."""
        return PersonChanges(*self._rows("from marts.person_changes")[0].values())

    def undecided_suggestions(self) -> pa.Table:
        """All undecided suggestions: see `warehouse.people.undecided_suggestions`."""
        with self._con.cursor() as con:
            return people.undecided_suggestions(con)

    def robots(self) -> pa.Table:
        """Accounts that act like bots: see `warehouse.people.robots`."""
        with self._con.cursor() as con:
            return people.robots(con)

    def account_called(self, words: str) -> dict[str, Any]:
        """The account that `source:id` or `source:handle` means. Raises query.BadQuestion."""
        with self._con.cursor() as con:
            found = people.accounts_called(con, words)
            if len(found) == 1:
                return found[0]
            like = [row["account_id"] for row in found] or people.accounts_like(con, words)
        if not like:
            raise query.BadQuestion(
                f"no account is called {words!r}: there is none. Sync or import first"
            )
        what = "several accounts are" if found else "no account is"
        raise query.BadQuestion(f"{what} called {words!r}. Name one of: {', '.join(like)}")

    def accounts_of(self, person_ids: Collection[str]) -> list[str]:
        """All accounts of some persons, sorted."""
        query = """
            select account_id from marts.authors
            where list_contains($person_ids, person_id) order by account_id
        """
        return [row["account_id"] for row in self._rows(query, person_ids=list(person_ids))]

    def identities_of(self, person_id: str) -> list[dict[str, Any]]:
        """The accounts of a person: account_id, source, handle, also_id, name, is_bot."""
        query = """
            select authors.account_id, authors.source, accounts.handle, accounts.also_id
                , accounts.name, coalesce(accounts.is_bot, false) as is_bot
            from marts.authors left join marts.accounts using (account_id)
            where person_id = $person_id order by account_id
        """
        return self._rows(query, person_id=person_id)

    def stored_of(self, accounts: Collection[str]) -> list[dict[str, Any]]:
        """All that is published of a person's accounts: rows of a `kind` each."""
        asked = {"accounts": list(accounts)}
        rows = [
            {"kind": kind} | row
            for kind, query in one_person.QUERIES.items()
            for row in self._rows(query, **asked)
        ]
        for table in self._rows(one_person.DERIVED):
            name, column = table["table_name"], table["column_name"]
            [found] = self._rows(one_person.DERIVED_ROWS.format(table=name, column=column), **asked)
            if found["rows"]:
                rows.append({"kind": "rows made of these", "table": name} | found)
        return rows

    def kept_apart(self, accounts: Collection[str]) -> list[tuple[int, str, str]]:
        """The decisions that keep two of these accounts apart: number, account, other account."""
        query = """
            select number, account_a, account_b from marts.decided_pairs
            where not is_one and list_contains($accounts, account_a)
                and list_contains($accounts, account_b)
            order by number
        """
        return [tuple(row.values()) for row in self._rows(query, accounts=list(accounts))]

    def shares_person(self, account_id: str) -> bool:
        """Tell whether the person of an account has others."""
        query = "from marts.authors where account_id = $account_id and has_several_accounts"
        return bool(self._rows(query, account_id=account_id))

    def suggestions(self, most: int) -> list[dict[str, Any]]:
        """Pairs of accounts that may be one person's: see `warehouse.member.suggestions`."""
        with self._con.cursor() as con:
            return member.suggestions(con, most)

    def robots_to_review(self, most: int) -> list[dict[str, Any]]:
        """Accounts that act like bots: see `warehouse.member.robots`."""
        with self._con.cursor() as con:
            return member.robots(con, most)

    def persons_called(self, words: str, most: int) -> list[dict[str, Any]]:
        """The persons in whose names or handles these words are: person_id, name, accounts."""
        with self._con.cursor() as con:
            return member.called(con, words, most)

    def decisions(self) -> list[dict[str, Any]]:
        """What was decided about who is who, newest first, as marts.decisions has it."""
        with self._con.cursor() as con:
            return member.decisions(con)

    def member(self, account_id: str) -> list[dict[str, Any]]:
        """All accounts of the person of an account: see `warehouse.member.accounts`."""
        with self._con.cursor() as con:
            return member.accounts(con, account_id)

    def timeline(self, account_id: str, most: int, skipped: int = 0) -> pa.Table:
        """What the person of an account did, newest first: times, places and links, no text."""
        with self._con.cursor() as con:
            return member.timeline(con, account_id, most, skipped)

    def events_of(self, account_id: str) -> pa.Table:
        """The events that the person of an account said yes to or was at, newest first."""
        with self._con.cursor() as con:
            return member.events(con, account_id)

    def talks_with(self, account_id: str, most: int) -> pa.Table:
        """Whom the person of an account answers and who answers them, most first."""
        with self._con.cursor() as con:
            return member.talks_with(con, account_id, most)

    def links_of(self, account_id: str) -> list[dict[str, Any]]:
        """What joins the accounts of the person of an account, and why."""
        with self._con.cursor() as con:
            return member.links(con, account_id)

    def level_of(self, account_id: str, selection: Selection) -> str | None:
        """The level of the person of an account in the newest chosen period; None: it has none."""
        with self._con.cursor() as con:
            return query.level_of(con, account_id, selection)

    def close(self) -> None:
        self._con.close()

    def _refuse_other_layouts(self) -> None:
        """A newer program's snapshot is not for us, and an older one's lacks what we ask."""
        try:
            stated = versions.read_stated(self._con, self.path, versions.MARTS)
        except WarehouseError as error:
            raise NoSnapshot(str(error)) from error
        found = versions.columns(self._con, "marts")
        is_whole = all(names <= found.get(mart, set()) for mart, names in _needed().items())
        if stated.layout < versions.MARTS.layout or not is_whole:
            raise NoSnapshot(
                f"{self.path} was published by an older version of Community Vitals: run "
                "`vitals build` to publish a new snapshot"
            )

    def _rows(self, select: str, **values: object) -> list[dict[str, Any]]:
        with self._con.cursor() as con:
            rows: list[dict[str, Any]] = con.execute(select, values).to_arrow_table().to_pylist()
        return rows


@cache
def _needed() -> dict[str, set[str]]:
    """The columns of every mart."""
    return {name: set(mart.columns) for name, mart in read_folder(MARTS, Mart).items()}


def snapshots_folder(warehouse_path: Path) -> Path:
    """Where the snapshots of a warehouse file lie."""
    return warehouse_path.with_name("snapshots")


def pointer(warehouse_path: Path) -> Path:
    """The file that names the current snapshot."""
    return snapshots_folder(warehouse_path) / "CURRENT"


def current_path(warehouse_path: Path) -> Path:
    """The current snapshot's file. Raises NoSnapshot where nothing was published."""
    file = pointer(warehouse_path)
    try:
        return file.with_name(file.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        raise NoSnapshot(
            f"nothing is published in {file.parent} yet: run `vitals sync` or `vitals import` first"
        ) from None
    except PermissionError as error:
        raise NoSnapshot(
            f"{file} cannot be read ({error.strerror}). {how_to_get_at(file)}"
        ) from error


def open_current(warehouse_path: Path, opener: Callable[[Path], Snapshot] = Snapshot) -> Snapshot:
    """The current snapshot; a newer one does not disturb it. Raises NoSnapshot."""
    path = current_path(warehouse_path)
    while True:
        try:
            return opener(path)
        except NoSnapshot:
            # Only the last few are kept: newer ones may have been published since we looked.
            newer = current_path(warehouse_path)
            if newer == path:
                raise
            path = newer


def list_snapshots(warehouse_path: Path) -> list[Path]:
    """Every snapshot file that is kept, newest first."""
    files = snapshots_folder(warehouse_path).glob("*.duckdb")
    return sorted((path for path in files if _ID.fullmatch(path.stem)), reverse=True)


def forgotten_in(path: Path) -> frozenset[str]:
    """Return the pseudonyms of the accounts that were forgotten when a file of marts was built.

    None are known of one that cannot be opened, or that has no table of them.
    """
    try:
        with versions.connect(path, read_only=True) as con:
            found = con.execute("select account_id from facts.forgotten").fetchall()
    except duckdb.Error:
        return frozenset()
    return frozenset(account_id for (account_id,) in found)
