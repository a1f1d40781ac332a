"""What the configuration says, as facts: the settings that numbers depend on, and the sources."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date

import duckdb

TABLES = """
create or replace table facts.settings (
    community varchar, timezone varchar, bots varchar[], staff varchar[], min_group_size integer,
    level_window_weeks integer, level_regular_weeks integer, level_core_weeks integer
);
create or replace table facts.sources (
    source varchar, kind varchar, has_token boolean, until date
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
class ConfiguredSource:
    """One source. `until`: the local date from which on nothing more is expected of it."""

    name: str
    kind: str
    has_token: bool = True
    until: date | None = None


def write_configuration(
    con: duckdb.DuckDBPyConnection,
    settings: CommunitySettings,
    sources: Iterable[ConfiguredSource],
) -> None:
    """Write facts.settings and facts.sources, inside the open transaction."""
    con.execute(TABLES)
    con.execute("insert into facts.settings values (?, ?, ?, ?, ?, ?, ?, ?)", astuple(settings))
    for source in sources:
        con.execute("insert into facts.sources values (?, ?, ?, ?)", astuple(source))


def unconfigured_records(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many records were landed of each source that is not configured any more."""
    return dict(con.execute(UNCONFIGURED_RECORDS).fetchall())


def unmatched_people(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the entries of `[people]` that are no account, once the marts are built."""
    return [entry for (entry,) in con.execute(UNMATCHED_PEOPLE).fetchall()]
