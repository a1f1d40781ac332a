"""What the configuration says, as facts: the settings that numbers depend on, and the sources."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb

TABLES = """
create or replace table facts.settings (
    community varchar, timezone varchar, bots varchar[], staff varchar[], min_group_size integer,
    level_window_weeks integer, level_regular_weeks integer, level_core_weeks integer
);
create or replace table facts.decisions (
    number integer, decided_at timestamp, decided_by varchar, what varchar, accounts varchar[],
    why varchar, undoes integer, is_undone boolean
);
create table if not exists facts.suggestions (
    account_a varchar, account_b varchar, probability double, reasons varchar[]
);
create table if not exists facts.forgotten (account_id varchar, person_id varchar);
create or replace table facts.sources (
    source varchar, kind varchar, has_token boolean, until date
);
create or replace table facts.sponsorships (
    number integer, sponsor varchar, from_date date, to_date date, events varchar[],
    groups varchar[], sources varchar[], amount decimal(17, 2), currency varchar, logo varchar
);
"""

UNCONFIGURED_RECORDS = """
select source, count(*) from landed.raw.records
where source not in (select source from facts.sources)
group by source order by source
"""

# Of a source of which nothing was read yet no account can match.
UNMATCHED_PEOPLE = """
with known as (
    select source, lower(account_id) as account from marts.authors
    union all
    select source, lower(source || ':' || handle) from marts.accounts
)

select entry
from (select distinct unnest(bots || staff) as entry from facts.settings)
where
    lower(entry) not in (select account from known)
    and split_part(entry, ':', 1) not in (
        select source from facts.sources where source not in (select source from known)
    )
order by entry
"""

UNMATCHED_SPONSORSHIPS = """
with named as (
    select number, 'events' as key, unnest(events) as entry from marts.sponsorships
    union all
    select number, 'groups', unnest(groups) from marts.sponsorships
)

, known as (
    select 'events' as key, event_id as entry from marts.events
    union all
    select 'events', url from marts.events
    union all
    select 'groups', group_id from marts.groups
    union all
    select 'groups', name from marts.groups
)

select sponsorships.sponsor, named.key, list(named.entry order by named.entry)
from named
anti join known using (key, entry)
join marts.sponsorships using (number)
group by sponsorships.number, sponsorships.sponsor, named.key
order by sponsorships.number, named.key
"""

UNMATCHED_DECISIONS = """
with written as (
    select number, unnest(accounts) as account, generate_subscripts(accounts, 1) as place
    from marts.decisions
    where not is_undone and what <> 'undo'
)

select number, list(account order by place)
from written
anti join marts.decided_accounts using (number, place)
group by number
order by number
"""


@dataclass(frozen=True)
class CommunitySettings:
    """The part of the configuration that numbers depend on."""

    community: str
    timezone: str
    bots: Sequence[str]
    staff: Sequence[str]
    min_group_size: int
    level_window_weeks: int
    level_regular_weeks: int
    level_core_weeks: int


@dataclass(frozen=True)
class Decision:
    """One decision about who is who. `undoes`: of an undo, the number of the decision.

    `what` is merge, split, reject, bot or undo; `is_undone`: an undo in force takes it back.
    """

    number: int
    at: datetime | None
    by: str | None
    what: str
    accounts: Sequence[str]
    why: str | None = None
    undoes: int | None = None
    is_undone: bool = False


@dataclass(frozen=True)
class ConfiguredSource:
    """One source. `until`: the local date from which on nothing more is expected of it."""

    name: str
    kind: str
    has_token: bool = True
    until: date | None = None


@dataclass(frozen=True)
class ConfiguredSponsorship:
    """What a sponsor pays for: the events of its events, groups and sources, else of all.

    The local dates go from `from_date` to before `to_date`.
    """

    number: int
    sponsor: str
    from_date: date
    to_date: date
    events: Sequence[str]
    groups: Sequence[str]
    sources: Sequence[str]
    amount: Decimal
    currency: str
    logo: str | None = None


def write_configuration(
    con: duckdb.DuckDBPyConnection,
    settings: CommunitySettings,
    sources: Iterable[ConfiguredSource],
    decisions: Iterable[Decision] = (),
    sponsorships: Iterable[ConfiguredSponsorship] = (),
) -> None:
    """Write what the configuration says into facts, inside the open transaction."""
    con.execute(TABLES)
    con.execute("insert into facts.settings values (?, ?, ?, ?, ?, ?, ?, ?)", astuple(settings))
    for source in sources:
        con.execute("insert into facts.sources values (?, ?, ?, ?)", astuple(source))
    for decision in decisions:
        con.execute(
            "insert into facts.decisions values (?, ?, ?, ?, ?, ?, ?, ?)", astuple(decision)
        )
    for sponsorship in sponsorships:
        con.execute(
            "insert into facts.sponsorships values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            astuple(sponsorship),
        )


def unconfigured_records(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many records were landed of each source that is not configured any more."""
    return dict(con.execute(UNCONFIGURED_RECORDS).fetchall())


def unmatched_decisions(con: duckdb.DuckDBPyConnection) -> list[tuple[int, list[str]]]:
    """Return decisions in force that name accounts which are not known, and those accounts."""
    return con.execute(UNMATCHED_DECISIONS).fetchall()


def unmatched_people(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the entries of `[people]` that are no account, once the marts are built."""
    return [entry for (entry,) in con.execute(UNMATCHED_PEOPLE).fetchall()]


def unmatched_sponsorships(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, list[str]]]:
    """Return of each sponsor the key and its entries that are no event and no group."""
    return con.execute(UNMATCHED_SPONSORSHIPS).fetchall()
